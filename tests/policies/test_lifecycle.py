"""Notices before an end, offers on its day, a farewell, and nothing after."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.people import People
from sim.policies.lifecycle import Lifecycle
from sim.state import ACTIVITY, AD, GREETING, Setting
from tests.policies.test_policies import SETTINGS, observed

ENDS = st.builds(
    Lifecycle,
    end_days=st.integers(1, 60),
    notice_days=st.integers(0, 60),
    offers=st.integers(0, 10),
    hour=st.floats(0, 24),
    quality=st.floats(0, 3),
)


@given(ENDS, SETTINGS)
def test_it_stays_within_the_run_and_before_its_end(end: Lifecycle, setting: Setting) -> None:
    acts = end.plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    assert (acts["time_hours"] <= setting.time_at(end.end_days, end.hour) + end.offers).all()
    assert len(acts) <= min(end.notice_days, end.end_days) + end.offers + 1


@given(ENDS)
def test_an_end_that_is_seen_has_all_its_posts(end: Lifecycle) -> None:
    acts = end.plan(Setting(days=63.0, start_hour=0)).acts
    counts = [int((acts["kind"] == kind).sum()) for kind in (ACTIVITY, AD, GREETING)]
    assert counts == [min(end.notice_days, end.end_days), end.offers, 1]
    assert acts["kind"][-1] == GREETING


@given(st.integers(0, 40), st.integers(0, 50), st.integers(0, 60))
def test_service_ends_for_good_and_alumni_are_made_once(
    service: int, alumni: int, day: int
) -> None:
    life = Lifecycle(end_days=30, service_days=service, alumni=alumni)
    columns = {"present": np.array([1, 0, 1, 1]), "posts": np.array([1, 9, 5, 2])}
    people = People(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0]), 0.0, np.arange(4), columns)
    seen = dataclasses.replace(
        observed([0.0, 0.0]), time_hours=24.0 * day, people_of=lambda: people
    )
    orders = checked(life.act(seen), "lifecycle", 2, 24.0 * day, 24.0 * day + 1)
    chosen = list(zip(orders.acts["group"].tolist(), orders.acts["to"].tolist(), strict=True))
    assert chosen == (
        [(0, 0), (0, 2), (1, 0)] if alumni > 1 else [(0, 2), (1, 0)][: 2 * alumni]
    ) * (day == 30)
    if not service:
        assert orders.unanswered is None
    else:
        assert orders.unanswered is not None
        assert orders.unanswered.tolist() == [day >= service] * 2
    assert life.sees_people == (alumni > 0)


def test_both_engines_stop_answering_and_make_alumni() -> None:
    asking = {"operator.answer_minutes": 5.0}
    served = played_alike(
        {"lifecycle": {"service_days": 2, "alumni": 5, "end_days": 3}}, 5.0, **asking
    )
    always = played_alike({"lifecycle": {"end_days": 3}}, 5.0, **asking).daily
    daily = served.daily
    assert 0 < daily["operator_answers"].sum() < always["operator_answers"].sum()
    assert daily["questions_meant"][:, 3:].sum() == 0 < always["questions_meant"][:, 3:].sum()
    assert daily["operator_deeds"].sum() == 10
