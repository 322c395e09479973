"""The hour's queue: a binary heap in the strict order (time, origin, index)."""

from __future__ import annotations

from sim.compiling import aside

# Origins, in the order in which they act at the same instant.
ACT, EXTRA, REFUND, TEAM, JOIN, BASELINE, REACTION = range(7)
ORIGIN = 1 << 32

MOST_AT_ONCE = 1152
"""Events that one event can add, besides one a member: the team answers 64 questions, each calls
one member back and draws in up to 16."""
INDEX = ORIGIN - 1  # mask


@aside
def push(times, keys, size, time_hours, key):
    """Add an event; the hour has made room (`sim.kernels.hours.make_room`)."""
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


@aside
def pop(times, keys, size):
    """Remove the first event and return its time and key."""
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
