"""What a look takes in: rules of reading, needs, novelty, fatigue, habit and trust."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.rules.reading import LANES

SHARES = st.floats(0, 1)
GAINS = st.floats(0, 1e3)
CAPS = st.floats(1, 60)


@given(st.integers(-5, 10_000), CAPS)
def test_a_look_reads_by_the_published_formula(unread: int, cap: float) -> None:
    read = rules.messages_read(unread, cap)
    if unread <= 0:
        assert read == 0
        return
    assert read == max(1, math.floor(cap * (1 - math.exp(-unread / cap))))
    assert 1 <= read <= min(unread, cap)
    assert read <= rules.messages_read(unread + 1, cap) <= read + 1


@given(SHARES, SHARES)
def test_topics_match_on_a_circle(interest: float, topic: float) -> None:
    match = rules.topic_match(interest, topic)
    assert 0 <= match <= 1
    assert match == rules.topic_match(topic, interest)
    assert rules.topic_match(interest, interest) == 1
    turned = rules.topic_match((interest + 0.25) % 1, (topic + 0.25) % 1)
    assert turned == pytest.approx(match, abs=1e-9)


@given(st.floats(0, 3), SHARES, st.floats(0, 10), st.floats(0, 10))
def test_a_tie_or_trust_never_lowers_a_message_s_worth(
    quality: float, match: float, bonus: float, more: float
) -> None:
    worth = rules.message_worth(quality, match, bonus)
    assert 0 <= worth <= rules.message_worth(quality, match, bonus + more)
    assert rules.message_worth(quality, match, 0.0) == quality * match


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0.5, 1e9))
def test_novelty_falls_with_exposure_by_half_at_its_half(
    exposure: float, more: float, half: float
) -> None:
    fresh = rules.novelty(exposure, half)
    assert 0 < rules.novelty(exposure + more, half) <= fresh <= 1
    assert rules.novelty(0.0, half) == 1
    assert rules.novelty(half, half) == 0.5


@given(SHARES, SHARES, SHARES)
def test_hunger_comes_back_in_one_step_or_in_two(hunger: float, kept: float, then: float) -> None:
    grown = rules.regrown_hunger(hunger, kept)
    assert hunger - 1e-12 <= grown <= 1
    twice = rules.regrown_hunger(grown, then)
    assert twice == pytest.approx(rules.regrown_hunger(hunger, kept * then), abs=1e-12)
    assert rules.regrown_hunger(hunger, 0.0) == 1


@given(SHARES, GAINS, GAINS)
def test_feeding_stills_hunger_with_diminishing_returns(
    hunger: float, gain: float, more: float
) -> None:
    fed = rules.fed_hunger(hunger, gain)
    assert 0 <= rules.fed_hunger(hunger, gain + more) <= fed <= hunger
    assert rules.fed_hunger(hunger, 0.0) == hunger
    first_relief = hunger - fed
    second_relief = fed - rules.fed_hunger(fed, gain)
    assert second_relief <= first_relief + 1e-12


@given(SHARES, SHARES, st.floats(0, 50), st.floats(0, 1))
def test_habit_follows_relief_up_to_full_habit(
    habit: float, kept: float, gain: float, relief: float
) -> None:
    learned = rules.next_habit(habit, kept, gain, relief)
    assert habit * kept <= learned <= 1
    assert rules.next_habit(habit, kept, 0.0, relief) == habit * kept  # gain 0: no learning
    assert rules.next_habit(habit, 1.0, gain, 0.0) == habit


@given(st.floats(0.01, 2), st.floats(0.1, 60), st.floats(0, 1))
def test_relief_at_a_steady_rate_leads_to_habit_in_proportion(
    gain: float, days: float, relief_per_day: float
) -> None:
    habit = 0.0
    kept = rules.kept_share(24.0 * days / 50, 24.0 * days)  # fifty looks an e-folding time
    for _ in range(1_000):
        habit = rules.next_habit(habit * kept, 1.0, gain / days, relief_per_day * days / 50)
    assert habit == pytest.approx(min(1.0, gain * relief_per_day), rel=0.03)


@given(SHARES, SHARES, st.floats(0, 20), st.floats(0, 20))
def test_rewards_lift_and_losses_lower_within_0_and_1(
    level: float, step: float, times: float, more: float
) -> None:
    lifted = rules.rewarded(level, step, times)
    assert level <= lifted <= rules.rewarded(level, step, times + more) + 1e-15 <= 1 + 1e-12
    assert rules.rewarded(level, 0.0, times) == level  # step 0: off
    worn = rules.eroded(level, step, times)
    assert 0 <= rules.eroded(level, step, times + more) <= worn <= level
    assert rules.eroded(level, 0.0, times) == level


@given(st.integers(0, 10_000), st.integers(0, 10_000), CAPS)
def test_overload_rises_with_what_is_skipped(skipped: int, more: int, cap: float) -> None:
    share = rules.skipped_share(skipped, cap)
    assert 0 <= share <= rules.skipped_share(skipped + more, cap) < 1
    assert rules.skipped_share(0, cap) == 0


@given(st.integers(0, 59), st.integers(0, 59), SHARES, SHARES, st.floats(1, 50), st.floats(0, 5))
def test_ads_and_overload_tire_more(
    read: int, ads: int, skipped: float, each: float, ratio: float, overload: float
) -> None:
    ads = min(ads, read)
    tired = rules.fatigue_added(read, ads, skipped, each, ratio, overload)
    plain = rules.fatigue_added(read, 0, 0.0, each, ratio, overload)
    assert tired >= plain == each * read
    assert rules.fatigue_added(read, ads, skipped, 0.0, ratio, 0.0) == 0  # both 0: off
    assert rules.fatigue_added(1, 1, 0.0, each, ratio, 0.0) == pytest.approx(each * ratio)


@given(st.floats(0, 50), st.floats(0, 50))
def test_a_tie_s_strength_rises_below_one(weight: float, more: float) -> None:
    assert 0 <= rules.tie_strength(weight) <= rules.tie_strength(weight + more) < 1
    assert rules.tie_strength(0.0) == 0


@given(st.lists(st.floats(0, 3), max_size=60))
def test_four_sums_by_turns_add_up_to_the_whole(worth: list[float]) -> None:
    sums = [0.0] * LANES
    for back, value in enumerate(worth):
        sums[rules.lane(back)] += value
    assert rules.lanes_total(*sums) == pytest.approx(math.fsum(worth), rel=1e-12)
    turns = [[rules.lane(back) for back in range(len(worth))].count(n) for n in range(LANES)]
    assert max(turns) - min(turns) <= 1


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 100), st.floats(0, 100))
def test_relief_counts_for_habit_by_whose_it_is(
    gain: float, team_gain: float, ours: float, theirs: float
) -> None:
    weight = rules.habit_weight(gain, team_gain, ours, ours + theirs)
    low, high = sorted((gain, team_gain))
    assert low - 1e-12 <= weight <= high + 1e-12
    assert rules.habit_weight(gain, gain, ours, ours + theirs) == gain  # no difference
    assert rules.habit_weight(gain, team_gain, 0.0, theirs) == gain
    assert rules.habit_weight(gain, team_gain, 1.0, 1.0) == pytest.approx(team_gain)


@given(st.floats(0, 100), st.integers(0, 60), st.floats(0, 3), st.floats(0, 9), st.floats(0, 2))
def test_trust_is_earned_above_an_expectation(
    useful: float, read: int, expected: float, greeted: float, warmth: float
) -> None:
    earned = rules.earned_worth(useful, read, expected, greeted, warmth)
    assert earned == pytest.approx(useful - expected * read + warmth * greeted)
    assert rules.earned_worth(useful, read, 0.0, greeted, 0.0) == useful  # both off
    assert rules.earned_worth(0.0, 1, expected, 0.0, warmth) == -expected


@given(st.integers(1, 60), st.floats(0, 60), SHARES, st.floats(0, 1), st.floats(1, 50))
def test_a_look_costs_by_what_is_read_and_skipped(
    read: int, untolerated: float, overload: float, cost: float, ads: float
) -> None:
    whole = rules.look_cost(read, untolerated, overload, cost, ads, 40.0)
    assert whole >= rules.look_cost(read, 0.0, 0.0, cost, ads, 40.0) == pytest.approx(cost * read)
    assert rules.look_cost(read, untolerated, overload, 0.0, ads, 40.0) == 0
    assert rules.look_cost(read, untolerated, 0.0, cost, 1.0, 40.0) == pytest.approx(cost * read)


@given(SHARES, st.integers(1, 60), SHARES, st.floats(0, 10), st.floats(1, 1e4))
def test_a_verdict_moves_to_what_a_look_was_worth(
    verdict: float, read: int, relief: float, cost: float, memory: float
) -> None:
    after = rules.next_verdict(verdict, read, relief, cost, memory)
    worth = relief / (relief + cost) if relief + cost > 0 else verdict
    assert min(verdict, worth) - 1e-12 <= after <= max(verdict, worth) + 1e-12
    assert rules.next_verdict(verdict, 0, relief, cost, memory) == verdict  # nothing read
    assert rules.next_verdict(verdict, read, 0.0, 0.0, memory) == verdict


@given(SHARES, st.floats(0, 1), st.floats(0, 1e3))
def test_a_level_moves_either_way_to_the_same_bits(level: float, step: float, by: float) -> None:
    assert rules.moved(level, step, by) == rules.rewarded(level, step, by)
    assert rules.moved(level, step, -by) == rules.eroded(level, step, by)


@given(SHARES)
def test_the_middle_of_topics_lies_among_them(breadth: float) -> None:
    assert 0 <= rules.middle_topic(breadth) <= breadth
    assert rules.middle_topic(breadth) == pytest.approx(breadth - rules.middle_topic(breadth))
