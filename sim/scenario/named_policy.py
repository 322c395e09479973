"""A table of a scenario turned into a policy: its class found, its fields checked."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sim.allowed import (
    LARGEST_INTEGER,
    LARGEST_NUMBER,
    Allowed,
    Value,
    existing_file,
    show,
    shown_key,
    unknown_key,
)
from sim.errors import Faults, InputError
from sim.params import allowed_values
from sim.policies import Policy, known_policies, own_code, policy_class

NAME = re.compile(r"[\w-]{1,60}")
KINDS = (bool, int, float, str)
CLASSES_KEPT = 64

# Is told key and file before code of a policy is loaded; what it raises keeps that from being.
on_code: ContextVar[Callable[[str, Path], None]] = ContextVar("on_code")

# Is told the outcomes that a file of a scenario or a sweep names, and where their names start.
on_outcomes: ContextVar[Callable[[Sequence[str], Path], None]] = ContextVar("on_outcomes")

# Is told in what the twin of a real group that is read does not match the group, and its name.
on_unmatched: ContextVar[Callable[[Sequence[str], str], None]] = ContextVar("on_unmatched")


@dataclass(frozen=True)
class NamedPolicy:
    """A policy as a scenario names it."""

    name: str  # of its table, ``[policies.<name>]``
    use: str  # A shipped policy, or ``"full/path/file.py:ClassName"``
    policy: Policy  # the frozen value itself

    def values(self) -> dict[str, Value]:
        """Return the fields of the policy by name."""
        return {name: getattr(self.policy, name) for name in policy_fields(type(self.policy))}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a policy of one's own by its file: another process has no such module."""
        if source_file(self.use) is None:
            return NamedPolicy, (self.name, self.use, self.policy)
        return named_policy, (self.name, {**self.values(), "use": self.use}, Path())

    def __deepcopy__(self, memo: object) -> NamedPolicy:
        return self


def named_policy(
    name: str, table: object, folder: Path, before: NamedPolicy | None = None
) -> NamedPolicy:
    """Build a policy from its table, on the values it had `before` unless `use` changes; or name
    every fault of the table.
    """
    key = f"policies.{shown_key(name)}"
    if not NAME.fullmatch(name):
        raise InputError([f"{key}: a policy's name is 1 to 60 letters, digits, - and _"])
    if not isinstance(table, Mapping):
        raise InputError([f"{key}: {show(table)} is not a table; write [{key}]"])
    given = {field: value for field, value in table.items() if field != "use"}
    if before and table.get("use", before.use) == before.use:
        use, policy = before.use, type(before.policy)
        given = before.values() | given
    else:
        use, policy = _find(key, table.get("use", name), folder)
    return NamedPolicy(name, use, _build(key, policy, given, folder))


def allowed_with(policies: Iterable[NamedPolicy]) -> dict[str, Allowed]:
    """List what each key of ``[run]``, of the parameters and of these policies' fields may be."""
    return allowed_values() | _fields_of({one.name: type(one.policy) for one in policies})


def settable_keys(policies: Iterable[NamedPolicy] = ()) -> list[str]:
    """List every key a scenario may hold: parameters, fields of shipped policies and of these."""
    classes: dict[str, type[Policy]] = {one.name: type(one.policy) for one in policies}
    shipped = {name: policy_class(name) for name in known_policies() if name not in classes}
    return [*allowed_values(), *_fields_of(classes | shipped)]


def _fields_of(classes: Mapping[str, type[Policy]]) -> dict[str, Allowed]:
    return {
        f"policies.{name}.{field}": allowed
        for name, policy in classes.items()
        for field, allowed in policy_fields(policy).items()
    }


def source_file(use: str) -> Path | None:
    """Return the file a policy of one's own stands in; None for a shipped one."""
    path, colon, _ = use.rpartition(":")
    return Path(path) if colon else None


