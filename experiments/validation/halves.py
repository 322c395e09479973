"""Who is judged on rooms held out beside the population: it refitted, cut down, and null models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.making_populations.refitting import (
    Refit,
    bank_refit,
    cut_down,
    model_candidate,
    read_bank,
)
from experiments.validation.held_out import CEILING, Candidate, ceiling, fixed_candidate
from experiments.validation.nulls import NULLS, null_candidate
from sim.populations import Population, find_population, load_priors
from sim.scenario import Scenario
from sim.validation.targets import Against


@dataclass(frozen=True)
class Rivals:
    """What is judged beside the population and the other real part."""

    nulls: int  # simulations of each fit of the null models; 0 for none
    # folders with banks of sets of parameters, of the population and of the model cut down
    bank: Path | None
    cut_bank: Path | None
    rooms: int  # rooms simulated to be judged

    def faults(self) -> list[str]:
        """Name what cannot be asked for, one line each."""
        return [
            f"{name}: {folder}: no such folder"
            for name, folder in (("--bank", self.bank), ("--cut-bank", self.cut_bank))
            if folder is not None and not folder.is_dir()
        ]


def candidates_for(
    rivals: Rivals, one: Against, population: Population, table: pd.DataFrame
) -> dict[str, Candidate]:
    """Name everybody to judge on the rooms of one data set, the population first.

    It is refitted from its bank where there is one and the rooms are its own, else `table` stands.
    """
    assert one.rooms is not None
    found: dict[str, Candidate] = {}
    if rivals.bank is None or population.name != one.about.population:
        found[population.name] = fixed_candidate(table)
    else:
        for name, folder, scenario in (
            (f"{population.name}, refitted", rivals.bank, population.scenario),
            ("habit and reaction alone, refitted", rivals.cut_bank, cut_down(population.scenario)),
        ):
            if folder is not None:
                refit = stored_refit(population, folder, scenario)
                found[name] = model_candidate(refit, one.rooms, rivals.rooms)
    found[CEILING] = ceiling
    if rivals.nulls:
        for null in NULLS:
            found[null.name] = null_candidate(null, one.rooms, rivals.nulls, rivals.rooms)
    return found


def stored_refit(population: Population, folder: Path, scenario: Scenario) -> Refit:
    """Read how a population is refitted on any split: by the bank that a folder holds of it."""
    path = find_population(population.name)
    priors = load_priors(path.with_name(f"{population.name}.priors.csv"))
    bank = read_bank(folder / f"{population.name}.bank.parquet", priors)
    return bank_refit(bank, priors, scenario)
