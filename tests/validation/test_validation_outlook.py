"""Forecasts of one's own groups: the model's conditioning, the record, the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.chatlog import ChatLog
from sim.cli import main
from sim.lives.human_log import HumanLog
from sim.scenario import parse_scenario
from sim.validation.forecast.held_out import BASE_RATE, REGRESSION
from sim.validation.forecast.logistic import Logistic
from sim.validation.forecast.model import ModelForecast, model_forecast
from sim.validation.forecast.outlook import MODEL, Record, outlook, shipped_record
from sim.validation.forecast.seen import (
    BEGINS,
    HORIZONS_DAYS,
    INPUTS,
    LABELS,
    PAST_90,
    STAYS,
    WEEK_TWO,
    rooms_at,
)

DAY = 86_400.0


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
    every = np.ones(2, dtype=bool)
    for label in (WEEK_TWO, BEGINS[2]):
        chance = model(early, every, every, label, 1)
        assert 0 <= chance[0] < chance[1] <= 1
    assert model.rooms == 400


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
    model = ModelForecast({label: flat(0.7) for label in LABELS}, 1)
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
    model = ModelForecast({label: flat(0.7) for label in LABELS}, 1)
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
    out = capsys.readouterr().out
    assert sum("silent week in 4 weeks" in line for line in out.splitlines()) == 6
    assert main(["forecast"]) == 2
    assert "LOG: missing" in capsys.readouterr().err


def test_a_silent_group_is_said_to_be_silent_and_is_given_the_chance_that_it_stays_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ModelForecast({label: flat(0.7) for label in LABELS}, 1)
    monkeypatch.setattr("sim.cli.forecast._model", lambda *_: (model, "made up"))
    ages = np.arange(0.0, 32.0, 0.25)
    log = chat({"gone": ages, "lively": np.arange(0.0, 40.0, 0.25)}, {"gone": 40, "lively": 40})
    log.messages.to_parquet(tmp_path / "log.parquet")
    never = pd.DataFrame({"group": ["never"], "created": [0.0], "closed": [40 * 86_400.0]})
    pd.concat([log.groups, never]).to_csv(tmp_path / "groups.csv", index=False)
    words = ["forecast", str(tmp_path / "log.parquet"), "--groups", str(tmp_path / "groups.csv")]
    assert main(words) == 0
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