@lru_cache(maxsize=CLASSES_KEPT)
def policy_fields(policy: type[Policy]) -> dict[str, Allowed]:
    """List what each field of a policy, a frozen dataclass, may be by its types (numbers, words,
    true/false, tuples of these; others are refused) and metadata.
    """
    declared: Any = policy
    try:
        hints = typing.get_type_hints(policy)
    except Exception:  # a type that only its author's tools know
        hints = {}
    fields: dict[str, Allowed] = {}
    faults = Faults()
    for field in dataclasses.fields(declared):
        if not field.init:
            continue
        try:
            fields[field.name] = _allowed(hints.get(field.name, type(field.default)), field)
        except (TypeError, ValueError) as fault:
            faults.append(f"{policy.__name__}.{field.name}: {fault}")
    if "use" in fields:
        faults.append(f"{policy.__name__}.use: no field of a policy can be called use")
    faults.refuse()
    return fields


def _allowed(hint: Any, field: dataclasses.Field[Any]) -> Allowed:
    """Read a field's metadata: ``range``, ``unit``, ``choices``, ``file`` and ``meaning``."""
    known = field.metadata
    many = typing.get_origin(hint) is tuple
    arguments = typing.get_args(hint)
    kind = arguments[0] if many and arguments[1:] == (...,) else hint
    if kind not in KINDS:
        raise TypeError("a field of a policy is bool, int, float, str or tuple[one of these, ...]")
    if known.get("file") and hint is not str:
        raise TypeError("a field that names a file is str")
    most = LARGEST_INTEGER if kind is int else LARGEST_NUMBER
    low, high = known.get("range", (-most, most))
    if not -LARGEST_NUMBER <= low <= high <= LARGEST_NUMBER:
        raise ValueError(f"range {low!r}, {high!r} is not lowest, highest")
    unit, meaning = str(known.get("unit", "1")), str(known.get("meaning", ""))
    choices, file = tuple(map(str, known.get("choices", ()))), bool(known.get("file"))
    return Allowed(kind, low, high, unit, choices, many, file=file, meaning=meaning)


def _find(key: str, use: object, folder: Path) -> tuple[str, type[Policy]]:
    """Find a policy's class, and the full form of the word it is found by."""
    if not isinstance(use, str):
        raise InputError([f'{key}.use: {show(use)} is not a policy\'s name or "file.py:Class"'])
    try:
        if ":" not in use:
            return use, _frozen(use, policy_class(use))
        file_name, _, class_name = use.rpartition(":")
        path = existing_file(f"{key}.use", file_name, folder)
        if listens := on_code.get(None):
            listens(key, Path(path))
        content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return f"{path}:{class_name}", _own_class(f"{path}:{class_name}", content)
    except InputError as fault:
        own = f"{key}.use: "
        raise InputError([own + text.removeprefix(own) for text in fault.problems]) from None
    except OSError as fault:
        raise InputError([f"{key}.use: {show(use)}: {fault.strerror}"]) from None


@lru_cache(maxsize=CLASSES_KEPT)
def _own_class(use: str, content: str) -> type[Policy]:  # noqa: ARG001
    """Load a class once for each content of its file, so that equal scenarios compare equal."""
    return _frozen(use, policy_class(use))


def _frozen(use: str, found: type[Policy]) -> type[Policy]:
    declared: Any = found
    if not isinstance(found, type) or not declared.__dataclass_params__.frozen:
        raise InputError([f"policy {use!r}: must be a frozen dataclass: @dataclass(frozen=True)"])
    policy_fields(found)
    return found


def _build(key: str, policy: type[Policy], given: Mapping[str, object], folder: Path) -> Policy:
    """Give every field its value, the defaults too, so that equal policies are written equally."""
    make: Any = policy
    allowed = policy_fields(policy)
    keys = [f"{key}.{field}" for field in (*allowed, "use")]
    faults = Faults(unknown_key(f"{key}.{word}", keys) for word in given if word not in allowed)
    values: dict[str, Value] = {}
    declared = {field.name: field for field in dataclasses.fields(make)}
    for name in allowed:
        with faults.gathered():
            value = given[name] if name in given else _default(key, declared[name])
            values[name] = allowed[name].checked(f"{key}.{name}", value, folder)
    faults.refuse()
    refusing = f"{key}: {policy.__name__} refuses its values"
    return typing.cast(Policy, own_code(refusing, partial(make, **values)))


def _default(key: str, field: dataclasses.Field[Any]) -> object:
    if callable(field.default_factory):
        return own_code(f"{key}.{field.name}: its default fails", field.default_factory)
    if field.default is dataclasses.MISSING:
        raise InputError([f"{key}.{field.name}: missing; the policy has no default for it"])
    return field.default
