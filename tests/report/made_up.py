"""Sweeps that were never played: their manifests, made-up rows, and stores of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.forecast import INPUTS, LABELS, Record
from sim.lives.deaths import DEATHS
from sim.lives.outcomes import ON_PAGE, death_column, main_outcomes
from sim.report.levers import levers_of
from sim.report.pages import Judged, Outlook
from sim.study.design import manifest_of, parse_design
from sim.study.manifest import Manifest
from sim.study.optimise import AIMS
from sim.study.sensitivity import Sensitivity
from sim.study.store import open_store
from sim.validation.judging import Judgement
from sim.validation.targets import Row

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


def front(values: int) -> pd.DataFrame:
    """Make up a front of so many settings."""
    table = pd.DataFrame({"group.size": range(30, 30 + values)})
    for name in AIMS:
        table[name] = np.linspace(0.1, 0.9, values)
        for part in ("error", "parameter_sd", "worst_tenth"):
            table[f"{name}_{part}"] = 0.01
    return table.assign(within_budget=True)


def outlook(record: Record) -> Outlook:
    """Make up forecasts of two groups."""
    rows = pd.DataFrame({"group": ["a <b>", "c"], "seen_days": 30.0, "horizon_days": 28.0})
    rows = rows.assign(**dict.fromkeys(INPUTS, 1.0), messages=3.0, silent_now=False)
    for label in LABELS:
        rows[f"{label}_regression"], rows[f"{label}_model"] = [0.7, 0.1], [0.5, 0.2]
    return Outlook(rows, record, ["a note"])


def judged() -> Judged:
    """Make up a judgement by four patterns."""
    rows = (
        Row("rooms", "near", 1.0, 0.1, 1.05, 0.1),
        Row("rooms", "far", 1.0, 0.1, 5.0, 0.1),
        Row("rooms", "unseen", 1.0, 0.1),
        Row("field", "banded", simulated=0.5, low=0.1),
    )
    parts = {"rooms": "learner_rooms", "field": "wechat_mixed"}
    return Judged(Judgement(rows, parts, {}, ()), ["seed 1"])


def measured() -> Sensitivity:
    """Make up what two outcomes answer to: the second to nothing clearly."""
    table = pd.DataFrame({"factor": ["group.size", "look.rate_per_day"] * 2})
    table["outcome"] = np.repeat(["posting_members_per_day", "satisfaction"], 2)
    table["value"], table["lower"], table["upper"] = [4.0, 1.0, 2.0, 1.0], 0.5, 5.0
    table["told_apart"] = [True, False, False, False]
    return Sensitivity(table, {}, "morris", 30, 5, {"seed": "1"})
