"""What members send on of what they received, estimated from the log as a field study would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.rules import lucky_share_fen
from sim.state import Array
from sim.trace import CLAIMED, SENT
from sim.validation.windows import Floats

HOURS_AFTER = 24.0


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Claims:
    """Claims of the team's packets and what each claimer sent within a day: arrays [claim]."""

    group: Array
    packet: Array  # unique over groups
    received_fen: Floats  # own share; own packets sent within 24 h of it
    sent_fen: Floats
    is_luckiest: Array  # largest share of an emptied packet; of equal ones the earliest
    is_emptied: Array  # whether all shares were taken


def claims_of(events: Array) -> Claims:
    """Collect the claims of the team's packets from an event log (EVENT_DTYPE)."""
    wide = int(events["packet"].max(initial=0)) + 1
    people = int(events["member"].max(initial=0)) + 1
    sent = events[events["event"] == SENT]
    team = sent[sent["member"] < 0]
    own = sent[sent["member"] >= 0]
    claims = events[events["event"] == CLAIMED]
    packets = claims["group"] * wide + claims["packet"]
    order = np.argsort(team["group"] * wide + team["packet"])
    known = (team["group"] * wide + team["packet"])[order]
    of_team = np.isin(packets, known)
    claims, packets = claims[of_team], packets[of_team]
    index = np.searchsorted(known, packets)
    emptied = np.bincount(index, minlength=len(known)) == team["shares"][order]
    by_size = np.lexsort((claims["time_hours"], -claims["fen"], index))
    first = np.ones(len(index), dtype=bool)
    first[1:] = np.diff(index[by_size]) != 0
    luckiest = np.zeros(len(index), dtype=bool)
    luckiest[by_size[first]] = True
    who = claims["group"] * people + claims["member"]
    sender = own["group"] * people + own["member"]
    order = np.lexsort((own["time_hours"], sender))
    total = np.concatenate([[0.0], np.cumsum(own["fen"][order])])
    moments = sender[order] * 1e6 + own["time_hours"][order]  # runs are shorter than 1e6 hours
    start = np.searchsorted(moments, who * 1e6 + claims["time_hours"])
    end = np.searchsorted(moments, who * 1e6 + claims["time_hours"] + HOURS_AFTER, "right")
    return Claims(
        claims["group"],
        packets,
        claims["fen"].astype(np.float64),
        total[end] - total[start],
        luckiest & emptied[index],
        emptied[index],
    )


def return_slope(claims: Claims, of: Floats | None = None) -> Estimate:
    """Estimate fen (or `of`) sent within 24 h per fen received, with a fixed effect of each packet.

    A lucky share's size is chance, so the slope is an effect (Yuan et al. 2024); errors clustered
    by group; NaN without variation.
    """
    y = claims.sent_fen if of is None else of
    _, packet = np.unique(claims.packet, return_inverse=True)
    size = np.maximum(np.bincount(packet), 1)
    x = claims.received_fen - (np.bincount(packet, claims.received_fen) / size)[packet]
    y = y - (np.bincount(packet, y) / size)[packet]
    spread = float(x @ x)
    if spread <= 0.0:
        return Estimate(np.nan, np.nan)
    slope = float(x @ y) / spread
    _, group = np.unique(claims.group, return_inverse=True)
    scores = np.bincount(group, x * (y - slope * x))
    return Estimate(slope, float(np.sqrt(scores @ scores)) / spread)


def extensive_share(claims: Claims) -> float:
    """Return the part of the slope that is more people sending, not bigger packets.

    NaN without senders.
    """
    sends = claims.sent_fen > 0
    if not sends.any():
        return float("nan")
    whole = return_slope(claims).value
    people = return_slope(claims, sends.astype(np.float64)).value
    return float(people * claims.sent_fen[sends].mean() / whole) if whole else float("nan")


def luckiest_ratio(claims: Claims) -> Estimate:
    """Return the luckiest's fen sent per fen received over the others', of emptied packets.

    Its error by the delete-one-group jackknife; NaN where the others send nothing.
    """
    _, group = np.unique(claims.group, return_inverse=True)
    lucky, others = claims.is_luckiest, claims.is_emptied & ~claims.is_luckiest
    sums = [
        np.bincount(group, values * chosen, group.max(initial=-1) + 1).astype(np.float64)
        for chosen in (lucky, others)
        for values in (claims.sent_fen, claims.received_fen)
    ]
    return jackknifed(sums)


def jackknifed(sums: Sequence[Floats]) -> Estimate:
    """Return the ratio (a / b) / (c / d) of four sums over groups, with its jackknife error."""
    totals = [float(one.sum()) for one in sums]
    if len(sums[0]) < 2 or min(totals[1:]) <= 0:
        return Estimate(np.nan, np.nan)
    a, b, c, d = (total - one for total, one in zip(totals, sums, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (a / b) / (c / d)
    n = len(without)
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    return Estimate((totals[0] / totals[1]) / (totals[2] / totals[3]), error)


def last_is_luckiest(packets: int, seed: int, fen: int = 10_000, shares: int = 25) -> Estimate:
    """Return how often a packet's last share is the single largest, by the model's rule.

    Binomial error; 100 CNY by default.
    """
    luck = np.random.default_rng([seed, 0x1A57]).random((packets, shares - 1))
    last = single = 0
    for row in luck:
        left, best, again = fen, 0, False
        for k, u in enumerate(row):
            drawn = lucky_share_fen(u, left, shares - k)
            left -= drawn
            if drawn >= best:
                best, again = drawn, drawn == best
        last += left > best
        single += left > best or (left < best and not again)
    share = last / single if single else np.nan
    return Estimate(share, float(np.sqrt(share * (1 - share) / single)) if single else np.nan)
