"""The twin of a real group: a scenario made of its log, checked on days it was not fitted to.

The first half of the days sets how much is said, by how few and when; the second half judges. Only
a twin that foresees it may say what a change would do.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.ensemble import simulate
from sim.errors import InputError
from sim.files import as_csv, write_whole
from sim.language import N_
from sim.lives.health import BLOCK_HOURS, GroupLog
from sim.lives.human_log import DAY_SECONDS
from sim.lives.life import Floats, Integers
from sim.scenario import NamedPolicy, Scenario
from sim.state import POSTED, UTTERANCES, Actions, Observation, Setting
from sim.stats.paired import PairedDifference, paired_difference
from sim.validation.rooms import simulated_talk

SHORTEST_DAYS, LONGEST_DAYS = 14, 84
FEWEST_MESSAGES = 30  # in each half: with fewer, chance alone moves a third of the day's rhythm
# before the log, of a group that is older: members are no newcomers on its first day
RUN_IN_DAYS = 14
AHEAD_DAYS = 28
FACTOR, FACTOR_AMONG, OVERLAP_LEAST = 2.0, 3.0, 0.7
STEPS, ROOMS_A_STEP = 12, 12
SIGMA_ENDS = 0.2, 2.5
KINDS = {kind: kind for kind in POSTED} | {"question": "activity", "msg": "chat", "bot": "chat"}
ASSUMED_FEN, ASSUMED_SHARES = 1000, 10
TIE_EXCHANGE = 0.25
BURST_DAYS, FIRST_DAYS, LEAST_TRICKLE = 2.0, 7.0, 0.02


class ShortLogError(InputError):
    """A log too short or too silent to fit a twin and to check it."""


@dataclass(frozen=True)
class Twin:
    """A scenario of a real group from the beginning of its log until 28 days after its end."""

    scenario: Scenario
    run_in_days: int  # played before the log begins
    days: int  # of the log that are played
    seen_days: float  # from the midnight before creation until the last moment of the log
    assumed: tuple[str, ...]  # what the log does not tell

    @property
    def today(self) -> int:
        """Days from the twin's creation to the end of the log."""
        return self.run_in_days + self.days


@dataclass(frozen=True)
class Shown:
    """What groups show in some of their days: arrays [group], hours [group, block]."""

    messages: Floats  # a day, by members
    people: Floats  # who wrote in a week
    hours: Floats  # share of messages in each three hours of the day; NaN where there are none


@dataclass(frozen=True)
class Match:
    """How the twin stands beside the real group in the half of the days it was not fitted to."""

    what: str  # messages (a day), people (who wrote in a week), rhythm (overlap of hours)
    real: float  # of the rhythm: overlap of the group's own halves
    middle: float  # mean of the twin's groups
    low: float  # 95 % of them lie between
    high: float
    holds: bool


