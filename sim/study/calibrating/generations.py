"""Filling a bank: generations of particles, played once, each where the fit so far points."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.bank import Bank, usable
from sim.study.calibrating.priors import Priors
from sim.study.calibrating.proposals import Box, is_accepted, narrowed, whole_prior
from sim.study.calibrating.rooms import Plan, played_generation
from sim.study.design import Design
from sim.study.manifest import manifest_of
from sim.study.store import Store, open_store, read_store

PARTICLES_IN_PART = 16
CHEAP_SHARE = 1 / 3
"""Of the groups: what all generations but the last simulate with each particle."""

COLD = 0.2
"""Of the noise: draws gather near the best of the fit, where the surfaces must be true."""

AROUND = 2
"""Generations at the end whose box is that of a fit to as many groups as there are."""

FEWEST_ROOMS = 30
"""With fewer groups there is no cheaper generation."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Generation:
    """What is played at once."""

    even: int  # particles drawn evenly from the box
    near: int  # particles drawn from the fit so far
    rooms: int  # groups simulated with each

    @property
    def particles(self) -> int:
        """Particles in all."""
        return self.even + self.near


def generations_of(particles: int, rooms: int) -> tuple[Generation, ...]:
    """Split a bank: a quarter from the prior, four steps towards the log, the box around it.

    Only the last generation simulates as many groups as there are; it gives the truths.
    """
    first, step = max(1, round(0.25 * particles)), max(2, round(0.09 * particles))
    wide = max(2, round(0.13 * particles))
    last = max(2, particles - first - 4 * step - wide)
    cheap = rooms if rooms < FEWEST_ROOMS else max(FEWEST_ROOMS, round(CHEAP_SHARE * rooms))
    steps = (Generation(step // 5, step - step // 5, cheap),) * 4
    around = Generation(wide - wide // 7, wide // 7, cheap)
    end = Generation(last - last // 16, last // 16, rooms)
    return (Generation(first, 0, cheap), *steps, around, end)


@dataclass(frozen=True)
class Problem:
    """What is fitted to what."""

    scenario: Scenario  # holds every parameter that is not free
    priors: Priors
    plan: Plan
    observed: pd.DataFrame  # index pattern; value, standard error above 0
    generations: tuple[Generation, ...]  # the first is drawn from the prior
    seed: int


def make_bank(
    problem: Problem,
    folder: Path,
    threads: int | None = None,
    progress: Progress | None = None,
    until: float = np.inf,
) -> Bank:
    """Play every particle that the folder does not hold yet, until a time of `time.monotonic`.

    Each generation is a store of its own; one that is not whole is left out, and continued by the
    same call. `InputError` for another problem's bank, or none finished.
    """
    done: list[tuple[Box, pd.DataFrame]] = []
    total, before = sum(one.particles for one in problem.generations), 0
    for number, generation in enumerate(problem.generations):
        box, places = _drawn(problem, _bank(problem, done), generation, number)
        design = _design(problem, places, number)
        seen = _within(progress, before, total)
        plan = _plan(problem.plan, generation.rooms)
        rows = _played(design, problem, plan, folder / f"generation-{number}", threads, seen, until)
        if rows is None:
            break
        done.append((box, rows))
        before += generation.particles
    if not done:
        raise InputError([f"{folder}: the first generation is not finished; give it more minutes"])
    bank = _bank(problem, done)
    assert bank is not None
    return bank


def _plan(plan: Plan, rooms: int) -> Plan:
    return replace(plan, rooms=rooms, messages_most=plan.messages_most * rooms / plan.rooms)


def _drawn(
    problem: Problem, bank: Bank | None, generation: Generation, number: int
) -> tuple[Box, Array]:
    """Draw a generation: evenly from the box, then from the fit so far."""
    seed = problem.seed + number
    if bank is None:
        box = whole_prior(len(problem.priors.keys))
        return box, box.drawn(problem.scenario, problem.priors, generation.particles, seed)
    used = usable(problem.observed)
    groups = problem.plan.rooms if number >= len(problem.generations) - AROUND else None
    found = bank.posterior(used, groups, 2000, seed, cold=1.0).posterior
    box = narrowed(bank.box, found, bank.nearest(used))
    draws = 10 * generation.particles
    found = bank.posterior(used, groups, draws, seed, COLD).posterior
    even = box.drawn(problem.scenario, problem.priors, generation.even, seed)
    near = [
        place
        for place in found.places[box.holds(found.places)]
        if is_accepted(problem.scenario, problem.priors, place)
    ][: generation.near]
    missing = generation.near - len(near)
    if missing:
        near += list(box.drawn(problem.scenario, problem.priors, missing, seed + 1_000_003))
    return box, np.concatenate([even, np.array(near).reshape(-1, even.shape[1])])


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
    plan = _plan(problem.plan, problem.generations[number].rooms)
    text = f"{problem.seed} {number} {plan.windows.days.tolist()} {plan.rooms} "
    text += f"{plan.with_creation} {plan.messages_most}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _played(
    design: Design,
    problem: Problem,
    plan: Plan,
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
            found = played_generation(scenarios, plan, seeds, threads, seen)
            store.write(block, _rows(design, problem.priors, block.points, seeds, found))
            left -= block.groups
        return _read(store)


def _read(store: Store) -> pd.DataFrame:
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
    generations = problem.generations[: len(done)]
    counts = [len(frame) for _, frame in done]
    return Bank(
        problem.priors.places(rows[keys].to_numpy(np.float64)),
        rows.drop(columns=["point", "replication", "seed", *keys]),
        np.repeat(np.arange(len(done)), counts),
        done[-1][0],
        np.repeat([one.rooms for one in generations], counts).astype(np.float64),
        np.concatenate(
            [np.arange(n) < one.even for n, one in zip(counts, generations, strict=True)]
        ),
    )


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)
