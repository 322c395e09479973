"""A scenario file, with the file that it stands on (its own or shipped), the people and the preset
of policies that it names, and the types of groups that it mixes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from sim.allowed import show, shown_key
from sim.errors import Faults, InputError, nearest
from sim.kinds import PEOPLE, PRESET, SCENARIO
from sim.scenario.named_policy import NamedPolicy, on_outcomes, on_unmatched
from sim.scenario.portfolio import PORTFOLIO, parse_portfolio
from sim.scenario.scenario import Draft, Scenario, value_of
from sim.scenario.toml import read_toml

# A table of a TOML file, or dotted keys with their values.
Table = Mapping[str, Any]

BASE, TYPE, TYPES, SHARE = "base", "type", "types", "share"
PLAYED = (SCENARIO, PEOPLE, PRESET)
FOLDER_OF = {PEOPLE: "people", PRESET: "policies"}
OUTCOMES = "outcomes"  # of the user's own: measured too
UNMATCHED = "twin_fails_in"  # of the twin of a real group: in what it does not match the group
OF_THE_FILE = (BASE, PEOPLE, PRESET, TYPE, TYPES, PORTFOLIO, OUTCOMES, UNMATCHED)
NEVER_IN_A_TYPE = ("name", "run", "policies", *OF_THE_FILE)
NEVER_IN = {PEOPLE: ("run", "policies", *OF_THE_FILE), PRESET: ("run", *OF_THE_FILE)}


@dataclass(frozen=True)
class GroupType:
    """One type of groups."""

    name: str  # empty where a file holds one type only
    share: float  # of all groups, above 0; the shares of a mix sum to 1
    scenario: Scenario  # all values of the type, those that it shares with the others too
    keys: frozenset[str] = frozenset()  # dotted parameter keys that this type sets by itself


@dataclass(frozen=True)
class Mix:
    """What a scenario file holds: one type of groups or several, and on what file it stands."""

    scenario: Scenario  # what the types share
    types: tuple[GroupType, ...]  # one at least
    base: str = ""  # path of the file that it stands on; empty for none
    # dotted parameter keys set in the file itself, or by one of its types
    own: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()  # those set in the files below it and not here
    people: str = ""  # whose the members are: of people named last, else the population below

    def single(self) -> Scenario:
        """Return the one scenario there is; refuse several types: studies play one."""
        if len(self.types) == 1:
            return self.types[0].scenario
        names = ", ".join(one.name for one in self.types)
        name, many, first = self.scenario.name, len(self.types), self.types[0].name
        line = f"types: {name} mixes {many} types of groups ({names}) and one is needed here; "
        raise InputError([f'{line}write type = "{first}" in a file that stands on it'])

    def dealt(self, groups: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the type number of each group [group]: the next group goes to the type that is
        farthest behind its share, so replication r is of the same type in every study.
        """
        shares = np.array([one.share for one in self.types])
        had = np.zeros(len(shares))
        found = np.zeros(groups, dtype=np.int64)
        for at in range(groups):
            found[at] = np.argmax((at + 1) * shares - had)
            had[found[at]] += 1.0
        return found

    def crossed(self, sets: Mapping[str, Table], weights: Sequence[float]) -> Mix:
        """Let each type be played with each of several parameter sets (name to dotted keys) of
        weights summing to 1.
        """
        types = [
            replace(
                one,
                name=f"{one.name} {name}".strip(),
                share=one.share * weight,
                scenario=one.scenario.with_values(values),
            )
            for one in self.types
            for (name, values), weight in zip(sets.items(), weights, strict=True)
        ]
        return replace(self, types=tuple(types))


def load_scenario(path: str | Path, values: Table | None = None) -> Scenario:
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


def load_mix(path: str | Path, values: Table | None = None) -> Mix:
    """Read a scenario file that may mix types of groups, as `load_scenario`; `values` may also set
    ``type`` (play this type only), ``types.NAME.share``, ``types.NAME.section.key``, and name
    ``people``, laid over the file, and a ``preset``, in place of all its policies.
    """
    return _mix_in(here_or_shipped(path), values or {}, ())


