"""Whatever is wrong with a scenario, the user reads one line a fault: never a traceback."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim import cli
from sim.cli.new import scenario_text
from sim.errors import InputError
from sim.policies import known_policies
from sim.scenario import Scenario, load_scenario, parse_scenario, parse_values, to_toml
from sim.scenario.allowed import allowed_values

MUTATIONS = 400
LONGEST_LINE = 900
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


def judged(load: Any) -> Scenario | tuple[str, ...]:
    """Return what loading gives: a scenario, or its problems, each one short printable line."""
    try:
        loaded: Scenario | tuple[str, ...] = load()
    except InputError as fault:
        loaded = fault.problems
    if isinstance(loaded, Scenario):
        return loaded
    assert loaded
    for problem in loaded:
        assert len(problem.splitlines()) == 1
        assert 0 < len(problem) <= LONGEST_LINE
        assert problem.isprintable()
    return loaded


def load_bytes(content: bytes) -> Scenario | tuple[str, ...]:
    """Load a scenario file of this content."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutated.toml"
        file.write_bytes(content)
        return judged(lambda: load_scenario(file))


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


KNOWN_CASES = {
    "[group]\nsize = -3": "group.size: -3 is out of range; allowed: 1 to 5000 members",
    "[group]\nsize = 5001": "group.size: 5001 is out of range; allowed: 1 to 5000 members",
    "[group]\nsize = true": "group.size: true is not a whole number; allowed: 1 to 5000 members",
    "[group]\nsize = 2.5": "group.size: 2.5 is not a whole number; allowed: 1 to 5000 members",
    '[group]\nsize = "many"': "group.size: 'many' is not a whole number; allowed: "
    "1 to 5000 members",
    "[group]\nsize = nan": "group.size: nan is not a finite number; allowed: 1 to 5000 members",
    "[group]\nsize = [1]": "group.size: a list is not a whole number; allowed: 1 to 5000 members",
    "[group.size]\nx = 1": "group.size: a table is not a whole number; allowed: 1 to 5000 members",
    f"[group]\nsize = {'9' * 40}": "group.size: a whole number of 133 bits is out of range; "
    "allowed: 1 to 5000 members",
    "[group]\ntopic_breadth = inf": "group.topic_breadth: inf is not a finite number; allowed: "
    "0 to 1 share",
    "[run]\ndays = 0": "run.days: 0 is out of range; allowed: 0.05 to 3650 days",
    "[run]\ngroups = 0": "run.groups: 0 is out of range; allowed: 1 to 1000000 groups",
    "[run]\nseed = -1": "run.seed: -1 is out of range; allowed: 0 to 9223372036854775807",
    "[run]\nseed = 9223372036854775808": "run.seed: 9223372036854775808 is out of range; "
    "allowed: 0 to 9223372036854775807",
    "[group]\nsise = 3": "group.sise: unknown key; did you mean 'group.size'?",
    "size = 3": "size: unknown key; did you mean 'group.size'?",
    "[look]\npropensity = 1": "look.propensity: unknown key; did you mean 'speak.propensity'?",
    "[grup]\nsize = 3": "grup: unknown section; did you mean 'group'?",
    "group = 3": "group: 3 is not a table; write [group]",
    "policies = 3": "policies: 3 is not a table; write [policies]",
    "name = 3": "name: 3 is not a name; allowed: 1 to 100 characters",
    'name = "a\\nb"': "name: 'a\\nb' holds a control character",
    '[ties]\ngraph = "clique"': "ties.graph: 'clique' is not one of strangers, small_world, "
    "cliques, FILE.csv; did you mean 'cliques'?",
    "[ties]\ngraph = 1": "ties.graph: 1 is not a word; allowed: strangers, small_world, cliques, "
    "FILE.csv",
    "[policies]\ncadence = 2": "policies.cadence: 2 is not a table; write [policies.cadence]",
    "[policies.cadence]\nposts_a_day = 2": "policies.cadence.posts_a_day: unknown key; did you "
    "mean 'policies.cadence.posts_per_day'?",
    "[policies.cadence]\nposts_per_day = 101": "policies.cadence.posts_per_day: 101 is out of "
    "range; allowed: 0 to 100",
    '[policies.cadence]\nkinds = "ad"': "policies.cadence.kinds: 'ad' is not a list; allowed: "
    "list of content, activity, greeting, ad, chat",
    '[policies.cadence]\nkinds = ["chat", "adds"]': "policies.cadence.kinds[1]: 'adds' is not one "
    "of content, activity, greeting, ad, chat; did you mean 'ad'?",
    "[policies.red_packets]\nlucky = 1": "policies.red_packets.lucky: 1 is not true or false; "
    "allowed: true or false",
    "[policies.cadence]\nuse = 1": "policies.cadence.use: 1 is not a policy's name or "
    '"file.py:Class"',
    '[policies."a b"]': "policies.a b: a policy's name is 1 to 60 letters, digits, - and _",
    "[group]\nsize = 501": "group.size: 501 is above group.cap, 500",
    "[operator]\nopen_hour = 22": "operator.open_hour: 22 must be before operator.close_hour, 22",
    "[packets]\nmember_fen = 4": "packets.member_fen: 4 fen cannot be split into "
    "packets.member_shares, 5, of at least 1 fen",
    "[needs]\ninformation_weight = 0\nbelonging_weight = 0\nenjoyment_weight = 0\n"
    "benefit_weight = 0\nrecognition_weight = 0": "needs.information_weight: all five need weights "
    "are 0; at least one must be above 0",
    "[reaction]\nstay_probability = 0.97": "reaction.stay_probability: one look would cause 1.406 "
    "further looks on average, at most 0.98 is allowed, else talk never ends; lower one of "
    "reaction.stay_probability, reaction.draw_max, reaction.call_probability, "
    "speak.probability_max, speak.question_share, operator.answer_probability",
}


