"""`Community` is a plain Mesa model, to be read, stepped, collected from and subclassed."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.batchrunner import batch_run
from worlds import LIVELY, of_group

from sim.ensemble import simulate_log
from sim.errors import InputError
from sim.models import Community, Member
from sim.scenario import Scenario, parse_scenario
from sim.state import Array
from sim.trace import LEAVE, MUTE


def lively(**values: object) -> Scenario:
    return parse_scenario(
        {
            "group": {"size": 20},
            "run": {"days": 3},
            "policies": {"cadence": {"posts_per_day": 4}, "red_packets": {"fen_per_day": 2_000}},
        },
        values={**LIVELY, **values},
    )


LIVE = lively()


def left_by(community: Community) -> dict[str, bytes]:
    community.run()
    return of_group(community.trace(), *community.logs())


def test_it_is_a_mesa_model_of_mesa_agents() -> None:
    community = Community(LIVE)
    assert isinstance(community, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in community.agents)
    people = community.agents_by_type[Member]
    assert len(people) == len(community.members) == 20
    assert sorted(people.get("slot")) == list(range(20))
    eager = people.select(lambda member: member.habit > 0.5)
    assert 0 < len(eager) < 20
    assert people.agg("habit", np.mean) == pytest.approx(np.mean(people.get("habit")))


def test_those_who_leave_are_no_agents_any_more() -> None:
    community = Community(lively(**{"leaving.leave_probability": 0.4}))
    community.run()
    assert community.left > 0
    people = community.agents.select(agent_type=Member)
    assert sorted(people.get("slot")) == sorted(community.members)
    assert len(community.everyone) == len(people) + community.left


def test_a_step_is_an_hour_and_steps_are_a_run() -> None:
    stepped, run = Community(LIVE), Community(LIVE)
    hours = 0
    while stepped.running:
        stepped.step()
        hours += 1
        assert stepped.steps == hours
    assert (hours, stepped.hour) == (72, 72)
    assert of_group(stepped.trace(), *stepped.logs()) == left_by(run)
    stepped.step()  # past the end nothing happens
    assert stepped.hour == 72


def test_the_collector_gives_a_row_an_hour() -> None:
    community = Community(LIVE)
    community.run()
    frame = community.datacollector.get_model_vars_dataframe()
    assert frame["hour"].tolist() == list(range(1, 73))
    assert frame["messages"].is_monotonic_increasing
    assert frame["messages"].iloc[-1] == community.life["messages"][0] > 0
    assert frame["members"].iloc[-1] == len(community.members)
    assert (frame["posting_members_today"] <= frame["looking_members_today"]).all()


def test_the_model_draws_nothing_from_mesa_s_own_generators() -> None:
    community = Community(LIVE)
    before = community.random.getstate(), str(community.rng.bit_generator.state)
    first = left_by(community)
    assert (community.random.getstate(), str(community.rng.bit_generator.state)) == before
    other = Community(LIVE)
    other.random.seed(99)
    assert left_by(other) == first


def test_a_subclass_that_changes_nothing_changes_nothing() -> None:
    class Same(Member):
        pass

    assert left_by(Community(LIVE, member_class=Same)) == left_by(Community(LIVE))


def test_every_step_of_a_look_says_what_it_takes() -> None:
    steps = re.findall(r"self\.([a-z]\w*)\(", inspect.getsource(Member.look))
    assert {"read", "claim", "feed", "learn", "speak", "leave_or_mute"} <= set(steps)
    for step in (*steps, "drives"):
        function = getattr(Member, step)
        named = set(re.findall(r"`(\w+)`", Member.__doc__ + function.__doc__))
        assert set(inspect.signature(function).parameters) - {"self"} <= named, step


def until(community: Community, hour: float) -> list[bytes]:
    return [log[log["time_hours"] < hour].tobytes() for log in community.logs()]


def test_one_changed_behaviour_acts_only_where_it_is_asked_for() -> None:
    class Loyal(Member):
        """Never mutes and never leaves."""

        def leave_or_mute(self, *situation: object) -> None:
            pass

    plain, loyal = Community(LIVE), Community(LIVE, member_class=Loyal)
    plain.run()
    loyal.run()
    exits = plain.logs()[1]
    first = exits["time_hours"][np.isin(exits["event"], (MUTE, LEAVE))].min()
    assert first > 2
    assert until(plain, first) == until(loyal, first)
    assert loyal.daily["mutes"].sum() == loyal.daily["leaves"].sum() == 0
    assert until(plain, 72) != until(loyal, 72)
    assert [m.propensity for m in plain.everyone.values()][:20] == [
        m.propensity for m in loyal.everyone.values()
    ][:20]


def test_members_who_never_speak_still_look_and_read() -> None:
    class Lurker(Member):
        def drives(self, *situation: object) -> tuple[float, float]:
            return 0.0, 0.0

    community = Community(LIVE, member_class=Lurker)
    community.run()
    assert community.life["messages"][0] == 0
    assert community.daily["reads"].sum() > 0
    assert community.daily["claims"].sum() > 0


def test_one_community_mixes_members_of_two_kinds() -> None:
    class Chatty(Member):
        def __init__(self, model: Community, slot: int) -> None:
            super().__init__(model, slot)
            self.propensity *= 50.0 if slot < 3 else 0.0

    community = Community(lively(**{"arrivals.per_day": 0}), member_class=Chatty)
    community.run()
    posts = community.trace().posts
    assert posts[:3].sum() > 0
    assert posts[3:].sum() == 0


def test_mesa_s_batch_runner_plays_it() -> None:
    rows = batch_run(
        Community,
        {"scenario": [LIVE], "replication": [0, 1, 2]},
        number_processes=1,
        max_steps=1_000,
        display_progress=False,
    )
    trace = simulate_log([LIVE], 3, seed=LIVE.seed)[0]
    assert [row["messages"] for row in rows] == trace.life["messages"].tolist()


@pytest.mark.parametrize("processes", [1, 2])
def test_mesa_s_batch_runner_varies_any_lever(processes: int, tmp_path: Path) -> None:
    levers = {"size": [5, 8], "days": [1], "policies.bell.kind": ["chat", "ad"], "seed": [3]}
    rows = batch_run(
        Community,
        {"scenario": [with_own(tmp_path, "Bell")], **levers},
        number_processes=processes,
        max_steps=1_000,
        display_progress=False,
    )
    rows.sort(key=lambda row: row["RunId"])
    assert [(row["size"], row["policies.bell.kind"]) for row in rows] == [
        (5, "chat"), (5, "ad"), (8, "chat"), (8, "ad")
    ]  # fmt: skip
    for row in rows:
        one = Community(with_own(tmp_path, "Bell"), size=row["size"], days=1, seed=3)
        assert one.group_scenario.params.group.size == row["size"]
        one.run()
        assert row["members"] == len(one.members)
        assert row["hour"] == 24


def test_levers_are_checked_as_in_a_file() -> None:
    busy = Community(LIVE, policies__cadence__posts_per_day=7.5, size=4)
    assert busy.group_scenario.policies[0].policy.posts_per_day == 7.5  # type: ignore[union-attr]
    for levers, said in (
        ({"sise": 3}, "sise: unknown key; did you mean 'group.size'?"),
        ({"size": 0}, "group.size: 0 is out of range; allowed: 1 to 5000 members"),
        ({"seed": -1}, "run.seed: -1 is out of range"),
        ({"seed": 2**70}, "run.seed: 1180591620717411303424 is out of range"),
        ({"replication": -1}, "replication: -1 is out of range"),
        ({"replication": 1.5}, "replication: 1.5 is not a whole number"),
    ):
        with pytest.raises(InputError) as fault:
            Community(LIVE, **levers)  # type: ignore[arg-type]
        assert fault.value.problems[0].startswith(said)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_goes_on_as_the_community_itself(copied: Any, tmp_path: Path) -> None:
    scenario = with_own(tmp_path, "Bell", "Guard").with_values({"leaving.leave_probability": 0.1})
    whole, half = left_by(Community(scenario, 1)), Community(scenario, 1)
    half.run(31)
    twin = copied(half)
    assert left_by(twin) == whole
    assert half.hour == 31
    assert left_by(half) == whole


OWN = '''
from dataclasses import dataclass

import numpy as np

from sim.state import Actions, merge


@dataclass(frozen=True)
class Bell:
    """Ring at noon every day."""

    kind: str = "activity"

    def plan(self, setting):
        hours = np.array([setting.time_at(day, 12.0) for day in range(1, int(setting.days))])
        return Actions.posts(np.zeros(len(hours), int), hours, self.kind, everyone=True)


@dataclass(frozen=True)
class Guard:
    """Pay the silent, and close the door on the loud."""

    every_hours: int = 2
    fen: int = 60

    def act(self, seen):
        silent = np.flatnonzero(seen.silent_hours > 1.5)
        paid = Actions.packets(silent, seen.time_hours + 0.3, self.fen, 4)
        return Actions(paid.acts, cap=seen.members + 1, closed=seen.messages_today > 5)


@dataclass(frozen=True)
class Late:
    def act(self, seen):
        return Actions.posts([0], seen.time_hours + 1.0, "chat")


@dataclass(frozen=True)
class Broken:
    def act(self, seen):
        return seen.nothing


@dataclass(frozen=True)
class Foreign:
    def act(self, seen):
        return Actions.posts([seen.groups], seen.time_hours, "chat")
'''


def with_own(folder: Path, *names: str) -> Scenario:
    (folder / "own.py").write_text(OWN)
    policies = {name.lower(): {"use": f"own.py:{name}"} for name in names}
    data = {"group": {"size": 15}, "run": {"days": 3}, "policies": policies}
    return parse_scenario(data, folder, values=LIVELY)


@pytest.mark.parametrize("names", [("Bell",), ("Guard",), ("Bell", "Guard")])
def test_a_policy_of_ones_own_plays_alike_in_both_engines(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    scenario = with_own(tmp_path, *names)
    together: tuple[object, Array, Array] = simulate_log([scenario], 3, seed=9)
    for replication in range(3):
        alone = left_by(Community(scenario, replication, seed=9))
        assert alone == of_group(*together, replication)  # type: ignore[arg-type]
    daily = together[0].daily  # type: ignore[attr-defined]
    assert daily["operator_posts"].sum() == ("Bell" in names) * 3 * 2
    assert (daily["operator_packets"].sum() > 0) == ("Guard" in names)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Late", "policies.late: time_hours is 1; allowed: 0 to before 1"),
        ("Broken", "policies.broken: act fails at hour 0 with AttributeError"),
        ("Foreign", "policies.foreign: group is "),
    ],
)
def test_a_faulty_policy_is_refused_alike_in_both_engines(
    name: str, said: str, tmp_path: Path
) -> None:
    scenario = with_own(tmp_path, name)
    for play in (lambda: simulate_log([scenario], 2, seed=1), Community(scenario).run):
        with pytest.raises(InputError) as fault:
            play()
        assert len(fault.value.problems) == 1
        assert fault.value.problems[0].startswith(said)
