"""One offer a group, letters in its time and seldom to the same, and money kept to the fen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.private_offers import PrivateOffers
from sim.state import CALL, LETTER, ORDER
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, rests, shown_again

OFFERS = st.builds(
    PrivateOffers,
    price_fen=st.integers(0, 100_000),
    from_day=st.integers(0, 60),
    days=st.integers(0, 60),
    whom=st.sampled_from(["active", "buyers", "others", "by_lot"]),
    letters_a_day=st.integers(1, 99),
    pause_days=st.floats(1, 40),
    quality=st.floats(0, 3),
)


@settings(max_examples=30)
@given(OFFERS, crowds())
def test_each_group_has_one_offer_and_letters_in_its_days(
    policy: PrivateOffers, crowd: Crowd
) -> None:
    acts = acted(policy, crowd, 95)
    offers, letters = acts[acts["kind"] == CALL], acts[acts["kind"] == LETTER]
    assert len(offers) + len(letters) == len(acts)
    assert len(offers) == (len(crowd.sizes) if policy.price_fen else 0)
    assert (offers["other"] == ORDER).all()
    assert (offers["fen"] == policy.price_fen).all()
    end = 24.0 * (policy.from_day + policy.days) if policy.days else 0.0
    assert (offers["until_hours"] == end).all()
    assert (offers["time_hours"] == 24.0 * policy.from_day).all()
    assert (acts["time_hours"] >= 24.0 * policy.from_day).all()
    assert not end or (acts["time_hours"] < end).all()
    assert min(rests(letters), default=np.inf) >= 24 * policy.pause_days
    assert most_a_day(letters) <= policy.letters_a_day
    at = np.concatenate([[0], np.cumsum(crowd.sizes)])[letters["group"]] + letters["to"]
    assert (crowd.columns["present"][at] > 0).all()
    if policy.whom in ("buyers", "others"):
        assert ((crowd.columns["orders"][at] > 0) == (policy.whom == "buyers")).all()


@given(OFFERS)
def test_it_is_read_back_from_a_file(policy: PrivateOffers) -> None:
    assert shown_again("private_offers", policy)


@pytest.mark.parametrize("whom", ["active", "others", "by_lot"])
def test_both_engines_sell_alike(whom: str) -> None:
    fields = {"price_fen": 700, "from_day": 0, "whom": whom, "pause_days": 2, "days": 4}
    values = {"shop.buy_probability": 1.0, "trust.initial": 0.9, "shop.unwanted_share": 1.0}
    trace = played_alike({"private_offers": fields}, **values)
    assert (trace.daily["calls"].sum(axis=1) == 1).all()
    assert trace.daily["letters"].sum() > 0
    assert trace.daily["orders"].sum() > 0
    assert trace.daily["income_fen"].sum() == 700 * trace.daily["orders"].sum()
