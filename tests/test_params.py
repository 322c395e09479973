"""The table of parameters: complete, within its own ranges, and shown whole by the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import cli
from sim.params import Params, branching_ratio, parameters, record_dtype, to_record
from sim.policies import known_policies
from sim.scenario import known_keys, parse_scenario
from sim.scenario.portfolio import FIELDS

TABLE = parameters()
NUMERIC = sorted(key for key, known in TABLE.items() if known.numeric)


@pytest.mark.parametrize("key", TABLE)
def test_a_parameter_says_what_it_is(key: str) -> None:
    known = TABLE[key]
    assert known.grade in ("A", "L", "B", "C")
    assert known.source
    assert known.meaning
    assert known.unit
    if known.numeric:
        assert known.low <= known.default <= known.high
        assert np.isfinite([known.low, known.high]).all()
    else:
        assert known.default in known.choices


@pytest.mark.parametrize("key", TABLE)
def test_a_parameter_without_a_source_is_called_a_guess(key: str) -> None:
    known = TABLE[key]
    assert (known.source not in ("assumption", "design")) or known.grade == "C"


def test_the_defaults_are_those_of_the_table() -> None:
    assert dict(Params().items()) == {key: known.default for key, known in TABLE.items()}


@given(st.dictionaries(st.sampled_from(NUMERIC), st.floats(-1e9, 1e9)))
def test_replacing_changes_those_keys_and_no_others(values: dict[str, float]) -> None:
    changed = Params().replace(values)
    assert dict(changed.items()) == dict(Params().items()) | values


def test_replacing_an_unknown_key_fails() -> None:
    with pytest.raises(KeyError, match=r"group\.sise"):
        Params().replace({"group.sise": 1})


@given(st.dictionaries(st.sampled_from(NUMERIC), st.floats(-1e9, 1e9)))
def test_the_record_holds_every_number_under_its_own_name(values: dict[str, float]) -> None:
    params = Params().replace(values)
    record = to_record(params)
    assert record.dtype == record_dtype()
    assert list(record.dtype.names or ()) == [
        key.replace(".", "_") for key, known in TABLE.items() if known.numeric
    ]
    held = {key: value for key, value in params.items() if TABLE[key].numeric}
    assert {key: record[key.replace(".", "_")][0] for key in held} == held


def test_the_branching_ratio_of_the_defaults_by_hand() -> None:
    params = Params().replace(
        {
            "reaction.stay_probability": 0.5,
            "reaction.draw_max": 1.0,
            "reaction.call_probability": 0.5,
            "speak.probability_max": 0.1,
            "speak.called_probability_max": 0.2,
            "speak.more_probability": 0.2,
            "speak.question_share": 0.5,
            "operator.answer_probability": 1.0,
        }
    )
    assert branching_ratio(params) == pytest.approx(0.5 / 0.8 + 0.1 * 1.0 + 0.2 * 0.5)
    quiet = params.replace({"reaction.call_probability": 0.0})  # openers, answered, draw in only
    assert branching_ratio(quiet) == pytest.approx(0.5 / 0.8 + 0.1 * 1.5)


SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES, SHARES, SHARES, SHARES, SHARES)
def test_no_mix_of_openers_and_replies_branches_more_than_the_bound(
    draw: float, call: float, speak: float, answer: float, asked: float, one: float, two: float
) -> None:
    """Whatever part of what each kind of look says is an opener, and is a question."""
    params = Params().replace(
        {
            "reaction.stay_probability": 0.0,
            "reaction.draw_max": draw,
            "reaction.call_probability": call,
            "speak.probability_max": max(speak, 0.001),
            "speak.called_probability_max": max(answer, 0.001),
            "speak.question_share": asked,
            "operator.answer_probability": 1.0,
        }
    )
    offspring = np.array(
        [[draw * (1.0 + part * asked), call * (part * asked + 1.0 - part)] for part in (one, two)]
    )
    looks = np.array([[max(speak, 0.001)], [max(answer, 0.001)]]) * offspring
    assert np.abs(np.linalg.eigvals(looks)).max() <= branching_ratio(params) + 1e-9


def test_a_source_without_a_grade_is_graded_c() -> None:
    known = TABLE["group.topic_breadth"]
    assert (known.source, known.grade) == ("assumption", "C")


# --- qunlab params --------------------------------------------------------------------------------

EVERY_KEY = [
    key
    for key in known_keys(parse_scenario({"policies": {name: {} for name in known_policies()}}))
    if key != "name" and not key.endswith(".use")
]
FIRST_OF_A_POLICY = next(at for at, key in enumerate(EVERY_KEY) if key.startswith("policies."))
EVERY_KEY[FIRST_OF_A_POLICY:FIRST_OF_A_POLICY] = [f"portfolio.{name}" for name in FIELDS]


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what the command prints."""
    assert cli.main(["params", *words]) == 0
    return capsys.readouterr().out


def test_json_holds_everything_a_scenario_can_hold(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(shown(capsys, "--json"))
    assert [row["name"] for row in rows] == EVERY_KEY
    for row in rows:
        assert row.keys() >= {"unit", "range", "default", "source", "grade", "meaning"}
        known = TABLE.get(row["name"])
        if known:
            assert (row["source"], row["grade"], row["meaning"], row["unit"]) == (
                known.source,
                known.grade,
                known.meaning,
                known.unit,
            )


def test_a_policy_field_has_its_range_and_the_meaning_of_its_docstring(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = {row["name"]: row for row in json.loads(shown(capsys, "cadence", "--json"))}
    assert len(rows) == 8
    row = rows["policies.cadence.posts_per_day"]
    assert (row["range"], row["default"]) == ("0 to 100", "2")
    assert all(row["meaning"] for row in rows.values())


def test_markdown_has_a_line_a_key_and_equal_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "--markdown").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert [line.split("`")[1] for line in rows] == EVERY_KEY
    for line in lines:
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 8


@pytest.mark.parametrize("columns", [80, 100, 109, 110, 130, 160])
def test_the_table_fits_the_terminal_and_breaks_no_name(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = shown(capsys).splitlines()
    assert max(map(len, lines)) <= columns
    words = {word for line in lines for word in line.split()[:1]}
    assert words >= {key.rpartition(".")[2] for key in EVERY_KEY}


def test_a_word_finds_sections_first_then_names_and_meanings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def found(word: str) -> set[str]:
        return {row["name"] for row in json.loads(shown(capsys, word, "--json"))}

    assert {key.partition(".")[0] for key in found("speak")} == {"speak"}
    assert {key.rpartition(".")[0] for key in found("revive")} == {"policies.revive"}
    assert found("run.seed") == {"run.seed"}
    assert "speak.loafing" in found("Loafing")
    assert found("policies.revive") == found("revive")
    assert "three_minute_reply_share" in found("3分钟回复率") & found("回复")
    assert found("member_has_msg") == {"posters", "posting_members_per_day"}
    assert found("msg_total") == {"msg_total_per_day"}


def test_what_is_printed_for_a_program_has_no_colours() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "params", "group"], capture_output=True, text=True, check=True
    )
    assert "\x1b" not in done.stdout
    assert "topic_breadth" in done.stdout
