"""What a group's message log shows: one number a pattern, real and simulated logs alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import pandas as pd

from sim.chatlog import ChatLog
from sim.patterns import groups as of_groups
from sim.patterns import members as of_members
from sim.patterns.human import HumanLog, human_log
from sim.patterns.per_group import PerGroup

CREATION_PATTERNS = (
    "never any human msg (of created groups)",
    "share dead<=7d of creation (7d silence, initial counts, never counts)",
    "share never or no msg after day 7 of creation",
)

_AGES = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, 90))
_WINDOW = "log-log slope over all groups' 30-day windows holding a message: "
_NEWCOMERS = "newcomers (first message, not the group's first, seen >= 31 d)"
_SPELLS = "members' first to last message in a group (first seen >= 97 d before the end)"

_Rule = tuple[str, Callable[[HumanLog], PerGroup]]


def _silence(silence_days: int, within_days: int) -> _Rule:
    definition = (
        f"groups (seen >= {silence_days + within_days} d) whose first gap of >= {silence_days} d, "
        f"else last message, came <= {within_days} d after their first message"
    )
    return definition, partial(
        of_groups.silence_share, silence_days=silence_days, within_days=within_days
    )


_RULES: dict[str, _Rule] = {
    "share first>=7d silence begun <=7d after first msg": _silence(7, 7),
    "same, groups with >=10 posters ever": (
        "the same among groups with at least 10 posters",
        partial(of_groups.silence_share_of_larger, posters=10),
    ),
    "share first>=30d silence begun <=7d after first msg": _silence(30, 7),
    "share no msg later than 7d after first": (
        "groups (seen >= 14 d) whose last message came <= 7 d after their first",
        partial(of_groups.last_message_share, within_days=7),
    ),
    "share first>=7d silence begun <=30d": _silence(7, 30),
    "share first>=30d silence begun <=90d": _silence(30, 90),
    "revival share after first >=7d silence": (
        "groups that spoke again after >= 7 d of silence, among those with such a silence",
        of_groups.revival_share,
    ),
    CREATION_PATTERNS[0]: (
        "groups in which no human ever wrote, among all groups",
        of_groups.never_used_share,
    ),
    CREATION_PATTERNS[1]: (
        "created groups never used, first used >= 7 d after creation, or whose first gap of "
        ">= 7 d (else last message) came within 7 d of creation",
        of_groups.dead_of_creation_share,
    ),
    CREATION_PATTERNS[2]: (
        "created groups never used or without a message later than 7 d after creation",
        of_groups.unheard_of_creation_share,
    ),
    "median group gini (>=100 msgs)": (
        "Gini of messages among a group's posters, median over groups with >= 100 messages",
        of_members.gini,
    ),
    "median top10% share (>=100 msgs)": (
        "share of messages by the loudest tenth of posters, median as above",
        of_members.top_tenth_share,
    ),
    "median group burstiness B (>=100 msgs)": (
        "(sd - mean) / (sd + mean) of the gaps between messages, median as above",
        of_members.burstiness,
    ),
    "one-time posters / memberships": (
        "member-group pairs with one message among all pairs with a message",
        of_members.one_time_share,
    ),
    "median posters per group": (
        "members who ever wrote, median over groups with a message",
        of_members.median_posters,
    ),
    "median msgs per group": (
        "human messages, median over groups with a message",
        of_members.median_messages,
    ),
    "beta msgs30d ~ active30d": (
        _WINDOW + "messages on posters of the window",
        partial(of_members.slope, of="messages", on="active"),
    ),
    "beta active30d ~ cumulative posters": (
        _WINDOW + "posters of the window on posters so far",
        partial(of_members.slope, of="active", on="cumulative"),
    ),
    "beta msgs30d ~ cumulative posters": (
        _WINDOW + "messages on posters so far",
        partial(of_members.slope, of="messages", on="cumulative"),
    ),
    "beta msgs-per-active ~ cumulative posters": (
        _WINDOW + "messages per poster of the window on posters so far",
        partial(of_members.slope, of="messages_per_active", on="cumulative"),
    ),
    "newcomer return 24h-30d": (
        _NEWCOMERS + " who write again more than 24 h and at most 30 d later",
        of_members.newcomer_return,
    ),
    "newcomer return | other posted within 24h": (
        "the same among newcomers after whom somebody else wrote within 24 h",
        partial(of_members.newcomer_return, answered=True),
    ),
    "newcomer return | nobody posted within 24h": (
        "the same among newcomers after whom nobody else wrote within 24 h",
        partial(of_members.newcomer_return, answered=False),
    ),
    **{
        f"rel msgs/day on day {first if first == last else f'{first}-{last}'} (day0=1)": (
            "messages a day at that age over messages of day 0, groups seen >= 91 d pooled",
            partial(of_groups.relative_messages, from_day=first, to_day=last),
        )
        for first, last in _AGES
    },
    "busy rooms: share of rooms": (
        "groups with >= 20 human messages on each of >= 30 UTC days",
        of_groups.busy_share,
    ),
    "busy rooms: median seconds to the next message by another": (
        "in a busy room from a message to the next by another author; median over busy rooms",
        of_groups.busy_seconds_to_other,
    ),
    "median gini, rooms with >=30 posters, first 365 days": (
        "Gini of messages among posters of the first 365 d, groups with >= 30 posters in them",
        of_members.gini_of_young,
    ),
    "member spells < 1 day": (
        f"{_SPELLS} lasting less than a day",
        partial(of_members.spell_share, shorter_days=1),
    ),
    "member spells > 90 days": (
        f"{_SPELLS} lasting more than 90 d",
        partial(of_members.spell_share, longer_days=90),
    ),
    "median week-2 / week-1 messages (week 1 >= 10)": (
        "messages of days 7-13 over days 0-6, groups with >= 10 in week 1 and seen >= 28 d",
        partial(of_groups.week_ratio, week=2),
    ),
    "median week-4 / week-1 messages (week 1 >= 10)": (
        "messages of days 21-27 over days 0-6, groups as above",
        partial(of_groups.week_ratio, week=4),
    ),
}

PATTERNS: Mapping[str, str] = MappingProxyType({name: rule[0] for name, rule in _RULES.items()})


def knows_creation(log: ChatLog) -> bool:
    """Say whether the groups file has ``created`` and either ``closed`` or no gap in ``created``;
    else it was gathered from messages, lacks never-used groups, and would mislead
    `CREATION_PATTERNS`.
    """
    if log.groups is None or "created" not in log.groups:
        return False
    return "closed" in log.groups or bool(log.groups["created"].notna().all())


def patterns(log: ChatLog) -> pd.DataFrame:
    """Count every pattern of a log, real or simulated: ``pattern``, ``value`` (NaN where unknown),
    ``n_groups`` (it rests on), ``why`` (missing), ``left_out`` (not seen long enough). Days of
    86,400 s from the first human message until closed, else the file's last second; no operators;
    `CREATION_PATTERNS` only where `knows_creation`.
    """
    brought = per_group(human_log(log), knows_creation(log))
    counted = [one.counted() for one in brought.values()]
    return pd.DataFrame(
        {
            "pattern": list(brought),
            "value": [float(one.value) for one in counted],
            "n_groups": [one.n_groups for one in counted],
            "why": [one.why for one in counted],
            "left_out": [one.left_out for one in counted],
        }
    )


def per_group(log: HumanLog, with_creation: bool) -> dict[str, PerGroup]:
    """Count what every group brings to every pattern: groups with a message in the order of the
    log, then the never used.
    """
    names = [name for name in _RULES if with_creation or name not in CREATION_PATTERNS]
    return {name: _RULES[name][1](log) for name in names}
