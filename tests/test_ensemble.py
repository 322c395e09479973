"""A group's bytes depend on its scenario, replication and seed alone: not on how it is played."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from worlds import LIVELY, THOROUGH, Warden, World, checked, of_group, worlds

from sim.ensemble import Ensemble, Place, simulate, simulate_log
from sim.models import Community
from sim.policies.cadence import Cadence
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import Actions, Array, Observation, Setting, merge
from sim.trace import Trace

FEW = settings(max_examples=200 if THOROUGH else 15)
LIVE = parse_scenario(
    {
        "group": {"size": 25},
        "run": {"days": 3},
        "policies": {
            "cadence": {"posts_per_day": 4, "everyone_share": 0.3},
            "red_packets": {"fen_per_day": 1_500},
        },
    },
    values=LIVELY,
)


def whole(trace: Trace, *logs: Array) -> dict[str, bytes]:
    """Return the bytes of everything a study leaves."""
    arrays = {field.name: getattr(trace, field.name) for field in dataclasses.fields(trace)}
    named = arrays | {f"log {n}": log for n, log in enumerate(logs)}
    return {name: array.tobytes() for name, array in named.items()}


@FEW
@given(worlds(most_groups=8), st.sampled_from([1, 2, 7]))
def test_threads_and_blocks_do_not_enter_the_result(world: World, block_groups: int) -> None:
    study = ([checked(one) for one in world.scenarios], world.replications, world.seed)
    plain = whole(*simulate_log(*study))
    assert whole(*simulate_log(*study, threads=2, block_groups=block_groups)) == plain
    assert whole(*simulate_log(*study, threads=1, block_groups=block_groups)) == plain
    traced = whole(simulate(*study, threads=2, block_groups=block_groups))
    assert traced == {name: plain[name] for name in traced}


@FEW
@given(worlds(most_groups=6), st.randoms(use_true_random=False))
def test_the_order_of_scenarios_and_replications_does_not_enter_the_result(
    world: World, order: np.random.Generator
) -> None:
    points = [checked(one) for one in world.scenarios]
    numbers, mixed = list(world.replications), list(range(len(points)))
    order.shuffle(numbers)
    order.shuffle(mixed)
    plain = simulate_log(points, world.replications, world.seed)
    other = simulate_log([points[point] for point in mixed], numbers, world.seed)
    for g in range(plain[0].groups):
        there = np.flatnonzero(
            (np.array(mixed)[other[0].point] == plain[0].point[g])
            & (other[0].replication == plain[0].replication[g])
        )
        assert len(there) == 1
        assert of_group(*other, int(there[0])) == of_group(*plain, g)


@FEW
@given(worlds(), st.lists(st.integers(0, 150), max_size=6).map(sorted))
def test_stopping_and_continuing_gives_the_same_bytes(world: World, stops: list[int]) -> None:
    points = [checked(one) for one in world.scenarios]
    trace, messages, events = simulate_log(points, world.replications, world.seed)
    places = [
        Place(point, scenario, replication, world.seed)
        for point, scenario in enumerate(points)
        for replication in world.replications
    ]
    block = Ensemble(places, (len(messages), len(events)))
    ones = [Community(place.scenario, place.replication, world.seed) for place in places]
    for hour in stops:
        block.advance(hour)
        so_far = (block.trace(), *block.logs())
        for g, one in enumerate(ones):  # both engines also tell the same half-way
            one.run(hour)
            assert of_group(one.trace(), *one.logs()) == of_group(*so_far, g)
    block.advance()
    for g in range(trace.groups):
        assert of_group(block.trace(), *block.logs(), g) == of_group(trace, messages, events, g)


@FEW
@given(worlds(most_groups=2), st.floats(0.1, 40))
def test_a_longer_horizon_does_not_change_the_days_before(world: World, more: float) -> None:
    points = [checked(one) for one in world.scenarios]
    longer = [one.with_values({"run.days": one.days + more}) for one in points]
    short_run = simulate_log(points, world.replications, world.seed)
    long_run = simulate_log(longer, world.replications, world.seed)
    for g in range(short_run[0].groups):
        end = short_run[0].life["observed_hours"][g]
        logs = zip(short_run[1:], long_run[1:], strict=True)
        for short, long in logs:
            early = long[(long["group"] == g) & (long["time_hours"] < end)]
            assert early.tobytes() == short[short["group"] == g].tobytes()
        start = points[short_run[0].point[g]].params.group.start_hour
        full = int((end + start) // 24)  # days wholly seen in both
        assert long_run[0].daily[g, :full].tobytes() == short_run[0].daily[g, :full].tobytes()


@dataclass(frozen=True)
class Timed:
    """A timetable that posts every three hours and, from an hour on, does more."""

    from_hour: int = 10_000

    def plan(self, setting: Setting) -> Actions:
        hours = np.arange(0.0, 24 * setting.days, 3.0)
        late = hours[hours >= self.from_hour]
        none = np.zeros(len(hours), np.int64)
        return merge(
            [
                Actions.posts(none, hours, "content"),
                Actions.posts(none[: len(late)], late, "chat", everyone=True),
                Actions.packets(none[: len(late)], late + 0.5, 300, 3),
            ]
        )


@dataclass(frozen=True)
class Turned:
    """A warden that behaves as others do until an hour, then closes the group and pays."""

    from_hour: int = 10_000

    def act(self, seen: Observation) -> Actions:
        usual = Warden().act(seen)
        if seen.time_hours < self.from_hour:
            return usual
        everyone = np.arange(seen.groups)
        more = Actions.packets(everyone, seen.time_hours, 500, 5)
        return merge([usual, Actions(more.acts, closed=np.ones(seen.groups, bool))])


def with_policy(policy: Timed | Turned | Cadence) -> Scenario:
    return dataclasses.replace(LIVE, policies=(NamedPolicy("own", "tests:own", policy),))


@pytest.mark.parametrize("hour", [0, 1, 17, 40, 63])
@pytest.mark.parametrize("kind", [Timed, Turned])
def test_policies_equal_until_an_hour_give_equal_bytes_until_then(
    kind: type[Timed | Turned], hour: int
) -> None:
    _, *usual = simulate_log([with_policy(kind())], 4, seed=7)
    _, *other = simulate_log([with_policy(kind(hour))], 4, seed=7)
    for log, log_other in zip(usual, other, strict=True):
        early, early_other = (rows[rows["time_hours"] < hour] for rows in (log, log_other))
        assert early.tobytes() == early_other.tobytes()
    assert usual[1].tobytes() != other[1].tobytes()  # and then they part


def test_a_scenario_s_luck_is_the_same_at_every_design_point() -> None:
    small = LIVE.with_values({"arrivals.per_day": 0, "speak.propensity": 0})
    alone = simulate([small], [3], seed=5)
    among = simulate([LIVE, small, LIVE.with_values({"group.size": 40})], [0, 3], seed=5)
    assert alone.daily[0].tobytes() == among.daily[3].tobytes()
    other_seed = simulate([small], [3], seed=6)
    assert alone.daily.tobytes() != other_seed.daily.tobytes()


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    simulate(
        [LIVE], 5, seed=1, block_groups=2, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_group_of_one_lives_by_itself() -> None:
    alone = LIVE.with_values({"group.size": 1, "arrivals.per_day": 0})
    trace, messages, events = simulate_log([alone], 50, seed=1)
    assert trace.daily["looks"].sum() > 50
    assert set(messages["member"]) <= {-1, 0}
    assert np.all(trace.daily["tie_density"] == 0)
    claimers = events[events["event"] == 4]
    assert np.all(claimers["member"] == 0)


@FEW
@given(worlds(most_groups=2))
def test_what_is_observed_ends_at_the_horizon(world: World) -> None:
    points = [checked(one) for one in world.scenarios]
    trace, messages, events = simulate_log(points, world.replications, world.seed)
    assume(len(messages))
    for log in (messages, events):
        assert np.all(log["time_hours"] >= 0)
        assert np.all(log["time_hours"] < trace.life["observed_hours"][log["group"]])
        order = np.lexsort([log["time_hours"], log["group"]])
        assert np.all(np.diff(order) > 0)


def test_a_trace_keeps_no_more_of_a_block_than_itself() -> None:
    small = parse_scenario({"group": {"size": 5}, "run": {"days": 1}})
    block = Ensemble([Place(0, small, replication, 1) for replication in range(3)])
    block.advance()
    trace = block.trace()
    for array in (trace.daily, trace.life, trace.posts, trace.joined, trace.left, trace.muted):
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        assert root.nbytes <= array.nbytes
