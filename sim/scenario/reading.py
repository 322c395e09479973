"""TOML, from a file or a command line, into values that a scenario may take."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest, readable
from sim.scenario.allowed import allowed_values, show, shown_key, unknown_key
from sim.scenario.named_policy import settable_keys
from sim.scenario.scenario import Draft

LARGEST_FILE_BYTES = 4_000_000


def parse_value(text: str) -> tuple[str, Any]:
    """Split ``key=value`` of a command line (``ties.graph=cliques``); the value is read as in TOML,
    else it is a word.
    """
    key, equals, word = (part.strip() for part in text.partition("="))
    if not (key and equals and word):
        raise InputError([f"{show(text)} is not of the form key=value, such as group.size=50"])
    try:
        data = tomllib.loads(f"value = {word}")
    except (ValueError, RecursionError):
        return key, _number_or_word(word)
    return key, data["value"] if data.keys() == {"value"} else word


def parse_values(texts: Iterable[str]) -> dict[str, Any]:
    """Read several ``key=value``; a key given twice is a fault."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for text in texts:
        try:
            key, value = parse_value(text)
        except InputError as fault:
            problems.extend(fault.problems)
            continue
        if key in values:
            problems.append(f"{shown_key(key)}: given twice")
        values[key] = value
    if problems:
        raise InputError(problems)
    return values


def read_toml(path: str | Path) -> dict[str, Any]:
    """Read a TOML file, or say in one line why not (with the line of a fault of TOML)."""
    path = Path(path)
    shown = shown_key(str(path))
    try:
        with readable(path).open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise InputError([f"{shown}: larger than {LARGEST_FILE_BYTES} bytes"])
        return tomllib.loads(content.decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError([f"{shown}: no such file{_neighbour(path)}"]) from None
    except IsADirectoryError:
        raise InputError([f"{shown}: a folder, not a file"]) from None
    except OSError as fault:
        raise InputError([f"{shown}: cannot be read: {fault.strerror}"]) from None
    except UnicodeDecodeError as fault:
        raise InputError([f"{shown}: not UTF-8 text at byte {fault.start}"]) from None
    except RecursionError:
        raise InputError([f"{shown}: not TOML: nested too deeply"]) from None
    except ValueError as fault:  # TOMLDecodeError, a number of too many digits, a path with \0
        if isinstance(fault, InputError):
            raise
        raise InputError([f"{shown}: not TOML: {fault}"]) from None


def take_entry(draft: Draft, key: str, table: object) -> None:
    """Take one top-level entry of a file: the name, the policies, or a section."""
    sections = {word.partition(".")[0] for word in allowed_values()}
    if key == "name":
        draft.values[key] = table
    elif key == "policies" and isinstance(table, Mapping):
        draft.tables.update(table)
    elif key == "policies" or key in sections:
        if isinstance(table, Mapping):
            draft.values.update({f"{key}.{word}": value for word, value in table.items()})
        else:
            draft.problems.append(f"{key}: {show(table)} is not a table; write [{key}]")
    elif isinstance(table, Mapping):
        hint = nearest(key[:60], [*sorted(sections), "policies", "types"])
        draft.problems.append(f"{shown_key(key)}: unknown section{hint}")
    else:
        draft.problems.append(unknown_key(key, ["name", "base", "type", *settable_keys()]))


def _number_or_word(word: str) -> float | str:
    """Read ``.5`` and ``5.``, which people write and TOML does not know."""
    if word.lstrip("+-").replace(".", "", 1).isdecimal():
        return float(word)
    return word


def _neighbour(path: Path) -> str:
    try:
        return nearest(path.name[:60], [file.name for file in path.parent.glob("*.toml")])
    except (OSError, ValueError):
        return ""
