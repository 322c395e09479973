"""Outcomes of a user's own, from a file: measured, averaged and compared as ours are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.allowed import existing_file
from sim.errors import Faults, InputError, nearest
from sim.lives.outcomes import OWN, TRUTH, Outcome, Run, outcomes_by_name
from sim.policies import own_code, own_module
from sim.scenario.loading import OUTCOMES
from sim.scenario.named_policy import on_code, on_outcomes

OPTION = "--outcomes"


@contextmanager
def own_outcomes(uses: Sequence[str] = ()) -> Iterator[None]:
    """Measure other outcomes beside ours within the block, and what files read there name.

    Parameters
    ----------
    uses : sequence of str
        ``"path/file.py:NAME"``, where the file says ``NAME = Outcome(...)``: name, unit, definition
        and a function from a `Run` to one number a group, NaN where it is missing. Given `main` and
        a heading, it is in the tables of a sweep too. Files of scenarios and sweeps name theirs
        likewise, from their own folder: ``outcomes = ["file.py:NAME"]``.

    Raises
    ------
    InputError
        A file or a name that is not there, code that fails, a name that one of ours has.
    """
    known = set[tuple[Path, str]]()
    before = OWN.set(OWN.get())
    listening = on_outcomes.set(partial(_add, known, OUTCOMES))
    try:
        _add(known, OPTION, uses, Path())
        yield
    finally:
        on_outcomes.reset(listening)
        OWN.reset(before)


def _add(known: set[tuple[Path, str]], place: str, uses: Sequence[str], folder: Path) -> None:
    """Load those of them that are not known yet, and let them be measured."""
    faults = Faults()
    for use in uses:
        with faults.gathered(f"{place}: {use}: "):
            file_name, _, name = use.rpartition(":")
            path = Path(existing_file("file", file_name, folder))
            if (path, name) not in known:
                one = _loaded(place, path, name)
                if one.name in outcomes_by_name() or not one.name.isidentifier():
                    raise InputError([f"{one.name!r} is no name, or another outcome's"])
                known.add((path, name))
                OWN.set((*OWN.get(), replace(one, value=partial(_values, one), file=path)))
    faults.refuse()


def _loaded(place: str, path: Path, name: str) -> Outcome:
    if listens := on_code.get(None):
        listens(place, path)
    held = own_module(path, "outcomes", "fails")
    if not isinstance(one := held.get(name), Outcome):
        names = [word for word, value in held.items() if isinstance(value, Outcome)]
        raise InputError([f"no Outcome is called {name} there{nearest(name, names)}"])
    return one


def _values(one: Outcome, run: Run) -> Any:
    """Return what the function of a user's own says, as one number (or truth) a group."""
    where = f"{OUTCOMES}: {one.name}"
    said = own_code(f"{where} fails", lambda: np.asarray(one.value(run), dtype=np.float64))
    if said.shape != (run.trace.groups,):
        shape = f"{said.shape}, not ({run.trace.groups},)"
        raise InputError([f"{where}: gives numbers of shape {shape}: one a group"])
    return pd.arrays.BooleanArray(said > 0.0, np.isnan(said)) if one.unit == TRUTH else said
