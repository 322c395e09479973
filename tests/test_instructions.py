"""The processor's instructions do what their plain forms say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import instructions
from sim.compiling import kernel, rule


@rule
def _lowest(word: int) -> int:
    return instructions.lowest_bit(word)


@kernel
def _ask_all(records):  # type: ignore[no-untyped-def]
    for number in range(len(records)):
        instructions.prefetch(records, number)


@given(st.integers(-(2**63), 2**63 - 1).filter(bool))
def test_the_lowest_bit_of_a_word_is_found(word: int) -> None:
    place = _lowest(word)
    assert place == instructions._lowest_bit(word)
    assert word % 2 ** (place + 1) == 2**place


def test_asking_for_records_ahead_leaves_them_as_they_are() -> None:
    records = np.arange(100.0).view(np.dtype([("a", float), ("b", float)]))
    before = records.copy()
    assert _ask_all(records) is None
    assert np.array_equal(records, before)
