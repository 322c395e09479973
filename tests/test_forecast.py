"""Forecasts: features before the age, known answers, how good they were; one's own groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog import ChatLog
from sim.cli import main
from sim.forecast import (
    BASE_RATE,
    BEGINS,
    HORIZONS_DAYS,
    INPUTS,
    LABELS,
    MODEL,
    PAST_90,
    REGRESSION,
    STAYS,
    WEEK_TWO,
    Logistic,
    Record,
    SeenRooms,
    auc,
    brier,
    fit_logistic,
    held_out,
    model_forecast,
    outlook,
    regression,
    rooms_at,
    seen_rooms,
    shipped_record,
    skill,
)
from sim.lives.human_log import HumanLog, human_log
from sim.scenario import parse_scenario
from sim.validation.rooms import read_rooms

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


def forecast_of(
    labels: np.ndarray, forecasts: dict, rooms: np.ndarray | None = None
) -> pd.DataFrame:
    room = np.arange(len(labels)) if rooms is None else rooms
    keys = {"room": room, "age_days": 7.0, "split": 1, "fold": 0, "label": labels}
    return skill(pd.DataFrame(keys | forecasts), 7.0, 1)


def test_a_forecast_does_not_differ_from_itself_and_a_better_one_does() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(400)
    labels = (rng.random(400) < truth).astype(float)
    same = np.full(400, 0.5)
    table = forecast_of(labels, {"none": same, "again": same, "truth": truth})
    assert table.loc["again", ["auc_less", "auc_less_low", "auc_less_high"]].tolist() == [0, 0, 0]
    assert table.loc["truth", "auc"] == pytest.approx(5 / 6, abs=0.03)  # of uniform chances
    assert table.loc["truth", "auc_less_low"] > 0.2
    assert table.loc["truth", "brier_less_high"] < 0
    assert (table["brier_low"] <= table["brier"]).all()
    assert (table["brier"] <= table["brier_high"]).all()


def test_forecasts_of_the_same_rooms_again_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(150)
    labels = (rng.random(150) < truth).astype(float)
    once = forecast_of(labels, {"truth": truth}).loc["truth"]
    many = forecast_of(
        np.tile(labels, 4), {"truth": np.tile(truth, 4)}, np.tile(np.arange(150), 4)
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
    rng = np.random.default_rng(4)
    x = rng.normal(size=(20_000, 2)) * (1.0, 30.0)
    chance = 1 / (1 + np.exp(-(0.5 + x @ np.array([-1.0, 0.04]))))
    y = (rng.random(20_000) < chance).astype(float)
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
    rng = np.random.default_rng(3)
    posters = rng.poisson(3.0, rooms)
    chance = 1 / (1 + np.exp(2.0 * (posters - 3.0))) if told else np.full(rooms, 0.4)
    silent = (rng.random(rooms) < chance).astype(float)
    silent[:10] = np.nan
    features = pd.DataFrame({"posters": posters, "messages": 2 * posters, "posters_week": posters})
    features = pd.concat([features.assign(active_share=0.5, silent_days=0.5)] * 2)
    ages = np.repeat([3.0, 7.0], rooms)
    labels = pd.DataFrame({WEEK_TWO: np.append(silent, silent)})
    return SeenRooms(np.tile(np.arange(rooms), 2), ages, features, labels)


def test_rooms_are_forecast_from_the_other_half_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms, learnt = made_up(120, True), []

    def watching(early: SeenRooms, rows: np.ndarray, label: str) -> Logistic:
        learnt.append(set(early.room[rows]))
        return regression(early, rows, label)

    monkeypatch.setattr("sim.forecast.regression", watching)
    found = held_out(rooms, WEEK_TWO, {"flat": flat(0.5)}, splits=3)
    halves = found.groupby(["split", "fold"])["room"].agg(set)
    assert len(learnt) == len(halves) == 6
    assert not any(mine & judged for mine, judged in zip(learnt, halves, strict=True))
    assert found.groupby(["room", "age_days"]).size().unique().tolist() == [3]
    assert set(found["room"]) == set(range(10, 120))
    assert list(skill(found, 7).index) == [REGRESSION, BASE_RATE, "flat"]


def test_the_regression_finds_what_is_told_and_nothing_where_nothing_is() -> None:
    told = skill(held_out(made_up(400, True), WEEK_TWO, {}), 3)
    assert told.loc[REGRESSION, "auc_low"] > 0.8
    assert told.loc[BASE_RATE, "brier_less_low"] > 0
    assert told.loc[BASE_RATE, "auc"] == 0.5
    untold = skill(held_out(made_up(400, False), WEEK_TWO, {}), 3)
    assert 0.4 < untold.loc[REGRESSION, "auc"] < 0.6


def test_the_regression_beats_the_share_on_real_rooms_at_every_age(data_dir) -> None:
    rooms = seen_rooms(read_rooms(data_dir, "fcc_gitter")[2])
    assert len(np.unique(rooms.room)) == 365  # two rooms have no known creation
    assert set(rooms.labels) == set(LABELS)
    judged = held_out(rooms, BEGINS[2], {})
    for age in HORIZONS_DAYS:
        found = skill(judged, age)
        assert found.loc[REGRESSION, "auc_low"] > 0.65
        assert found.loc[BASE_RATE, "brier_less_low"] > 0


# --- one's own groups ---


def rooms(*ages_days: list[float]) -> HumanLog:
    """Make rooms born at 0 and watched for 200 days, with messages of member 0 at given ages."""
    group = np.concatenate([np.full(len(ages), g) for g, ages in enumerate(ages_days)]).astype(int)
    ts = np.concatenate([np.array(ages, float) * DAY for ages in ages_days])
    born = np.zeros(len(ages_days))
    return HumanLog(group, np.zeros(len(ts), int), ts, born + 200 * DAY, born, 0)


def test_the_model_learns_from_its_own_rooms() -> None:
    """Rooms that go on talking at their end live on more often, and chances match frequencies."""
    lively = parse_scenario(
        {"group": {"size": 4}, "arrivals": {"per_day": 0.2}, "speak": {"propensity": 0.05}}
    )
    model = model_forecast([lively], np.full(400, 30.0), seed=3)
    talking = rooms([0.1, 2.0, 5.0, 6.9, 6.95, 6.99], [0.1])
    early = rooms_at(talking, talking.created, talking.until, 7)
    for label in (WEEK_TWO, BEGINS[2]):
        chance = model[label].probability(early.inputs())
        assert 0 <= chance[0] < chance[1] <= 1


def flat(share: float) -> Logistic:
    return Logistic(float(np.log(share / (1 - share))), np.zeros(len(INPUTS)))


def record(difference_high: float) -> Record:
    row = dict.fromkeys(("auc", "auc_low", "auc_high", "brier", "brier_low", "brier_high"), 0.2)
    less = {"brier_less": -0.1, "brier_less_low": -0.2, "brier_less_high": difference_high}
    rows = [
        {"label": label, "horizon_days": h, "forecast": name, **row, **less}
        for label in LABELS for h in HORIZONS_DAYS for name in (REGRESSION, MODEL)
    ]  # fmt: skip
    numbers = pd.DataFrame(0.0, index=list(LABELS), columns=["intercept", *INPUTS])
    return Record(pd.DataFrame(rows), numbers, "made up")


@pytest.mark.parametrize(("high", "leader"), [(-0.01, MODEL), (0.01, REGRESSION)])
def test_the_model_stands_first_only_where_it_beat_the_regression(high: float, leader: str) -> None:
    assert record(high).leader(WEEK_TWO, 3) == leader


def chat(said: dict[str, list[float]], closed: dict[str, float]) -> ChatLog:
    rows = [(group, at * DAY, "msg") for group, ages in said.items() for at in ages]
    messages = pd.DataFrame(rows, columns=["group", "ts", "type"])
    messages = messages.assign(member=np.arange(len(rows)) % 5)
    groups = pd.DataFrame({"group": list(closed), "created": 0.0})
    groups["closed"] = groups["group"].map(closed) * DAY
    return ChatLog(messages, groups, None, "made up")


def test_each_group_is_asked_what_is_still_open_of_all_days_it_was_seen() -> None:
    said = {"a": [0.5], "b": [0.0, 4.0], "c": [0.5], "d": [0.0, 99.0, 100.0]}
    log = chat(said, {"a": 1.5, "b": 12.0, "c": 0.9, "d": 100.0})
    model = {label: flat(0.7) for label in LABELS}
    found = outlook(log, record(0.1), model).set_index("group")
    assert found["horizon_days"].fillna(0).to_dict() == {"a": 1, "b": 7, "c": 0, "d": 60}
    assert found.loc["d", "messages"] == 3  # the one at the very end too
    assert found["silent_now"].tolist() == [False, True, False, False]
    open_ = {label: "".join(found.index[found[f"{label}_model"].notna()]) for label in LABELS}
    assert {open_[label] for label in BEGINS.values()} == {"ad"}
    assert {open_[label] for label in STAYS.values()} == {"b"}
    assert (open_[WEEK_TWO], open_[PAST_90]) == ("a", "ab")
    assert found.loc["a", f"{WEEK_TWO}_model"] == pytest.approx(0.7)
    assert found.loc["a", f"{PAST_90}_regression"] == pytest.approx(0.5)


def test_whatever_the_first_week_the_last_days_decide() -> None:
    lively = list(np.arange(0.0, 40.0, 0.25))
    quiet = [at for at in lively if at < 34.5]  # 5.5 days ago
    gone = [at for at in lively if at < 32.0]  # 8 days ago
    log = chat({"lively": lively, "quiet": quiet, "gone": gone}, dict.fromkeys(
        ("lively", "quiet", "gone"), 40.0))  # fmt: skip
    model = {label: flat(0.7) for label in LABELS}
    found = outlook(log, shipped_record(), model).set_index("group")
    chance = found[f"{BEGINS[2]}_regression"]
    assert chance["lively"] < 0.5 < chance["quiet"]
    assert np.isnan(chance["gone"])
    assert found["silent_now"].to_dict() == {"lively": False, "quiet": False, "gone": True}
    stays = found.loc["gone", [f"{STAYS[weeks]}_regression" for weeks in STAYS]]
    assert stays.is_monotonic_decreasing
    assert stays.between(0, 1).all()


def test_the_shipped_record_holds_every_label_at_every_age_it_is_asked() -> None:
    shipped = shipped_record()
    assert set(shipped.numbers.index) == set(LABELS)
    for label in LABELS:
        late, young = label in STAYS.values(), label == WEEK_TWO
        for age in HORIZONS_DAYS:
            rows = shipped.of(label, age)
            if (late and age < 7) or (young and age > 7):
                assert rows.empty
                continue
            assert set(rows.index) == {REGRESSION, MODEL, BASE_RATE}
            assert (rows["auc_low"] <= rows["auc"]).all()
            assert (rows["auc"] <= rows["auc_high"]).all()
        few, many = np.log1p([[1, 1.0, 1.0, 0.1, 2.0], [1, 20.0, 20.0, 0.1, 2.0]])
        chance = shipped.regression(label).probability(np.array([few, many]))
        assert chance[0] > chance[1]


def test_the_command_forecasts_a_simulated_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    assert main(["run", "configs/base.toml", "--groups", "3", "--size", "12", "--days", "4",
                 "--log", str(log)]) == 0  # fmt: skip
    capsys.readouterr()
    words = ["forecast", str(log), "--rooms", "200", "--population", "configs/base.toml"]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["horizon_days"] for row in answer["groups"]} <= {3.0}
    assert set(LABELS) == set(answer["meanings"])
    assert "7 days" in answer["notes"][0]
    assert main([*words[:2], "--rooms", "3"]) == 2


def test_the_skill_is_printed_without_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--skill"]) == 0
    answer = capsys.readouterr().out.splitlines()
    assert answer[0] == "Of 100 pairs of real groups such forecasts rank 75 to 92 rightly."
    assert len(answer) <= 24
    assert main(["forecast", "--skill", "--all"]) == 0
    out = capsys.readouterr().out
    assert sum("silent week in 4 weeks" in line for line in out.splitlines()) == 6
    assert main(["forecast"]) == 2
    assert "LOG: missing" in capsys.readouterr().err


def test_a_silent_group_is_said_to_be_silent_and_is_given_the_chance_that_it_stays_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = {label: flat(0.7) for label in LABELS}
    monkeypatch.setattr("sim.cli.forecast._model", lambda *_: (model, "made up"))
    ages = np.arange(0.0, 32.0, 0.25)
    log = chat({"gone": ages, "lively": np.arange(0.0, 40.0, 0.25)}, {"gone": 40, "lively": 40})
    log.messages.to_parquet(tmp_path / "log.parquet")
    never = pd.DataFrame({"group": ["never"], "created": [0.0], "closed": [40 * 86_400.0]})
    pd.concat([log.groups, never]).to_csv(tmp_path / "groups.csv", index=False)
    words = ["forecast", str(tmp_path / "log.parquet"), "--groups", str(tmp_path / "groups.csv")]
    assert main([*words, "--all"]) == 0
    out = capsys.readouterr().out
    assert "AUC" in out
    assert "groups without a forecast, since no member ever wrote there: 1" in " ".join(out.split())
    lines = out.splitlines()
    gone, lively = (next(line for line in lines if name in line) for name in ("gone", "lively"))
    assert "8.3 d ago" in gone
    assert gone.count("silent now; stays so") == 3
    assert "silent now" not in lively
    assert main([*words, "--json"]) == 0
    rows = {row["group"]: row for row in json.loads(capsys.readouterr().out)["groups"]}
    assert rows["gone"]["silent_now"] is True
    assert rows["gone"]["silent_week_in_2_weeks_model"] is None
    assert rows["gone"]["stays_silent_2_weeks_model"] == pytest.approx(0.7)
