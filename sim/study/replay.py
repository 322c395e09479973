"""Replay: play any row of a store once more, from its manifest alone, and compare to the bit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario, digest
from sim.study.levers import PREFIX
from sim.study.manifest import Block, Manifest, code_digest
from sim.study.playing import Limits, play_in_threads
from sim.study.rows import Work, cell_of
from sim.study.store import find_store


@dataclass(frozen=True)
class Replay:
    """A row played again."""

    row: int
    point: int
    replication: int
    seed: int
    scenario: Scenario
    digest: str  # of the scenario
    stored: pd.Series  # the row as the store has it (or empty), and as it is now
    played: pd.Series
    differing: tuple[str, ...]  # columns that are not the same to the bit
    same_code: bool  # whether this is the code that made the store


def replay(folder: str | Path, row: int) -> Replay:
    """Play a row of a store again.

    Parameters
    ----------
    folder : str or Path
    row : int
        Its number in design order, column ``row`` of an export: point times replications plus
        replication.

    Returns
    -------
    Replay

    Raises
    ------
    InputError
        No store, no such row, or a file it needs has changed.
    """
    store = find_store(folder)
    manifest = store.manifest
    point, replication = place_of(manifest, row, folder)
    scenario = scenario_of(manifest, point)
    seed = manifest.seed_of(point)
    block = Block(0, range(point, point + 1), range(replication, replication + 1))
    stored = store.row(point, replication)
    values = zip(manifest.levers, manifest.row(point), strict=True)
    levers = pd.DataFrame({key: [cell_of(value)] for key, value in values})
    work = Work(block, (scenario,), (seed,), levers)
    ((_, played),) = play_in_threads([work], 1, Limits())
    kept = stored.iloc[0] if len(stored) else pd.Series(dtype=object)
    now = played.iloc[0]
    differing = tuple(name for name in kept.index if not _same(kept[name], now.get(name)))
    same_code = manifest.code == code_digest()
    where = (row, point, replication, seed, scenario, manifest.scenarios[point])
    return Replay(*where, kept, now, differing, same_code)


def place_of(manifest: Manifest, row: int, folder: str | Path) -> tuple[int, int]:
    """Return the point and the replication of a row in design order; `InputError` for none."""
    if not 0 <= row < manifest.communities:
        most = manifest.communities - 1
        raise InputError([f"row: {row} is out of range; allowed: 0 to {most}, in {folder}"])
    return divmod(row, manifest.replications)


def _same(stored: Any, played: Any) -> bool:
    """Compare two values to the bit; missing is the same as missing."""
    if pd.isna(stored) or pd.isna(played):
        return bool(pd.isna(stored) and pd.isna(played))
    return bool(stored == played)


def scenario_of(manifest: Manifest, point: int) -> Scenario:
    """Put a point's scenario together from the manifest; `InputError` if a file of it changed."""
    settings: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for key, value in zip(manifest.levers, manifest.row(point), strict=True):
        if key.startswith(PREFIX):
            settings |= manifest.choices[key.removeprefix(PREFIX)][value]
        else:
            is_text = isinstance(value, str)  # may name a file, which has moved
            changed[key] = manifest.paths.get(f"{key} = {value}", value) if is_text else value
    scenario = Scenario().with_values(manifest.settings).with_values(settings | changed)
    if digest(scenario) != manifest.scenarios[point]:
        named = ", ".join(manifest.files) or "nothing it names has changed: the parameters have"
        raise InputError(
            [f"point {point}: no longer the scenario that was played; look at: {named}"]
        )
    return scenario
