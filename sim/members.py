"""Who the members are: drawn once, by address."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import rule
from sim.draws import TRAIT, uniforms
from sim.params import Params
from sim.state import Array

CHRONOTYPES = 7  # whole-hour shifts -3 ... 3

FATIGUE, HABIT, HUNGER, NOVELTY, MOOD, EXPECTATION = range(6)
"""Places in `fading`."""


@rule
def member_traits(
    key: int,
    member: int,
    rate_sigma: float,
    propensity_sigma: float,
    shift_sigma_hours: float,
    interest_power: float,
    habit_days_sigma: float,
) -> tuple[float, float, int, float, float, float, float, float]:
    """Draw a member's traits, the same at every group size: factors of look rate and propensity,
    shift of the day in hours, interest (0 ... 1 of the topics), ad tolerance, packet appetite,
    initial habit, its fading relative to the median member's.
    """
    u0, u1, u2, u3 = uniforms(key, member, 0, 0, TRAIT, 0)
    v0, v1, v2, v3 = uniforms(key, member, 0, 0, TRAIT, 1)
    z_rate, z_propensity = rules.normal_pair(u0, u1)
    z_shift, z_habit = rules.normal_pair(u2, u3)
    return (
        rules.log_normal(z_rate, rate_sigma),
        rules.log_normal(z_propensity, propensity_sigma),
        rules.shift_hours(z_shift, shift_sigma_hours),
        v0,
        v1,
        v2,
        rules.initial_habit(v3, interest_power),
        rules.habit_pace(z_habit, habit_days_sigma),
    )


@rule
def need_means(p):  # type: ignore[no-untyped-def]
    """Read the weights of the five needs of the mean member off a row of parameters."""
    return (
        p.needs_information_weight,
        p.needs_belonging_weight,
        p.needs_enjoyment_weight,
        p.needs_benefit_weight,
        p.needs_recognition_weight,
    )


@rule
def need_factors(key: int, member: int, sigma: float) -> tuple[float, float, float, float, float]:
    """Draw a member's own factors on the five need weights, log-normal of mean one."""
    u0, u1, u2, u3 = uniforms(key, member, 0, 0, TRAIT, 2)
    v0, v1, _, _ = uniforms(key, member, 0, 0, TRAIT, 3)
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
def first_uniforms(key: int, member: int) -> tuple[float, float]:
    """Draw the two uniforms of a start: delay of the first look at creation, first budget."""
    u0, u1, _, _ = uniforms(key, member, 0, 0, TRAIT, 4)
    return u0, u1


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
    n = params.needs
    return np.array(
        [
            [0.0, n.chat_belonging, n.chat_enjoyment, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, n.question_recognition],
            [n.answer_information, n.answer_belonging, 0.0, 0.0, 0.0],
            [n.content_information, 0.0, n.content_enjoyment, 0.0, 0.0],
            [0.0, n.activity_belonging, n.activity_enjoyment, 0.0, 0.0],
            [0.0, n.greeting_belonging, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, n.ad_benefit, 0.0],
            [0.0, 0.0, n.packet_enjoyment, 0.0, 0.0],
        ]
    )


def half_exposures(params: Params) -> Array:
    """Tabulate the exposure that halves the novelty of each kind: array [kind]."""
    n = params.novelty
    talk, content = n.talk_messages, n.content_messages
    return np.array(
        [
            talk,
            talk,
            talk,
            content,
            n.activity_messages,
            n.greeting_messages,
            content,
            n.packet_messages,
        ]
    )


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
