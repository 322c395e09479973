"""The picture that ``qunlab compare`` keeps: changes from the first alternative, and lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cli.compare_tables import MAIN, letters

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.compare import Comparison

LONGEST_TITLE = 100
SHARES = ("share", "true/false")


def picture(found: Comparison) -> bytes:
    """Draw the changes and the lives as PNG."""
    from sim.plots import Words, comparison, png

    origin = found.origin
    footer = (
        f"{found.replications} pairs of communities on the same luck; intervals 95 %, hollow: no "
        f"clear difference. Seed {origin['seed']}, code {origin['code']}, scenarios "
        f"{origin['scenarios']}, version {origin['version of qunlab']}. What the model says, not "
        "what a change does to a real group."
    )
    words = Words(
        _shortened(" · ".join(letters(found))),
        "Left: change from A (percent of A; shares and deaths in points). Right: groups alive, "
        "dead from the first silence of 7 days since creation.",
        "change from A: % of A, points for shares",
        "groups alive",
        footer,
    )
    names = dict(zip(found.names, letters(found), strict=True))
    curves = found.curves.assign(alternative=found.curves["alternative"].map(names))
    return png(comparison(_changes(found, names), curves, words))


def _changes(found: Comparison, names: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    from sim.study.comparing.tables import is_clear

    shown = found.to_frame()
    shown = shown[shown["outcome"].isin((*MAIN, *_headline_deaths(found)))]
    rows = []
    for row in shown.itertuples():
        if row.pairs == 0 or (row.unit not in SHARES and not row.first):
            continue
        factor = 100.0 if row.unit in SHARES else 100.0 / abs(row.first)
        rows.append(
            {
                "row": row.outcome.removesuffix("_fen").replace("_", " "),
                "alternative": names[row.alternative],
                "value": factor * row.difference,
                "lower": factor * row.lower,
                "upper": factor * row.upper,
                "told_apart": is_clear(row.answer),
            }
        )
    columns = ["row", "alternative", "value", "lower", "upper", "told_apart"]
    return pd.DataFrame(rows, columns=columns)


def _headline_deaths(found: Comparison) -> list[str]:
    names = list(dict.fromkeys(found.deaths["outcome"]))
    return [name for name in names if not name.endswith("_since_first_message")]


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE]}…"
