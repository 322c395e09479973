"""TOML read into values that a scenario may take, and a scenario written as TOML with comments."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from sim.allowed import Value, show, shown_key
from sim.errors import Faults, InputError, nearest, readable
from sim.kinds import refuse_another
from sim.scenario.named_policy import allowed_with
from sim.scenario.scenario import Scenario, items

LARGEST_FILE_BYTES = 4_000_000
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
COMMENT_COLUMN = 36


def parse_value(text: str) -> tuple[str, Any]:
    """Split ``key=value`` of a command line (``ties.graph=cliques``); the value is read as in TOML,
    else it is a word.
    """
    key, equals, word = (part.strip() for part in text.partition("="))
    if not (key and equals and word):
        raise InputError([f"{show(text)} is not of the form key=value, such as group.size=50"])
    try:
        data = tomllib.loads(f"value = {word}")
    except (ValueError, RecursionError):  # .5 and 5. are numbers to people, not to TOML
        number = word.lstrip("+-").replace(".", "", 1).isdecimal()
        return key, float(word) if number else word
    return key, data["value"] if data.keys() == {"value"} else word


def parse_values(texts: Iterable[str]) -> dict[str, Any]:
    """Read several ``key=value``; a key given twice is a fault."""
    faults = Faults()
    values = take_values(texts, faults)
    faults.refuse()
    return values


def take_values(texts: Iterable[str], faults: Faults) -> dict[str, Any]:
    """Read every ``key=value`` that can be read; what is wrong with the others goes to `faults`."""
    values: dict[str, Any] = {}
    for text in texts:
        with faults.gathered():
            key, value = parse_value(text)
            if key in values:
                faults.append(f"{shown_key(key)}: given twice")
            values.setdefault(key, value)
    return values


def read_toml(path: str | Path, wanted: Collection[str] = ()) -> dict[str, Any]:
    """Read a TOML file, of the kinds `wanted` if any are named, or say in one line why not (with
    the line of a fault of TOML).
    """
    path = Path(path)
    data = _read(path, wanted)
    if wanted:
        refuse_another(path, wanted, data)
    return data


def _read(path: Path, wanted: Collection[str]) -> dict[str, Any]:
    if wanted and (path.suffix != ".toml" or path.is_dir()):
        refuse_another(path, wanted)
    try:
        with readable(path).open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) <= LARGEST_FILE_BYTES:
            return tomllib.loads(content.decode("utf-8-sig"))
        why = f"larger than {LARGEST_FILE_BYTES} bytes"
    except InputError:
        raise
    except FileNotFoundError:
        why = f"no such file{_neighbour(path)}"
    except OSError as fault:
        why = f"cannot be read: {fault.strerror}"
    except UnicodeDecodeError as fault:
        why = f"not UTF-8 text at byte {fault.start}"
    except RecursionError:
        why = "not TOML: nested too deeply"
    except ValueError as fault:  # TOMLDecodeError, a number of too many digits, a path with \0
        why = f"not TOML: {fault}"
    raise InputError([f"{shown_key(str(path))}: {why}"])


def _neighbour(path: Path) -> str:
    try:
        return nearest(path.name[:60], [file.name for file in path.parent.glob("*.toml")])
    except (OSError, ValueError):
        return ""


def to_toml(scenario: Scenario, comments: bool = False, keys: Collection[str] | None = None) -> str:
    """Write a scenario (or only `keys`) as TOML that reads back equal; `comments` say what is
    allowed and meant.
    """
    notes = explanations(scenario) if comments else {}
    tables: dict[str, list[tuple[str, Value, str]]] = {}
    for key, value in items(scenario):
        if keys is None or key in keys:
            head, _, field = key.rpartition(".")
            tables.setdefault(head, []).append((field, value, notes.get(key, "")))
    return "\n\n".join(toml_table(head, lines) for head, lines in tables.items()) + "\n"


def toml_table(head: str, lines: list[tuple[str, Value, str]]) -> str:
    """Write one table: its head, and a line for each (key, value, comment)."""
    written = [f"[{'.'.join(_key(part) for part in head.split('.'))}]"] if head else []
    settings = [f"{_key(key)} = {literal(value)}" for key, value, _ in lines]
    width = min(COMMENT_COLUMN, max(map(len, settings), default=0))
    for setting, (_, _, comment) in zip(settings, lines, strict=True):
        written.append(f"{setting:<{width}}  # {comment}" if comment else setting)
    return "\n".join(written)


def explanations(scenario: Scenario) -> dict[str, str]:
    """Say of each key what is allowed and what it means."""
    return {key: allowed.note for key, allowed in allowed_with(scenario.policies).items()}


def literal(value: Value) -> str:
    """Write a value as TOML does."""
    if isinstance(value, tuple):
        return f"[{', '.join(literal(part) for part in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _key(word: str) -> str:
    return word if BARE_KEY.fullmatch(word) else literal(word)
