"""Every parameter that is an assumption, halved and doubled: which conclusion of a sweep falls."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.params import parameters
from sim.report.ablation import ALL_ON, FALLS, HOLDS, OPEN, design_of_versions
from sim.scenario import Scenario
from sim.scenario.scenario import value_of
from sim.study.design import Design

GRADE = "C"
FACTORS = (2.0, 1.5, 1.2, 1.1, 1.02)
"""By what a value is multiplied and divided: the first that the scenario takes."""

LEVERS = ("group.", "operator.")
"""Sections whose values are chosen, not assumed of people."""


def assumption_versions(
    base: Scenario, levers: Collection[str] = ()
) -> dict[str, dict[str, float | int]]:
    """Name each assumption halved and doubled, ``KEY = VALUE``, with the value it sets; none for 0
    (off), for words, for `levers` and for what an operator chooses. A value stays within its range;
    where a scenario refuses the double, a smaller step is taken.
    """
    found: dict[str, dict[str, float | int]] = {}
    for key, known in parameters().items():
        if known.grade != GRADE or not known.numeric or key in levers or key.startswith(LEVERS):
            continue
        now = value_of(base, key)
        assert isinstance(now, int | float)
        for side in (-1, 1):
            value = _moved(base, key, now, side)
            if value is not None:
                found[f"{key} = {value:.4g}"] = {key: value}
    return found


def assumption_design(path: str | Path, replications: int | None = None) -> Design:
    """Make the design of a sweep file (with a ``[grid]``) as it is and each assumption moved."""
    return design_of_versions(
        path,
        lambda plain: assumption_versions(plain.base, [key for key, _ in plain.levers]),
        replications,
    )


def fallen(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the versions of an `ablation` under which a conclusion falls, after the row as it is."""
    answers = table.drop(columns="mechanism")
    moved = ~answers.isin([HOLDS, OPEN]).all(axis=1)
    return table[moved | (table["mechanism"] == ALL_ON)]


def counted(table: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count for each conclusion under how many versions it holds, falls, or is lost in noise."""
    versions = table[table["mechanism"] != ALL_ON].drop(columns="mechanism")
    said = {}
    for question in versions:
        answers = versions[question].astype(str)
        holds, falls = int((answers == HOLDS).sum()), int(answers.str.startswith(FALLS).sum())
        said[str(question)] = {HOLDS: holds, FALLS: falls, OPEN: len(answers) - holds - falls}
    return said


def _moved(base: Scenario, key: str, now: float, side: int) -> float | int | None:
    """Return the value a step to one side, or None where there is none."""
    known = parameters()[key]
    for factor in FACTORS if now else ():
        value = min(max(now * factor**side, known.low), known.high)
        kept = round(value) if known.integer else round(value, 12)
        if kept == now:
            return None
        try:
            base.with_values({key: kept})
        except InputError:
            continue
        return kept
    return None
