"""Whether the intervals can be believed: simulations left out as truths, and found again."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.state import Array
from sim.study.calibrating.abc import Posterior
from sim.study.calibrating.bank import Bank, usable
from sim.study.calibrating.priors import Priors

PRIOR_SD = 12.0**-0.5
"""Standard deviation of a place drawn from its prior, uniform on 0-1."""

IDENTIFIED_RATIO = 0.5
STEPS = 1000
"""Of the chains of one truth."""

LEVEL = 0.90
BAND = (0.84, 0.96)


@dataclass(frozen=True)
class Truths:
    """Simulations left out of the bank, and the posterior of each."""

    left_out: Array  # [truth] rows of the bank
    covered: Array  # [truth, parameter] whether the central 90 % interval holds the truth
    ranks: Array  # [truth, parameter] mass below the truth, 0-1: uniform when honest
    shrinkage: Array  # [truth, parameter] posterior over prior standard deviation


def coverage(bank: Bank, observed: pd.DataFrame, truths: int, seed: int) -> Truths:
    """Leave simulations out, one at a time, and fit each of them from the others.

    Truths are even particles of the last generation, so that intervals are judged where the real
    rooms lie; those given up are none, and a pattern that one does not show is not used for it.
    """
    used = usable(observed)
    inside = bank.inside()
    can_be = bank.even & (bank.generation == bank.generation.max())
    chosen = np.random.default_rng([seed, 0xC0E]).permutation(inside[can_be[inside]])[:truths]

    def fitted(one: int) -> Posterior:
        seen = used.assign(value=bank.patterns.loc[one, used.index].to_numpy(np.float64))
        return bank.fitted(seen, inside[inside != one], seed=int(one) + 1, steps=STEPS).posterior

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = list(pool.map(fitted, chosen))
    places = bank.places[chosen]
    bounds = np.array([one.quantiles(np.array([0.05, 0.95])) for one in found])
    return Truths(
        chosen,
        (places >= bounds[:, 0]) & (places <= bounds[:, 1]),
        np.array([one.weights @ (one.places < at) for one, at in zip(found, places, strict=True)]),
        np.array([one.sd() for one in found]) / PRIOR_SD,
    )


def parameter_table(
    priors: Priors,
    posterior: Posterior,
    truths: Truths | None,
    prior_sd: Array | float = PRIOR_SD,
) -> pd.DataFrame:
    """Return what the fit found of each parameter, and whether it can be believed, a row each.

    `shrinkage` is posterior over prior standard deviation, `identified` at most one half of it,
    `edge_share` the mass within 2 % of an end, `coverage` that of 90 % intervals over the truths.
    """
    bounds = priors.values(posterior.quantiles(np.array([0.05, 0.5, 0.95])))
    left = posterior.sd()
    shrinkage = np.divide(left, prior_sd, out=np.ones_like(left), where=np.asarray(prior_sd) > 0)
    covered = (
        np.full(len(priors.entries), np.nan) if truths is None else truths.covered.mean(axis=0)
    )
    return pd.DataFrame(
        {
            "parameter": priors.keys,
            "low": [prior.low for prior in priors.entries],
            "high": [prior.high for prior in priors.entries],
            "scale": [prior.scale for prior in priors.entries],
            "median": bounds[1],
            "low_90": bounds[0],
            "high_90": bounds[2],
            "shrinkage": shrinkage,
            "identified": shrinkage <= IDENTIFIED_RATIO,
            "edge_share": posterior.edge_share(),
            "coverage": covered,
        }
    )
