"""A scenario file, with the file that it stands on and the types of groups that it mixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest
from sim.params import parameters
from sim.scenario.allowed import show, shown_key
from sim.scenario.mix import GroupType, Mix, one_type
from sim.scenario.reading import read_toml, take_entry
from sim.scenario.scenario import Draft, Scenario
from sim.scenario.shipped import base_below, here_or_shipped

BASE, TYPE, TYPES, SHARE = "base", "type", "types", "share"
NEVER_IN_A_TYPE = ("name", "run", "policies", BASE, TYPE, TYPES)


def load_scenario(path: str | Path, values: Mapping[str, Any] | None = None) -> Scenario:
    r"""Read a scenario file, and change some of its values.

    Parameters
    ----------
    path : str or Path
        A TOML file; see ``qunlab new``.
    values : mapping, optional
        Dotted key to value, laid over the file. Relative paths in either start at the file's
        folder.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        Every fault of the file and of the values, one line each; a file of several types of groups.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "class.toml"
    ...     written = file.write_text("[group]\nsize = 30")
    ...     scenario = load_scenario(file, {"run.days": 7})
    >>> scenario.name, scenario.params.group.size, scenario.days
    ('class', 30, 7.0)
    """
    return load_mix(path, values).single()


def load_mix(path: str | Path, values: Mapping[str, Any] | None = None) -> Mix:
    """Read a scenario file that may mix types of groups, as `load_scenario`; `values` may also set
    ``type`` (play this type only), ``types.NAME.share`` and ``types.NAME.section.key``.
    """
    path = here_or_shipped(path)
    return _mix_of(_contents(path), path.parent, path.stem, values or {}, (path.resolve(),))


def parse_scenario(
    data: Mapping[str, Any],
    folder: str | Path = "",
    name: str = "scenario",
    values: Mapping[str, Any] | None = None,
) -> Scenario:
    """Turn the tables of a scenario file, with `values` (dotted keys) laid over them, into a
    scenario, or name every fault at once; what is left out keeps its default.
    """
    return parse_mix(data, folder, name, values).single()


def parse_mix(
    data: Mapping[str, Any],
    folder: str | Path = "",
    name: str = "scenario",
    values: Mapping[str, Any] | None = None,
) -> Mix:
    """Turn the tables of a scenario file into the types of groups that it mixes."""
    return _mix_of(data, Path(folder), name, values or {}, ())


def _contents(path: Path) -> dict[str, Any]:
    data = read_toml(path)
    if not data:
        raise InputError([f"{shown_key(str(path))}: empty; 'qunlab new NAME' writes a scenario"])
    return data


def _mix_of(
    data: Mapping[str, Any],
    folder: Path,
    name: str,
    values: Mapping[str, Any],
    above: tuple[Path, ...],
) -> Mix:
    """Read what the file stands on, lay the file over it, then its types, then the values."""
    entries = {key: table for key, table in data.items() if key not in (BASE, TYPE, TYPES)}
    chosen = values.get(TYPE, data.get(TYPE))
    of_types = {key: value for key, value in values.items() if key.startswith(f"{TYPES}.")}
    plain = {k: v for k, v in values.items() if k != TYPE and k not in of_types}
    below = one_type(Scenario())
    if BASE in data:
        below = _below(data[BASE], folder, above, {} if TYPES in data else of_types)
    if TYPES in data and len(below.types) > 1:
        raise InputError([f"types: {data[BASE]} mixes types already; a file cannot mix them again"])
    if of_types and TYPES not in data and len(below.types) == 1:
        raise InputError([f"{shown_key(next(iter(of_types)))}: this file mixes no types"])
    draft = _draft(entries, name, plain)
    shared = draft.applied_to(below.scenario, folder)
    own = _parameters_of(draft)
    if TYPES in data:
        tables = _with_values(data[TYPES], of_types)
        types = _own_types(tables, shared, plain, folder)
        own |= frozenset().union(*(one.keys for one in types))
    else:
        types = tuple(
            replace(one, scenario=_draft(entries, name, plain).applied_to(one.scenario, folder))
            for one in below.types
        )
    if chosen is not None:
        types = (_the_type(chosen, types),)
        shared = types[0].scenario
    standing = (below.own | below.inherited) - own
    return Mix(shared, types, str(data.get(BASE, "")), own, standing)


def _below(named: object, folder: Path, above: tuple[Path, ...], values: dict[str, Any]) -> Mix:
    """Read the file that this one stands on; its faults name it."""
    path = base_below(named, folder)
    shown = shown_key(str(named))
    if path.resolve() in above:
        raise InputError([f"base: {shown} stands on itself"])
    try:
        data = _contents(path)
        return _mix_of(data, path.parent, path.stem, values, (*above, path.resolve()))
    except InputError as fault:
        raise InputError([f"base: {shown}: {line}" for line in fault.problems]) from None


def _draft(entries: Mapping[str, Any], name: str, values: Mapping[str, Any]) -> Draft:
    draft = Draft()
    draft.values["name"] = name
    for key, table in entries.items():
        take_entry(draft, key, table)
    draft.overlay(values)
    return draft


def _parameters_of(draft: Draft) -> frozenset[str]:
    return frozenset(key for key in draft.values if key in parameters())


def _with_values(tables: object, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Copy the tables of the types, with ``types.NAME.KEY`` of the command line put in."""
    if not isinstance(tables, Mapping) or not tables:
        raise InputError([f"types: {show(tables)} is not a table of types; write [types.NAME]"])
    problems = [
        f"types.{shown_key(name)}: {show(table)} is not a table; write [types.{shown_key(name)}]"
        for name, table in tables.items()
        if not isinstance(table, Mapping)
    ]
    if problems:
        raise InputError(problems)
    copied = {
        name: {
            key: dict(entry) if isinstance(entry, Mapping) else entry
            for key, entry in table.items()
        }
        for name, table in tables.items()
    }
    for key, value in values.items():
        _, name, *rest = key.split(".", 3)
        if name not in copied:
            raise InputError([f"{shown_key(key)}: no such type{nearest(name, [*copied])}"])
        if len(rest) == 2:
            section = copied[name].setdefault(rest[0], {})
            if isinstance(section, dict):
                section[rest[1]] = value
        elif rest:
            copied[name][rest[0]] = value
    return copied


