"""A broadcast: rooms that one post of their team reached, and such rooms as the model makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.scenario import NamedPolicy, Scenario
from sim.state import Actions, Setting
from sim.validation.field import Estimate, ratio
from sim.validation.rooms import (
    Booleans,
    Floats,
    Integers,
    Progress,
    Utterances,
    shipped_table,
    simulated_talk,
)
from sim.validation.targets import Row

PART = "a broadcast"
PATTERN = "rooms silent >= 3 d: somebody writes within 24 h of a post of the team"
LOW, HIGH = 0.035, 0.163
"""95 % of resamples of the 86 real rooms."""

AGE_DAYS, AFTER_DAYS = 91, 1.0
"""Age of simulated rooms at the post, the mean of the real ones, and how long is waited."""

CLOCK_HOUR = 21 + 20 / 60
POSTERS_FROM = (1, 5, 10, 20)
SILENT_FROM_DAYS = (3.0, 7.0, 14.0, 30.0)
"""Lower edges of the cells: members who wrote so far, days since a member last wrote."""

CELLS = [(posters, silent) for posters in POSTERS_FROM for silent in SILENT_FROM_DAYS]
OUTSIDE = len(CELLS)
"""The cell of rooms that nobody had used yet, or that were not silent."""


@dataclass(frozen=True)
class OnePost:
    """One post of content, at an hour of a day of the group's life."""

    day: int = AGE_DAYS
    hour: float = CLOCK_HOUR

    def at_hours(self, setting: Setting) -> float:
        """Return when it comes, in hours since the group's creation."""
        return setting.time_at(self.day, self.hour)

    def plan(self, setting: Setting) -> Actions:
        """Return the one post."""
        return Actions.posts([0], self.at_hours(setting), "content")


@dataclass(frozen=True)
class Reached:
    """Rooms at the moment a post reached them: arrays [room]."""

    cell: Integers  # index of `CELLS`, or `OUTSIDE`
    answered: Booleans  # whether a member wrote within a day


def reached(talk: Utterances, post_hours: Floats) -> Reached:
    """Say how rooms were when a post came [room], and whether anybody wrote in the day after."""
    rooms = len(post_hours)
    since = talk.hours - post_hours[talk.room]
    before = since < 0.0
    last = np.full(rooms, -np.inf)
    np.maximum.at(last, talk.room[before], talk.hours[before])
    people = pd.DataFrame({"room": talk.room[before], "member": talk.member[before]})
    posters = np.bincount(people.drop_duplicates()["room"], minlength=rooms)
    silent_days = (post_hours - last) / 24.0
    of_posters = np.searchsorted(POSTERS_FROM, posters, "right") - 1
    of_silence = np.searchsorted(SILENT_FROM_DAYS, silent_days, "right") - 1
    inside = (of_posters >= 0) & (of_silence >= 0)
    cell = np.where(inside, of_posters * len(SILENT_FROM_DAYS) + of_silence, OUTSIDE)
    answers = talk.room[(since >= 0.0) & (since <= 24.0 * AFTER_DAYS)]
    return Reached(cell.astype(np.int64), np.bincount(answers, minlength=rooms) > 0)


def counted(found: Reached) -> pd.DataFrame:
    """Return a row a cell: its lower edges, its rooms, and in how many of them somebody wrote."""
    table = pd.DataFrame(CELLS, columns=["posters_from", "silent_from_days"])
    for name, chosen in (("rooms", found.cell >= 0), ("answered", found.answered)):
        table[name] = np.bincount(found.cell[chosen], minlength=OUTSIDE + 1)[:OUTSIDE]
    return table


def shipped_broadcast() -> pd.DataFrame:
    """Read the real rooms' counts, as `counted` returns them: aggregates, no row of any room."""
    return shipped_table("broadcast.csv")


def response(found: Reached, real_rooms: Integers, seed: int) -> Estimate:
    """Return the share of silent rooms answered, cells weighted as real rooms lie in them [cell].

    Cells that no simulated room is in are left out of both.
    """
    made = np.bincount(found.cell, minlength=OUTSIDE + 1)
    weight = np.append(real_rooms, 0) / np.maximum(made, 1)
    if not (weight[:OUTSIDE] * made[:OUTSIDE]).any():
        return Estimate()
    room = weight[found.cell]
    return ratio(room * found.answered, room, seed)


def play_broadcast(
    scenarios: Sequence[Scenario], rooms: int, seed: int, progress: Progress | None = None
) -> Reached:
    """Play rooms of the scenarios, dealt in turn, to the day after one post of their team."""
    post = OnePost()
    named = NamedPolicy("broadcast", "broadcast", post)
    days = np.full(rooms, AGE_DAYS + 1 + AFTER_DAYS)
    at = np.array([post.at_hours(one.setting()) for one in scenarios])
    reaching = [replace(one, policies=(*one.policies, named)) for one in scenarios]
    talk = simulated_talk(reaching, days, seed, progress=progress).talk
    return reached(talk, at[np.arange(rooms) % len(scenarios)])


def broadcast_row(found: Reached, seed: int, is_fitted: bool) -> Row:
    """Set simulated rooms beside the 111 real ones that one link reached on 6 October 2015."""
    real = shipped_broadcast()
    rooms, answered = int(real["rooms"].sum()), int(real["answered"].sum())
    made = response(found, real["rooms"].to_numpy(np.int64), seed)
    return Row(
        PART,
        PATTERN,
        real=answered / rooms,
        simulated=made.value,
        simulated_error=made.error,
        low=LOW,
        high=HIGH,
        is_fitted=is_fitted,
        note=f"real: {answered} of {rooms} rooms, 6 Oct 2015 (L); it set speak.team_ratio",
    )
