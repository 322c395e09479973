"""`sim.gym`: what may be ordered and is seen; the same acts give what `simulate` gives."""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

gymnasium = pytest.importorskip("gymnasium", reason="the extra gym is not installed")

from gymnasium.utils.env_checker import check_env  # noqa: E402
from gymnasium.vector.utils import batch_space  # noqa: E402

from sim import gym  # noqa: E402
from sim.ensemble import simulate  # noqa: E402
from sim.errors import InputError  # noqa: E402
from sim.gym import ChecklistAgent, Day, GroupEnv, RandomAgent, member_messages  # noqa: E402
from sim.lives.outcomes import outcomes  # noqa: E402
from sim.scenario import Scenario  # noqa: E402
from sim.scenario.fork import forked  # noqa: E402
from sim.state import POSTED  # noqa: E402

SMALL = Scenario().with_values({"group.size": 12, "run.days": 3})
LIVE = Scenario().with_values(
    {
        "group.size": 40,
        "run.days": 9,
        "arrivals.per_day": 2.0,
        "operator.wage_fen_per_hour": 5_000,
        "gate.candidate_fen": 20,
    }
)
NEVER = 3650.0  # days of silence: an episode goes to the horizon

Step = tuple[dict[str, Any], float, bool, bool, dict[str, Any]]


def steps(env: GroupEnv, agent: Any, seed: int) -> list[Step]:
    """Play an episode."""
    seen, _ = env.reset(seed=seed)
    played: list[Step] = []
    while not played or not (played[-1][2] or played[-1][3]):
        played.append(env.step(agent.act(seen)))
        seen = played[-1][0]
    return played


class Always:
    """Orders the same every day."""

    def __init__(self, env: GroupEnv, **orders: Any) -> None:
        self.orders = env.nothing() | orders

    def act(self, seen: object) -> dict[str, Any]:
        return self.orders


# --- a Gymnasium environment ----------------------------------------------------------------------


def test_gymnasium_has_nothing_against_it(recwarn: pytest.WarningsRecorder) -> None:
    gym.register()
    env = gymnasium.make("Qunlab/Group-v0", scenario=SMALL)
    check_env(env.unwrapped, skip_render_check=True)
    said = [str(one.message) for one in recwarn]
    assert [line for line in said if "infinity" not in line] == []


def test_importing_it_names_no_environment() -> None:
    gymnasium.registry.pop("Qunlab/Group-v0", None)
    with pytest.raises(gymnasium.error.Error):
        gymnasium.make("Qunlab/Group-v0")
    gym.register()
    assert gymnasium.make("Qunlab/Group-v0").unwrapped.scenario.params.group.size == 100


def test_without_gymnasium_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(InputError, match=r"pip install .qunlab\[gym\]"):
        runpy.run_path(str(gym.__file__))


def test_several_play_side_by_side_as_each_alone() -> None:
    gym.register()
    many = gymnasium.make_vec("Qunlab/Group-v0", 3, "sync", scenario=SMALL)
    seen, _ = many.reset(seed=5)
    assert seen["members"].tolist() == [[12.0]] * 3
    alone = GroupEnv(SMALL)
    none = alone.nothing()
    orders = {name: np.stack([np.asarray(one)] * 3) for name, one in none.items()}
    assert orders in batch_space(alone.action_space, 3)
    _, rewards, *_, infos = many.step(orders)
    for number, reward in enumerate(rewards):
        alone.reset(seed=5 + number)
        assert alone.step(none)[1] == reward
    assert infos["day"]["number"].tolist() == [0, 0, 0]
    many.close()


def test_an_episode_ends_and_asks_for_another() -> None:
    env = GroupEnv(SMALL)
    with pytest.raises(InputError, match="call reset"):
        env.step(env.nothing())
    assert [step[3] for step in steps(env, Always(env), 1)] == [False, False, True]
    with pytest.raises(InputError, match="call reset"):
        env.step(env.nothing())


# --- what may be ordered, and what is seen --------------------------------------------------------

