"""Choosing among members by what their operators know of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.people import RECENT_DAYS, People
from sim.state import ACTS, OWN, Actions, merge

NOW = 100.0


@st.composite
def many(draw: st.DrawFn) -> People:
    sizes = draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    count = sum(sizes)
    hours = st.floats(0, NOW)

    def each(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=count, max_size=count)))

    columns = {
        "present": each(st.integers(0, 1)).astype(np.uint8),
        "removed": each(st.integers(0, 1)).astype(np.int64),
        "joined_hours": each(hours),
        "last_post_hours": each(hours | st.just(-np.inf)),
        "last_act_hours": each(hours | st.just(-np.inf)),
        "posts": each(st.integers(0, 3)).astype(np.int64),
        "recent": each(st.floats(0, 9)),
        "recent_hours": each(hours),
    }
    group = np.repeat(np.arange(len(sizes)), sizes)
    slot = np.concatenate([np.arange(size) for size in sizes]).astype(np.int64)
    return People(group, slot, NOW, np.arange(count), columns)


@given(many(), st.floats(0, NOW))
def test_selections_are_what_they_say_member_by_member(people: People, hours: float) -> None:
    rows = [
        dict(zip(people.columns, values, strict=True))
        for values in zip(*people.columns.values(), strict=True)
    ]
    for chosen, belongs in (
        (people.here(), lambda m: m["present"]),
        (people.gone(), lambda m: not m["present"] and not m["removed"]),
        (
            people.silent_for(hours),
            lambda m: m["present"] and NOW - max(m["last_post_hours"], m["joined_hours"]) >= hours,
        ),
        (people.newcomers(hours), lambda m: m["present"] and NOW - m["joined_hours"] < hours),
        (people.rested(hours), lambda m: NOW - m["last_act_hours"] >= hours),
    ):
        assert chosen.rows.tolist() == [n for n, member in enumerate(rows) if belongs(member)]
        assert len(chosen) == len(chosen.group) == len(chosen.posts)


@given(many(), st.integers(0, 4))
def test_a_few_of_each_group_are_those_of_it_who_have_most(people: People, most: int) -> None:
    for chosen, key in (
        (people.first(most), people.slot),
        (people.oldest(most), people.heard_hours),
        (people.most("posts", most), -people.posts),
        (people.most("recent", most), -people.recent),
    ):
        for group in set(people.group.tolist()):
            of = np.flatnonzero(people.group == group)
            best = sorted(of.tolist(), key=lambda n, key=key: (key[n], n))[:most]
            assert chosen.rows[chosen.group == group].tolist() == sorted(best)


@given(many())
def test_recent_messages_fade_by_half(people: People) -> None:
    days = (NOW - people.columns["recent_hours"]) / 24
    assert people.recent == pytest.approx(people.columns["recent"] * 0.5 ** (days / RECENT_DAYS))


@given(many())
def test_acts_go_to_whom_was_chosen(people: People) -> None:
    here = people.here()
    orders = [
        Actions.letters(here, NOW, 1.5),
        Actions.removals(here, NOW),
        Actions.payments(here, NOW, 100),
        Actions.pairs(here, here.slot, NOW),
        Actions.posts(here.group, NOW, "greeting", to=here.slot, topic=OWN),
    ]
    acts = merge(orders).acts
    for kind in ("letter", "remove", "pay", "pair", "greeting"):
        mine = acts[acts["kind"] == ACTS.index(kind)]
        assert mine["group"].tolist() == here.group.tolist()
        assert sorted(zip(mine["group"], mine["to"], strict=True)) == sorted(
            zip(here.group, here.slot, strict=True)
        )


def test_what_is_not_known_is_said() -> None:
    nobody = People(np.zeros(0, int), np.zeros(0, int), 0.0, np.zeros(0, int), {})
    with pytest.raises(AttributeError, match="people have no fatigue; they have present, removed"):
        _ = nobody.fatigue


@given(many(), st.integers(0, 3))
def test_lots_are_even_new_at_every_hour_and_of_each_alone(people: People, most: int) -> None:
    lots = people.lots
    assert ((lots >= 0) & (lots < 1)).all()
    alone = people.where(people.slot == 2)
    assert (alone.lots == lots[people.slot == 2]).all()
    drawn = people.by_lot(most)
    assert (np.bincount(drawn.group, minlength=4) <= most).all()
    for group in set(drawn.group.tolist()):
        left = lots[(people.group == group) & ~np.isin(people.rows, drawn.rows)]
        assert left.min(initial=1.0) >= drawn.lots[drawn.group == group].max()


def test_lots_of_many_are_spread_evenly_and_independent_from_day_to_day() -> None:
    crowd = np.arange(5000)
    days = [People(crowd * 0, crowd, 24.0 * day, crowd, {}).lots for day in range(4)]
    for lots in days:
        assert np.histogram(lots, 10, (0, 1))[0].min() > 400
    assert np.abs(np.corrcoef(days) - np.eye(4)).max() < 0.05
