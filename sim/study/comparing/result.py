"""What a comparison found, and the tables it is written to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.files import write_whole
from sim.study.comparing.sequential import Look, UntilClear
from sim.study.origin import under_origin


@dataclass(frozen=True)
class Comparison:
    """How alternatives differ from the first of them, on the same luck.

    Attributes
    ----------
    names : tuple of str
        Of the alternatives.
    replications : int
        Compared; fewer than played for when it stopped early.
    particles : int
        Parameter sets, 1 without a posterior.
    outcomes : pandas.DataFrame
        As from `sim.study.comparing.tables.outcome_table`.
    deaths : pandas.DataFrame
        As from `sim.study.comparing.tables.death_table`.
    curves, lifetime_tests : pandas.DataFrame
        Lives until the first silence of 7 days, as from `sim.study.comparing.lifetimes`.
    origin : dict of str to str
        All that decides the numbers: seed, code, versions, digest of each scenario.
    failed : int
        Communities that failed; their pairs are left out.
    until_clear : UntilClear or None
    looks : tuple of Look
        Of the sequential test; empty without one.
    repeated_intervals : pandas.DataFrame
        Of the deciding outcome, holding at all looks together, with p and whether it is clear;
        empty without a sequential test.
    seconds : float
        Spent on playing now.
    """

    names: tuple[str, ...]
    replications: int
    particles: int
    outcomes: pd.DataFrame
    deaths: pd.DataFrame
    curves: pd.DataFrame
    lifetime_tests: pd.DataFrame
    origin: dict[str, str]
    failed: int = 0
    until_clear: UntilClear | None = None
    looks: tuple[Look, ...] = ()
    repeated_intervals: pd.DataFrame = field(default_factory=pd.DataFrame)
    seconds: float = 0.0

    def to_frame(self) -> pd.DataFrame:
        """Return outcomes and deaths as one tidy frame, one row an outcome and alternative."""
        return pd.concat([self.outcomes, self.deaths], ignore_index=True)


def write_tables(found: Comparison, folder: str | Path) -> list[Path]:
    """Write comparison.csv, curves.csv and lifetime_tests.csv under ``#`` lines of their origin."""
    frames = {"comparison": found.to_frame(), "curves": found.curves}
    frames["lifetime_tests"] = found.lifetime_tests
    written = []
    for name, frame in frames.items():
        path = Path(folder) / f"{name}.csv"
        write_whole(path, under_origin(frame, found.origin))
        written.append(path)
    return written
