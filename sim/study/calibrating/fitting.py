"""A fit from beginning to end: bank, posterior, coverage, and what it says of each pattern."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import __version__
from sim.scenario import digest
from sim.scenario.scenario import items
from sim.state import Array
from sim.study.calibrating.abc import Posterior, distances_in_errors, fit
from sim.study.calibrating.bank import Bank, usable
from sim.study.calibrating.coverage import PRIOR_SD, Truths, coverage, parameter_table
from sim.study.calibrating.generations import Generation, Problem, make_bank
from sim.study.calibrating.posterior import PosteriorTable, posterior_table
from sim.study.calibrating.priors import Priors
from sim.study.calibrating.proposals import whole_prior
from sim.study.calibrating.rooms import Plan, played_generation
from sim.study.manifest import code_digest
from sim.validation.populations import Population

FEWEST_GROUPS = 20
"""With fewer groups there is no bootstrap over them, and the population is the prior."""

GROUP_PARTICLES = 400
GROUP_KEPT = 80

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Calibration:
    """What a fit found."""

    table: PosteriorTable
    parameters: pd.DataFrame  # as from `parameter_table`
    # index pattern; observed value and error, fitted mean, z: their difference in errors
    patterns: pd.DataFrame
    simulations: int  # in the bank
    tolerance: float  # root mean square distance left, in errors; of few groups the farthest kept
    truths: int  # simulations left out to judge the intervals
    bank: Bank

    @property
    def effective_size(self) -> float:
        """Particles that as many equal weights would be worth."""
        return float(1.0 / np.square(self.table.weights).sum())


def calibrate(
    problem: Problem,
    folder: Path,
    threads: int | None = None,
    progress: Progress | None = None,
    minutes: float = np.inf,
    truths: int = 200,
) -> Calibration:
    """Fit a population to the patterns of many groups; the same call continues the folder's bank.

    After `minutes` what is whole is used; `truths` simulations are left out to judge intervals.
    """
    until = time.monotonic() + 60.0 * minutes
    bank = make_bank(problem, folder, threads, progress, until)
    used = usable(problem.observed)
    found = bank.posterior(used, seed=problem.seed)
    judged = coverage(bank, used, truths, problem.seed) if truths else None
    fitted = (used["value"] + found.predicted * used["error"]).to_numpy(np.float64)
    return _calibration(problem, bank, found.posterior, used.assign(fitted=fitted), judged)


def calibrate_group(
    population: Population,
    priors: Priors,
    plan: Plan,
    observed: pd.Series,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Fit few groups, perhaps one: what the population does not know of them already.

    The prior is the population's posterior, else its priors; a pattern's error is its spread over
    simulations of as many groups, seen as long.
    """
    if population.particles:
        drawn = np.random.default_rng([seed, 0x6A0])
        chosen = drawn.choice(len(population.weights), GROUP_PARTICLES, p=population.weights)
        base = dict(items(population.scenario))
        sets = [{**base, **population.particles[one]} for one in chosen]
        values = np.array([[one[key] for key in priors.keys] for one in sets], np.float64)
        places = np.clip(priors.places(values), 0.0, 1.0)
    else:
        places = whole_prior(len(priors.keys)).drawn(
            population.scenario, priors, GROUP_PARTICLES, seed
        )
    scenarios = [
        population.scenario.with_values(dict(zip(priors.keys, map(float, row), strict=True)))
        for row in priors.values(places)
    ]
    seeds = [seed * 1_000_003 + number for number in range(len(scenarios))]
    found = pd.DataFrame(played_generation(scenarios, plan, seeds, threads, progress))
    spread = found.std().reindex(observed.index)
    used = usable(pd.DataFrame({"value": observed, "error": spread}))
    posterior = _nearest(places, found, used)
    bank = Bank(
        places,
        found,
        np.zeros(len(places), np.int64),
        whole_prior(len(priors.keys)),
        np.full(len(places), float(plan.rooms)),
        np.zeros(len(places), bool),
    )
    generations = (Generation(len(places), 0, plan.rooms),)
    problem = Problem(population.scenario, priors, plan, used, generations, seed)
    used = used.assign(fitted=_mean_of(found.iloc[posterior.kept], used, posterior.weights))
    return _calibration(problem, bank, posterior, used, None, places.std(axis=0))


def _nearest(places: Array, found: pd.DataFrame, used: pd.DataFrame) -> Posterior:
    """Keep the nearest simulations, adjusted: few groups tell too little for surfaces."""
    scaled = distances_in_errors(
        found[list(used.index)].to_numpy(np.float64),
        used["value"].to_numpy(np.float64),
        used["error"].to_numpy(np.float64),
    )
    return fit(places, scaled, np.ones(len(places)), GROUP_KEPT)


def _mean_of(kept: pd.DataFrame, used: pd.DataFrame, weights: Array) -> Array:
    shown = kept[list(used.index)].to_numpy(np.float64)
    known = ~np.isnan(shown)
    mass = weights[:, None] * known
    with np.errstate(invalid="ignore"):
        return np.asarray((np.where(known, shown, 0.0) * mass).sum(axis=0) / mass.sum(axis=0))


def _calibration(
    problem: Problem,
    bank: Bank,
    posterior: Posterior,
    used: pd.DataFrame,
    truths: Truths | None,
    prior_sd: Array | float = PRIOR_SD,
) -> Calibration:
    patterns = used.assign(z=(used["fitted"] - used["value"]) / used["error"])
    origin = _provenance(problem, len(bank.places), posterior, list(used.index))
    return Calibration(
        posterior_table(problem.scenario, problem.priors, posterior, origin),
        parameter_table(problem.priors, posterior, truths, prior_sd),
        patterns,
        len(bank.places),
        posterior.tolerance,
        0 if truths is None else len(truths.left_out),
        bank,
    )


def _provenance(
    problem: Problem, simulations: int, posterior: Posterior, patterns: Sequence[str]
) -> dict[str, Any]:
    return {
        "population": problem.scenario.name,
        "scenario": digest(problem.scenario),
        "code": code_digest(),
        "qunlab": __version__,
        "seed": problem.seed,
        "windows": problem.plan.windows.origin,
        "rooms_a_particle": problem.plan.rooms,
        "simulations": simulations,
        "draws": len(posterior.weights),
        "effective_size": round(posterior.effective_size, 1),
        "tolerance_errors": round(posterior.tolerance, 3),
        "patterns": len(patterns),
    }
