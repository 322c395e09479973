"""Ablation: which conclusion of a sweep falls when which mechanism of the model is switched off."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.params import parameters
from sim.report import paired
from sim.report.levers import CADENCE, SIZE, with_role
from sim.report.study import Study, study_of
from sim.report.wording import measure
from sim.report.worth import EVERY, known
from sim.scenario.scenario import value_of
from sim.scenario.toml import read_toml
from sim.study.design import Design, parse_design
from sim.study.manifest import Manifest

LEVER = "choices.mechanism"
ALL_ON = "all on"
SWITCH = re.compile(r"; ([01]): (?:off|none|steady|no )")
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "fatigue": ("look.fatigue_weight", "speak.fatigue_weight", "reading.fatigue_per_message"),
    "reserve among strangers": ("speak.stranger_share", "packets.stranger_share"),
    "trust": ("trust.gain", "trust.ad_loss"),
}
"""Switches of one mechanism; every other switch is a mechanism by itself."""

HOLDS, FALLS, OPEN = "holds", "falls", "not told apart"
LOST = "no longer told apart"


@dataclass(frozen=True)
class Finding:
    """One conclusion of a sweep."""

    best: Any  # what is concluded
    near: tuple[Any, ...]  # those not told apart from it
    clear: bool  # whether anything is told apart from it

    def against(self, off: Finding) -> str:
        """Say what becomes of this conclusion with a mechanism off."""
        if not self.clear or not off.clear:
            return OPEN if not self.clear else LOST
        if self.best == off.best or self.best in off.near:
            return HOLDS
        return f"{FALLS}: {off.best}"


def mechanisms() -> dict[str, dict[str, float]]:
    """List the mechanisms, each with the keys that switch it off and the values that do."""
    off = {
        key: float(said.group(1))
        for key, parameter in parameters().items()
        if (said := SWITCH.search(parameter.meaning))
    }
    grouped = {key for keys in TOGETHER.values() for key in keys}
    found = {name: {key: off[key] for key in keys} for name, keys in TOGETHER.items()}
    return found | {key: {key: value} for key, value in off.items() if key not in grouped}


def ablation_design(path: str | Path, replications: int | None = None) -> Design:
    """Make the design of a sweep file with a ``[grid]`` once for all mechanisms on, and once for
    each that is off; its first lever is ``choices.mechanism``, and what the scenario has off
    already is left out.
    """
    return design_of_versions(path, _mechanisms_on, replications)


def design_of_versions(
    path: str | Path,
    versions_of: Callable[[Design], Mapping[str, Mapping[str, float | int]]],
    replications: int | None = None,
) -> Design:
    """Make the design of a sweep file with a ``[grid]`` once as it is, and once for each named
    version (with the values that it sets) of the scenario; its first lever is
    ``choices.mechanism``.
    """
    path = Path(path)
    data = read_toml(path)
    if replications is not None:
        data["replications"] = replications
    plain = parse_design(data, path.parent, path.stem)
    if plain.kind != "grid":
        raise InputError([f"{path}: an ablation needs a [grid], this is a {plain.kind}"])
    versions = versions_of(plain)
    choices = {**data.get("choices", {}), "mechanism": {ALL_ON: {}, **versions}}
    grid = {LEVER: [ALL_ON, *versions], **data["grid"]}
    return parse_design({**data, "choices": choices, "grid": grid}, path.parent, path.stem)


def _mechanisms_on(plain: Design) -> dict[str, dict[str, float]]:
    return {
        name: keys
        for name, keys in mechanisms().items()
        if any(value_of(plain.base, key) != off for key, off in keys.items())
    }


def ablation(rows: pd.DataFrame, manifest: Manifest) -> pd.DataFrame:
    """Say of each conclusion and mechanism whether it holds without it: one row a mechanism,
    `ALL_ON` (what is concluded) first, with ``best size``, ``best cadence``, ``worth of packets``
    where levers allow.
    """
    studies = dict(_studies(rows, manifest))
    usual = dict(_findings(studies[ALL_ON]))
    table = []
    for name, study in studies.items():
        found = dict(_findings(study))
        said = {
            question: _concluded(usual[question])
            if name == ALL_ON
            else usual[question].against(one)
            for question, one in found.items()
        }
        table.append({"mechanism": name, **said})
    return pd.DataFrame(table)


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
        if lever is not None and lever.several:
            table = paired.by_replication(study.rows, name, lever.key)
            ranked = paired.best_first(table, measure(name).more_is_better)
            near = tuple(paired.rivals(table, ranked))
            best = ranked[0] if ranked else math.nan
            yield question, Finding(best, near, len(near) < len(ranked) - 1)
    worth = study.packet_worth
    if not worth.empty:
        overall = worth[worth["size"] == EVERY]["worth"]
        signs = {one.per_100_cny > 0 for one in overall if known(one) and one.told_apart}
        word = {frozenset({True}): "a gain", frozenset({False}): "a loss"}
        yield "worth of packets", Finding(word.get(frozenset(signs), "mixed"), (), bool(signs))


def _concluded(found: Finding) -> str:
    if not found.clear:
        return OPEN
    near = f" (not told apart from {', '.join(map(str, found.near))})" if found.near else ""
    return f"{found.best}{near}"
