"""What operators do to single members: letters, topics, a change of hands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.rules.acts import LEAST_WORTH
from sim.state import MIDDLE, OWN

SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES)
def test_an_act_is_about_a_place_the_middle_or_what_its_receiver_likes(
    place: float, middle: float, own: float
) -> None:
    assert rules.act_topic(place, middle, own) == place
    assert rules.act_topic(MIDDLE, middle, own) == middle
    assert rules.act_topic(OWN, middle, own) == own


@given(SHARES, SHARES, SHARES)
def test_letters_reach_unmute_and_bring_back_more_of_those_who_are_content(
    base: float, verdict: float, other: float
) -> None:
    low, high = sorted([verdict, other])
    assert base / 2 <= rules.letter_probability(base, low) <= rules.letter_probability(base, high)
    assert rules.letter_probability(base, high) <= base
    assert rules.letter_probability(0.0, high) == 0.0
    assert rules.letter_unmute_probability(base, low) >= 0
    assert rules.letter_unmute_probability(base, low) <= base * high
    assert 0 <= rules.return_probability(base, low) <= rules.return_probability(base, high) <= base


@given(st.floats(0, 3), SHARES)
def test_a_letter_is_worth_what_it_says_to_its_reader(quality: float, match: float) -> None:
    assert rules.letter_worth(quality, match) == max(LEAST_WORTH, quality * match) > 0


@given(SHARES, st.floats(0, 1e9))
def test_trust_goes_with_the_person(trust: float, loss: float) -> None:
    assert rules.handed_over(trust, 0.0) == trust
    assert rules.handed_over(trust, loss) == pytest.approx(trust * (1 - min(1.0, loss)), abs=1e-12)


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_an_activity_score_counts_the_newest_whole(
    recent: float, hours: float, more: float
) -> None:
    counted = rules.next_recent(recent, hours, 14.0)
    assert 1 <= rules.next_recent(recent, hours + more, 14.0) <= counted <= recent + 1
