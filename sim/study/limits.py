"""How much memory and time a community may take before it is a failed row."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from sim.arrivals import arrival_hours, arrivals_by
from sim.block import Place, end_hours
from sim.kernels import layout
from sim.state import PACKETS_OPEN, RING
from sim.trace import DAY_DTYPE, LIFE_DTYPE

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
    """What one community may take.

    Attributes
    ----------
    seconds : float
        Of wall time, looked at between simulated days.
    gib : float
        Of memory, estimated before it starts.
    isolated : bool
        Whether groups with policies of one's own play in a process of their own, which is ended
        when they take more time, and given no more memory than that.

    Examples
    --------
    >>> Limits().seconds
    inf
    """

    seconds: float = math.inf
    gib: float = math.inf
    isolated: bool = False


def needed_gib(place: Place) -> float:
    """Estimate the memory of one community: its members, candidates, days and messages kept.

    Parameters
    ----------
    place : Place

    Returns
    -------
    float

    Examples
    --------
    >>> from sim.scenario import Scenario
    >>> 0 < needed_gib(Place(0, Scenario(), 0, 1)) < 0.01
    True
    """
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
    """Return the memory of this machine.

    Examples
    --------
    >>> machine_gib() > 0.1
    True
    """
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
