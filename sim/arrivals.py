"""When candidates ask to join: drawn once, before the run and whether or not they are let in."""

from __future__ import annotations

import math

import numpy as np

from sim import rules
from sim.compiling import rule
from sim.draws import ARRIVAL, GROUP, uniforms
from sim.params import Params
from sim.sections import Arrivals
from sim.state import Array

STATED_AT_DAYS = 30.0
"""Age at which `arrivals.per_day` is the rate of a trickle that fades."""


@rule
def arrivals_by(
    hours: float, per_day: float, fading_power: float, burst_ratio: float, burst_days: float
) -> float:
    """Count the candidates expected by t days, ``per_day * (30**g * t**(1 - g) / (1 - g) + ratio *
    d * (1 - exp(-t / d)))``: attention fades as a power of age (Crane & Sornette 2008: views of
    videos, t**-0.6; first posters of public chat rooms t**-0.45 to the second year).
    """
    days = hours / 24.0
    left = 1.0 - fading_power
    trickle = STATED_AT_DAYS**fading_power * days**left / left
    burst = burst_ratio * burst_days * (1.0 - math.exp(-days / burst_days))
    return float(per_day * (trickle + burst))


@rule
def _arrival(
    expected: float, per_day: float, fading_power: float, burst_ratio: float, burst_days: float
) -> float:
    """Invert `arrivals_by` to the last bit, by bisection; no horizon enters the result."""
    low, high = 0.0, 1.0
    while arrivals_by(high, per_day, fading_power, burst_ratio, burst_days) < expected:
        low, high = high, 2.0 * high
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            return high
        if arrivals_by(middle, per_day, fading_power, burst_ratio, burst_days) < expected:
            low = middle
        else:
            high = middle


def announced_hours(key: int, arrivals: Arrivals) -> float:
    """Draw when anybody first hears of a group, hours since creation; infinite if nobody does."""
    unknown, _, u, v = uniforms(key, 0, 0, 0, GROUP, 2)
    if unknown < arrivals.unknown_share:
        return math.inf
    z, _ = rules.normal_pair(u, v)
    return 24.0 * arrivals.announced_days * math.exp(arrivals.announced_sigma * z)


def arrival_hours(key: int, params: Params, horizon_hours: float) -> Array:
    """Draw when candidates ask to join, rising hours since creation, none before the announcement,
    before the run and whether or not they are let in; a longer horizon only appends.
    """
    wanted = params.arrivals
    announced = announced_hours(key, wanted)
    if wanted.per_day <= 0.0 or announced >= horizon_hours:
        return np.zeros(0)
    u, v, _, _ = uniforms(key, 0, 0, 0, GROUP, 1)
    popular = rules.log_normal(rules.normal_pair(u, v)[0], wanted.popularity_sigma)
    hours: Array = _arrival_hours(
        key, horizon_hours - announced, wanted.per_day * popular,
        wanted.fading_power, wanted.burst_ratio, wanted.burst_days,
    )  # fmt: skip
    return announced + hours


@rule
def _arrival_hours(  # type: ignore[no-untyped-def]
    key, horizon_hours, per_day, fading_power, burst_ratio, burst_days
):
    most = arrivals_by(horizon_hours, per_day, fading_power, burst_ratio, burst_days)
    hours = np.empty(max(16, int(most + 10.0 * math.sqrt(most) + 50.0)))
    count, expected, last = 0, 0.0, 0.0
    while count < len(hours):
        u, _, _, _ = uniforms(key, count, 0, 0, ARRIVAL, 0)
        expected += rules.budget(u)
        if expected >= most:
            break
        last = max(last, _arrival(expected, per_day, fading_power, burst_ratio, burst_days))
        hours[count] = last
        count += 1
    return hours[:count]
