"""``qunlab benchmark``: published effects of what operators do, beside what the model shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from sim.cli.options import Json, Threads, option, option_faults
from sim.cli.terminal import print_json, print_rows, screen
from sim.progress import progress_line
from sim.stats.intervals import Estimate
from sim.validation.benchmark import PUBLISHED, Finding, Sums, sums
from sim.validation.trials import run_benchmark

MOST_GROUPS = 100_000
SIGNS_AIM, BANDS_AIM = 28, 0.6
WORDS = "row", "simulated (95 %)", "verdict", "counted", "set by it", "treatment: outcome"
HEADS = (*("row", "field", "band", "grade"), *WORDS[1:])
COUNTS_NOT = {"show both": "contested", "never fit": "one case"}


def benchmark(
    only: Annotated[
        list[str] | None, option("Only this row; may be repeated.", metavar="ID")
    ] = None,
    groups: Annotated[int, option("Groups an arm, at first.")] = 300,
    seed: Annotated[int, option("Seed of all random numbers.")] = 1,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Hold the model to published effects of what operators do: signs and bands.

    Every row is played as its treatment against its control in the people nearest to it, on the
    same random numbers; what the model lacks is not applicable, and counts as missed. A row is
    played in more groups, up to ten times as many, until half of its interval is at most half as
    long as the published effect is far from no effect (.1 where only a sign was published).

    Example: qunlab benchmark --only pagoto --only ashton --groups 100
    """
    limits = ("--groups", groups, 2, MOST_GROUPS), ("--seed", seed, 0, 2**63 - 1)
    option_faults(*limits, threads=threads).refuse()

    names = list(dict.fromkeys(only or PUBLISHED))
    found = run_benchmark(names, groups, seed, threads, progress_line)
    if as_json:
        rows = [one.record() for one in found]
        print_json({"seed": seed, "groups": groups, "rows": rows, "sums": vars(sums(found))})
    else:
        show(found, sums(found), seed)


def show(found: Sequence[Finding], total: Sums, seed: int) -> None:
    """Print the rows, how each was played, and how many that count are right."""
    console = screen()
    print_rows(console, HEADS, [_row(one) for one in found], WORDS)
    for one in found:
        if one.estimates:
            enough = "" if one.times_more == 1.0 else ", too few to be exact"
            console.print(
                f"{one.published.id}: {one.published.played} ({one.groups} groups an arm{enough})."
            )
    console.print(
        f"Signs right: {total.signs_right} of {total.rows}; in band: {total.in_band} of the "
        f"{total.bands} with a band. Not applicable, and so missed: {total.not_applicable}. "
        f"Rows that set a parameter: {total.set_rows}."
    )
    console.print(f"Note: aimed at are {SIGNS_AIM} signs of all 35, and {BANDS_AIM:.0%} of bands.")
    console.print(f"Note: seed {seed}; intervals of 95 % over groups that share their seeds.")


def _row(one: Finding) -> tuple[str, ...]:
    published = one.published
    missing = f": needs {published.needs}" if published.needs else ""
    return (
        published.id,
        published.value or published.side.replace(";", "; "),
        "" if math.isnan(published.low) else f"{published.low:g} to {published.high:g}",
        published.grade,
        "; ".join(_estimate(part) for part in one.estimates),
        one.verdict + missing,
        "yes" if published.counts else COUNTS_NOT[published.use],
        ", ".join(published.parameters),
        f"{published.treatment}: {published.outcome}",
    )


def _estimate(one: Estimate) -> str:
    return f"{_number(one.value)} ({_number(one.lower)} to {_number(one.upper)})"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"
