"""Fitting a population to a log: groups played and seen through the log's windows.

A log of few groups is fitted from the population's posterior. For many a bank is filled by
generations, each drawn where the fit so far points, but evenly, so that particles need no weights
(truncated proposals: Deistler, Goncalves and Macke 2022); simulations left out judge the intervals.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import __version__
from sim.chatlog import read_log
from sim.errors import InputError
from sim.files import write_whole
from sim.inference import (
    PRIOR_SD,
    Bank,
    Box,
    Sample,
    coverage,
    distances_in_errors,
    nearest,
    usable,
    whole_prior,
)
from sim.language import N_
from sim.lives.human_log import HumanLog, human_log
from sim.lives.patterns import CREATION_PATTERNS, PATTERNS, knows_creation, per_group
from sim.populations import Population, Range, places_of, values_at
from sim.progress import Progress, progress_line
from sim.scenario import Scenario, digest
from sim.scenario.scenario import items
from sim.state import Array
from sim.study.design import Design, manifest_of
from sim.study.manifest import code_digest
from sim.study.store import open_store, read_store
from sim.validation.rooms import (
    SHORTEST_DAYS,
    Windows,
    first_days,
    in_threads,
    joined,
    measured,
    played,
    rooms_of,
    seen_through,
    windows_of,
)

FEWEST_GROUPS = 20  # with fewer there is no bootstrap over them, and the population is the prior
GROUP_PARTICLES, GROUP_KEPT = 400, 80
MESSAGES_LEAST = 20_000  # simulated and always played to the end, however quiet the log is
VOLUME_MOST = 3.0  # messages over those of the real groups at which a particle is given up
BATCHES = 5  # rooms watched about equally long play together: none far beyond its window
PARTICLES_IN_PART = 16
# of the groups: what all generations but the last simulate with each particle, from 30 groups
CHEAP_SHARE, FEWEST_ROOMS = 1 / 3, 30
COLD = 0.2  # of the noise: draws gather near the best of the fit, where surfaces must be true
AROUND = 2  # generations at the end whose box is that of a fit to as many groups as there are
TRIES = 200
IDENTIFIED_RATIO = 0.5


@dataclass(frozen=True)
class Plan:
    """What every particle of a bank is asked to play."""

    windows: Windows  # of the real rooms; each simulated room draws one
    rooms: int  # a particle
    with_creation: bool  # whether never-used rooms are known of the real ones, and counted
    # a particle that writes more is given up: all its patterns are missing
    messages_most: float = np.inf
    log: str = ""  # the name of the file whose windows these are

    def with_rooms(self, rooms: int) -> Plan:
        """Return the same plan with another number of rooms a particle."""
        return replace(self, rooms=rooms, messages_most=self.messages_most * rooms / self.rooms)

    def patterns(self, scenario: Scenario, seed: int) -> dict[str, float]:
        """Play the rooms of one particle: pattern to value, NaN where it cannot be computed.

        The seed draws the windows too: particles share neither.
        """
        windows = self.windows.drawn(self.rooms, seed)
        return self.counted(play_rooms(scenario, windows, seed, self.messages_most))

    def counted(self, log: HumanLog | None) -> dict[str, float]:
        """Count the patterns of a particle's rooms, all NaN where it was given up."""
        if log is None:
            counted = [n for n in PATTERNS if self.with_creation or n not in CREATION_PATTERNS]
            return dict.fromkeys(counted, np.nan)
        brought = per_group(log, self.with_creation)
        return {name: float(one.counted().value) for name, one in brought.items()}


