"""What the facts for operations cost the rows: one bank fitted with ever more weight on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.making_populations.with_facts import (
    THREE,
    Real,
    drawn,
    free_ranges,
    learner_rooms,
    play_reached,
    weighed,
)
from experiments.validation.held_out import Split
from sim.calibrate import posterior_table, scenario_at
from sim.inference import Bank
from sim.lives.patterns import NEWCOMER
from sim.scenario import Scenario
from sim.validation.facts import half_lost, measured_facts
from sim.validation.rooms import (
    Booleans,
    Rooms,
    Utterances,
    in_threads,
    measured,
    rooms_through,
)
from sim.validation.targets import WITHIN, Row, Score, compared, score

PARTICLES, FRESH = 40, 1000


@dataclass(frozen=True)
class Weighed:
    """A fit with so much weight on the facts, judged."""

    label: str  # the weight, or what is not from the bank
    rows: tuple[Row, ...]  # the rows of the data set
    facts: tuple[Row, ...]

    @property
    def score(self) -> Score:
        """How near the rows are."""
        return score(self.rows)

    @property
    def facts_within(self) -> int:
        """How many of the three facts are within two errors."""
        return sum(row.verdict == WITHIN for row in self.facts if row.pattern in THREE)


def fitted(
    bank: Bank, targets: pd.DataFrame, rooms: int, weight: float, seed: int
) -> list[Scenario]:
    """Return scenarios of a posterior of the bank, with a weight on the facts."""
    ranges, centre = free_ranges(), learner_rooms()
    found, _ = bank.fitted(weighed(targets, weight), rooms, PARTICLES, seed)
    table = posterior_table(centre, ranges, found).drop(columns="weight")
    return [scenario_at(centre, ranges, row) for row in table.to_numpy()]


def judged(
    label: str,
    scenarios: Sequence[Scenario],
    real: Real,
    rooms: int,
    seed: int,
    split: Split | None = None,
) -> Weighed:
    """Play rooms as the real ones were seen and reached, and judge them on all or held-out ones."""
    fitted_part = real.rooms.every() if split is None else split.fitted
    judged_part = real.rooms.every() if split is None else split.judged
    made = _rooms(scenarios, real, fitted_part, rooms, seed + FRESH)
    lost = half_lost(scenarios, made.total, seed + FRESH)
    rows = measured(made, made.every(), seed)
    table = pd.concat([rows, measured_facts(made, lost, seed)])
    found = compared("learner rooms", real.targets(seed, judged_part), table)
    facts = {*THREE, NEWCOMER}
    return Weighed(
        label,
        tuple(row for row in found if row.pattern not in facts),
        tuple(row for row in found if row.pattern in facts),
    )


def _rooms(
    scenarios: Sequence[Scenario], real: Real, chosen: Booleans, rooms: int, seed: int
) -> Rooms:
    """Play rooms dealt to scenarios, each through the window of a real room, its post too."""
    at = np.flatnonzero(chosen & (real.rooms.window_days > 0))
    at = at[drawn(len(at), rooms, seed)]
    seen = real.rooms.window_days[at], real.is_reached[at]

    def play(number: int) -> Utterances:
        talk = play_reached(scenarios[number], np.arange(number, rooms, step), seen, seed)
        assert talk is not None
        return talk

    step = len(scenarios)
    talks = in_threads(play, range(step), None, [1.0] * step, None)
    room, member, hours = (
        np.concatenate([getattr(talk, name) for talk in talks])
        for name in ("room", "member", "hours")
    )
    order = np.argsort(room, kind="stable")
    return rooms_through(Utterances(room[order], member[order], hours[order]), seen[0])


def curve(
    bank: Bank,
    real: Real,
    weights: Sequence[float],
    rooms: int,
    seed: int,
    done: Callable[[], None] = lambda: None,
) -> list[Weighed]:
    """Judge a fit to all rooms at every weight."""
    targets, found = real.targets(seed), []
    for weight in weights:
        scenarios = fitted(bank, targets, real.rooms.total, weight, seed)
        found.append(judged(f"{weight:g}", scenarios, real, rooms, seed))
        done()
    return found


def held_out(
    bank: Bank, real: Real, weight: float, rooms: int, splits: Sequence[Split]
) -> list[Weighed]:
    """Judge a fit to one part of the rooms on the other, split by split."""
    found = []
    for split in splits:
        targets = real.targets(split.seed, split.fitted)
        scenarios = fitted(bank, targets, int(split.fitted.sum()), weight, split.seed)
        label = f"split {split.seed}"
        found.append(judged(label, scenarios, real, rooms, split.seed, split))
    return found


def table_of(found: Sequence[Weighed]) -> pd.DataFrame:
    """Return a row a fit: rows within, mean distance, timing, facts, each fact and its distance."""
    shown = []
    for one in found:
        line: dict[str, object] = {
            "fit": one.label,
            "rows": one.score.within,
            "of": one.score.rows,
            "mean |z|": round(one.score.mean_distance, 2),
            "timing": f"{one.score.timing_and_return} of {one.score.timing_rows}",
            "facts": f"{one.facts_within} of {len(THREE)}",
        }
        for row in one.facts:
            line[row.pattern] = f"{row.simulated:.3f} ({row.distance:+.1f})"
        shown.append(line)
    return pd.DataFrame(shown)