def shown(talk: tuple[Integers, Integers, Floats], groups: int, days: tuple[float, float]) -> Shown:
    """Count talk (group, member, hours since the midnight before creation) between two days."""
    inside = (talk[2] >= 24 * days[0]) & (talk[2] < 24 * days[1])
    group, member, hours = (column[inside] for column in talk)
    weeks = max(1, int((days[1] - days[0]) // 7))
    week = ((hours / 24 - days[0]) // 7).astype(np.int64)
    trios = np.unique(np.stack([group, week, member])[:, week < weeks], axis=1)
    block = (hours % 24 // BLOCK_HOURS).astype(np.int64)
    blocks = 24 // BLOCK_HOURS
    counts = np.bincount(group * blocks + block, minlength=groups * blocks).reshape(groups, -1)
    total = counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares = counts / total[:, None]
    people = np.bincount(trios[0], minlength=groups) / weeks
    return Shown(total / (days[1] - days[0]), people, shares)


# --- from a log to a scenario ---------------------------------------------------------------------


def twin_of(log: GroupLog, members: int | None, base: Scenario, folder: Path) -> Twin:
    """Make the twin of a group; `timetable.csv` and `ties.csv` are written to the folder.

    `ShortLogError` where the log is too short or too silent to be fitted and checked.
    """
    ends = log.until + log.clock_seconds
    born = log.created + log.clock_seconds
    first = born if math.isfinite(born) else log.ts[0] + log.clock_seconds
    days = math.ceil((ends - first // DAY_SECONDS * DAY_SECONDS) / DAY_SECONDS)
    is_whole = math.isfinite(born) and days <= LONGEST_DAYS
    days = min(days, LONGEST_DAYS)
    run_in = 0 if is_whole else RUN_IN_DAYS
    midnight = (math.ceil(ends / DAY_SECONDS) - days - run_in) * DAY_SECONDS
    own = _own(log, midnight + run_in * DAY_SECONDS)
    is_first = own[2] < 24 * (days // 2)
    halves = int(is_first.sum()), int((~is_first).sum())
    if days < SHORTEST_DAYS or min(halves) < FEWEST_MESSAGES:
        text = N_(
            "{days} days with {first} and {second} member messages in their halves; a twin needs "
            "{least} days, and {fewest} messages in each half, one to fit it and one to check it"
        ).format(
            days=days, first=halves[0], second=halves[1], least=SHORTEST_DAYS,
            fewest=FEWEST_MESSAGES,
        )  # fmt: skip
        raise ShortLogError([text])
    assumed: list[str] = []
    begins = born + 3600 if is_whole else midnight + DAY_SECONDS * run_in  # founders are no joins
    if not is_whole:
        text = N_("older than its log: {n} days played before, with the team's first acts")
        assumed.append(text.format(n=RUN_IN_DAYS))
    values: dict[str, Any] = {
        "name": "my_group",
        "group.start_hour": int(born % DAY_SECONDS // 3600) if is_whole else 0,
        "group.start_weekday": datetime.fromtimestamp(midnight, UTC).weekday(),
        "run.days": days + run_in,
        **_people(log, members, (begins, days, is_whole), assumed),
        **_rhythm(own[2][is_first]),
        **_answers(log),
    }
    values |= _ties(log, values["group.size"], folder)
    rows = _timetable(log, midnight, (run_in, days), assumed)
    if len(rows):
        write_whole(folder / "timetable.csv", rows.to_csv(index=False).encode())
        values["policies.timetable.file"] = str(folder / "timetable.csv")
    scenario = replace(base, policies=()).with_values(values)
    real = shown(own, 1, (0, days // 2))
    fitted = _fitted(scenario, real, (run_in, run_in + days // 2))
    return Twin(fitted, run_in, days, (ends - midnight) / DAY_SECONDS, tuple(assumed))


def _own(log: GroupLog, midnight: float) -> tuple[Integers, Integers, Floats]:
    hours = (log.ts + log.clock_seconds - midnight) / 3600
    kept = log.is_member & (hours >= 0)
    return np.zeros(int(kept.sum()), np.int64), log.member[kept], hours[kept]


def _people(
    log: GroupLog, members: int | None, span: tuple[float, int, bool], assumed: list[str]
) -> dict[str, Any]:
    """Say how many there were when the log begins and how many joined a day; where an export shows
    no joins and members are not given, who first wrote after a week joined then.
    """
    begins, days, is_whole = span
    local = log.happened["ts"] + log.clock_seconds - begins
    happened = log.happened["event"].where(local > 0)
    ages = local[happened == "join"].to_numpy(np.float64) / DAY_SECONDS
    now = len(log.known) if members is None else members
    if members is None:
        text = N_("{n} members: those the log shows; silent ones are missing (--members N)")
        assumed.append(text.format(n=now))
    if is_guessed := members is None and not (log.happened["event"] == "join").any():
        assumed.append(N_("who first wrote after a week joined then: the export shows no joins"))
        firsts = pd.Series(log.ts[log.is_member]).groupby(log.member[log.is_member]).min()
        ages = (firsts.to_numpy() + log.clock_seconds - begins) / DAY_SECONDS
        ages = ages[ages > FIRST_DAYS]
    size = int(np.clip(now - len(ages) + (happened == "leave").sum(), 1, 5000))
    return {
        "group.size": size,
        "group.cap": min(5000, max(500, size + len(ages))),
        "arrivals.fading_power": 0.0,
        "arrivals.announced_days": 0.0,
        "arrivals.unknown_share": 0.0,
        "arrivals.popularity_sigma": 0.0,
        **_arrivals(ages, days, is_whole or is_guessed),
    }


def _arrivals(ages_days: Floats, days: int, in_first_week: bool) -> dict[str, float]:
    """Part who joined in a group's first week, a burst, from the trickle of the later ones."""
    first = FIRST_DAYS if in_first_week else 0.0
    trickle = float((ages_days > first).sum()) / (days - first)
    early = max(0.0, float((ages_days <= first).sum()) - first * trickle)
    trickle = max(trickle, LEAST_TRICKLE) if early else trickle  # a burst is a ratio to it
    return {
        "arrivals.per_day": round(trickle, 4),
        "arrivals.burst_ratio": min(1e4, early / BURST_DAYS / trickle) if early else 0.0,
        "arrivals.burst_days": BURST_DAYS,
    }


def _rhythm(hours: Floats) -> dict[str, float]:
    """Fit the hour of most looks and how much more there are, and weekends (von Mises; spread of
    personal rhythms of 1.5 hours taken out).
    """
    angle = hours % 24 * (2 * math.pi / 24)
    mean = np.exp(1j * angle).mean()
    length = min(0.9, abs(mean) / math.exp(-0.5 * (1.5 * 2 * math.pi / 24) ** 2))
    depth = length * (2 - length**2) / (1 - length**2)  # Banerjee et al. 2005
    return {
        "rhythm.day_depth": round(min(3.0, depth), 3),
        "rhythm.peak_hour": round(float(np.angle(mean)) * 24 / (2 * math.pi) % 24, 1) % 24,
    }


def _answers(log: GroupLog) -> dict[str, float]:
    """Say how many members' questions the team answers: those that it writes after in an hour."""
    asked = int(log.asks.sum())
    found = log.followed(log.asks, ~log.is_member)
    return {"operator.answer_probability": round(float(found.sum()) / asked, 3) if asked else 0.0}


def _ties(log: GroupLog, size: int, folder: Path) -> dict[str, str]:
    """Write who answered whom as ties of numbered members, as strong as so many exchanges make."""
    is_reply = log.is_member & (log.reply_to >= 0)
    if not is_reply.any():
        return {}
    # numbered as they come: pseudonyms are others at each import
    number = pd.factorize(np.stack([log.member, log.reply_to])[:, is_reply].T.ravel())[0]
    pairs = np.sort(number.reshape(-1, 2).T, axis=0)
    number, counts = np.unique(pairs, axis=1, return_counts=True)
    kept = (number < size).all(axis=0) & (number[0] != number[1])
    weight = np.minimum(10.0, TIE_EXCHANGE * counts)
    ties = pd.DataFrame({"member": number[0], "other": number[1], "weight": weight})[kept]
    write_whole(folder / "ties.csv", as_csv(ties).encode())
    return {"ties.graph": str(folder / "ties.csv")}


def _timetable(
    log: GroupLog, midnight: float, span: tuple[int, int], assumed: list[str]
) -> pd.DataFrame:
    """List the team's posts and packets: those of the log, its first days before it, and its last
    four weeks (or fewer) once more after it.
    """
    run_in, days = span
    posts = pd.DataFrame(
        {"ts": log.ts, "kind": pd.Series(log.kinds, dtype=object).reindex(log.kind).array}
    )
    posts = posts[~log.is_member & posts["kind"].isin([*KINDS])].replace({"kind": KINDS})
    sent = log.happened[(log.happened["event"] == "packet") & (log.happened["operator"] >= 0)]
    money = sent[["ts", "fen", "shares"]].assign(kind="packet")
    if (unknown := money["fen"] < 1).any():
        money.loc[unknown, ["fen", "shares"]] = ASSUMED_FEN, ASSUMED_SHARES
        text = N_("packets of unknown amount are of {cny:.0f} CNY in {n} shares")
        assumed.insert(0, text.format(cny=ASSUMED_FEN / 100, n=ASSUMED_SHARES))  # money first
    acts = pd.concat([posts, money]) if len(money) else posts.assign(fen=0, shares=0)
    seconds = acts["ts"] + log.clock_seconds - midnight
    acts = acts.assign(day=(seconds // DAY_SECONDS).astype(int), second=seconds % DAY_SECONDS)
    acts = acts[acts["day"] >= run_in].fillna({"fen": 0, "shares": 0})
    before = acts[acts["day"] < 2 * run_in].assign(day=lambda rows: rows["day"] - run_in)
    lately = min(AHEAD_DAYS, days // 7 * 7)
    late = acts[acts["day"] >= run_in + days - lately]
    after = [late.assign(day=late["day"] + lately * n) for n in range(1, AHEAD_DAYS // lately + 2)]
    whole = pd.concat([before, acts, *after]).sort_values(["day", "second"], kind="stable")
    whole = whole[whole["day"] < run_in + days + AHEAD_DAYS]
    clock = [f"{int(s // 3600):02d}:{int(s // 60 % 60):02d}" for s in whole["second"]]
    whole = whole.assign(
        time=clock, fen=whole["fen"].astype(int), shares=whole["shares"].astype(int)
    )
    return whole[["day", "time", "kind", "fen", "shares"]]


def _played(scenario: Scenario, groups: int, days: tuple[float, float], seed: int) -> Shown:
    talk = simulated_talk([scenario], np.full(groups, days[1]), seed).talk
    hours = talk.hours + scenario.params.group.start_hour
    return shown((talk.room, talk.member, hours), groups, days)


def _fitted(scenario: Scenario, real: Shown, days: tuple[float, float]) -> Scenario:
    """Set how much members open talk and how unequally, so that messages and people are as real."""
    push = scenario.params.speak.propensity
    sigma = scenario.params.speak.propensity_sigma
    best, nearest = scenario, math.inf
    for _step in range(STEPS):
        values = {
            "speak.propensity": float(f"{push:.4g}"),
            "speak.propensity_sigma": round(sigma, 3),
        }
        tried = scenario.with_values(values)
        found = _played(tried, ROOMS_A_STEP, days, scenario.seed)
        less = math.log(real.messages[0] / max(found.messages.mean(), 1e-3))
        fewer = math.log(real.people[0] / max(found.people.mean(), 1e-2))
        if math.hypot(less, fewer) < nearest:
            best, nearest = tried, math.hypot(less, fewer)
        push = float(np.clip(push * math.exp(0.7 * np.clip(less, -2, 2)), 1e-6, 2.0))
        sigma = float(np.clip(sigma + 0.4 * np.clip(less - fewer, -1, 1), *SIGMA_ENDS))
    return best


# --- the check ------------------------------------------------------------------------------------


def checked(twin: Twin, log: GroupLog, groups: int, seed: int) -> list[Match]:
    """Set the twin's groups beside the real group in the second half of its days.

    Messages and people hold within a factor of 2, or within 3 where the real one lies among 95 % of
    the twin's groups; the rhythm where shares of the day's three-hour blocks overlap by 0.7, or by
    as much as the group's own two halves do. MODEL.md says why, and how often other groups pass.
    """
    half = (twin.run_in_days + twin.days // 2, twin.seen_days)
    midnight = log.until + log.clock_seconds - twin.seen_days * DAY_SECONDS
    talk = _own(log, midnight)
    real, past = shown(talk, 1, half), shown(talk, 1, (twin.run_in_days, half[0]))
    found = _played(twin.scenario, groups, half, seed)
    rows = []
    for what in (N_("messages"), N_("people")):
        one, many = float(getattr(real, what)[0]), getattr(found, what)
        low, high = np.quantile(many, [0.025, 0.975])
        ratio = max(one, many.mean()) / max(min(one, many.mean()), 1e-9)
        holds = bool(ratio <= FACTOR or (low <= one <= high and ratio <= FACTOR_AMONG))
        rows.append(Match(what, one, float(many.mean()), float(low), float(high), holds))
    overlap = np.minimum(real.hours, np.nan_to_num(found.hours)).sum(axis=1)
    whole = np.nan_to_num(found.hours * found.messages[:, None]).sum(axis=0)
    middle = float(np.minimum(real.hours[0], whole / max(whole.sum(), 1e-9)).sum())
    low, high = np.quantile(overlap, [0.025, 0.975])
    itself = float(np.minimum(real.hours, past.hours).sum())
    holds = middle >= min(OVERLAP_LEAST, itself)
    return [*rows, Match(N_("rhythm"), itself, middle, low, high, holds)]


# --- what if --------------------------------------------------------------------------------------


def within(
    named: NamedPolicy, name: str, hours: tuple[float, float], setting: Setting
) -> NamedPolicy:
    """Let a policy act from one hour since creation until before another, under another name; what
    it would order to stand from creation on stands in those hours.
    """
    kind: Any = type(named.policy)
    first, last = hours
    plans, acts = hasattr(kind, "plan"), hasattr(kind, "act")
    standing = kind.plan(named.policy, setting).standing() if plans else {}

    def plan(self: Any, setting: Setting) -> Actions:
        made = kind.plan(self, setting).acts
        return Actions(made[(made["time_hours"] >= first) & (made["time_hours"] < last)])

    def act(self: Any, seen: Observation) -> Actions:
        if not first <= seen.time_hours < last:
            return Actions.none()
        return kind.act(self, seen) if acts else Actions(Actions.none().acts, **standing)

    own = {"plan": plan} if plans else {}
    policy = copy.copy(named.policy)
    late = type(kind.__name__, (kind,), own | ({"act": act} if acts or standing else {}))
    object.__setattr__(policy, "__class__", late)
    return NamedPolicy(name, named.use, policy)


def tried(scenario: Scenario, changes: dict[str, Any], instead: bool) -> tuple[NamedPolicy, ...]:
    """Return a scenario's policies with values changed; `instead`: only those that are named."""
    if other := [key for key in changes if not key.startswith("policies.")]:
        text = N_(
            "--try: {key}: only what the team does can change from today (policies.NAME.FIELD)"
        )
        raise InputError([text.format(key=key) for key in other])
    kept = () if instead else scenario.policies
    return replace(scenario, policies=kept).with_values(changes).policies


def from_today(twin: Twin, policies: tuple[NamedPolicy, ...]) -> tuple[Scenario, Scenario]:
    """Return the twin until 28 days after today as it is, and with other policies from today on."""
    now = replace(twin.scenario, days=float(twin.today + AHEAD_DAYS))
    hour = 24.0 * twin.today - now.params.group.start_hour
    stay = [one for one in now.policies if one in policies]
    end = (now.policies, "until", (0.0, hour)), (policies, "from", (hour, math.inf))
    parts = [
        within(one, f"{one.name}_{word}_today", hours, now.setting())
        for some, word, hours in end
        for one in some
        if one not in stay
    ]
    return now, replace(now, policies=(*stay, *parts))


POSTING, SPENT = N_("posting members a day"), N_("CNY in packets")
SILENT_WEEK = N_("chance of a silent week")
LESS_IS_BETTER = (SILENT_WEEK, "members who left", SPENT)


def differences(
    now: Scenario, new: Scenario, from_day: int, groups: int, seed: int
) -> dict[str, PairedDifference]:
    """Play two scenarios with the same random numbers and compare their days from one on."""
    trace = simulate([now, new], groups, seed)
    daily = trace.daily[:, from_day - 6 : int(trace.days.max())]  # a silence may have begun
    said = np.sum([daily[kind] for kind in UTTERANCES], axis=0)
    weeks = np.lib.stride_tricks.sliding_window_view(said, 7, axis=1).sum(axis=2)
    daily, said = daily[:, 6:], said[:, 6:]
    found = {
        POSTING: daily["posting_members"].mean(axis=1),
        N_("messages a day"): said.mean(axis=1),
        SILENT_WEEK: (weeks == 0).any(axis=1).astype(np.float64),
        N_("members who left"): daily["leaves"].sum(axis=1).astype(np.float64),
        SPENT: daily["operator_fen"].sum(axis=1) / 100.0,
    }
    one = np.ones(1)
    return {
        name: paired_difference(
            values[None, :groups], values[None, groups:], one, name == SILENT_WEEK
        )
        for name, values in found.items()
    }
