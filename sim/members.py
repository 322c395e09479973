"""Who the members are, and when candidates ask to join: drawn once, by address, before the run."""

from __future__ import annotations

import math

import numpy as np

from sim import rules
from sim.compiling import rule
from sim.draws import ARRIVAL, GATE, GROUP, TRAIT, uniforms
from sim.params import Arrivals, Params
from sim.state import KIND_TABLE, KINDS, NEEDS, Array

FATIGUE, HABIT, HUNGER, NOVELTY, MOOD, EXPECTATION = range(6)
"""Places in `fading`."""


@rule
def member_traits(key, member, p, attempt=0):  # type: ignore[no-untyped-def]
    """Draw a member's traits by a row of parameters, the same at every group size: looks an hour,
    propensity, shift of the day in hours, interest, ad tolerance, packet appetite, initial habit,
    its fading relative to the median member's. `attempt`: so many others tried for the seat before.
    """
    u0, u1, u2, u3 = uniforms(key, member, 0, attempt, TRAIT, 0)
    v0, v1, v2, v3 = uniforms(key, member, 0, attempt, TRAIT, 1)
    z_rate, z_propensity = rules.normal_pair(u0, u1)
    z_shift, z_habit = rules.normal_pair(u2, u3)
    return (
        p.look_rate_per_day / 24.0 * rules.log_normal(z_rate, p.look_rate_sigma),
        p.speak_propensity * rules.log_normal(z_propensity, p.speak_propensity_sigma),
        rules.shift_hours(z_shift, p.rhythm_shift_sigma_hours),
        p.group_topic_breadth * v0,
        v1,
        v2,
        rules.initial_habit(v3, p.habit_interest_power),
        rules.habit_pace(z_habit, p.habit_days_sigma),
    )


@rule
def need_weights(key, member, p, attempt=0):  # type: ignore[no-untyped-def]
    """Draw a member's own weights of the five needs, of sum 1, by a row of parameters."""
    a, b, c, d, e = need_factors(key, member, p.needs_weight_sigma, attempt)
    information, belonging = p.needs_information_weight * a, p.needs_belonging_weight * b
    enjoyment, benefit = p.needs_enjoyment_weight * c, p.needs_benefit_weight * d
    recognition = p.needs_recognition_weight * e
    total = information + belonging + enjoyment + benefit + recognition
    return (
        information / total,
        belonging / total,
        enjoyment / total,
        benefit / total,
        recognition / total,
    )


@rule
def need_factors(
    key: int, member: int, sigma: float, attempt: int = 0
) -> tuple[float, float, float, float, float]:
    """Draw a member's own factors on the five need weights, log-normal of mean one."""
    u0, u1, u2, u3 = uniforms(key, member, 0, attempt, TRAIT, 2)
    v0, v1, _, _ = uniforms(key, member, 0, attempt, TRAIT, 3)
    a, b = rules.normal_pair(u0, u1)
    c, d = rules.normal_pair(u2, u3)
    e, _ = rules.normal_pair(v0, v1)
    return (
        rules.log_normal(a, sigma),
        rules.log_normal(b, sigma),
        rules.log_normal(c, sigma),
        rules.log_normal(d, sigma),
        rules.log_normal(e, sigma),
    )


@rule
def first_uniforms(key: int, member: int, attempt: int = 0) -> tuple[float, float]:
    """Draw the two uniforms of a start: delay of the first look at creation, first budget."""
    u0, u1, _, _ = uniforms(key, member, 0, attempt, TRAIT, 4)
    return u0, u1


ATTEMPTS_MOST = 64
"""Candidates who try for one of the first seats before it stays empty."""


@rule
def is_gated(gate: tuple[float, float, float, float]) -> bool:
    """Say whether a gate asks for anything: its fee, work, review and narrowness."""
    return gate[0] > 0 or gate[1] > 0 or gate[2] > 0 or gate[3] > 0