ENV = GroupEnv(LIVE, silence_days=NEVER)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_the_space_has_may_be_ordered(seed: int) -> None:
    played = steps(ENV, RandomAgent(ENV, seed), seed)
    assert len(played) == 9
    total = dict.fromkeys(played[0][4]["day"], 0)
    for seen, reward, dead, _, info in played:
        assert seen in ENV.observation_space
        day = info["day"]
        assert reward == day["messages"]
        assert dead == (day["members"] == 0)
        assert day["refused"] == len(info["refused"])
        total = {name: total[name] + day[name] for name in total}
    found = played[-1][4]["outcomes"]
    names = {"messages": "messages", "joined": "joins", "left": "leaves", "cost_fen": "cost_fen",
             "posting_members": "posting_member_days", "income_fen": "income_fen"}  # fmt: skip
    assert {name: total[name] for name in names} == {
        name: found[outcome] for name, outcome in names.items()
    }


@settings(max_examples=10)
@given(seed=st.integers(0, 2**63 - 1), lots=st.integers(0, 1000))
def test_a_seed_reproduces_an_episode(seed: int, lots: int) -> None:
    env = GroupEnv(SMALL)
    first, again = (str(steps(env, RandomAgent(env, lots), seed)) for _ in range(2))
    assert first == again


def test_groups_without_a_seed_follow_from_the_last_one() -> None:
    env = GroupEnv(SMALL)

    def founded() -> list[int]:
        return [env.reset(seed=seed)[1]["seed"] for seed in (3, None, None)]

    assert founded() == founded()
    assert len({*founded()}) == 3


def test_what_is_seen_is_what_was_ordered() -> None:
    env = GroupEnv(LIVE, silence_days=NEVER)
    posts = env.nothing()["posts"]
    posts[:2] = [POSTED.index("greeting") + 1, 8, 0], [1, 21, 1]
    seen, _, _, _, info = steps(env, Always(env, posts=posts, packet=np.array([500, 5, 8])), 1)[-1]
    assert (seen["own_posts"][0], seen["own_packets"][0]) == (2 * 9, 9)
    assert seen["own_spent_fen"][0] == 500 * 9
    assert info["outcomes"]["operator_posts"] == 18
    assert seen["time_hours"][0] == 24 * 9
    assert set(seen) == set(gym.UNITS)


def test_an_hour_before_the_group_s_own_is_the_next_morning() -> None:
    env = GroupEnv(SMALL)  # created at 9:00
    seen, _ = env.reset(seed=1)
    posts = env.nothing()["posts"]
    posts[:3, 0], posts[:3, 1] = 1, (8, 9, 23)
    actions, _ = env._ordered(env.nothing() | {"posts": posts}, env._seen())
    assert sorted(actions.acts["time_hours"].tolist()) == [0.0, 14.0, 23.0]
    assert seen["hour_of_day"][0] == 9


def test_nobody_writes_in_a_hushed_group_or_comes_into_a_closed_one() -> None:
    env = GroupEnv(LIVE, silence_days=NEVER)
    played = steps(env, Always(env, hushed=1, closed=1), 2)
    assert sum(info["day"]["messages"] + info["day"]["joined"] for *_, info in played) == 0
    assert sum(info["day"]["joined"] for *_, info in steps(env, Always(env), 2)) > 0


# --- what is refused ------------------------------------------------------------------------------


def test_a_packet_that_breaks_the_limits_is_named_and_not_sent() -> None:
    env = GroupEnv(SMALL)
    for fen, shares in ((5, 6), (5, 0), (0, 7)):
        seen, *_, info = steps(env, Always(env, packet=np.array([fen, shares, 20])), 1)[-1]
        assert info["day"]["refused"] == (fen > 0)
        assert all(f"a packet of {fen} fen in {shares} shares" in line for line in info["refused"])
        assert seen["own_packets"][0] == seen["own_spent_fen"][0] == 0


@pytest.mark.parametrize(
    "orders",
    [{"hushed": 2}, {"packet": np.array([9_999, 5, 20])}, {"posts": np.zeros((1, 3), int)}],
)
def test_what_the_space_has_not_is_refused(orders: dict[str, Any]) -> None:
    env = GroupEnv(SMALL)
    env.reset(seed=1)
    with pytest.raises(InputError, match="not in the action space"):
        env.step(env.nothing() | orders)


