"""Who a member is: traits from uniforms."""

from __future__ import annotations

import math

from sim.compiling import rule
from sim.rules.looking import budget


@rule
def normal_pair(u: float, v: float) -> tuple[float, float]:
    """Turn two uniforms into two independent standard normals (Box and Muller 1958).

    Examples
    --------
    >>> z, w = normal_pair(math.exp(-0.5), 0.25)
    >>> round(z, 9), round(w, 9)
    (0.0, 1.0)
    """
    radius = math.sqrt(2.0 * budget(u))
    angle = 2.0 * math.pi * v
    return radius * math.cos(angle), radius * math.sin(angle)


@rule
def log_normal(z: float, sigma: float) -> float:
    """Turn a standard normal into a log-normal factor of mean one."""
    return math.exp(sigma * z - 0.5 * sigma * sigma)


@rule
def initial_habit(u: float, power: float) -> float:
    """Draw the interest a newcomer starts with: u ** power, mean 1 / (1 + power).

    Most newcomers never come back, so initial interest must vary widely.
    """
    return math.pow(u, power)


@rule
def habit_pace(z: float, sigma: float) -> float:
    """Say how many times as fast as the median member's a habit fades: exp(-sigma z).

    Forgetting that is exponential in each, at paces spread log-normally, is slower than any
    exponential over all: the first to forget are gone, those left forget slowly (Anderson and
    Tweney 1997, of averaged curves of forgetting).
    """
    return math.exp(-sigma * z)


@rule
def shift_hours(z: float, sigma: float) -> int:
    """Draw by how many whole hours a member's day is shifted, -3 ... 3."""
    return int(max(-3.0, min(3.0, math.floor(z * sigma + 0.5))))
