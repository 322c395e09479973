"""Random numbers addressed by what they decide, never drawn in order (Philox4x32-10).

An address is (group key, member, message, stream). One extra look therefore shifts nobody else's
numbers, and no result depends on threads, blocks or engine.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import rule

_MULTIPLY_0 = np.uint64(0xD2511F53)
_MULTIPLY_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_STEP = 2.0**-32

# The list of choices: what a random number decides. Each stream is an address space of its own.
TRAIT = 1  # who a member is
GROUP = 2  # what is drawn once for a group
ARRIVAL = 3  # when a candidate asks to join
BASELINE = 4  # a look by the member's own rhythm, and what happens there
FIRST = 5  # the first look
DRAWN = 6  # a look drawn by a message, and what happens there
CALLED = 7  # a look called by an answer
STAYED = 8  # a further look at live talk
RACED = 9  # a look drawn by a packet or an @all
REACH = 10  # whom a message draws in
SHARE = 11  # how much a share of a packet holds
CLAIM = 12  # whether a member claims
TEAM = 13  # what the operator team does
TURN = 14  # whether a member writes on, and what happens at the look where it does
DEED = 15  # what an act of the operators does to one member
CALL = 16  # whether a member takes part in a call, and how it is settled: by its blocks
CALL_TAKE_PART, CALL_PRIZE, CALL_MEET = 0, 1, 2
GATE = 17  # who wants to come in, and whether the gate lets them
INVITE = 18  # whether a member invites
WANT = 19  # whether a want arises
SCREENED = 20  # whether a message of a member is removed


@rule
def philox(key: int, first: int, second: int, third: int, fourth: int) -> tuple[int, ...]:
    """Scramble a 64-bit key and a counter of four words into four 32-bit words: Philox4x32-10 of
    Salmon, Moraes, Dror and Shaw (2011), checked against their published vectors.
    """
    k0 = np.uint64(key) & _LOW
    k1 = np.uint64(key) >> _HALF
    c0 = np.uint64(first) & _LOW
    c1 = np.uint64(second) & _LOW
    c2 = np.uint64(third) & _LOW
    c3 = np.uint64(fourth) & _LOW
    for _ in range(10):
        p0 = _MULTIPLY_0 * c0
        p1 = _MULTIPLY_1 * c2
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c1 = p1 & _LOW
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c3 = p0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3  # type: ignore[return-value]  # boxed as int


@rule
def between(word: int) -> float:
    """Turn a 32-bit word into a number of the open interval (0, 1)."""
    return (np.float64(word) + 0.5) * _STEP


@rule
def uniforms(
    key: int, member: int, author: int, count: int, stream: int, block: int
) -> tuple[float, float, float, float]:
    """Draw the four uniforms in (0, 1) at one address: member (-1: operators), author and its count
    (of a look: 0 and its number), stream (a choice listed here), block (0 ... 255).
    """
    w0, w1, w2, w3 = philox(key, member, author, count, stream * 256 + block)
    return between(w0), between(w1), between(w2), between(w3)


@rule
def group_key(seed: int, replication: int) -> int:
    """Derive the 62-bit key of a group from the study's seed (0 ... 2**63 - 1) and the replication
    alone, so that design points share random numbers.
    """
    w0, w1, _, _ = philox(seed, replication, replication >> 32, 0, GROUP * 256)
    key: int = np.int64((w0 | (w1 << _HALF)) & np.uint64(0x3FFFFFFFFFFFFFFF))  # type: ignore[assignment]
    return key