def parse_scenario(
    data: Table, folder: str | Path = "", name: str = "scenario", values: Table | None = None
) -> Scenario:
    """Turn the tables of a scenario file, with `values` (dotted keys) laid over them, into a
    scenario, or name every fault at once; what is left out keeps its default.
    """
    return parse_mix(data, folder, name, values).single()


def parse_mix(
    data: Table, folder: str | Path = "", name: str = "scenario", values: Table | None = None
) -> Mix:
    """Turn the tables of a scenario file into the types of groups that it mixes."""
    return _mix_of(data, Path(folder), name, values or {}, ())


def configs() -> Path:
    """Return the folder of what is shipped: inside an installed package, beside it in a clone."""
    package = Path(str(resources.files("sim")))
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def shipped_files(kind: str) -> dict[str, Path]:
    """Name the files of a folder of ``configs``, such as people, here (first) and shipped."""
    folders = (configs() / kind, Path("configs") / kind)
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def here_or_shipped(path: str | Path) -> Path:
    """Return a path as it is; ``configs/...`` that is not here is the program's."""
    path = Path(path)
    shipped = configs().parent / path
    is_shipped = path.parts[:1] == ("configs",) and not path.exists() and shipped.is_file()
    return shipped if is_shipped else path


def shipped_file(name: str, kind: str, fault: str) -> Path:
    """Return a shipped file of a folder of ``configs`` by name, or refuse with `fault` and the
    nearest.
    """
    known = shipped_files(kind)
    if name in known:
        return known[name]
    there = f"; there are {', '.join(sorted(known))}" if known else ""
    raise InputError([fault + (nearest(name[:60], sorted(known)) or there)])


def file_below(named: str, folder: Path) -> Path:
    """Find the file that a scenario file names: beside it, else (``populations/NAME.toml``,
    ``../base.toml``, never a bare ``base.toml``) the shipped one, so that a copy works anywhere.
    """
    beside = folder / named
    copied = [place / named for place in (configs(), configs() / "sweeps")]
    there = [path for path in copied if path.is_file()]
    return there[0] if there and "/" in named and not beside.exists() else beside


def base_below(named: object, folder: Path) -> Path:
    """Find the file that a base names: FILE.toml beside this file, or a shipped population."""
    if isinstance(named, str) and named.endswith(".toml"):
        return file_below(named, folder)
    fault = f'base: {show(named)} is not a file, write "FILE.toml", nor a shipped population'
    return shipped_file(str(named), "populations", fault)


def _mix_in(path: Path, values: Table, above: tuple[Path, ...]) -> Mix:
    data = read_toml(path, PLAYED)
    if not data:
        raise InputError([f"{shown_key(str(path))}: empty; 'qunlab new NAME' writes a scenario"])
    return _mix_of(data, path.parent, path.stem, values, (*above, path.resolve()))


def tell_outcomes(named: object, folder: Path) -> None:
    """Say which outcomes of the user's own a file names, to whoever is to measure them."""
    words = _words(OUTCOMES, named, "FILE.py:NAME")
    if words and (listens := on_outcomes.get(None)):
        listens(words, folder)


def _words(key: str, named: object, such: str) -> list[str]:
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise InputError([f'{key}: {show(named)} is not a list such as ["{such}"]'])
    return named