def play_rooms(
    scenario: Scenario, window_days: Array, seed: int, messages_most: float = np.inf
) -> HumanLog | None:
    """Play a room a window [room], in days from creation; None above the most messages."""
    order = np.argsort(window_days, kind="stable")
    sample = order[:: max(1, len(order) // 10)]  # a few of all lengths: endless talk is soon seen
    rest = np.array_split(order[~np.isin(order, sample)], BATCHES - 1)
    parts, messages = [], 0
    for rooms in (sample, *filter(len, rest)):
        days = max(SHORTEST_DAYS, float(np.ceil(window_days[rooms].max())))
        parts.append(played(scenario, rooms, days, seed))
        messages += len(parts[-1].talk.room)
        if messages > messages_most:
            return None
    return seen_through(joined(parts).talk, window_days)


def played_generation(
    scenarios: Sequence[Scenario],
    plan: Plan,
    seeds: Sequence[int],
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, float]]:
    """Play all particles of a generation, a seed each; the result does not depend on threads."""
    jobs = list(zip(scenarios, seeds, strict=True))
    return in_threads(lambda job: plan.patterns(*job), jobs, threads, [1.0] * len(jobs), progress)


def scenario_at(scenario: Scenario, ranges: Sequence[Range], values: Array) -> Scenario:
    """Return the scenario with values [parameter] of its free parameters."""
    names = [one.name for one in ranges]
    return scenario.with_values(dict(zip(names, map(float, values), strict=True)))


def accepted(scenario: Scenario, ranges: Sequence[Range], values: Array) -> Array:
    """Say which values [particle, parameter] the model accepts in the scenario: [particle]."""

    def holds(row: Array) -> bool:
        try:
            scenario_at(scenario, ranges, row)
        except InputError:
            return False
        return True

    return np.array([holds(row) for row in values], dtype=bool)


def spread(
    box: Box, scenario: Scenario, ranges: Sequence[Range], particles: int, seed: int
) -> Array:
    """Spread particles by Latin hypercube over what the model allows: [particle, parameter].

    `InputError` when the model refuses nearly all of the box.
    """
    from scipy.stats import qmc

    random = np.random.default_rng([seed, 0xB0B])
    points = qmc.LatinHypercube(len(ranges), rng=random)
    kept: list[Array] = []
    for _ in range(TRIES):
        places = box.whole(points.random(particles))
        kept += list(places[accepted(scenario, ranges, values_at(ranges, places))])
        if len(kept) >= particles:
            return np.array(kept[:particles])
    raise InputError(["the priors leave hardly any scenario that the model accepts"])


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
    ranges: tuple[Range, ...]  # of the free parameters
    plan: Plan
    observed: pd.DataFrame  # index pattern; value, standard error above 0
    generations: tuple[Generation, ...]  # the first is drawn from the prior
    seed: int

    def bank(self, done: Sequence[tuple[Box, pd.DataFrame]]) -> Bank:
        """Put the rows of finished generations together, at least one."""
        rows = pd.concat([frame for _, frame in done], ignore_index=True)
        names = [one.name for one in self.ranges]
        generations = self.generations[: len(done)]
        counts = [len(frame) for _, frame in done]
        even = [np.arange(n) < one.even for n, one in zip(counts, generations, strict=True)]
        return Bank(
            places_of(self.ranges, rows[names].to_numpy(np.float64)),
            rows.drop(columns=["point", "replication", "seed", *names]),
            np.repeat(np.arange(len(done)), counts),
            done[-1][0],
            np.repeat([one.rooms for one in generations], counts).astype(np.float64),
            np.concatenate(even),
        )


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
        box, places = _proposed(problem, problem.bank(done) if done else None, number)
        plan = problem.plan.with_rooms(generation.rooms)
        design = _design(problem, plan, places, number)
        seen = _within(progress, before, total)
        rows = _played(design, plan, folder / f"generation-{number}", threads, seen, until)
        if rows is None:
            break
        done.append((box, rows))
        before += generation.particles
    if not done:
        raise InputError([f"{folder}: the first generation is not finished; give it more minutes"])
    return problem.bank(done)


def _proposed(problem: Problem, bank: Bank | None, number: int) -> tuple[Box, Array]:
    """Draw a generation: evenly from the box, then from the fit so far."""
    scenario, ranges, seed = problem.scenario, problem.ranges, problem.seed + number
    generation = problem.generations[number]
    if bank is None:
        box = whole_prior(len(ranges))
        return box, spread(box, scenario, ranges, generation.particles, seed)
    used = usable(problem.observed)
    groups = problem.plan.rooms if number >= len(problem.generations) - AROUND else None
    box = bank.box.narrowed(bank.fitted(used, groups, 2000, seed, 1.0)[0], bank.nearest(used))
    found = bank.fitted(used, groups, 10 * generation.particles, seed, COLD)[0].places
    even = spread(box, scenario, ranges, generation.even, seed)
    found = found[box.holds(found)]
    near = list(found[accepted(scenario, ranges, values_at(ranges, found))][: generation.near])
    missing = generation.near - len(near)
    if missing:
        near += list(spread(box, scenario, ranges, missing, seed + 1_000_003))
    return box, np.concatenate([even, np.array(near).reshape(-1, even.shape[1])])


def _design(problem: Problem, plan: Plan, places: Array, number: int) -> Design:
    values = values_at(problem.ranges, places)
    # a seed of its own, so that a bank of other windows or sizes is another bank
    text = f"{problem.seed} {number} {plan.windows.days.tolist()} {plan.rooms} "
    text += f"{plan.with_creation} {plan.messages_most}"
    return Design(
        name=f"{problem.scenario.name} generation {number}",
        base=problem.scenario,
        levers=tuple(
            (one.name, tuple(values[:, at].tolist())) for at, one in enumerate(problem.ranges)
        ),
        points=tuple(scenario_at(problem.scenario, problem.ranges, row) for row in values),
        replications=1,
        seed=int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1,
        rows=tuple(map(tuple, values.tolist())),
        kind="table",
        independent=True,
    )


def _played(
    design: Design,
    plan: Plan,
    folder: Path,
    threads: int | None,
    progress: Progress | None,
    until: float,
) -> pd.DataFrame | None:
    """Return the rows of a generation, or nothing when time ran out before it was whole."""
    with open_store(folder, manifest_of(design, PARTICLES_IN_PART)) as store:
        missing = store.missing()
        left = sum(block.groups for block in missing)
        for block in missing:
            if time.monotonic() >= until:
                return None
            seeds = [design.seed_of(point) for point in block.points]
            scenarios = [design.points[point] for point in block.points]
            seen = _within(progress, design.communities - left, design.communities)
            found = played_generation(scenarios, plan, seeds, threads, seen)
            keys = pd.DataFrame({"point": list(block.points), "replication": 0, "seed": seeds})
            levers = pd.DataFrame([design.rows[point] for point in block.points])
            levers.columns = [key for key, _ in design.levers]
            shown = pd.DataFrame(found, dtype=np.float64)
            store.write(block, pd.concat([keys, levers, shown], axis=1))
            left -= block.groups
        return read_store(store.folder)[1]


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(before + done, total)


def parameter_table(
    ranges: Sequence[Range],
    posterior: Sample,
    covered: Array | None,
    prior_sd: Array | float = PRIOR_SD,
) -> pd.DataFrame:
    """Return what the fit found of each parameter, and whether it can be believed, a row each.

    `shrinkage` is posterior over prior standard deviation, `identified` at most one half of it,
    `edge_share` the mass within 2 % of an end, `coverage` that of 90 % intervals over the truths.
    """
    bounds = values_at(ranges, posterior.quantiles([0.05, 0.5, 0.95]))
    left = posterior.sd()
    shrinkage = np.divide(left, prior_sd, out=np.ones_like(left), where=np.asarray(prior_sd) > 0)
    return pd.DataFrame(
        {
            "parameter": [one.name for one in ranges],
            "low": [one.low for one in ranges],
            "high": [one.high for one in ranges],
            "scale": ["log" if one.is_log else "linear" for one in ranges],
            "median": bounds[1],
            "low_90": bounds[0],
            "high_90": bounds[2],
            "shrinkage": shrinkage,
            "identified": shrinkage <= IDENTIFIED_RATIO,
            "edge_share": posterior.edge_share(),
            "coverage": np.nan if covered is None else covered.mean(axis=0),
        }
    )


@dataclass(frozen=True)
class Calibration:
    """What a fit found."""

    posterior: pd.DataFrame  # a row a parameter set, a column a dotted key, and its weight
    provenance: dict[str, Any]  # fitted to what, with which bank, versions and seeds
    parameters: pd.DataFrame  # as from `parameter_table`
    # index pattern; observed value and error, fitted mean, z: their difference in errors
    patterns: pd.DataFrame
    tolerance: float  # root mean square distance left, in errors; of few groups the farthest kept
    truths: int  # simulations left out to judge the intervals
    bank: Bank

    @property
    def effective_size(self) -> float:
        """Particles that as many equal weights would be worth."""
        return float(1.0 / np.square(self.posterior["weight"].to_numpy()).sum())


@dataclass(frozen=True)
class Effort:
    """What a fit may cost, and its seed."""

    particles: int = 1200  # in the bank; of few groups `GROUP_PARTICLES`
    rooms: int | None = None  # a particle; None: as in the log
    minutes: float = np.inf  # after which nothing new is begun
    truths: int = 200  # simulations left out to judge the intervals
    seed: int = 1
    threads: int | None = None


def fit_log(
    population: Population,
    ranges: tuple[Range, ...],
    log: tuple[Path, Path | None],
    days: float | None,
    folder: Path,
    effort: Effort,
) -> Calibration:
    """Fit a population to a log (and its table of groups), or to its groups' first days.

    The same call continues the folder's bank.
    """
    chat = read_log(*log)
    prepared = human_log(chat)
    real = rooms_of(chat, prepared, days)
    windows = windows_of(real.window_days)
    if not len(windows.days):
        raise InputError([f"{log[0]}: no group was watched for any time; nothing to fit"])
    rooms = effort.rooms or real.total
    heard = len(first_days(prepared, days).ts)
    most = max(MESSAGES_LEAST, VOLUME_MOST * heard * rooms / real.total)
    plan = Plan(windows, rooms, knows_creation(chat), most, log[0].name)
    observed = measured(real, real.every(), effort.seed)
    generations = generations_of(effort.particles, rooms)
    problem = Problem(population.scenario, ranges, plan, observed, generations, effort.seed)
    if real.total < FEWEST_GROUPS:
        with progress_line(GROUP_PARTICLES, N_("calibrating")) as progress:
            return _of_few_groups(problem, population, effort, progress)
    until = time.monotonic() + 60.0 * effort.minutes
    with progress_line(effort.particles, N_("calibrating")) as progress:
        bank = make_bank(problem, folder, effort.threads, progress, until)
        used = usable(observed)
        posterior, predicted = bank.fitted(used, seed=effort.seed)
        covered = coverage(bank, used, effort.truths, effort.seed) if effort.truths else None
    fitted = (used["value"] + predicted * used["error"]).to_numpy(np.float64)
    return _calibration(problem, bank, posterior, used.assign(fitted=fitted), covered)


def _of_few_groups(
    problem: Problem, population: Population, effort: Effort, progress: Progress
) -> Calibration:
    """Fit few groups, perhaps one: what the population does not know of them already.

    The prior is the population's posterior, else its priors; a pattern's error is its spread over
    simulations of as many groups, seen as long.
    """
    scenario, ranges, plan = problem.scenario, problem.ranges, problem.plan
    observed, prior = problem.observed["value"], whole_prior(len(ranges))
    if population.particles:
        random = np.random.default_rng([effort.seed, 0x6A0])
        chosen = random.choice(len(population.weights), GROUP_PARTICLES, p=population.weights)
        base = dict(items(scenario))
        sets = [{**base, **population.particles[one]} for one in chosen]
        values = np.array([[one[free.name] for free in ranges] for one in sets], np.float64)
        places = np.clip(places_of(ranges, values), 0.0, 1.0)
    else:
        places = spread(prior, scenario, ranges, GROUP_PARTICLES, effort.seed)
    count = len(places)
    scenarios = [scenario_at(scenario, ranges, row) for row in values_at(ranges, places)]
    seeds = [effort.seed * 1_000_003 + number for number in range(count)]
    found = pd.DataFrame(played_generation(scenarios, plan, seeds, effort.threads, progress))
    errors = found.std().reindex(observed.index)
    used = usable(pd.DataFrame({"value": observed, "error": errors}))
    scaled = distances_in_errors(found, used)
    posterior = nearest(places, scaled, GROUP_KEPT)  # few groups tell too little for surfaces
    near = found.iloc[posterior.kept][list(used.index)].to_numpy(np.float64)
    mass = posterior.weights[:, None] * ~np.isnan(near)
    with np.errstate(invalid="ignore"):
        fitted = (np.nan_to_num(near) * mass).sum(axis=0) / mass.sum(axis=0)
    rooms = np.full(count, float(plan.rooms))
    bank = Bank(places, found, np.zeros(count, np.int64), prior, rooms, np.zeros(count, bool))
    used = used.assign(fitted=fitted)
    return _calibration(problem, bank, posterior, used, None, places.std(axis=0))


def _calibration(
    problem: Problem,
    bank: Bank,
    posterior: Sample,
    used: pd.DataFrame,
    covered: Array | None,
    prior_sd: Array | float = PRIOR_SD,
) -> Calibration:
    provenance = {
        "population": problem.scenario.name,
        "scenario": digest(problem.scenario),
        "code": code_digest(),
        "qunlab": __version__,
        "seed": problem.seed,
        "windows": problem.plan.log,
        "rooms_a_particle": problem.plan.rooms,
        "simulations": len(bank.places),
        "draws": len(posterior.weights),
        "effective_size": round(posterior.effective_size, 1),
        "tolerance_errors": round(posterior.tolerance, 3),
        "patterns": len(used),
    }
    return Calibration(
        posterior_table(problem.scenario, problem.ranges, posterior),
        provenance,
        parameter_table(problem.ranges, posterior, covered, prior_sd),
        used.assign(z=(used["fitted"] - used["value"]) / used["error"]),
        posterior.tolerance,
        0 if covered is None else len(covered),
        bank,
    )


def posterior_table(scenario: Scenario, ranges: Sequence[Range], posterior: Sample) -> pd.DataFrame:
    """Turn a posterior into the table that is shipped: a row a parameter set, and its ``weight``.

    What the model refuses is left out.
    """
    values = np.array(
        [[float(f"{value:.5g}") for value in row] for row in values_at(ranges, posterior.places)]
    )
    kept = accepted(scenario, ranges, values)
    weights = posterior.weights[kept]
    frame = pd.DataFrame(values[kept], columns=[one.name for one in ranges])
    return frame.assign(weight=weights / weights.sum())


def write_posterior(posterior: pd.DataFrame, provenance: dict[str, Any], path: Path) -> None:
    """Write the table as CSV under comment lines of its provenance; whole or not at all."""
    lines = [f"# {key}: {json.dumps(value)}" for key, value in provenance.items()]
    rows = posterior.assign(weight=[float(f"{one:.5g}") for one in posterior["weight"]])
    text = "\n".join([*lines, rows.to_csv(index=False, lineterminator="\n")])
    write_whole(path, text.encode())
