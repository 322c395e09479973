"""Hands are on duty at their hours and weekdays, and the team changes when it is due."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.shifts import Shifts
from sim.state import HANDOVER, Observation
from tests.policies.test_policies import observed

ANSWERING = {"operator.answer_probability": 0.9, "reaction.stay_probability": 0.1}
PERSONS = st.integers(1, 50).map(lambda tenths: tenths / 10)
SHIFTS = st.builds(
    Shifts,
    hands=PERSONS,
    weekend_hands=PERSONS,
    rest_hands=PERSONS,
    from_hour=st.integers(0, 24),
    to_hour=st.integers(0, 24),
    turnover_days=st.integers(0, 4),
    loss_share=st.floats(0, 1),
)


def at(hour: int, clocks: list[int], weekdays: list[int]) -> Observation:
    return dataclasses.replace(
        observed([0.0] * len(clocks)), time_hours=float(hour),
        hour_of_day=np.array(clocks), weekday=np.array(weekdays),
    )  # fmt: skip


def on_duty(policy: Shifts, clock: int, weekday: int) -> float:
    hours = set()
    hour = policy.from_hour % 24
    while not hours or hour != policy.to_hour % 24:
        hours.add(hour)
        hour = (hour + 1) % 24
    if clock not in hours:
        return policy.rest_hands
    return policy.weekend_hands if weekday in (5, 6) else policy.hands


@given(SHIFTS, st.integers(0, 500), st.lists(st.tuples(st.integers(0, 23), st.integers(0, 6)),
                                             min_size=1, max_size=9))  # fmt: skip
def test_each_group_has_its_hands_by_its_own_clock(
    policy: Shifts, hour: int, clocks: list[tuple[int, int]]
) -> None:
    seen = at(hour, [clock for clock, _ in clocks], [weekday for _, weekday in clocks])
    done = checked(policy.act(seen), "shifts", len(clocks), hour, hour + 1.0)
    assert done.hands is not None
    assert (done.hands / 10).tolist() == [on_duty(policy, *clock) for clock in clocks]
    due = hour > 0 and policy.turnover_days and hour % (24 * policy.turnover_days) == 0
    assert done.acts["group"].tolist() == list(range(len(clocks))) * bool(due)
    assert (done.acts["kind"] == HANDOVER).all()
    assert (done.acts["amount"] == policy.loss_share).all()


@settings(max_examples=6)
@given(SHIFTS)
def test_both_engines_play_it_alike(policy: Shifts) -> None:
    one = played("shifts", policy, 5.0, **ANSWERING)
    changes = 4 // policy.turnover_days if policy.turnover_days else 0
    assert one.daily["operator_deeds"].sum() == changes


def test_a_part_time_team_is_paid_less_and_answers_later() -> None:
    busy = {**ANSWERING, "operator.minutes_per_answer": 60.0, "desk.groups": 10,
            "desk.patience_hours": 1000.0}  # fmt: skip
    full, part = (
        played("shifts", Shifts(hands, hands, 0.1, 9, 22), 5.0, **busy).daily for hands in (5, 0.3)
    )
    assert part["paid_minutes"].sum() < full["paid_minutes"].sum() / 2
    waits = [day["answer_wait_minutes"].sum() / day["operator_answers"].sum()
             for day in (full, part)]  # fmt: skip
    assert waits[0] < waits[1]
