"""The desk of a group as both engines keep it: work comes, a question waits, hands are paid.

A desk is a record with `backlog` (minutes of all its groups), `recent_questions` and `recent_work`
(of this one, fading; minutes), `desk_hours` (when all were brought up to date) and `on_duty`
(tenths of a person since then): a group's record, or one of `DESK_DTYPE`. `p` holds the parameters
by name.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import rules
from sim.compiling import rule
from sim.params import Params
from sim.state import ACTS, CALL, LETTER, PACKET, PAIR, Array, columns

DESK_FIELDS = [
    *columns(np.float64, "backlog", "recent_questions", "recent_work", "desk_hours"),
    ("on_duty", np.int64),
]
DESK_DTYPE = np.dtype(DESK_FIELDS)

LATE_HOURS = 1.0
"""An answer is late when the queue at the desk holds it up for longer than this."""

PROMPT_HOURS = 0.05
"""An answer within 3 minutes is prompt."""


def minutes_of_acts(params: Params) -> Array:
    """Tabulate the work of what a team does, in minutes: array [act], by `sim.state.ACTS`."""
    team = params.operator
    minutes = np.full(len(ACTS), team.minutes_per_deed)
    minutes[: PACKET + 1] = team.minutes_per_post
    minutes[LETTER] = team.minutes_per_letter
    minutes[PAIR] = 2.0 * team.minutes_per_letter
    minutes[CALL] = team.minutes_per_call
    return minutes


@rule
def is_deed(act: int) -> bool:
    """Say whether an act is work that is neither a message, a letter nor a call."""
    return act > PACKET and act not in (LETTER, PAIR, CALL)


@rule
def inflow_minutes(p: Any, asked: float) -> float:
    """Minutes of answering an hour that come to the desk when each group asks so much an hour."""
    minutes: float = p.desk_groups * asked * p.operator_minutes_per_answer
    return minutes


@rule
def most_minutes(p: Any, hands: float) -> float:
    """Minutes of work that hands do within the team's patience, nights taken on average."""
    open_share = (p.operator_close_hour - p.operator_open_hour) / 24.0
    minutes: float = 60.0 * hands * open_share * p.desk_patience_hours
    return minutes


@rule
def bring_up(desk: Any, p: Any, t: float, clock: float) -> None:
    """Bring a desk up to date at `t` hours since creation, when the local clock is `clock`."""
    hours, memory = t - desk.desk_hours, 24.0 * p.desk_memory_days
    hands = desk.on_duty / 10.0
    if desk.on_duty > 0:
        asked = rules.recent_per_hour(desk.recent_questions, hours, t, memory)
        desk.backlog = rules.desk_backlog(
            desk.backlog,
            (clock - hours) % 24.0,
            hours,
            inflow_minutes(p, asked),
            60.0 * hands,
            p.operator_open_hour,
            p.operator_close_hour,
            most_minutes(p, hands),
        )
    kept = rules.kept_after(hours / memory)
    desk.recent_questions *= kept
    desk.recent_work *= kept
    desk.desk_hours = t


@rule
def pay_hour(desk: Any, p: Any, hour: int, clock: int, tenths: int) -> int:
    """Put hands on duty from a whole hour on; return the minutes that are paid for in it, of all
    groups together.
    """
    if tenths != desk.on_duty:
        bring_up(desk, p, float(hour), float(clock))
        desk.on_duty = tenths
    is_open = p.operator_open_hour <= clock < p.operator_close_hour
    return 6 * tenths if is_open else 0


@rule
def work_comes(desk: Any, p: Any, t: float, clock: float, minutes: float) -> None:
    """Put `minutes` of work on the desk, the same of each of its groups."""
    bring_up(desk, p, t, clock)
    desk.backlog += p.desk_groups * minutes
    desk.recent_work += minutes


@rule
def queue_hours(desk: Any, p: Any, t: float, clock: float, u: float) -> float:
    """Take a question on, perhaps (by `u`), and say how long it waits: negative when it is left."""
    bring_up(desk, p, t, clock)
    hands = desk.on_duty / 10.0
    capacity = 60.0 * hands
    memory = 24.0 * p.desk_memory_days
    inflow = inflow_minutes(p, rules.recent_per_hour(desk.recent_questions, 0.0, t, memory))
    posting = p.desk_groups * rules.recent_per_hour(desk.recent_work, 0.0, t, memory)
    desk.recent_questions += 1.0
    opening, closing = p.operator_open_hour, p.operator_close_hour
    open_share = (closing - opening) / 24.0
    behind = most_minutes(p, hands) - 24.0 * (1.0 - open_share) * inflow  # a night lifts it so much
    if u >= rules.taken_share(desk.backlog, behind, inflow, capacity * open_share - posting):
        return -1.0
    wait = rules.desk_wait_hours(desk.backlog, clock, capacity, opening, closing)
    minutes = p.operator_minutes_per_answer
    return wait + rules.queue_wait_minutes(inflow / capacity, hands, minutes) / 60.0
