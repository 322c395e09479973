"""Changes between two hours keep every count: both engines agree after them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.validation.intervening import group_of, have_answered, remove_members
from sim.ensemble import Ensemble, Place
from sim.models import Community
from sim.scenario import Scenario, parse_scenario

BUSY = parse_scenario(
    {
        "group": {"size": 20},
        "run": {"days": 4},
        "arrivals": {"per_day": 2.0},
        "leaving": {"mute_probability": 0.05, "leave_probability": 0.02},
        "policies": {"cadence": {"posts_per_day": 3}},
    }
)


def played(scenario: Scenario, hour: int, groups: int = 3) -> Ensemble:
    block = Ensemble([Place(0, scenario, replication, 7) for replication in range(groups)])
    block.advance(hour)
    return block


def test_counts_stay_true_when_members_are_removed() -> None:
    block = played(BUSY, 30)
    a = block.arrays
    some = np.arange(0, len(a["members"]), 2)
    before = a["groups"].copy()
    present = a["members"]["present"].copy()
    remove_members(block, some)
    of = group_of(block, np.arange(len(present)))
    for g in range(3):
        mine = a["members"][of == g]
        group = a["groups"][g]
        here = mine["present"] == 1
        assert group["present"] == here.sum()
        assert group["hearing"] == (here & (mine["muted"] == 0)).sum()
        left = present[of == g].sum() - here.sum()
        assert group["left"] - before[g]["left"] == left > 0
        weight = a["members"]["attention"][of == g][here & (mine["muted"] == 0)].sum()
        assert group["attentive"] == pytest.approx(weight)
        assert a["daily"]["leaves"][g].sum() == group["left"]
        assert group["audience"] < before[g]["audience"]
    assert not a["members"]["present"][some].any()
    remove_members(block, some)  # who has gone cannot go again
    assert a["daily"]["leaves"].sum() == a["groups"]["left"].sum()
    block.advance()
    trace = block.trace()
    assert not trace.left[trace.joined & (a["members"]["present"] == 1)].any()


def test_who_was_removed_never_speaks_again_and_luck_stays() -> None:
    alone, changed = played(BUSY, 30), played(BUSY, 30)
    gone = np.array([0, 3, 5])
    before = changed.arrays["posts"].copy()
    remove_members(changed, gone)
    remove_members(alone, gone[:0])  # nothing is nothing
    alone.advance()
    changed.advance()
    assert changed.arrays["posts"][gone].tolist() == before[gone].tolist()
    other = group_of(changed, np.arange(len(before))) > 0
    same = alone.arrays["posts"][other] == changed.arrays["posts"][other]
    assert same.all()  # the other groups have heard nothing of it
    assert alone.trace().life.tobytes() == played(BUSY, 96).trace().life.tobytes()


@pytest.mark.parametrize("hour", [15, 30])  # local midnight, and another hour
def test_both_engines_agree_after_members_left(hour: int) -> None:
    block = played(BUSY, hour, 1)
    community = Community(BUSY, 0, 7)
    community.run(hour)
    gone = [slot for slot in (1, 4, 9) if slot in community.members]
    remove_members(block, np.array(gone))
    for slot in gone:
        member = community.members[slot]
        community.attentive -= 0.0 if member.muted else member.attention
        community.let_go(float(hour), member)
    block.advance()
    community.run()
    mine, other = block.trace(), community.trace()
    assert mine.life.tobytes() == other.life.tobytes()
    assert mine.posts.tolist() == other.posts.tolist()
    assert mine.daily["looks"].sum() == other.daily["looks"].sum()


def test_the_last_one_ends_the_community() -> None:
    block = played(BUSY, 30, 1)
    remove_members(block, np.arange(len(block.arrays["members"])))
    assert block.arrays["groups"]["over"][0] == 1
    assert block.trace().life["ended_hours"][0] == 30.0
    block.advance()
    assert block.arrays["groups"]["present"][0] == 0


def test_an_answer_is_given_within_the_hour() -> None:
    quiet = BUSY.with_values(
        {"operator.answer_probability": 0.0, "policies.cadence.posts_per_day": 0}
    )
    alone, changed = played(quiet, 30), played(quiet, 30)
    said = changed.arrays["said"]
    total = changed.arrays["groups"]["total"][group_of(changed, np.arange(len(said)))]
    wrote = np.flatnonzero((said >= 0) & (said > total - 64))[:2]
    have_answered(changed, wrote)
    for block in (alone, changed):
        block.advance(31)
    answers = [int(block.arrays["daily"]["operator_answers"].sum()) for block in (alone, changed)]
    assert answers == [0, len(wrote)]
    assert (changed.arrays["members"]["addressed"][wrote] >= 0).all()


def test_who_wrote_nothing_cannot_be_answered() -> None:
    block = played(BUSY, 1, 1)
    silent = np.flatnonzero(block.arrays["said"] < 0)[:1]
    have_answered(block, silent)
    assert not block.arrays["ring"]["wanted"].any()
