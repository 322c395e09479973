"""The tables: what is played in the shipped community, and what is counted in each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from sim.ensemble import Ensemble, Place, simulate, simulate_log
from sim.lives.outcomes import outcomes
from sim.scenario import NamedPolicy, Scenario
from sim.state import UTTERANCES, Actions, Array, Setting
from sim.trace import CLAIMED, SENT, Trace

Values = Mapping[str, object]
Frame: TypeAlias = pd.DataFrame  # a row a group: label, replication, one column an outcome

ALONE: Values = {"arrivals.per_day": 0.0}
STRANGERS: Values = {"habit.interest_power": 7.3, "arrivals.per_day": 0.025}
"""The type *passing* of wechat_mixed: hardly anybody means to return."""

DEATHS = (
    "dead_silent_week2", "dead_silent_among_members_week2", "dead_fewer_than_3_pairs_week2",
)  # fmt: skip
TALK = ("posting_members_per_day", "satisfaction", "trust", "muted_share", "leaves")
LAST_WEEK = ("silent_last_week", "messages_last_week", "looking_last_week")
GAIN, GAIN_PER_CNY = "extra_posting_member_days", "extra_per_100_cny"
LOOKS, HALF, MOST = "extra_looks_in_an_hour", "minutes_to_50", "minutes_to_90"
NEVER_MINUTES = 7 * 1440.0
"""What a share of a packet that nobody takes counts as, above the length of a race."""


@dataclass(frozen=True)
class Table:
    """Plays of the same groups under several teams."""

    key: str
    title: str
    days: float
    plays: Mapping[str, Values]  # label to what differs from the shipped community
    shown: Sequence[str]
    shared: Values = field(default_factory=dict)

    def only(self, labels: set[str]) -> Table:
        """Keep some plays, and the first, which others are held against."""
        first = next(iter(self.plays))
        kept = {one: of for one, of in self.plays.items() if one in labels or one == first}
        return replace(self, plays=kept)


def posts(a_day: float, *kinds: str, quality: float = 1.5) -> dict[str, object]:
    """Have the team make so many posts a day, the kinds in turn."""
    return {
        "policies.cadence.posts_per_day": a_day,
        "policies.cadence.kinds": list(kinds or ("content",)),
        "policies.cadence.quality": quality,
    }


def _cadence(kind: str, quality: float, *a_day: float) -> dict[str, Values]:
    kinds = kind.split("+")
    return {f"{n:g} {kind}": posts(n, *kinds, quality=quality) for n in a_day}


NOTHING = {"nothing": posts(0)}
WEEK2 = {
    **NOTHING,
    "a content a week": posts(1 / 7),
    **_cadence("content", 1.5, 1, 2, 8),
    **_cadence("ad", 1.0, 1, 8),
    **_cadence("greeting", 1.0, 1),
    **_cadence("activity", 1.0, 1),
    **_cadence("chat", 1.0, 1),
}
STRANGE = {**NOTHING, **_cadence("content", 1.5, 1, 8), **_cadence("ad", 1.0, 1, 2, 8)}
A_DAY = (0.5, 1, 2, 4, 8, 20, 50)
PACKETS = {
    "no packet": 0, "5 CNY in 10": (500, 10), "5 CNY in 100": (500, 100),
    "20 CNY in 25": (2000, 25), "100 CNY in 25": (10_000, 25), "400 CNY in 10": (40_000, 10),
}  # fmt: skip


def _packet(said: object) -> Values:
    fen, shares = said if isinstance(said, tuple) else (0, 10)
    return {"policies.red_packets.fen_per_day": fen, "policies.red_packets.shares": shares}


TABLES = (
    Table("death", "Death in the second week, members joining", 14, WEEK2, (*DEATHS, *TALK)),
    Table(
        "quality", "2 posts of content a day, by quality", 28,
        {f"quality {q:g}": posts(2, quality=q) for q in (0, 0.3, 0.6, 1, 1.5, 3)},
        (*DEATHS, *TALK), ALONE,
    ),
    Table("strangers26", "26 who hardly mean to return", 14, STRANGE,
          (*DEATHS, "dead_silence_7d_by_day7"), {**STRANGERS, "group.size": 26}),
    Table("strangers100", "100 who hardly mean to return", 14, STRANGE,
          (*DEATHS, "dead_silence_7d_by_day7"), STRANGERS),
    Table(
        "cadence", "Posts a day, by kind", 60,
        {**NOTHING, **_cadence("content", 1.5, *A_DAY), **_cadence("greeting", 1.0, *A_DAY),
         **_cadence("ad", 1.0, *A_DAY), **_cadence("content+ad", 1.5, *A_DAY)},
        (*TALK, "unmutes"), ALONE,
    ),
    Table(
        "packets", "A packet a day beside 2 posts", 14,
        {label: _packet(said) for label, said in PACKETS.items()},
        (GAIN, "operator_fen_claimed", GAIN_PER_CNY, "satisfaction"), ALONE,
    ),
    Table(
        "fading", "A team that fades (by half in 10 days) and one that does not", 120,
        {**NOTHING, "1 content": posts(1),
         "1 content, fading": {**posts(1), "operator.quality_half_life_days": 10.0},
         "2 ads": posts(2, "ad", quality=1.0)},
        (*LAST_WEEK, "posting_members_per_day", "satisfaction", "habit", "trust", "leaves"), ALONE,
    ),
)  # fmt: skip


def played(table: Table, base: Scenario, groups: int, seed: int) -> Frame:
    """Play a table and count; replication r has the same random numbers in every play."""
    values = {**table.shared, "run.days": table.days}
    points = [base.with_values({**values, **own}) for own in table.plays.values()]
    trace = simulate(points, groups, seed)
    found = outcomes(trace, points)
    counts = found.select_dtypes("number").astype(np.float64)
    counts = counts.join(found.select_dtypes("boolean").astype("Float64").astype(np.float64))
    labels = np.array(list(table.plays))
    frame = counts.assign(label=labels[found["point"].to_numpy()])
    frame = pd.concat([frame, _last_week(trace, table.days)], axis=1)
    return _with_gain(frame) if table.key == "packets" else frame


def _last_week(trace: Trace, days: float) -> pd.DataFrame:
    """Count members' messages and looking members of the last seven whole days."""
    week = slice(int(days) - 7, int(days))
    said = sum(trace.daily[kind][:, week].sum(axis=1) for kind in UTTERANCES)
    looking = trace.daily["looking_members"][:, week].mean(axis=1)
    values = (np.asarray(said) == 0, said, looking)
    return pd.DataFrame(dict(zip(LAST_WEEK, values, strict=True))).astype(np.float64)


