"""The table that ``qunlab sweep`` prints, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.design import Design
    from sim.study.sweep import SweepResult

SHOWN = {
    "dead_silent_week2": "dead",
    "posting_members_per_day": "posting members/day",
    "messages_per_member_day": "messages/member-day",
    "satisfaction": "satisfaction",
    "cost_fen": "cost (fen)",
}
"""Outcomes of the printed table, and their headings."""

POINTS_SHOWN = 200
UNWRAPPED_WIDTH = 240


def summary_of(result: SweepResult, points: int) -> pd.DataFrame:
    """Average the shown outcomes by point and outcome; n is 0 where all communities failed."""
    import pandas as pd

    from sim.outcomes import summary
    from sim.report.study import without_failures

    rows = without_failures(result.to_frame([*SHOWN, "error"]))
    found = summary(rows, ["point"], list(SHOWN)).set_index(["point", "outcome"])
    every = pd.MultiIndex.from_product([range(points), list(SHOWN)], names=found.index.names)
    return found.reindex(every).fillna({"n": 0, "method": ""})


def as_json_text(
    design: Design, result: SweepResult, points: pd.DataFrame, report: Path | None
) -> str:
    """Write what a sweep did and its means at every point as one JSON object."""
    numbers = ("mean", "lower", "upper", "n", "method")
    answer = {
        "design": design.name,
        "out": str(result.folder),
        "report": str(report) if report else None,
        "seed": design.seed,
        "replications": design.replications,
        "communities": result.communities,
        "played": result.played,
        "failed": result.failed,
        "seconds": round(result.seconds, 3),
        "code": result.code,
        "points": [
            {
                "point": point,
                "levers": design.values(point),
                "outcomes": {
                    name: {key: _number(points.at[(point, name), key]) for key in numbers}
                    for name in SHOWN
                },
            }
            for point in range(len(design.points))
        ],
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def _number(value: Any) -> Any:
    """Return a value as JSON knows it: NaN is null."""
    if value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def print_table(design: Design, points: pd.DataFrame) -> None:
    """Print a row a point: its levers, and the means shown with their intervals."""
    import os

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, markup=False, width=UNWRAPPED_WIDTH)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for key, _ in design.levers:
        shown.add_column(key.rpartition(".")[2], justify="right", overflow="fold")
    for heading in SHOWN.values():
        shown.add_column(heading, justify="right")
    for point in range(min(len(design.points), POINTS_SHOWN)):
        values = (str(value) for value in design.values(point).values())
        shown.add_row(*values, *(_cell(points.loc[(point, name)]) for name in SHOWN))
    console.print(f"{design.name}: {design.replications} communities at each point")
    console.print(shown)
    if len(design.points) > POINTS_SHOWN:
        console.print(f"The first {POINTS_SHOWN} of {len(design.points)} points.")
    console.print(_legend())


def _cell(found: pd.Series) -> str:
    if found["n"] == 0:
        return "-"
    mean, lower, upper = (_short(found[name]) for name in ("mean", "lower", "upper"))
    return mean if found["lower"] != found["lower"] else f"{mean} ({lower} to {upper})"


def _short(value: float) -> str:
    """Write a number with three digits that count, and thousands apart.

    Examples
    --------
    >>> [_short(value) for value in (0.03689, 2.0, 17340.6)]
    ['0.0369', '2', '17,341']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _legend() -> str:
    from sim.outcomes import OUTCOMES

    dead = next(outcome for outcome in OUTCOMES if outcome.name == "dead_silent_week2")
    return (
        f"dead: {dead.definition} (-); share with Wilson 95 % interval.\n"
        "The rest: means over communities with t 95 % interval."
    )
