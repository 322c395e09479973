"""What red packets buy: extra posting member-days for the money claimed, on the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.report.levers import SIZE, Lever, with_role
from sim.stats.intervals import Estimate, estimate, ratio_of_means

EVERY = "all"
FEN_PER_HUNDRED_CNY = 10_000.0
NEEDED = ("replication", "posting_member_days", "operator_fen_claimed")


@dataclass(frozen=True)
class PacketWorth:
    """Extra posting member-days for 100 CNY claimed, against no packet with the same seeds."""

    pairs: int  # groups played twice, with and without packets
    # mean difference of posting member-days of a group over the whole run, days after the last
    # packet included
    extra_member_days: float
    claimed_cny: float  # mean difference of what members claimed of operators' packets
    per_100_cny: Estimate  # ratio of the two means, by the delta method; NaN: nothing was claimed
    clear: bool  # whether the extra days are at least 2 Monte-Carlo errors from none

    @property
    def known(self) -> bool:
        """Whether anything was claimed, so that there is a price."""
        return self.pairs > 0 and not np.isnan(self.per_100_cny.value)


def what_a_packet_buys(
    rows_with: pd.DataFrame, rows_without: pd.DataFrame, on: Sequence[str] = ("replication",)
) -> PacketWorth:
    """Compare groups with packets to the same, paired by `on`, without any; differences of a
    replication at several points are added first, as they share its seed. Members' own packets are
    no price.
    """
    _check(rows_with, rows_without, on)
    wanted = list(dict.fromkeys([*on, *NEEDED]))
    both = rows_with[wanted].merge(rows_without[wanted], on=list(on), suffixes=("", "_without"))
    gained, paid = (
        (both[name] - both[f"{name}_without"]).groupby(both["replication"]).sum()
        for name in NEEDED[1:]
    )
    paid = paid / FEN_PER_HUNDRED_CNY
    points = len(both) / len(gained) if len(gained) else np.nan
    more_days, hundreds = estimate(gained), estimate(paid)
    return PacketWorth(
        len(both),
        more_days.value / points,
        100.0 * hundreds.value / points,
        ratio_of_means(gained, paid),
        more_days.clear,
    )


def packet_worth(rows: pd.DataFrame, levers: Sequence[Lever], budget: Lever) -> pd.DataFrame:
    """Compare every budget with none in complete replications, over all points (`EVERY`) and by
    size, pairs alike in all other levers: ``budget``, ``size``, both in words (``packets``,
    ``who``), ``worth`` (a `PacketWorth`); empty without points of no packets.
    """
    found = []
    size = with_role(levers, SIZE)
    on = ["replication", *(lever.key for lever in levers if lever is not budget)]
    for value in (one for one in budget.values if one and 0 in budget.values):
        for members in (EVERY, *(size.values if size else ())):
            own = rows if members == EVERY or not size else rows[rows[size.key] == members]
            paid, unpaid = (own[own[budget.key] == one] for one in (value, 0))
            who = size.words(members) if size and members != EVERY else "all points"
            worth = what_a_packet_buys(paid, unpaid, on)
            found.append((value, members, budget.words(value), who, worth))
    return pd.DataFrame(found, columns=["budget", "size", "packets", "who", "worth"])


def _check(rows_with: pd.DataFrame, rows_without: pd.DataFrame, on: Sequence[str]) -> None:
    problems = []
    for label, rows in (("rows_with", rows_with), ("rows_without", rows_without)):
        absent = [name for name in dict.fromkeys([*on, *NEEDED]) if name not in rows]
        problems += [f"{label}: no column {name!r}" for name in absent]
        if not absent and rows.duplicated(list(on)).any():
            problems.append(f"{label}: more than one row for the same {', '.join(on)}")
    if problems:
        raise InputError(problems)
