"""Null models, without a mind: independent Poisson members, and a group that excites itself.

Their rooms are seen through windows, counted and fitted like any others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.making_populations.evolution_strategy import Fit, fit
from experiments.validation.held_out import Candidate, Split
from sim.lives.patterns import Median
from sim.members import STATED_AT_DAYS
from sim.populations import Range
from sim.validation.rooms import (
    Booleans,
    Floats,
    Integers,
    Rooms,
    Utterances,
    Windows,
    measured,
    rooms_through,
    windows_of,
)

FIT_ROOMS = 400
"""Simulated rooms in each try of a fit, about as many as real ones."""

MESSAGES_A_ROOM_MOST = 4000.0
VOLUME_MOST = 5.0
"""Messages over those of the real rooms at which a try of a null's fit is given up."""

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
"""The same form as the model's own arrivals (`sim.members`)."""

MEMBERS = (
    Range("rate_per_day", 0.003, 3.0, True),
    Range("rate_sigma", 0.0, 2.5),
    Range("stay_days", 0.1, 300.0, True),
    Range("stay_sigma", 0.0, 2.5),
    Range("hello_probability", 0.0, 1.0),
)
POISSON = ARRIVALS + MEMBERS
HAWKES = (
    *POISSON,
    Range("branching", 0.0, 0.95),
    Range("delay_minutes", 0.1, 600.0, True),
    Range("own_share", 0.0, 1.0),
)
TRIES = 6
GENERATIONS_MOST = 2000


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
    rng: np.random.Generator,
    messages_most: float = np.inf,
) -> Members:
    """Draw who arrives in each room [room], when, for how long, and how often they post.

    `TooMuchTalkError` above the most messages.
    """
    room, came = _arrived(values, window_days, rng, messages_most)
    stay = values["stay_days"] * rng.standard_exponential(len(room))
    stay *= _spread(values["stay_sigma"], len(room), rng)
    rate = values["rate_per_day"] * _spread(values["rate_sigma"], len(room), rng)
    return Members(room, came, np.minimum(came + stay, window_days[room]), rate)


def _arrived(
    values: Mapping[str, float], window_days: Floats, rng: np.random.Generator, most: float
) -> tuple[Integers, Floats]:
    """Draw who comes to which room, and on which day after its creation."""
    popularity = _spread(values["popularity_sigma"], len(window_days), rng)
    popularity *= rng.random(len(window_days)) >= values["unknown_share"]
    delay = np.exp(values["announced_sigma"] * rng.standard_normal(len(window_days)))
    announced = np.minimum(values["announced_days"] * delay, window_days)
    seen_days = window_days - announced
    power = values["fading_power"]
    trickle = STATED_AT_DAYS**power * seen_days ** (1 - power) / (1 - power)
    decay = values["burst_days"]
    burst = values["burst_ratio"] * decay * -np.expm1(-seen_days / decay)
    expected = values["per_day"] * popularity * (trickle + burst)
    if expected.sum() > most:
        raise TooMuchTalkError
    arrivals = rng.poisson(expected)
    room = np.repeat(np.arange(len(window_days)), arrivals)
    u, v, seen = rng.random(len(room)), rng.random(len(room)), seen_days[room]
    early = -decay * np.log1p(v * np.expm1(-seen / decay))
    in_burst = u < (burst[room] / (trickle + burst)[room])
    return room, announced[room] + np.where(in_burst, early, seen * v ** (1 / (1 - power)))


def own_posts(
    values: Mapping[str, float],
    members: Members,
    rng: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Integers, Floats]:
    """Draw author and day [message] of what members post of their own accord, a hello first."""
    seen_days = members.to_day - members.from_day
    expected = members.rate_per_day * seen_days
    if expected.sum() > messages_most:
        raise TooMuchTalkError
    author = np.repeat(np.arange(len(expected)), rng.poisson(expected))
    day = members.from_day[author] + seen_days[author] * rng.random(len(author))
    hello = np.flatnonzero(rng.random(len(expected)) < values["hello_probability"])
    return np.append(author, hello), np.append(day, members.from_day[hello])


def poisson_talk(
    values: Mapping[str, float],
    window_days: Floats,
    rng: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Members, Integers, Floats]:
    """Draw members, author [message] and day [message] of rooms of independent members.

    Rooms expected to write more than the most messages are given up: far from any target.
    """
    members = members_of(values, window_days, rng, messages_most)
    return (members, *own_posts(values, members, rng, messages_most))


def _spread(sigma: float, size: int, rng: np.random.Generator) -> Floats:
    return np.exp(sigma * rng.standard_normal(size) - sigma * sigma / 2)


