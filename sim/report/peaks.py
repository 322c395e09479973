"""Where a measure is best along a lever, what is gained there, and whether that is told apart."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report import paired
from sim.report.levers import Cell, Lever
from sim.report.study import Study
from sim.report.wording import Measure, listed

IN_DOUBT = "in doubt over parameters"
"""Of a difference that luck tells apart and the parameter sets do not."""


def peak(study: Study, lever: Lever, what: Measure) -> str:
    """Say where a measure is highest, and whether that is told apart from the rest."""
    table = paired.by_replication(study.rows, what.name, lever.key)
    ranked = paired.best_first(table, what.more_is_better)
    if len(ranked) < 2:
        return f"{what.phrase} cannot be compared"
    best, worst = ranked[0], ranked[-1]
    near = paired.rivals(table, ranked)
    top = paired.estimate(table[best])
    said = what.write(top.value, *top.interval)
    if len(near) == len(ranked) - 1:
        over = paired.difference(table, best, worst)
        return (
            f"{what.phrase} is not told apart between the values tried, {said} at "
            f"{lever.words(best)}, {what.write(over.value, *over.interval, signed=True)} over "
            f"{lever.text(worst)}"
        )
    highest = f"{what.phrase} is highest at {lever.words(best)}, {said}"
    if near:
        others = listed([lever.text(value) for value in sorted(near, key=lever.values.index)])
        return f"{highest}, not told apart from {others}"
    gap = gain(study, lever, what, (best, ranked[1]))
    return f"{highest}, {gap} over {lever.text(ranked[1])}{_edge(lever, best)}"


def _edge(lever: Lever, value: Cell) -> str:
    """Say that the best value is the last one tried: beyond it nothing is known."""
    if not lever.numeric or value not in (max(lever.values), min(lever.values)):
        return ""
    end = "still rising at the top" if value == max(lever.values) else "falling from the bottom"
    return f" and {end} of the range"


def gain(study: Study, lever: Lever, what: Measure, values: Sequence[Cell], noun: str = "") -> str:
    """Say what the first of two values of a lever has over the second, and how sure that is."""
    table = paired.by_replication(study.rows, what.name, lever.key)
    gap = paired.difference(table, values[0], values[1])
    said = f"{what.write(gap.value, *gap.interval, signed=True)} {noun}".strip()
    if not gap.told_apart:
        return f"{said} (not told apart)"
    return f"{said} ({IN_DOUBT})" if gap.in_doubt else said
