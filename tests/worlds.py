"""Random worlds for property tests: scenarios over the whole allowed ranges where things happen."""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from worlds_acts import Correspondent
from worlds_calls import LIVELY_CALLS, Caller
from worlds_desk import Foreman, desks
from worlds_gate import gate_policies, growing
from worlds_roles import WANTING, Steward

from sim.members import arrivals_by
from sim.params import Parameter, Params, branching_ratio, parameters
from sim.policies.cadence import Cadence
from sim.policies.red_packets import RedPackets
from sim.policies.revive import Revive
from sim.scenario import NamedPolicy, Scenario
from sim.state import Actions, Array, Observation, merge
from sim.trace import JOIN, Trace

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
LOOKS_OF_A_GROUP = 1200  # more would make a case slow
CANDIDATES_OF_A_GROUP = 40
BRANCHING_MOST = 0.97
LEAST_DAYS = 0.3


@dataclass(frozen=True)
class Warden:
    """A reactive policy that acts on everything it sees: two engines must show it the same.

    Attributes
    ----------
    every_hours : int
        How often it is consulted.
    packets : int
        Red packets it sends at most at a consultation.
    doors : bool
        Whether it closes the group and lowers its cap at times.
    """

    every_hours: int = 1
    packets: int = 1
    doors: bool = True

    def act(self, seen: Observation) -> Actions:
        """Turn every field of the observation into posts, packets, caps and doors."""
        mark = self.mark(seen)
        posting = np.flatnonzero(mark % 3 == 0)
        calling = np.flatnonzero(mark % 7 == 1)
        orders = [
            Actions.posts(posting, seen.time_hours + (mark[posting] % 60) / 60.0, "content",
                          0.5 + (mark[posting] % 5) / 2.0),
            Actions.posts(calling, seen.time_hours + 0.25, "greeting", everyone=True),
        ]  # fmt: skip
        for turn in range(self.packets):
            paying = np.flatnonzero((mark + turn) % 4 == 0)
            shares = 1 + (mark[paying] + turn) % 6
            fen = shares + mark[paying] % 50
            orders.append(
                Actions.packets(paying, seen.time_hours + 0.5, fen, shares, turn % 2 == 0)
            )
        acts = merge(orders).acts
        if not self.doors:
            return Actions(acts)
        return Actions(acts, seen.members + mark % 4, mark % 5 == 0)

    @staticmethod
    def mark(seen: Observation) -> Array:
        """Mix all that is seen into one whole number a group."""
        ledger = seen.ledger
        last_act = np.where(np.isfinite(ledger.last_act_hours), ledger.last_act_hours, -1.0)
        mixed = (seen.silent_hours * 3600.0).astype(np.int64) + (last_act * 60.0).astype(np.int64)
        for number in (
            seen.hour_of_day, seen.weekday, seen.members, seen.joined, seen.left, seen.messages,
            seen.questions_open, seen.messages_today, seen.posting_members_today,
            seen.shares_open, seen.claims, ledger.spent_fen, ledger.packets, ledger.posts,
        ):  # fmt: skip
            mixed = mixed * 31 + number.astype(np.int64)
            mixed %= 1_000_003
        return mixed


@dataclass(frozen=True)
class World:
    """Scenarios to play in one block, with the replications and the seed."""

    scenarios: tuple[Scenario, ...]
    replications: tuple[int, ...]
    seed: int


LIVELY: dict[str, Any] = {
    "look.rate_per_day": 12.0,
    "look.habit_floor_share": 0.3,
    "look.first_hours": 1.5,
    "habit.interest_power": 1.0,
    "habit.days_sigma": 0.7,
    "habit.team_gain": 2.0,
    "speak.propensity": 0.2,
    "speak.probability_max": 0.3,
    "speak.question_share": 0.8,
    "speak.answer_ratio": 15.0,
    "speak.fresh_minutes": 60.0,
    "speak.called_probability_max": 0.3,
    "speak.more_probability": 0.2,
    "speak.quiet_share": 0.5,
    "speak.unanswered_share": 0.7,
    "speak.team_quiet": 0.4,
    "speak.team_ratio": 2.0,
    "speak.evenness": 0.3,
    "reaction.draw_probability": 0.1,
    "reaction.draw_max": 1.0,
    "reaction.draw_minutes": 15.0,
    "reaction.call_probability": 0.5,
    "reaction.stay_probability": 0.3,
    "arrivals.per_day": 2.0,
    "arrivals.burst_ratio": 4.0,
    "operator.answer_probability": 0.3,
    "trust.warmth": 0.5,
    "leaving.leave_probability": 0.08,
    "leaving.mute_probability": 0.15,
    "leaving.unmute_probability": 0.2,
    "acts.letter_reach_probability": 0.5,
    "acts.letter_minutes": 30.0,
    "acts.unmute_probability": 0.5,
    "acts.come_back_probability": 1.0,
    "reading.fatigue_per_message": 0.02,
    "packets.return_ratio": 0.39,
    "packets.half_fen": 20.0,
    "packets.member_fen": 200,
    "rhythm.day_depth": 0.3,
    "rhythm.reaction_share": 0.5,
    **LIVELY_CALLS,
}
"""A group in which much happens in a few hours."""

