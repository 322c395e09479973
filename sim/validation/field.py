"""Patterns from field studies: bands of acceptance, and the small simulations that fill them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.ensemble import simulate, simulate_log
from sim.lives.outcomes import Run
from sim.lives.patterns import Median, Ratio
from sim.rules import lucky_share_fen
from sim.scenario import Scenario
from sim.state import Array
from sim.trace import CLAIMED, SENT
from sim.validation.rooms import (
    Floats,
    Rooms,
    Simulated,
    Utterances,
    resampled,
    shipped_table,
    simulated_talk,
)
from sim.validation.targets import Row

PART = "field studies"
WINDOW_GROUPS, MIXED_WINDOW_GROUPS = 600, 1_500
"""Only those that speak at the window's beginning are seen, few of a mix; its groups are small."""

WINDOW_DAYS, OLDEST_DAYS, DECIDED_DAYS = 34.0, 120.0, 30.0
LURKING_DAYS, LURKING_GROUPS = 84, 30
TYPES: dict[str, tuple[int, str]] = {
    "12 friends": (12, "cliques"),
    "60 who know a few": (60, "small_world"),
    "300 strangers": (300, "strangers"),
}
"""Kinds of community for the share of lurkers: size and ties at birth; an assumption."""

PACKET_GROUPS, PACKET_DAYS, PACKET_SIZE = 400, 28, 60
PACKET_FEN, PACKET_SHARES = 5_000, 10
SPLIT_PACKETS = 20_000
HOURS_AFTER = 24.0
LAST_SHARE = 0.094
"""Exact value for the double-mean split of 100 CNY into 25, ties excluded, to three decimals."""


