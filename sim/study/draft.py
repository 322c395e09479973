"""A sweep file on its way to a design: every fault of it found at once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.scenario.allowed import allowed_values, checked_name, show, shown_key, unknown_key

ENTRIES = ("name", "scenario", "replications", "seed", "days", "fixed", "grid")
OF_THE_STUDY = {
    "name": "name = ... above [grid]",
    "run.groups": "replications = ... above [grid]",
    "run.seed": "seed = ... above [grid]",
}
"""Keys of a scenario that are no levers, and what to write instead."""

MOST_POINTS = 100_000
MOST_FAULTS = 200


@dataclass
class DesignDraft:
    """A design on its way, and the faults found so far."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    fixed: dict[str, Any] = field(default_factory=dict)

    def take_entries(self, data: Mapping[str, Any]) -> None:
        """Check the top of the file, and gather what holds at every point."""
        for key in data:
            if key not in ENTRIES:
                hint = nearest(key[:60], ENTRIES) or f"; allowed: {', '.join(ENTRIES)}"
                self.problems.append(f"{shown_key(key)}: unknown entry of a sweep file{hint}")
        if "name" in data:
            self._check(checked_name, data["name"])
        entries = {"replications": "run.groups", "seed": "run.seed", "days": "run.days"}
        for entry, key in entries.items():
            if entry in data and self._check(_of_entry(entry, key), data[entry]):
                self.fixed[key] = data[entry]
        for key, value in self._flat("fixed", data.get("fixed", {})):
            if key in OF_THE_STUDY or (key == "run.days" and "days" in data):
                instead = OF_THE_STUDY.get(key, "days = ... above, or this, not both")
                self.problems.append(f"fixed: {key} cannot stand here; write {instead}")
            else:
                self.fixed[key] = value

    def base(self, data: Mapping[str, Any]) -> Scenario | None:
        """Return what all points share; None after a fault."""
        named = data.get("scenario")
        try:
            if isinstance(named, str):
                try:
                    scenario = load_scenario(self.folder / named)
                except InputError as fault:
                    raise InputError([_in_file(named, text) for text in fault.problems]) from None
            elif isinstance(named, Mapping):
                scenario = parse_scenario(named, self.folder)
            else:
                was = "missing" if named is None else f"{show(named)} is no scenario"
                raise InputError([f'scenario: {was}; write scenario = "FILE.toml" or [scenario]'])
            return scenario.with_values(self.fixed, self.folder)
        except InputError as fault:
            self.problems.extend(fault.problems)
            return None

    def levers(self, grid: object, base: Scenario | None) -> dict[str, list[Any]]:
        """Return each lever that can be one, with its values."""
        levers: dict[str, list[Any]] = {}
        if grid is None or grid == {}:
            self.problems.append('grid: missing; write [grid] and a line "group.size" = [25, 50]')
            return levers
        for key, values in self._flat("grid", grid):
            fault = self._lever_fault(key, values, base)
            if fault:
                self.problems.append(fault)
            else:
                levers[key] = values
        return levers

    def points(self, base: Scenario | None, levers: dict[str, list[Any]]) -> tuple[Scenario, ...]:
        """Return every combination that is a good scenario."""
        count = math.prod(map(len, levers.values()))
        if count > MOST_POINTS:
            self.problems.append(f"grid: {count} points; at most {MOST_POINTS} are allowed")
            return ()
        if base is None:  # what its file would have said is unknown: judge the values alone
            self.problems.extend(_parameter_faults(levers))
            return ()
        points = []
        for values in itertools.product(*levers.values()):
            if len(self.problems) > MOST_FAULTS:
                break
            try:
                changed = dict(zip(levers, values, strict=True))
                points.append(base.with_values(changed, self.folder))
            except InputError as fault:
                self.problems.extend(p for p in fault.problems if p not in self.problems)
        return tuple(points)

    def _check(self, checked: Callable[[object], object], value: object) -> bool:
        try:
            checked(value)
        except InputError as fault:
            self.problems.extend(fault.problems)
            return False
        return True

    def _flat(self, entry: str, table: object) -> list[tuple[str, Any]]:
        if isinstance(table, Mapping):
            return list(_flatten(table, ""))
        self.problems.append(f"{entry}: {show(table)} is not a table; write [{entry}]")
        return []

    def _lever_fault(self, key: str, values: object, base: Scenario | None) -> str | None:
        """Say why a key cannot be a lever with these values."""
        if key in OF_THE_STUDY:
            return f"grid: {key} is no lever; write {OF_THE_STUDY[key]}"
        if key in self.fixed:
            return f"grid: {shown_key(key)} stands in the grid and is fixed too; keep one"
        if not isinstance(values, list) or not values:
            return f"grid: {shown_key(key)} needs a list of values, such as [1, 2]"
        if len(set(map(_comparable, values))) < len(values):
            return f"grid: {shown_key(key)} holds a value twice"
        section, _, rest = key.partition(".")
        policy = rest.partition(".")[0][:60]
        if section == "policies" and base and policy not in (p.name for p in base.policies):
            hint = nearest(policy, [p.name for p in base.policies])
            return (
                f"grid: {shown_key(key)}: the scenario has no policy {policy!r}; declare it "
                f"as [policies.{policy}] in the scenario or [fixed.policies.{policy}] here{hint}"
            )
        return None


def _of_entry(entry: str, key: str) -> Callable[[object], object]:
    return partial(allowed_values()[key].checked, entry)


def _flatten(table: Mapping[str, Any], head: str) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys, however the file nests them; ``[policies.x]`` alone declares x."""
    for word, value in table.items():
        key = f"{head}{word}"
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{key}.")
        elif value == {} and key.startswith("policies.") and key.count(".") == 1:
            yield f"{key}.use", word
        else:
            yield key, value


def _comparable(value: object) -> object:
    return value if isinstance(value, bool | int | float | str) else repr(value)


def _parameter_faults(levers: dict[str, list[Any]]) -> Iterator[str]:
    allowed = allowed_values()
    for key, values in levers.items():
        if key not in allowed and not key.startswith("policies."):
            yield unknown_key(key, list(allowed))
        for value in values if key in allowed else ():
            try:
                allowed[key].checked(key, value)
            except InputError as fault:
                yield from fault.problems


def _in_file(name: str, problem: str) -> str:
    return problem if name in problem else f"{name}: {problem}"