CHOSEN_APART = {
    "group.size", "group.cap", "group.planned_end_days", "ties.graph", "packets.expiry_hours",
    "operator.open_hour", "operator.close_hour", "growth.reserve",
}  # fmt: skip
KEYS = [key for key in parameters() if key not in CHOSEN_APART]


def values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Draw any allowed value of a parameter, often one near its default or at a limit."""
    low, high, default = parameter.low, parameter.high, parameter.default
    assert not isinstance(default, str)
    if parameter.integer:
        near = (max(int(low), default // 3), min(int(high), 3 * default + 3))
        return st.integers(*near) | st.integers(int(low), int(high))
    limits = st.sampled_from([float(low), float(high)])
    near = (max(low, default / 3.0), min(high, 3.0 * default))
    if high > 1e4 * max(1.0, low):  # a range of decades
        decades = st.floats(math.log10(max(low, 0.1)), math.log10(high)).map(lambda x: 10.0**x)
        return st.floats(*near) | decades.map(lambda x: min(max(x, low), high)) | limits
    return st.floats(*near) | st.floats(low, high) | limits


@st.composite
def policies(draw: st.DrawFn) -> tuple[NamedPolicy, ...]:
    """Draw what the operators do: a timetable, money, and reactive policies."""
    chosen: list[tuple[str, Any]] = []
    if draw(st.booleans()):
        kinds = st.sampled_from(["content", "activity", "greeting", "ad", "chat"])
        chosen.append(
            (
                "cadence",
                Cadence(
                    draw(st.sampled_from([0.7, 2.0, 5.0, 20.0])),
                    tuple(draw(st.lists(kinds, min_size=1, max_size=3))),
                    draw(st.floats(0, 3)),
                    draw(st.sampled_from([0.0, 0.3, 1.0])),
                ),
            )
        )
    if draw(st.booleans()):
        shares = draw(st.integers(1, 12))
        fen = draw(st.sampled_from([shares, shares + 1, 7 * shares + 3, 2_000 * shares]))
        times = draw(st.integers(1, 4))
        hour = draw(st.floats(8, 22))
        lucky = draw(st.booleans())
        chosen.append(("red_packets", RedPackets(times * fen, times, shares, lucky, hour)))
    if draw(st.booleans()):
        silent, pause = draw(st.integers(1, 5)), draw(st.integers(1, 5))
        fen = draw(st.sampled_from([0, 3, 500]))
        chosen.append(("revive", Revive(silent, pause, fen=fen, shares=3, budget_fen=5_000)))
    if draw(st.booleans()):
        every = draw(st.sampled_from([1, 1, 3, 5]))
        chosen.append(
            ("warden", Warden(every, draw(st.sampled_from([0, 1, 3, 16])), draw(st.booleans())))
        )
    chosen += draw(gate_policies())
    if draw(st.booleans()):
        chosen.append(("steward", Steward(draw(st.sampled_from([1, 2, 6])), draw(st.booleans()))))
    if draw(st.booleans()):
        chosen.append(("foreman", Foreman(draw(st.sampled_from([1, 2, 5])))))
    if draw(st.integers(0, 2)):
        chosen.append(("caller", Caller(draw(st.sampled_from([1, 2, 5])), draw(st.integers(1, 3)))))
    if draw(st.integers(0, 2)):
        every = draw(st.sampled_from([1, 3, 7]))
        chosen.append(("letters", Correspondent(every, draw(st.booleans()))))
    return tuple(NamedPolicy(name, f"worlds:{name}", policy) for name, policy in chosen)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a scenario: few or many parameters changed, each over its whole range."""
    table = parameters()
    changed: dict[str, Any] = dict(LIVELY) if draw(st.integers(0, 5)) else {}
    changed |= draw(growing())
    changed |= WANTING if draw(st.booleans()) else {}
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=20)):
        changed[key] = draw(values(table[key]))
    changed |= draw(desks())
    size = draw(st.integers(1, 60))
    days = draw(st.sampled_from([1.0, 2.0, 3.0, 4.0, 6.0]) | st.floats(LEAST_DAYS, 6))
    changed["ties.graph"] = draw(st.sampled_from(["strangers", "small_world", "cliques"]))
    opening = draw(st.integers(0, 23))
    changed["operator.open_hour"] = opening
    changed["operator.close_hour"] = draw(st.integers(opening + 1, 24))
    if not draw(st.integers(0, 4)):
        changed["group.planned_end_days"] = draw(st.floats(0.01, 1.2 * days))
    room = draw(st.none() | st.integers(0, 8))
    long = draw(st.booleans())
    params, days = tamed(Params().replace({**changed, "group.size": size}), days, long)
    cap = 5000 if room is None else params.group.size + room
    params = params.replace({"group.cap": cap})
    return Scenario("world", params, draw(policies()), days)


