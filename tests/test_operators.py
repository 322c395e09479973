"""Whatever a policy returns or raises is checked before it reaches an engine: nothing is silent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import THOROUGH

from sim.ensemble import simulate_log
from sim.errors import InputError
from sim.models import Community
from sim.scenario import NamedPolicy, Scenario
from sim.state import ACT_DTYPE, ACTS, PACKET, PAY, Actions, Observation, Setting

SMALL = Scenario().with_values({"group.size": 3, "run.days": 1, "arrivals.per_day": 0})
INTEGERS = [-(2**63), -500, -1, 0, 1, 2, 5, 7, 8, 99, 101, 20_001, 10**18, 2**63 - 1]
FLOATS = [-5.0, -0.0, 0.0, 0.5, 1.5, 3.0, 3.1, 23.9, 24.0, 1e308, np.inf, -np.inf, np.nan]


class Hostile(BaseException):
    def __repr__(self) -> str:
        raise RuntimeError("no words")


class Endless:
    def __len__(self) -> int:
        raise SystemExit(0)

    __iter__ = __array__ = __len__  # type: ignore[assignment]


def code(given: Any) -> Any:
    """What code of a policy's author may do: return anything, raise anything."""
    if isinstance(given, BaseException) or (
        isinstance(given, type) and issubclass(given, BaseException)
    ):
        raise given
    return given


@dataclass(frozen=True)
class Plans:
    given: Any

    def plan(self, setting: Setting) -> Any:
        return code(self.given)


@dataclass(frozen=True)
class Acts:
    given: Any
    every_hours: Any = 24

    def act(self, seen: Observation) -> Any:
        return code(self.given)


def with_policy(policy: Any) -> Scenario:
    return replace(SMALL, policies=(NamedPolicy("mine", "mine", policy),))


def faults_in(scenario: Scenario) -> list[tuple[str, ...]]:
    """Play a group with both engines; return what each refuses."""
    found: list[tuple[str, ...]] = []
    with ThreadPoolExecutor(1) as pool:  # where an interrupt is not the user's
        for play in (lambda: simulate_log([scenario], 1, 1, 1), lambda: Community(scenario).run()):
            try:
                pool.submit(play).result()
                found.append(())
            except InputError as fault:
                found.append(fault.problems)
    return found


