"""The bank of simulations of a population: generations of particles, played once, kept for all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.abc import Posterior, distances_in_errors, fit
from sim.study.calibrating.priors import Priors
from sim.study.calibrating.proposals import Box, narrowed, whole_prior
from sim.study.calibrating.rooms import Plan, played_generation
from sim.study.design import Design
from sim.study.manifest import manifest_of
from sim.study.store import Store, open_store

PARTICLES_IN_PART = 16
KEPT = 200
"""Simulations that a generation learns from, at most: a third of those there are."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """What is fitted to what.

    Attributes
    ----------
    scenario : Scenario
        Holds every parameter that is not free.
    priors : Priors
    plan : Plan
    observed : pandas.DataFrame
        Index ``pattern``; ``value`` and ``error`` (standard error, above 0).
    generations : tuple of int
        Particles of each; the first is drawn from the prior.
    seed : int
    """

    scenario: Scenario
    priors: Priors
    plan: Plan
    observed: pd.DataFrame
    generations: tuple[int, ...]
    seed: int


@dataclass(frozen=True)
class Bank:
    """All simulations there are for a population.

    Attributes
    ----------
    places : array [particle, parameter]
        0-1 of each prior's range.
    patterns : pandas.DataFrame
        One row a particle, one column a pattern.
    generation : array [particle] of int
    box : Box
        Of the last generation. Particles of all generations lie evenly in it.
    """

    places: Array
    patterns: pd.DataFrame
    generation: Array
    box: Box

    def posterior(self, observed: pd.DataFrame, adjust: bool = True) -> Posterior:
        """Fit to an observation: all rooms, a half of them, or one of the simulations.

        Parameters
        ----------
        observed : pandas.DataFrame
            Index ``pattern``; ``value`` and ``error``.
        adjust : bool
            Whether to adjust by regression.

        Returns
        -------
        Posterior
        """
        inside = np.flatnonzero(self.box.holds(self.places))
        return self.fitted(observed, inside, min(KEPT, max(2, len(inside) // 3)), adjust)

    def fitted(
        self, observed: pd.DataFrame, among: Array, keep: int, adjust: bool = True
    ) -> Posterior:
        """Fit with some particles of the box only.

        Parameters
        ----------
        observed : pandas.DataFrame
        among : array of int
            Particles, all in the box.
        keep : int
            How many of them to keep.
        adjust : bool
        """
        used = usable(observed)
        scaled = distances_in_errors(
            self.patterns[list(used.index)].to_numpy(np.float64)[among],
            used["value"].to_numpy(np.float64),
            used["error"].to_numpy(np.float64),
        )
        local = np.clip(self.box.local(self.places[among]), 0.0, 1.0)
        found = fit(local, scaled, np.ones(len(among)), keep, adjust)
        places = self.box.whole(found.places)
        return Posterior(places, found.weights, among[found.kept], found.tolerance)


def usable(observed: pd.DataFrame) -> pd.DataFrame:
    """Keep the patterns with a value and an error above 0; the others tell nothing.

    Raises
    ------
    InputError
        When there is none.
    """
    used = observed[observed["value"].notna() & (observed["error"] > 0)]
    if used.empty:
        raise InputError(["the log shows no pattern with an error: it holds too little to fit"])
    return used


def make_bank(
    problem: Problem,
    folder: Path,
    threads: int | None = None,
    progress: Progress | None = None,
    until: float = np.inf,
) -> Bank:
    """Play every particle that the folder does not hold yet; stop in time if asked to.

    Parameters
    ----------
    problem : Problem
    folder : Path
        Holds one store a generation, ``generation-0`` and so on.
    threads : int, optional
        Default: as many as the machine has cores. The rows do not depend on it.
    progress : callable, optional
        Called with particles done and particles in all.
    until : float
        Time of `time.monotonic` after which no new part is begun. A generation that is not whole
        is left out, and continued by the same call.

    Returns
    -------
    Bank

    Raises
    ------
    InputError
        The folder holds another problem's bank; or not even the first generation was finished.
    """
    done: list[tuple[Box, pd.DataFrame]] = []
    total, before = sum(problem.generations), 0
    for number, particles in enumerate(problem.generations):
        box = _box(problem, _bank(problem, done))
        places = box.drawn(problem.scenario, problem.priors, particles, problem.seed + number)
        design = _design(problem, places, number)
        seen = _within(progress, before, total)
        rows = _played(design, problem, folder / f"generation-{number}", threads, seen, until)
        if rows is None:
            break
        done.append((box, rows))
        before += particles
    if not done:
        raise InputError([f"{folder}: the first generation is not finished; give it more minutes"])
    bank = _bank(problem, done)
    assert bank is not None
    return bank


def _box(problem: Problem, bank: Bank | None) -> Box:
    if bank is None:
        return whole_prior(len(problem.priors.keys))
    used = usable(problem.observed)
    return narrowed(bank.box, bank.posterior(used), bank.posterior(used, adjust=False))


def _design(problem: Problem, places: Array, number: int) -> Design:
    values = problem.priors.values(places)
    keys = problem.priors.keys
    points = tuple(
        problem.scenario.with_values(dict(zip(keys, map(float, row), strict=True)))
        for row in values
    )
    levers = tuple((key, tuple(map(float, values[:, at]))) for at, key in enumerate(keys))
    return Design(
        name=f"{problem.scenario.name} generation {number}",
        base=problem.scenario,
        levers=levers,
        points=points,
        replications=1,
        seed=_luck(problem, number),
        rows=tuple(tuple(map(float, row)) for row in values),
        kind="table",
        independent=True,
    )


def _luck(problem: Problem, number: int) -> int:
    """Derive a generation's seed, so that a bank of other windows or sizes is another bank."""
    plan = problem.plan
    text = f"{problem.seed} {number} {plan.windows.days.tolist()} {plan.rooms} "
    text += f"{plan.with_creation} {plan.messages_most}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _played(
    design: Design,
    problem: Problem,
    folder: Path,
    threads: int | None,
    progress: Progress | None,
    until: float,
) -> pd.DataFrame | None:
    """Return the rows of a generation, or nothing when time ran out before it was whole."""
    manifest = manifest_of(design, PARTICLES_IN_PART)
    with open_store(folder, manifest) as store:
        missing = store.missing()
        left = sum(block.groups for block in missing)
        for block in missing:
            if time.monotonic() >= until:
                return None
            seeds = [design.seed_of(point) for point in block.points]
            scenarios = [design.points[point] for point in block.points]
            seen = _within(progress, design.communities - left, design.communities)
            found = played_generation(scenarios, problem.plan, seeds, threads, seen)
            store.write(block, _rows(design, problem.priors, block.points, seeds, found))
            left -= block.groups
        return _read(store)


def _read(store: Store) -> pd.DataFrame:
    from sim.study.store import read_store

    return read_store(store.folder)[1]


def _rows(
    design: Design,
    priors: Priors,
    points: range,
    seeds: Sequence[int],
    found: Sequence[dict[str, float]],
) -> pd.DataFrame:
    keys = pd.DataFrame({"point": list(points), "replication": 0, "seed": list(seeds)})
    levers = pd.DataFrame([design.rows[point] for point in points])
    levers.columns = list(priors.keys)
    return pd.concat([keys, levers, pd.DataFrame(list(found), dtype=np.float64)], axis=1)


def _bank(problem: Problem, done: Sequence[tuple[Box, pd.DataFrame]]) -> Bank | None:
    if not done:
        return None
    rows = pd.concat([frame for _, frame in done], ignore_index=True)
    keys = list(problem.priors.keys)
    return Bank(
        problem.priors.places(rows[keys].to_numpy(np.float64)),
        rows.drop(columns=["point", "replication", "seed", *keys]),
        np.repeat(np.arange(len(done)), [len(frame) for _, frame in done]),
        done[-1][0],
    )


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)
