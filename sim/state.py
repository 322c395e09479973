"""What policies see and order: `Setting`, `Observation`, `Actions`; and the kinds of message.

One file because it is the one border between policies and engines: a kind, an act, a call or an
order that stands is a row here, and whoever writes a policy reads nothing else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.people import Chosen, People

Array = np.ndarray[Any, np.dtype[Any]]

NEEDS = ("information", "belonging", "enjoyment", "benefit", "recognition")
INFORMATION, BELONGING, ENJOYMENT, BENEFIT, RECOGNITION = range(5)


@dataclass(frozen=True)
class Kind:
    """A kind of message: all that both engines and the policies know of it.

    Attributes
    ----------
    feeds : tuple of int
        Needs that it feeds, each by the parameter ``needs.<name>_<need>``.
    wears_as : str
        Its novelty wears off by the parameter ``novelty.<wears_as>_messages``.
    is_uttered : bool
        Whether it is something said: counted as a message, and open to the operators' posts.
    is_talk : bool
        Whether a reader who is not addressed may answer it.
    is_ad : bool
        Whether it tires, costs trust and drives members away as an ad does.
    earns_trust : bool
        Whether its worth earns the operators trust.
    is_posted : bool
        Whether a timetable of the operators may post it.
    log_type : str
        What a message log calls it.
    """

    name: str
    feeds: tuple[int, ...]
    wears_as: str
    is_uttered: bool = True
    is_talk: bool = True
    is_ad: bool = False
    earns_trust: bool = True
    is_posted: bool = True
    log_type: str = "msg"


KIND_TABLE = (  # a new kind comes last: the numbers stand in logs
    Kind("chat", (BELONGING, ENJOYMENT), "talk"),
    Kind("question", (RECOGNITION,), "talk", is_posted=False, log_type="question"),
    Kind("answer", (INFORMATION, BELONGING), "talk", is_posted=False),
    Kind("content", (INFORMATION, ENJOYMENT), "content", log_type="link"),
    Kind("activity", (BELONGING, ENJOYMENT), "activity"),
    Kind("greeting", (BELONGING,), "greeting", earns_trust=False),
    Kind("ad", (BENEFIT,), "content", is_talk=False, is_ad=True, earns_trust=False),
    Kind("packet", (ENJOYMENT,), "packet", False, False, earns_trust=False, is_posted=False),
)
CHAT, QUESTION, ANSWER, CONTENT, ACTIVITY, GREETING, AD, PACKET = range(len(KIND_TABLE))
KINDS = tuple(kind.name for kind in KIND_TABLE)
UTTERANCES = tuple(kind.name for kind in KIND_TABLE if kind.is_uttered)
POSTED = tuple(kind.name for kind in (*KIND_TABLE[1:], KIND_TABLE[0]) if kind.is_posted)
IS_TALK = tuple(kind.is_talk for kind in KIND_TABLE)
IS_AD = tuple(kind.is_ad for kind in KIND_TABLE)
EARN_TRUST = tuple(number for number, kind in enumerate(KIND_TABLE) if kind.earns_trust)
FED_BY = tuple(
    tuple(number for number, kind in enumerate(KIND_TABLE) if need in kind.feeds)
    for need in range(len(NEEDS))
)
"""The kinds that feed each need, in the order in which both engines add them up."""

OPENERS = (QUESTION, GREETING, CONTENT, CHAT)
"""What members open talk with, as `sim.rules.opener` numbers them."""

TEAM_VOICE = len(KINDS)
"""What the operators say has a voice of its own: its kind plus this number."""

TEAM_AUTHOR, SHILL = -1, -2
"""Authors of messages who are no members: the team by its name, and as one who seems a member."""

AS_MEMBER = 1
"""In an act that posts, its `other`: the team says it by an account that seems a member's."""

(LETTER, REMOVE, PAIR, ROLE, PAY, CALL, CLOSE, HANDOVER) = range(len(KINDS), len(KINDS) + 8)
ACTS = (*KINDS, "letter", "remove", "pair", "role", "pay", "call", "close", "handover")
"""What operators can do at an instant: send a message of a kind, or do something to members."""


