"""A broadcast: how rooms were, who wrote, weights of cells, and the row of ``qunlab validate``."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.populations import find_population, read_population
from sim.validation import broadcast
from sim.validation.broadcast import CELLS, OUTSIDE, Reached, counted, reached, response
from sim.validation.rooms import Utterances

POST_HOURS = 1000.0


def talk_of(*rows: tuple[int, int, float]) -> Utterances:
    """Messages of (room, member, hours since the post)."""
    room, member, hours = (np.array(column) for column in zip(*sorted(rows), strict=True))
    return Utterances(room.astype(np.int64), member.astype(np.int64), POST_HOURS + hours)


def test_rooms_are_known_by_posters_so_far_and_days_of_silence() -> None:
    five = [(2, member, -24.0 * 8) for member in range(5)]
    talk = talk_of((0, 0, -24.0 * 4), (0, 0, -24.0 * 9), (1, 0, -2.0), *five, (2, 9, 3.0))
    found = reached(talk, np.full(4, POST_HOURS))
    assert [CELLS[cell] if cell < OUTSIDE else None for cell in found.cell] == [
        (1, 3.0), None, (5, 7.0), None,
    ]  # fmt: skip
    assert found.answered.tolist() == [False, False, True, False]


def test_an_answer_comes_within_a_day_of_the_post() -> None:
    talk = talk_of((0, 0, -200.0), (0, 1, 24.0), (1, 0, -200.0), (1, 1, 24.1), (2, 0, -0.001))
    assert reached(talk, np.full(3, POST_HOURS)).answered.tolist() == [True, False, False]


@given(st.lists(st.tuples(st.integers(0, OUTSIDE), st.booleans()), min_size=1, max_size=40))
def test_rooms_weighted_by_their_own_cells_are_a_plain_share(rooms) -> None:
    cell, answered = (np.array(column) for column in zip(*rooms, strict=True))
    found = Reached(cell.astype(np.int64), answered.astype(bool))
    table = counted(found)
    share = response(found, table["rooms"].to_numpy(), 1).value
    if (silent := cell < OUTSIDE).any():
        assert share == pytest.approx(answered[silent].mean())
        assert table["answered"].sum() == answered[silent].sum()
    else:
        assert np.isnan(share)


def test_cells_weigh_as_real_rooms_lie_in_them() -> None:
    found = Reached(np.array([0, 0, 0, 1]), np.array([False, False, False, True]))
    real = np.zeros(OUTSIDE, np.int64)
    real[[0, 1, 2]] = 1, 3, 50  # no simulated room is in the third
    assert response(found, real, 1).value == pytest.approx(0.75)


def test_the_shipped_counts_are_86_silent_rooms_of_which_8_answered() -> None:
    table = broadcast.shipped_broadcast()
    assert [*map(tuple, table[["posters_from", "silent_from_days"]].to_numpy())] == CELLS
    assert (table["rooms"].sum(), table["answered"].sum()) == (86, 8)
    assert (table["answered"] <= table["rooms"]).all()


LEARNERS = read_population(find_population("learner_rooms")).scenario


def test_a_team_that_is_hardly_ever_answered_draws_fewer_members_than_one_that_always_is() -> None:
    def share(ratio: float) -> float:
        scenario = LEARNERS.with_values({"speak.team_ratio": ratio})
        found = broadcast.play_broadcast([scenario], 150, 1)
        return float(found.answered[found.cell < OUTSIDE].mean())

    assert share(0.0) + 0.1 < share(50.0)


def test_the_row_says_what_is_real_and_what_hangs_on_it() -> None:
    found = broadcast.play_broadcast([LEARNERS], 40, 1)
    row = broadcast.broadcast_row(found, 1, is_fitted=False)
    assert row.real == pytest.approx(8 / 86)
    assert (row.low, row.high, row.part) == (0.035, 0.163, broadcast.PART)
    assert "speak.team_ratio" in row.note
