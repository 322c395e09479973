"""Whether a member speaks, mutes or leaves: ranges, directions, limits, and what 0 switches off."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.params import Params

SHARES = st.floats(0, 1)
SIZES = st.integers(0, 5000)
STRENGTHS = st.floats(0, 10)


@given(SIZES, SIZES, st.floats(0, 5))
def test_an_audience_lifts_and_a_crowd_lowers(few: int, more: int, strength: float) -> None:
    low, high = sorted((few, more))
    lifted, lowered = (
        (rules.audience_factor(n, strength) for n in (low, high)),
        (rules.loafing_factor(n, strength, 0.5) for n in (high, low)),
    )
    assert 1 <= next(lifted) <= next(lifted)
    assert 0 < next(lowered) <= next(lowered) <= 1
    assert rules.audience_factor(high, strength) == 1 + strength * math.log(1 + high)


@given(SIZES, st.floats(0, 5), SHARES)
def test_audience_and_loafing_can_be_switched_off(
    size: int, strength: float, identifiability: float
) -> None:
    assert rules.audience_factor(size, 0.0) == 1
    assert rules.loafing_factor(size, 0.0, identifiability) == 1
    assert rules.loafing_factor(size, strength, 1.0) == 1  # whoever is seen does not loaf
    assert rules.loafing_factor(size, strength, identifiability) <= 1


@given(SHARES, SHARES, SHARES)
def test_company_lifts_from_strangers_to_friends(
    familiarity: float, more: float, share: float
) -> None:
    low, high = sorted((familiarity, more))
    assert rules.company_factor(0.0, share) == share
    assert rules.company_factor(1.0, share) == pytest.approx(1.0)
    assert rules.company_factor(low, share) <= rules.company_factor(high, share) + 1e-15
    assert rules.company_factor(low, 1.0) == 1  # 1: off


@given(SHARES, SHARES, SHARES, STRENGTHS, SHARES, SHARES)
def test_money_lifts_the_weakly_tied_and_crowds_out_the_tied(
    mood: float, expectation: float, familiarity: float, lift: float, crowding: float, dip: float
) -> None:
    factor = rules.mood_factor(mood, expectation, familiarity, lift, crowding, dip)
    assert 0 <= factor <= 1 + lift
    assert rules.mood_factor(mood, expectation, familiarity, 0.0, 0.0, 0.0) == 1
    stranger = rules.mood_factor(mood, 0.0, 0.0, lift, crowding, dip)
    friend = rules.mood_factor(mood, 0.0, 1.0, lift, crowding, dip)
    assert friend <= 1 <= stranger
    assert rules.mood_factor(0.0, expectation, familiarity, lift, crowding, dip) == pytest.approx(
        1 - dip * expectation  # what is missed when packets stop: below the never paid
    )


@given(st.floats(0, 100), SHARES, SHARES, st.floats(0, 20), st.floats(1, 50))
def test_unmet_needs_push_to_open_talk(
    own: float, need: float, more: float, push: float, audience: float
) -> None:
    low, high = sorted((need, more))
    drive = rules.open_drive(own, low, push, audience)
    assert 0 <= drive <= rules.open_drive(own, high, push, audience)
    assert drive >= own
    assert rules.open_drive(own, low, 0.0, 1.0) == own  # push 0: off
    assert rules.open_drive(0.0, low, push, audience) == 0


@given(
    st.floats(0, 100), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4),
    st.floats(0.1, 1e4), st.integers(0, 5000), st.integers(0, 5000), st.floats(1, 1e9),
)  # fmt: skip
def test_old_messages_and_load_lower_the_drive_to_answer(
    own: float, ratio: float, age: float, older: float,
    fresh: float, unread: int, more: int, load: float,
) -> None:  # fmt: skip
    drive = rules.answer_drive(own, ratio, age, fresh, unread, load)
    assert 0 <= drive <= own * ratio * (1 + 1e-12)
    assert rules.answer_drive(own, ratio, age + older, fresh, unread, load) <= drive
    assert rules.answer_drive(own, ratio, age, fresh, unread + more, load) <= drive
    assert rules.answer_drive(own, 0.0, age, fresh, unread, load) == 0  # ratio 0: off
    at_half = rules.answer_drive(own, ratio, fresh / 60, fresh, 0, load)
    assert at_half == pytest.approx(own * ratio / 4)  # reading it and writing are both late
    crowded = rules.answer_drive(own, ratio, 0.0, fresh, 100, 100.0)
    assert crowded == pytest.approx(own * ratio / 2)


@given(st.floats(1e-9, 1e6), st.floats(0, 1e6), st.floats(0.001, 1))
def test_no_drive_is_strong_enough_to_pass_the_limit(
    drive: float, more: float, most: float
) -> None:
    chance = rules.speak_probability(drive, most)
    just_above = 1 + 1e-12  # rounding
    assert 0 < chance <= rules.speak_probability(drive + more, most) * just_above
    assert chance <= min(drive, most) * just_above
    assert rules.speak_probability(0.0, most) == 0
    assert rules.speak_probability(most, most) == pytest.approx(most / 2)


@given(
    SHARES, st.floats(0, 50), st.floats(0, 50), st.floats(0, 20), st.floats(0, 59), SHARES, SHARES,
    SHARES, SHARES,
)  # fmt: skip
def test_fatigue_and_ads_drive_members_out_and_habit_holds_them(
    base: float, fatigue: float, more: float, weight: float, ads: float, habit: float, known: float,
    verdict: float, felt: float,
) -> None:  # fmt: skip
    low, high = fatigue, fatigue + more
    for chance in (
        lambda tired, seen, held: rules.mute_probability(base, tired, weight, seen, held),
        lambda tired, seen, held: rules.leave_probability(
            base, tired, weight, seen, held, known, verdict, felt
        ),
    ):
        assert 0 <= chance(low, ads, habit) <= chance(high, ads, habit) <= 1
        assert chance(low, 0.0, habit) <= chance(low, ads, habit) <= chance(low, ads, 0.0)
        assert chance(high, ads, 1.0) == 0
    assert rules.mute_probability(0.0, fatigue, weight, ads, habit) == 0  # 0: off
    assert rules.leave_probability(0.0, fatigue, weight, ads, habit, known, verdict, felt) == 0
    assert rules.leave_probability(base, fatigue, weight, ads, habit, 1.0, verdict, felt) == 0


@given(SHARES, SHARES, SHARES)
def test_a_good_verdict_holds_members(verdict: float, other: float, felt: float) -> None:
    low, high = sorted((verdict, other))
    stays, goes = (
        rules.leave_probability(0.1, 1.0, 0.0, 0.0, 0.0, 0.0, v, felt) for v in (high, low)
    )
    assert 0 <= stays <= goes <= 0.2 + 1e-12
    assert rules.leave_probability(0.1, 1.0, 0.0, 0.0, 0.0, 0.0, verdict, 0.0) == 0.1  # off
    assert rules.leave_probability(0.1, 1.0, 0.0, 0.0, 0.0, 0.0, 0.5, felt) == 0.1  # just pays


def test_leaving_is_rarer_than_muting_at_the_shipped_values() -> None:
    exits = Params().leaving
    mute = rules.mute_probability(exits.mute_probability, 1.0, exits.ad_weight, 0.0, 0.3)
    held = (exits.ad_weight, 0.0, 0.3, 0.0, 0.5, exits.verdict_weight)
    leave = rules.leave_probability(exits.leave_probability, 1.0, *held)
    assert mute >= 5 * leave


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0.001, 1), st.floats(0.05, 365))
def test_silence_lowers_the_drive_to_open_and_never_to_nothing(
    hours: float, more: float, share: float, days: float
) -> None:
    short, long = sorted((hours, more))
    assert share * (1 - 1e-12) <= rules.quiet_factor(long, share, days)
    assert rules.quiet_factor(long, share, days) <= rules.quiet_factor(short, share, days) <= 1
    assert rules.quiet_factor(0.0, share, days) == pytest.approx(1.0)
    assert rules.quiet_factor(math.inf, share, days) == pytest.approx(share)
    assert rules.quiet_factor(hours, 1.0, days) == 1  # 1: off


@given(st.floats(1e-6, 100), st.floats(1e-6, 100), st.floats(0, 1))
def test_evenness_draws_answers_of_the_shy_and_the_loud_together(
    own: float, mean: float, evenness: float
) -> None:
    evened = own * rules.evening_factor(own, mean, evenness)
    low, high = sorted((own, mean))
    assert low * (1 - 1e-9) <= evened <= high * (1 + 1e-9)
    assert rules.evening_factor(own, mean, 0.0) == 1  # 0: off
    assert own * rules.evening_factor(own, mean, 1.0) == pytest.approx(mean)


@given(SHARES, SHARES, st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0.1, 1000))
def test_members_write_on_more_as_they_get_used_to_it(
    most: float, newcomer: float, earlier: int, later: int, half: float
) -> None:
    few, many = sorted((earlier, later))
    chances = [rules.more_probability(most, newcomer, n, half) for n in (0, few, many)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(most * newcomer, abs=1e-15)
    assert chances[-1] <= most
    assert rules.more_probability(0.0, newcomer, few, half) == 0  # 0: off


@given(st.floats(0, 1e4), st.floats(0, 1), SHARES, SHARES, st.floats(0.01, 365))
def test_a_team_breaks_a_silence_in_part(
    silent: float, newest: float, team: float, share: float, days: float
) -> None:
    newest = newest * silent  # anybody's newest message is no older than a member's
    alone, as_members = (rules.quiet_factor(hours, share, days) for hours in (silent, newest))
    assert rules.silence_factor(silent, newest, 0.0, share, days) == alone
    assert rules.silence_factor(silent, newest, 1.0, share, days) == as_members  # 1: off
    between = rules.silence_factor(silent, newest, team, share, days)
    assert alone - 1e-12 <= between <= as_members + 1e-12


@given(STRENGTHS, STRENGTHS, st.floats(0, 3), SHARES, SHARES)
def test_a_team_is_answered_by_worth_and_trust(
    own: float, ratio: float, quality: float, match: float, trust: float
) -> None:
    drive = rules.team_drive(own, ratio, quality, match, trust)
    assert drive == pytest.approx(own * ratio * quality * match * trust)
    assert rules.team_drive(own, 0.0, quality, match, trust) == 0  # off
    assert rules.team_drive(own, ratio, 0.0, match, trust) == 0
    assert rules.team_drive(own, ratio, quality, match, 0.0) == 0
    assert rules.team_drive(own, 1.0, 1.0, 1.0, 1.0) == own  # as a member


@given(SHARES, st.floats(0, 50), st.floats(0, 50))
def test_the_rested_unmute_sooner(base: float, fatigue: float, more: float) -> None:
    chance = rules.unmute_probability(base, fatigue)
    assert 0 <= rules.unmute_probability(base, fatigue + more) <= chance <= base
    assert rules.unmute_probability(base, 0.0) == base
    assert rules.unmute_probability(0.0, fatigue) == 0  # off


@given(STRENGTHS, st.floats(0, 50), st.floats(0, 50), STRENGTHS)
def test_the_tired_speak_less(drive: float, fatigue: float, more: float, weight: float) -> None:
    tired = rules.when_tired(drive, fatigue, weight)
    assert 0 <= rules.when_tired(drive, fatigue + more, weight) <= tired <= drive
    assert rules.when_tired(drive, fatigue, 0.0) == drive  # off


@given(STRENGTHS, SHARES, STRENGTHS, SHARES)
def test_the_push_to_speak_lies_between_two_hungers(
    belonging: float, company: float, recognition: float, notice: float
) -> None:
    push = rules.social_push(belonging, company, recognition, notice)
    if belonging + recognition == 0:
        assert push == 0
    elif belonging + recognition > 1e-300:
        assert min(company, notice) - 1e-9 <= push <= max(company, notice) + 1e-9


@given(SHARES, SHARES, SHARES, st.booleans(), SHARES)
def test_an_opener_asks_as_far_as_information_is_missed(
    u: float, share: float, hunger: float, first: bool, content: float
) -> None:
    kind = rules.opener(u, share, hunger, first, content)
    assert (kind == 0) == (u < share * hunger)
    assert kind in (0, 1) if first else kind in (0, 2, 3)
    assert rules.opener(u, 0.0, hunger, False, 0.0) == 3