def _mix_of(data: Table, folder: Path, name: str, values: Table, above: tuple[Path, ...]) -> Mix:
    """Read what the file stands on, lay the file over it, then its types, then the values."""
    entries = {key: table for key, table in data.items() if key not in OF_THE_FILE}
    chosen = values.get(TYPE, data.get(TYPE))
    of_types = {key: value for key, value in values.items() if key.startswith(f"{TYPES}.")}
    plain = {k: v for k, v in values.items() if k not in OF_THE_FILE and k not in of_types}
    below = Mix(Scenario(), (GroupType("", 1.0, Scenario()),))
    if BASE in data:
        below = _below(data[BASE], folder, {} if TYPES in data else of_types, above)
    if TYPES in data and len(below.types) > 1:
        raise InputError([f"types: {data[BASE]} mixes types already; a file cannot mix them again"])
    if of_types and TYPES not in data and len(below.types) == 1:
        raise InputError([f"{shown_key(next(iter(of_types)))}: this file mixes no types"])
    below, under, over = _with_layers(below, data, values, folder)
    if PRESET in values:
        entries.pop("policies", None)
    plain = {**over, **plain}
    entries = {"name": name, **entries}
    draft = Draft(plain, entries)
    with draft.faults.gathered():
        tell_outcomes(values.get(OUTCOMES, data.get(OUTCOMES, [])), folder)
        failed = _words(UNMATCHED, data.get(UNMATCHED, []), "messages")
        if failed and (listens := on_unmatched.get(None)):
            listens(failed, name)
    shared = draft.applied_to(below.scenario, folder)
    own = draft.parameters() | under
    if TYPES in data:
        tables = _with_values(data[TYPES], of_types)
        types = _own_types(tables, shared, plain, folder)
        own |= frozenset().union(*(one.keys for one in types))
    else:
        types = tuple(
            replace(one, scenario=Draft(plain, entries).applied_to(one.scenario, folder))
            for one in below.types
        )
    if PORTFOLIO in data:
        portfolio = parse_portfolio(data[PORTFOLIO])
        if "groups" in dict(data.get("desk") or {}):
            raise InputError(["desk.groups: portfolio.groups says the same; leave one of them out"])
        types = tuple(replace(one, scenario=portfolio.of(one.scenario)) for one in types)
        shared = portfolio.of(shared)
    if chosen is not None:
        types = (_the_type(chosen, types),)
        shared = types[0].scenario
    standing = (below.own | below.inherited) - own
    base = str(data.get(BASE, ""))
    people = name if TYPES in data else below.people if base.endswith(".toml") else base
    people = str(values.get(PEOPLE, data.get(PEOPLE, people)))
    return Mix(shared, types, base, own, standing, Path(people).stem)


def _below(named: object, folder: Path, values: Table, above: tuple[Path, ...]) -> Mix:
    """Read the file that this one stands on; its faults name it."""
    path = base_below(named, folder)
    shown = shown_key(str(named))
    if path.resolve() in above:
        raise InputError([f"base: {shown} stands on itself"])
    try:
        return _mix_in(path, values, above)
    except InputError as fault:
        raise InputError(f"base: {shown}: {line}" for line in fault.problems) from None


def _with_layers(
    below: Mix, data: Table, values: Table, folder: Path
) -> tuple[Mix, frozenset[str], Table]:
    """Lay the people and the preset that a file names over what it stands on, so that the file's
    own values go over them. Return that, the keys they set, and the values of those that are named
    beside the file instead, which go over it. A preset's policies take the place of all others.
    """
    faults = Faults()
    under, over = dict[str, Any](), dict[str, Any]()
    scenarios = [below.scenario, *(one.scenario for one in below.types)]
    for kind in (PEOPLE, PRESET):
        named = values.get(kind, data.get(kind))
        if named is not None:
            with faults.gathered():
                found, policies = layer(kind, named, folder)
                (over if kind in values else under).update(found)
                if kind == PRESET:
                    scenarios = [replace(scenario, policies=policies) for scenario in scenarios]
    faults.refuse()
    shared, *own = (scenario.with_values(under) for scenario in scenarios)
    types = zip(below.types, own, strict=True)
    laid = replace(
        below, scenario=shared, types=tuple(replace(one, scenario=to) for one, to in types)
    )
    return laid, frozenset(under), over


