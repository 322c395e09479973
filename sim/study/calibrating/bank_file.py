"""A bank as one file, so that halves of the real rooms can be fitted from it without playing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, readable
from sim.files import read_parquet, whole_files, write_parquet
from sim.scenario import Scenario
from sim.study.calibrating.bank import Bank
from sim.study.calibrating.posterior import posterior_table
from sim.study.calibrating.priors import Priors
from sim.study.calibrating.proposals import Box
from sim.validation.held_out import Split
from sim.validation.refitting import Refit

COLUMNS = ("generation", "rooms", "even")
PARTICLES = 40
"""Parameter sets that the rooms of a split are dealt to."""


def write_bank(bank: Bank, priors: Priors, path: Path) -> None:
    """Write a bank as Parquet, whole or not at all: a row a particle, its values and patterns."""
    values = pd.DataFrame(priors.values(bank.places), columns=list(priors.keys))
    about = pd.DataFrame(
        {"generation": bank.generation, "rooms": bank.rooms, "even": bank.even}, values.index
    )
    table = pd.concat([about, values, bank.patterns.reset_index(drop=True)], axis=1)
    table.attrs = {"box_low": bank.box.low.tolist(), "box_high": bank.box.high.tolist()}
    with whole_files(path) as (passing,):
        write_parquet(table, passing)


def read_bank(path: Path, priors: Priors) -> Bank:
    """Read a bank that was filled for a population's priors; `InputError` for other parameters."""
    try:
        table = read_parquet(readable(path))
    except (OSError, ValueError) as fault:
        raise InputError([f"{path}: cannot be read as a bank: {fault}"]) from None
    missing = [name for name in (*COLUMNS, *priors.keys) if name not in table]
    if missing or len(table.attrs.get("box_low", ())) != len(priors.keys):
        what = missing[0] if missing else "its box"
        raise InputError([f"{path}: is no bank of these free parameters: {what} is missing"])
    return Bank(
        priors.places(table[list(priors.keys)].to_numpy(np.float64)),
        table.drop(columns=[*COLUMNS, *priors.keys]),
        table["generation"].to_numpy(np.int64),
        Box(np.array(table.attrs["box_low"]), np.array(table.attrs["box_high"])),
        table["rooms"].to_numpy(np.float64),
        table["even"].to_numpy(bool),
    )


def bank_refit(bank: Bank, priors: Priors, scenario: Scenario) -> Refit:
    """Refit a population on the fitted part of a split, from one bank for all splits.

    Rooms are dealt to sets of the posterior, not to its best, which nearly flat surfaces have
    anywhere.
    """

    def refit(split: Split, targets: pd.DataFrame) -> list[Scenario]:
        rooms = int(split.fitted.sum())
        found = bank.posterior(targets, rooms, PARTICLES, split.seed).posterior
        table = posterior_table(scenario, priors, found, {})
        return [
            scenario.with_values({str(key): float(value) for key, value in row.items()})
            for row in table.particles.to_dict("records")
        ]

    return refit
