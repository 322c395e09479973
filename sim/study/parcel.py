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
from sim.scenario.scenario import file_of, value_of
from sim.study.design import digest_of
from sim.study.limits import Limits
from sim.study.playing import play_in_threads
from sim.study.rows import Work

FILE_KEYS = [key for key in parameters() if allowed_values()[key].suffix]
"""Parameters that may name a file."""


@dataclass(frozen=True)
class Parcel:
    """A block on its way to a worker: code of one's own policies travels along, and so do files."""

    work: bytes  # the pickled `Work`
    # full path to content of files that scenarios name, own policies left out
    files: dict[str, bytes]
    limits: Limits


def play_parcel(parcel: Parcel) -> pd.DataFrame:
    """Play a block on a worker, with one thread, and return its rows."""
    ((_, rows),) = play_in_threads([unpacked(parcel)], 1, parcel.limits)
    return rows


def unpacked(parcel: Parcel) -> Work:
    """Return the work of a parcel, its scenarios naming the files as they are on this worker."""
    import cloudpickle

    work: Work = cloudpickle.loads(parcel.work)
    if not parcel.files:
        return work
    places = {path: _unpacked(path, content) for path, content in parcel.files.items()}
    return replace(work, scenarios=tuple(_moved(one, places) for one in work.scenarios))


def parcel_of(work: Work, limits: Limits) -> Parcel:
    """Pack a block for a worker, with code of one's own policies and the files it names."""
    import cloudpickle

    files: dict[str, bytes] = {}
    modules = set()
    for scenario in work.scenarios:
        for path in _named(scenario).values():
            if path not in files:
                files[path] = Path(path).read_bytes()
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
    changed = {key: places[path] for key, path in _named(scenario).items() if places[path] != path}
    return scenario.with_values(changed) if changed else scenario


def _named(scenario: Scenario) -> dict[str, str]:
    """Return the full path of each file a scenario names but the code of its policies, by key."""
    values = {key: value_of(scenario, key) for key in FILE_KEYS}
    for named in scenario.policies:
        values |= {f"policies.{named.name}.{name}": v for name, v in named.values().items()}
    return {key: str(path) for key, value in values.items() if (path := file_of(key, value))}
