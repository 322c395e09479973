"""When a member looks: own rhythm, attention, fading, and the delay of a reaction."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import rule

LOG2_E = 1.4426950408889634
# The logarithm of fdlibm (Sun Microsystems 1993)
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD  # of the square root of 1/2
LOG_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)


@rule
def kept_after(e_folds: float) -> float:
    """Return what is left of a fading quantity after so many falls to 37 %: exp(-e_folds).

    Parameters
    ----------
    e_folds : float
        Time passed over the time of one such fall, >= 0.

    Returns
    -------
    float
        0 ... 1.

    Notes
    -----
    Plain arithmetic in place of a library's exp, which was a sixth of all time: range reduction by
    ln 2 in two parts (Cody and Waite 1980) and the Taylor polynomial of degree 13; within 2 units
    in the last place, and the same bits on every machine. Nothing falls below 1e-307.

    Examples
    --------
    >>> kept_after(0.0)
    1.0
    >>> abs(kept_after(1.0) - math.exp(-1.0)) < 1e-16
    True
    """
    e_folds = min(e_folds, 707.0)
    halvings = np.int64(e_folds * LOG2_E + 0.5)
    r = halvings * LN2_HIGH - e_folds + halvings * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (1 / 2 + r * (1 / 6))
    middle = (1 / 24 + r * (1 / 120)) + r2 * (1 / 720 + r * (1 / 5040))
    high = (1 / 40320 + r * (1 / 362880)) + r2 * (1 / 3628800 + r * (1 / 39916800))
    top = 1 / 479001600 + r * (1 / 6227020800)
    scale = np.int64((1023 - halvings) << 52).view(np.float64)  # 2 ** -halvings
    return (low + r4 * (middle + r4 * (high + r4 * top))) * scale


@rule
def kept_share(hours: float, e_folding_hours: float) -> float:
    """Return what is left of a fading quantity after a time >= 0 in units of that in which it falls
    to 37 %: exp(-hours / e_folding_hours), 0 ... 1.
    """
    return kept_after(hours / e_folding_hours)


@rule
def halved_share(hours: float, half_life_days: float) -> float:
    """Return what is left of a quantity that halves in a known time."""
    return kept_share(hours * (math.log(2.0) / 24.0), half_life_days)


@rule
def budget(u: float) -> float:
    """Draw the hazard a member spends until the next look: a unit exponential, -ln u.

    The integrated-hazard (time-change) construction of a point process: Daley and Vere-Jones
    (2003, section 7.4).

    Parameters
    ----------
    u : float
        A uniform number, 0 < u < 1.

    Notes
    -----
    Plain arithmetic as in `kept_share`, by the logarithm of fdlibm (Sun Microsystems 1993): u is
    split into a power of two and a factor from sqrt(1/2) to sqrt(2), whose logarithm is a series in
    s = f / (2 + f). Within 1 unit in the last place, and the same bits on every machine.

    Examples
    --------
    >>> round(budget(math.exp(-2.0)), 12)
    2.0
    """
    bits = np.float64(u).view(np.int64)
    doublings = (bits - SQRT_HALF_BITS) >> 52
    f = np.int64(bits - (doublings << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (LOG_SERIES[1] + w * (LOG_SERIES[3] + w * LOG_SERIES[5]))
    odd = LOG_SERIES[0] + w * (LOG_SERIES[2] + w * (LOG_SERIES[4] + w * LOG_SERIES[6]))
    half = 0.5 * f * f
    rest = half - (s * (half + (z * odd + even)) + doublings * LN2_LOW)
    return (rest - f) - doublings * LN2_HIGH


@rule
def delay_hours(u: float, mean_minutes: float) -> float:
    """Draw the delay of a reaction in hours: exponential with the given mean (an assumption)."""
    return budget(u) * (mean_minutes / 60.0)


@rule
def attention(
    habit: float, floor_share: float, fatigue: float, fatigue_weight: float, mute_share: float
) -> float:
    """Say which share of the own look rate is left: habit lifts it, fatigue and muting lower it.

    Parameters
    ----------
    habit : float
        0 ... 1, share of needs the group has satisfied of late.
    floor_share : float
        Share left without any habit; > 0, so that silence never absorbs.
    fatigue, fatigue_weight : float
        State of the member and how strongly it counts.
    mute_share : float
        1 for a member who hears the group, below for a muted one.

    Returns
    -------
    float
        0 ... 1.
    """
    return (
        mute_share * (floor_share + (1.0 - floor_share) * habit) / (1.0 + fatigue_weight * fatigue)
    )


@rule
def hour_factor(hour_of_week: int, depth: float, peak_hour: float, weekend_share: float) -> float:
    """Give the rhythm of an hour of the week, before it is scaled to mean one.

    A von Mises day (peak/trough = exp(2 depth)) and one factor for Saturday and Sunday; a
    usual form, the numbers are graded in the table of parameters.
    """
    angle = 2.0 * math.pi * ((hour_of_week % 24) + 0.5 - peak_hour) / 24.0
    day = math.exp(depth * math.cos(angle))
    return day * weekend_share if hour_of_week // 24 >= 5 else day


@rule
def awake_share(factor: float, hour_share: float) -> float:
    """Say which part of those a message would draw in it can reach at this hour: most sleep at
    night. An assumption.

    Parameters
    ----------
    factor : float
        Rhythm of the hour, mean one over the week (`hour_factor`, scaled).
    hour_share : float
        0 (any hour alike: off) ... 1 (as the rhythm, at most all).

    Examples
    --------
    >>> awake_share(0.25, 1.0), awake_share(2.0, 1.0), awake_share(0.25, 0.0)
    (0.25, 1.0, 1.0)
    """
    return min(1.0, 1.0 - hour_share + hour_share * factor)


@rule
def draws_mean(attentive: float, probability: float, most: float) -> float:
    """Say how many members a message draws in, on average: linear, then saturating.

    A linear draw makes large groups explode, so it saturates at `most`: p A / (1 + p A / most).

    Parameters
    ----------
    attentive : float
        Members present, each counted with its attention.
    probability : float
        Chance of each in a small group.
    most : float
        Limit in a large one.

    Returns
    -------
    float
        0 ... most.

    Examples
    --------
    >>> draws_mean(0.0, 0.1, 1.0), round(draws_mean(1e9, 0.1, 1.0), 6)
    (0.0, 1.0)
    """
    linear = probability * attentive
    return linear * most / (most + linear) if most > 0.0 else 0.0


@rule
def poisson_count(u: float, mean: float) -> int:
    """Draw a Poisson number by inversion, at most 16.

    Examples
    --------
    >>> poisson_count(0.5, 0.0), poisson_count(0.99, 1.0)
    (0, 4)
    """
    count, term = 0, kept_after(mean)
    total = term
    while u > total and count < 16:
        count += 1
        term *= mean / count
        total += term
    return count


@rule
def is_live(age_hours: float, live_minutes: float) -> bool:
    """Say whether talk is live: its newest message is young."""
    return age_hours * 60.0 < live_minutes


@rule
def faded_quality(quality: float, hours: float, half_life_days: float) -> float:
    """Let what the operators give fade with the age of the group; half-life 0 keeps it steady."""
    if half_life_days <= 0.0:
        return quality
    return quality * math.pow(0.5, hours / 24.0 / half_life_days)


@rule
def hours_to_opening(hour_of_day: float, open_hour: float, close_hour: float) -> float:
    """Say how long until the team works: 0 within its hours.

    Examples
    --------
    >>> hours_to_opening(10.0, 9.0, 22.0), hours_to_opening(23.0, 9.0, 22.0)
    (0.0, 10.0)
    """
    if open_hour <= hour_of_day < close_hour:
        return 0.0
    return (open_hour - hour_of_day) % 24.0