@dataclass(frozen=True)
class CallKind:
    """What the team can ask members to take part in.

    Attributes
    ----------
    need : int
        Need that draws members to it, and that taking part feeds.
    posted_as : int
        Kind of the message that announces it.
    answered_as : int
        Kind of the message of whoever takes part; -1: nobody else sees it.
    pays_at_once : bool
        Whether its fen are paid to everybody who takes part, at once.
    """

    name: str
    need: int
    posted_as: int = ACTIVITY
    answered_as: int = -1
    pays_at_once: bool = False


CALL_TABLE = (
    CallKind("check_in", BELONGING, answered_as=CHAT, pays_at_once=True),
    CallKind("raffle", ENJOYMENT),  # `shares` prizes of `fen` each when it ends
    CallKind("sign_up", BELONGING, answered_as=CHAT),  # a gathering when it ends: `fen` a head
    CallKind("order", BENEFIT, posted_as=AD),  # price `fen`; `shares` 0: stands, else least orders
    CallKind("idea", RECOGNITION, answered_as=CONTENT, pays_at_once=True),
    CallKind("vote", RECOGNITION, pays_at_once=True),
)
CHECK_IN, RAFFLE, SIGN_UP, ORDER, IDEA, VOTE = range(len(CALL_TABLE))
CALL_NAMES = tuple(kind.name for kind in CALL_TABLE)
CALL_NEEDS = tuple(kind.need for kind in CALL_TABLE)
CALL_POSTS = tuple(kind.posted_as for kind in CALL_TABLE)
CALL_ANSWERS = tuple(kind.answered_as for kind in CALL_TABLE)
CALL_PAYS = tuple(kind.pays_at_once for kind in CALL_TABLE)

MIDDLE, OWN = 2.0, 3.0
"""Topics of an act that are no place on the axis: the group's middle, the receiver's own."""

ACT, EXTRA, REFUND, SETTLE, TEAM, JOIN, BASELINE, REACTION = range(8)
"""What brings an event about, in the order in which they act at the same instant: planned acts,
those of reactive policies, refunds, calls that end, visits of the team, candidates, looks by own
rhythm, reactions.
"""

(LETTERS, PEOPLE_SEEN, CALLS, INVITES, WANTS) = (1 << bit for bit in range(5))
"""Bits of a group's `levers`: what has to be asked for at a look or a message. Set at creation
where the scenario can need it, or by the first act that does; 0 costs one test.
"""

HOST, EXPERT, ALUMNUS, PROBATION, SCREENER = 1, 2, 4, 8, 16
HONOURED, ROLE_BITS = HOST | EXPERT | ALUMNUS | SCREENER, 31
"""Roles of a member, as bits; probation is no honour."""

NO_WANT, PROBLEM, PURCHASE, IDEA_WANT = 0, 1, 2, 3
ASKED = 4
"""What a member wants, one at a time; a problem, once it was asked about, is `ASKED`."""

CALLS_SEEN = ("calls_open", "call_answers", "orders", "income_fen")
"""What operators see of their calls: fields of an `Observation` and of a group's record."""

RING = 64  # newest messages a group keeps; a look reads fewer
PACKETS_OPEN = 64  # open packets a group can hold
CALLS_OPEN = 8  # open calls of the team a group can hold
STAYS_MOST = 4  # looks a member stays on for the same newest message


def columns(kind: type, *names: str) -> list[Any]:
    """List fields of a record that are of one type."""
    return [(name, kind) for name in names]


ACT_DTYPE = np.dtype(
    [
        ("group", np.int64),
        ("time_hours", np.float64),
        ("kind", np.int64),
        ("policy", np.int64),
        ("quality", np.float64),
        *columns(np.int64, "everyone", "fen", "shares", "lucky"),
        *columns(np.int64, "to", "other"),  # members, by slot; -1: nobody in particular
        *columns(np.float64, "amount", "until_hours", "topic"),
    ]
)
"""One timed act of the operators; acts are sorted by (group, time, kind, and the rest)."""