@dataclass(frozen=True)
class Field:
    """A pattern of the field with its band and source."""

    pattern: str
    low: float  # band of acceptance; NaN for no limit on that side
    high: float
    source: str  # with its grade
    target: str  # the pattern of simulated rooms that fills it; empty where an experiment does

    def row(self, made: Estimate, suffix: str = "") -> Row:
        """Hold what was simulated to the band."""
        return Row(
            PART,
            self.pattern + suffix,
            simulated=made.value,
            simulated_error=made.error,
            low=self.low,
            high=self.high,
            note=self.source,
        )


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error."""

    value: float = np.nan
    error: float = np.nan


FIELDS: Mapping[str, Field] = {
    key: Field(**row)
    for key, row in shipped_table("field.csv")
    .fillna({"target": ""})
    .set_index("key")
    .to_dict("index")
    .items()
}


def field_rows(
    base: Scenario, scenarios: list[Scenario], rooms: Simulated, table: pd.DataFrame, seed: int
) -> list[Row]:
    """Run every experiment and return a row a pattern in the order of `FIELDS` (lurkers: several).

    `rooms` and `table` are of the population through its own windows.
    """
    groups = WINDOW_GROUPS if len(scenarios) == 1 else MIXED_WINDOW_GROUPS
    survival = window_survival(scenarios, groups, seed)
    found = dict(zip(("S7", "S30", "hazard"), survival, strict=True))
    found |= packet_estimates(base, seed) | _of_rooms(rooms, seed)
    rows = []
    for key, one in FIELDS.items():
        if key == "lurkers":
            shares = lurker_shares(base, LURKING_GROUPS, seed)
            rows += [one.row(share, f": {name}") for name, share in shares.items()]
        elif key == "last":
            made = found[key]
            rows.append(Row(PART, one.pattern, LAST_SHARE, 0.0005, made.value, made.error,
                            note=one.source))  # fmt: skip
        elif one.target:
            rows.append(one.row(Estimate(*table.loc[one.target, ["value", "error"]])))
        else:
            rows.append(one.row(found[key]))
    return rows


def ratio(over: Array, under: Array, seed: int) -> Estimate:
    """Return a ratio of sums over groups, its error by resampling groups."""
    rule = Ratio(over.astype(np.float64), under.astype(np.float64), "group")
    draws = rule.at(resampled(np.ones(len(over), dtype=bool), seed))
    return Estimate(rule.counted().value, _spread(draws[~np.isnan(draws)]))


def _spread(known: Floats) -> float:
    return float(known.std()) if len(known) else np.nan


# --- groups of mixed ages in a short window, lurkers by type --------------------------------------


def window_survival(
    scenarios: Sequence[Scenario], groups: int, seed: int, threads: int | None = None
) -> tuple[Estimate, Estimate, Estimate]:
    """Return the shares 0-1 still talking after 7 and 30 days of a window, and their hazard ratio.

    Ages at the opening are uniform on 0 to 120 days, an assumption (Qiu et al. 2016 give none);
    below 1 the hazard falls.
    """
    ages = np.random.default_rng([seed, 0xA6E5]).uniform(0.0, OLDEST_DAYS, groups)
    talk = simulated_talk(scenarios, ages + WINDOW_DAYS, seed, threads).talk
    lived = lifetimes(talk, ages)
    lived = lived[~np.isnan(lived)]
    if not len(lived):
        return (Estimate(),) * 3
    weights = resampled(np.ones(len(lived), dtype=bool), seed)
    alive = [(lived >= days).astype(np.float64) for days in (7.0, DECIDED_DAYS)]
    seven, thirty = (ratio(one, np.ones(len(lived)), seed) for one in alive)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = hazard_ratio(*(weights @ one / len(lived) for one in alive))
        fell = float(hazard_ratio(np.array([seven.value]), np.array([thirty.value]))[0])
    error = _spread(ratios[np.isfinite(ratios)])
    return seven, thirty, Estimate(fell if np.isfinite(fell) else np.nan, error)  # nobody early


def lifetimes(talk: Utterances, ages_days: Floats) -> Floats:
    """Return days [group] from first to last message in a window of 34 days opened at given ages.

    NaN without a message in its first four days: 30 days could not be decided.
    """
    opens = 24.0 * ages_days[talk.room]
    inside = (talk.hours >= opens) & (talk.hours < opens + 24.0 * WINDOW_DAYS)
    room, at = talk.room[inside], (talk.hours - opens)[inside] / 24.0
    first, last = np.full(len(ages_days), np.inf), np.full(len(ages_days), -np.inf)
    np.minimum.at(first, room, at)
    np.maximum.at(last, room, at)
    with np.errstate(invalid="ignore"):
        return np.where(first <= WINDOW_DAYS - DECIDED_DAYS, last - first, np.nan)


def hazard_ratio(seven: Floats, thirty: Floats) -> Floats:
    """Return the daily hazard of days 7-30 over that of days 0-7 from the two survivals."""
    early, late = -np.log(seven) / 7.0, np.log(seven / thirty) / (DECIDED_DAYS - 7.0)
    return np.asarray(late / early)


def lurker_shares(base: Scenario, groups: int, seed: int) -> dict[str, Estimate]:
    """Return the share of members who never posted in 12 weeks, by type of community."""
    shares = {}
    for name, (size, graph) in TYPES.items():
        cap = max(base.params.group.cap, size)
        values = {"group.size": size, "group.cap": cap, "ties.graph": graph}
        trace = simulate([base.with_values({**values, "run.days": LURKING_DAYS})], groups, seed)
        run = Run(trace, ())
        silent = run.members(trace.joined & (trace.posts == 0))
        shares[name] = ratio(silent, run.members(trace.joined), seed)
    return shares


# --- what simulated rooms show beside their patterns ----------------------------------------------


def _of_rooms(simulated: Simulated, seed: int) -> dict[str, Estimate]:
    facts, week = simulated.facts, simulated.hour_of_week
    openers, answered, muted, left = (
        facts[name].to_numpy() for name in ("openers", "openers_answered", "muted", "left")
    )
    return {
        "gini_size": Estimate(gini_rises_with_size(simulated.rooms)),
        "gini_age": Estimate(gini_rises_with_age(simulated.rooms)),
        "saturday": Estimate(weekend_share(week, 5)),
        "sunday": Estimate(weekend_share(week, 6)),
        "peak": Estimate(peak_over_trough(week)),
        "openers": ratio(openers - answered, openers, seed),
        "muted": ratio(muted, left, seed),
    }


def weekend_share(hour_of_week: Floats, day: int) -> float:
    """Return a weekday's share of messages (5 Saturday, 6 Sunday)."""
    total = hour_of_week.sum()
    return float(hour_of_week[24 * day : 24 * day + 24].sum() / total) if total else np.nan


