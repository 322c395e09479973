"""The hour's queue: a binary heap in the strict order (time, origin, index)."""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel

# Origins, in the order in which they act at the same instant.
ACT, EXTRA, REFUND, TEAM, JOIN, BASELINE, REACTION = range(7)
ORIGIN = 1 << 32


@kernel
def push(times, keys, size, time_hours, key):  # type: ignore[no-untyped-def]
    """Add an event; the caller has made room."""
    at = size[0]
    size[0] = at + 1
    while at > 0:
        above = (at - 1) >> 1
        if times[above] < time_hours or (times[above] == time_hours and keys[above] <= key):
            break
        times[at] = times[above]
        keys[at] = keys[above]
        at = above
    times[at] = time_hours
    keys[at] = key


@kernel
def pop(times, keys, size):  # type: ignore[no-untyped-def]
    """Remove the first event; its time and key are returned."""
    first_time, first_key = times[0], keys[0]
    last = size[0] - 1
    size[0] = last
    if last > 0:
        time_hours, key = times[last], keys[last]
        at = 0
        while True:
            below = 2 * at + 1
            if below >= last:
                break
            right = below + 1
            if right < last and (
                times[right] < times[below]
                or (times[right] == times[below] and keys[right] < keys[below])
            ):
                below = right
            if time_hours < times[below] or (time_hours == times[below] and key <= keys[below]):
                break
            times[at] = times[below]
            keys[at] = keys[below]
            at = below
        times[at] = time_hours
        keys[at] = key
    return first_time, first_key


@kernel
def roomy(times, keys, size, wanted):  # type: ignore[no-untyped-def]
    """Return a queue with room for `wanted` more events, the same one when it has it."""
    if size[0] + wanted <= len(times):
        return times, keys
    longer = 2 * (size[0] + wanted)
    more_times, more_keys = np.empty(longer), np.empty(longer, np.int64)
    more_times[: size[0]] = times[: size[0]]
    more_keys[: size[0]] = keys[: size[0]]
    return more_times, more_keys
