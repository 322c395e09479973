"""Growth that nobody asked for, announced."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.language import _
from sim.study.store import read_store

NAMES = ["members_start", "members_end", "joins", "invited_share"]
WORTH_SAYING = 0.05
"""Of the first members: fewer who come by themselves are not worth a line; an assumption."""


def growth_of(mean: pd.Series) -> tuple[str, ...]:
    """Announce, of mean outcomes, that members came whom no member invited; nothing for few."""
    start, end, joins, invited = (float(mean[name]) for name in NAMES)
    came = joins - (invited * (start + joins) if invited == invited else 0.0)
    if not came >= WORTH_SAYING * start:
        return ()
    said = _(
        "{start:.0f} → {end:.0f} members: {came:.0f} came by themselves; arrivals.per_day=0 keeps "
        "them out."
    )
    return (said.format(start=start, end=end, came=came),)


def growth_in(folder: str | Path) -> tuple[str, ...]:
    """Announce it of all groups that a store holds."""
    return growth_of(read_store(folder, NAMES)[1][NAMES].mean())