def peak_over_trough(hour_of_week: Floats) -> float:
    """Return messages of the busiest hour of the day over those of the quietest."""
    by_hour = hour_of_week.reshape(7, 24).sum(axis=0)
    if not by_hour.sum():
        return np.nan
    return float(by_hour.max() / by_hour.min()) if by_hour.min() else np.inf


def gini_rises_with_size(rooms: Rooms) -> float:
    """Return median Gini of rooms with many posters less that of rooms with few.

    Rooms with at least 100 messages, split at their median number of posters; NaN below four.
    """
    gini = _values(rooms, "median group gini (>=100 msgs)")
    posters = _values(rooms, "median posters per group")
    known = ~np.isnan(gini)
    if known.sum() < 4:
        return np.nan
    many = posters > np.median(posters[known])
    if not (many & known).any():
        return np.nan
    return float(np.median(gini[known & many]) - np.median(gini[known & ~many]))


def gini_rises_with_age(rooms: Rooms) -> float:
    """Return the median over rooms of the Gini of all messages less that of the first 365 days.

    Rooms that have both; NaN where there is none.
    """
    later = _values(rooms, "median group gini (>=100 msgs)") - _values(rooms, FIELDS["gini"].target)
    return float(np.nanmedian(later)) if (~np.isnan(later)).any() else np.nan


def _values(rooms: Rooms, pattern: str) -> Floats:
    found = rooms.brought[pattern]
    assert isinstance(found, Median)
    return found.values


# --- red packets: what members send on, estimated from the log as a field study would -------------


def packet_values(base: Scenario) -> dict[str, int]:
    """Return what makes of a scenario groups of 60 with a daily packet."""
    return {
        "group.size": PACKET_SIZE,
        "group.cap": max(base.params.group.cap, PACKET_SIZE),
        "run.days": PACKET_DAYS,
        "policies.red_packets.fen_per_day": PACKET_FEN,
        "policies.red_packets.shares": PACKET_SHARES,
    }


def packet_estimates(base: Scenario, seed: int) -> dict[str, Estimate]:
    """Send a daily packet to groups of 60; estimate what members send on, by keys of `FIELDS`."""
    values = packet_values(base)
    _, _, events = simulate_log([base.with_values(values)], PACKET_GROUPS, seed)
    claims = claims_of(events)
    return {
        "return": return_slope(claims),
        "extensive": extensive_share(claims),
        "luckiest": luckiest_ratio(claims),
        "last": last_is_luckiest(SPLIT_PACKETS, seed),
    }


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
    packet = ["group", "packet"]
    table = pd.DataFrame(events)
    sends = table[table["event"] == SENT]
    own, of_team = sends[sends["member"] >= 0], sends.loc[sends["member"] < 0, [*packet, "shares"]]
    claims = table[table["event"] == CLAIMED].drop(columns="shares").merge(of_team, on=packet)
    emptied = claims.groupby(packet)["fen"].transform("size") == claims["shares"]
    by_size = claims.sort_values(["fen", "time_hours"], ascending=[False, True])
    luckiest = claims.index.isin(by_size.drop_duplicates(packet).index) & emptied
    people = int(events["member"].max(initial=0)) + 1
    sender, claimer = (one["group"] * people + one["member"] for one in (own, claims))
    order = np.lexsort((own["time_hours"], sender))
    total = np.concatenate([[0.0], np.cumsum(own["fen"].to_numpy()[order])])
    longer = 1e6  # than any run, in hours
    moments = (sender * longer + own["time_hours"]).to_numpy()[order]
    since = claimer * longer + claims["time_hours"]
    end = np.searchsorted(moments, since + HOURS_AFTER, "right")
    return Claims(
        claims["group"].to_numpy(),
        claims.groupby(packet).ngroup().to_numpy(),
        claims["fen"].to_numpy(np.float64),
        total[end] - total[np.searchsorted(moments, since)],
        luckiest.to_numpy(),
        emptied.to_numpy(),
    )


