"""Patterns from field studies: bands of acceptance, and the experiments that fill them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.ensemble import simulate_log
from sim.scenario import Scenario
from sim.validation.experiments import groups as of_groups
from sim.validation.experiments import packets as of_packets
from sim.validation.experiments.packets import Estimate
from sim.validation.rows import Row
from sim.validation.simulated import Simulated

PART = "field studies"
SPLIT_PACKETS = 20_000
WINDOW_GROUPS, MIXED_WINDOW_GROUPS = 600, 1_500
"""Only those that speak at the window's beginning are seen, few of a mix; its groups are small."""

PACKET_GROUPS, PACKET_DAYS = 400, 28
PACKET_FEN, PACKET_SHARES = 5_000, 10
GINI = "median gini, rooms with >=30 posters, first 365 days"
LOGS = "public chat logs (L)"


@dataclass(frozen=True)
class Field:
    """A pattern of the field with its band and source."""

    pattern: str
    low: float  # band of acceptance; NaN for no limit on that side
    high: float
    source: str  # with its grade
    needs: str = ""  # the lever the row waits for; empty when it can be computed


QIU, YUAN = "Qiu et al. 2016 (B)", "Yuan et al. 2024 (A)"
FIELDS: Mapping[str, Field] = {
    "S7": Field("share of ordinary groups alive after 7 d of a 34-day window", 0.5, 0.7, QIU),
    "S30": Field("share alive after 30 d of it", 0.22, 0.38, QIU),
    "hazard": Field("hazard of falling silent, days 7-30 over days 0-7", np.nan, 1.0, QIU),
    "gini": Field("Gini of messages, rooms with >= 30 posters, first year", 0.5, 0.8, LOGS),
    "gini_size": Field("the same: rooms with many posters less few", 0.0, np.nan, LOGS),
    "gini_age": Field("the same: whole life less first year", 0.0, np.nan, LOGS),
    "short": Field("member spells < 1 day", 0.4, 0.7, LOGS),
    "long": Field("member spells > 90 days", 0.05, 0.2, LOGS),
    "burstiness": Field("burstiness of a room's inter-message times", 0.5, 0.9, LOGS),
    "next": Field("seconds to the next message by another, busy rooms", 30, 300, LOGS),
    "week2": Field("week-2 / week-1 messages", 0.12, 0.45, LOGS),
    "week4": Field("week-4 / week-1 messages", 0.03, 0.25, LOGS),
    "return": Field(
        "fen sent within 24 h per fen received, packet fixed effects", 0.12, 0.24, YUAN
    ),
    "extensive": Field("part of it by more people sending", 0.5, np.nan, YUAN),
    "luckiest": Field("luckiest drawer's sending per fen over others'", 1.2, 2.5, "as above (B)"),
    "last": Field("last of 25 claimers is the luckiest, 100 CNY", np.nan, np.nan, "exact rule"),
    "openers": Field("share of openers left unanswered", 0.25, 0.55, "Usenet (A)"),
    "muted": Field("muted : left", 2.0, np.nan, "secondary (B)"),
    "saturday": Field("Saturday's share of messages", 0.09, 0.13, LOGS),
    "sunday": Field("Sunday's share of messages", 0.09, 0.13, LOGS),
    "peak": Field("peak over trough hour of the day", 4.0, np.nan, LOGS),
    "lurkers": Field("lurkers, never post in 12 weeks", 0.4, 0.95, "46-82 % by type (B)"),
    "rules": Field(
        "first posts of newcomers shown posting rules, ratio",
        1.2,
        1.9,
        "Matias 2019, randomised (A)",
        "rules shown to newcomers",
    ),
    "orders": Field(
        "orders a day, share of a shop group's members",
        0.005,
        0.04,
        "Luckin 2021, company figure (B)",
        "purchases",
    ),
}
LAST_SHARE = 0.094
"""Exact value for the double-mean split of 100 CNY into 25, ties excluded, to three decimals."""

