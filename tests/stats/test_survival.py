"""Survival curves against published tables and lifelines, and the properties they must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.stats.intervals import wilson_interval
from sim.stats.survival import logrank, survival_curve

# Weeks of remission of 21 children on 6-MP and 21 on placebo; + means still in remission
# (Freireich et al. 1963, as in Cox & Oakes 1984, table 1.1).
ON_6MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
ON_PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"

SAMPLES = st.lists(
    st.tuples(st.one_of(st.integers(0, 12), st.floats(0, 1e4)), st.booleans()),
    min_size=1,
    max_size=40,
)

FEWER = settings(max_examples=settings.default.max_examples // 3)  # lifelines is slow


def sample(text):
    words = text.split()
    return [float(word.rstrip("+")) for word in words], [not word.endswith("+") for word in words]


def split(rows):
    return [float(days) for days, _ in rows], [ended for _, ended in rows]


# --- published tables ----------------------------------------------------------------------


def test_remission_on_6mp_gives_the_published_curve() -> None:
    curve = survival_curve(*sample(ON_6MP)).query("events > 0")
    assert curve["time_days"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve["events"].tolist() == [3, 1, 1, 1, 1, 1, 1]
    # Kleinbaum & Klein, Survival Analysis (3rd ed.), table 2.2
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["survival"].tolist() == pytest.approx(published, abs=5e-5)


def test_remission_on_6mp_gives_the_log_log_band() -> None:
    # Stata's `sts list` of the same data, which prints log-log bands by default.
    band = survival_curve(*sample(ON_6MP)).set_index("time_days").loc[[6, 13, 23]]
    assert band["lower"].tolist() == pytest.approx([0.6197, 0.4316, 0.1881], abs=5e-5)
    assert band["upper"].tolist() == pytest.approx([0.9516, 0.8491, 0.6801], abs=5e-5)


def test_half_are_gone_when_the_published_medians_say() -> None:
    for weeks, median in ((ON_6MP, 23), (ON_PLACEBO, 8)):
        curve = survival_curve(*sample(weeks))
        assert curve["time_days"][(curve["survival"] <= 0.5 + 1e-12).idxmax()] == median


def test_the_log_rank_test_gives_the_published_statistic() -> None:
    test = logrank(*sample(ON_6MP), *sample(ON_PLACEBO))
    assert test.chi2 == pytest.approx(16.79, abs=0.005)  # Kleinbaum & Klein, section 2.4
    assert test.p == pytest.approx(4.2e-5, rel=0.02)


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    lower, upper = wilson_interval([81, 15, 0, 1], [263, 148, 20, 29])
    assert lower.tolist() == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert upper.tolist() == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


# --- lifelines as oracle -------------------------------------------------------------------


@FEWER
@given(SAMPLES)
def test_curve_and_band_agree_with_lifelines(rows) -> None:
    lifelines = pytest.importorskip("lifelines", reason="lifelines does not import here")
    durations, ended = split(rows)
    theirs = lifelines.KaplanMeierFitter().fit(durations, ended)
    ours = survival_curve(durations, ended)
    assert ours["time_days"].tolist() == theirs.survival_function_.index.tolist()
    table = theirs.survival_function_.iloc[:, 0].to_numpy()
    np.testing.assert_allclose(ours["survival"], table, atol=1e-9)
    inside = (ours["survival"] > 0) & (ours["survival"] < 1)
    band = theirs.confidence_interval_.to_numpy()[inside]
    np.testing.assert_allclose(np.c_[ours["lower"], ours["upper"]][inside], band, atol=1e-7)
    events = theirs.event_table
    assert ours["events"].tolist() == events["observed"].tolist()
    assert ours["censored"].tolist() == events["censored"].tolist()


@FEWER
@pytest.mark.filterwarnings("ignore:Starting with pandas")
@given(SAMPLES, SAMPLES)
def test_log_rank_agrees_with_lifelines(first, second) -> None:
    statistics = pytest.importorskip("lifelines.statistics", reason="lifelines does not import")
    (days_a, ended_a), (days_b, ended_b) = split(first), split(second)
    ours = logrank(days_a, ended_a, days_b, ended_b)
    if ours.chi2 > 0:
        theirs = statistics.logrank_test(days_a, days_b, ended_a, ended_b)
        assert ours.chi2 == pytest.approx(theirs.test_statistic, rel=1e-7, abs=1e-9)
        assert ours.p == pytest.approx(theirs.p_value, rel=1e-6, abs=1e-12)


# --- properties ----------------------------------------------------------------------------


@given(SAMPLES)
def test_a_curve_falls_within_its_band_from_one(rows) -> None:
    durations, ended = split(rows)
    curve = survival_curve(durations, ended)
    assert curve["time_days"].iloc[0] == 0
    assert (np.diff(curve["time_days"]) > 0).all()
    assert (np.diff(np.append(1.0, curve["survival"])) <= 0).all()
    assert ((curve["survival"] >= 0) & (curve["survival"] <= 1)).all()
    assert (curve["lower"] <= curve["survival"]).all()
    assert (curve["survival"] <= curve["upper"]).all()
    assert ((curve["lower"] >= 0) & (curve["upper"] <= 1)).all()
    assert curve["events"].sum() == sum(ended)
    assert curve["events"].sum() + curve["censored"].sum() == len(rows)


@given(SAMPLES)
def test_without_censoring_it_is_the_empirical_share(rows) -> None:
    durations, _ = split(rows)
    curve = survival_curve(durations, [True] * len(durations))
    alive = [np.mean(np.asarray(durations) > day) for day in curve["time_days"]]
    np.testing.assert_allclose(curve["survival"], alive, atol=1e-12)


@given(SAMPLES)
def test_a_wider_level_gives_a_wider_band(rows) -> None:
    narrow, wide = (survival_curve(*split(rows), level=level) for level in (0.5, 0.99))
    assert (wide["lower"] <= narrow["lower"] + 1e-12).all()
    assert (wide["upper"] >= narrow["upper"] - 1e-12).all()


@given(SAMPLES, SAMPLES)
def test_the_log_rank_test_has_no_first_sample(first, second) -> None:
    one = logrank(*split(first), *split(second))
    other = logrank(*split(second), *split(first))
    assert one.chi2 == pytest.approx(other.chi2, rel=1e-9, abs=1e-9)
    assert logrank(*split(first), *split(first)).chi2 == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500), st.sampled_from([0.5, 0.95, 0.999]))
def test_wilson_holds_the_share_and_mirrors(hits, misses, level) -> None:
    lower, upper = wilson_interval(hits, hits + misses, level)
    mirrored_lower, mirrored_upper = wilson_interval(misses, hits + misses, level)
    share = hits / (hits + misses) if hits + misses else 0.5
    assert 0 <= lower <= share <= upper <= 1
    assert mirrored_lower == pytest.approx(1 - upper, abs=1e-12)
    assert mirrored_upper == pytest.approx(1 - lower, abs=1e-12)


# --- edges ---------------------------------------------------------------------------------


def test_nobody_ending_leaves_all_alive() -> None:
    curve = survival_curve([3, 5, 5], [False, False, False])
    assert (
        curve["survival"].tolist()
        == curve["lower"].tolist()
        == curve["upper"].tolist()
        == [1, 1, 1]
    )
    assert curve["at_risk"].tolist() == [3, 3, 2]


def test_an_end_counts_before_a_censoring_of_the_same_time() -> None:
    curve = survival_curve([2, 2, 4], [True, False, True])
    assert curve["survival"].tolist() == pytest.approx([1, 2 / 3, 0])
    assert curve["at_risk"].tolist() == [3, 3, 1]


def test_an_end_at_time_zero_steps_down_at_once() -> None:
    curve = survival_curve([0, 3], [True, False])
    assert curve["time_days"].tolist() == [0, 3]
    assert curve["survival"].tolist() == [0.5, 0.5]


def test_no_trial_says_nothing() -> None:
    lower, upper = wilson_interval([0], [0])
    assert (lower.tolist(), upper.tolist()) == ([0.0], [1.0])


@pytest.mark.parametrize(
    ("durations", "observed", "said"),
    [
        ([], [], "at least one"),
        ([1.0, 2.0], [True], "1 values for 2 durations"),
        ([1.0, -2.0], [True, True], "1 are not finite"),
        ([math.nan, math.inf], [True, True], "2 are not finite"),
    ],
)
def test_a_bad_sample_is_the_users_error(durations, observed, said) -> None:
    with pytest.raises(InputError, match=said):
        survival_curve(durations, observed)


def test_bad_levels_and_counts_are_the_users_errors() -> None:
    with pytest.raises(InputError, match="level"):
        survival_curve([1], [True], level=1.0)
    with pytest.raises(InputError, match="successes"):
        wilson_interval(3, 2)
