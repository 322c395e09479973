"""The kinds of a design: how the levers of a sweep file become rows of values, one a point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError
from sim.scenario.allowed import Allowed, show

KINDS = ("grid", "table", "latin_hypercube", "sobol", "one_at_a_time")
"""Tables of a sweep file; one of them says which points are played."""

SAMPLED = ("latin_hypercube", "sobol")
MOST_POINTS = 100_000
RANGE = {"low", "high", "log"}
DIGITS = 6
"""A drawn number has so many digits: short to read, and the same in every file."""


@dataclass(frozen=True)
class Factor:
    """What a sampled lever may be: a range of numbers, or some values equally often."""

    values: tuple[Any, ...] = ()  # to choose among; empty for a range
    low: float = 0.0
    high: float = 1.0
    log: bool = False  # whether the logarithm is spread evenly
    whole: bool = False

    def at(self, share: float) -> Any:
        """Return the value at a share 0 <= share < 1 of the way."""
        if self.values:
            return self.values[int(share * len(self.values))]
        high = self.high + 1 if self.whole else self.high
        if self.log:
            value = math.exp(math.log(self.low) + share * math.log(high / self.low))
        else:
            value = self.low + share * (high - self.low)
        if self.whole:
            return min(int(self.high), max(int(self.low), math.floor(value)))
        return min(self.high, max(self.low, float(f"{value:.{DIGITS}g}")))


@dataclass(frozen=True)
class Sample:
    """How many points a sampled design has, and the seed that chose them."""

    points: int
    seed: int


def grid_rows(levers: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return every combination, the last lever changing fastest."""
    count = math.prod(map(len, levers.values()))
    if count > MOST_POINTS:
        raise InputError([f"grid: {count} points; at most {MOST_POINTS} are allowed"])
    return list(itertools.product(*levers.values()))


def one_at_a_time_rows(
    levers: Mapping[str, Sequence[Any]], own: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Return the scenario as it stands, then each lever's other values, the rest as they stand."""
    rows = [tuple(own[key] for key in levers)]
    for place, (key, values) in enumerate(levers.items()):
        for value in values:
            if value != own[key]:
                rows.append((*rows[0][:place], value, *rows[0][place + 1 :]))
    return rows


def sampled_rows(kind: str, factors: Sequence[Factor], sample: Sample) -> list[tuple[Any, ...]]:
    """Draw points of a Latin hypercube (McKay 1979) or scrambled Sobol sequence (Owen 1998)."""
    from scipy.stats import qmc

    if kind == "sobol":
        drawn = qmc.Sobol(len(factors), scramble=True, rng=sample.seed).random(sample.points)
    else:
        drawn = qmc.LatinHypercube(len(factors), rng=sample.seed).random(sample.points)
    return [
        tuple(factor.at(float(share)) for factor, share in zip(factors, shares, strict=True))
        for shares in drawn
    ]


def checked_sample(kind: str, table: Mapping[str, Any], seed: int) -> Sample:
    """Read how many points a sampled design has; for Sobol a power of two."""
    allowed = {
        "points": Allowed(int, 1, MOST_POINTS, "points"),
        "sample_seed": Allowed(int, 0, 2**63 - 1),
    }
    if "points" not in table:
        raise InputError([f"{kind}: points is missing; write points = 64"])
    given = {"sample_seed": seed} | {name: table[name] for name in allowed if name in table}
    problems: list[str] = []
    checked: dict[str, int] = {}
    for name, value in given.items():
        try:
            checked[name] = int(str(allowed[name].checked(f"{kind}: {name}", value)))
        except InputError as fault:
            problems += fault.problems
    points = checked.get("points", 1)
    if kind == "sobol" and points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        problems.append(
            f"sobol: points: {points} is not a power of two, which a Sobol sequence needs to be "
            f"balanced; nearest: {near}, {2 * near}"
        )
    if problems:
        raise InputError(problems)
    return Sample(points, checked["sample_seed"])


def is_range(value: object) -> bool:
    """Say whether a table is a range of a sampled lever and no section."""
    return isinstance(value, Mapping) and not {"low", "high"}.isdisjoint(value)


def checked_factor(key: str, value: object, allowed: Allowed | None) -> Factor:
    """Read what a lever may be; `key` has the kind before it; `InputError` has all faults."""
    if isinstance(value, list) and value:
        return Factor(tuple(value))
    if (
        not isinstance(value, Mapping)
        or not value.keys() <= RANGE
        or len(value.keys() - {"log"}) < 2
    ):
        raise InputError(
            [f"{key} needs a range, {{ low = 1, high = 9 }} (log = true), or a list of values"]
        )
    if allowed is None or allowed.kind not in (int, float) or allowed.many:
        raise InputError([f"{key} is no number; write a list of values to choose among"])
    problems: list[str] = []
    for end in ("low", "high"):
        try:
            allowed.checked(f"{key}.{end}", value[end])
        except InputError as fault:
            problems += fault.problems
    log = value.get("log", False)
    if not isinstance(log, bool):
        problems.append(f"{key}.log: {show(log)} is not true or false")
    if not problems and not value["low"] < value["high"]:
        problems.append(f"{key}: low, {value['low']}, must be below high, {value['high']}")
    if not problems and log and not value["low"] > 0:
        problems.append(f"{key}: a logarithm needs low above 0, not {value['low']}")
    if problems:
        raise InputError(problems)
    return Factor((), value["low"], value["high"], bool(log), allowed.kind is int)
