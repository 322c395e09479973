"""A group-buy comes on its weekday; too few orders are paid back."""

from __future__ import annotations

import numpy as np
import pytest
from both_engines import TRUSTED, calls_of, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.group_buy import GroupBuy
from sim.state import ORDER, Setting
from tests.policies.test_policies import SETTINGS, local_hours

GROUP_BUYS = st.builds(
    GroupBuy,
    weekday=st.integers(0, 6),
    hour=st.floats(0, 23.9),
    every_weeks=st.integers(1, 4),
    open_hours=st.floats(0.5, 100),
    price_fen=st.integers(1, 3000),
    least_orders=st.integers(1, 100),
    quality=st.floats(0, 3),
    everyone=st.booleans(),
)


@given(GROUP_BUYS, SETTINGS)
def test_it_opens_on_its_weekday(buy: GroupBuy, setting: Setting) -> None:
    calls = calls_of(buy, setting, ORDER)
    day = np.floor(local_hours(calls, setting) / 24 + 1e-9)
    assert ((day + setting.start_weekday) % 7 == buy.weekday).all()
    assert (np.diff(day) == 7 * buy.every_weeks).all()
    assert (calls["shares"] == buy.least_orders).all()
    assert len(calls) >= int(setting.days / 7 / buy.every_weeks)


@settings(max_examples=6)
@given(GROUP_BUYS)
def test_both_engines_play_it_alike_and_no_fen_is_lost(buy: GroupBuy) -> None:
    day = played("group_buy", buy, 8.0).daily
    delivered = day["income_fen"].sum()
    assert delivered == buy.price_fen * day["orders"].sum()
    assert delivered + day["returned_fen"].sum() <= day["order_fen"].sum()


@pytest.mark.parametrize(("least", "sold"), [(1, True), (100, False)])
def test_it_is_delivered_when_enough_have_ordered(least: int, sold: bool) -> None:
    day = played("group_buy", GroupBuy(1, 9.0, 1, 72.0, 300, least), 6.0, **TRUSTED).daily
    assert day["order_fen"].sum() > 0
    assert (day["orders"].sum() > 0) == sold
    assert (day["returned_fen"].sum() > 0) != sold