def test_every_wrong_argument_is_named() -> None:
    with pytest.raises(InputError) as fault:
        GroupEnv(SMALL, quality=4.0, posts_most=0, packet_fen_most=0, silence_days=0.0)
    assert [line.split(":")[0] for line in fault.value.problems] == [
        *("quality", "posts_most", "packet_fen_most", "silence_days")
    ]
    with pytest.raises(InputError, match="fork"):
        GroupEnv(forked(SMALL, {"policies.cadence.posts_per_day": 6}, at_day=1))


# --- known answers --------------------------------------------------------------------------------

SHIPPED = {
    "posts": {"policies.cadence.hours": [8.0, 9.0, 20.0, 23.0], "policies.cadence.quality": 1.0},
    "@all": {"policies.cadence.hours": [12.0], "policies.cadence.everyone_share": 0.5,
             "policies.cadence.quality": 1.0},
    "packets": {"policies.red_packets.fen_per_day": 1_500, "policies.red_packets.hour": 20.0},
    "both": {"policies.cadence.hours": [20.0], "policies.cadence.quality": 1.0,
             "policies.red_packets.fen_per_day": 800, "policies.red_packets.hour": 20.0},
}  # fmt: skip


def assert_same(env: GroupEnv, last: Step, scenario: Scenario, seed: int) -> None:
    theirs = simulate([scenario], 1, seed)
    ours = env.trace()
    assert (ours.daily == theirs.daily).all()
    assert (ours.life == theirs.life).all()
    assert (ours.posts == theirs.posts).all()
    expected = outcomes(theirs, [scenario]).iloc[0].to_dict()
    pd.testing.assert_series_equal(pd.Series(last[4]["outcomes"]), pd.Series(expected))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("seed", [1, 2**40])
def test_a_shipped_policy_s_acts_give_what_simulate_gives(name: str, seed: int) -> None:
    played = LIVE.with_values(SHIPPED[name])
    env = GroupEnv(LIVE, silence_days=NEVER)
    last = steps(env, ChecklistAgent(env, played), seed)[-1]
    assert last[0]["own_posts"][0] + last[0]["own_packets"][0] > 0
    assert_same(env, last, played, seed)


def test_removing_the_silent_gives_what_the_shipped_policy_gives() -> None:
    prune = {"policies.prune.silent_days": 4.0, "policies.prune.notice_days": 0.0}
    env = GroupEnv(LIVE, silence_days=NEVER)
    last = steps(env, Always(env, remove_silent_days=4), 3)[-1]
    assert last[4]["outcomes"]["removals"] > 0
    assert_same(env, last, LIVE.with_values(prune), 3)


@pytest.mark.parametrize(
    ("values", "days"), [({"run.days": 2.4}, 3), ({"group.planned_end_days": 4.0}, 4)]
)
def test_an_episode_is_as_long_as_the_group(values: dict[str, float], days: int) -> None:
    whole = LIVE.with_values(values)
    env = GroupEnv(whole, silence_days=NEVER)
    played = steps(env, Always(env), 5)
    assert len(played) == days
    assert_same(env, played[-1], whole, 5)


def test_policies_of_the_scenario_act_beside_the_agent() -> None:
    both = LIVE.with_values(SHIPPED["both"])
    env = GroupEnv(both, silence_days=NEVER)
    assert_same(env, steps(env, Always(env), 4)[-1], both, 4)


def test_a_dead_group_ends_the_episode() -> None:
    env = GroupEnv(LIVE, silence_days=2.0)
    played = steps(env, Always(env, hushed=1), 1)
    assert [step[2:4] for step in played] == [(False, False), (True, False)]
    assert played[-1][4]["outcomes"]["days_observed"] == pytest.approx((24 * 2 - 9) / 24)


def test_a_reward_is_what_the_user_states() -> None:
    days: list[Day] = []

    def margin(day: Day) -> float:
        days.append(day)
        return day.income_fen - day.cost_fen

    env = GroupEnv(SMALL, reward=margin)
    played = steps(env, Always(env), 1)
    assert [step[1] for step in played] == [float(-day.cost_fen) for day in days]
    assert [day.number for day in days] == [0, 1, 2]
    assert member_messages(replace(days[0], messages=4)) == 4.0


def test_a_checklist_longer_than_the_day_is_refused() -> None:
    env = GroupEnv(SMALL, posts_most=3)
    with pytest.raises(InputError, match="more than 3 posts"):
        ChecklistAgent(env).act(env.reset(seed=1)[0])