PEOPLE_DTYPE = np.dtype(
    [
        *columns(np.float64, "joined_hours", "last_post_hours", "last_act_hours"),
        *columns(np.float64, "recent", "recent_hours"),  # messages, fading, and when they last did
        *columns(np.int64, "posts", "claims", "answered_calls", "orders", "spent_fen"),
        *columns(np.int64, "invited_by", "depth"),  # -1: by nobody
        # Not shown to the team, but for `removed`: guests asked, letters and fen that wait for the
        # next look.
        ("invitations", np.int64),
        *columns(np.int64, "removed", "letters", "paid_fen"),
    ]
)
"""What the team knows of one member beside the conversation: no looks, mutes or needs."""


MOST_SHARES, MOST_FEN_A_SHARE = 100, 20_000
ACT_LIMITS: dict[str, tuple[float, float]] = {
    "kind": (0, len(ACTS) - 1),
    "quality": (0, 3),
    "everyone": (0, 1),
    "fen": (0, MOST_SHARES * MOST_FEN_A_SHARE),
    "shares": (0, MOST_SHARES),
    "lucky": (0, 1),
    "to": (-1, 2**31 - 1),
    "other": (-1, 2**31 - 1),
    "amount": (0, 1_000_000_000),
    "until_hours": (0, 24 * 3650),
    "topic": (0, OWN),
}
ACT_DEFAULTS = {"to": -1, "other": -1, "topic": MIDDLE}
MOST_ACTS_AN_HOUR = 100
"""What an act may hold, both ends allowed; `Actions` says the rest in words."""

LEDGER_DTYPE = np.dtype(
    [
        *columns(np.int64, "spent_fen", "packets", "posts"),
        ("last_act_hours", np.float64),
        *columns(np.int64, "letters", "removed", "paid_fen"),
        ("minutes", np.float64),  # of work
    ]
)
"""What one policy has done in one group."""


@dataclass(frozen=True)
class Setting:
    """What a policy may know before the start: the group as its operators set it up.

    Examples
    --------
    >>> Setting(days=14.0).hour_of_day(15.0)
    0.0
    """

    days: float
    size: int = 100
    cap: int = 500
    start_hour: int = 9
    start_weekday: int = 0
    open_hour: int = 9
    close_hour: int = 22

    def hour_of_day(self, time_hours: float) -> float:
        """Convert hours since creation to the local hour of the day, 0 ... 24."""
        return (time_hours + self.start_hour) % 24

    def time_at(self, day: int, hour: float) -> float:
        """Convert local day (0: the day of creation) and hour to hours since creation.

        Raises
        ------
        InputError
            When the hour is none of a clock, 0 ... 24.
        """
        if not np.all((np.asarray(hour) >= 0) & (np.asarray(hour) <= 24)):
            raise InputError([f"clock hour {hour} is out of range; allowed: 0 to 24"])
        return 24.0 * day + hour - self.start_hour


@dataclass(frozen=True)
class Ledger:
    """What one policy has done so far, arrays [group]: its only memory."""

    spent_fen: Array
    packets: Array
    posts: Array
    last_act_hours: Array
    letters: Array
    removed: Array
    paid_fen: Array
    minutes: Array


