"""What a `Community` writes down at the end of a day, and what its operators see of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim import rules
from sim.members import FATIGUE, HABIT, HUNGER
from sim.state import QUESTION, UTTERANCES, Array, Ledger, Observation
from sim.trace import EVENT_DTYPE, MESSAGE_DTYPE, Trace

if TYPE_CHECKING:
    from sim.models import Community


def close_day(community: Community, time_hours: float) -> None:
    """Write the counts and the levels at the end of a local day."""
    last = math.ceil((time_hours + community.start_hour) / 24) - 1
    row = community.daily[0, last]
    write_counts(community)
    present = len(community.members)
    row["members"] = present
    row["muted"] = present - community.hearing
    if present == 0:
        return
    fading = community.fading
    satisfaction = fatigue = habit = trust = ties = 0.0
    for slot in sorted(community.members):
        member = community.members[slot]
        hours = time_hours - member.last_hours
        satisfied = rules.kept_after(hours * fading[HUNGER])
        fed = 0.0
        for weight, hunger in zip(member.weights, member.hunger, strict=True):
            fed += weight * (1.0 - hunger)
        satisfaction += fed * satisfied
        fatigue += member.fatigue * rules.kept_after(hours * fading[FATIGUE])
        habit += member.habit * rules.kept_after(hours * fading[HABIT] * member.habit_pace)
        trust += member.trust
        ties += sum(tie > 0.1 for tie in member.ties)
    row["satisfaction"] = satisfaction / present
    row["satisfaction_of_joined"] = satisfaction / community.joined
    row["fatigue"] = fatigue / present
    row["habit"] = habit / present
    row["trust"] = trust / present
    if present > 1:
        row["tie_density"] = ties / (present * (present - 1.0))


def write_counts(community: Community) -> None:
    """Write what was counted in the local day so far."""
    for name, count in community.day.items():
        community.daily[0, community.local_day][name] = count


def observe_community(community: Community) -> Observation:
    """Gather what operators see of a community at a whole hour, as of an ensemble of one group."""
    talk, clock = community.conversation, community.hour + community.start_hour
    messages = list(talk.newest)

    def one(value: float) -> Array:
        return np.array([value])

    return Observation(
        time_hours=float(community.hour),
        hour_of_day=one(clock % 24),
        weekday=one((community.start_weekday + clock // 24) % 7),
        members=one(len(community.members)),
        joined=one(community.joined),
        left=one(community.left),
        messages=one(talk.member_messages),
        questions_open=one(
            sum(m.kind == QUESTION and m.author >= 0 and m.opener == 1 for m in messages)
        ),
        messages_today=one(sum(community.day[kind] for kind in UTTERANCES)),
        posting_members_today=one(community.day["posting_members"]),
        silent_hours=one(community.hour - talk.last_message_hours),
        shares_open=one(sum(packet.left_shares for packet in talk.packets if packet.open)),
        claims=one(talk.claims),
        ledger=Ledger(*(np.zeros(0),) * 4),
    )


def trace_of(community: Community) -> Trace:
    """Return what the community has left so far, as an `Ensemble` of one group does."""
    write_counts(community)
    slots = range(community.slots)
    joined = np.array([slot in community.everyone for slot in slots], bool)
    present = np.array([slot in community.members for slot in slots], bool)
    people = [community.everyone.get(slot) for slot in slots]
    return Trace(
        point=np.zeros(1, np.int64),
        replication=np.array([community.replication]),
        daily=community.daily,
        days=np.array([community.daily.shape[1]]),
        life=community.life,
        first_slot=np.array([0, community.slots]),
        posts=np.array([0 if m is None else m.posts for m in people], np.int64),
        joined=joined,
        left=joined & ~present,
        muted=np.array([m is not None and m.muted for m in people], bool),
    )


def logs_of(community: Community) -> tuple[Array, Array]:
    """Return the message log and the event log of a community, in the order of time."""
    talk = community.conversation
    messages = np.array([(0, *row) for row in talk.message_log], dtype=MESSAGE_DTYPE)
    events = np.array([(0, *row) for row in talk.event_log], dtype=EVENT_DTYPE)
    return messages, events


def _messages(community: Community) -> int:
    return community.conversation.member_messages


def _today(count: str, community: Community) -> int:
    return community.day[count]


REPORTERS: dict[str, str | Callable[[Community], int]] = {
    "hour": "hour",
    "members": "present",
    "messages": _messages,
    "looking_members_today": partial(_today, "looking_members"),
    "posting_members_today": partial(_today, "posting_members"),
}
"""What Mesa collects every hour; no lambdas, so that a community can be pickled."""
