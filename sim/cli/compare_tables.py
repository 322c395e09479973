"""What ``qunlab compare`` prints: tables for people, JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import plain, print_rows, records, screen

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.study.compare import Comparison

MAIN = (
    "posting_members_per_day",
    "posting_share_per_day",
    "messages_per_member_day",
    "openers_answered_share",
    "reply_delay_median_minutes",
    "satisfaction",
    "fatigue",
    "muted_share",
    "members_end",
    "operator_hours",
    "cost_fen",
)
"""Outcomes printed where not all are wanted."""

FEN_PER_CNY = 100.0
MOST_PAIRS_SAID = 10_000


def show(found: Comparison, every: bool) -> None:
    """Print alternatives, a table of outcomes, of deaths for each and of lives, and the verdict."""
    from sim.cli.compare_said import after_the_tables, decided, head

    console = screen()
    for line in head(found):
        console.print(line)
    for name in found.names[1:]:
        outcomes, deaths = (
            table[table["alternative"] == name] for table in (found.outcomes, found.deaths)
        )
        if not every:
            outcomes = outcomes[outcomes["outcome"].isin(MAIN)]
        console.print(f"\n{letter_of(found, name)} less A", style="bold")
        _print_outcomes(console, found, outcomes, letter_of(found, name))
        console.print("Deaths by every definition: share of groups dead, difference in points")
        _print_deaths(console, deaths[deaths["pairs"] > 0], letter_of(found, name))
        if unknown := int((deaths["pairs"] == 0).sum()):
            console.print(f"{unknown} more definitions need more days than were simulated")
    for line in (*after_the_tables(found), *decided(found)):
        console.print(line)


def as_json(found: Comparison, out: Path | None, written: Sequence[Path]) -> str:
    """Write everything that was found as one JSON object; what is not known is null."""
    rule = found.until_clear
    answer = {
        "alternatives": list(found.names),
        "replications": found.replications,
        "particles": found.particles,
        "failed": found.failed,
        "out": str(out) if out else None,
        "written": [str(path) for path in written],
        "outcomes": records(found.outcomes),
        "deaths": records(found.deaths),
        "lifetime_tests": records(found.lifetime_tests),
        "curves": records(found.curves),
        "until_clear": dataclasses.asdict(rule) if rule else None,
        "looks": [
            {key: plain(value) for key, value in dataclasses.asdict(look).items()}
            for look in found.looks
        ],
        "repeated_intervals": records(found.repeated_intervals),
        "origin": found.origin,
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def letters(found: Comparison) -> list[str]:
    """Name the alternatives with their letters."""
    return [f"{chr(65 + at)}: {name}" for at, name in enumerate(found.names)]


def letter_of(found: Comparison, name: str) -> str:
    """Return the letter of an alternative."""
    return chr(65 + found.names.index(name))


def scaled(row: Any, name: str) -> float:
    """Return a number of an outcome as it is printed: fen as CNY."""
    value = float(getattr(row, name))
    return value / FEN_PER_CNY if row.unit == "fen" else value


def span(row: Any, factor: float = 1.0) -> str:
    """Write a difference with its interval."""
    middle, lower, upper = (factor * scaled(row, name) for name in ("difference", "lower", "upper"))
    if math.isnan(middle):
        return "-"
    if math.isnan(lower):
        return f"{middle:+.3g}"
    places = _places(middle, (upper - lower) / 2)
    low, high = (f"{round(end, places) + 0.0:,.{places}f}" for end in (lower, upper))
    return f"{round(middle, places) + 0.0:+,.{places}f} ({low} to {high})"


def _places(value: float, half: float) -> int:
    """Say how many decimals a number deserves: two figures of its interval's half width."""
    size = half if half > 0 else abs(value)
    return 0 if size <= 0 else min(9, max(0, 1 - math.floor(math.log10(size))))


def _print_outcomes(console: Console, found: Comparison, rows: pd.DataFrame, letter: str) -> None:
    from sim.cli.run import in_figures

    doubt = ["parameters (sd)"] if found.particles > 1 else []
    shown = []
    for row in rows.itertuples():
        unknown = row.pairs == 0
        apart = [in_figures(scaled(row, "parameter_sd"))] if doubt else []
        shown.append(
            (
                row.outcome.replace("_fen", "") if row.unit == "fen" else row.outcome,
                row.better or "-",
                str(row.pairs),
                in_figures(scaled(row, "first")),
                in_figures(scaled(row, "second")),
                span(row),
                in_figures(scaled(row, "monte_carlo_error")),
                *apart,
                _probability(row.probability_better),
                "-" if unknown else _whole(row.pairs_needed),
                _times(row.variance_reduction),
                _lettered(found, row.answer),
                "CNY" if row.unit == "fen" else row.unit,
            )
        )
    numbers = ("pairs", "A", letter, "difference (95 %)", "error", *doubt, f"P({letter} better)")
    heads = ("outcome", "better", *numbers, "pairs needed", "variance cut", "answer", "unit")
    print_rows(console, heads, shown, words=("outcome", "better", "answer", "unit"))


def _print_deaths(console: Console, rows: pd.DataFrame, letter: str) -> None:
    shown = []
    for row in rows.itertuples():
        first = row.outcome.endswith("_since_first_message")
        text = row.definition.partition("; missing")[0]
        for origin in (", of the first member message", ", of creation"):
            text = text.removesuffix(origin)
        shown.append(
            (
                text,
                "first message" if first else "creation",
                str(row.pairs),
                f"{100 * row.first:.1f}",
                f"{100 * row.second:.1f}",
                span(row, 100.0),
                str(row.dead_in_first_only),
                str(row.dead_in_second_only),
                _p(row.mcnemar_p),
                _probability(row.probability_better),
                _whole(row.pairs_needed),
                _times(row.variance_reduction),
                _death_answer(row),
            )
        )
    shares = ("pairs", "A %", f"{letter} %", "difference (95 %)", "only A", f"only {letter}")
    sure = ("McNemar p", f"P({letter} better)", "pairs needed", "variance cut")
    words = ("definition", "origin", "answer")
    print_rows(console, (*words[:2], *shares, *sure, "answer"), shown, words)


def _lettered(found: Comparison, answer: str) -> str:
    for name in sorted(found.names, key=len, reverse=True):
        for ending in (" is better", " has more"):
            if answer == name + ending:
                return letter_of(found, name) + ending
    return answer


def _death_answer(row: Any) -> str:
    from sim.study.comparing.tables import BETTER

    if not row.answer.endswith(BETTER):
        return str(row.answer)
    return "fewer die" if row.difference < 0 else "more die"


def _probability(value: float) -> str:
    if math.isnan(value):
        return "-"
    return ">0.999" if value > 0.9995 else "<0.001" if value < 0.0005 else f"{value:.3f}"


def _p(value: float) -> str:
    return "-" if math.isnan(value) else "<0.001" if value < 0.0005 else f"{value:.3f}"


def _whole(value: float) -> str:
    """Write a number of pairs; what nobody will play is only said to be so."""
    if value > MOST_PAIRS_SAID:
        return f"> {MOST_PAIRS_SAID:,}"
    return "-" if math.isnan(value) else f"{value:,.0f}"


def _times(value: float) -> str:
    if math.isnan(value):
        return "-"
    return (
        "all of it" if math.isinf(value) else f"x{value:,.2g}" if value < 10 else f"x{value:,.0f}"
    )
