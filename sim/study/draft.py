"""A sweep file on its way to a design: every fault of it found at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.scenario.allowed import (
    Allowed,
    Value,
    allowed_values,
    checked_name,
    show,
    shown_key,
    unknown_key,
)
from sim.scenario.named_policy import policy_fields, settable_keys
from sim.scenario.shipped import file_below
from sim.study import kinds
from sim.study.choices import OF_THE_STUDY, PREFIX, Choice, flatten, read_choices, value_of
from sim.study.kinds import KINDS, SAMPLED, Factor
from sim.study.listed import table_rows
from sim.study.point import comparable, flat_keys, parameter_faults, scenario_at, typed

ENTRIES = (
    *("name", "scenario", "replications", "seed", "days", "independent"),
    *("fixed", "choices", *KINDS),
)
MOST_FAULTS = 200


@dataclass
class DesignDraft:
    """A design on its way, and the faults found so far."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    fixed: dict[str, Any] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    kind: str = "grid"
    entry: Any = None
    places: list[str] = field(default_factory=list)

    def take_entries(self, data: Mapping[str, Any]) -> None:
        """Check the top of the file, and gather what holds at every point."""
        for key in data:
            if key not in ENTRIES:
                hint = nearest(key[:60], ENTRIES) or f"; allowed: {', '.join(ENTRIES)}"
                self.problems.append(f"{shown_key(key)}: unknown entry of a sweep file{hint}")
        if "name" in data:
            self._check(checked_name, data["name"])
        if not isinstance(data.get("independent", False), bool):
            self.problems.append(f"independent: {show(data['independent'])} is not true or false")
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
                    scenario = load_scenario(file_below(named, self.folder))
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

    def take_kind(self, data: Mapping[str, Any], base: Scenario | None) -> None:
        """Find out which kind of design the file holds, and its choices."""
        given = [kind for kind in KINDS if data.get(kind) not in (None, {}, [])]
        if not given:
            line = 'grid: missing; write [grid] and a line "group.size" = [25, 50]'
            others = ", ".join(kind for kind in KINDS if kind != "grid")
            self.problems.append(f"{line} (or one of {others})")
        if len(given) > 1:
            self.problems.append(f"{', '.join(given)}: a sweep file has one of these; keep one")
        if len(given) == 1:
            self.kind = given[0]
            self.entry = data[self.kind]
        if "choices" in data:
            self.choices, problems = read_choices(data["choices"], base, self.folder)
            self.problems += problems

    def rows(self, base: Scenario | None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the levers' keys, and their values point by point."""
        if self.entry is None:
            return [], []
        try:
            if self.kind == "table":
                return self._table_rows(base)
            if self.kind in SAMPLED:
                return self._sampled_rows(base)
            return self._listed_rows(base)
        except InputError as fault:
            self.problems += fault.problems
            return [], []

    def points(
        self, base: Scenario | None, keys: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> tuple[Scenario, ...]:
        """Return every point that is a good scenario."""
        if base is None:  # what its file would have said is unknown: judge the values alone
            columns = zip(*rows, strict=True)
            self.problems.extend(parameter_faults(dict(zip(keys, columns, strict=False))))
            return ()
        points = []
        for at, values in enumerate(rows):
            if len(self.problems) > MOST_FAULTS:
                break
            try:
                points.append(
                    scenario_at(
                        base, dict(zip(keys, values, strict=True)), self.choices, self.folder
                    )
                )
            except InputError as fault:
                place = f"{self.places[at]}: " if self.places else ""
                said = (f"{place}{problem}" for problem in fault.problems)
                self.problems.extend(line for line in said if line not in self.problems)
        return tuple(points)

    def _listed_rows(self, base: Scenario | None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the rows of a grid or of one lever at a time."""
        levers: dict[str, list[Any]] = {}
        for key, values in self._flat(self.kind, self.entry):
            fault = self._key_fault(key, base) or self._values_fault(key, values)
            if fault:
                self.problems.append(fault)
            else:
                levers[key] = values
        if self.kind == "grid":
            return list(levers), kinds.grid_rows(levers)
        if base is None:
            return list(levers), kinds.one_at_a_time_rows(
                levers, {k: v[0] for k, v in levers.items()}
            )
        known = self._known(base)
        own = {key: self._own(key, base) for key in levers}
        same = {key: [typed(known.get(key), v) for v in values] for key, values in levers.items()}
        return list(levers), kinds.one_at_a_time_rows(same, own)

    def _own(self, key: str, base: Scenario) -> Value | None:
        """Return what a lever is where nothing is changed: of a choice the first option."""
        for choice in self.choices:
            if key == choice.key:
                return next(iter(choice.options), None)
        try:
            return value_of(base, key)
        except (AttributeError, KeyError):
            raise InputError([unknown_key(key, settable_keys(base.policies))]) from None

    def _sampled_rows(self, base: Scenario | None) -> tuple[list[str], list[tuple[Any, ...]]]:
        factors: dict[str, Factor] = {}
        own = {"points", "sample_seed"}
        table = self.entry if isinstance(self.entry, Mapping) else {}
        levers = {key: value for key, value in table.items() if key not in own}
        known = self._known(base)
        flat = self._flat(self.kind, levers if table else self.entry)
        for key, value in flat:
            try:
                if fault := self._key_fault(key, base):
                    raise InputError([fault])
                if isinstance(value, list) and (fault := self._values_fault(key, value)):
                    raise InputError([fault])
                if key not in known and not key.startswith(PREFIX) and not key.endswith(".use"):
                    raise InputError(
                        [unknown_key(key, settable_keys(base.policies if base else ()))]
                    )
                place = f"{self.kind}: {shown_key(key)}"
                factors[key] = kinds.checked_factor(place, value, known.get(key))
            except InputError as fault:
                self.problems += fault.problems
        if table and not levers:
            self.problems.append(f"{self.kind}: no levers; write a line such as {EXAMPLE}")
        seed = base.seed if base else 0
        sample = kinds.checked_sample(self.kind, table, seed) if table else None
        if not sample or len(factors) < len(flat) or not factors:
            return list(factors), []
        return list(factors), kinds.sampled_rows(self.kind, list(factors.values()), sample)

    def _table_rows(self, base: Scenario | None) -> tuple[list[str], list[tuple[Any, ...]]]:
        found = table_rows(self.entry, self.folder, lambda row: dict(flatten(row)))
        keys = list(found[0][1])
        faults = [fault for key in keys if (fault := self._key_fault(key, base))]
        if faults:
            raise InputError(faults)
        self.places = [place for place, _ in found]
        return keys, [tuple(row[key] for key in keys) for _, row in found]

    def _known(self, base: Scenario | None) -> dict[str, Allowed]:
        known = dict(allowed_values())
        for named in base.policies if base else ():
            for name, allowed in policy_fields(type(named.policy)).items():
                known[f"policies.{named.name}.{name}"] = allowed
        return known

    def _check(self, checked: Callable[[object], object], value: object) -> bool:
        try:
            checked(value)
        except InputError as fault:
            self.problems.extend(fault.problems)
            return False
        return True

    def _flat(self, entry: str, table: object) -> list[tuple[str, Any]]:
        if isinstance(table, Mapping):
            found = list(flat_keys(table))
            keys = [key for key, _ in found]
            twice = dict.fromkeys(key for key in keys if keys.count(key) > 1)
            self.problems += [f"{entry}: {shown_key(key)} stands there twice" for key in twice]
            return list(dict(found).items())
        self.problems.append(f"{entry}: {show(table)} is not a table; write [{entry}]")
        return []

    def _key_fault(self, key: str, base: Scenario | None) -> str | None:
        """Say why a key cannot be a lever."""
        if key in OF_THE_STUDY:
            return f"{self.kind}: {key} is no lever; write {OF_THE_STUDY[key]}"
        if key in self.fixed:
            return (
                f"{self.kind}: {shown_key(key)} stands in the {self._word} and is fixed too; "
                "keep one"
            )
        if key.startswith(PREFIX):
            known = [choice.key for choice in self.choices]
            if key not in known:
                shown = shown_key(key)
                return f"{self.kind}: {shown}: no [{shown}] here{nearest(key, known)}"
            return None
        section, _, rest = key.partition(".")
        policy = rest.partition(".")[0][:60]
        if section == "policies" and base and policy not in self._policies(base):
            hint = nearest(policy, self._policies(base))
            return (
                f"{self.kind}: {shown_key(key)}: the scenario has no policy {policy!r}; declare it "
                f"as [policies.{policy}] in the scenario or [fixed.policies.{policy}] here{hint}"
            )
        return None

    @property
    def _word(self) -> str:
        return self.kind if self.kind in ("grid", "table") else "design"

    def _policies(self, base: Scenario) -> list[str]:
        """List the policies that every point has."""
        return [policy.name for policy in base.policies]

    def _values_fault(self, key: str, values: object) -> str | None:
        """Say why a lever cannot have these values."""
        if not isinstance(values, list) or not values:
            return f"{self.kind}: {shown_key(key)} needs a list of values, such as [1, 2]"
        if len(set(map(comparable, values))) < len(values):
            return f"{self.kind}: {shown_key(key)} holds a value twice"
        return None


EXAMPLE = '"group.size" = { low = 20, high = 500 }'


def _of_entry(entry: str, key: str) -> Callable[[object], object]:
    return partial(allowed_values()[key].checked, entry)


def _in_file(name: str, problem: str) -> str:
    return problem if name in problem else f"{name}: {problem}"
