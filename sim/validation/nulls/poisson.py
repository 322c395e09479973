"""Members who arrive, stay and post independently of one another, each at an own rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrivals import STATED_AT_DAYS
from sim.populations import Range
from sim.validation.windows import Floats, Integers

ARRIVALS = (
    Range("per_day", 0.003, 3.0, True),
    Range("fading_power", 0.0, 0.95),
    Range("burst_ratio", 1.0, 1000.0, True),
    Range("burst_days", 0.1, 5.0, True),
    Range("announced_days", 0.05, 30.0, True),
    Range("announced_sigma", 0.0, 2.5),
    Range("unknown_share", 0.0, 0.5),
    Range("popularity_sigma", 0.0, 2.5),
)
"""The same form as the model's own arrivals (`sim.arrivals`)."""

MEMBERS = (
    Range("rate_per_day", 0.003, 3.0, True),
    Range("rate_sigma", 0.0, 2.5),
    Range("stay_days", 0.1, 300.0, True),
    Range("stay_sigma", 0.0, 2.5),
    Range("hello_probability", 0.0, 1.0),
)
POISSON = ARRIVALS + MEMBERS


class TooMuchTalkError(Exception):
    """Raised when the rooms would write more than can be counted in reasonable time."""


@dataclass(frozen=True)
class Members:
    """Everyone who arrives in any room, in order of room: arrays [member]."""

    room: Integers
    from_day: Floats  # since creation; between the two the member may post
    to_day: Floats
    rate_per_day: Floats  # messages of own accord


def members_of(
    values: Mapping[str, float],
    window_days: Floats,
    luck: np.random.Generator,
    messages_most: float = np.inf,
) -> Members:
    """Draw who arrives in each room [room], when, for how long, and how often they post.

    `TooMuchTalkError` above the most messages.
    """
    room, came = _arrived(values, window_days, luck, messages_most)
    stay = values["stay_days"] * luck.standard_exponential(len(room))
    stay *= _spread(values["stay_sigma"], len(room), luck)
    rate = values["rate_per_day"] * _spread(values["rate_sigma"], len(room), luck)
    return Members(room, came, np.minimum(came + stay, window_days[room]), rate)


def _arrived(
    values: Mapping[str, float], window_days: Floats, luck: np.random.Generator, most: float
) -> tuple[Integers, Floats]:
    """Draw who comes to which room, and on which day after its creation."""
    popularity = _spread(values["popularity_sigma"], len(window_days), luck)
    popularity *= luck.random(len(window_days)) >= values["unknown_share"]
    delay = np.exp(values["announced_sigma"] * luck.standard_normal(len(window_days)))
    announced = np.minimum(values["announced_days"] * delay, window_days)
    seen_days = window_days - announced
    power = values["fading_power"]
    trickle = STATED_AT_DAYS**power * seen_days ** (1 - power) / (1 - power)
    decay = values["burst_days"]
    burst = values["burst_ratio"] * decay * -np.expm1(-seen_days / decay)
    expected = values["per_day"] * popularity * (trickle + burst)
    if expected.sum() > most:
        raise TooMuchTalkError
    arrivals = luck.poisson(expected)
    room = np.repeat(np.arange(len(window_days)), arrivals)
    u, v, seen = luck.random(len(room)), luck.random(len(room)), seen_days[room]
    early = -decay * np.log1p(v * np.expm1(-seen / decay))
    in_burst = u < (burst[room] / (trickle + burst)[room])
    return room, announced[room] + np.where(in_burst, early, seen * v ** (1 / (1 - power)))


def own_posts(
    values: Mapping[str, float],
    members: Members,
    luck: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Integers, Floats]:
    """Draw author and day [message] of what members post of their own accord, a hello first."""
    seen_days = members.to_day - members.from_day
    expected = members.rate_per_day * seen_days
    if expected.sum() > messages_most:
        raise TooMuchTalkError
    author = np.repeat(np.arange(len(expected)), luck.poisson(expected))
    day = members.from_day[author] + seen_days[author] * luck.random(len(author))
    hello = np.flatnonzero(luck.random(len(expected)) < values["hello_probability"])
    return np.append(author, hello), np.append(day, members.from_day[hello])


def poisson_talk(
    values: Mapping[str, float],
    window_days: Floats,
    luck: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Members, Integers, Floats]:
    """Draw members, author [message] and day [message] of rooms of independent members.

    Rooms expected to write more than the most messages are given up: far from any target.
    """
    members = members_of(values, window_days, luck, messages_most)
    return (members, *own_posts(values, members, luck, messages_most))


def _spread(sigma: float, size: int, luck: np.random.Generator) -> Floats:
    return np.exp(sigma * luck.standard_normal(size) - sigma * sigma / 2)
