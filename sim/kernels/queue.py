"""The hour's queue in the strict order (time, origin, index): a calendar of short lists.

The hour is cut into equal stretches with a list each (Brown 1988, calendar queue); the first event
is the least of the first list that is not empty. What is added never lies before what was taken.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import lowest_bit, part

ORIGIN = 1 << 32  # a key is an origin (`sim.state`) times this, plus an index
INDEX = ORIGIN - 1  # mask

MOST_AT_ONCE = 1152
"""Events that one event can add, besides one a member: the team answers 64 questions, each calls
one member back and draws in up to 16."""

STRETCHES = 128  # of an hour
SIZE = STRETCHES  # places after the lists' heads: events written down,
FULL = STRETCHES + 1  # two words with a bit for each list that is not empty
HEADS = STRETCHES + 3
NONE = -1

EVENT_DTYPE = np.dtype([("time", np.float64), ("key", np.int64), ("after", np.int64)])


@part
def clear(heads):
    """Empty the queue."""
    heads[SIZE] = 0
    heads[FULL] = 0
    heads[FULL + 1] = 0


@part
def waits(heads):
    """Say whether an event waits."""
    return (heads[FULL] | heads[FULL + 1]) != 0


@part
def push(w, time_hours, origin, index):
    """Add an event of this hour; `sim.kernels.hours.make_room` has made room."""
    heads = w.heads
    at = heads[SIZE] & INDEX
    heads[SIZE] = at + 1
    event = w.events[at]
    event.time, event.key = time_hours, origin * ORIGIN + index
    stretch = np.int64(time_hours * STRETCHES) & (STRETCHES - 1)
    word, bit = FULL + (stretch >> 6), np.int64(1) << (stretch & 63)
    event.after = heads[stretch] if heads[word] & bit else NONE
    heads[stretch] = at
    heads[word] |= bit


@part
def pop(w):
    """Remove the first event of a queue that is not empty; return its time, origin and index."""
    events, heads = w.events, w.heads
    low, high = heads[FULL], heads[FULL + 1]
    stretch = lowest_bit(low) if low != 0 else 64 + lowest_bit(high)
    first, before = heads[stretch] & INDEX, NONE
    last, at = first, events[first].after
    while at != NONE:
        at &= INDEX
        event, least = events[at], events[first]
        if event.time < least.time or (event.time == least.time and event.key < least.key):
            first, before = at, last
        last, at = at, event.after
    if before != NONE:
        events[before].after = events[first].after
    else:
        after = events[first].after
        heads[stretch] = after
        if after == NONE:
            heads[FULL + (stretch >> 6)] ^= np.int64(1) << (stretch & 63)
    return events[first].time, events[first].key >> 32, events[first].key & INDEX
