"""How much memory and time a community may take before it is a failed row."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from sim.ensemble import Place
from sim.kernels import layout
from sim.members import arrival_hours, arrivals_by
from sim.state import PACKETS_OPEN, RING
from sim.trace import DAY_DTYPE, LIFE_DTYPE, end_hours

GIB = float(2**30)
SLOT_BYTES = layout.MEMBER_DTYPE.itemsize + 128
GROUP_BYTES = (
    layout.GROUP_DTYPE.itemsize
    + RING * layout.MESSAGE_RING_DTYPE.itemsize
    + PACKETS_OPEN * layout.PACKET_DTYPE.itemsize
    + LIFE_DTYPE.itemsize
)
COUNTED_EXACTLY = 100_000
"""Up to so many expected candidates to join they are drawn to count them."""


class Stopped(BaseException):
    """The run is being stopped: nothing of the batch is kept."""


class OverTimeError(Exception):
    """The communities took longer than they may."""


@dataclass(frozen=True)
class Limits:
    """What one community may take."""

    seconds: float = math.inf  # of wall time, looked at between simulated days
    gib: float = math.inf  # of memory, estimated before it starts
    # whether policies of one's own play in a process that is ended at the limits
    isolated: bool = False


def needed_gib(place: Place) -> float:
    """Estimate the memory of one community (GiB): members, candidates, days and messages kept."""
    params, hours = place.scenario.params, end_hours(place.scenario)
    wanted = params.arrivals
    burst = wanted.burst_ratio, wanted.burst_days
    candidates = float(arrivals_by(hours, wanted.per_day, wanted.fading_power, *burst))
    if candidates <= COUNTED_EXACTLY:
        candidates = len(arrival_hours(place.key, params, hours))
    days = math.ceil(hours / 24.0) + 1
    slots = params.group.size + candidates
    return (slots * SLOT_BYTES + days * DAY_DTYPE.itemsize + GROUP_BYTES) / GIB


def machine_gib() -> float:
    """Return the memory of this machine in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