def _unseen() -> Array:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Observation:
    """What operators can see of many groups at one hour: arrays [group], never needs or fatigue.

    Attributes
    ----------
    time_hours : float
        Hours since creation; events before it are seen.
    hour_of_day, weekday : array of int
        Local clock.
    members, joined, left : array of int
        Present now, ever joined, ever left.
    messages, questions_open : array of int
        Member messages so far; questions of members without an answer among the last 64 messages.
    messages_today, posting_members_today : array of int
        Of the local day so far.
    exchanges_today : array of int
        Answers of members to members, of the local day so far.
    silent_hours : array of float
        Since the last member message, or since creation.
    shares_open, claims : array of int
        Claimable parts of open packets; claims so far.
    ledger : Ledger
        The policy's own acts so far.
    calls_open, call_answers : array of int
        Calls of the team that are open; answers to its calls so far, standing offers apart.
    orders, income_fen : array of int
        Delivered so far, and what was paid for them.
    people : People
        Every member by itself, for a policy that says ``sees_people = True``.
    """

    time_hours: float
    hour_of_day: Array
    weekday: Array
    members: Array
    joined: Array
    left: Array
    messages: Array
    questions_open: Array
    messages_today: Array
    posting_members_today: Array
    exchanges_today: Array
    silent_hours: Array
    shares_open: Array
    claims: Array
    ledger: Ledger
    calls_open: Array = field(default_factory=_unseen)
    call_answers: Array = field(default_factory=_unseen)
    orders: Array = field(default_factory=_unseen)
    income_fen: Array = field(default_factory=_unseen)
    people_of: Callable[[], People] | None = None  # asked only by who needs it

    @property
    def groups(self) -> int:
        """Number of groups seen."""
        return len(self.members)

    @property
    def people(self) -> People:
        """All who ever joined, group by group."""
        if self.people_of is None:
            raise AttributeError("people are seen by a policy that says sees_people = True")
        return self.people_of()

    def by(self, ledger: Ledger, sees_people: bool = True) -> Observation:
        """Return the same as a policy with this ledger sees it."""
        mine = object.__new__(Observation)  # `dataclasses.replace` takes as long as a policy
        vars(mine).update(vars(self), ledger=ledger)
        if not sees_people:
            vars(mine).update(people_of=None)
        return mine


@dataclass(frozen=True)
class Standing:
    """An order that stands until another: what it may be, and how those of policies merge."""

    low: float
    high: float
    merge: np.ufunc
    unordered: float | None = 0.0  # what holds when nobody orders; None: the group's own cap
    is_whole: bool = True


@dataclass(frozen=True)
class Call:
    """What the team asks members to take part in: check_in, raffle, sign_up, order, idea or vote.

    Attributes
    ----------
    code : str
        A name of `CALL_TABLE`.
    hours : float
        How long it is open; 0: until it is closed.
    fen : int
        Reward of each who takes part (check_in, idea, vote), a prize (raffle), cost a head
        (sign_up: a gathering is held when it ends) or price (order).
    shares : int
        Prizes (raffle); least orders of a group-buy, paid back when there are fewer (order; 0: a
        standing offer, delivered at once); else 0.
    amount : float
        What taking part is worth; a member's average message has 1.
    quality, everyone : float, bool
        Of the message that announces it, as in `Actions.posts`.

    Examples
    --------
    >>> Actions.calls([0], 20.0, Call("raffle", hours=24, fen=5_000, shares=3)).acts["until_hours"]
    array([44.])
    """

    code: str
    hours: float = 24.0
    fen: int = 0
    shares: int = 0
    amount: float = 1.0
    quality: float = 1.0
    everyone: bool = False


