"""The two nulls: rates, branching and never-used rooms as theory says."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.validation.nulls import (
    NULLS,
    TooMuchTalkError,
    fitted_null,
    hawkes_talk,
    members_of,
    null_rooms,
    null_table,
    own_posts,
)
from sim.members import arrivals_by
from sim.validation.rooms import Windows

PLAIN = {
    "per_day": 0.4,
    "fading_power": 0.5,
    "burst_ratio": 0.0,
    "burst_days": 2.0,
    "announced_days": 0.0,
    "announced_sigma": 0.0,
    "unknown_share": 0.0,
    "popularity_sigma": 0.0,
    "rate_per_day": 0.5,
    "rate_sigma": 0.0,
    "stay_days": 10.0,
    "stay_sigma": 0.0,
    "hello_probability": 0.0,
    "branching": 0.5,
    "delay_minutes": 2.0,
    "own_share": 0.3,
}
DAYS = np.full(2000, 50.0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_arrivals_fade_as_a_power_of_age() -> None:
    members = members_of(PLAIN, DAYS, rng())
    for upto_days in (1.0, 10.0, 50.0):
        counted = (members.from_day < upto_days).mean() * len(members.room) / 2000
        expected = arrivals_by(24 * upto_days, 0.4, 0.5, 0.0, 1.0)
        assert counted == pytest.approx(expected, rel=0.03)
    assert (members.to_day <= 50).all()
    assert (np.diff(members.room) >= 0).all()
    late = members_of({**PLAIN, "announced_days": 5.0}, DAYS, rng())
    assert len(late.room) / 2000 == pytest.approx(
        arrivals_by(24 * 45, 0.4, 0.5, 0.0, 1.0), rel=0.03
    )
    assert late.from_day.min() >= 5.0
    burst = members_of({**PLAIN, "burst_ratio": 10.0}, DAYS, rng())
    for upto_days in (1.0, 10.0, 50.0):
        counted = (burst.from_day < upto_days).mean() * len(burst.room) / 2000
        expected = arrivals_by(24 * upto_days, 0.4, 0.5, 10.0, 2.0)
        assert counted == pytest.approx(expected, rel=0.03)
    known = members_of({**PLAIN, "unknown_share": 0.3}, DAYS, rng())
    assert len(np.unique(known.room)) / 2000 == pytest.approx(0.7, abs=0.04)


def test_members_post_at_their_rate_while_they_stay() -> None:
    members = members_of(PLAIN, DAYS, rng())
    author, day = own_posts(PLAIN, members, rng(2))
    stayed = (members.to_day - members.from_day).sum()
    assert len(author) == pytest.approx(0.5 * stayed, rel=0.02)
    assert ((day >= members.from_day[author]) & (day <= members.to_day[author])).all()
    hello = own_posts({**PLAIN, "hello_probability": 1.0, "rate_per_day": 0.0}, members, rng(2))
    assert len(hello[0]) > len(members.room)  # the rate was drawn before: hellos come on top


def test_a_message_calls_forth_one_over_one_less_branching_in_all() -> None:
    alone = {**PLAIN, "own_share": 1.0}  # no child is lost for want of somebody present
    _, background, _ = hawkes_talk({**alone, "branching": 0.0}, DAYS, rng())
    _, all_, day = hawkes_talk(alone, DAYS, rng())
    assert len(all_) / len(background) == pytest.approx(2.0, rel=0.03)
    assert day.max() <= 50


def test_children_are_of_members_present() -> None:
    members, author, day = hawkes_talk({**PLAIN, "own_share": 0.0}, DAYS[:200], rng())
    assert ((day >= members.from_day[author]) & (day < members.to_day[author])).all()


@pytest.mark.parametrize("null", NULLS, ids=lambda null: null.name)
def test_rooms_of_a_null_are_counted_like_any_others(null) -> None:
    rooms = null_rooms(null, PLAIN, np.full(300, 60.0), 1)
    assert rooms.total == 300
    assert rooms.brought["median posters per group"].counted().value > 5
    quiet = null_rooms(null, {**PLAIN, "per_day": 0.001}, np.full(300, 60.0), 1)
    never = quiet.brought["never any human msg (of created groups)"].counted().value
    expected = np.exp(-0.001 * 80 * (1 - 1 / 6))  # a member who stays 10 d at 0.5 posts w.p. 5/6
    assert never == pytest.approx(expected, abs=0.05)


def test_independent_members_give_poisson_talk_and_children_give_bursts() -> None:
    poisson, hawkes = NULLS
    name = "median group burstiness B (>=100 msgs)"
    steady = {**PLAIN, "stay_days": 300.0, "fading_power": 0.0, "per_day": 0.2}
    calm = null_rooms(poisson, steady, np.full(60, 200.0), 1).brought[name].counted().value
    bursts = null_rooms(hawkes, steady, np.full(60, 200.0), 1).brought[name].counted().value
    assert calm < 0.25
    assert bursts > calm + 0.15


def test_rooms_beyond_counting_are_given_up_and_far_from_any_target() -> None:
    wild = {**PLAIN, "per_day": 3.0, "rate_per_day": 3.0, "stay_days": 300.0}
    with pytest.raises(TooMuchTalkError):
        null_rooms(NULLS[0], wild, np.full(2000, 400.0), 1)
    assert not len(null_table(NULLS[0], wild, np.full(2000, 400.0), 1))


def test_a_fit_comes_nearer_than_the_middle_of_the_prior() -> None:
    null = NULLS[0]
    windows = Windows(np.array([40.0, 60.0]), True)
    targets = null_table(null, PLAIN, windows.drawn(400, 9), 9)
    few = fitted_null(null, windows, targets, 100, 1, 1)
    many = fitted_null(null, windows, targets, 100, 60, 1)
    assert many.loss < few.loss
    assert set(many.values) == {one.name for one in null.prior}
