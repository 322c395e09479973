"""Levers of a design: what each may be (numbers, words, named choices), and how the levers of a
sweep file become rows of values, one a point.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from sim.allowed import Allowed, Value, show, shown_key, unknown_key
from sim.errors import Faults, InputError, nearest, readable
from sim.params import allowed_values
from sim.scenario import Scenario, parse_value
from sim.scenario.loading import file_below
from sim.scenario.named_policy import NAME, settable_keys
from sim.scenario.scenario import value_of
from sim.scenario.toml import read_toml

Row = tuple[Any, ...]  # the values of the levers at one point

# Tables of a sweep file; one of them says which points are played.
KINDS = ("grid", "table", "latin_hypercube", "sobol", "one_at_a_time")
SAMPLED = ("latin_hypercube", "sobol")

MOST_POINTS = 100_000
# What a sampled design needs besides its levers.
SAMPLE = {
    "sample_seed": Allowed(int, 0, 2**63 - 1),
    "points": Allowed(int, 1, MOST_POINTS, "points"),
}

RANGE = {"low", "high", "log"}
DIGITS = 6  # of a drawn number: short to read, and the same in every file

PREFIX = "choices."
# Keys of a scenario that are no levers, and what to write instead.
OF_THE_STUDY = {
    "name": "name = ... at the top",
    "run.groups": "replications = ... at the top",
    "run.seed": "seed = ... at the top",
}


@dataclass(frozen=True)
class Choice:
    """A lever of named bundles of settings, with the key ``choices.<name>``."""

    name: str
    # name to settings, dotted key to value, files with full paths
    options: dict[str, dict[str, Value]]

    @property
    def key(self) -> str:
        """The lever's dotted key."""
        return PREFIX + self.name

    def settings(self, place: str, option: object) -> dict[str, Value]:
        """Return the settings of an option, or say which ones there are."""
        if isinstance(option, str) and option in self.options:
            return self.options[option]
        hint = nearest(str(option)[:60], list(self.options))
        raise InputError([f"{place}: {show(option)} is not one of {', '.join(self.options)}{hint}"])


def read_choices(
    given: object, base: Scenario | None, folder: Path
) -> tuple[list[Choice], list[str]]:
    """Read ``[choices.<name>]`` tables (or TOML files they name), and a line for each fault."""
    if not isinstance(given, Mapping):
        return [], [f"choices: {show(given)} is not a table; write [choices.NAME]"]
    faults, choices = Faults(), []
    for name, options in given.items():
        if not NAME.fullmatch(name) or not isinstance(options, Mapping) or not options:
            shown = f"{PREFIX}{shown_key(name)}"
            faults.append(f"{shown}: write [{PREFIX}NAME] with a line for each option")
            continue
        found: dict[str, dict[str, Value]] = {}
        for option, settings in options.items():
            with faults.gathered():
                found[option] = _settings(f"{PREFIX}{name}.{option}", settings, base, folder)
        choices.append(Choice(name, found))
    return choices, faults


def _settings(place: str, given: object, base: Scenario | None, folder: Path) -> dict[str, Value]:
    if isinstance(given, str):
        path = file_below(given, folder)
        place, folder = f"{place}: {given}", path.parent
        given = {key: value for key, value in read_toml(path).items() if key != "name"}
    if not isinstance(given, Mapping):
        raise InputError([f"{place}: {show(given)} is no table of settings and no TOML file"])
    values = dict(flatten(given))
    misplaced = [key for key in values if key in OF_THE_STUDY]
    faults = Faults(f"{place}: {k} cannot stand here; write {OF_THE_STUDY[k]}" for k in misplaced)
    faults.refuse()
    allowed = allowed_values()
    policies = {key: value for key, value in values.items() if key.startswith("policies.")}
    found: dict[str, Value] = {}
    for key, value in values.items():  # whether they go together is known at the points
        with faults.gathered(f"{place}: "):
            if key in allowed:
                found[key] = allowed[key].checked(key, value, folder)
            elif key not in policies:
                raise InputError([unknown_key(key, settable_keys())])
    with faults.gathered(f"{place}: "):
        changed = (base or Scenario()).with_values(policies, folder)
    faults.refuse()
    declared = sorted({f"policies.{key.split('.')[1]}.use" for key in policies})
    return found | {key: value_of(changed, key) for key in [*declared, *policies]}


