"""How a block of groups lies in memory: records of groups and members, rings of messages."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from sim.desk import DESK_FIELDS
from sim.state import KINDS, PACKETS_OPEN, RING, columns
from sim.ties import SLOTS

VOICES = 2 * len(KINDS)  # each kind, said by a member or by the team
IN_RING = RING - 1  # mask of a message number
UNREAD_MOST = 2303  # of more, as many are read: 1 - exp(-2304 / 60) is 1 in floating point
IN_PACKETS = PACKETS_OPEN - 1
SLOT = (1 << 31) - 1  # mask of a member's slot
FORWARD = (1 << 62) - 1  # mask of an index: tells the compiler that it never counts from the end

GROUP_DTYPE = np.dtype(
    [
        *columns(np.int64, "key", "point", "first_slot", "slots", "start_hour", "start_weekday"),
        ("end_hours", np.float64),
        ("over", np.int64),
        ("levers", np.int64),  # bits of `sim.state` (`LETTERS` ...): what a look must ask about
        ("cap", np.int64),  # in force this hour, as all orders that stand
        ("closed", np.int64),
        ("fee_fen", np.int64),
        *columns(np.float64, "work_share", "review_share", "narrowness"),
        *columns(np.int64, "referral", "probation", "invite_reward_fen"),
        *columns(np.int64, "rules_shown", "personal_filter"),
        ("removal_share", np.float64),
        *columns(np.int64, "hands", "unanswered", "hushed"),
        ("present", np.int64),
        ("hearing", np.int64),  # present and not muted
        *columns(np.int64, "joined", "left"),
        ("asked", np.int64),  # first members, slots for guests and candidates so far
        ("audience", np.float64),  # factors on the drive to speak
        ("loafing", np.float64),
        ("attentive", np.float64),  # hearing members, each counted with its attention
        ("total", np.int64),  # messages so far, packets included
        ("ads", np.int64),  # so far
        ("team_useful", np.int64),  # so far, of the team's that can earn trust
        ("newest_talk", np.int64),  # of members: number of the newest that is no ad or packet, and
        ("newest_team", np.int64),  # the same of the team, and
        ("open_question", np.int64),  # of the newest question without an answer; -1: none
        ("newest_packet", np.int64),  # number of its message, -1: none
        ("shares_open", np.int64),  # of packets, unclaimed
        ("questions_open", np.int64),  # of members, without an answer, among the newest messages
        ("team_messages", np.int64),
        ("deeds", np.int64),  # acts to single members so far: where their random numbers lie
        ("team_visit_hours", np.float64),
        *columns(np.int64, "act_next", "act_end", "extra_next", "extra_end"),
        *columns(np.int64, "arrival_next", "arrival_end"),
        ("next_guest", np.int64),  # slot of the guest who is invited next, after the first members,
        ("vacant", np.int64),  # and how many are kept for guests from there on, before candidates
        *columns(np.int64, "packets", "packets_closed", "claims", "member_messages"),
        ("last_message_hours", np.float64),
        ("solved_to", np.int64),  # number after the newest solution's
        *DESK_FIELDS,
        *columns(np.int64, "calls", "calls_open", "call_answers"),
        *columns(np.int64, "orders", "income_fen"),
        ("paid_hours", np.float64),  # when the team last gave money, or promised it
    ]
)

MEMBER_DTYPE = np.dtype(
    [
        # When to look, and why: all that drawing a member in asks for.
        ("attention", np.float64),
        ("planned_hours", np.float64),  # the baseline look in this hour, when there is one
        ("base_rate", np.float64),  # 1/hour
        ("last_hours", np.float64),  # last look (or joining)
        ("author", np.int32),  # of the reaction look that waits, and its count and number
        ("count", np.int32),
        ("number", np.int32),
        ("looks", np.int32),  # baseline looks
        ("seen", np.int32),  # messages of the group met so far
        ("stayed_for", np.int32),
        *columns(np.uint8, "present", "muted", "looked", "cause", "stays"),
        ("turn", np.uint8),  # 1: writes on at the next look
        ("posted_weeks", np.uint8),
        ("judged", np.uint8),  # 1: has read something
        # Who one is, and how one feels.
        *columns(np.float64, "interest", "propensity", "habit", "fatigue"),
        *columns(np.float64, "trust", "mood", "expectation", "gratitude_fen"),
        ("exposure", np.float64, (len(KINDS),)),
        ("hunger", np.float64, (5,)),
        ("weight", np.float64, (5,)),
        ("tied", np.float64),  # sum of the ties
        ("ties_hours", np.float64),  # when they last faded
        ("tie_to", np.int32, (SLOTS,)),
        ("look_day", np.int32),
        ("addressed", np.int32),  # number of the newest message to this member, or -1
        ("messages", np.int32),  # own, packets included: the message's address
        ("post_day", np.int32),
        ("turn_target", np.int32),  # message that a turn of several messages answers, or -1
        *columns(np.uint8, "role", "want", "answered", "streak"),  # roles and open calls are bits
        ("ad_tolerance", np.float64),
        ("habit_pace", np.float64),
        ("tie", np.float64, (SLOTS,)),
        ("appetite", np.float64),
        ("verdict", np.float64),
        ("letter", np.float64),  # worth of letters that wait to be read; above 0: something waits
        *columns(np.float64, "want_hours", "progress"),
    ]
)
"""Eight lines of the processor's cache: in large blocks the engine waits for these records."""

