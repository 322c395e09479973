"""The learner rooms fitted with the facts for operations in view, and the posts of their team."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.validation.real_broadcast import without
from sim.calibrate import Effort, Plan, Problem, generations_of, make_bank
from sim.chatlog import read_log
from sim.inference import Bank
from sim.lives.human_log import human_log
from sim.lives.patterns import BREADTH, LAST_AUTHOR, NEWCOMER, facts_of
from sim.populations import Range, find_population, load_priors, read_population
from sim.progress import progress_line
from sim.scenario import NamedPolicy, Scenario
from sim.state import Array
from sim.validation.broadcast import OnePost
from sim.validation.facts import AUDIENCE, half_lost, real_facts
from sim.validation.rooms import (
    Booleans,
    Rooms,
    Utterances,
    Windows,
    joined,
    measured,
    played,
    rooms_of,
    seen_through,
)
from sim.validation.targets import DATA_SETS

FREE = Path(__file__).with_name("learner_rooms_facts.priors.csv")
THREE = (AUDIENCE, LAST_AUTHOR, BREADTH)
"""What is weighed; by whom else a silence is ended is shown, and weighed by nothing."""

ROOMS, CHEAP_ROOMS, HALF_LOST_ROOMS = 250, 80, 150
"""Simulated with each particle: of the last generation, of the others; losing half, at most."""

MESSAGES_TIMES = 2.5
"""Messages over those of the real rooms at which a particle is given up."""

BATCHES = 4


@dataclass(frozen=True)
class Real:
    """The real rooms without the posts of their team, and where it posted."""

    rooms: Rooms
    is_reached: Booleans  # [room]
    messages: int

    def targets(self, seed: int, chosen: Booleans | None = None) -> pd.DataFrame:
        """Return the rows of chosen rooms, then the facts: index pattern; value, error."""
        which = self.rooms.every() if chosen is None else chosen
        audience = real_facts().loc[[AUDIENCE], ["value", "error"]]
        return pd.concat([with_facts(self.rooms, which, seed), audience])


def with_facts(rooms: Rooms, chosen: Booleans, seed: int) -> pd.DataFrame:
    """Measure the rows of chosen rooms and the facts that their logs show."""
    facts = replace(rooms, brought=rooms.facts)
    return pd.concat([measured(one, chosen, seed) for one in (rooms, facts)])


def weighed(targets: pd.DataFrame, weight: float) -> pd.DataFrame:
    """Let the squared distance of each of the three facts count so many times; 0: left out."""
    left = targets.drop(index=[NEWCOMER, *([] if weight else THREE)])
    return left.assign(weight=np.where(left.index.isin(THREE), weight, 1.0))


def real_rooms(folder: Path, posts: Path) -> Real:
    """Read the learner rooms of a folder, and the posts of their team."""
    name = DATA_SETS[0].name
    given = pd.read_csv(posts)
    log = without(read_log(folder / f"{name}.parquet", folder / f"{name}_groups.csv"), given)
    prepared = human_log(log)
    rooms = rooms_of(log, prepared)
    is_reached = np.zeros(rooms.total, dtype=bool)
    is_reached[: prepared.n_groups] = np.isin(prepared.names, given["group"])
    return Real(rooms, is_reached, len(prepared.ts))


@dataclass(frozen=True)
class PlanWithFacts(Plan):
    """A plan whose rooms get the post of the team, and whose particles show the facts too."""

    # [window] whether the team posted in that room
    is_reached: Booleans = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def patterns(self, scenario: Scenario, seed: int) -> dict[str, float]:
        """Play the rooms of one particle, and others that lose half of their members."""
        chosen = drawn(len(self.windows.days), self.rooms, seed)
        days, reached = self.windows.days[chosen], self.is_reached[chosen]
        every = np.arange(self.rooms)
        talk = play_reached(scenario, every, (days, reached), seed, self.messages_most)
        log = None if talk is None else seen_through(talk, days)
        found = self.counted(log)
        if log is None:
            return found | dict.fromkeys((LAST_AUTHOR, NEWCOMER, BREADTH, AUDIENCE), np.nan)
        once = np.ones((1, self.rooms))
        found |= {name: float(one.at(once)[0]) for name, one in facts_of(log).items()}
        return found | {
            AUDIENCE: half_lost([scenario], min(self.rooms, HALF_LOST_ROOMS), seed).counted().value
        }


def drawn(windows: int, rooms: int, seed: int) -> Array:
    """Draw windows with replacement: numbers [room]."""
    return np.random.default_rng([seed, 0x3157]).integers(0, windows, rooms)


def play_reached(
    scenario: Scenario,
    rooms: Array,
    seen: tuple[Array, Booleans],
    seed: int,
    messages_most: float = np.inf,
) -> Utterances | None:
    """Play some rooms, by number; None above the most messages.

    `seen` is of all rooms: days of their windows, and whether the post of the team reaches them.
    """
    days, is_reached = seen
    post = NamedPolicy("broadcast", "broadcast", OnePost())
    reached = replace(scenario, policies=(*scenario.policies, post))
    jobs: list[tuple[Scenario, Array]] = []
    for one, chosen in ((scenario, ~is_reached), (reached, is_reached)):
        order = rooms[chosen[rooms]]
        order = order[np.argsort(days[order], kind="stable")]
        few = slice(None, None, 10)  # of all lengths: endless talk is soon seen
        parts = [order[few], *np.array_split(np.delete(order, few), BATCHES)]
        jobs += [(one, part) for part in parts if len(part)]
    found, messages = [], 0
    for one, part in sorted(jobs, key=lambda job: len(job[1])):
        found.append(played(one, part, float(np.ceil(days[part].max())), seed))
        messages += len(found[-1].talk.room)
        if messages > messages_most:
            return None
    return joined(found).talk


def free_ranges() -> tuple[Range, ...]:
    """Read what is free in this bank."""
    return load_priors(FREE)


def learner_rooms() -> Scenario:
    """Read the centre of the shipped learner rooms, which holds all that is not free."""
    return read_population(find_population(DATA_SETS[0].population)).scenario


def problem_of(real: Real, effort: Effort) -> Problem:
    """Say what the bank is of: all rows and the three facts, each once."""
    order = np.argsort(real.rooms.window_days, kind="stable")
    order = order[real.rooms.window_days[order] > 0]
    rooms = effort.rooms or ROOMS
    plan = PlanWithFacts(
        Windows(real.rooms.window_days[order], False),
        rooms,
        True,
        MESSAGES_TIMES * real.messages * rooms / real.rooms.total,
        f"{DATA_SETS[0].name}.parquet",
        real.is_reached[order],
    )
    targets = weighed(real.targets(effort.seed), 1.0)
    *cheap, last = generations_of(effort.particles, rooms)
    generations = (*(replace(one, rooms=min(rooms, CHEAP_ROOMS)) for one in cheap), last)
    return Problem(learner_rooms(), free_ranges(), plan, targets, generations, effort.seed)


def bank_of(real: Real, folder: Path, effort: Effort) -> Bank:
    """Play the bank, or play it on."""
    with progress_line(effort.particles, "calibrating with the facts") as progress:
        return make_bank(problem_of(real, effort), folder, effort.threads, progress)