@dataclass(frozen=True)
class Actions:
    """What operators do: timed acts, and orders (as caps or a closed door) until consulted again.

    Lists merge sorted, caps by minimum, doors by or, so the order of policies never matters.

    Whatever a policy returns is checked before anything is played; a group whose policy orders
    something else fails, with policy, field, value and what is allowed. Allowed are at most 100
    acts a group and hour (on average over what is ordered at once); `time_hours` within the hour
    asked about, in a `plan` from 0 to before the end; `quality` 0 ... 3; `fen` and `shares` 1 ...
    20,000 fen a share and 1 ... 100 shares in a packet; in a payment 1 ... 2,000,000 fen; else 0.
    What is done to somebody who is not there (a letter: who never joined) is not done.

    Attributes
    ----------
    acts : array of ACT_DTYPE
        As `posts`, `packets`, `letters` and the others below make them.
    cap : array [group] of int, optional
        0 or more; one above the group's own changes nothing.
    closed : array [group] of bool, optional
        Nobody comes in. Of a `plan`, all that stands is one number, and holds from creation on.
    fee_fen, work_share, review_share, narrowness : array [group], optional
        The gate, the strictest order in force: a fee; work to do, 0 ... 1 (a written introduction);
        part of the candidates that a review turns away; how far from the middle of the topics one
        may be, 0 (anywhere) ... 1. Ordered by a `plan`, it chooses the first members too.
    referral, probation : array [group] of 0 or 1, optional
        Only guests of members come in (the first members are nobody's guests); who comes in has the
        role `PROBATION`.
    invite_reward_fen : array [group] of int, optional
        Paid to who invited a guest that is let in.
    rules_shown : array [group] of bool, optional
        Whether newcomers are shown the rules.
    removal_share : array [group] of float, optional
        Share of members' ads and openers beside the topic that is removed unread.
    personal_filter : array [group] of bool, optional
        Whether members' messages that do not fit a reader are hidden from that reader.
    hands : array [group] of int, optional
        On duty at the desk, in tenths of a person; those of several policies add up, and with 0 the
        parameter ``desk.hands`` holds.
    unanswered : array [group] of bool, optional
        Whether the team means to answer no more questions.
    hushed : array [group] of bool, optional
        Whether members cannot write; they go on looking.

    Examples
    --------
    >>> both = merge([Actions.posts([0], 3.0, "content"), Actions.packets([0], 1.0, 1000, 5)])
    >>> [KINDS[kind] for kind in both.acts["kind"]]
    ['packet', 'content']
    """

    acts: Array
    cap: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1_000_000_000, np.minimum, None)}
    )
    closed: Array | None = field(default=None, metadata={"standing": Standing(0, 1, np.maximum)})
    fee_fen: Array | None = field(
        default=None, metadata={"standing": Standing(0, 10_000_000, np.maximum)}
    )
    work_share: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum, is_whole=False)}
    )
    review_share: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum, is_whole=False)}
    )
    narrowness: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum, is_whole=False)}
    )
    referral: Array | None = field(default=None, metadata={"standing": Standing(0, 1, np.maximum)})
    probation: Array | None = field(default=None, metadata={"standing": Standing(0, 1, np.maximum)})
    invite_reward_fen: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1_000_000, np.maximum)}
    )
    rules_shown: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum)}
    )
    removal_share: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum, is_whole=False)}
    )
    personal_filter: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum)}
    )
    hands: Array | None = field(default=None, metadata={"standing": Standing(0, 10_000, np.add)})
    unanswered: Array | None = field(
        default=None, metadata={"standing": Standing(0, 1, np.maximum)}
    )
    hushed: Array | None = field(default=None, metadata={"standing": Standing(0, 1, np.maximum)})

    def standing(self) -> dict[str, Array]:
        """Return the orders given that stand, by name."""
        given = {name: getattr(self, name) for name in STANDING}
        return {name: column for name, column in given.items() if column is not None}

    @staticmethod
    def none() -> Actions:
        """Do nothing."""
        return Actions(np.zeros(0, dtype=ACT_DTYPE))

    @staticmethod
    def posts(
        group: Sequence[int] | Array,
        time_hours: float | Array,
        kind: str,
        quality: float | Array = 1.0,
        everyone: bool = False,
        to: int | Array = -1,
        topic: float | Array = MIDDLE,
    ) -> Actions:
        """Post a message of a kind in each listed group.

        Parameters
        ----------
        group : sequence of int
            Positions in the observation; a `plan` uses 0.
        time_hours : float or array
            Hours since creation, one or one a post.
        kind : str
            content, activity, greeting, ad, chat or answer.
        quality : float or array
            1 is a member's average message.
        everyone : bool
            Whether the post calls on all members (@all).
        to : int or array
            The member (slot) whom it addresses before all, -1: nobody in particular.
        topic : float or array
            A place 0 ... 1, the group's `MIDDLE`, or the receiver's `OWN` interest.

        Raises
        ------
        ValueError
            When the kind is not one an operator can post.
        """
        if kind not in UTTERANCES:
            raise ValueError(f"kind {kind!r} is not one of {', '.join(UTTERANCES)}")
        said = {"kind": KINDS.index(kind), "quality": quality, "everyone": everyone}
        return _acts({"group": group, "time_hours": time_hours, "to": to, "topic": topic, **said})

    @staticmethod
    def packets(
        group: Sequence[int] | Array,
        time_hours: float | Array,
        fen: int | Array,
        shares: int | Array,
        lucky: bool = True,
    ) -> Actions:
        """Send a red packet of `fen` in `shares` parts in each listed group.

        Raises
        ------
        ValueError
            When a packet breaks the platform's limits: 1-100 shares, at least 1 fen and at most
            20,000 fen a share.
        """
        sent = {"fen": fen, "shares": shares, "lucky": lucky}
        actions = _acts({"group": group, "time_hours": time_hours, **sent})
        actions.acts["kind"], actions.acts["quality"] = PACKET, 1.0
        check_packet(actions.acts["fen"], actions.acts["shares"])
        return actions

    @staticmethod
    def solutions(
        group: Sequence[int] | Array, time_hours: float | Array, quality: float | Array = 1.0
    ) -> Actions:
        """Post content that solves the problem of whoever reads it while having one."""
        actions = Actions.posts(group, time_hours, "content", quality)
        actions.acts["amount"] = 1.0
        return actions

    @staticmethod
    def shills(
        group: Sequence[int] | Array,
        time_hours: float | Array,
        kind: str,
        quality: float | Array = 1.0,
        topic: float | Array = MIDDLE,
    ) -> Actions:
        """Say a message by an account of the team's own that seems a member's; seen through, it is
        an ad of the team to all who read it.
        """
        actions = Actions.posts(group, time_hours, kind, quality, topic=topic)
        actions.acts["other"] = AS_MEMBER
        return actions

    @staticmethod
    def roles(
        group: Sequence[int] | Array,
        time_hours: float | Array,
        to: Sequence[int] | Array,
        role: int | Array,
        given: bool | Array = True,
    ) -> Actions:
        """Give members (`to`, by slot) roles, or take them: `HOST` and so on, added up."""
        done = {"kind": ROLE, "to": to, "other": role, "amount": np.asarray(given, np.float64)}
        return _acts({"group": group, "time_hours": time_hours, **done})

    @staticmethod
    def calls(group: Sequence[int] | Array, time_hours: float | Array, call: Call) -> Actions:
        """Open a call in each listed group, announced by a message: `other` holds its number in
        `CALL_TABLE`; nothing happens where 8 are open.

        Raises
        ------
        ValueError
            When there is no call of that name.
        """
        return _acts(
            {
                "group": group,
                "time_hours": time_hours,
                "kind": CALL,
                "other": _call_number(call.code),
                "until_hours": np.asarray(time_hours) + call.hours if call.hours else 0.0,
                "quality": call.quality,
                "everyone": call.everyone,
                "fen": call.fen,
                "shares": call.shares,
                "amount": call.amount,
            }
        )

    @staticmethod
    def closes(group: Sequence[int] | Array, time_hours: float | Array, code: str) -> Actions:
        """End every open call of a name in each listed group now, and settle it."""
        ended = {"kind": CLOSE, "other": _call_number(code)}
        return _acts({"group": group, "time_hours": time_hours, **ended})

    @staticmethod
    def letters(
        who: Chosen,
        time_hours: float | Array,
        quality: float | Array = 1.0,
        topic: float | Array = OWN,
    ) -> Actions:
        """Write to single members in private, those who left too: `people` chosen, or `Chosen`."""
        return _to_each(who, time_hours, {"kind": LETTER, "quality": quality, "topic": topic})

    @staticmethod
    def removals(who: Chosen, time_hours: float | Array) -> Actions:
        """Remove members from their groups."""
        return _to_each(who, time_hours, {"kind": REMOVE})

    @staticmethod
    def pairs(
        who: Chosen,
        other: Sequence[int] | Array,
        time_hours: float | Array,
        weight: float | Array = 1.0,
        quality: float | Array = 1.0,
    ) -> Actions:
        """Introduce each member to another (slot) of its group: a letter to both, on what each
        likes, and a tie both ways that grows by `weight`.
        """
        made = {"kind": PAIR, "other": other, "amount": weight, "quality": quality, "topic": OWN}
        return _to_each(who, time_hours, made)

    @staticmethod
    def payments(who: Chosen, time_hours: float | Array, fen: int | Array) -> Actions:
        """Pay members, 1 ... 2,000,000 fen each: prizes, rewards, rebates."""
        return _to_each(who, time_hours, {"kind": PAY, "fen": fen})

    @staticmethod
    def handovers(
        group: Sequence[int] | Array, time_hours: float | Array, loss: float | Array
    ) -> Actions:
        """Let another person take the team over: that part of all trust, 0 ... 1, is lost."""
        return _acts({"group": group, "time_hours": time_hours, "kind": HANDOVER, "amount": loss})

    def of_policy(self, policy: int) -> Actions:
        """Sign the acts with the policy's number, for its ledger."""
        if not len(self.acts):
            return self
        signed = self.acts.copy()
        signed["policy"] = policy
        return dataclasses.replace(self, acts=signed)


