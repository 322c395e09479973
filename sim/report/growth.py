"""Growth that nobody asked for, announced."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.language import _
from sim.study.store import read_store

NAMES = ["members_start", "members_end", "joins", "invited_share"]
WORTH_SAYING = 0.05
"""Of the first members: fewer who come by themselves are not worth a line; an assumption."""


def came_by_themselves(mean: pd.Series) -> float:
    """Return, of mean outcomes, how many members came whom no member invited; 0 for few."""
    start, joins, invited = (float(mean[name]) for name in ("members_start", *NAMES[2:]))
    came = joins - (invited * (start + joins) if invited == invited else 0.0)
    return came if came >= WORTH_SAYING * start else 0.0


def growth_in(folder: str | Path) -> tuple[str, ...]:
    """Announce it of all groups that a store holds."""
    mean = read_store(folder, NAMES)[1][NAMES].mean()
    came = came_by_themselves(mean)
    said = _(
        "{start:.0f} → {end:.0f} members: {came:.0f} came by themselves; arrivals.per_day=0 keeps "
        "them out."
    )
    words = said.format(start=mean["members_start"], end=mean["members_end"], came=came)
    return (words,) if came else ()