_OF_TARGETS = {
    "gini": GINI,
    "short": "member spells < 1 day",
    "long": "member spells > 90 days",
    "burstiness": "median group burstiness B (>=100 msgs)",
    "next": "busy rooms: median seconds to the next message by another",
    "week2": "median week-2 / week-1 messages (week 1 >= 10)",
    "week4": "median week-4 / week-1 messages (week 1 >= 10)",
}


def field_rows(
    base: Scenario,
    scenarios: list[Scenario],
    rooms: Simulated,
    table: pd.DataFrame,
    seed: int,
    note: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """Run every experiment and return a row a pattern in the order of `FIELDS` (lurkers: several).

    `rooms` and `table` are of the population through its own windows; missing levers: pending.
    """
    note("groups of mixed ages")
    groups = WINDOW_GROUPS if len(scenarios) == 1 else MIXED_WINDOW_GROUPS
    survival = of_groups.window_survival(scenarios, groups, seed)
    found = dict(zip(("S7", "S30", "hazard"), survival, strict=True))
    found |= {
        key: Estimate(*table.loc[pattern, ["value", "error"]])
        for key, pattern in _OF_TARGETS.items()
    }
    note("red packets")
    found |= packet_estimates(base, seed)
    found |= _of_rooms(rooms, seed)
    note("lurkers by type")
    lurkers = of_groups.lurker_shares(base, 30, seed)
    rows = []
    for key, one in FIELDS.items():
        if key == "lurkers":
            rows += [_row(one, value, f": {name}") for name, value in lurkers.items()]
        elif key == "last":
            held = Row(PART, one.pattern, LAST_SHARE, 0.0005, note=one.source)
            rows.append(replace(held, simulated=found[key].value, simulated_error=found[key].error))
        else:
            rows.append(_row(one, found.get(key, Estimate(np.nan, np.nan))))
    return rows


def packet_estimates(base: Scenario, seed: int) -> dict[str, Estimate]:
    """Send a daily packet to groups of 60; estimate what members send on, by keys of `FIELDS`."""
    packets = "policies.red_packets."
    scenario = base.with_values(
        {
            "group.size": 60,
            "group.cap": max(base.params.group.cap, 60),
            "run.days": PACKET_DAYS,
            f"{packets}fen_per_day": PACKET_FEN,
            f"{packets}shares": PACKET_SHARES,
        }
    )
    _, _, events = simulate_log([scenario], PACKET_GROUPS, seed)
    claims = of_packets.claims_of(events)
    return {
        "return": of_packets.return_slope(claims),
        "extensive": Estimate(of_packets.extensive_share(claims), np.nan),
        "luckiest": of_packets.luckiest_ratio(claims),
        "last": of_packets.last_is_luckiest(SPLIT_PACKETS, seed),
    }


def _of_rooms(rooms: Simulated, seed: int) -> dict[str, Estimate]:
    facts, week = rooms.facts, rooms.hour_of_week
    openers = facts["openers"].to_numpy()
    unanswered = openers - facts["openers_answered"].to_numpy()
    plain = {
        "gini_size": of_groups.gini_rises_with_size(rooms.rooms),
        "gini_age": of_groups.gini_rises_with_age(rooms.rooms),
        "saturday": of_groups.weekend_share(week, 5),
        "sunday": of_groups.weekend_share(week, 6),
        "peak": of_groups.peak_over_trough(week),
    }
    return {key: Estimate(value, np.nan) for key, value in plain.items()} | {
        "openers": of_groups.ratio(unanswered, openers, seed),
        "muted": of_groups.ratio(facts["muted"].to_numpy(), facts["left"].to_numpy(), seed),
    }


def _row(one: Field, made: Estimate, suffix: str = "") -> Row:
    return Row(
        PART,
        one.pattern + suffix,
        simulated=made.value,
        simulated_error=made.error,
        low=one.low,
        high=one.high,
        note=f"needs {one.needs}" if one.needs else one.source,
        is_pending=bool(one.needs),
    )
