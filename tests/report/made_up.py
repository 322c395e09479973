"""Sweeps that were never played: their manifests, made-up rows, and stores of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.lives.deaths import DEATHS
from sim.lives.outcomes import ON_PAGE, death_column, main_outcomes
from sim.report.levers import levers_of
from sim.study.design import manifest_of, parse_design
from sim.study.manifest import Manifest
from sim.study.store import open_store

SIZES, POSTS, FEN = (
    "group.size",
    "policies.cadence.posts_per_day",
    "policies.red_packets.fen_per_day",
)
POLICIES = {"cadence": {"posts_per_day": 2}, "red_packets": {"fen_per_day": 0}}
CHANCE = np.random.default_rng(1).normal(size=200)


def design_of(grid: dict[str, list[Any]], replications: int = 30, **entries: Any) -> Manifest:
    """Describe a sweep that was never played."""
    data = {"scenario": {"policies": POLICIES}, "replications": replications, "grid": grid}
    return manifest_of(parse_design(data | entries), 1000)


def rows_of(manifest: Manifest, values: Callable[[pd.DataFrame], dict[str, Any]]) -> pd.DataFrame:
    """Make up a row for every community: quiet ones, but for what `values` says of them."""
    levers = levers_of(manifest)
    grid = pd.MultiIndex.from_product(
        [lever.values for lever in levers], names=[lever.key for lever in levers]
    ).to_frame(index=False)
    n = manifest.replications
    rows = grid.loc[grid.index.repeat(n)].reset_index(drop=True)
    rows.insert(0, "point", np.repeat(np.arange(len(grid)), n))
    rows.insert(1, "replication", np.tile(np.arange(n), len(grid)))
    rows["chance"] = CHANCE[rows["replication"]]
    for outcome in main_outcomes(ON_PAGE):
        rows[outcome.name] = 0.0
    rows["posting_member_days"], rows["operator_fen_claimed"], rows["members_start"] = 10, 0, 100
    rows["lifetime_days"], rows["lifetime_observed"] = 7.0, pd.array([False] * len(rows), "boolean")
    for death in DEATHS:
        for origin in death.origins:
            rows[death_column(death, origin)] = pd.array([False] * len(rows), "boolean")
    return rows.assign(**values(rows)).drop(columns="chance")


def store_of(folder: Path, manifest: Manifest, rows: pd.DataFrame) -> Path:
    """Put rows into a store, as many blocks of it as they fill."""
    with open_store(folder, manifest) as store:
        for block in store.missing():
            mine = rows[rows["point"].isin(block.points)]
            mine = mine[mine["replication"].isin(block.replications)]
            if len(mine) == block.groups:
                store.write(block, mine)
    return folder


MAIN = design_of({SIZES: [25, 100, 500], POSTS: [0, 2], FEN: [0, 500, 2000]})


def main_rows() -> pd.DataFrame:
    def values(rows: pd.DataFrame) -> dict[str, Any]:
        size, posts, fen, chance = rows[SIZES], rows[POSTS], rows[FEN], rows["chance"]
        own = np.random.default_rng(2).normal(size=len(rows))
        return {
            "posting_share_per_day": np.where(size == 25, 0.05, 0.10) + 0.01 * chance + 0.002 * own,
            "satisfaction": 0.1 * np.log10(size) + 0.01 * chance + 0.001 * own,
            "posting_members_per_day": 10.0 + posts + chance + 0.1 * own,
            "posting_member_days": 140 + 14 * (fen > 0),
            "operator_fen_claimed": 14 * fen,
            "cost_fen": 1000.0 * (1 + posts) + 14 * fen,
            "dead_silent_week2": pd.array((size == 25) & (rows["replication"] % 2 == 0), "boolean"),
        }

    return rows_of(MAIN, values)
