"""Rooms held out: real ones split by lot, fitted on one part, judged on the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.cli.terminal import NO_CLEAR_DIFFERENCE, plain, print_rows, records
from sim.errors import InputError
from sim.stats.intervals import Estimate, estimate
from sim.validation.rooms import Booleans, Rooms, measured
from sim.validation.targets import Row, Score, compared, score

if TYPE_CHECKING:
    from rich.console import Console

SPLITS = 5
FEWEST_ROOMS = 20
"""Rooms that both sides of a split by community must have."""

CEILING = "the other real part"


@dataclass(frozen=True)
class Split:
    """One division of the real rooms."""

    seed: int
    fitted: Booleans  # fitted, judged: [room]
    judged: Booleans
    label: str  # what is judged: a half, or the names of communities


Candidate = Callable[[Split, pd.DataFrame], pd.DataFrame]
"""A split and the targets of its fitted part to simulated patterns; reads nothing of the judged."""


@dataclass(frozen=True)
class Judged:
    """A candidate on one split."""

    candidate: str
    split: Split
    rows: tuple[Row, ...]
    score: Score


def splits_of(rooms: Rooms, count: int = SPLITS, first_seed: int = 1) -> list[Split]:
    """Split real rooms by as many seeds: in halves, or by community where rooms have one."""
    found = []
    for seed in range(first_seed, first_seed + count):
        if any(rooms.communities):
            fitted, names = community_split(rooms, seed)
            label = " and ".join(names)
        else:
            fitted, label = half(rooms, seed), "the other half"
        found.append(Split(seed, fitted, ~fitted, label))
    return found


def half(rooms: Rooms, seed: int) -> Booleans:
    """Choose half of the rooms to fit on by lot, the smaller of an odd number: array [room]."""
    order = np.random.default_rng([seed, 0x4A1F]).permutation(rooms.total)
    chosen = np.zeros(rooms.total, dtype=bool)
    chosen[order[: rooms.total // 2]] = True
    return chosen


def community_split(rooms: Rooms, seed: int, judged: int = 2) -> tuple[Booleans, tuple[str, ...]]:
    """Choose all communities but some to fit on, by lot: array [room], and those judged.

    Both sides hold at least `FEWEST_ROOMS` rooms, by drawing again; `InputError` if none does.
    """
    names = sorted(set(rooms.communities) - {""})
    of_room = np.array(rooms.communities)
    rng = np.random.default_rng([seed, 0xC0DE])
    for _ in range(1000):
        picked = tuple(sorted(map(str, rng.permutation(names)[:judged])))
        fitted = ~np.isin(of_room, picked)
        if min(fitted.sum(), (~fitted).sum()) >= FEWEST_ROOMS:
            return fitted, picked
    raise InputError([f"no {judged} of {len(names)} communities hold {FEWEST_ROOMS} rooms or more"])


def run_protocol(
    rooms: Rooms,
    splits: Sequence[Split],
    candidates: Mapping[str, Candidate],
    progress: Callable[[int, int], None] | None = None,
) -> list[Judged]:
    """Judge every candidate on every split: split by split, in the order of the candidates."""
    judged: list[Judged] = []
    for split in splits:
        targets = measured(rooms, split.fitted, split.seed)
        held_out = measured(rooms, split.judged, split.seed)
        for name, candidate in candidates.items():
            rows = tuple(compared(split.label, held_out, candidate(split, targets), targets.index))
            judged.append(Judged(name, split, rows, score(rows)))
            if progress is not None:
                progress(len(judged), len(splits) * len(candidates))
    return judged


def ceiling(_: Split, targets: pd.DataFrame) -> pd.DataFrame:
    """Let the fitted part of the real rooms stand for the simulation: no model can do better."""
    return targets


def fixed_candidate(table: pd.DataFrame) -> Candidate:
    """Make a candidate of rooms simulated once: parameters that no split moves."""
    return lambda _split, _targets: table


def medians(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return each candidate's median score over splits, a row each."""
    table = pd.DataFrame([{"candidate": one.candidate, **vars(one.score)} for one in judged])
    grouped = table.groupby("candidate", sort=False)
    found = grouped.median()
    found.insert(0, "splits", grouped.size())
    return found


def paired(judged: Sequence[Judged], first: str, second: str) -> Estimate:
    """Return the first candidate's mean distance less the second's, over the same splits.

    Splits share rooms, so the interval is a guide, not an exact level.
    """
    mine, other = (
        {one.split.seed: one.score.mean_distance for one in judged if one.candidate == name}
        for name in (first, second)
    )
    return estimate([mine[seed] - other[seed] for seed in sorted(mine.keys() & other.keys())])


def outcome_of(gap: Estimate) -> str:
    """Say wins or loses in mean distance, where less is better, or no clear difference."""
    if gap.lower <= 0 <= gap.upper or gap.replications < 2:
        return NO_CLEAR_DIFFERENCE
    return "wins" if gap.upper < 0 else "loses"


def meets_bar(scores: pd.Series) -> bool:
    """Return whether a median score has 32 of 37 rows (or that share), |z| 1.2, all timing rows."""
    enough = scores["within"] >= 32 / 37 * scores["rows"]
    near = scores["mean_distance"] <= 1.2
    return bool(enough and near and scores["timing_and_return"] >= scores["timing_rows"])


def for_json(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return the median scores of each candidate, with those of each split."""

    def of_split(one: Judged) -> dict[str, Any]:
        scores = {key: plain(value) for key, value in vars(one.score).items()}
        return {"split": one.split.seed, "judged": one.split.label, **scores}

    return [
        row | {"by_split": [of_split(o) for o in judged if o.candidate == row["candidate"]]}
        for row in records(medians(judged).astype(float).reset_index())
    ]


def print_judged(console: Console, judged: Sequence[Judged]) -> None:
    """Print the median scores over splits, each beside the first candidate's; then each split's."""
    table, first = medians(judged), judged[0].candidate
    rows = [_row(judged, first, str(name), row) for name, row in table.iterrows()]
    gain = f"mean |z| of {first} less this one's"
    heads = ("judged", "within", "mean |z|", "timing, return", "bar", gain)
    console.print(f"Held out, median of {int(table['splits'].iloc[0])} splits")
    print_rows(console, heads, rows, words=("judged", "bar", gain))
    scores = {(one.split.seed, one.candidate): _score(one.score) for one in judged}
    for split in (one.split for one in judged if one.candidate == first):
        mine, other = scores[split.seed, first], scores[split.seed, CEILING]
        console.print(f"split {split.seed}, {split.label}: {mine} ({CEILING} {other})")


def _row(judged: Sequence[Judged], first: str, name: str, row: pd.Series) -> tuple[str, ...]:
    gap = paired(judged, first, name)
    outcome = outcome_of(gap)
    says = outcome if outcome == NO_CLEAR_DIFFERENCE else f"{first} {outcome}"
    shown = f"{gap.value:+.2f} ({gap.lower:+.2f} to {gap.upper:+.2f}): {says}"
    return (
        name,
        f"{row['within']:g} of {row['rows']:g}",
        f"{row['mean_distance']:.2f}",
        f"{row['timing_and_return']:g} of {row['timing_rows']:g}",
        "met" if meets_bar(row) else "missed",
        "" if name == first else shown,
    )


def _score(score: Score) -> str:
    return (
        f"{score.within} of {score.rows}, {score.mean_distance:.2f}, "
        f"{score.timing_and_return} of {score.timing_rows}"
    )
