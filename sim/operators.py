"""What operators see and order: policies asked for their timetables and, hour by hour, for acts.

Whatever a policy returns passes `checked`, the one border between its code and the engines.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Sequence
from operator import methodcaller

import numpy as np

from sim import state
from sim.allowed import LARGEST_INTEGER, show
from sim.errors import InputError
from sim.people import Columns, People
from sim.policies import own_code
from sim.scenario import NamedPolicy, Scenario
from sim.state import Actions, Array, Ledger, Observation, first, merge, packet_fits

_ENDS = np.zeros(2, state.ACT_DTYPE)
for _name, _ends in {**state.ACT_LIMITS, "policy": (-LARGEST_INTEGER, LARGEST_INTEGER)}.items():
    _ENDS[_name] = _ends


def planned(scenario: Scenario) -> Actions:
    """Ask every planning policy for its acts (of group 0, sorted by time, each signed with its
    policy's number) and for the orders that stand from creation on.
    """
    plans = []
    for number, named in enumerate(scenario.policies):
        if not hasattr(type(named.policy), "plan"):
            continue
        where = f"policies.{named.name}"
        plan = methodcaller("plan", scenario.setting())
        actions = own_code(f"{where}: plan fails", plan, named.policy)
        actions = checked(actions, where, 1, 0.0, 24.0 * scenario.days)
        plans.append(actions.of_policy(number))
    return merge(plans)


def in_force(
    orders: Sequence[dict[str, Array]],
    scenario: Scenario,
    groups: int,
    names: Iterable[str] = state.STANDING,
) -> dict[str, Array]:
    """Return what stands in each group under all orders: array [group] by name of `STANDING`."""
    stands = {}
    for name in names:
        known = state.STANDING[name]
        none = scenario.params.group.cap if known.unordered is None else known.unordered
        given = [order[name] for order in orders if name in order]
        kind = np.int64 if known.is_whole else np.float64
        stands[name] = functools.reduce(known.merge, given, np.full(groups, none, kind))
    return stands


def levers_of(scenario: Scenario) -> int:
    """Say which mechanisms members of a scenario's groups must ask for from creation on: bits."""
    sees_people = any(_sees_people(named.policy) for named in scenario.policies)
    invites = scenario.params.growth.invite_probability > 0.0
    wants = scenario.params.wants
    wanting = wants.problems_per_month + wants.purchases_per_month + wants.ideas_per_month > 0.0
    return state.PEOPLE_SEEN * sees_people | state.INVITES * invites | state.WANTS * wanting


def _sees_people(policy: object) -> bool:
    return getattr(policy, "sees_people", False) is True


def checked(
    actions: object, where: str, groups: int, from_hours: float, to_hours: float
) -> Actions:
    """Refuse, field by field, whatever a policy (`where`) may not order for these groups from one
    hour until before another, the one border between its code and the engines; what stands
    becomes one a group.
    """
    if type(actions) is not Actions:
        raise InputError([f"{where}: must return Actions, not {type(actions).__name__}"])
    acts = actions.acts
    if type(acts) is not np.ndarray or acts.dtype != state.ACT_DTYPE or acts.ndim != 1:
        kind = type(acts).__name__
        raise InputError([f"{where}: acts is a {kind} that Actions.posts or packets did not make"])
    most = math.ceil(state.MOST_ACTS_AN_HOUR * groups * max(1.0, to_hours - from_hours))
    if len(acts) > most:
        raise InputError([f"{where}: orders {len(acts):,} acts; allowed: at most {most:,}"])
    limits = {
        "group": (0, groups - 1),
        "time_hours": (from_hours, math.nextafter(to_hours, 0.0)),
        **state.ACT_LIMITS,
    }
    if len(acts) and not _fit(acts, limits):
        faults = _faults(acts, limits) or _money_faults(acts) or _call_faults(acts)
        if faults:
            raise InputError([f"{where}: {fault}" for fault in faults])
    standing = {
        name: _standing(where, name, given, groups) for name, given in actions.standing().items()
    }
    return Actions(acts, **standing) if standing else actions


def _fit(acts: Array, limits: dict[str, tuple[float, float]]) -> bool:
    """Say in a few steps whether all is allowed; False only sends for a closer look.

    All fields have 64 bits, and those of floats from 0 on are in order as whole numbers too.
    """
    ends = _ENDS.copy()
    ends["group"], ends["time_hours"] = limits["group"], limits["time_hours"]
    low, high = ends.view(np.int64).reshape(2, -1)
    cells = np.ascontiguousarray(acts).view(np.int64).reshape(len(acts), -1)
    if ((cells < low) | (cells > high)).any():
        return False
    most = acts["kind"].max()
    money = most >= state.PACKET or acts["fen"].any() or acts["shares"].any()
    return not (money and _money_faults(acts)) and not (most >= state.CALL and _call_faults(acts))


def _faults(acts: Array, limits: dict[str, tuple[float, float]]) -> list[str]:
    """Name each field that holds something else, its first such value and what is allowed."""
    return [
        f"{name} is {first(acts[name], ~inside):.15g}; allowed: {low:,.15g} to "
        f"{'before ' * (name == 'time_hours')}{high:,.15g}"
        for name, (low, high) in limits.items()
        if not (inside := (acts[name] >= low) & (acts[name] <= high)).all()
    ]


def _money_faults(acts: Array) -> list[str]:
    fen, shares, kind = acts["fen"], acts["shares"], acts["kind"]
    fits = np.select(
        [kind == state.PACKET, kind == state.PAY, kind == state.CALL],
        [packet_fits(fen, shares), (fen >= 1) & (shares == 0), True],
        (fen == 0) & (shares == 0),
    )
    if fits.all():
        return []
    return [
        f"fen is {first(fen, ~fits)} and shares is {first(shares, ~fits)}; allowed in a packet: "
        f"1-{state.MOST_FEN_A_SHARE} fen a share, 1-{state.MOST_SHARES} shares; in a payment: "
        "1 fen or more, 0 shares; in what is neither: 0"
    ]


def _call_faults(acts: Array) -> list[str]:
    """Name what calls may not hold: their number, when they end, their money."""
    code, fen, shares = acts["other"], acts["fen"], acts["shares"]
    is_call = acts["kind"] == state.CALL
    numbers = is_call | (acts["kind"] == state.CLOSE)
    strange = numbers & ((code < 0) | (code >= len(state.CALL_TABLE)))
    ends = acts["until_hours"]
    early = is_call & (ends > 0) & (ends <= acts["time_hours"])
    counted = (code == state.RAFFLE) | (code == state.ORDER)
    parts = is_call & np.where(
        code == state.RAFFLE, (shares == 0) | (fen == 0), ~counted & (shares != 0)
    )
    parts |= is_call & (code == state.ORDER) & (fen == 0)
    faults = []
    if strange.any():
        last = len(state.CALL_TABLE) - 1
        faults.append(f"other is {first(code, strange)}; allowed in a call: 0 to {last}")
    if early.any():
        faults.append(
            f"until_hours is {first(ends, early):.15g}; allowed in a call: later than time_hours, "
            "or 0: until it is closed"
        )
    if parts.any():
        faults.append(
            f"fen is {first(fen, parts)} and shares is {first(shares, parts)}; allowed: 1 or more "
            "of both in a raffle, fen of 1 or more in an order; shares of 0 in other calls"
        )
    return faults


def _standing(where: str, name: str, given: object, groups: int) -> Array:
    """Check an order that stands: one number a group, or one for all."""
    known = state.STANDING[name]
    kind = "whole number" if known.is_whole else "number"
    allowed = f"allowed: a {kind} from {known.low:,} to {known.high:,}, one a group"
    if type(given) not in (np.ndarray, bool, int, float):
        raise InputError([f"{where}: {name} is a {type(given).__name__}; {allowed}"])
    column = np.asarray(given)
    if column.dtype.kind not in "biuf" or column.shape not in ((), (groups,)):
        shown = f"{column.dtype} of shape {column.shape}"
        raise InputError([f"{where}: {name} is {shown}; {allowed}"])
    fits = (column >= known.low) & (column <= known.high)
    if known.is_whole:
        fits &= column == np.floor(column)
    if not fits.all():
        raise InputError([f"{where}: {name} is {first(column, ~fits)}; {allowed}"])
    return np.broadcast_to(column, groups).astype(np.int64 if known.is_whole else np.float64)


NO_LEDGER = Ledger(*(np.zeros(0),) * len(dataclasses.fields(Ledger)))


def observe(hour: int, start: slice, arrays: dict[str, Array]) -> Observation:
    """Gather what operators see of one scenario's groups of a block at a whole hour since creation,
    without a ledger; each policy is handed its own.
    """
    groups = arrays["groups"][start]
    clock = hour + groups["start_hour"]
    last_day = arrays["daily"].shape[1] - 1
    day = arrays["daily"][start, min(int(clock[0]) // 24, last_day)]
    said = day[state.UTTERANCES[0]].copy()
    for kind in state.UTTERANCES[1:]:
        said += day[kind]
    return Observation(
        time_hours=float(hour),
        hour_of_day=clock % 24,
        weekday=(groups["start_weekday"] + clock // 24) % 7,
        members=groups["present"].copy(),
        joined=groups["joined"].copy(),
        left=groups["left"].copy(),
        messages=groups["member_messages"].copy(),
        questions_open=groups["questions_open"].copy(),
        messages_today=said,
        posting_members_today=day["posting_members"].copy(),
        exchanges_today=day["exchanges"].copy(),
        silent_hours=hour - groups["last_message_hours"],
        shares_open=groups["shares_open"].copy(),
        claims=groups["claims"].copy(),
        **{name: groups[name].copy() for name in state.CALLS_SEEN},
        ledger=NO_LEDGER,
        people_of=functools.cache(functools.partial(_people_of, hour, groups, arrays)),
    )


def _people_of(hour: int, groups: Array, arrays: dict[str, Array]) -> People:
    """Gather what operators know of every member of these groups of a block."""
    begin = groups["first_slot"][0]
    slots = slice(begin, begin + groups["slots"].sum())
    members = arrays["members"][slots]
    now = {name: members[name] for name in ("present", "role", "streak")}
    return people_seen(float(hour), groups["slots"], arrays["people"][slots], now)


def people_seen(time_hours: float, slots: Array, people: Array, now: dict[str, Array]) -> People:
    """Show all who ever joined groups of so many slots: records of `PEOPLE_DTYPE`, one a slot, and
    what is so `now`. Nothing is copied until it is asked for, once, and nothing can be written.
    """
    joined = np.ascontiguousarray(people["joined_hours"])
    rows = np.flatnonzero(np.isfinite(joined))
    group = np.repeat(np.arange(len(slots)), slots)[rows]
    first = np.concatenate([[0], np.cumsum(slots)])
    known = {name: people[name] for name in people.dtype.names or ()}
    columns = Columns(rows, known | now | {"joined_hours": joined})
    return People(group, rows - first[group], time_hours, np.arange(len(rows)), columns)


LONGEST_PAUSE_HOURS = 24 * 3650


class Consultant:
    """The reactive policies of one scenario, asked about many of its groups at once."""

    def __init__(self, scenario: Scenario, plan: Actions) -> None:
        self._scenario = scenario
        self._policies = [
            (number, f"policies.{named.name}", named.policy, _every_hours(named))
            for number, named in enumerate(scenario.policies)
            if hasattr(type(named.policy), "act")
        ]
        self._sees_people = [_sees_people(named.policy) for named in scenario.policies]
        self._standing: dict[int, dict[str, Array]] = {-1: plan.standing()}  # by policy
        self._ordered: set[str] = set()  # names that any of them has ordered since creation
        self.needed = bool(self._policies)

    def followed_by(self, after: Consultant, place: Array) -> Consultant:
        """Hand over to others, among whose policies each of these stands at a `place`: what these
        ordered when asked stands until they are asked again.
        """
        asked = {number for number, *_ in after._policies}
        orders = {int(place[n]): given for n, given in self._standing.items() if n >= 0}
        after._standing |= {n: given for n, given in orders.items() if n in asked}
        after._ordered |= self._ordered
        return after

    def stands(self, groups: int) -> dict[str, Array]:
        """Return all that stands now in so many groups: array [group] by name of `STANDING`."""
        return in_force(list(self._standing.values()), self._scenario, groups)

    def due(self, hour: int) -> bool:
        """Say whether any policy is consulted at this hour."""
        return any(hour % every == 0 for *_, every in self._policies)

    def next_due(self, hour: int) -> int:
        """Return the first hour after this one at which any policy is consulted."""
        return min((hour // every + 1) * every for *_, every in self._policies)

    def consult(self, seen: Observation, books: Array) -> Actions:
        """Ask every policy that is due, by `books` [group, policy]: acts of the coming hour,
        sorted, and what stands in every group of each order that was ever given when asked.
        """
        hour = int(seen.time_hours)
        fresh = []
        for number, where, policy, every in self._policies:
            if hour % every:
                continue
            mine = seen.by(ledger_of(books[:, number]), self._sees_people[number])
            fresh.append(_ask(policy, where, mine).of_policy(number))
            self._standing[number] = fresh[-1].standing()
            self._ordered.update(self._standing[number])
        orders = list(self._standing.values())
        stands = in_force(orders, self._scenario, seen.groups, sorted(self._ordered))
        return Actions(merge(fresh).acts, **stands)


def _every_hours(named: NamedPolicy) -> int:
    where = f"policies.{named.name}: every_hours"
    every = own_code(f"{where} fails", getattr, named.policy, "every_hours", 1)
    if type(every) not in (int, float) or not 1 <= every <= LONGEST_PAUSE_HOURS or every % 1:
        shown = show(every) if type(every) in (int, float) else f"a {type(every).__name__}"
        allowed = f"allowed: a whole number from 1 to {LONGEST_PAUSE_HOURS:,}"
        raise InputError([f"{where} is {shown}; {allowed}"])
    return int(every)


def _ask(policy: object, where: str, seen: Observation) -> Actions:
    failing = f"{where}: act fails at hour {seen.time_hours:g}"
    actions = own_code(failing, methodcaller("act", seen), policy)
    return checked(actions, where, seen.groups, seen.time_hours, seen.time_hours + 1.0)


_BOOKED = tuple(entry.name for entry in dataclasses.fields(Ledger))


def ledger_of(book: Array) -> Ledger:
    """Show a policy what it has done in each group: array [group] of `LEDGER_DTYPE`."""
    book = book.view()
    book.flags.writeable = False
    return Ledger(*(book[name] for name in _BOOKED))
