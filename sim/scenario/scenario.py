"""The frozen `Scenario`: its values by dotted key, how some of them change, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter, ge, gt, lt
from pathlib import Path
from typing import Any, cast

from sim.allowed import FileName, Value, checked_name, show, shown_key, unknown_key
from sim.errors import Faults, InputError, nearest, readable
from sim.params import RUN, Params, allowed_values, branching_ratio, parameters
from sim.policies import own_code
from sim.scenario.named_policy import NamedPolicy, named_policy, settable_keys, source_file
from sim.state import Setting

DIGEST_LENGTH = 16
BRANCHING_LIMIT = 0.98
BRANCHING_KEYS = (
    *("reaction.stay_probability", "reaction.draw_max", "reaction.call_probability"),
    *("speak.probability_max", "speak.called_probability_max", "speak.more_probability"),
    *("speak.question_share", "operator.answer_probability"),
)
NEED_WEIGHTS = tuple(f"needs.{key}_weight" for key in (
    "information", "belonging", "enjoyment", "benefit", "recognition"))  # fmt: skip

OF_A_FILE = (
    "name",
    "base",
    "people",
    "preset",
    "type",
    "outcomes",
    "twin_fails_in",
)  # keys above all sections

# Short name -> key, where one is varied so often that it has an option of its own.
SHORTCUTS = {"size": "group.size", "groups": "run.groups", "days": "run.days", "seed": "run.seed"}


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
        return Draft(values).applied_to(self, folder)

    def setting(self) -> Setting:
        """Return what the operators know before the start.

        Examples
        --------
        >>> Scenario().setting().size
        100
        """
        group, team = self.params.group, self.params.operator
        start = group.start_hour, group.start_weekday
        return Setting(self.days, group.size, group.cap, *start, team.open_hour, team.close_hour)


class Draft:
    """Values on their way to a scenario, and the faults found so far."""

    def __init__(self, values: Mapping[str, Any], entries: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = {}  # by dotted key: ``name``, ``run.*``, parameters
        self.tables: dict[str, Any] = {}  # of policies, by name
        self.faults = Faults()
        for key, table in (entries or {}).items():
            self.take_entry(key, table)
        self.overlay(values)

    def take_entry(self, key: str, table: object) -> None:
        """Take one top-level entry of a file: the name, the policies, or a section."""
        sections = {word.partition(".")[0] for word in allowed_values()}
        if key == "name":
            self.values[key] = table
        elif key == "policies" and isinstance(table, Mapping):
            self.tables.update(table)
        elif key in sections and isinstance(table, Mapping):
            self.values.update({f"{key}.{word}": value for word, value in table.items()})
        elif key == "policies" or key in sections:
            self.faults.append(f"{key}: {show(table)} is not a table; write [{key}]")
        elif isinstance(table, Mapping):
            hint = nearest(key[:60], [*sorted(sections), "policies", "types"])
            self.faults.append(f"{shown_key(key)}: unknown section{hint}")
        else:
            self.faults.append(unknown_key(key, [*OF_A_FILE, *settable_keys()]))

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

    def parameters(self) -> frozenset[str]:
        """Name the parameters among the values."""
        return frozenset(parameters().keys() & self.values.keys())

    def applied_to(self, base: Scenario, folder: Path) -> Scenario:
        """Return `base` with these values, or raise every fault at once."""
        allowed, checked = allowed_values(), dict[str, Any]()
        for key, value in self.values.items():
            with self.faults.gathered():
                if key == "name":
                    checked[key] = checked_name(value)
                elif key in allowed:
                    checked[key] = allowed[key].checked(key, value, folder)
                else:
                    self.faults.append(unknown_key(key, settable_keys(base.policies)))
        policies = {policy.name: policy for policy in base.policies}
        for name, table in self.tables.items():
            with self.faults.gathered():
                policies[name] = named_policy(name, table, folder, policies.get(name))
        params = base.params
        if changed := {key: value for key, value in checked.items() if key in parameters()}:
            params = params.replace(changed)
            self.faults += _clashes(params, {*self.values} - {*checked})
        self.faults.refuse()
        run = (checked.get(f"run.{name}", getattr(base, name)) for name in OF_THE_RUN)
        name = checked.get("name", base.name)
        return Scenario(name, params, tuple(policies.values()), *run)


# The fields of a scenario that are keys of ``[run]``, in the order of both.
OF_THE_RUN = [key.partition(".")[2] for key in RUN]


# Two keys, when their values do not go together, and why.
PAIRS = (
    ("group.size", "group.cap", gt, "is above {}, {}"),
    ("operator.open_hour", "operator.close_hour", ge, "must be before {}, {}"),
    (
        *("packets.member_fen", "packets.member_shares", lt),
        "fen cannot be split into {}, {}, of at least 1 fen",
    ),
)


def _clashes(params: Params, faulty: set[str]) -> Iterator[str]:
    """Say which values in range do not go together; what rests on a `faulty` key is not judged."""
    for first, second, wrong, why in PAIRS:
        value, other = attrgetter(first, second)(params)
        if wrong(value, other) and faulty.isdisjoint((first, second)):
            yield f"{first}: {value} {why.format(second, other)}"
    if not any(attrgetter(*NEED_WEIGHTS)(params)) and faulty.isdisjoint(NEED_WEIGHTS):
        yield f"{NEED_WEIGHTS[0]}: all five need weights are 0; at least one must be above 0"
    ratio = branching_ratio(params)
    if ratio > BRANCHING_LIMIT and faulty.isdisjoint(BRANCHING_KEYS):
        yield (
            f"{BRANCHING_KEYS[0]}: one look would cause {ratio:.3f} further looks on average, at "
            f"most {BRANCHING_LIMIT} is allowed, else talk never ends; lower one of "
            f"{', '.join(BRANCHING_KEYS)}"
        )


ONE_DESK = (
    "desk.groups: one team runs {groups} groups, but with desk.hands = 0 it always has time for "
    "all of them, and their number changes nothing; set desk.hands, to 1 for one person"
)


TOO_LATE = "nothing of it falls into the {days:g} days of this run; it would begin on day {first}"
LOOKED_AHEAD_DAYS = 365.0


def notes(scenario: Scenario) -> list[str]:
    """Say what of a scenario has no effect as it stands, a line each: of the desk, and what its
    policies' own `notes(setting)` say; `InputError` where one refuses the run.
    """
    desk, said, faults = scenario.params.desk, list[str](), Faults()
    if desk.groups > 1 and desk.hands == 0:
        said.append(ONE_DESK.format(groups=desk.groups))
    for named in scenario.policies:
        key, own = f"policies.{named.name}", getattr(named.policy, "notes", None)
        with faults.gathered():
            lines = own_code(key, own, scenario.setting()) if own else _too_late(scenario, named)
            said += [f"{key}: {line}" for line in lines]
    faults.refuse()
    return said


def _too_late(scenario: Scenario, named: NamedPolicy) -> list[str]:
    """Say so when a shipped policy would begin after the end of the run."""
    plan, setting = getattr(named.policy, "plan", None), scenario.setting()
    if plan is None or hasattr(named.policy, "act") or source_file(named.use):
        return []
    actions = plan(setting)
    if len(actions.acts) or actions.standing():
        return []
    later = plan(replace(setting, days=setting.days + LOOKED_AHEAD_DAYS)).acts
    if not len(later):
        return []
    first = int((later["time_hours"].min() + setting.start_hour) // 24)
    return [TOO_LATE.format(days=setting.days, first=first)]


def items(scenario: Scenario) -> Iterator[tuple[str, Value]]:
    """Yield every dotted key with its value, all defaults too: the name, ``run.*``, the parameters,
    then the policies with their `use`.
    """
    for part, head in _parts(scenario):
        yield from _items_of(part, head)


def _parts(scenario: Scenario) -> Iterator[tuple[object, str]]:
    """Yield what a scenario is made of, each with the head of its keys."""
    yield scenario, ""
    for section in fields(scenario.params):
        yield getattr(scenario.params, section.name), section.name
    for named in scenario.policies:
        yield named, f"policies.{named.name}"


def _items_of(part: object, head: str) -> Iterator[tuple[str, Value]]:
    if isinstance(part, Scenario):
        yield "name", part.name
        yield from ((key, getattr(part, name)) for key, name in zip(RUN, OF_THE_RUN, strict=True))
    else:
        own = {"use": part.use, **part.values()} if isinstance(part, NamedPolicy) else vars(part)
        yield from ((f"{head}.{name}", value) for name, value in own.items())


def known_keys(scenario: Scenario) -> list[str]:
    """List the dotted keys that `Scenario.with_values` can change."""
    return [key for key, _ in items(scenario)]


def value_of(scenario: Scenario, key: str) -> Value:
    """Return the value of a dotted key."""
    if key == "name" or key in RUN:
        return cast(Value, getattr(scenario, key.rpartition(".")[2]))
    if not key.startswith("policies."):
        return cast(Value, attrgetter(key)(scenario.params))
    name, _, word = key.removeprefix("policies.").rpartition(".")
    named = next(policy for policy in scenario.policies if policy.name == name)
    return named.use if word == "use" else named.values()[word]


def digest(scenario: Scenario) -> str:
    """Name a scenario by 16 hexadecimal digits of all it holds, defaults included: equal digests
    mean equal runs. A file it names (a policy, an edge list) counts with its content, not its
    place.
    """
    return digests([scenario])[0]


def digests(scenarios: Sequence[Scenario]) -> list[str]:
    """Name many scenarios, as `digest` does: what they share is written, and files read, once."""
    contents: dict[Path, str] = {}
    written: dict[int, str] = {}  # by identity: equal parts may be written otherwise, as 1 and 1.0

    def text(part: object, head: str) -> str:
        pairs = [[key, _portable(key, value, contents)] for key, value in _items_of(part, head)]
        return json.dumps(pairs)[1:-1]

    found = []
    for scenario in scenarios:
        own, *parts = _parts(scenario)
        texts = [text(*own)]
        for part, head in parts:
            if id(part) not in written:
                written[id(part)] = text(part, head)
            texts.append(written[id(part)])
        whole = f"[{', '.join(texts)}]"
        found.append(hashlib.sha256(whole.encode()).hexdigest()[:DIGEST_LENGTH])
    return found


def file_of(key: str, value: object) -> Path | None:
    """Return the file that a value of a scenario names, if it does."""
    if not isinstance(value, str):
        return None
    if key.endswith(".use"):
        return source_file(value)
    known = allowed_values().get(key)
    named = known and known.suffix and value not in known.choices
    return Path(value) if named or isinstance(value, FileName) else None


def _portable(key: str, value: Value, contents: dict[Path, str]) -> Value:
    """Return a value with a file's content in place of its path."""
    if not (file := file_of(key, value)):
        return value
    try:
        if file not in contents:
            contents[file] = hashlib.sha256(readable(file).read_bytes()).hexdigest()
    except OSError as fault:
        raise InputError([f"{key}: {file} cannot be read: {fault.strerror}"]) from None
    content = contents[file]
    return f"{content}:{str(value).rpartition(':')[2]}" if key.endswith(".use") else content
