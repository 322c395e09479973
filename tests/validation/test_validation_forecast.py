"""Forecasts: features before the horizon, the regression's known answers, AUC and Brier score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog import ChatLog
from sim.lives.human_log import human_log
from sim.validation.forecast.held_out import BASE_RATE, REGRESSION, held_out
from sim.validation.forecast.logistic import fit_logistic
from sim.validation.forecast.seen import (
    BEGINS,
    HORIZONS_DAYS,
    LABELS,
    PAST_90,
    STAYS,
    WEEK_TWO,
    SeenRooms,
    rooms_at,
    seen_rooms,
)
from sim.validation.forecast.skill import auc, brier, compare_forecasts
from sim.validation.real import read_rooms

DAY = 86_400.0


# --- AUC, Brier score, intervals -------------------------------------------------------------

FORECASTS = st.lists(
    st.tuples(st.booleans(), st.sampled_from((0.0, 0.1, 0.3, 0.5, 0.9, 1.0)), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)


def columns(rows):
    labels, given_, folds = (np.array(part) for part in zip(*rows, strict=True))
    return labels.astype(float), given_, folds


@given(FORECASTS)
def test_auc_is_the_share_of_pairs_told_apart(rows) -> None:
    labels, given_, folds = columns(rows)
    for fold in (None, folds):
        same = np.zeros(len(labels)) if fold is None else fold
        pairs = [
            1.0 if given_[i] > given_[j] else 0.5 if given_[i] == given_[j] else 0.0
            for i in np.flatnonzero(labels == 1)
            for j in np.flatnonzero(labels == 0)
            if same[i] == same[j]
        ]
        expected = np.mean(pairs) if pairs else np.nan
        assert auc(labels, given_, fold) == pytest.approx(expected, nan_ok=True)


@given(FORECASTS)
def test_auc_turns_round_with_the_labels_and_ignores_the_scale(rows) -> None:
    labels, given_, _ = columns(rows)
    value = auc(labels, given_)
    assert auc(1 - labels, given_) == pytest.approx(1 - value, nan_ok=True)
    assert auc(labels, given_**3) == pytest.approx(value, nan_ok=True)


@given(FORECASTS)
def test_the_brier_score_is_least_for_the_truth_and_lies_within_0_to_1(rows) -> None:
    labels, given_, _ = columns(rows)
    assert brier(labels, labels) == 0.0
    assert 0.0 <= brier(labels, given_) <= 1.0
    best = np.full(len(labels), labels.mean())
    shift = np.full(len(labels), given_.mean())
    assert brier(labels, best) <= brier(labels, shift) + 1e-12


def test_a_forecast_does_not_differ_from_itself_and_a_better_one_does() -> None:
    luck = np.random.default_rng(1)
    truth = luck.random(400)
    labels = (luck.random(400) < truth).astype(float)
    same = np.full(400, 0.5)
    table = compare_forecasts(labels, {"none": same, "again": same, "truth": truth}, 1)
    assert table.loc["again", ["auc_less", "auc_less_low", "auc_less_high"]].tolist() == [0, 0, 0]
    assert table.loc["truth", "auc"] == pytest.approx(5 / 6, abs=0.03)  # of uniform chances
    assert table.loc["truth", "auc_less_low"] > 0.2
    assert table.loc["truth", "brier_less_high"] < 0
    assert (table["brier_low"] <= table["brier"]).all()
    assert (table["brier"] <= table["brier_high"]).all()


def test_forecasts_of_the_same_rooms_again_do_not_narrow_the_interval() -> None:
    luck = np.random.default_rng(1)
    truth = luck.random(150)
    labels = (luck.random(150) < truth).astype(float)
    once = compare_forecasts(labels, {"truth": truth}, 1).loc["truth"]
    many = compare_forecasts(
        np.tile(labels, 4), {"truth": np.tile(truth, 4)}, 1, np.tile(np.arange(150), 4)
    ).loc["truth"]
    width = once["brier_high"] - once["brier_low"]
    assert many["brier_high"] - many["brier_low"] == pytest.approx(width, rel=0.15)


# --- the regression --------------------------------------------------------------------------


def test_two_groups_have_the_logits_of_their_shares() -> None:
    x = np.repeat([0.0, 1.0], [10, 20])[:, None]
    y = np.array([1.0] * 3 + [0.0] * 7 + [1.0] * 15 + [0.0] * 5)
    fitted = fit_logistic(x, y, ridge=0.0)
    assert fitted.intercept == pytest.approx(np.log(3 / 7), abs=1e-6)
    assert fitted.slopes[0] == pytest.approx(np.log(15 / 5) - np.log(3 / 7), abs=1e-6)
    assert fitted.probability(np.array([[1.0]]))[0] == pytest.approx(0.75, abs=1e-6)


def test_known_coefficients_are_found_and_the_gradient_vanishes() -> None:
    luck = np.random.default_rng(4)
    x = luck.normal(size=(20_000, 2)) * (1.0, 30.0)
    chance = 1 / (1 + np.exp(-(0.5 + x @ np.array([-1.0, 0.04]))))
    y = (luck.random(20_000) < chance).astype(float)
    fitted = fit_logistic(x, y, ridge=0.0)
    assert [fitted.intercept, *fitted.slopes] == pytest.approx([0.5, -1.0, 0.04], rel=0.08)
    rest = y - fitted.probability(x)
    assert [rest.sum(), *(rest @ x)] == pytest.approx([0, 0, 0], abs=1e-3)


def test_separable_labels_one_label_and_flat_features_stay_finite() -> None:
    x = np.arange(20.0)[:, None]
    parted = fit_logistic(x, (x[:, 0] > 9).astype(float))
    assert np.isfinite(parted.slopes).all()
    assert parted.probability(x)[[0, 19]] == pytest.approx([0, 1], abs=0.02)
    sure = fit_logistic(x, np.ones(20))
    assert sure.probability(x) == pytest.approx(np.full(20, 1 - 0.5 / 20))
    flat = fit_logistic(np.ones((20, 2)), (x[:, 0] > 14).astype(float))
    assert flat.probability(np.ones((1, 2)))[0] == pytest.approx(0.25)


# --- features and labels ---------------------------------------------------------------------


def log_of(rows, known) -> ChatLog:
    messages = pd.DataFrame(rows, columns=["group", "member", "ts"]).assign(type="msg")
    messages["ts"] *= DAY
    groups = pd.DataFrame(known, columns=["group", "created", "closed"])
    groups[["created", "closed"]] *= DAY
    return ChatLog(messages, groups, None, "made")


def seen(log: ChatLog, age_days: float) -> SeenRooms:
    return seen_rooms(human_log(log), [age_days])


def test_features_stop_at_the_age_and_labels_begin_after_it() -> None:
    rows = [("a", 1, 0.5), ("a", 2, 0.9), ("a", 1, 2.9), ("a", 9, 3.0), ("a", 1, 7.0)]
    rows += [("b", 4, 6.9), ("b", 4, 14.0), ("b", 4, 95.0)]
    known = [("a", 0.0, 200.0), ("b", 0.0, 100.0), ("never", 0.0, 200.0), ("late", 0.0, 3.0)]
    found = seen(log_of(rows, known), 3)
    assert found.features["messages"].tolist() == [3, 0, 0, 0]
    assert found.features["posters"].tolist() == [2, 0, 0, 0]
    assert found.features["silent_days"].tolist() == pytest.approx([0.1, 3, 3, 3])
    assert found.labels[WEEK_TWO].tolist() == pytest.approx([0, 1, 1, np.nan], nan_ok=True)
    assert found.labels[PAST_90].tolist() == pytest.approx([1, np.nan, 1, np.nan], nan_ok=True)
    log = human_log(log_of(rows, known))
    first = rooms_at(log, log.first, log.until, 3)
    assert first.features["messages"].tolist() == [4, 1]  # three days from a's first, at 0.5


def test_the_last_week_is_counted_apart() -> None:
    rows = [("a", 1, 0.5), ("a", 2, 21.5), ("a", 2, 21.6), ("a", 3, 26.5)]
    found = seen(log_of(rows, [("a", 0.0, 400.0)]), 28).features.iloc[0]
    assert found[["posters", "messages", "posters_week"]].tolist() == [3, 4, 2]
    assert found["active_share"] == pytest.approx(2 / 7)
    assert found["silent_days"] == pytest.approx(1.5)


SAID = st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 120.0)), max_size=20)


@settings(max_examples=settings.default.max_examples // 3)
@given(SAID, st.sampled_from(HORIZONS_DAYS))
def test_no_feature_moves_with_anything_said_at_or_after_the_age(said, age) -> None:
    known = [("a", 0.0, 300.0)]
    rows = [("a", 9, 0.0), *(("a", who, at) for who, at in said)]
    whole, early = log_of(rows, known), log_of([r for r in rows if r[2] < age], known)
    pd.testing.assert_frame_equal(seen(whole, age).features, seen(early, age).features)


@given(SAID, st.floats(0.1, 100.0), st.floats(0.1, 250.0))
def test_labels_are_what_a_plain_look_at_the_weeks_ahead_finds(said, age, seen_days) -> None:
    log = human_log(log_of([("a", who, at) for who, at in said] or [("b", 0, 0.0)], []))
    born, until = np.zeros(log.n_groups), np.full(log.n_groups, seen_days * DAY)
    found = rooms_at(log, born, until, age).labels.iloc[0]
    times = log.ts / DAY if said else np.zeros(1)
    before, later = [0.0, *times[times < age]], times[times >= age]
    silent = age - before[-1] >= 7
    for weeks, label in BEGINS.items():
        end = age + 7 * weeks
        inside = later[later < end]
        longest = np.diff([before[-1], *inside, end]).max()
        begun = np.nan if silent or seen_days * DAY / DAY < end else float(longest >= 7)
        assert found[label] == pytest.approx(begun, nan_ok=True)
        stays = float(not len(inside)) if silent and seen_days * DAY / DAY >= end else np.nan
        assert found[STAYS[weeks]] == pytest.approx(stays, nan_ok=True)


# --- held out --------------------------------------------------------------------------------


def made_up(rooms: int, told: bool) -> SeenRooms:
    luck = np.random.default_rng(3)
    posters = luck.poisson(3.0, rooms)
    chance = 1 / (1 + np.exp(2.0 * (posters - 3.0))) if told else np.full(rooms, 0.4)
    silent = (luck.random(rooms) < chance).astype(float)
    silent[:10] = np.nan
    features = pd.DataFrame({"posters": posters, "messages": 2 * posters, "posters_week": posters})
    features = pd.concat([features.assign(active_share=0.5, silent_days=0.5)] * 2)
    ages = np.repeat([3.0, 7.0], rooms)
    labels = pd.DataFrame({WEEK_TWO: np.append(silent, silent)})
    return SeenRooms(np.tile(np.arange(rooms), 2), ages, features, labels)


def test_rooms_are_forecast_from_the_other_half_only() -> None:
    rooms, seen = made_up(120, True), []

    def watching(early, learnt, judged, label, seed):
        seen.append((set(early.room[learnt]), set(early.room[judged])))
        return np.full(int(judged.sum()), 0.5)

    found = held_out(rooms, WEEK_TWO, {"watching": watching}, splits=3)
    assert len(seen) == 6
    assert not any(learnt & judged for learnt, judged in seen)
    assert found.frame.groupby(["room", "age_days"]).size().unique().tolist() == [3]
    assert set(found.frame["room"]) == set(range(10, 120))
    assert list(found.skill(7).index) == [REGRESSION, BASE_RATE, "watching"]


def test_the_regression_finds_what_is_told_and_nothing_where_nothing_is() -> None:
    told = held_out(made_up(400, True), WEEK_TWO).skill(3)
    assert told.loc[REGRESSION, "auc_low"] > 0.8
    assert told.loc[BASE_RATE, "brier_less_low"] > 0
    assert told.loc[BASE_RATE, "auc"] == 0.5
    untold = held_out(made_up(400, False), WEEK_TWO).skill(3)
    assert 0.4 < untold.loc[REGRESSION, "auc"] < 0.6


def test_the_regression_beats_the_share_on_real_rooms_at_every_age(data_dir) -> None:
    rooms = seen_rooms(read_rooms(data_dir, "fcc_gitter")[2])
    assert len(np.unique(rooms.room)) == 365  # two rooms have no known creation
    assert set(rooms.labels) == set(LABELS)
    judged = held_out(rooms, BEGINS[2])
    for age in HORIZONS_DAYS:
        skill = judged.skill(age)
        assert skill.loc[REGRESSION, "auc_low"] > 0.65
        assert skill.loc[BASE_RATE, "brier_less_low"] > 0
