"""The table that ``qunlab sweep`` prints, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import plain, print_rows, screen

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.design import Design
    from sim.study.sweep import SweepResult

SHOWN = {
    "dead_silent_week2": "dead: silent in days 8-14",
    "posting_members_per_day": "posting members/day",
    "messages_per_member_day": "messages/member-day",
    "satisfaction": "satisfaction",
    "cost_fen": "cost (fen)",
}
"""Outcomes of the printed table, and their headings."""

NUMBERS = ("mean", "lower", "upper", "n", "method", "monte_carlo_error")
PARAMETER_SD = "parameter_sd"
LEVER = "choices.particle"
POINTS_SHOWN = 200


def summary_of(design: Design, result: SweepResult) -> pd.DataFrame:
    """Average the shown outcomes by point and outcome; n is 0 where all communities failed."""
    import pandas as pd

    from sim.report.study import without_failures
    from sim.report.uncertainty import by_particle, summary
    from sim.study.store import read_store

    sets = [LEVER] if design.posterior else []
    manifest, rows = read_store(result.folder, [*sets, *SHOWN, "error"])
    rows, manifest = by_particle(rows, manifest)
    found = summary(without_failures(rows), ["point"], list(SHOWN)).set_index(["point", "outcome"])
    points = range(len(manifest.scenarios))
    every = pd.MultiIndex.from_product([points, list(SHOWN)], names=found.index.names)
    return found.reindex(every).fillna({"n": 0, "method": ""})


def _sets(design: Design) -> int:
    """Return how many parameter sets each point of the sweep file met."""
    return len(dict(design.levers)[LEVER]) if design.posterior else 1


def _levers(design: Design, point: int) -> dict[str, Any]:
    """Return the values of the sweep file's own levers at one of its points."""
    values = design.values(point * _sets(design))
    return {key: value for key, value in values.items() if key != LEVER}


def as_json_text(
    design: Design, result: SweepResult, points: pd.DataFrame, report: Path | None
) -> str:
    """Write what a sweep did and its means at every point as one JSON object."""
    from sim.study.origin import definitions, origin
    from sim.study.store import read_manifest

    numbers = (*NUMBERS, PARAMETER_SD) if design.posterior else NUMBERS
    answer = {
        "design": design.name,
        "out": str(result.folder),
        "report": str(report) if report else None,
        "seed": design.seed,
        "replications": design.replications,
        "parameter_sets": _sets(design),
        "communities": result.communities,
        "played": result.played,
        "failed": result.failed,
        "seconds": round(result.seconds, 3),
        "code": result.code,
        "origin": origin(read_manifest(result.folder)) | definitions(SHOWN),
        "points": [
            {
                "point": point,
                "levers": _levers(design, point),
                "outcomes": {
                    name: {key: plain(points.at[(point, name), key]) for key in numbers}
                    for name in SHOWN
                },
            }
            for point in range(len(design.points) // _sets(design))
        ],
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def print_table(design: Design, points: pd.DataFrame) -> None:
    """Print a row a point: its levers, and the means shown with their intervals."""
    console = screen()
    number, levers = len(design.points) // _sets(design), list(_levers(design, 0))
    rows = [
        [str(value) for value in _levers(design, point).values()]
        + [_cell(points.loc[(point, name)]) for name in SHOWN]
        for point in range(min(number, POINTS_SHOWN))
    ]
    sets = f" with each of {_sets(design)} parameter sets" if design.posterior else ""
    console.print(f"{design.name}: {design.replications} communities at each point{sets}")
    heads = [*(key.rpartition(".")[2] for key in levers), *SHOWN.values()]
    print_rows(console, heads, rows, titles=len(levers))
    if number > POINTS_SHOWN:
        console.print(f"The first {POINTS_SHOWN} of {number} points.")
    console.print(_legend(design))


def _cell(found: pd.Series) -> str:
    if found["n"] == 0:
        return "-"
    mean, lower, upper = (_short(found[name]) for name in ("mean", "lower", "upper"))
    if PARAMETER_SD in found and found["monte_carlo_error"] > 0.0:
        return f"{mean} ± {_short(found['monte_carlo_error'])} | {_short(found[PARAMETER_SD])}"
    return mean if found["lower"] != found["lower"] else f"{mean} ({lower} to {upper})"


def _short(value: float) -> str:
    """Write a number with three digits that count, and thousands apart.

    >>> [_short(value) for value in (0.03689, 2.0, 17340.6)]
    ['0.0369', '2', '17,341']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _legend(design: Design) -> str:
    from sim.lives.outcomes import OUTCOMES

    dead = next(outcome for outcome in OUTCOMES if outcome.name == "dead_silent_week2")
    if design.posterior:
        return (
            f"dead: {dead.definition} (-); a share, of all or none with Wilson 95 % interval.\n"
            "Mean ± Monte-Carlo error, which more replications make smaller | standard deviation "
            "between parameter sets, which only better data does."
        )
    return (
        f"dead: {dead.definition} (-); share with Wilson 95 % interval.\n"
        "The rest: means over communities with t 95 % interval."
    )
