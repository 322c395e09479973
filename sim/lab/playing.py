"""Play two plans on the same random numbers in growing batches, until the next move.

What a batch shows is what ``qunlab compare`` prints of as many groups: the same rows, the same
tables. A plan that was played before with that seed is not played again.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.language import N_
from sim.lives.outcomes import ALIVE, outcome_named
from sim.report.verdict import QUESTIONS, advice
from sim.scenario.scenario import digests
from sim.state import Array
from sim.study import compare
from sim.study.design import Design, manifest_of
from sim.study.manifest import Block, Manifest
from sim.study.playing import Player, Stopped, batches_of
from sim.study.rows import ERROR, lever_table, rows_of, work_of
from sim.study.sweep import BLOCK_GROUPS, default_limits
from sim.trace import DAY_DTYPE, join_traces

SATISFACTION = "satisfaction"
INCOMES = N_({"income_fen": "income from orders", "gate_fees_fen": "entry fees"})
MEMBERS, SHARE = "members_end", "posting_share_per_day"
SHOWN = (*QUESTIONS, MEMBERS, SHARE, *INCOMES)
"""Outcomes of the answer and the cards."""
ACTS = ("operator_posts", "operator_answers", "operator_packets", "letters", "operator_deeds")
"""Counts of a day that are acts of the team."""
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
FIRST_SECONDS = 0.5
FIRST_GROUPS, GROWTH = 10, 1.6
PARTS_KEPT = 300


@dataclass(frozen=True)
class Part:
    """What some replications of a plan left."""

    rows: pd.DataFrame
    talk: Array  # [group, day] members who posted
    acts: Array  # [act, day] of all groups


@dataclass(frozen=True)
class Shown:
    """What is known after a batch.

    Attributes
    ----------
    played : compare.Played
        Rows of A and B, as a comparison lays them out.
    wanted : int
        Groups that there will be.
    seconds : float
        Since the start.
    talk, acts : tuple of array
        Of A and B: quantiles `BANDS` of members who post [quantile, day], acts a group [act, day].
    """

    played: compare.Played
    wanted: int
    seconds: float
    talk: tuple[Array, ...]
    acts: tuple[Array, ...]

    @property
    def groups(self) -> int:
        """Groups of each plan so far."""
        return self.played.replications

    @property
    def failed(self) -> str:
        """Why a group failed; empty where none did."""
        return str(next(iter(self.played.rows[ERROR].dropna()), ""))

    @cached_property
    def figures(self) -> pd.DataFrame:
        """A row an outcome of `SHOWN` as `compare` has it: first, second, difference, interval."""
        asked = [ALIVE if name == ALIVE.name else outcome_named(name) for name in SHOWN]
        return compare.table(compare.with_alive(self.played), asked, {}).set_index("outcome")

    @property
    def advice(self) -> list[str]:
        """Which plan to take, and at what price, as `compare` says it."""
        return advice(self.played, self.figures.reset_index())

    @cached_property
    def lives(self) -> pd.DataFrame:
        """Lives until the first silent week, by plan, as `compare` writes them in curves.csv."""
        days, ended = (self.played.values(name) for name in (compare.DAYS, compare.ENDED))
        return compare.curves_of(self.played.names, days, ended == 1.0)

    def comparison(self) -> compare.Comparison:
        """Return all that `compare` finds, for its page and tables."""
        return compare.described(self.played, {})


class Kept(dict[tuple[str, int, range], Part]):
    """Parts that were played, by plan, seed and replications; the oldest are forgotten."""

    def __setitem__(self, key: tuple[str, int, range], part: Part) -> None:
        """Keep a part."""
        super().__setitem__(key, part)
        for old in list(self)[:-PARTS_KEPT]:
            self.pop(old, None)


def ends_of(groups: int) -> list[int]:
    """Return after how many groups something is shown: ever more, the last after all.

    >>> ends_of(100)
    [10, 26, 52, 100]
    """
    ends, step = [min(FIRST_GROUPS, groups)], float(FIRST_GROUPS)
    while ends[-1] < groups:
        step *= GROWTH
        ends.append(min(groups, ends[-1] + round(step)))
    if len(ends) > 2 and ends[-1] - ends[-2] < step / 2:
        del ends[-2]
    return ends


def play(
    alternatives: Sequence[compare.Alternative],
    groups: int,
    seed: int,
    stop: threading.Event,
    kept: Kept,
) -> Generator[Shown]:
    """Play A and B, and yield what is known: first after half a second, if so many fit, then after
    every batch; nothing more once `stop` is set.
    """
    started = time.monotonic()
    design = compare.design_of(alternatives, groups, seed)
    manifest, threads = manifest_of(design, BLOCK_GROUPS), os.cpu_count() or 1
    player = Player(default_limits(threads))
    player.stop = stop
    parts: list[list[Part]] = [[] for _ in alternatives]
    days = alternatives[0].scenario.days
    ends, seen, before, shown = ends_of(groups), 0.0, 0, False
    try:
        with ThreadPoolExecutor(threads) as pool:
            for end in ends:
                batch = _batch(design, range(before, end), (player, pool, kept))
                parts = [[*had, part] for had, part in zip(parts, batch, strict=True)]
                now, before = time.monotonic() - started, end
                ahead = now + GROWTH * (now - seen)  # when the next batch will be done
                shown = shown or end == groups or ahead > FIRST_SECONDS
                seen = now
                if shown:
                    yield _shown(manifest, parts, days, end, time.monotonic() - started)
    except Stopped:
        return
    finally:
        player.close()


def _batch(
    design: Design, replications: range, tools: tuple[Player, ThreadPoolExecutor, Kept]
) -> list[Part]:
    """Play replications of both plans, those that are not kept."""
    player, pool, kept = tools
    keys = [(digest, design.seed, replications) for digest in digests(design.points)]
    found = {key: kept[key] for key in keys if key in kept}
    levers, waiting = lever_table(design), []
    for point, key in enumerate(keys):
        if key not in found and key not in keys[:point]:
            work = work_of(design, Block(0, range(point, point + 1), replications), levers)
            batches = batches_of(work.places(), pool._max_workers)
            waiting.append((key, work, [pool.submit(player.play, one) for one in batches]))
    for key, work, futures in waiting:
        played = [future.result() for future in futures]
        traces = [trace for good, _failures in played for trace in good]
        failures = {place: why for _good, bad in played for place, why in bad.items()}
        whole = join_traces(traces) if traces else None
        rows = rows_of(work, whole, failures)
        daily = whole.daily if whole else np.zeros((0, 1), DAY_DTYPE)
        acts = np.stack([daily[name].sum(axis=0) for name in ACTS])
        found[key] = kept[key] = Part(rows, daily["posting_members"].astype(np.int32), acts)
    return [found[key] for key in keys]


def _shown(
    manifest: Manifest, parts: Sequence[Sequence[Part]], days: float, groups: int, seconds: float
) -> Shown:
    rows = [part.rows.assign(point=point) for point, mine in enumerate(parts) for part in mine]
    whole = max(1, math.floor(days))  # of the last local day a part only is lived through
    talk = [np.concatenate([part.talk[:, :whole] for part in mine]) for mine in parts]
    acts = [np.sum([part.acts[:, :whole] for part in mine], axis=0) / groups for mine in parts]
    bands = [np.quantile(one, BANDS, axis=0) if len(one) else one for one in talk]
    played = compare.Played(manifest, pd.concat(rows, ignore_index=True), groups)
    return Shown(played, manifest.replications, seconds, tuple(bands), tuple(acts))
