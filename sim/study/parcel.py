"""A block on its way to a worker of a cluster, and what the worker does with it."""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.params import parameters
from sim.scenario import NamedPolicy, Scenario
from sim.scenario.allowed import allowed_values
from sim.scenario.writing import items
from sim.study.files import digest_of, file_of
from sim.study.limits import Limits
from sim.study.playing import play_in_threads
from sim.study.rows import Work

FILE_KEYS = [key for key in parameters() if allowed_values()[key].suffix]
"""Parameters that may name a file."""


@dataclass(frozen=True)
class Parcel:
    """A block on its way to a worker: code of one's own policies travels along, and so do files.

    Attributes
    ----------
    work : bytes
        The pickled `Work`.
    files : dict of str to bytes
        Full path to content of the edge lists that the scenarios name.
    limits : Limits
    """

    work: bytes
    files: dict[str, bytes]
    limits: Limits


def play_parcel(parcel: Parcel) -> pd.DataFrame:
    """Play a block on a worker, with one thread.

    Parameters
    ----------
    parcel : Parcel

    Returns
    -------
    pandas.DataFrame
        Its rows.
    """
    import cloudpickle

    work: Work = cloudpickle.loads(parcel.work)
    if parcel.files:
        places = {path: _unpacked(path, content) for path, content in parcel.files.items()}
        scenarios = tuple(_moved(scenario, places) for scenario in work.scenarios)
        work = replace(work, scenarios=scenarios)
    ((_, rows),) = play_in_threads([work], 1, parcel.limits)
    return rows


def parcel_of(work: Work, limits: Limits) -> Parcel:
    """Pack a block for a worker: code of one's own policies and the files that it names go along.

    Parameters
    ----------
    work : Work
    limits : Limits

    Returns
    -------
    Parcel
    """
    import cloudpickle

    files: dict[str, bytes] = {}
    modules = set()
    for scenario in work.scenarios:
        for key in FILE_KEYS:
            value = getattr(getattr(scenario.params, key.partition(".")[0]), key.partition(".")[2])
            path = file_of(key, value)
            if path and str(path) not in files:
                files[str(path)] = path.read_bytes()
        modules |= {type(named.policy).__module__ for named in scenario.policies}
    own = [sys.modules[name] for name in sorted(modules) if not name.startswith("sim.")]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        return Parcel(_pickled(work), files, limits)
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _pickled(work: Work) -> bytes:
    """Pickle policies with their class, not by the file they stand in, which stays here."""
    import cloudpickle

    class ByValue(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, one: object) -> Any:
            if isinstance(one, NamedPolicy):
                return NamedPolicy, (one.name, one.use, one.policy)
            return super().reducer_override(one)

    written = io.BytesIO()
    ByValue(written).dump(work)
    return written.getvalue()


def _unpacked(path: str, content: bytes) -> str:
    """Find a file on this worker, or write what travelled along."""
    import hashlib

    there = Path(path)
    wanted = hashlib.sha256(content).hexdigest()[:20]
    if there.is_file() and digest_of(there) == wanted:
        return path
    folder = Path(tempfile.gettempdir()) / "qunlab-files"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{wanted}{there.suffix}"
    if not copy.is_file() or digest_of(copy) != wanted:
        from sim.study.store import write_whole

        write_whole(copy, content)
    return str(copy)


def _moved(scenario: Scenario, places: dict[str, str]) -> Scenario:
    """Let a scenario name its files where they are on this worker."""
    known = dict(items(scenario))
    changed = {key: places[str(known[key])] for key in FILE_KEYS if str(known[key]) in places}
    params = scenario.params.replace(changed)
    return replace(scenario, params=params) if changed else scenario
