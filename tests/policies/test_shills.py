"""Shills say so many messages in a day, where members are silent, and never count as members."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.shills import Shills
from sim.state import AS_MEMBER, KINDS
from tests.policies.test_policies import observed

SHILLS = st.builds(
    Shills,
    messages_per_day=st.integers(0, 100),
    kinds=st.lists(st.sampled_from(["chat", "question", "answer"]), max_size=3).map(tuple),
    quality=st.floats(0, 3),
    silent_hours=st.floats(0, 48),
    from_hour=st.integers(0, 22),
    to_hour=st.integers(1, 24),
)


@given(SHILLS, st.lists(st.floats(0, 72), min_size=1, max_size=5))
def test_a_silent_group_has_all_messages_of_a_day(shills: Shills, silent: list[float]) -> None:
    seen, posts = observed(silent), np.zeros(len(silent), np.int64)
    for hour in range(24):
        clock = np.full(len(silent), hour)
        ledger = dataclasses.replace(seen.ledger, posts=posts.copy())
        actions = shills.act(dataclasses.replace(seen, hour_of_day=clock).by(ledger))
        acts = checked(actions, "shills", len(silent), 1000.0, 1001.0).acts
        assert (acts["other"] == AS_MEMBER).all()
        assert not len(acts) or shills.from_hour <= hour < max(shills.to_hour, shills.from_hour + 1)
        assert {KINDS[kind] for kind in acts["kind"]} <= set(shills.kinds)
        posts += np.bincount(acts["group"], minlength=len(silent))
    due = shills.messages_per_day if shills.kinds else 0
    assert posts.tolist() == [due if hours >= shills.silent_hours else 0 for hours in silent]


def test_they_fall_silent_and_say_their_kinds_in_turn() -> None:
    shills = Shills(messages_per_day=4, kinds=("question", "chat"), from_hour=1, to_hour=2)
    acts = shills.act(observed([100.0])).acts
    assert [KINDS[kind] for kind in acts["kind"]] == ["question", "chat"] * 2
    assert (np.diff(acts["time_hours"]) == 0.25).all()
    assert not len(dataclasses.replace(shills, until_day=41).act(observed([100.0])).acts)


def test_both_engines_answer_shills_and_count_nothing_of_theirs_as_life() -> None:
    fields = {"messages_per_day": 40, "silent_hours": 0}
    daily = played_alike({"shills": fields}, 4.0).daily
    assert daily["shill_messages"].sum() == daily["operator_posts"].sum() > 200
    share = daily["shills_seen_through"].sum() / daily["shill_messages"].sum()
    assert 0.1 < share < 0.3
    mute = played_alike({"shills": fields}, 4.0, **{"speak.propensity": 0.0})
    assert mute.daily["shill_messages"].sum() > 200
    assert mute.life["messages"].sum() == mute.daily["posting_members"].sum() == 0
    assert (mute.life["first_hours"] == -1).all()
