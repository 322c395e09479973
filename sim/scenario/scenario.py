"""The frozen `Scenario`, and how some of its values change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sim.errors import InputError
from sim.params import Params, branching_ratio, parameters
from sim.scenario.allowed import RUN, allowed_values, checked_name, unknown_key
from sim.scenario.named_policy import NamedPolicy, named_policy, settable_keys
from sim.state import Setting

BRANCHING_LIMIT = 0.98
BRANCHING_KEYS = (
    "reaction.stay_probability",
    "reaction.draw_max",
    "reaction.call_probability",
    "speak.probability_max",
    "speak.called_probability_max",
    "speak.more_probability",
    "speak.question_share",
    "operator.answer_probability",
)
NEED_WEIGHTS = tuple(f"needs.{key}_weight" for key in (
    "information", "belonging", "enjoyment", "benefit", "recognition"))  # fmt: skip

SHORTCUTS = {
    "size": "group.size",
    "groups": "run.groups",
    "days": "run.days",
    "seed": "run.seed",
}
"""Short name -> key, where one is varied so often that it has an option of its own."""


def by_key(given: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the names that Python allows for keywords into keys of a scenario.

    >>> by_key({"size": 80, "policies__cadence__posts_per_day": 2})
    {'group.size': 80, 'policies.cadence.posts_per_day': 2}
    """
    return {SHORTCUTS.get(name, name.replace("__", ".")): value for name, value in given.items()}


@dataclass(frozen=True)
class Scenario:
    """A community to simulate: its parameters, its operators' policies, how long, how often.

    Made by `load_scenario`, by `parse_scenario` or by `with_values`, every value is checked; a
    scenario put together by hand is not.

    Attributes
    ----------
    name : str
    params : Params
    policies : tuple of NamedPolicy
        Sorted by name.
    days : float
        How long each group is simulated, 0.05 ... 3650.
    groups : int
        Replications, 1 ... 1,000,000.
    seed : int
        0 ... 2**63 - 1.

    Examples
    --------
    >>> Scenario().with_values({"group.size": 50, "run.days": 7}).days
    7.0
    """

    name: str = "scenario"
    params: Params = field(default_factory=Params)
    policies: tuple[NamedPolicy, ...] = ()
    days: float = cast(float, RUN["run.days"].default)
    groups: int = cast(int, RUN["run.groups"].default)
    seed: int = cast(int, RUN["run.seed"].default)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.policies, key=lambda policy: policy.name))
        object.__setattr__(self, "policies", ordered)

    def with_values(self, values: Mapping[str, Any], folder: Path = Path()) -> Scenario:
        """Return a copy with some values changed, as if they stood in the file.

        Parameters
        ----------
        values : mapping
            Dotted key to value: ``group.size``, ``run.days``, ``policies.cadence.posts_per_day``.
            A policy that is not there yet is added with its other fields at their defaults.
        folder : Path
            Where a relative path among the values starts.

        Returns
        -------
        Scenario

        Raises
        ------
        InputError
            Every fault of the changed values, and of what they mean together.
        """
        draft = Draft()
        draft.overlay(values)
        return draft.applied_to(self, folder)

    def setting(self) -> Setting:
        """Return what the operators know before the start.

        Examples
        --------
        >>> Scenario().setting().size
        100
        """
        group, team = self.params.group, self.params.operator
        return Setting(
            days=self.days,
            size=group.size,
            cap=group.cap,
            start_hour=group.start_hour,
            start_weekday=group.start_weekday,
            open_hour=team.open_hour,
            close_hour=team.close_hour,
        )


class Draft:
    """Values on their way to a scenario, and the faults found so far."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}  # by dotted key: ``name``, ``run.*``, parameters
        self.tables: dict[str, Any] = {}  # of policies, by name
        self.problems: list[str] = []

    def overlay(self, values: Mapping[str, Any]) -> None:
        """Put dotted values over what is there; a new `use` empties its policy's table first."""
        for key in sorted(values, key=lambda key: not key.endswith(".use")):
            head, _, rest = key.partition(".")
            name, _, word = rest.rpartition(".")
            if head != "policies" or not name:
                self.values[key] = values[key]
                continue
            table = self.tables.get(name, {})
            if not isinstance(table, Mapping):
                continue  # a fault of its own, found later
            kept = {} if word == "use" and values[key] != table.get("use", name) else table
            self.tables[name] = {**kept, word: values[key]}

    def applied_to(self, base: Scenario, folder: Path) -> Scenario:
        """Return `base` with these values, or raise every fault at once."""
        checked = self._checked(base, folder)
        policies = self._policies(base, folder)
        params = base.params
        changed = {key: value for key, value in checked.items() if key in parameters()}
        if changed:
            params = params.replace(changed)
            faulty = self.values.keys() - checked.keys()
            self.problems += cross_problems(params, faulty)
        if self.problems:
            raise InputError(self.problems)
        return Scenario(
            checked.get("name", base.name),
            params,
            policies,
            checked.get("run.days", base.days),
            checked.get("run.groups", base.groups),
            checked.get("run.seed", base.seed),
        )

    def _checked(self, base: Scenario, folder: Path) -> dict[str, Any]:
        allowed = allowed_values()
        checked: dict[str, Any] = {}
        for key, value in self.values.items():
            try:
                if key == "name":
                    checked[key] = checked_name(value)
                elif key in allowed:
                    checked[key] = allowed[key].checked(key, value, folder)
                else:
                    self.problems.append(unknown_key(key, settable_keys(base.policies)))
            except InputError as fault:
                self.problems.extend(fault.problems)
        return checked

    def _policies(self, base: Scenario, folder: Path) -> tuple[NamedPolicy, ...]:
        named = {policy.name: policy for policy in base.policies}
        for name, table in self.tables.items():
            try:
                named[name] = named_policy(name, table, folder, named.get(name))
            except InputError as fault:
                self.problems.extend(fault.problems)
        return tuple(named.values())


def cross_problems(params: Params, faulty: Collection[str] = ()) -> list[str]:
    """Say what is wrong with values that are in range but do not go together; what rests on a
    `faulty` key is not judged.
    """
    return [text for keys, text in _clashes(params) if not set(keys).intersection(faulty)]


def _clashes(params: Params) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the keys and the line of each thing that does not go together."""
    group, team, packets = params.group, params.operator, params.packets
    if group.size > group.cap:
        yield (
            ("group.size", "group.cap"),
            f"group.size: {group.size} is above group.cap, {group.cap}",
        )
    if team.open_hour >= team.close_hour:
        yield (
            ("operator.open_hour", "operator.close_hour"),
            f"operator.open_hour: {team.open_hour} must be before operator.close_hour, "
            f"{team.close_hour}",
        )
    if packets.member_fen < packets.member_shares:
        yield (
            ("packets.member_fen", "packets.member_shares"),
            f"packets.member_fen: {packets.member_fen} fen cannot be split into "
            f"packets.member_shares, {packets.member_shares}, of at least 1 fen",
        )
    if not any(getattr(params.needs, key.partition(".")[2]) for key in NEED_WEIGHTS):
        yield (
            NEED_WEIGHTS,
            f"{NEED_WEIGHTS[0]}: all five need weights are 0; at least one must be above 0",
        )
    ratio = branching_ratio(params)
    if ratio > BRANCHING_LIMIT:
        yield (
            BRANCHING_KEYS,
            f"{BRANCHING_KEYS[0]}: one look would cause {ratio:.3f} further looks on average, at "
            f"most {BRANCHING_LIMIT} is allowed, else talk never ends; lower one of "
            f"{', '.join(BRANCHING_KEYS)}",
        )