STANDING: dict[str, Standing] = {
    order.name: order.metadata["standing"]
    for order in dataclasses.fields(Actions)
    if "standing" in order.metadata
}
"""The orders that stand, by name: fields of `Actions`, of a group's record and of a `Community`."""


def _to_each(who: Chosen, time_hours: float | Array, fields: dict[str, Any]) -> Actions:
    """Make an act to each member chosen."""
    return _acts({"group": who.group, "to": who.slot, "time_hours": time_hours, **fields})


def _acts(fields: dict[str, Any]) -> Actions:
    """Make acts of columns (or one value for all), none of which loses anything on its way."""
    count = len(fields["group"])
    if not count:
        return Actions.none()
    acts = np.zeros(count, dtype=ACT_DTYPE)
    for name, given in (ACT_DEFAULTS | fields).items():
        column = np.asarray(given)
        if column.dtype.kind not in "biuf":
            raise ValueError(f"{name} holds {column.dtype}; allowed: numbers")
        if column.dtype.kind == "f" and acts.dtype[name].kind == "i" and np.any(column % 1):
            raise ValueError(f"{name} is {first(column, column % 1 != 0)}; allowed: whole numbers")
        acts[name] = column
    return Actions(acts)


def _call_number(code: str) -> int:
    if code not in CALL_NAMES:
        raise ValueError(f"call {code!r} is not one of {', '.join(CALL_NAMES)}")
    return CALL_NAMES.index(code)