def hawkes_talk(
    values: Mapping[str, float],
    window_days: Floats,
    rng: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Members, Integers, Floats]:
    """Draw members, author [message] and day [message] of talk that excites itself.

    Hawkes and Oakes (1974): each message has Poisson children of mean ``branching``, exponentially
    delayed, their parent's author's own with ``own_share``, else of a present member.
    """
    background_most = messages_most * (1 - values["branching"])
    members, author, day = poisson_talk(values, window_days, rng, background_most)
    reach = _Reach(members, len(window_days))
    authors, days = [author], [day]
    for _ in range(GENERATIONS_MOST):
        children = rng.poisson(values["branching"], len(author))
        parent = np.repeat(author, children)
        day = np.repeat(day, children)
        day = day + rng.standard_exponential(len(parent)) * values["delay_minutes"] / 1440.0
        seen = day <= window_days[members.room[parent]]
        parent, day = parent[seen], day[seen]
        if not len(parent):
            break
        own = rng.random(len(parent)) < values["own_share"]
        author = np.where(own, parent, reach.somebody(members.room[parent], day, rng))
        found = author >= 0
        author, day = author[found], day[found]
        authors.append(author)
        days.append(day)
    return members, np.concatenate(authors), np.concatenate(days)


class _Reach:
    """Draws members of a room by their own rates, kept when present at the time."""

    def __init__(self, members: Members, rooms: int) -> None:
        self.members = members
        self.reached = np.concatenate([[0.0], np.cumsum(members.rate_per_day)])
        starts = np.searchsorted(members.room, np.arange(rooms + 1))
        self.low, self.high = self.reached[starts[:-1]], self.reached[starts[1:]]
        self.first, self.last = starts[:-1], starts[1:] - 1

    def somebody(self, room: Integers, day: Floats, rng: np.random.Generator) -> Integers:
        """Return a member present, or -1 where some tries found none: that child is lost."""
        chosen = np.full(len(room), -1)
        for _ in range(TRIES):
            open_ = np.flatnonzero(chosen < 0)
            where = room[open_]
            mark = self.low[where] + (self.high - self.low)[where] * rng.random(len(open_))
            who = np.searchsorted(self.reached, mark, "right") - 1
            who = np.clip(who, self.first[where], self.last[where])
            is_here = (self.members.from_day[who] <= day[open_]) & (
                day[open_] < self.members.to_day[who]
            )
            chosen[open_[is_here]] = who[is_here]
        return chosen


Talk = Callable[
    [Mapping[str, float], Floats, np.random.Generator, float], tuple[Members, Integers, Floats]
]


@dataclass(frozen=True)
class Null:
    """A null model: its name, what may be fitted, and how its rooms talk."""

    name: str
    prior: tuple[Range, ...]  # what may be fitted
    talk: Talk  # values, windows, generator and most messages to members, authors and days


NULLS = (
    Null("independent Poisson members", POISSON, poisson_talk),
    Null("self-exciting group (Hawkes)", HAWKES, hawkes_talk),
)


def null_rooms(
    null: Null,
    values: Mapping[str, float],
    window_days: Floats,
    seed: int,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> Rooms:
    """Draw rooms of a null model and see them through windows, never-used rooms included.

    `TooMuchTalkError` where the mean a room would be above the most messages.
    """
    rng = np.random.default_rng([seed, 0x9011])
    members, author, day = null.talk(
        values, window_days, rng, messages_a_room_most * len(window_days)
    )
    room = members.room[author]
    order = np.lexsort((day, room))
    talk = Utterances(room[order], author[order].astype(np.int64), 24.0 * day[order])
    return rooms_through(talk, window_days)


def fitted_null(
    null: Null,
    windows: Windows,
    targets: pd.DataFrame,
    rooms: int,
    budget: int,
    seed: int,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> Fit:
    """Fit a null model to targets, by `budget` tries of so many rooms."""
    days = windows.drawn(rooms, seed)

    def simulated(values: dict[str, float]) -> pd.DataFrame:
        return null_table(null, values, days, seed, 20, messages_a_room_most)

    return fit(simulated, null.prior, targets, budget, seed)


def null_table(
    null: Null,
    values: Mapping[str, float],
    window_days: Floats,
    seed: int,
    resamples: int = 200,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> pd.DataFrame:
    """Measure rooms of a null model as `measured`; empty where they talk beyond counting."""
    try:
        rooms = null_rooms(null, values, window_days, seed, messages_a_room_most)
    except TooMuchTalkError:
        return pd.DataFrame({"value": [], "error": []}, dtype=np.float64)
    return measured(rooms, rooms.every(), seed, resamples)


def null_candidate(null: Null, rooms: Rooms, budget: int, judged_rooms: int) -> Candidate:
    """Make a candidate of a null model, fitted anew on every split, `FIT_ROOMS` rooms a try."""

    def simulated(split: Split, targets: pd.DataFrame) -> pd.DataFrame:
        windows = windows_of(rooms.window_days[split.fitted])
        most = VOLUME_MOST * mean_messages(rooms, split.fitted)
        found = fitted_null(null, windows, targets, FIT_ROOMS, budget, split.seed, most)
        fresh = split.seed + 1000
        days = windows.drawn(judged_rooms, fresh)
        return null_table(null, found.values, days, fresh, messages_a_room_most=2 * most)

    return simulated


def mean_messages(rooms: Rooms, chosen: Booleans) -> float:
    """Return the messages a room of some rooms, the never used included."""
    counted = rooms.brought["median msgs per group"]
    assert isinstance(counted, Median)
    return float(np.nan_to_num(counted.values[chosen]).mean())
