"""Who knows whom at creation: drawn graphs, and edge lists of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.models import Community
from sim.params import Params
from sim.scenario import parse_scenario
from sim.state import Array
from sim.ties import SLOTS, is_listed, sum_of_ties, tie_weights, tied_to


def ties(key: int = 1, **values: object) -> tuple[Array, Array]:
    """Draw the ties of a group with some parameters changed."""
    named = {("group." if name == "size" else "ties.") + name: values[name] for name in values}
    params = Params().replace(named)
    to = tied_to(params, key)
    return to, tie_weights(params, to)


@given(
    st.sampled_from(["strangers", "small_world", "cliques"]),
    st.integers(1, 80), st.integers(0, 12), st.integers(0, 12), st.floats(0, 10),
    st.integers(0, 2**62 - 1),
)  # fmt: skip
def test_every_drawn_tie_is_mutual_and_no_one_is_tied_to_oneself(
    graph: str, size: int, degree: int, kept: int, weight: float, key: int
) -> None:
    to, strength = ties(
        key, graph=graph, size=size, degree=degree, kept=kept, initial_weight=weight
    )
    assert to.shape == strength.shape == (size, SLOTS)
    assert np.all(to[:, kept:] == -1)
    assert np.all(strength == np.where(to >= 0, weight, 0.0))
    for member, row in enumerate(to):
        others = row[row >= 0].tolist()
        assert len(set(others)) == len(others)
        assert member not in others
        assert all(0 <= other < size for other in others)
        if kept == SLOTS and graph == "cliques":
            assert all(member in to[other] for other in others)
    if graph == "strangers" or degree == 0 or kept == 0 or size == 1:
        assert np.all(to == -1)


def test_cliques_are_circles_of_friends() -> None:
    to, _ = ties(graph="cliques", size=15, degree=4)
    for member, row in enumerate(to):
        circle = range(member // 5 * 5, member // 5 * 5 + 5)
        assert sorted(row[row >= 0]) == [other for other in circle if other != member]


@pytest.mark.parametrize("degree", [2, 4, 8])
def test_a_small_world_has_its_degree_and_mostly_near_ties(degree: int) -> None:
    to, _ = ties(graph="small_world", size=300, degree=degree)
    assert np.sum(to >= 0) == 300 * degree
    member = np.repeat(np.arange(300), SLOTS)[to.ravel() >= 0]
    far = np.abs(member - to[to >= 0])
    near = np.minimum(far, 300 - far) <= degree // 2
    assert 0.85 < near.mean() < 0.95  # a tenth is rewired


def test_the_key_alone_draws_the_world() -> None:
    one, same, other = (ties(key, graph="small_world")[0] for key in (5, 5, 6))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()
    assert ties(5, graph="cliques")[0].tobytes() == ties(6, graph="cliques")[0].tobytes()


def test_nobody_can_change_ties_that_groups_share() -> None:
    to, _ = ties(graph="cliques")
    with pytest.raises(ValueError, match="read-only"):
        to[0, 0] = 1


def test_an_edge_list_of_ones_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "friends.csv"
    file.write_text("member,member,weight\n0,1,2.5\n2,0\n1,2,0.5\n")
    to, strength = ties(graph=str(file), size=4, kept=12, initial_weight=1.5)
    assert to[:, :2].tolist() == [[1, 2], [0, 2], [0, 1], [-1, -1]]
    assert strength[:, :2].tolist() == [[2.5, 1.5], [2.5, 0.5], [1.5, 0.5], [0.0, 0.0]]
    to, _ = ties(graph=str(file), size=4, kept=1, initial_weight=1.5)
    assert to[:, 0].tolist() == [1, 0, 0, -1]  # the strongest is kept
    assert np.all(to[:, 1:] == -1)


def test_a_community_starts_with_the_ties_of_its_list(tmp_path: Path) -> None:
    (tmp_path / "friends.csv").write_text("0,1,2.5\n")
    scenario = parse_scenario(
        {"group": {"size": 3}, "ties": {"graph": "friends.csv", "kept": 4}}, tmp_path
    )
    members = Community(scenario).members
    assert (members[0].tie_to, members[0].ties) == ([1, -1, -1, -1], [2.5, 0.0, 0.0, 0.0])
    assert members[2].ties == [0.0] * 4


def test_every_fault_of_an_edge_list_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "friends.csv"
    file.write_text("a,b\n0,9\n1,1\n0,1,-2\n0,1,nan\nx,1\n0\n")
    with pytest.raises(InputError) as fault:
        ties(graph=str(file), size=4)
    lines = [problem.rpartition(" line ")[2].partition(":")[0] for problem in fault.value.problems]
    assert lines == ["2", "3", "4", "5", "6", "7"]
    for missing in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match=r"cannot read|a folder, not a file"):
            ties(graph=str(missing), size=5)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe0,1")
    with pytest.raises(InputError, match="cannot read"):
        ties(graph=str(tmp_path / "bytes.csv"), size=6)


def test_ties_are_summed_member_by_member() -> None:
    assert sum_of_ties(np.ones((2, SLOTS))).tolist() == [SLOTS, SLOTS]
    assert not is_listed(Params())
