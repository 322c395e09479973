"""``qunlab power``: what a test of real groups needs, tried on groups that were played anew."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from sim import cli
from sim.ensemble import simulate
from sim.errors import InputError
from sim.lives.outcomes import outcomes
from sim.scenario import Mix, forked, load_mix
from sim.stats.power import found_share, power
from sim.study.power import FieldTest, Plan, field_test, weeks_alike

SMALL = """
[group]
size = 20
[run]
days = 3
seed = 3
[speak]
probability_max = 0.3
[policies.cadence]
posts_per_day = 1
"""
BUSY = {"policies.cadence.posts_per_day": 2}
WORD = "policies.cadence.posts_per_day=2"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("power") / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def mix(path: Path) -> Mix:
    return load_mix(path)


@pytest.fixture(scope="module")
def found(mix: Mix) -> FieldTest:
    return field_test(mix, BUSY, Plan(outcome="looks_per_member_day", age=8, simulated=300))


def test_it_keeps_its_promise_on_groups_played_anew(mix: Mix, found: FieldTest) -> None:
    """5 % false alarms without a change and 80 % found with it: groups of other seeds, their
    outcomes counted day by day here.
    """
    scenario = mix.types[0].scenario.with_values({"run.days": 22})
    both = [scenario, forked(scenario, BUSY, 8)]
    daily = simulate(both, 1500, seed=99).daily
    rates = [
        daily["looks"][:, days].sum(axis=1) / daily["members"][:, days].sum(axis=1)
        for days in (slice(1, 8), slice(8, 22))
    ]
    first, second = np.stack(rates).reshape(2, 2, -1).swapaxes(0, 1)
    groups = found.plan.groups
    assert groups is not None
    assert groups > 20
    left = found_share(first, first, groups, 4000, 5)
    assert abs(left - 0.05) < 4.0 * math.sqrt(0.05 * 0.95 / 4000)
    effect = (second[1] - first[1]).mean()
    both_arms = np.hstack([arm - arm.mean(axis=1, keepdims=True) for arm in (first, second)])
    correlation = float(np.corrcoef(both_arms)[0, 1])
    share = found_share(first, second, groups, 4000, 5)
    promised = power(effect, groups, float(both_arms[1].std()), correlation)
    assert abs(share - promised) < 4.0 * math.sqrt(promised * (1.0 - promised) / 4000)
    assert abs(promised - 0.80) < 0.12  # the plan knows effect and spread from 300 groups alone
    assert found.false_alarms == pytest.approx(0.05, abs=0.01)
    assert found.plan.effect is not None
    planned = power(found.plan.effect, groups, found.spread, found.correlation)
    assert 0.80 <= planned < 0.82
    assert found.found == pytest.approx(planned, abs=4.0 * 0.004)


def test_the_effect_is_that_of_the_change(mix: Mix, found: FieldTest) -> None:
    scenario = mix.types[0].scenario.with_values({"run.days": 22})
    both = [scenario, forked(scenario, BUSY, 8)]
    rows = outcomes(simulate(both, 300, seed=3), both).groupby("point")["looks_per_member_day"]
    whole = rows.mean().diff().iloc[1]
    assert found.model.clear
    assert found.plan.effect == found.model.difference
    assert found.model.difference == pytest.approx(whole * 22 / 14, rel=0.15)
    assert found.smallest <= abs(found.model.difference)
    rails = found.guardrails.set_index("name")
    assert (rails["at"].between(0.0, 1.0)).all()
    table = found.by_days.set_index("days")
    assert [*table.index] == [7, 14, 28]
    assert table.at[14, "groups"] == found.plan.groups <= table.at[14, "groups_without_week"] + 1


def test_with_groups_given_it_says_what_they_show(mix: Mix) -> None:
    few, many = (
        field_test(mix, {}, Plan(groups=groups, age=8, days=7, simulated=60)) for groups in (5, 50)
    )
    assert few.smallest > 3 * many.smallest
    assert few.plan.effect is None
    assert many.guardrails["most_groups"][0] > few.guardrails["most_groups"][0]


def test_weeks_that_differ_by_chance_alone_are_not_alike() -> None:
    values = np.random.default_rng(1).normal(size=(4, 2000))
    assert abs(weeks_alike(values)) < 0.05
    own = 2.0 * np.random.default_rng(2).normal(size=2000)
    assert weeks_alike(values + own) == pytest.approx(0.8, abs=0.03)


def test_what_is_refused(mix: Mix) -> None:
    for plan, fault in (
        (Plan(outcome="posters", groups=5), "cannot be told from some days alone"),
        (Plan(outcome="muted_share", groups=5), "cannot be told from some days alone"),
        (Plan(outcome="poster", groups=5), "not an outcome; did you mean 'posters'"),
        (Plan(age=6, groups=2), "--age: 6 is out of range"),
        (Plan(), "what is the test to find"),
    ):
        with pytest.raises(InputError, match=fault):
            field_test(mix, {}, plan)
    with pytest.raises(InputError, match="cannot change while a group lives"):
        field_test(mix, {"group.size": 5}, Plan(groups=5))
    with pytest.raises(InputError, match="sees no clear change"):
        field_test(mix, {WORD.partition("=")[0]: 1}, Plan(age=8, days=7, simulated=50))


def test_the_command_and_the_watch(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["power", str(path), "--set", WORD, "--outcome", "looks_per_member_day"]
    words += ["--simulated", "60", "--age", "8", "--groups", "12"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Take 12 groups per arm for 14 days: it shows ")
    assert shown.count("\n") <= 20
    assert cli.main([*words, "--json"]) == 0
    (tmp_path / "test.json").write_text(text := capsys.readouterr().out)
    answer = json.loads(text)
    assert (answer["groups"], answer["days"], len(answer["guardrails"])) == (12, 14, 4)
    log = str(tmp_path / "log")
    assert cli.main(["run", str(path), "--groups", "5", "--days", "9", "--log", log]) == 0
    capsys.readouterr()
    watch = ["forecast", log, "--watch"]
    assert cli.main([*watch, "--guardrails", str(tmp_path / "test.json")]) == 0
    shown = capsys.readouterr().out
    assert "not in this log: ask members" in shown
    assert "of 4 guardrails can be seen in this log, none crossed; ask members about" in shown
    answer["guardrails"][1]["at"] = -1.0
    (tmp_path / "test.json").write_text(json.dumps(answer))
    assert cli.main([*watch, "--guardrails", str(tmp_path / "test.json")]) == 0
    assert capsys.readouterr().out.startswith("Stop: more groups than chance explains")
    assert cli.main([*watch, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["guardrails"]) == 4
    (tmp_path / "test.json").write_text("[]")
    assert cli.main([*watch, "--guardrails", str(tmp_path / "test.json")]) == 2
    assert cli.main(["forecast", "--skill", "--guardrails", str(tmp_path / "test.json")]) == 2