@pytest.mark.parametrize("text", KNOWN_CASES)
def test_a_known_fault_gives_exactly_its_line(text: str) -> None:
    assert load_bytes(text.encode()) == (KNOWN_CASES[text],)


def test_an_unknown_policy_is_told_the_nearest() -> None:
    (line,) = load_bytes(b"[policies.cadance]")
    assert line.startswith("policies.cadance.use: policy 'cadance': not one of cadence, ")
    assert line.endswith("; did you mean 'cadence'?")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "F: empty; 'qunlab new NAME' writes a scenario"),
        (b"# nothing\n", "F: empty; 'qunlab new NAME' writes a scenario"),
        (b"[group]\nsize = ", "F: not TOML: Invalid value (at end of document)"),
        (b"[group]\nsize 5", "F: not TOML: Expected '=' after a key in a key/value pair "
         "(at line 2, column 6)"),
        (b"[group]\nsize = 1\nsize = 2\n", "F: not TOML: Cannot overwrite a value (at line 3, "
         "column 9)"),
        (b"name = '\xff'", "F: not UTF-8 text at byte 8"),
        (b"x = " + b"[" * 5000, "F: not TOML: nested too deeply"),
        (b"#" * 5_000_000, "F: larger than 4000000 bytes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_toml_gives_exactly_one_line(
    content: bytes, line: str, tmp_path: Path
) -> None:
    file = tmp_path / "f.toml"
    file.write_bytes(content)
    assert judged(lambda: load_scenario(file)) == (line.replace("F", str(file), 1),)


def test_a_missing_file_is_told_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "class.toml").write_text("name = 'x'")
    missing = tmp_path / "clas.toml"
    assert judged(lambda: load_scenario(missing)) == (
        f"{missing}: no such file; did you mean 'class.toml'?",
    )
    assert judged(lambda: load_scenario(tmp_path)) == (f"{tmp_path}: a folder, not a file",)
    under = tmp_path / "class.toml" / "x.toml"
    assert judged(lambda: load_scenario(under)) == (f"{under}: cannot be read: Not a directory",)
    long = tmp_path / ("x" * 300)
    (line,) = judged(lambda: load_scenario(long))
    assert line.endswith(": cannot be read: File name too long")
    graph = judged(lambda: Scenario().with_values({"ties.graph": "no.csv"}, tmp_path))
    assert graph == (f"ties.graph: no file {tmp_path.resolve()}/no.csv",)


