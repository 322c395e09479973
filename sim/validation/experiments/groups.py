"""Whole groups: mixed ages seen through a short window, lurkers by type, the week's rhythm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ensemble import simulate
from sim.lives.patterns import Median, Ratio
from sim.scenario import Scenario
from sim.validation.experiments.packets import Estimate
from sim.validation.real import Rooms, resampled
from sim.validation.simulated import simulated_talk
from sim.validation.windows import Floats, Utterances

WINDOW_DAYS, OLDEST_DAYS, DECIDED_DAYS = 34.0, 120.0, 30.0
LURKING_DAYS = 84
TYPES: dict[str, tuple[int, str]] = {
    "12 friends": (12, "cliques"),
    "60 who know a few": (60, "small_world"),
    "300 strangers": (300, "strangers"),
}
"""Kinds of community for the share of lurkers: size and ties at birth; an assumption."""


def ratio(over: Floats, under: Floats, seed: int) -> Estimate:
    """Return a ratio of sums over groups, its error by resampling groups."""
    rule = Ratio(over.astype(np.float64), under.astype(np.float64), "group")
    draws = rule.at(resampled(np.ones(len(over), dtype=bool), seed))
    known = draws[~np.isnan(draws)]
    return Estimate(rule.counted().value, float(known.std()) if len(known) else np.nan)


def lifetimes(said: Utterances, ages_days: Floats) -> Floats:
    """Return days [group] from first to last message in a window of 34 days opened at given ages.

    NaN without a message in its first four days: 30 days could not be decided.
    """
    opens = 24.0 * ages_days[said.room]
    inside = (said.hours >= opens) & (said.hours < opens + 24.0 * WINDOW_DAYS)
    room, at = said.room[inside], (said.hours - opens)[inside] / 24.0
    first, last = np.full(len(ages_days), np.inf), np.full(len(ages_days), -np.inf)
    np.minimum.at(first, room, at)
    np.maximum.at(last, room, at)
    with np.errstate(invalid="ignore"):
        return np.where(first <= WINDOW_DAYS - DECIDED_DAYS, last - first, np.nan)


def window_survival(
    scenarios: Sequence[Scenario], groups: int, seed: int, threads: int | None = None
) -> tuple[Estimate, Estimate, Estimate]:
    """Return the shares 0-1 still talking after 7 and 30 days of a window, and their hazard ratio.

    Ages at the opening are uniform on 0 to 120 days, an assumption (Qiu et al. 2016 give none);
    below 1 the hazard falls.
    """
    ages = np.random.default_rng([seed, 0xA6E5]).uniform(0.0, OLDEST_DAYS, groups)
    said, _, _ = simulated_talk(scenarios, ages + WINDOW_DAYS, seed, threads)
    lived = lifetimes(said, ages)
    lived = lived[~np.isnan(lived)]
    if not len(lived):
        return (Estimate(np.nan, np.nan),) * 3
    weights = resampled(np.ones(len(lived), dtype=bool), seed)
    alive = [(lived >= days).astype(np.float64) for days in (7.0, DECIDED_DAYS)]
    seven, thirty = (ratio(one, np.ones(len(lived)), seed) for one in alive)
    draws = [weights @ one / len(lived) for one in alive]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = hazard_ratio(*draws)
        value = hazard_ratio(np.array([seven.value]), np.array([thirty.value]))
    known = ratios[np.isfinite(ratios)]
    error = float(known.std()) if len(known) else np.nan
    fell = float(value[0]) if np.isfinite(value[0]) else np.nan  # nobody fell silent early
    return seven, thirty, Estimate(fell, error)


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
        chosen = base.with_values({**values, "run.days": LURKING_DAYS})
        trace = simulate([chosen], groups, seed)
        joined = np.add.reduceat(trace.joined.astype(np.int64), trace.first_slot[:-1])
        silent = np.add.reduceat(
            (trace.joined & (trace.posts == 0)).astype(np.int64), trace.first_slot[:-1]
        )
        shares[name] = ratio(silent, joined, seed)
    return shares


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
    gini, posters = (
        rooms.brought[name]
        for name in ("median group gini (>=100 msgs)", "median posters per group")
    )
    assert isinstance(gini, Median)
    assert isinstance(posters, Median)
    known = ~np.isnan(gini.values)
    if known.sum() < 4:
        return np.nan
    many = posters.values > np.median(posters.values[known])
    if not (many & known).any():
        return np.nan
    return float(np.median(gini.values[known & many]) - np.median(gini.values[known & ~many]))


def gini_rises_with_age(rooms: Rooms) -> float:
    """Return the median over rooms of the Gini of all messages less that of the first 365 days.

    Rooms that have both; NaN where there is none.
    """
    whole, young = (
        rooms.brought[name]
        for name in (
            "median group gini (>=100 msgs)",
            "median gini, rooms with >=30 posters, first 365 days",
        )
    )
    assert isinstance(whole, Median)
    assert isinstance(young, Median)
    later = whole.values - young.values
    return float(np.nanmedian(later)) if (~np.isnan(later)).any() else np.nan