def tamed(params: Params, days: float, long: bool) -> tuple[Params, float]:
    """Make values go together, and a group small or short enough to be played in a moment."""
    fixed: dict[str, Any] = {}
    packets, needs, reaction = params.packets, params.needs, params.reaction
    fixed["packets.member_fen"] = max(packets.member_fen, packets.member_shares)
    if max(value for key, value in params.items() if key.endswith("_weight")) <= 0.0:
        fixed["needs.enjoyment_weight"] = max(1.0, needs.enjoyment_weight)
    ratio = branching_ratio(params)
    if ratio > BRANCHING_MOST:
        for name in ("stay_probability", "draw_max", "call_probability"):
            fixed[f"reaction.{name}"] = getattr(reaction, name) * BRANCHING_MOST / ratio
        ratio = BRANCHING_MOST
    coming = params.arrivals
    burst = coming.burst_ratio, coming.burst_days
    candidates = arrivals_by(24.0 * days, coming.per_day, coming.fading_power, *burst)
    candidates += params.growth.reserve if params.growth.invite_probability > 0.0 else 0
    if candidates > CANDIDATES_OF_A_GROUP:
        fixed["arrivals.per_day"] = coming.per_day * CANDIDATES_OF_A_GROUP / candidates
        candidates = CANDIDATES_OF_A_GROUP
    each = max(1.0, params.look.rate_per_day) / (1.0 - ratio)
    member_days = LOOKS_OF_A_GROUP / each
    if not long:
        days = max(LEAST_DAYS, min(days, member_days / (params.group.size + candidates)))
    size = min(params.group.size, max(2, int(member_days / days)))
    days = max(LEAST_DAYS, min(days, member_days / size))
    return params.replace({**fixed, "group.size": size}), days


@st.composite
def worlds(draw: st.DrawFn, most_groups: int = 4) -> World:
    """Draw some scenarios and replications for one block."""
    points = draw(st.lists(scenarios(), min_size=1, max_size=3))
    times = max(1, min(3, most_groups // len(points)))
    numbers = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=times, unique=True))
    return World(tuple(points), tuple(numbers), draw(st.integers(0, 2**63 - 1)))


def checked(scenario: Scenario) -> Scenario:
    """Return the scenario as its own file would give it: every value judged."""
    judged = Scenario().with_values({**dict(scenario.params.items()), "run.days": scenario.days})
    return dataclasses.replace(judged, name=scenario.name, policies=scenario.policies)


def of_group(trace: Trace, messages: Array, events: Array, g: int = 0) -> dict[str, bytes]:
    """Return the bytes of all that one group left, as if it had been alone.

    The joining of the first members, which only the ensemble's event log tells, is left out.
    """
    days = int(trace.days[g])
    slots = slice(int(trace.first_slot[g]), int(trace.first_slot[g + 1]))
    said, happened = messages[messages["group"] == g], events[events["group"] == g]
    first = (happened["event"] == JOIN) & (happened["time_hours"] == 0.0)
    said["group"] = happened["group"] = 0
    assert not trace.daily[g, days:].tobytes().strip(b"\0"), "days past the end hold zeros"
    return {
        "daily": trace.daily[g, :days].tobytes(),
        "life": trace.life[g].tobytes(),
        "posts": trace.posts[slots].tobytes(),
        "joined": trace.joined[slots].tobytes(),
        "left": trace.left[slots].tobytes(),
        "muted": trace.muted[slots].tobytes(),
        "messages": said.tobytes(),
        "events": happened[~first].tobytes(),
    }
