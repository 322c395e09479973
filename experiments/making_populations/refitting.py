"""The model fitted anew on every split of real rooms, from a bank; whole, or cut down."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from experiments.validation.held_out import Candidate, Split
from sim.calibrate import posterior_table, scenario_at
from sim.errors import InputError, readable
from sim.files import read_parquet, whole_files, write_parquet, write_whole
from sim.inference import Bank, Box
from sim.populations import Range, places_of, read_population, values_at
from sim.scenario import Scenario, to_toml
from sim.validation.rooms import Rooms, measured, simulated_rooms, windows_of

COLUMNS = ("generation", "rooms", "even")
PARTICLES = 40
"""Parameter sets that the rooms of a split are dealt to."""

NO_HABITUATION = 1e9
HABIT_AND_REACTION: Mapping[str, float] = MappingProxyType(
    {
        "needs.information_weight": 0.0,
        "needs.belonging_weight": 1.0,  # one need is left, so that reading feeds habit at all
        "needs.enjoyment_weight": 0.0,
        "needs.benefit_weight": 0.0,
        "needs.recognition_weight": 0.0,
        "needs.weight_sigma": 0.0,
        "speak.need_push": 0.0,
        "speak.audience": 0.0,
        "speak.loafing": 0.0,
        "speak.stranger_share": 1.0,
        "ties.degree": 0,
        "ties.growth": 0.0,
        "ties.benefit": 0.0,
        "trust.benefit": 0.0,
        "novelty.talk_messages": NO_HABITUATION,
        "novelty.content_messages": NO_HABITUATION,
        "novelty.activity_messages": NO_HABITUATION,
        "novelty.greeting_messages": NO_HABITUATION,
        "novelty.packet_messages": NO_HABITUATION,
        "reaction.packet_share": 0.0,
        "packets.claim_probability": 0.0,
        "packets.return_ratio": 0.0,
    }
)
"""Values that cut the model down: no needs to speak for, no ties, no packets, no habituation."""

Refit = Callable[[Split, pd.DataFrame], Sequence[Scenario]]
"""A split and the targets of its fitted part to the scenarios of the particles it leaves."""


def model_candidate(refit: Refit, rooms: Rooms, judged_rooms: int) -> Candidate:
    """Make a candidate of the model, its parameters found anew on every split.

    `refit` may use the targets of the fitted part only.
    """

    def simulated(split: Split, targets: pd.DataFrame) -> pd.DataFrame:
        windows = windows_of(rooms.window_days[split.fitted])
        fresh = split.seed + 1000
        days = windows.drawn(judged_rooms, fresh)
        made = simulated_rooms(list(refit(split, targets)), days, fresh).rooms
        return measured(made, made.every(), fresh)

    return simulated


def cut_down(base: Scenario) -> Scenario:
    """Return the scenario with needs, ties, packets and habituation switched off."""
    return base.with_values(dict(HABIT_AND_REACTION))


def write_cut_down(path: Path, folder: Path) -> Path:
    """Write the cut-down scenario of a population's file, with its priors, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    scenario = cut_down(read_population(path).scenario)
    write_whole(folder / path.name, to_toml(scenario).encode())
    priors = path.with_name(f"{path.stem}.priors.csv")
    if priors.is_file():
        shutil.copyfile(priors, folder / priors.name)
    return folder / path.name


def write_bank(bank: Bank, ranges: Sequence[Range], path: Path) -> None:
    """Write a bank as Parquet, whole or not at all: a row a particle, its values and patterns."""
    names = [one.name for one in ranges]
    values = pd.DataFrame(values_at(ranges, bank.places), columns=names)
    about = pd.DataFrame(
        {"generation": bank.generation, "rooms": bank.rooms, "even": bank.even}, values.index
    )
    table = pd.concat([about, values, bank.patterns.reset_index(drop=True)], axis=1)
    table.attrs = {"box_low": bank.box.low.tolist(), "box_high": bank.box.high.tolist()}
    with whole_files(path) as (passing,):
        write_parquet(table, passing)


def read_bank(path: Path, ranges: Sequence[Range]) -> Bank:
    """Read a bank that was filled for a population's priors; `InputError` for other parameters."""
    try:
        table = read_parquet(readable(path))
    except (OSError, ValueError) as fault:
        raise InputError([f"{path}: cannot be read as a bank: {fault}"]) from None
    names = [one.name for one in ranges]
    missing = [name for name in (*COLUMNS, *names) if name not in table]
    if missing or len(table.attrs.get("box_low", ())) != len(names):
        what = missing[0] if missing else "its box"
        raise InputError([f"{path}: is no bank of these free parameters: {what} is missing"])
    return Bank(
        places_of(ranges, table[names].to_numpy(np.float64)),
        table.drop(columns=[*COLUMNS, *names]),
        table["generation"].to_numpy(np.int64),
        Box(np.array(table.attrs["box_low"]), np.array(table.attrs["box_high"])),
        table["rooms"].to_numpy(np.float64),
        table["even"].to_numpy(bool),
    )


def bank_refit(bank: Bank, ranges: Sequence[Range], scenario: Scenario) -> Refit:
    """Refit a population on the fitted part of a split, from one bank for all splits.

    Rooms are dealt to sets of the posterior, not to its best, which nearly flat surfaces have
    anywhere.
    """

    def refit(split: Split, targets: pd.DataFrame) -> list[Scenario]:
        rooms = int(split.fitted.sum())
        found, _ = bank.fitted(targets, rooms, PARTICLES, split.seed)
        table = posterior_table(scenario, ranges, found).drop(columns="weight")
        return [scenario_at(scenario, ranges, row) for row in table.to_numpy()]

    return refit
