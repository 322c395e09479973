"""Whatever is wrong with a scenario, the user reads one line a fault: never a traceback."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from faults import judged, load_bytes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim import cli
from sim.cli.new import scenario_text
from sim.params import allowed_values
from sim.policies import known_policies
from sim.scenario import Scenario, load_scenario, parse_scenario, parse_values, to_toml
from sim.scenario.loading import configs, load_mix

MUTATIONS = 400
GOOD = to_toml(parse_scenario({"policies": {policy: {} for policy in known_policies()}}), True)
GOOD_LINES = GOOD.splitlines()
SETTINGS = [at for at, line in enumerate(GOOD_LINES) if " = " in line]
WRITABLE = [
    "true", "-1", "0", "1e308", "-1e308", "nan", "inf", "-inf", "9" * 30, "9" * 5000, "1.5",
    "0x" + "f" * 5000, '""', '"many"', '"a\\nb"', '"\\u0000"', '"../../etc"', '"x.csv"', '"x:Y"',
    "[]", "[[]]", "[1, 2]", '["chat"]', "{}", "{a = {b = 1}}", "1979-05-27", "07:32:00",
    "1979-05-27T07:32:00Z", "", "=", '"unclosed', "[" * 3000, "'\\'", '"' + "x" * 6000 + ':Y"',
]  # fmt: skip
HEADS = [
    "[grup]", "[group]", "[run.days]", "[name]", "[policies]", "[[policies]]", "[policies.cadance]",
    "[policies.'']", "[policies.'a.b']", "[", "[x]\ny = 1",
]  # fmt: skip


@st.composite
def mutated_lines(draw: st.DrawFn) -> bytes:
    """Drop, double, move, rename or retype lines of a good scenario."""
    lines = list(GOOD_LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.sampled_from(SETTINGS))
        kind = draw(st.sampled_from(["drop", "double", "move", "rename", "retype", "nest", "head"]))
        key, _, _ = lines[at].partition(" = ")
        if kind == "drop":
            lines[at] = ""
        elif kind == "double":
            lines[at] += "\n" + lines[at]
        elif kind == "move":
            lines[at], lines[0] = lines[0], lines[at]
        elif kind == "rename":
            word = draw(st.text(max_size=12) | st.sampled_from(["use", "sise", "name", "a.b", "x"]))
            lines[at] = lines[at].replace(key, draw(st.sampled_from([word, json.dumps(word)])), 1)
        elif kind == "retype":
            lines[at] = f"{key} = {draw(st.sampled_from(WRITABLE))}"
        elif kind == "nest":
            lines[at] = f"[{key}.{key}]\n{lines[at]}"
        else:
            lines[at] = draw(st.sampled_from(HEADS))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """Cut, overwrite and fill in bytes anywhere in a good scenario."""
    content = bytearray(GOOD.encode())
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(content)))
        upto = min(len(content), at + draw(st.integers(0, 40)))
        content[at:upto] = draw(st.binary(max_size=12))
    return bytes(content)


@settings(max_examples=MUTATIONS)
@given(mutated_lines())
def test_a_mutated_scenario_is_a_scenario_or_a_list_of_lines(content: bytes) -> None:
    load_bytes(content)


@settings(max_examples=MUTATIONS)
@given(mutated_bytes() | st.binary(max_size=200))
def test_garbled_bytes_are_a_scenario_or_a_list_of_lines(content: bytes) -> None:
    load_bytes(content)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.text(max_size=8).map(lambda text: f"{text}:{text}")
    | st.sampled_from(
        ["cadence", "revive", "cliques", "x.csv", ".", "\0.csv", "x" * 5000 + ".csv"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=4,
)
KEYS = [*allowed_values(), "name", "group", "policies", "policies.cadence"] + [
    f"policies.{name}" for name in ("cadence.kinds", "cadence.use", "mine.use", "cadence.x.y", "")
]


@settings(max_examples=MUTATIONS)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=9), ANYTHING, max_size=5))
@example({"group.size": 10**400})
@example({"group.topic_breadth": 10**400})
@example({"policies.cadence.posts_per_day": math.nan})
@example({"policies.mine.use": "x" * 5000 + ":Y"})
@example({"ties.graph": "x" * 5000 + ".csv"})
def test_any_values_are_a_scenario_or_a_list_of_lines(values: dict[str, Any]) -> None:
    judged(lambda: Scenario().with_values(values))
    judged(lambda: parse_scenario({"policies": {"cadence": {}}}, values=values))


@settings(max_examples=MUTATIONS)
@given(
    st.dictionaries(
        st.sampled_from(["name", "run", "group", "policies", "look"]) | st.text(max_size=6),
        ANYTHING | st.dictionaries(st.sampled_from(["days", "size", "cadence"]), ANYTHING),
        max_size=4,
    )
)
def test_any_tables_are_a_scenario_or_a_list_of_lines(data: dict[str, Any]) -> None:
    judged(lambda: parse_scenario(data))


@given(st.lists(st.text(max_size=20) | st.text(max_size=9).map("group.size={}".format)))
def test_any_words_of_the_command_line_are_values_or_a_list_of_lines(words: list[str]) -> None:
    judged(lambda: Scenario().with_values(parse_values(words)))


# Changing one of these makes a cross check fail, or they have no number outside their range.
BOUNDED = sorted(key for key, allowed in allowed_values().items() if allowed.kind is not str)


@given(st.lists(st.sampled_from(BOUNDED), unique=True, min_size=1, max_size=30), st.data())
def test_every_value_out_of_range_has_its_own_line(keys: list[str], data: st.DataObject) -> None:
    values: dict[str, Any] = {}
    for key in keys:
        allowed = allowed_values()[key]
        step = data.draw(st.sampled_from([1, 10.0**6, 10**30]))
        values[key] = data.draw(st.sampled_from([allowed.low - step, allowed.high + step + 2000]))
        if key == "run.seed":
            values[key] = int(values[key])
    problems = judged(lambda: Scenario().with_values(values))
    assert isinstance(problems, tuple)
    assert [problem.partition(":")[0] for problem in problems] == list(values)
    for key, problem in zip(values, problems, strict=True):
        assert problem.endswith(allowed_values()[key].describe())


# --- the commands, in processes of their own ------------------------------------------------------


def qunlab(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "sim", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["params", "nothing_like_it"], "no section and no parameter"),
        (["params", "grup"], "did you mean 'group'?"),
        (["params", "--markdown", "--json"], "choose one of them"),
        (["new"], "name"),
        (["new", ""], "not a name for a file"),
        (["new", "taken"], "exists already"),
        (["new", "taken.toml"], "exists already"),
        (["new", "no_such_folder/x"], "no such folder"),
        (["new", "taken.toml/x"], "no such folder"),
        (["new", "x" * 90 + "/y"], "no such folder"),
        (["new", "x" * 101], "1 to 100 characters"),
        (["new", "a\nb"], "control character"),
    ],
)
def test_a_refused_command_says_why_in_one_line_and_writes_nothing(
    words: list[str],
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.toml").write_text("mine")
    assert cli.main(words) == 2
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line.startswith("error: ")
    assert fault in line
    assert shown.out == ""
    assert [file.name for file in tmp_path.iterdir()] == ["taken.toml"]
    assert (tmp_path / "taken.toml").read_text() == "mine"


@pytest.mark.parametrize("words", [["new", "taken"], ["new", "x/y"], ["params", "grup"]])
def test_a_refused_process_ends_with_code_2(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "taken.toml").write_text("mine")
    done = qunlab(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch("error: .+\n", done.stderr)
    assert [file.name for file in tmp_path.iterdir()] == ["taken.toml"]


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = qunlab(tmp_path, "new", "first")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: first.toml: cannot be written: Permission denied\n"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", fail)
    assert cli.main(["new", "first"]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_new_scenario_loads_as_the_shipped_community(tmp_path: Path) -> None:
    done = qunlab(tmp_path, "new", "first")
    assert (done.returncode, done.stderr) == (0, "")
    assert "qunlab run first.toml" in done.stdout
    made = load_scenario(tmp_path / "first.toml")
    shipped = load_scenario(Path(cli.__file__).parents[2] / "configs" / "base.toml")
    assert made.name == "first"
    assert made.with_values({"name": "base"}) == shipped


def test_every_comment_of_a_new_scenario_can_be_uncommented(tmp_path: Path) -> None:
    used, _, _ = scenario_text("first").partition("# A policy of your own")
    (tmp_path / "on.toml").write_text(re.sub(r"^# (?=\[|\w+ = )", "", used, flags=re.MULTILINE))
    scenario = load_scenario(tmp_path / "on.toml")
    assert [named.name for named in scenario.policies] == list(known_policies())
    assert scenario.params.speak.audience == 0


def test_force_replaces_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.toml").write_text("mine")
    assert cli.main(["new", "taken", "--force"]) == 0
    assert load_scenario(tmp_path / "taken.toml").name == "taken"


def test_a_new_scenario_says_whose_people_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, people in ([], "wechat_mixed"), (["--people", "strangers_qr"], "strangers_qr"):
        assert cli.main(["new", "brand", "--force", *words]) == 0
        assert Path("brand.toml").read_text().startswith(f"# Its people: {people}.")
        mix = load_mix("brand.toml")
        assert mix.people == people
        over = {"people": people} if words else {}
        assert mix.single() == load_mix(configs() / "base.toml", {"name": "brand", **over}).single()
    assert cli.main(["new", "x", "--people", "nobody"]) == 2
