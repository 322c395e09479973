"""A trial ends once for everybody: kept with what was asked, else removed; founders have none."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.people import People
from sim.policies.probation import Probation
from sim.state import HOST, PROBATION, REMOVE, ROLE, Observation
from tests.policies.test_policies import observed

TRIALS = st.builds(
    Probation,
    days=st.floats(0.5, 60),
    least=st.integers(0, 5),
    removes=st.booleans(),
    most_a_day=st.integers(1, 50),
)


@st.composite
def groups(draw: st.DrawFn) -> tuple[Observation, People]:
    """Show two groups, of members on trial or not."""
    size = draw(st.integers(1, 40))

    def each(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=2 * size, max_size=2 * size)))

    columns = {
        "present": each(st.integers(0, 1)),
        "role": each(st.sampled_from([0, PROBATION, HOST, HOST | PROBATION])),
        "joined_hours": each(st.floats(0, 1000)),
        "last_post_hours": np.full(2 * size, -np.inf),
        "posts": each(st.integers(0, 4)),
        "answered_calls": each(st.integers(0, 2)),
    }
    slots = np.tile(np.arange(size), 2)
    people = People(np.repeat([0, 1], size), slots, 1000.0, np.arange(2 * size), columns)
    return dataclasses.replace(observed([0.0, 0.0]), people_of=lambda: people), people


@given(TRIALS, groups())
def test_only_trials_that_are_over_end_and_each_as_it_should(
    trial: Probation, shown: tuple[Observation, People]
) -> None:
    seen, people = shown
    actions = checked(trial.act(seen), "probation", 2, 1000.0, 1001.0)
    assert actions.probation is not None
    assert actions.probation.tolist() == [1, 1]
    acts = actions.acts
    assert len(set(zip(acts["group"], acts["to"], strict=True))) == len(acts)
    size = len(people) // 2
    rows = acts["group"] * size + acts["to"]
    passed = (people.posts + people.answered_calls)[rows] >= trial.least
    assert (people.present[rows] & (people.role[rows] & PROBATION > 0)).all()
    assert (people.joined_hours[rows] <= 1000.0 - 24 * trial.days).all()
    assert (acts["kind"] == np.where(passed | (not trial.removes), ROLE, REMOVE)).all()
    role = acts[acts["kind"] == ROLE]
    assert ((role["other"] == PROBATION) & (role["amount"] == 0)).all()
    for kept in (passed, ~passed):
        assert np.bincount(acts["group"][kept], minlength=2).max(initial=0) <= trial.most_a_day


def test_both_engines_try_who_joins_and_nobody_else() -> None:
    coming = {"arrivals.per_day": 10.0, "leaving.leave_probability": 0.0}
    trace = played_alike({"probation": {"days": 1.0, "least": 1}}, 5.0, **coming)
    removed = trace.daily["removals"].sum()
    assert 0 < removed < trace.daily["joins"].sum()
    assert trace.daily["operator_deeds"].sum() > removed  # some are kept
    for first in trace.first_slot[:-1]:
        assert not trace.left[first : first + 30].any()
