"""What red packets bought: each budget against no packet with the same luck, by size too."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.outcomes import PacketWorth, what_a_packet_buys
from sim.report.levers import SIZE, Cell, Lever, with_role

EVERY = "all"


def packet_worth(rows: pd.DataFrame, levers: Sequence[Lever], budget: Lever) -> pd.DataFrame:
    """Compare every budget with none in complete replications, over all points (`EVERY`) and by
    size, pairs alike in all other levers: ``budget``, ``size``, ``worth`` (a `PacketWorth`); empty
    without points of no packets.
    """
    if 0 not in budget.values:
        return pd.DataFrame(columns=["budget", "size", "worth"])
    size = with_role(levers, SIZE)
    on = ["replication", *(lever.key for lever in levers if lever is not budget)]
    without = rows[rows[budget.key] == 0]
    found: list[tuple[Cell, Cell, PacketWorth]] = []
    for value in budget.values:
        paid = rows[rows[budget.key] == value]
        if not value:
            continue
        found.append((value, EVERY, what_a_packet_buys(paid, without, on)))
        for members in size.values if size else ():
            worth = what_a_packet_buys(_of(paid, size, members), _of(without, size, members), on)
            found.append((value, members, worth))
    return pd.DataFrame(found, columns=["budget", "size", "worth"])


def known(worth: PacketWorth) -> bool:
    """Say whether anything was claimed, so that there is a price."""
    return worth.pairs > 0 and worth.per_100_cny == worth.per_100_cny


def _of(rows: pd.DataFrame, size: Lever | None, members: Cell) -> pd.DataFrame:
    return rows[rows[size.key] == members] if size else rows
