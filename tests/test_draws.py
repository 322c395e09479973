"""The generator gives its authors' numbers; every choice has random numbers of its own."""

from __future__ import annotations

import re
import sys
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from worlds import LIVELY

from sim import draws
from sim.draws import group_key, philox, uniforms
from sim.models import Community
from sim.scenario import parse_scenario
from sim.state import Array

# Random123 (Salmon, Moraes, Dror and Shaw 2011), kat_vectors: philox4x32, 10 rounds.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF, 0xFFFFFFFF), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]

STREAMS = {name: value for name, value in vars(draws).items() if re.fullmatch("[A-Z]+", name)}
WORDS = st.integers(0, 2**32 - 1)
KEYS = st.integers(0, 2**62 - 1)
ADDRESSES = st.tuples(
    st.integers(-1, 2**31), st.integers(0, 2**31), st.integers(0, 2**31),
    st.sampled_from(sorted(STREAMS.values())), st.integers(0, 255),
)  # fmt: skip


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS)
def test_the_generator_gives_the_published_numbers(
    counter: tuple[int, ...], key: tuple[int, int], words: str
) -> None:
    both = key[0] | key[1] << 32
    signed = both - 2**64 if both >= 2**63 else both  # the same 64 bits
    assert " ".join(f"{int(word):08x}" for word in philox(signed, *counter)) == words


def test_a_uniform_is_the_middle_of_its_word_s_cell() -> None:
    words = philox(7, 1, 2, 3, draws.CLAIM * 256 + 4)
    assert uniforms(7, 1, 2, 3, draws.CLAIM, 4) == tuple((int(w) + 0.5) / 2**32 for w in words)


@given(KEYS, ADDRESSES)
def test_uniforms_lie_strictly_between_0_and_1(key: int, address: tuple[int, ...]) -> None:
    assert all(0.0 < u < 1.0 for u in uniforms(key, *address))


@given(KEYS, ADDRESSES, ADDRESSES)
def test_two_addresses_never_share_their_numbers(
    key: int, one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    assert (uniforms(key, *one) == uniforms(key, *other)) == (one == other)


def test_every_choice_has_a_stream_of_its_own() -> None:
    assert len(set(STREAMS.values())) == len(STREAMS) >= 13
    assert min(STREAMS.values()) > 0  # stream 0 would be the bare key's
    assert max(STREAMS.values()) < 2**23  # stream x 256 + block stays in its word


def drawn(vary: str, many: int = 20_000) -> Array:
    """Draw the four numbers at many addresses that differ in one part only."""
    where = {"key": 11, "member": 3, "author": 5, "count": 2, "stream": draws.DRAWN, "block": 0}
    return np.array([uniforms(*{**where, vary: n}.values()) for n in range(many)])


@pytest.mark.parametrize("vary", ["key", "member", "author", "count"])
def test_numbers_are_uniform_and_independent_of_their_neighbours(vary: str) -> None:
    u = drawn(vary)
    for lane in range(4):
        counts = np.histogram(u[:, lane], 100, (0, 1))[0]
        assert stats.chisquare(counts).pvalue > 1e-4
    pairs = [(u[:, a], u[:, b]) for a, b in product(range(4), repeat=2) if a < b]
    pairs += [(u[:-1, lane], u[1:, lane]) for lane in range(4)]
    for left, right in pairs:
        cells = np.histogram2d(left, right, 12, [(0, 1), (0, 1)])[0]
        assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_blocks_and_streams_are_independent_of_each_other() -> None:
    for one, other in (((draws.DRAWN, 0), (draws.DRAWN, 1)), ((draws.DRAWN, 0), (draws.STAYED, 0))):
        left = np.array([uniforms(1, m, 4, 0, *one) for m in range(5_000)])
        right = np.array([uniforms(1, m, 4, 0, *other) for m in range(5_000)])
        cells = np.histogram2d(left[:, 0], right[:, 0], 10, [(0, 1), (0, 1)])[0]
        assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_every_group_of_every_study_has_a_key_of_its_own() -> None:
    keys = {int(group_key(seed, replication)) for seed in range(100) for replication in range(500)}
    assert len(keys) == 100 * 500
    assert 0 <= min(keys) <= max(keys) < 2**62
    far = {int(group_key(1, n)) for n in (0, 2**32, 2**40)} | {int(group_key(2**62, 0))}
    assert len(far) == 4


def test_no_two_decisions_of_a_life_share_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    used: Counter[tuple[int, ...]] = Counter()

    def noting(key: int, *address: int) -> tuple[float, ...]:
        used[address] += 1
        return uniforms(key, *address)

    for name, module in list(sys.modules.items()):
        if name.startswith("sim.") and getattr(module, "uniforms", None) is uniforms:
            monkeypatch.setattr(module, "uniforms", noting)
    scenario = parse_scenario(
        {
            "run": {"days": 4},
            "policies": {
                "cadence": {"posts_per_day": 5, "everyone_share": 0.4},
                "red_packets": {"fen_per_day": 5_000, "packets_per_day": 3},
            },
        },
        values={**LIVELY, "group.size": 40},
    )
    community = Community(scenario)
    community.run()
    streams = Counter(address[3] for address in used.elements())
    names = {name for name, value in STREAMS.items() if streams[value]}
    assert names >= {
        "BASELINE", "FIRST", "DRAWN", "CALLED", "STAYED", "RACED", "REACH", "SHARE", "CLAIM",
        "TEAM", "TURN",
    }  # fmt: skip
    assert [address for address, times in used.items() if times > 1] == []
