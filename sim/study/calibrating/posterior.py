"""The posterior table of a population: one row a particle, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.abc import Posterior
from sim.study.calibrating.priors import Priors
from sim.whole import write_whole

WEIGHT = "weight"
MARK = "# "


@dataclass(frozen=True)
class PosteriorTable:
    """Weighted parameter sets that a population is played with.

    Attributes
    ----------
    particles : pandas.DataFrame
        One row a particle, one column a dotted key.
    weights : array [particle]
        Sum to one.
    provenance : dict
        What it was fitted to, when, with which bank, versions and seeds.

    Examples
    --------
    >>> table = PosteriorTable(pd.DataFrame({"look.rate_per_day": [2.0]}), np.ones(1), {})
    >>> len(table.particles)
    1
    """

    particles: pd.DataFrame
    weights: Array
    provenance: dict[str, Any]


def posterior_table(
    scenario: Scenario, priors: Priors, posterior: Posterior, provenance: dict[str, Any]
) -> PosteriorTable:
    """Turn a posterior into the table that is shipped; what the model refuses is left out.

    Parameters
    ----------
    scenario : Scenario
        Holds the fixed parameters.
    priors : Priors
    posterior : Posterior
    provenance : dict

    Returns
    -------
    PosteriorTable
    """
    values = np.array(
        [[float(f"{value:.5g}") for value in row] for row in priors.values(posterior.places)]
    )
    frame = pd.DataFrame(values, columns=list(priors.keys))
    kept = np.array([_accepts(scenario, row) for row in frame.to_dict("records")])
    weights = np.where(kept, posterior.weights, 0.0)[kept]
    return PosteriorTable(frame[kept].reset_index(drop=True), weights / weights.sum(), provenance)


def write_posterior(table: PosteriorTable, path: Path) -> None:
    """Write the table as CSV under comment lines of its provenance; whole or not at all."""
    lines = [f"{MARK}{key}: {json.dumps(value)}" for key, value in table.provenance.items()]
    rows = table.particles.assign(**{WEIGHT: [float(f"{one:.5g}") for one in table.weights]})
    text = "\n".join([*lines, rows.to_csv(index=False, lineterminator="\n")])
    write_whole(path, text.encode())


def _accepts(scenario: Scenario, values: dict[Any, float]) -> bool:
    try:
        scenario.with_values({str(key): value for key, value in values.items()})
    except InputError:
        return False
    return True
