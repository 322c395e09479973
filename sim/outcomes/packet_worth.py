"""What a red packet buys: extra posting member-days for the money claimed, with the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.outcomes.summary import mean_interval

FEN_PER_HUNDRED_CNY = 10_000.0
TOLD_APART_ERRORS = 2.0
NEEDED = ("replication", "posting_member_days", "operator_fen_claimed")


@dataclass(frozen=True)
class PacketWorth:
    """Extra posting member-days for 100 CNY claimed, against no packet with the same luck."""

    pairs: int  # groups played twice, with and without packets
    # mean difference of posting member-days of a group over the whole run, days after the last
    # packet included
    extra_member_days: float
    claimed_cny: float  # mean difference of what members claimed of operators' packets
    per_100_cny: float  # ratio of the two means; NaN when nothing was claimed
    lower: float  # of its 95 % interval by `method`
    upper: float
    monte_carlo_error: float  # standard error of the ratio
    # difference over its own standard error: below 2 it is not told apart from nothing
    errors: float
    method: str

    @property
    def told_apart(self) -> bool:
        """Whether the difference is at least 2 Monte-Carlo errors from nothing."""
        return abs(self.errors) >= TOLD_APART_ERRORS

    def in_words(self) -> str:
        """Say it in one sentence."""
        if self.pairs == 0 or np.isnan(self.per_100_cny):
            return "nothing was claimed, so a packet bought nothing"
        found = (
            f"{self.per_100_cny:+.1f} posting member-days per 100 CNY claimed "
            f"(95 % {self.lower:.1f} to {self.upper:.1f}, {self.method}, {self.pairs} pairs)"
        )
        return found if self.told_apart else f"not told apart from nothing: {found}"


def what_a_packet_buys(
    rows_with: pd.DataFrame, rows_without: pd.DataFrame, on: Sequence[str] = ("replication",)
) -> PacketWorth:
    """Compare groups with packets to the same, paired by `on`, without any; differences of a
    replication at several points are added first, as they share its seed. Members' own packets are
    no price. Interval: ratio of means, delta method (Cochran 1977, 6.3), Student's t.
    """
    _check(rows_with, rows_without, on)
    wanted = list(dict.fromkeys([*on, *NEEDED]))
    both = rows_with[wanted].merge(rows_without[wanted], on=list(on), suffixes=("", "_without"))
    gained = both["posting_member_days"] - both["posting_member_days_without"]
    paid = both["operator_fen_claimed"] - both["operator_fen_claimed_without"]
    sums = pd.DataFrame({"gained": gained, "paid": paid / FEN_PER_HUNDRED_CNY})
    by_luck = sums.groupby(both["replication"]).sum()
    return _ratio_of_means(by_luck["gained"].to_numpy(), by_luck["paid"].to_numpy(), len(both))


def _ratio_of_means(
    gained: np.ndarray[tuple[int], np.dtype[np.float64]],
    paid: np.ndarray[tuple[int], np.dtype[np.float64]],
    pairs: int,
) -> PacketWorth:
    n = len(gained)
    points = pairs / n if n else np.nan
    mean_gained, mean_paid = (float(x.mean()) if n else np.nan for x in (gained, paid))
    known = n > 1
    difference_error = float(gained.std(ddof=1) / np.sqrt(n)) if known else np.nan
    worth = mean_gained / mean_paid if mean_paid > 0 else np.nan
    spread = float((gained - worth * paid).std(ddof=1)) if known else np.nan
    error = spread / np.sqrt(n) / mean_paid if mean_paid > 0 else np.nan
    lower, upper = mean_interval(np.array([worth]), np.array([error]), np.array([float(n)]))
    errors = mean_gained / difference_error if difference_error > 0 else np.nan
    if difference_error == 0:
        errors = np.inf * np.sign(mean_gained) if mean_gained else 0.0
    return PacketWorth(
        pairs=pairs,
        extra_member_days=mean_gained / points,
        claimed_cny=100.0 * mean_paid / points,
        per_100_cny=worth,
        lower=float(lower[0]),
        upper=float(upper[0]),
        monte_carlo_error=float(error),
        errors=float(errors),
        method="delta method, t",
    )


def _check(rows_with: pd.DataFrame, rows_without: pd.DataFrame, on: Sequence[str]) -> None:
    problems = []
    for label, rows in (("rows_with", rows_with), ("rows_without", rows_without)):
        absent = [name for name in dict.fromkeys([*on, *NEEDED]) if name not in rows]
        problems += [f"{label}: no column {name!r}" for name in absent]
        if not absent and rows.duplicated(list(on)).any():
            problems.append(f"{label}: more than one row for the same {', '.join(on)}")
    if problems:
        raise InputError(problems)