def flatten(
    table: Mapping[str, Any], head: str = "", ranges: bool = False
) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys, however a file nests them; ``[policies.x]`` alone declares x; with
    `ranges` the range of a sampled lever is a value.
    """
    for word, value in table.items():
        key = f"{head}{word}"
        if isinstance(value, Mapping) and value and not (ranges and is_range(value)):
            yield from flatten(value, f"{key}.", ranges)
        elif value == {} and key.startswith("policies.") and key.count(".") == 1:
            yield f"{key}.use", word
        else:
            yield key, value


def is_range(value: object) -> bool:
    """Say whether a table is a range of a sampled lever and no section."""
    return isinstance(value, Mapping) and not {"low", "high"}.isdisjoint(value)


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


def checked_factor(key: str, value: object, allowed: Allowed | None) -> Factor:
    """Read what a lever may be; `key` has the kind before it; `InputError` has all faults."""
    if isinstance(value, list) and value:
        return Factor(tuple(value))
    if not isinstance(value, Mapping) or not {"low", "high"} <= value.keys() <= RANGE:
        raise InputError(
            [f"{key} needs a range, {{ low = 1, high = 9 }} (log = true), or a list of values"]
        )
    if allowed is None or allowed.kind not in (int, float) or allowed.many:
        raise InputError([f"{key} is no number; write a list of values to choose among"])
    faults = Faults()
    for end in ("low", "high"):
        with faults.gathered():
            allowed.checked(f"{key}.{end}", value[end])
    log = value.get("log", False)
    if not isinstance(log, bool):
        faults.append(f"{key}.log: {show(log)} is not true or false")
    faults.refuse()
    if not value["low"] < value["high"]:
        faults.append(f"{key}: low, {value['low']}, must be below high, {value['high']}")
    elif log and not value["low"] > 0:
        faults.append(f"{key}: a logarithm needs low above 0, not {value['low']}")
    faults.refuse()
    return Factor((), value["low"], value["high"], log, allowed.kind is int)


def sampled_rows(kind: str, factors: Sequence[Factor], points: int, seed: int) -> list[Row]:
    """Draw points of a Latin hypercube (McKay 1979) or scrambled Sobol sequence (Owen 1998)."""
    from scipy.stats import qmc

    sampler = qmc.Sobol if kind == "sobol" else qmc.LatinHypercube
    drawn = sampler(len(factors), scramble=True, rng=seed).random(points)
    return [tuple(map(Factor.at, factors, map(float, shares))) for shares in drawn]


def checked_sample(kind: str, table: Mapping[str, Any], seed: int) -> tuple[int, int]:
    """Read how many points a sampled design has, for Sobol a power of two, and their seed."""
    if "points" not in table:
        raise InputError([f"{kind}: points is missing; write points = 64"])
    faults, checked = Faults(), {"points": 1}
    for name, allowed in SAMPLE.items():
        with faults.gathered():
            checked[name] = cast(int, allowed.checked(f"{kind}: {name}", table.get(name, seed)))
    points = checked["points"]
    if kind == "sobol" and points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        faults.append(
            f"sobol: points: {points} is not a power of two, which a Sobol sequence needs to be "
            f"balanced; nearest: {near}, {2 * near}"
        )
    faults.refuse()
    return points, checked["sample_seed"]


def table_rows(given: object, folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Read the points of an explicit table, or of a CSV file (cells as in TOML, else words): where
    each stands, and its values.
    """
    if isinstance(given, str):
        rows = list(_csv_rows(given, folder))
    elif isinstance(given, list) and all(isinstance(row, Mapping) for row in given):
        rows = [(f"table row {at + 1}", dict(flatten(row))) for at, row in enumerate(given)]
    else:
        raise InputError(
            [f'table: {show(given)} is no table; write table = "FILE.csv" or [[table]] a point']
        )
    if not rows or not rows[0][1]:
        raise InputError(["table: no points; each needs a value for at least one lever"])
    if len(rows) > MOST_POINTS:
        raise InputError([f"table: {len(rows)} points; at most {MOST_POINTS} are allowed"])
    keys = dict.fromkeys(key for _, row in rows for key in row)
    Faults(
        f"{place}: {shown_key(key)} is missing; every point needs a value for every lever"
        for place, row in rows
        for key in keys
        if key not in row
    ).refuse()
    return rows


def _csv_rows(name: str, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    path = folder / name
    shown = shown_key(name)
    read = cache(lambda cell: parse_value(f"x={cell}")[1] if cell.strip() else "")
    try:
        with readable(path).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            head = [word.strip() for word in next(lines, [])]
            if len(set(head)) < len(head) or not all(head):
                raise InputError([f"{shown}: the first line needs the levers' keys, each once"])
            for cells in lines:
                if not any(cell.strip() for cell in cells):
                    continue
                place = f"{shown} line {lines.line_num}"
                if len(cells) != len(head):
                    raise InputError([f"{place}: {len(cells)} cells, but {len(head)} keys above"])
                yield place, dict(zip(head, map(read, cells), strict=True))
        return
    except InputError:
        raise
    except FileNotFoundError:
        why = f"table: no file {shown_key(str(path))}"
    except OSError as fault:
        why = f"{shown}: cannot be read: {fault.strerror}"
    except UnicodeDecodeError:
        why = f"{shown}: not UTF-8 text"
    except (csv.Error, ValueError) as fault:
        why = f"{shown}: not CSV: {fault}"
    raise InputError([why])
