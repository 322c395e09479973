"""Files that a scenario names: policies of one's own and edge lists."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sim import allowed
from sim.errors import InputError
from sim.policies.cadence import Cadence
from sim.scenario import Scenario, digest, load_scenario, loading, parse_scenario, to_toml, toml
from sim.scenario.named_policy import policy_fields

OWN_POLICY = """
from dataclasses import dataclass, field
from sim.state import Actions

@dataclass(frozen=True)
class Greeter:
    hour: float = field(default=8, metadata={"range": (0, 24)})
    words: tuple[str, ...] = ("hello", "hi")
    loud: bool = False

    def plan(self, setting):
        return Actions.posts([0], self.hour, "greeting")
"""


def test_a_policy_from_a_file_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "greeter.py").write_text(OWN_POLICY)
    (tmp_path / "mine.toml").write_text(
        '[policies.mine]\nuse = "own/greeter.py:Greeter"\nwords = ["你好"]'
    )
    scenario = load_scenario(tmp_path / "mine.toml")
    (named,) = scenario.policies
    assert named.use == f"{tmp_path.resolve()}/own/greeter.py:Greeter"
    assert named.values() == {"hour": 8.0, "words": ("你好",), "loud": False}
    assert parse_scenario(tomllib.loads(to_toml(scenario))) == scenario
    assert load_scenario(tmp_path / "mine.toml") == scenario
    later = scenario.with_values({"policies.mine.hour": 9})
    assert type(later.policies[0].policy) is type(named.policy)


def test_the_digest_holds_the_content_of_named_files_and_not_their_place(tmp_path: Path) -> None:
    def made(folder: str, policy: str, edges: str) -> str:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (place / "greeter.py").write_text(policy)
        (place / "friends.csv").write_text(edges)
        data = {
            "policies": {"mine": {"use": "greeter.py:Greeter"}},
            "ties": {"graph": "friends.csv"},
        }
        return digest(parse_scenario(data, place))

    first = made("a", OWN_POLICY, "0,1")
    assert made("b", OWN_POLICY, "0,1") == first
    assert made("a", OWN_POLICY + "\n# edited", "0,1") != first
    assert made("a", OWN_POLICY, "0,2") != first


READS_A_MENU = """
from dataclasses import dataclass, field
from pathlib import Path
from sim.state import Actions
@dataclass(frozen=True)
class Reader:
    menu: str = field(default="", metadata={"file": True})
    def plan(self, setting):
        hours = [float(line) for line in Path(self.menu).read_text().split()] if self.menu else []
        return Actions.posts([0] * len(hours), hours, "chat")
"""


def test_a_file_that_a_policy_names_is_found_checked_and_digested(tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text(READS_A_MENU)
    (tmp_path / "menu.txt").write_text("1.5 3")
    table = {"use": "reader.py:Reader", "menu": "menu.txt"}
    named = parse_scenario({"policies": {"mine": table}}, tmp_path)
    (policy,) = named.policies
    assert policy.values() == {"menu": str(tmp_path.resolve() / "menu.txt")}
    assert len(policy.policy.plan(named.setting()).acts) == 2
    before = digest(named)
    assert parse_scenario(tomllib.loads(to_toml(named))) == named
    (tmp_path / "menu.txt").write_text("2.5 3")
    assert digest(named) != before
    none = named.with_values({"policies.mine.menu": ""})
    (tmp_path / "menu.txt").unlink()
    assert digest(none)
    with pytest.raises(InputError, match=r"policies\.mine\.menu: .*menu\.txt cannot be read"):
        digest(named)
    with pytest.raises(InputError, match=r"policies\.mine\.menu: no file .*menu\.txt"):
        parse_scenario({"policies": {"mine": table}}, tmp_path)


def test_a_field_that_names_a_file_is_a_text(tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text(READS_A_MENU.replace("menu: str", "menu: int"))
    with pytest.raises(InputError, match=r"Reader\.menu: a field that names a file is str"):
        parse_scenario({"policies": {"mine": {"use": "reader.py:Reader"}}}, tmp_path)


def test_the_digest_of_a_scenario_whose_file_has_gone_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "friends.csv").write_text("0,1")
    scenario = Scenario().with_values({"ties.graph": "friends.csv"}, tmp_path)
    assert scenario.params.ties.graph == str(tmp_path.resolve() / "friends.csv")
    (tmp_path / "friends.csv").unlink()
    with pytest.raises(InputError, match=r"ties\.graph: .* cannot be read"):
        digest(scenario)


def test_an_edited_policy_file_is_loaded_anew(tmp_path: Path) -> None:
    data = {"policies": {"mine": {"use": "greeter.py:Greeter"}}}
    (tmp_path / "greeter.py").write_text(OWN_POLICY)
    before = parse_scenario(data, tmp_path)
    (tmp_path / "greeter.py").write_text(OWN_POLICY.replace("default=8", "default=11"))
    after = parse_scenario(data, tmp_path)
    assert [s.policies[0].policy.hour for s in (before, after)] == [8.0, 11.0]


def test_shipped_files_are_found_by_name_and_from_a_copy() -> None:
    assert loading.here_or_shipped("configs/base.toml").is_file()
    assert loading.here_or_shipped("mine.toml") == Path("mine.toml")
    assert loading.shipped_file("learner_rooms", "populations", "none").stem == "learner_rooms"
    assert loading.file_below("../base.toml", Path("nowhere")).is_file()
    assert loading.base_below("learner_rooms", Path()).name == "learner_rooms.toml"
    with pytest.raises(InputError, match="none; there are learner_rooms, wechat_mixed"):
        loading.shipped_file("x", "populations", "none")


def test_values_and_tables_in_the_words_of_toml() -> None:
    assert [toml.literal(v) for v in (True, 1e-7, ("chat", "ad"))] == [
        "true",
        "1e-07",
        '["chat", "ad"]',
    ]
    head, size, breadth = toml.toml_table(
        "group", [("size", 50, "members"), ("topic_breadth", 0.5, "")]
    ).splitlines()
    assert (head, size.split("#")[0].strip(), breadth) == (
        "[group]",
        "size = 50",
        "topic_breadth = 0.5",
    )
    meaning = toml.explanations(Scenario())["group.size"]
    assert meaning == "1 to 5000 members: members present at creation"
    assert policy_fields(Cadence)["posts_per_day"].meaning == "below 1 a post comes every few days"


def test_values_and_unknown_keys_in_the_words_of_a_fault() -> None:
    assert [allowed.show(v) for v in ("many", True, {}, 10**40)] == [
        "'many'",
        "true",
        "a table",
        "a whole number of 133 bits",
    ]
    assert [allowed.plain(v) for v in (5000.0, 0.05, 1e9)] == ["5000", "0.05", "1e+09"]
    fault = allowed.unknown_key("group.sise", ["group.size", "look.rate_per_day"])
    assert fault == "group.sise: unknown key; did you mean 'group.size'?"