MESSAGE_RING_DTYPE = np.dtype(
    [
        ("time_hours", np.float64),
        ("author", np.int32),  # slot, or -1: the team, -2: the team as a member
        ("reply_to", np.int32),
        ("count", np.int32),
        ("kind", np.uint8),
        ("opener", np.uint8),  # 1: opener without an answer, 2: answered
        ("wanted", np.uint8),  # 1: the team means to answer
        ("spare", np.uint8),
    ]
)

NEWS_DTYPE = np.dtype(
    [
        ("quality", np.float64, (RING,)),
        ("topic", np.float64, (RING,)),
        ("speaker", np.uint32, (RING,)),  # slot, then the team, then its shills: index of `bonus`
        ("ads_before", np.uint32, (RING,)),  # so many ads came before it, and
        ("useful_before", np.uint32, (RING,)),  # of the team's that can earn trust
        ("voice", np.uint8, (RING,)),  # kind, + `sim.state.TEAM_VOICE` for the team
    ]
)
"""What every reader weighs of the newest messages, as columns."""

PACKET_DTYPE = np.dtype(
    [
        *columns(np.int64, "message", "author", "count"),  # `message`: its number in the group
        ("sent_hours", np.float64),
        *columns(np.int64, "left_fen", "shares", "left_shares", "lucky"),
        *columns(np.int64, "best_fen", "best_member", "open"),
    ]
)

CALL_DTYPE = np.dtype(
    [
        *columns(np.int64, "number", "open", "message", "newest", "count", "policy", "code"),
        *columns(np.float64, "opened_hours", "until_hours", "amount", "topic"),
        *columns(np.int64, "fen", "shares", "answers", "is_bought"),
    ]
)
"""A call of the team: numbers of its message and of the newest that shows it; `is_bought`: money
came within an hour of a call to buy."""

ARRAYS = (
    "groups",  # [group] GROUP_DTYPE
    "members",  # [slot] MEMBER_DTYPE
    "budget",  # [slot] hazard left at the last settlement
    "left",  # [slot] hazard left at the end of this hour
    "rate",  # [slot] own looks an hour
    "reaction",  # [slot] time of the reaction look that waits, inf: none
    "shift",  # [slot] personal rhythm, 0 ... 6
    "posts",  # [slot]
    "said",  # [slot] number of the newest message of each, -1: none
    "ring",  # [group, RING]
    "promised",  # [group, RING] when the desk comes to each
    "news",  # [group] NEWS_DTYPE
    "open_packets",  # [group, PACKETS_OPEN]
    "calls",  # [group, CALLS_OPEN] CALL_DTYPE
    "ledger",  # [group, policy]
    "people",  # [slot] PEOPLE_DTYPE
    "arrivals",  # [slot] when a candidate or a guest asks to join; 0 for the first members
    "acts",  # timetables of all points
    "extra",  # acts of the reactive policies this hour
    "params",  # [point] record
    "feeding",  # [point, kind, need]
    "half",  # [point, kind]
    "work",  # [point, act] minutes, from `sim.desk.minutes_of_acts`
    "rhythm",  # [point, hour of week]
    "fading",  # [point, 8] from `sim.members.fading`
    "daily",  # [group, day]
    "by_kind",  # [group, day, kind] of `daily`, the counts of members' messages by kind
    "life",  # [group]
    "message_log",  # rows, or none
    "event_log",
    "logged",  # [2] rows written
    "bonus",  # [most slots + 2] scratch: worth added by tie or trust, zero between looks
    "kept",  # [8] scratch: what is left of each by this look
    "felt",  # [kind] scratch: what is felt of each by this look
    "due",  # [most slots] scratch: 1 for a member with a look in this hour
    "called",  # [most slots + 1] scratch: their slots
    "ahead",  # [7] scratch: see `sim.kernels.hours`
    "accept",  # [most slots] scratch: uniform of each member, and
    "wait",  # [most slots] scratch: how long it waits
    "factors",  # [7] scratch: this hour's rhythm by shift
    "sums",  # [LANES * VOICES] scratch: worth of what a look reads, zero between looks
    "taken",  # [point, unread] messages read of so many unread
    "events",  # scratch: the hour's queue
    "spare",  # as many again, to drop what no longer stands
    "heads",
)

World = namedtuple("World", ARRAYS)
"""Everything a kernel touches, by name."""