@st.composite
def act_tables(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Tables of acts: good ones with some values from everywhere."""
    count = draw(st.integers(0, 4))
    acts = np.zeros(count, ACT_DTYPE)
    acts["time_hours"], acts["quality"] = 0.5, 1.0
    for row in range(count):
        if draw(st.booleans()):
            acts[row]["kind"], acts[row]["fen"], acts[row]["shares"] = PACKET, 100, 5
    for name in draw(st.lists(st.sampled_from(ACT_DTYPE.names), max_size=2)):
        values = FLOATS if ACT_DTYPE[name].kind == "f" else INTEGERS
        for row in range(count):
            acts[name][row] = draw(st.sampled_from(values))
    return acts


nonsense = st.one_of(
    st.sampled_from([None, 0, "posts", [], [1, "a"], {}, Endless(), Actions, object()]),
    st.sampled_from(
        [
            *(SystemExit, SystemExit(0), KeyboardInterrupt, GeneratorExit, MemoryError),
            *(Hostile(), StopIteration(1), OSError("x" * 9999), InputError(["one", "two"])),
        ]
    ),
    st.builds(
        Actions, st.sampled_from([None, [], "x", 3, np.zeros(3), np.zeros((2, 2), ACT_DTYPE)])
    ),
    st.builds(Actions, st.sampled_from([Endless(), np.array([None]), np.zeros((), ACT_DTYPE)])),
)
columns = st.one_of(
    st.none(),
    st.sampled_from([-7, 0, 3, 2.5, np.nan, 10**30, True, "3", [3], None, Endless()]),
    st.sampled_from([np.array([5]), np.array([np.nan]), np.array([1, 2]), np.array(["a"])]),
)
orders = nonsense | st.builds(Actions, act_tables(), columns, columns)


def is_allowed(acts: Any, hours: float) -> bool:
    """Say the same as the border in plain words, act by act."""
    for act in acts:
        packet = act["kind"] == PACKET
        fen, shares = int(act["fen"]), int(act["shares"])
        if not (act["group"] == 0 and 0 <= act["time_hours"] < hours):
            return False
        if not (0 <= act["kind"] < len(ACTS) and 0 <= act["quality"] <= 3):
            return False
        if act["to"] < -1 or act["other"] < -1 or max(act["to"], act["other"]) >= 2**31:
            return False
        if not (0 <= act["amount"] <= 10**9 and 0 <= act["topic"] <= 3):
            return False
        if not 0 <= act["until_hours"] <= 24 * 3650:
            return False
        if act["everyone"] not in (0, 1) or act["lucky"] not in (0, 1):
            return False
        if packet and not (1 <= shares <= 100 and shares <= fen <= 20_000 * shares):
            return False
        if act["kind"] == PAY and not (fen >= 1 and shares == 0):
            return False
        if not packet and act["kind"] != PAY and (fen, shares) != (0, 0):
            return False
    return True


def is_column(given: Any, most: int) -> bool:
    if given is None:
        return True
    if type(given) not in (bool, int, float, np.ndarray) or np.shape(given) not in ((), (1,)):
        return False
    value = np.ravel(given)[0]
    return (
        isinstance(value, int | float | np.number | np.bool_)
        and 0 <= value <= most
        and value % 1 == 0
    )


@settings(max_examples=600 if THOROUGH else 60, deadline=None)
@given(orders, st.booleans())
def test_nonsense_is_refused_alike_by_both_engines_and_the_rest_is_played(
    given: Any, plans: bool
) -> None:
    first, second = faults_in(with_policy(Plans(given) if plans else Acts(given)))
    assert first == second
    good = type(given) is Actions and type(given.acts) is np.ndarray
    good = good and given.acts.dtype == ACT_DTYPE and given.acts.ndim == 1
    if good:
        columns_fit = is_column(given.cap, 10**9) and is_column(given.closed, 1)
        good = is_allowed(given.acts, 24.0 if plans else 1.0) and columns_fit
    assert (first == ()) == good, (given, first)
    assert all(line.startswith("policies.mine: ") and len(line) < 400 for line in first)


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("kind", 99, "0 to 15"),
        ("quality", -5.0, "0 to 3"),
        ("quality", np.nan, "0 to 3"),
        ("fen", -500, "0 to 2,000,000"),
        ("shares", 1_000_000, "0 to 100"),
        ("group", 1, "0 to 0"),
        ("time_hours", 24.0, "0 to before 24"),
    ],
)
def test_a_fault_names_policy_field_value_and_range(field: str, value: float, allowed: str) -> None:
    acts = Actions.packets([0], [0.5], 100, 5).acts
    acts[field] = value
    for faults in faults_in(with_policy(Plans(Actions(acts)))):
        assert faults[0] == f"policies.mine: {field} is {value:g}; allowed: {allowed}".replace(
            "1e+06", "1000000"
        )


@pytest.mark.parametrize("every", [-1, 0, 0.5, "2", None, 10**30, np.nan])
def test_an_interval_that_is_none_is_refused(every: Any) -> None:
    for faults in faults_in(with_policy(Acts(Actions.none(), every))):
        assert faults[0].startswith("policies.mine: every_hours is ")


def test_too_many_acts_are_refused_before_they_are_copied() -> None:
    many = Actions.posts(np.zeros(2401, np.int64), 1.0, "content")
    said = "policies.mine: orders 2,401 acts; allowed: at most 2,400"
    assert faults_in(with_policy(Plans(many))) == [(said,)] * 2


def test_numbers_that_would_change_on_their_way_are_refused() -> None:
    for fen, shares in ((10.5, 2), (np.nan, 2), ("100", 2), (100, 2.5), (10**30, 1)):
        with pytest.raises(ValueError, match="allowed"):
            Actions.packets([0], 1.0, fen, shares)  # type: ignore[arg-type]
    assert Actions.packets([0], 1.0, 100.0, 2).acts["fen"].tolist() == [100]  # type: ignore[arg-type]


def test_a_policy_cannot_write_into_its_ledger() -> None:
    class Forger(Acts):
        def act(self, seen: Observation) -> Any:
            seen.ledger.spent_fen[:] = -(10**9)
            return Actions.none()

    for faults in faults_in(with_policy(Forger(None))):
        assert "read-only" in faults[0]


@pytest.mark.parametrize("hour", [-0.1, 24.1, 99, np.nan])
def test_a_clock_time_that_is_none_is_refused(hour: float) -> None:
    with pytest.raises(InputError, match=r"clock hour .* allowed: 0 to 24"):
        Setting(days=7).time_at(1, hour)
    assert Setting(days=7).time_at(1, 24) == 39.0