@rule
def passes_gate(  # type: ignore[no-untyped-def]
    key, member, attempt, p, gate, habit, interest
):
    """Decide whether a candidate of a known initial habit and interest passes a gate."""
    u, u_z, v_z, _ = uniforms(key, member, 0, attempt, GATE, 0)
    z, _ = rules.normal_pair(u_z, v_z)
    fee_fen, work_share, review_share, narrowness = gate
    coming = rules.admission_probability(
        habit,
        fee_fen / p.gate_fee_half_fen,
        work_share * p.gate_work_power,
        abs(interest - rules.middle_topic(p.group_topic_breadth)),
        narrowness,
        p.gate_error,
    )
    return u < coming and rules.is_approved(
        habit, p.habit_interest_power, review_share, p.gate_review_noise, z
    )


@rule
def attempts_before(key, member, p, gate):  # type: ignore[no-untyped-def]
    """Count who tried for a seat at creation before the one who got it, or `ATTEMPTS_MOST`."""
    for attempt in range(ATTEMPTS_MOST):
        traits = member_traits(key, member, p, attempt)
        if passes_gate(key, member, attempt, p, gate, traits[6], traits[3]):
            return attempt
    return ATTEMPTS_MOST


@rule
def committed_habit(habit, p, gate):  # type: ignore[no-untyped-def]
    """Raise the habit of who had to pay or to work to come in, by `gate.commitment` (0: off)."""
    if p.gate_commitment > 0.0 and (gate[0] > 0 or gate[1] > 0):
        return rules.rewarded(habit, p.gate_commitment, 1.0)
    return habit


@rule
def first_look_hours(  # type: ignore[no-untyped-def]
    u, mean_hours, rhythm, hour_of_week, hour_share
):
    """Draw when a member present at creation first looks, hours since creation: exponential, its
    rate following the rhythm [168] from `hour_of_week` on as far as `hour_share` says.
    """
    left = rules.delay_hours(u, 60.0 * mean_hours)
    if hour_share <= 0.0:
        return left
    hour = 0
    while True:
        rate = 1.0 - hour_share + hour_share * rhythm[(hour_of_week + hour) % 168]
        if left < rate:
            return hour + left / rate
        left -= rate
        hour += 1


def hour_factors(params: Params) -> Array:
    """Tabulate the rhythm of the 168 hours of a week, Monday first, scaled to mean one."""
    rhythm = params.rhythm
    raw = np.array(
        [
            rules.hour_factor(hour, rhythm.day_depth, rhythm.peak_hour, rhythm.weekend_share)
            for hour in range(168)
        ]
    )
    return raw / raw.mean() if raw.sum() > 0 else np.ones(168)


def feeding(params: Params) -> Array:
    """Tabulate what a message of each kind feeds: array [kind, need], per message of worth one."""
    table = np.zeros((len(KINDS), len(NEEDS)))
    for number, kind in enumerate(KIND_TABLE):
        for need in kind.feeds:
            table[number, need] = getattr(params.needs, f"{kind.name}_{NEEDS[need]}")
    return table


def half_exposures(params: Params) -> Array:
    """Tabulate the exposure that halves the novelty of each kind: array [kind]."""
    return np.array([getattr(params.novelty, f"{kind.wears_as}_messages") for kind in KIND_TABLE])


def fading(params: Params) -> Array:
    """Tabulate how fast what a member carries fades, 1/hour: array [8], by the places above; the
    last two are idle: eight of them fill the processor's registers.
    """
    days = {
        FATIGUE: params.reading.fatigue_days,
        HABIT: params.habit.days,
        HUNGER: params.needs.regrow_days,
        NOVELTY: params.novelty.recover_days,
        EXPECTATION: params.packets.expectation_days,
    }
    rates = np.ones(8)
    for place, e_folding_days in days.items():
        rates[place] = 1.0 / (24.0 * e_folding_days)
    rates[MOOD] = 1.0 / params.packets.mood_hours
    return rates


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
