"""The part of ``qunlab validate`` on rooms held out: who is judged, and the table of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import print_rows

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.populations import Population
    from sim.validation.judging import Against
    from sim.validation.protocol import Candidate, Judged


@dataclass(frozen=True)
class Rivals:
    """What is judged beside the population and the other real part.

    >>> Rivals(10, None, None, 2000).faults(None)
    ['--nulls: needs the real rooms; give their folder with --data']
    """

    nulls: int  # simulations of each fit of the null models; 0 for none
    # folders that ``qunlab calibrate`` left, of the population and of the model cut down
    bank: Path | None
    cut_bank: Path | None
    rooms: int  # rooms simulated to be judged

    def faults(self, data: Path | None) -> list[str]:
        """Name what cannot be asked for, one line each."""
        asked = {
            "--nulls": self.nulls > 0,
            "--bank": self.bank is not None,
            "--cut-bank": self.cut_bank is not None,
        }
        lines = [
            f"{name}: needs the real rooms; give their folder with --data"
            for name, is_asked in asked.items()
            if is_asked and data is None
        ]
        for name, folder in (("--bank", self.bank), ("--cut-bank", self.cut_bank)):
            if folder is not None and not folder.is_dir():
                lines.append(f"{name}: {folder}: no such folder")
        return lines


def held_out(
    one: Against,
    population: Population,
    table: pd.DataFrame,
    rivals: Rivals,
    meter: Callable[..., Any],
) -> list[Judged]:
    """Judge everybody, the population first, on every split of the rooms of one data set."""
    from sim.validation import protocol
    from sim.validation.nulls import NULLS

    assert one.rooms is not None
    candidates = _population(one, population, table, rivals)
    candidates[protocol.CEILING] = protocol.ceiling
    if rivals.nulls:
        for null in NULLS:
            candidates[null.name] = protocol.null_candidate(
                null, one.rooms, rivals.nulls, rivals.rooms
            )
    splits = protocol.splits_of(one.rooms)
    with meter(len(splits) * len(candidates), f"splits of {one.about.title}") as progress:
        return protocol.run_protocol(one.rooms, splits, candidates, progress)


def _population(
    one: Against, population: Population, table: pd.DataFrame, rivals: Rivals
) -> dict[str, Candidate]:
    """Refit the population from its bank where there is one and the rooms are its own."""
    from experiments.making_populations.refitting import (
        bank_refit,
        cut_down,
        model_candidate,
        read_bank,
    )
    from sim.populations import find_population, load_priors
    from sim.validation.protocol import fixed_candidate

    if rivals.bank is None or population.name != one.about.population:
        return {population.name: fixed_candidate(table)}
    assert one.rooms is not None
    path = find_population(population.name)
    priors = load_priors(path.with_name(f"{population.name}.priors.csv"))
    found = {}
    for name, folder, scenario in (
        (f"{population.name}, refitted", rivals.bank, population.scenario),
        ("habit and reaction alone, refitted", rivals.cut_bank, cut_down(population.scenario)),
    ):
        if folder is not None:
            bank = read_bank(folder / f"{population.name}.bank.parquet", priors)
            refit = bank_refit(bank, priors, scenario)
            found[name] = model_candidate(refit, one.rooms, rivals.rooms)
    return found


def print_held_out(console: Console, judged: list[Judged]) -> None:
    """Print the median scores over splits, each beside the first candidate's."""
    from sim.validation.protocol import medians, meets_bar, paired

    table, name = medians(judged), judged[0].candidate
    rows = []
    for candidate, row in table.iterrows():
        gap = paired(judged, name, str(candidate))
        said = f"{gap.value:+.2f} ({gap.low:+.2f} to {gap.high:+.2f}): {name} {gap.says}"
        rows.append(
            (
                str(candidate),
                f"{row['within']:g} of {row['rows']:g}",
                f"{row['mean_distance']:.2f}",
                f"{row['timing_and_return']:g} of {row['timing_rows']:g}",
                "met" if meets_bar(row) else "missed",
                "" if candidate == name else said,
            )
        )
    gain = f"mean |z| of {name} less this one's"
    heads = ("judged", "within", "mean |z|", "timing, return", "bar", gain)
    console.print(f"Held out, median of {int(table['splits'].iloc[0])} splits")
    print_rows(console, heads, rows, words=("judged", "bar", gain))


def split_lines(judged: list[Judged]) -> list[str]:
    """Say how the first candidate and the other real part did on each split, one line each."""
    from sim.validation.protocol import CEILING

    found: dict[tuple[int, str], dict[str, str]] = {}
    for one in judged:
        score = one.score
        found.setdefault((one.split.seed, one.split.label), {})[one.candidate] = (
            f"{score.within} of {score.rows}, {score.mean_distance:.2f}, "
            f"{score.timing_and_return} of {score.timing_rows}"
        )
    first = judged[0].candidate
    return [
        f"split {seed}, {label}: {each[first]} ({CEILING} {each[CEILING]})"
        for (seed, label), each in found.items()
    ]