def return_slope(claims: Claims) -> Estimate:
    """Estimate fen sent within 24 h per fen received, with a fixed effect of each packet.

    A lucky share's size is chance, so the slope is an effect (Yuan et al. 2024); errors clustered
    by group; NaN without variation.
    """
    x, y = _within_packets(claims, claims.received_fen), _within_packets(claims, claims.sent_fen)
    spread = float(x @ x)
    if spread <= 0.0:
        return Estimate()
    slope = float(x @ y) / spread
    _, group = np.unique(claims.group, return_inverse=True)
    scores = np.bincount(group, x * (y - slope * x))
    return Estimate(slope, float(np.sqrt(scores @ scores)) / spread)


def extensive_share(claims: Claims) -> Estimate:
    """Return the part of the slope that is more people sending, not bigger packets.

    Its error by the delete-one-group jackknife; NaN without senders.
    """
    x, sends = _within_packets(claims, claims.received_fen), claims.sent_fen > 0
    return _ratio_by_group(claims, x * sends, sends, x * claims.sent_fen, claims.sent_fen)


def _within_packets(claims: Claims, values: Floats) -> Floats:
    """Return what a value lies above its packet's mean: array [claim]."""
    _, packet = np.unique(claims.packet, return_inverse=True)
    size = np.maximum(np.bincount(packet), 1)
    return np.asarray(values - (np.bincount(packet, values) / size)[packet])


def _ratio_by_group(claims: Claims, *values: Array) -> Estimate:
    """Return the ratio (a / b) / (c / d) of four sums over claims, its error by groups."""
    _, group = np.unique(claims.group, return_inverse=True)
    groups = group.max(initial=-1) + 1
    return jackknifed([np.bincount(group, one, groups).astype(np.float64) for one in values])


def luckiest_ratio(claims: Claims) -> Estimate:
    """Return the luckiest's fen sent per fen received over the others', of emptied packets.

    Its error by the delete-one-group jackknife; NaN where the others send nothing.
    """
    sides = claims.is_luckiest, claims.is_emptied & ~claims.is_luckiest
    sums = [one * side for side in sides for one in (claims.sent_fen, claims.received_fen)]
    return _ratio_by_group(claims, *sums)


def jackknifed(sums: Sequence[Floats]) -> Estimate:
    """Return the ratio (a / b) / (c / d) of four sums over groups, with its jackknife error."""
    totals = [float(one.sum()) for one in sums]
    if len(sums[0]) < 2 or min(totals[1:]) <= 0:
        return Estimate()
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
    draws = np.random.default_rng([seed, 0x1A57]).random((packets, shares - 1))
    last = single = 0
    for row in draws:
        left, best, again = fen, 0, False
        for k, u in enumerate(row):
            drawn = lucky_share_fen(u, left, shares - k)
            left -= drawn
            if drawn >= best:
                best, again = drawn, drawn == best
        last += left > best
        single += left > best or (left < best and not again)
    if not single:
        return Estimate()
    share = last / single
    return Estimate(share, float(np.sqrt(share * (1 - share) / single)))
