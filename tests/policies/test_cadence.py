"""Fixed times, shares of kinds and fading of a posting cadence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.policies.cadence import Cadence
from sim.state import KINDS, POSTED, Setting
from tests.policies.test_policies import SETTINGS, local_hours

HOURS = st.lists(st.floats(0, 24), min_size=1, max_size=6).map(tuple)


@given(HOURS, SETTINGS, st.floats(0, 100))
def test_fixed_hours_have_a_post_each_on_every_day(
    hours: tuple[float, ...], setting: Setting, ignored: float
) -> None:
    acts = Cadence(ignored, ("content",), hours=hours).plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    days = int(setting.days) + 2
    due = [24 * day + hour - setting.start_hour for day in range(days) for hour in hours]
    due = sorted(time for time in due if 0 <= time < 24 * setting.days)
    assert np.allclose(acts["time_hours"], due)


def test_as_many_kinds_as_hours_give_each_hour_its_kind() -> None:
    setting = Setting(days=5.0, start_hour=10)
    plan = Cadence(hours=(21.0, 8.0, 12.0), kinds=("greeting", "ad", "content")).plan(setting)
    hour = local_hours(plan.acts, setting) % 24
    said = {float(at): KINDS[kind] for at, kind in zip(hour, plan.acts["kind"], strict=True)}
    assert said == {8.0: "greeting", 12.0: "ad", 21.0: "content"}


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=5).filter(lambda s: sum(s) > 0),
    st.integers(1, 40),
)
def test_kinds_come_in_their_shares(shares: list[float], per_day: int) -> None:
    kinds = POSTED[: len(shares)]
    acts = Cadence(per_day, kinds, shares=tuple(shares)).plan(Setting(days=20.0)).acts
    for kind, share in zip(kinds, shares, strict=True):
        count = int((acts["kind"] == KINDS.index(kind)).sum())
        expected = share / sum(shares) * len(acts)
        assert abs(count - expected) <= 2 + math.log(len(acts) + 1)


@pytest.mark.parametrize("shares", [(1.0,), (0.0, 0.0), (1.0, 1.0, 1.0)])
def test_shares_that_do_not_go_with_the_kinds_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="one a kind, not all 0"):
        Cadence(kinds=("content", "ad"), shares=shares)


@given(st.floats(0.5, 100), SETTINGS)
def test_quality_halves_in_a_half_life(half_life_days: float, setting: Setting) -> None:
    acts = Cadence(4.0, quality=2.0, fade_half_life_days=half_life_days).plan(setting).acts
    expected = 2.0 * 0.5 ** (acts["time_hours"] / 24 / half_life_days)
    assert np.allclose(acts["quality"], expected)
    assert (np.diff(acts["quality"]) <= 0).all()


@given(st.floats(0, 1), st.integers(1, 6), st.booleans())
def test_a_part_of_the_content_are_solutions(share: float, per_day: int, mixed: bool) -> None:
    kinds = ("content", "greeting") if mixed else ("content",)
    acts = Cadence(per_day, kinds, solution_share=share).plan(Setting(days=30.0)).acts
    content = acts[acts["kind"] == KINDS.index("content")]
    assert set(acts["amount"].tolist()) <= {0.0, 1.0}
    assert acts["amount"].sum() == content["amount"].sum()
    assert abs(content["amount"].sum() - share * len(content)) <= 2
