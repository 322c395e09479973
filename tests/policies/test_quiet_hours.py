"""A digest makes the day's posts, all of them, in its batches and at no other time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.policies.quiet_hours import QuietHours
from sim.state import KINDS, Setting
from tests.policies.test_policies import SETTINGS, local_hours

DIGESTS = st.builds(
    QuietHours,
    posts_per_day=st.integers(1, 30),
    hours=st.lists(st.integers(0, 20), max_size=4, unique=True).map(tuple),
    gap_minutes=st.floats(0.1, 5),
    kinds=st.lists(st.sampled_from(["content", "ad", "chat"]), max_size=3).map(tuple),
    quality=st.floats(0, 3),
)


@given(DIGESTS, SETTINGS)
def test_every_post_belongs_to_a_batch(digest: QuietHours, setting: Setting) -> None:
    acts = digest.plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    assert (acts["quality"] == digest.quality).all()
    assert {KINDS[kind] for kind in acts["kind"]} <= set(digest.kinds)
    longest = digest.posts_per_day * digest.gap_minutes / 60
    hour = local_hours(acts, setting) % 24
    near = [((hour - at) % 24 <= longest + 1e-9) | ((at - hour) % 24 < 1e-9) for at in digest.hours]
    assert not len(acts) or np.any(near, axis=0).all()


@given(DIGESTS)
def test_a_whole_day_has_all_its_posts(digest: QuietHours) -> None:
    acts = digest.plan(Setting(days=10.0, start_hour=0)).acts
    on = bool(digest.hours and digest.kinds)
    assert (
        np.bincount((acts["time_hours"] // 24).astype(int), minlength=10).tolist()
        == [digest.posts_per_day * on] * 10
    )
