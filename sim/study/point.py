"""One point of a design: its values checked, and the scenario they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.scenario import Scenario
from sim.scenario.allowed import Allowed, allowed_values, unknown_key
from sim.scenario.named_policy import settable_keys
from sim.study.choices import PREFIX, Choice, flatten
from sim.study.kinds import is_range


def scenario_at(
    base: Scenario, values: Mapping[str, Any], choices: Sequence[Choice], folder: Path
) -> Scenario:
    """Return the scenario of a point: its choices laid over the base, then its other levers."""
    settings: dict[str, Any] = {}
    for choice in choices:
        if choice.key in values:
            settings |= choice.settings(choice.key, values[choice.key])
    changed = {key: value for key, value in values.items() if not key.startswith(PREFIX)}
    return base.with_values(settings | changed, folder)


def typed(allowed: Allowed | None, value: Any) -> Any:
    """Return a value in the type of its key where it is a good one; a fault is found later."""
    if allowed is None or isinstance(value, str):
        return value
    try:
        return allowed.checked("", value)
    except InputError:
        return value


def flat_keys(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted keys as `flatten` does; the range of a sampled lever is a value."""
    for word, value in table.items():
        if isinstance(value, Mapping) and value and not is_range(value):
            yield from flat_keys(value, f"{head}{word}.")
        elif is_range(value):
            yield f"{head}{word}", value
        else:
            yield from flatten({word: value}, head)


def comparable(value: object) -> object:
    """Return what a value is told from others by."""
    return value if isinstance(value, bool | int | float | str) else repr(value)


def parameter_faults(levers: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Yield what is wrong with the values of parameters, whatever the scenario is."""
    allowed = allowed_values()
    for key, values in levers.items():
        if key not in allowed and not key.startswith(("policies.", PREFIX)):
            yield unknown_key(key, settable_keys())
        for value in dict.fromkeys(values) if key in allowed else ():
            try:
                allowed[key].checked(key, value)
            except InputError as fault:
                yield from fault.problems
