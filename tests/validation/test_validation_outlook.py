"""Forecasts of one's own groups: the model's conditioning, the record, the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.chatlog import ChatLog
from sim.cli import main
from sim.patterns.human import HumanLog
from sim.scenario import parse_scenario
from sim.validation.forecast.baseline import REGRESSION
from sim.validation.forecast.early import LABELS, PAST_90, WEEK_TWO, rooms_after
from sim.validation.forecast.logistic import Logistic
from sim.validation.forecast.model import ModelForecast, model_forecasts
from sim.validation.forecast.outlook import MODEL, Record, outlook, shipped_record

DAY = 86_400.0
HORIZONS = (1, 3, 7)


def rooms(*ages_days: list[float]) -> HumanLog:
    """Make rooms born at 0 and watched for 200 days, with messages of member 0 at given ages."""
    group = np.concatenate([np.full(len(ages), g) for g, ages in enumerate(ages_days)]).astype(int)
    ts = np.concatenate([np.array(ages, float) * DAY for ages in ages_days])
    born = np.zeros(len(ages_days))
    return HumanLog(group, np.zeros(len(ts), int), ts, born + 200 * DAY, born, 0)


def test_nothing_from_the_horizon_on_is_a_feature() -> None:
    early = rooms([0.5, 2.5, 2.999], [0.1])
    later = rooms([0.5, 2.5, 2.999, 3.0, 9.0, 100.0], [0.1, 3.0])
    known, more = (rooms_after(log, log.created, log.until, 3.0) for log in (early, later))
    pd.testing.assert_frame_equal(known.features, more.features)
    assert known.features["late_messages"].tolist() == [2, 0]
    assert known.features["silent_days"].tolist() == pytest.approx([0.001, 2.9])
    assert known.labels[WEEK_TWO].tolist() == [1, 1]
    assert more.labels[[WEEK_TWO, PAST_90]].to_numpy().tolist() == [[0, 0], [1, 1]]


def test_the_model_learns_from_its_own_rooms() -> None:
    """Rooms that go on talking at their end live on more often, and chances match frequencies."""
    lively = parse_scenario(
        {"group": {"size": 4}, "arrivals": {"per_day": 0.2}, "speak": {"propensity": 0.05}}
    )
    days = np.full(400, 30.0)
    model = model_forecasts([lively], HORIZONS, days, seed=3)[7]
    talking = rooms([0.1, 2.0, 5.0, 6.9, 6.95, 6.99], [0.1])
    early = rooms_after(talking, talking.created, talking.until, 7)
    chance = model.probability(early, WEEK_TWO)
    assert 0 <= chance[0] < chance[1] <= 1
    assert model.rooms == 400


def flat(share: float, inputs: int) -> Logistic:
    return Logistic(float(np.log(share / (1 - share))), np.zeros(inputs))


def record(difference_high: float) -> Record:
    row = dict.fromkeys(("auc", "auc_low", "auc_high", "brier", "brier_low", "brier_high"), 0.2)
    own = {"intercept": 0.0, "slope_posters": 0.0, "slope_messages": 0.0}
    less = {"brier_less": -0.1, "brier_less_low": -0.2, "brier_less_high": difference_high}
    rows = [
        {"label": label, "horizon_days": h, "forecast": name, **row, **own, **less}
        for label in LABELS for h in HORIZONS for name in (REGRESSION, MODEL)
    ]  # fmt: skip
    return Record(pd.DataFrame(rows), "made up")


@pytest.mark.parametrize(("high", "leader"), [(-0.01, MODEL), (0.01, REGRESSION)])
def test_the_model_stands_first_only_where_it_beat_the_regression(high: float, leader: str) -> None:
    assert record(high).leader(WEEK_TWO, 3) == leader


def test_each_group_is_judged_by_the_longest_horizon_it_has_had() -> None:
    rows = pd.DataFrame(
        {
            "group": ["a", "b", "b", "c"], "member": [1, 2, 3, 4], "type": "msg",
            "ts": [0.5 * DAY, 0.0, 4 * DAY, 3.5 * DAY],
        }
    ).astype({"group": "category"})  # fmt: skip
    groups = pd.DataFrame({"group": ["a", "b", "c"], "created": [0.0, 0.0, 3.5 * DAY],
                           "closed": [1.5 * DAY, 9 * DAY, 4 * DAY]})  # fmt: skip
    models = {
        h: ModelForecast(h, {label: flat(h / 10, 4) for label in LABELS}, 1) for h in HORIZONS
    }
    found = outlook(ChatLog(rows, groups, None, "made up"), record(0.1), models).set_index("group")
    assert found["horizon_days"].fillna(0).to_dict() == {"a": 1, "b": 7, "c": 0}
    assert found.loc["b", "messages"] == 2
    assert found.loc["b", f"{WEEK_TWO}_model"] == pytest.approx(0.7)
    assert found.loc["a", f"{PAST_90}_regression"] == pytest.approx(0.5)


def test_the_shipped_record_holds_every_label_and_horizon() -> None:
    shipped = shipped_record()
    for label in LABELS:
        for horizon in HORIZONS:
            rows = shipped.of(label, horizon)
            assert set(rows.index) == {REGRESSION, MODEL}
            assert (rows["auc_low"] <= rows["auc"]).all()
            assert (rows["auc"] <= rows["auc_high"]).all()
            few, many = np.log1p([[1.0, 1.0], [20.0, 200.0]])
            chance = shipped.regression(label, horizon).probability(np.array([few, many]))
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
    assert main(words) == 0
    assert "AUC" in capsys.readouterr().out
    assert main([*words[:2], "--rooms", "3"]) == 2
