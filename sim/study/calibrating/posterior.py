"""The posterior table of a population: one row a particle, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.files import write_whole
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.abc import Posterior
from sim.study.calibrating.priors import Priors

WEIGHT = "weight"
MARK = "# "


@dataclass(frozen=True)
class PosteriorTable:
    """Weighted parameter sets that a population is played with."""

    particles: pd.DataFrame  # a row a particle, a column a dotted key
    weights: Array  # [particle], summing to 1
    provenance: dict[str, Any]  # fitted to what, when, with which bank, versions and seeds


def posterior_table(
    scenario: Scenario, priors: Priors, posterior: Posterior, provenance: dict[str, Any]
) -> PosteriorTable:
    """Turn a posterior into the table that is shipped; what the model refuses is left out."""
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
