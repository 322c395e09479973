"""Packets at fixed hours, and before the ads of those hours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.policies.red_packets import RedPackets
from sim.state import Setting
from tests.policies.test_policies import SETTINGS


@given(
    st.lists(st.floats(0, 24), min_size=1, max_size=5).map(tuple),
    st.floats(0, 720),
    SETTINGS,
    st.integers(0, 20),
)
def test_each_hour_has_its_packet_so_long_before(
    hours: tuple[float, ...], minutes: float, setting: Setting, from_day: int
) -> None:
    policy = RedPackets(5000, 24, 10, from_day=from_day, hours=hours, minutes_before=minutes)
    acts = policy.plan(setting).acts
    days = range(from_day, int(setting.days) + 2)
    due = [24 * d + hour - minutes / 60 - setting.start_hour for d in days for hour in hours]
    due = sorted(time for time in due if 0 <= time < 24 * setting.days)
    assert np.allclose(acts["time_hours"], due)


def test_the_budget_of_a_day_is_split_over_its_hours() -> None:
    policy = RedPackets(fen_per_day=1001, hours=(20.0, 8.0, 12.0))
    acts = policy.plan(Setting(days=2.0, start_hour=0)).acts
    assert acts["time_hours"].tolist() == [8.0, 12.0, 20.0, 32.0, 36.0, 44.0]
    assert acts["fen"].tolist() == [334, 334, 333] * 2


def test_shares_must_fit_the_packet_of_each_hour() -> None:
    with pytest.raises(ValueError, match="1-20000 fen a share"):
        RedPackets(fen_per_day=20, shares=10, hours=(8.0, 12.0, 20.0))
