"""Actions merge without an order, and break no limit of the platform."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.state import ACT_DTYPE, ACTS, STANDING, Actions, merge


@st.composite
def actions(draw: st.DrawFn) -> Actions:
    """Draw the orders of one policy for three groups, many of them at the same instant."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from([0.0, 0.5, 1.0]),
                st.integers(0, len(ACTS) - 1),
                st.integers(0, 2),
                st.sampled_from([0.5, 1.0]),
                st.integers(0, 1),
                st.integers(0, 300),
                st.integers(0, 3),
                st.integers(0, 1),
                st.integers(-1, 1),
                st.integers(-1, 1),
                *[st.sampled_from([0.0, 1.0])] * 3,
            ),
            max_size=6,
        )
    )
    standing = {}
    for name, known in STANDING.items():
        numbers = st.integers(int(known.low), int(min(known.high, 500)))
        given = draw(st.none() | st.lists(numbers, min_size=3, max_size=3))
        standing[name] = None if given is None else np.array(given)
    return Actions(np.array(rows, dtype=ACT_DTYPE), **standing)


def same(left: Actions, right: Actions) -> bool:
    one, other = left.standing(), right.standing()
    return (
        left.acts.tobytes() == right.acts.tobytes()
        and one.keys() == other.keys()
        and all(np.array_equal(one[name], other[name]) for name in one)
    )


@given(st.lists(actions(), max_size=4))
def test_the_order_in_which_actions_merge_never_matters(given_actions: list[Actions]) -> None:
    merged = merge(given_actions)
    assert all(same(merge(order), merged) for order in permutations(given_actions))


@given(actions(), actions(), actions())
def test_merging_in_two_steps_is_merging_at_once(a: Actions, b: Actions, c: Actions) -> None:
    assert same(merge([merge([a, b]), c]), merge([a, b, c]))
    assert same(merge([a, merge([b, c])]), merge([a, b, c]))


@given(st.lists(actions(), min_size=1, max_size=4))
def test_merging_loses_and_adds_nothing(given_actions: list[Actions]) -> None:
    merged = merge(given_actions)
    before = Counter(act.tobytes() for one in given_actions for act in one.acts)
    assert Counter(act.tobytes() for act in merged.acts) == before
    order = merged.acts[["group", "time_hours", "kind"]].tolist()
    assert order == sorted(order)
    for name, known in STANDING.items():
        given = [one.standing()[name] for one in given_actions if name in one.standing()]
        stands = merged.standing().get(name)
        assert (stands is None) == (not given)
        if given:
            assert np.array_equal(stands, known.merge.reduce(given))


@pytest.mark.parametrize(
    ("fen", "shares"), [(9, 10), (0, 1), (100, 0), (200, 101), (20_001, 1), (-5, 1)]
)
def test_a_packet_beyond_the_limits_of_the_platform_is_refused(fen: int, shares: int) -> None:
    with pytest.raises(ValueError, match="1-100 shares"):
        Actions.packets([0], 0.0, fen, shares)


@pytest.mark.parametrize("kind", ["packet", "joke", ""])
def test_operators_post_only_what_can_be_posted(kind: str) -> None:
    with pytest.raises(ValueError, match="is not one of chat, question"):
        Actions.posts([0], 0.0, kind)
