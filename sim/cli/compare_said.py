"""What ``qunlab compare`` says around its tables, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.cli.compare_tables import letter_of, letters, span

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.compare import Comparison


def head(found: Comparison) -> Iterator[str]:
    """Yield what is compared."""
    yield from letters(found)
    with_particles = f" x {found.particles} parameter sets" if found.particles > 1 else ""
    days = found.outcomes.loc[found.outcomes["outcome"] == "days_observed", "first"]
    said = "" if days.empty or math.isnan(days.iloc[0]) else f", {days.iloc[0]:g} days"
    yield (
        f"{found.replications} pairs of communities{with_particles}{said}, the same luck in all, "
        f"seed {found.origin['seed']}"
    )


def after_the_tables(found: Comparison) -> Iterator[str]:
    """Yield lives, cost, what the columns mean, and where the numbers come from."""
    yield "Lives until the first silence of 7 days since creation, censored at the end"
    for row in found.lifetime_tests.itertuples():
        yield f"  {_lives(found, row)}"
    for name in found.names[1:]:
        if said := _cost(found, name):
            yield said
    yield (
        "pairs: both known. pairs needed: to see a difference of this size at 2 errors with power "
        "0.8. variance cut: by sharing the luck, variance unpaired over paired."
    )
    yield (
        "error: Monte-Carlo. 'no clear difference': under 2 Monte-Carlo errors. 'too small to "
        "matter': under 1 point of a share of groups; 1 point or 5 % of the larger of two other "
        "shares; 2 % of the larger of two other numbers; or as --matters says. P(better): flat "
        "prior. Means: t over pairs; deaths: Agresti and Min, McNemar exact."
    )
    if found.particles > 1:
        yield (
            "parameters (sd): between the parameter sets of the posterior, freed of Monte-Carlo "
            "noise; the 95 % intervals hold both. Only better data makes it smaller."
        )
    if len(found.names) > 2:
        yield "Each alternative is compared with A by itself; intervals are not widened for many."
    yield "What the model says of its assumptions, not what a change does to a real group."
    yield from _origin(found)


def decided(found: Comparison) -> Iterator[str]:
    """Yield what the sequential test found."""
    rule = found.until_clear
    if not rule:
        return
    from sim.study.comparing.sequential import METHOD, look_ends

    last = found.looks[-1]
    planned = look_ends(int(found.origin["replications"]))
    stopped = "stopped early" if last.pairs < planned[-1] else "went to the end"
    yield (
        f"until clear, by {rule.outcome}: {stopped} at {last.pairs} of {planned[-1]} pairs, look "
        f"{len(found.looks)} of {len(planned)} ({METHOD}; false alarms at most {rule.error:g} over "
        "all looks and alternatives)"
    )
    for row in found.repeated_intervals.itertuples():
        verdict = "clear difference from A" if row.clear else "no clear difference from A"
        level = 100 * (1 - rule.error)
        yield (
            f"  {letter_of(found, row.alternative)}: {verdict}, p {row.p:.2g} (allowed "
            f"{last.allowed_p:.2g}); difference {row.lower:.4g} to {row.upper:.4g}, {level:g} % "
            "at all looks together"
        )
    if last.pairs < planned[-1]:
        yield "  Stopping early flatters the difference in the tables above: quote these intervals."


def _lives(found: Comparison, row: Any) -> str:
    counts = (
        f"{letter_of(found, row.alternative)} and A: {row.ended} and {row.ended_first} of "
        f"{row.groups} groups ended"
    )
    if not row.groups:
        return f"{counts}; nobody was watched long enough"
    paired = "nothing can differ" if math.isnan(row.paired_z) else _paired(row)
    if math.isnan(row.chi2):
        return f"{counts}; log-rank of pairs (Jung 1999) {paired}"
    return (
        f"{counts}; log-rank chi2 {row.chi2:.2f}, p {row.p:.2g} (as if independent); "
        f"of pairs (Jung 1999) {paired}"
    )


def _paired(row: Any) -> str:
    return f"z {row.paired_z:+.2f}, p {row.paired_p:.2g} (above 0: lives longer)"


def _cost(found: Comparison, name: str) -> str:
    """Say what the difference costs, and what a posting member on a day more costs by it."""
    from sim.study.comparing.tables import BETTER

    cost, gain = (_row(found.outcomes, name, one) for one in ("cost_fen", "posting_member_days"))
    if cost is None or gain is None or math.isnan(cost.difference):
        return ""
    letter = letter_of(found, name)
    said = f"cost: {letter} less A {span(cost)} CNY a community"
    if not cost.answer.endswith(BETTER):
        return f"{said}: {cost.answer}"
    firm = gain.answer.endswith(BETTER)
    if firm and cost.difference * gain.difference > 0:
        each = cost.difference / gain.difference / 100.0
        way = "more" if gain.difference > 0 else "less"
        said += f"; {span(gain)} posting member-days, {each:.3g} CNY for each {way}"
    elif firm and cost.difference < 0:
        said += f"; cheaper, and {span(gain)} posting member-days"
    elif firm:
        said += f"; dearer, and {span(gain)} posting member-days"
    else:
        said += f"; posting member-days {gain.answer}"
    return said


def _row(table: pd.DataFrame, name: str, outcome: str) -> Any:
    chosen = table[(table["alternative"] == name) & (table["outcome"] == outcome)]
    return next(chosen.itertuples(), None)


def _origin(found: Comparison) -> Iterator[str]:
    origin = found.origin
    digests = [
        f"{chr(65 + at)} {origin.get(f'scenario {name}', '')}".strip()
        for at, name in enumerate(found.names)
    ]
    points = f"scenarios {origin['scenarios']}" if found.particles > 1 else ", ".join(digests)
    versions = [
        f"{name.removeprefix('version of ')} {value}"
        for name, value in origin.items()
        if name in ("version of qunlab", "version of numpy", "version of numba")
    ]
    yield f"{points}; seed {origin['seed']}, code {origin['code']}, {', '.join(versions)}"