def _own_types(
    tables: Mapping[str, dict[str, Any]], shared: Scenario, values: Mapping[str, Any], folder: Path
) -> tuple[GroupType, ...]:
    """Lay each type over what all share; shares are scaled to sum to 1."""
    problems: list[str] = []
    found: list[GroupType] = []
    for name, table in tables.items():
        try:
            found.append(_one_type(name, table, shared, values, folder))
        except InputError as fault:
            problems += [f"types.{shown_key(name)}: {line}" for line in fault.problems]
    if problems:
        raise InputError(problems)
    total = sum(one.share for one in found)
    return tuple(replace(one, share=one.share / total) for one in found)


def _one_type(
    name: str, table: dict[str, Any], shared: Scenario, values: Mapping[str, Any], folder: Path
) -> GroupType:
    share = table.get(SHARE)
    problems = []
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1e6:
        was = "missing" if share is None else f"{show(share)} is not allowed"
        problems.append(f"share: {was}; allowed: above 0, and shares are scaled to sum to 1")
    entries = {key: entry for key, entry in table.items() if key != SHARE}
    problems += [
        f"{key}: belongs above the types, which share it"
        for key in entries
        if key in NEVER_IN_A_TYPE
    ]
    entries = {key: entry for key, entry in entries.items() if key not in NEVER_IN_A_TYPE}
    own = _draft(entries, shared.name, {})
    keys = _parameters_of(own)
    own.overlay(values)
    own.problems = problems + own.problems
    scenario = own.applied_to(shared, folder)
    assert isinstance(share, int | float)
    return GroupType(name, float(share), scenario, keys)


def _the_type(name: object, types: tuple[GroupType, ...]) -> GroupType:
    for one in types:
        if one.name == name and one.name:
            return replace(one, share=1.0)
    names = [one.name for one in types if one.name]
    if not names:
        raise InputError([f"type: {show(name)}: this file mixes no types"])
    hint = nearest(str(name)[:60], names) or f"; there are {', '.join(names)}"
    raise InputError([f"type: {show(name)} is not a type of this file{hint}"])