def layer(kind: str, named: object, folder: Path) -> tuple[dict[str, Any], tuple[NamedPolicy, ...]]:
    """Read people or a preset, FILE.toml or a shipped one: the parameters and policies it sets."""
    if isinstance(named, str) and named.endswith(".toml"):
        path = file_below(named, folder)
    else:
        fault = f'{kind}: {show(named)} is not a file, write "FILE.toml", nor a shipped name'
        path = shipped_file(str(named), FOLDER_OF[kind], fault)
    try:
        data = read_toml(path, (SCENARIO, kind))
        if not data:
            raise InputError(["holds nothing"])
        Faults(
            f"{key}: belongs in a scenario that stands on this, not here"
            for key in data
            if key in NEVER_IN[kind]
        ).refuse()
        draft = Draft({}, {"name": path.stem, **data})
        found = draft.applied_to(Scenario(), path.parent)
    except InputError as wrong:
        shown = shown_key(str(named))
        raise InputError(f"{kind}: {shown}: {line}" for line in wrong.problems) from None
    return {key: value_of(found, key) for key in draft.parameters()}, found.policies


def _with_values(tables: object, values: Table) -> dict[str, dict[str, Any]]:
    """Copy the tables of the types, with ``types.NAME.KEY`` of the command line put in."""
    if not isinstance(tables, Mapping) or not tables:
        raise InputError([f"types: {show(tables)} is not a table of types; write [types.NAME]"])
    Faults(
        f"types.{shown_key(name)}: {show(table)} is not a table; write [types.{shown_key(name)}]"
        for name, table in tables.items()
        if not isinstance(table, Mapping)
    ).refuse()
    copied = {name: deepcopy(dict(table)) for name, table in tables.items()}
    for key, value in values.items():
        _, name, *rest = key.split(".", 3)
        if name not in copied:
            raise InputError([f"{shown_key(key)}: no such type{nearest(name, [*copied])}"])
        section = copied[name] if len(rest) < 2 else copied[name].setdefault(rest[0], {})
        if rest and isinstance(section, dict):
            section[rest[-1]] = value
    return copied


def _own_types(
    tables: Mapping[str, dict[str, Any]], shared: Scenario, values: Table, folder: Path
) -> tuple[GroupType, ...]:
    """Lay each type over what all share; shares are scaled to sum to 1."""
    faults = Faults()
    found: list[GroupType] = []
    for name, table in tables.items():
        with faults.gathered(f"types.{shown_key(name)}: "):
            found.append(_one_type(name, table, shared, values, folder))
    faults.refuse()
    total = sum(one.share for one in found)
    return tuple(replace(one, share=one.share / total) for one in found)


def _one_type(
    name: str, table: dict[str, Any], shared: Scenario, values: Table, folder: Path
) -> GroupType:
    share = table.pop(SHARE, None)
    faults = []
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1e6:
        was = "missing" if share is None else f"{show(share)} is not allowed"
        faults.append(f"share: {was}; allowed: above 0, and shares are scaled to sum to 1")
    above = [key for key in table if key in NEVER_IN_A_TYPE]
    faults += [f"{key}: belongs above the types, which share it" for key in above]
    entries = {key: table[key] for key in table if key not in above}
    own = Draft({}, {"name": shared.name, **entries})
    keys = own.parameters()
    own.overlay(values)
    own.faults[:0] = faults
    scenario = own.applied_to(shared, folder)
    assert isinstance(share, int | float)
    return GroupType(name, float(share), scenario, keys)


def _the_type(name: object, types: tuple[GroupType, ...]) -> GroupType:
    names = [one.name for one in types if one.name]
    if not names:
        raise InputError([f"type: {show(name)}: this file mixes no types"])
    if name in names:
        return next(replace(one, share=1.0) for one in types if one.name == name)
    hint = nearest(str(name)[:60], names) or f"; there are {', '.join(names)}"
    raise InputError([f"type: {show(name)} is not a type of this file{hint}"])
