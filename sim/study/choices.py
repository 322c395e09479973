"""Choices: a lever whose values are named bundles of settings, such as presets of policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest
from sim.scenario import Scenario
from sim.scenario.allowed import Value, allowed_values, show, shown_key, unknown_key
from sim.scenario.named_policy import NAME, settable_keys
from sim.scenario.reading import read_toml

PREFIX = "choices."
OF_THE_STUDY = {
    "name": "name = ... at the top",
    "run.groups": "replications = ... at the top",
    "run.seed": "seed = ... at the top",
}
"""Keys of a scenario that are no levers, and what to write instead."""


@dataclass(frozen=True)
class Choice:
    """A lever of named bundles, with the key ``choices.<name>``."""

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
    problems: list[str] = []
    if not isinstance(given, Mapping):
        return [], [f"choices: {show(given)} is not a table; write [choices.NAME]"]
    choices = []
    for name, options in given.items():
        if not NAME.fullmatch(name) or not isinstance(options, Mapping) or not options:
            problems.append(
                f"{PREFIX}{shown_key(name)}: write [{PREFIX}NAME] with a line for each option"
            )
            continue
        found: dict[str, dict[str, Value]] = {}
        for option, settings in options.items():
            try:
                found[option] = _settings(f"{PREFIX}{name}.{option}", settings, base, folder)
            except InputError as fault:
                problems += fault.problems
        choices.append(Choice(name, found))
    return choices, problems


def value_of(scenario: Scenario, key: str) -> Value:
    """Return the value of a dotted key."""
    if key in ("name", "run.days", "run.groups", "run.seed"):
        return getattr(scenario, key.rpartition(".")[2])  # type: ignore[no-any-return]
    head, _, rest = key.partition(".")
    if head != "policies":
        return getattr(getattr(scenario.params, head), rest)  # type: ignore[no-any-return]
    name, _, field = rest.rpartition(".")
    named = next(policy for policy in scenario.policies if policy.name == name)
    return named.use if field == "use" else named.values()[field]


def flatten(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted keys, however a file nests them; ``[policies.x]`` alone declares x."""
    for word, value in table.items():
        key = f"{head}{word}"
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{key}.")
        elif value == {} and key.startswith("policies.") and key.count(".") == 1:
            yield f"{key}.use", word
        else:
            yield key, value


def _settings(place: str, given: object, base: Scenario | None, folder: Path) -> dict[str, Value]:
    if isinstance(given, str):
        path = folder / given
        place, folder = f"{place}: {given}", path.parent
        given = read_toml(path)
        given.pop("name", None)
    if not isinstance(given, Mapping):
        raise InputError([f"{place}: {show(given)} is no table of settings and no TOML file"])
    values = dict(flatten(given))
    problems = [
        f"{place}: {key} cannot stand here; write {OF_THE_STUDY[key]}"
        for key in values
        if key in OF_THE_STUDY
    ]
    if problems:
        raise InputError(problems)
    allowed = allowed_values()
    found: dict[str, Value] = {}
    for key, value in values.items():  # whether they go together is known at the points
        try:
            if key in allowed:
                found[key] = allowed[key].checked(key, value, folder)
            elif not key.startswith("policies."):
                problems.append(f"{place}: {unknown_key(key, settable_keys())}")
        except InputError as fault:
            problems += [f"{place}: {text}" for text in fault.problems]
    ordered = {key: value for key, value in values.items() if key.startswith("policies.")}
    try:
        changed = (base or Scenario()).with_values(ordered, folder)
    except InputError as fault:
        problems += [f"{place}: {text}" for text in fault.problems]
    if problems:
        raise InputError(problems)
    declared = sorted({f"policies.{key.split('.')[1]}.use" for key in ordered})
    return found | {key: value_of(changed, key) for key in [*declared, *ordered]}