OWN_POLICIES = {
    "raises": ("1 / 0", "fails with ZeroDivisionError"),
    "syntax": ("def", "fails with SyntaxError"),
    "absent": ("Nine = 9", "no Mine in"),
    "plain": ("class Mine: pass", "must be a dataclass"),
    "instance": ("@dataclass(frozen=True)\nclass M:\n    def plan(self, s): ...\nMine = M()", ""),
    "thawed": ("@dataclass\nclass Mine:\n    def plan(self, s): ...", "frozen=True"),
    "no_act": ("@dataclass(frozen=True)\nclass Mine:\n    x: int = 1", "method plan or act"),
}
OWN_FIELDS = {
    "x: dict = field(default_factory=dict)": "Mine.x: a field of a policy is bool, int, float",
    "x: float | None = None": "Mine.x: a field of a policy is bool, int, float",
    "use: int = 1": "Mine.use: no field of a policy can be called use",
    "x: int": "policies.mine.x: missing; the policy has no default for it",
    "x: int = 'a'": "policies.mine.x: 'a' is not a whole number",
    "x: int = field(default=1, metadata={'range': (3, 2)})": "range 3, 2 is not lowest, highest",
    "x: int = field(default=1, metadata={'range': 3})": "Mine.x: ",
    "x: int = field(default=5, metadata={'range': (1, 2)})": "5 is out of range; allowed: 1 to 2",
    "x: int = field(default_factory=lambda: 1 / 0)": "its default fails with ZeroDivisionError",
    "def __post_init__(self): raise ValueError('a\\nb')": "Mine refuses its values: ValueError",
}


def load_own_policy(source: str, folder: Path) -> Scenario | tuple[str, ...]:
    """Load a scenario that uses the class Mine of a file of this source."""
    (folder / "mine.py").write_text(f"from dataclasses import dataclass, field\n\n{source}\n")
    data = {"policies": {"mine": {"use": "mine.py:Mine"}}}
    return judged(lambda: parse_scenario(data, folder))


@pytest.mark.parametrize("case", OWN_POLICIES)
def test_a_broken_policy_file_is_one_line(case: str, tmp_path: Path) -> None:
    source, said = OWN_POLICIES[case]
    problems = load_own_policy(source, tmp_path)
    assert isinstance(problems, tuple)
    assert len(problems) == 1
    assert problems[0].startswith("policies.mine.use: policy ")
    assert said in problems[0]


@pytest.mark.parametrize("field", OWN_FIELDS)
def test_a_broken_field_of_a_policy_of_ones_own_is_one_line(field: str, tmp_path: Path) -> None:
    source = f"@dataclass(frozen=True)\nclass Mine:\n    {field}\n    def plan(self, s): ..."
    problems = load_own_policy(source, tmp_path)
    assert isinstance(problems, tuple)
    assert len(problems) == 1
    assert problems[0].startswith("policies.mine")
    assert OWN_FIELDS[field] in problems[0]


def test_a_type_that_cannot_be_looked_up_is_taken_from_the_default(tmp_path: Path) -> None:
    source = (
        "@dataclass(frozen=True)\nclass Mine:\n    x: 'Unknown' = 1\n    def plan(self, s): ..."
    )
    scenario = load_own_policy(source, tmp_path)
    assert isinstance(scenario, Scenario)
    assert scenario.policies[0].values() == {"x": 1}
    assert judged(lambda: scenario.with_values({"policies.mine.x": 1.5})) == (
        "policies.mine.x: 1.5 is not a whole number; allowed: any whole number",
    )


def test_all_faults_of_a_file_come_at_once_in_its_order() -> None:
    text = """
        name = ""
        [group]
        size = 0
        sise = 1
        [policies.cadence]
        quality = 9
        posts = 1
        [policies.nothing]
        [operator]
        open_hour = 23
        [grup]
        a = 1
    """
    problems = load_bytes(text.encode())
    assert isinstance(problems, tuple)
    assert [re.split("[: ]", problem)[0] for problem in problems] == [
        "grup",
        "name",
        "group.size",
        "group.sise",
        "policies.cadence.posts",
        "policies.cadence.quality",
        "policies.nothing.use",
        "operator.open_hour",
    ]


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
    ("words", "said"),
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
    said: str,
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
    assert said in line
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
    assert [named.name for named in scenario.policies] == known_policies()
    assert scenario.params.speak.audience == 0


def test_force_replaces_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.toml").write_text("mine")
    assert cli.main(["new", "taken", "--force"]) == 0
    assert load_scenario(tmp_path / "taken.toml").name == "taken"
