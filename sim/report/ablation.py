"""Which conclusion of a sweep falls when a mechanism is off, or an assumption halved or doubled."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.kinds import SWEEP
from sim.lives.outcomes import outcome_named
from sim.params import parameters
from sim.report.levers import CADENCE, SIZE, with_role
from sim.report.study import EVERY, Study, study_of
from sim.report.uncertainty import best_first, by_replication, rivals
from sim.scenario import Scenario
from sim.scenario.scenario import value_of
from sim.scenario.toml import read_toml
from sim.study.design import Design, parse_design
from sim.study.manifest import Manifest

LEVER = "choices.mechanism"
ALL_ON = "all on"
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "fatigue": ("look.fatigue_weight", "speak.fatigue_weight", "reading.fatigue_per_message"),
    "reserve among strangers": ("speak.stranger_share", "packets.stranger_share"),
    "trust": ("trust.gain", "trust.ad_loss"),
}
"""Switches of one mechanism; every other switch is a mechanism by itself."""

ASSUMED = "C"
FACTORS = (2.0, 1.5, 1.2, 1.1, 1.02)
"""By what an assumption is multiplied and divided: the first that the scenario takes."""

CHOSEN = ("group.", "operator.")
"""Sections whose values are chosen, not assumed of people."""

HOLDS, FALLS, UNCLEAR, LOST = "holds", "falls", "no clear difference", "no longer clear"

Versions = Mapping[str, Mapping[str, float | int]]


@dataclass(frozen=True)
class Finding:
    """One conclusion of a sweep."""

    best: Any  # what is concluded
    near: tuple[Any, ...]  # those that do not clearly differ from it
    clear: bool  # whether anything clearly differs from it

    def against(self, off: Finding) -> str:
        """Say what becomes of this conclusion with a mechanism off."""
        if not self.clear or not off.clear:
            return UNCLEAR if not self.clear else LOST
        if self.best == off.best or self.best in off.near:
            return HOLDS
        return f"{FALLS}: {off.best}"

    def concluded(self) -> str:
        """Say what is concluded."""
        if not self.clear:
            return UNCLEAR
        near = f" ({UNCLEAR} from {', '.join(map(str, self.near))})" if self.near else ""
        return f"{self.best}{near}"


def mechanisms() -> dict[str, dict[str, float]]:
    """List the mechanisms, each with the keys that switch it off and the values that do."""
    known = parameters().items()
    off = {key: float(one.off) for key, one in known if one.off is not None}
    found = {name: {key: off.pop(key) for key in keys} for name, keys in TOGETHER.items()}
    return found | {key: {key: value} for key, value in off.items()}


def ablation_design(path: str | Path, replications: int | None = None) -> Design:
    """Make the design of a sweep file once for all mechanisms on, and once for each that is off."""

    def versions_of(plain: Design) -> Versions:
        return {
            name: keys
            for name, keys in mechanisms().items()
            if any(value_of(plain.base, key) != off for key, off in keys.items())
        }

    return design_of_versions(path, versions_of, replications)


def assumption_design(path: str | Path, replications: int | None = None) -> Design:
    """Make the design of a sweep file as it is and with each assumption moved."""

    def versions_of(plain: Design) -> Versions:
        return assumption_versions(plain.base, [key for key, _ in plain.levers])

    return design_of_versions(path, versions_of, replications)


def design_of_versions(
    path: str | Path, versions_of: Callable[[Design], Versions], replications: int | None = None
) -> Design:
    """Make the design of a sweep file with a ``[grid]`` once as it is, and once for each named
    version (with the values that it sets) of the scenario; its first lever is
    ``choices.mechanism``.
    """
    path = Path(path)
    data = read_toml(path, (SWEEP,))
    if replications is not None:
        data["replications"] = replications
    plain = parse_design(data, path.parent, path.stem)
    if plain.kind != "grid":
        raise InputError([f"{path}: an ablation needs a [grid], this is a {plain.kind}"])
    versions = versions_of(plain)
    choices = {**data.get("choices", {}), "mechanism": {ALL_ON: {}, **versions}}
    grid = {LEVER: [ALL_ON, *versions], **data["grid"]}
    return parse_design({**data, "choices": choices, "grid": grid}, path.parent, path.stem)


def assumption_versions(base: Scenario, levers: Collection[str] = ()) -> Versions:
    """Name each assumption halved and doubled, ``KEY = VALUE``, with the value it sets; none for 0
    (off), for words, for `levers` and for what an operator chooses. A value stays within its range;
    where a scenario refuses the double, a smaller step is taken.
    """
    found: dict[str, dict[str, float | int]] = {}
    for key, known in parameters().items():
        if known.grade != ASSUMED or not known.numeric or key in levers or key.startswith(CHOSEN):
            continue
        now = value_of(base, key)
        assert isinstance(now, int | float)
        for side in (-1, 1):
            value = _moved(base, key, now, side)
            if value is not None:
                found[f"{key} = {value:.4g}"] = {key: value}
    return found


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


def ablation(rows: pd.DataFrame, manifest: Manifest) -> pd.DataFrame:
    """Say of each conclusion and mechanism whether it holds without it: one row a mechanism,
    `ALL_ON` (what is concluded) first, with ``best size``, ``best cadence``, ``worth of packets``
    where levers allow.
    """
    found = {name: dict(_findings(study)) for name, study in _studies(rows, manifest)}
    usual = found.pop(ALL_ON)
    table = [{question: finding.concluded() for question, finding in usual.items()}]
    table += [
        {question: usual[question].against(finding) for question, finding in off.items()}
        for off in found.values()
    ]
    whole = pd.DataFrame(table)
    whole.insert(0, "mechanism", [ALL_ON, *found])
    return whole


def _studies(rows: pd.DataFrame, manifest: Manifest) -> Iterator[tuple[str, Study]]:
    names = manifest.levers[LEVER]
    each = len(manifest.scenarios) // len(names)
    levers = {key: values for key, values in manifest.levers.items() if key != LEVER}
    for at, name in enumerate(names):
        points = range(at * each, (at + 1) * each)
        own = rows[rows["point"].isin(points)].drop(columns=LEVER)
        own = own.assign(point=own["point"] - points.start)
        scenarios = manifest.scenarios[points.start : points.stop]
        yield name, study_of(own, replace(manifest, levers=levers, scenarios=scenarios))


def _findings(study: Study) -> Iterator[tuple[str, Finding]]:
    for question, role, name in (
        ("best size", SIZE, "posting_share_per_day"),
        ("best cadence", CADENCE, "posting_members_per_day"),
    ):
        lever = with_role(study.levers, role)
        if lever is not None:
            table = by_replication(study.rows, name, lever.key)
            ranked = best_first(table, outcome_named(name).more_is_better)
            near = tuple(rivals(table, ranked))
            best = ranked[0] if ranked else math.nan
            yield question, Finding(best, near, len(near) < len(ranked) - 1)
    worth = study.packet_worth
    if not worth.empty:
        overall = worth[worth["size"] == EVERY]["worth"]
        signs = {one.per_100_cny.value > 0 for one in overall if one.known and one.clear}
        word = {frozenset({True}): "a gain", frozenset({False}): "a loss"}
        yield "worth of packets", Finding(word.get(frozenset(signs), "mixed"), (), bool(signs))


def fallen(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the versions of an `ablation` under which a conclusion falls, after the row as it is."""
    answers = table.drop(columns="mechanism")
    moved = ~answers.isin([HOLDS, UNCLEAR]).all(axis=1)
    return table[moved | (table["mechanism"] == ALL_ON)]


def counted(table: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count for each conclusion under how many versions it holds, falls, or is lost in noise."""
    versions = table[table["mechanism"] != ALL_ON].drop(columns="mechanism").astype(str)
    found = {}
    for question, answers in versions.items():
        holds, falls = int((answers == HOLDS).sum()), int(answers.str.startswith(FALLS).sum())
        found[str(question)] = {HOLDS: holds, FALLS: falls, UNCLEAR: len(answers) - holds - falls}
    return found
