"""Windows: drawn as they were observed, and simulated rooms seen no longer than that."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lives.patterns import per_group
from sim.validation.real import read_rooms
from sim.validation.targets import DATA_SETS
from sim.validation.windows import (
    LONGEST_DAYS,
    SHORTEST_DAYS,
    Utterances,
    Windows,
    room_windows,
    seen_through,
    shipped_windows,
    windows_of,
)

DAYS = st.lists(st.floats(0.1, 3000), min_size=1, max_size=30)


@given(DAYS, st.integers(0, 400), st.integers(0, 2**40))
def test_resampled_windows_are_real_ones(days, rooms, seed) -> None:
    drawn = windows_of(np.array(days), "made").drawn(rooms, seed)
    assert len(drawn) == rooms
    assert set(drawn) <= set(days)


@given(DAYS, st.integers(0, 2**40))
def test_windows_of_quantiles_stay_between_the_first_and_the_last(days, seed) -> None:
    drawn = Windows(np.sort(days), True, "made").drawn(50, seed)
    assert drawn.min() >= min(days) - 1e-9
    assert drawn.max() <= max(days) + 1e-9


def test_windows_never_exceed_what_a_run_can_last() -> None:
    drawn = windows_of(np.array([0.001, 9999.0]), "made").drawn(100, 1)
    assert set(drawn) == {SHORTEST_DAYS, LONGEST_DAYS}


def test_uniform_quantiles_give_a_uniform_draw() -> None:
    drawn = Windows(np.array([0.1, 100.0]), True, "made").drawn(20_000, 3)
    assert drawn.mean() == pytest.approx(50.05, abs=1)
    assert drawn.std() == pytest.approx(100 / np.sqrt(12), abs=1)


rooms = st.lists(
    st.tuples(st.floats(0.1, 40), st.lists(st.floats(0, 50 * 24), max_size=8)), max_size=8
)


@given(rooms)
def test_a_window_hides_what_came_later_and_nothing_else(made) -> None:
    room = [n for n, (_, hours) in enumerate(made) for _ in hours]
    hours = [hour for _, said in made for hour in sorted(said)]
    window = np.array([days for days, _ in made])
    said = Utterances(np.array(room, np.int64), np.arange(len(room)), np.array(hours, float))
    log = seen_through(said, window)
    expected = [sum(h / 24 <= days + 1e-12 for h in hours_) for days, hours_ in made]
    assert log.n_groups + log.never_used == len(made)
    assert log.never_used == expected.count(0)
    assert log.messages.tolist() == [n for n in expected if n]
    assert log.names == tuple(str(n) for n, count in enumerate(expected) if count)
    assert (log.last <= log.until + 1e-6).all()


def test_never_used_rooms_count_among_the_created() -> None:
    said = Utterances(np.array([0]), np.array([0]), np.array([5.0]))
    brought = per_group(seen_through(said, np.array([60.0, 60.0, 60.0, 0.1])), True)
    assert brought["never any human msg (of created groups)"].counted().value == 0.75
    dead = "share dead<=7d of creation (7d silence, initial counts, never counts)"
    assert brought[dead].counted().value == 1.0


@pytest.mark.parametrize("dataset", [one.name for one in DATA_SETS])
def test_shipped_windows_are_rising_quantiles_without_a_rooms_name(dataset) -> None:
    windows = shipped_windows(dataset)
    assert windows.are_quantiles
    assert len(windows.days) == 41
    assert (np.diff(windows.days) >= 0).all()


@pytest.mark.parametrize("dataset", [one.name for one in DATA_SETS])
def test_shipped_windows_are_those_of_the_data(data_dir, dataset) -> None:
    real, _, prepared = read_rooms(data_dir, dataset)
    days = room_windows(prepared)
    known = days[days > 0]
    assert len(days) == real.total
    expected = np.quantile(known, np.linspace(0, 1, 41))
    assert shipped_windows(dataset).days == pytest.approx(expected, abs=0.06)


def test_windows_of_rooms_end_at_closing_or_at_the_last_second(data_dir) -> None:
    _, log, prepared = read_rooms(data_dir, "fcc_gitter")
    days = dict(zip(prepared.names, room_windows(prepared), strict=False))
    row = log.groups.set_index("group").loc["Aarhus"]
    assert days["Aarhus"] == pytest.approx((row["closed"] - row["created"]) / 86_400)
    open_end = log.groups[log.groups["closed"].isna() & log.groups["group"].isin(prepared.names)]
    name, born = open_end.iloc[0]["group"], open_end.iloc[0]["created"]
    if pd.notna(born):
        assert days[name] == pytest.approx((log.last_second() - born) / 86_400)
