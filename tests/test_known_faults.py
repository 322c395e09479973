"""Known faults of a scenario, its file and its policies, each with exactly the line it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults import judged, load_bytes

from sim.populations import find_population
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.study.design import load_design, parse_design

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
    "range; allowed: 0 to 100 1/day",
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
    "[reaction]\nstay_probability = 0.97\ndraw_max = 1.2\ncall_probability = 0.6\n[speak]\n"
    "probability_max = 0.2\ncalled_probability_max = 0.2\nquestion_share = 0.35\n"
    "[operator]\nanswer_probability = 0.6": "reaction.stay_probability: one look would cause 1.330 "
    "further looks on average, at most 0.98 is allowed, else talk never ends; lower one of "
    "reaction.stay_probability, reaction.draw_max, reaction.call_probability, "
    "speak.probability_max, speak.called_probability_max, speak.more_probability, "
    "speak.question_share, operator.answer_probability",
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
    "syntax": ("def", "policies.mine.use: mine.py:3: invalid syntax: def"),
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
    "def __post_init__(self): raise ValueError('a\\nb')": "Mine refuses its values with ValueError",
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
    assert problems[0].startswith("policies.mine.use: ")
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


def test_a_folder_in_place_of_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    for name in ("a.toml", "a.csv", "a.py"):
        (tmp_path / name).mkdir()
    cases: dict[str, Callable[[], Any]] = {
        "a.toml": lambda: load_scenario(tmp_path / "a.toml"),
        "ties.graph": lambda: Scenario().with_values({"ties.graph": "a.csv"}, tmp_path),
        "policies.x.use": lambda: parse_scenario(
            {"policies": {"x": {"use": "a.py:Mine"}}}, tmp_path
        ),
        "policies.timetable.file": lambda: parse_scenario(
            {"policies": {"timetable": {"file": "a.csv"}}}, tmp_path
        ),
        "people: a.toml": lambda: parse_scenario({"people": "a.toml"}, tmp_path),
        "base: a.toml": lambda: parse_scenario({"base": "a.toml"}, tmp_path),
        "sweep": lambda: load_design(tmp_path / "a.toml"),
        "table": lambda: parse_design({"scenario": {}, "table": "a.csv"}, tmp_path),
        "people": lambda: find_population(str(tmp_path / "a.toml")),
    }
    for name, load in cases.items():
        (line,) = judged(load)
        assert line.endswith(": a folder, not a file"), (name, line)