def first(column: Array, chosen: Array) -> Any:
    """Return the first chosen value of a column, to be named in a message."""
    return np.atleast_1d(column)[np.atleast_1d(chosen)][0].item()


def check_packet(fen: int | Array, shares: int | Array) -> None:
    """Refuse packets other than 1-100 shares of 1-20,000 fen on average (WeChat's limits)."""
    fits = packet_fits(np.asarray(fen), np.asarray(shares))
    if not np.all(fits):
        sent = np.broadcast_arrays(fen, shares, ~fits)
        fen, shares = (first(column, sent[2]) for column in sent[:2])
        raise ValueError(
            f"a packet of {fen} fen in {shares} shares: 1-20000 fen a share, 1-100 shares"
        )


def packet_fits(fen: Array, shares: Array) -> Array:
    """Say which packets keep the platform's limits."""
    some = (shares >= 1) & (shares <= MOST_SHARES)
    fits: Array = some & (fen >= shares) & (fen <= MOST_FEN_A_SHARE * shares)
    return fits


def sort_acts(acts: Array) -> Array:
    """Sort acts by group, time, kind and then every other field: a total order."""
    return acts[np.lexsort([acts[name] for name in reversed(ACT_DTYPE.names or ())])]


def merge(actions: Sequence[Actions]) -> Actions:
    """Merge the actions of several policies in any order: acts sorted, of what stands the order
    that `STANDING` lets prevail.
    """
    if not actions:
        return Actions.none()
    acts = [a.acts for a in actions if len(a.acts)]  # joining tables of acts is slow
    merged = {}
    for name, known in STANDING.items():
        given = [column for a in actions if (column := getattr(a, name)) is not None]
        if given:
            merged[name] = known.merge.reduce(given)
    return Actions(sort_acts(np.concatenate(acts)) if acts else Actions.none().acts, **merged)