def _with_gain(frame: Frame) -> Frame:
    """Add days with posts above those of the first play, and per 100 CNY claimed on average."""
    days = frame.pivot(index="replication", columns="label", values="posting_member_days")
    without = days[frame["label"].iloc[0]]
    gain = frame["posting_member_days"] - frame["replication"].map(without)
    claimed = frame.groupby("label")["operator_fen_claimed"].transform("mean") / 10_000
    return frame.assign(**{GAIN: gain, GAIN_PER_CNY: gain / claimed.where(claimed > 0)})


# --- the hour of the day --------------------------------------------------------------------------


@dataclass(frozen=True)
class Once:
    """One post of content, or one packet, at an hour of a day."""

    hour: float
    day: int = 3
    fen: int = 0
    shares: int = 25

    def plan(self, setting: Setting) -> Actions:
        """Return the one act, a moment after the hour: until then both sides are the same."""
        at = setting.time_at(self.day, self.hour) + 1e-6
        if self.fen:
            return Actions.packets([0], at, self.fen, self.shares)
        return Actions.posts([0], at, "content", 1.5)


HOURS = (3.0, 20.0)
RACES = {
    f"day {day} {int(hour):02d}:{int(60 * hour) % 60:02d}, 100 CNY in {shares}": Once(
        hour, day, 10_000, shares
    )
    for day, hour in ((0, 20.5), (3, 20.5), (3, 3.0))
    for shares in (25, 100)
}
QUIET: Values = {**ALONE, "run.days": 5.0, "policies.cadence.posts_per_day": 0}


def _doing(base: Scenario, once: Once | None, values: Values) -> Scenario:
    scenario = base.with_values({**QUIET, **values})
    policies = () if once is None else (NamedPolicy("once", "once", once),)
    return replace(scenario, policies=policies)


def hours_played(base: Scenario, groups: int, seed: int) -> Frame:
    """Count looks in the hour after a post above those without it, for each hour of the day."""
    frames = []
    for hour in HOURS:
        looks = [_looks(_doing(base, once, {}), hour, groups, seed) for once in (None, Once(hour))]
        frames.append(_frame(f"{int(hour):02d}:00", groups, {LOOKS: looks[1] - looks[0]}))
    return pd.concat(frames, ignore_index=True)


def _looks(scenario: Scenario, hour: float, groups: int, seed: int) -> Array:
    block = Ensemble([Place(0, scenario, each, seed) for each in range(groups)])
    at = int(scenario.setting().time_at(Once(hour).day, hour))
    block.advance(at)
    before = block.trace().daily["looks"].sum(axis=1)
    block.advance(at + 1)
    return np.asarray(block.trace().daily["looks"].sum(axis=1) - before)


def races_played(base: Scenario, groups: int, seed: int) -> Frame:
    """Time until half and nine tenths of a packet among 350 members are taken."""
    frames = []
    for label, once in RACES.items():
        scenario = _doing(base, once, {"group.size": 350})
        _, _, events = simulate_log([scenario], groups, seed)
        minutes = [_minutes(events[events["group"] == each], once.shares) for each in range(groups)]
        frames.append(
            _frame(label, groups, dict(zip((HALF, MOST), np.array(minutes).T, strict=True)))
        )
    return pd.concat(frames, ignore_index=True)


def _minutes(events: Array, shares: int) -> list[float]:
    sent = events[(events["event"] == SENT) & (events["member"] < 0)]
    mine = (events["event"] == CLAIMED) & np.isin(events["packet"], sent["packet"])
    taken = 60 * (np.sort(events[mine]["time_hours"]) - sent["time_hours"][0])
    needed = [int(np.ceil(share * shares)) for share in (0.5, 0.9)]
    return [float(taken[n - 1]) if len(taken) >= n else NEVER_MINUTES for n in needed]


def _frame(label: str, groups: int, columns: Mapping[str, Array]) -> Frame:
    return pd.DataFrame({"label": label, "replication": np.arange(groups), **columns})
