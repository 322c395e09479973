"""An offer stands from day to day, and is reminded of as often as ordered."""

from __future__ import annotations

import numpy as np
import pytest
from both_engines import TRUSTED, calls_of, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.offer import Offer
from sim.state import CALL, KINDS, ORDER, POSTED, Setting
from tests.policies.test_policies import SETTINGS, local_hours

OFFERS = st.builds(
    Offer,
    price_fen=st.integers(1, 3000),
    from_day=st.integers(0, 9),
    until_day=st.integers(0, 20),
    reminders_per_week=st.floats(0, 7),
    reminder_kind=st.sampled_from(POSTED),
    hour=st.floats(0, 24),
    quality=st.floats(0, 3),
)


@given(OFFERS, SETTINGS)
def test_it_begins_and_ends_on_its_days(offer: Offer, setting: Setting) -> None:
    calls = calls_of(offer, setting, ORDER)
    assert len(calls) <= 1
    assert not calls["shares"].any()
    begins = setting.time_at(offer.from_day, offer.hour)
    stands = not offer.until_day or offer.until_day > offer.from_day
    if 0 <= begins < 24 * setting.days:
        assert len(calls) == stands
        assert np.allclose(calls["time_hours"], begins)
    ends = setting.time_at(offer.until_day, offer.hour) if offer.until_day else 0.0
    assert np.allclose(calls["until_hours"], ends)


@given(OFFERS, SETTINGS)
def test_reminders_come_as_often_as_ordered_while_it_stands(offer: Offer, setting: Setting) -> None:
    acts = offer.plan(setting).acts
    posts, calls = acts[acts["kind"] != CALL], acts[acts["kind"] == CALL]
    assert {KINDS[kind] for kind in posts["kind"]} <= {offer.reminder_kind}
    assert (np.diff(local_hours(posts, setting)) >= 24.0 - 1e-6).all()
    if len(calls):
        ends = calls["until_hours"][0] or 24 * setting.days
        assert ((posts["time_hours"] > calls["time_hours"]) & (posts["time_hours"] < ends)).all()
        most_days = (min(ends, 24 * setting.days) - calls["time_hours"][0]) / 24
        assert abs(len(posts) - most_days * offer.reminders_per_week / 7) < 2
    else:
        assert len(posts) == 0


@settings(max_examples=6)
@given(OFFERS)
def test_both_engines_play_it_alike(offer: Offer) -> None:
    day = played("offer", offer, 6.0).daily
    assert day["order_fen"].sum() == day["income_fen"].sum()
    assert day["income_fen"].sum() == offer.price_fen * day["orders"].sum()


@pytest.mark.parametrize("until_day", [0, 3])
def test_members_buy_until_it_ends(until_day: int) -> None:
    offer = Offer(300, until_day=until_day, hour=12.0)
    orders = played("offer", offer, 8.0, **TRUSTED).daily["orders"][0]
    assert orders[:4].sum() > 0
    assert (orders[5:].sum() > 0) == (until_day == 0)
