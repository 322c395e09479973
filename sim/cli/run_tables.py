"""What ``qunlab run`` prints: tables for people, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sim.cli.terminal import print_rows, records, screen

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.cli.run import Played

MOST_NAMED = 8


def as_json(played: Played) -> str:
    """Write everything that was found as one JSON object; missing values are null."""
    from sim.scenario import digest
    from sim.study.origin import definitions, origin_of_run

    scenario = played.scenario
    types = [
        {"name": one.name, "share": one.share, "digest": digest(one.scenario)}
        for one in played.mix.types
    ]
    answer = {
        "scenario": scenario.name,
        "digest": digest(scenario),
        "types": types if len(types) > 1 else [],
        "origin": origin_of_run(scenario) | definitions(played.outcomes["outcome"]),
        "seed": scenario.seed,
        "groups": scenario.groups,
        "days": scenario.days,
        "seconds": round(played.seconds, 3),
        "log": str(played.log) if played.log else None,
        "outcomes": records(played.outcomes),
        "deaths": records(played.deaths),
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def show(played: Played) -> None:
    """Print the scenario's name and seed, the table of outcomes, the table of deaths."""
    from sim.study.origin import in_one_line, origin_of_run

    scenario, console = played.scenario, screen()
    console.print(
        f"{scenario.name}: {scenario.groups} groups, {scenario.days:g} days, seed {scenario.seed}, "
        f"{played.seconds:.1f} s"
    )
    if len(played.mix.types) > MOST_NAMED:
        console.print(
            f"{len(played.mix.types)} types of groups and parameter sets, by their shares"
        )
    elif len(played.mix.types) > 1:
        mixed = ", ".join(f"{one.share:.0%} {one.name}" for one in played.mix.types)
        console.print(f"types of groups: {mixed}")
    _print_outcomes(console, played.outcomes)
    console.print("Deaths, by every definition; only member messages are life")
    _print_deaths(console, played.deaths)
    console.print(in_one_line(origin_of_run(scenario)))
    if played.log:
        console.print(f"Log written to {played.log}; next: qunlab observe {played.log}")


def _print_outcomes(console: Console, table: pd.DataFrame) -> None:
    from sim.lives.outcome import TRUTH

    rows = [
        (
            row.outcome,
            in_figures(row.mean),
            _interval(row.lower, row.upper),
            str(row.n),
            row.method if row.n > 1 else "",
            row.unit,
        )
        for row in table[table["unit"] != TRUTH].itertuples()
    ]
    heads = ("outcome", "mean", "95 % interval", "groups", "method", "unit")
    print_rows(console, heads, rows, words=("outcome", "method", "unit"), spare="method")


def _print_deaths(console: Console, table: pd.DataFrame) -> None:
    rows = []
    for row in table.itertuples():
        decided = row.observed > 0
        rows.append(
            (
                row.text,
                row.origin.replace("_", " "),
                str(row.dead) if decided else "-",
                str(row.observed),
                str(row.left_out),
                f"{row.share:.3f}" if decided else "-",
                _interval(row.lower, row.upper),
                row.method if decided else row.note,
            )
        )
    words = ("definition", "origin", "method")
    heads = (*words[:2], "dead", "of", "left out", "share", "95 % interval", "method")
    print_rows(console, heads, rows, words)


def in_figures(value: float) -> str:
    """Write a number with four figures, whole thousands grouped, a missing one as a dash."""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 999.95 else f"{value:.4g}"


def _interval(lower: float, upper: float) -> str:
    return "-" if lower != lower else f"{in_figures(lower)} to {in_figures(upper)}"
