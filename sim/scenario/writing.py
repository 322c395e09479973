"""A scenario written out: as TOML that reads back equal, and as a digest of all it holds."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from sim.errors import InputError, readable
from sim.params import parameters
from sim.scenario.allowed import RUN, FileName, Value, allowed_values
from sim.scenario.named_policy import NamedPolicy, field_meanings, policy_fields, source_file
from sim.scenario.scenario import Scenario

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
DIGEST_LENGTH = 16
COMMENT_COLUMN = 36


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
        yield from zip(RUN, (part.days, part.groups, part.seed), strict=True)
    elif isinstance(part, NamedPolicy):
        yield f"{head}.use", part.use
        yield from ((f"{head}.{field}", value) for field, value in part.values().items())
    else:
        yield from ((f"{head}.{name}", value) for name, value in vars(part).items())


def known_keys(scenario: Scenario) -> list[str]:
    """List the dotted keys that `Scenario.with_values` can change."""
    return [key for key, _ in items(scenario)]


def to_toml(scenario: Scenario, comments: bool = False, keys: Collection[str] | None = None) -> str:
    """Write a scenario (or only `keys`) as TOML that reads back equal; `comments` say what is
    allowed and meant.
    """
    notes = explanations(scenario) if comments else {}
    tables: dict[str, list[tuple[str, Value, str]]] = {}
    for key, value in items(scenario):
        if keys is not None and key not in keys:
            continue
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
    known = RUN | parameters()
    notes = {key: f"{a.describe()}: {known[key].meaning}" for key, a in allowed_values().items()}
    for named in scenario.policies:
        meanings = field_meanings(type(named.policy))
        for field, allowed in policy_fields(type(named.policy)).items():
            meaning = meanings.get(field, "")
            note = f"{allowed.describe()}: {meaning}" if meaning else allowed.describe()
            notes[f"policies.{named.name}.{field}"] = note
    return notes


def literal(value: Value) -> str:
    """Write a value as TOML does."""
    if isinstance(value, tuple):
        return f"[{', '.join(literal(part) for part in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


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
    if not (file := file_of(key, value)):
        return value
    content = _content(key, file, contents)
    return f"{content}:{str(value).rpartition(':')[2]}" if key.endswith(".use") else content


def _content(key: str, file: Path, contents: dict[Path, str]) -> str:
    try:
        if file not in contents:
            contents[file] = hashlib.sha256(readable(file).read_bytes()).hexdigest()
        return contents[file]
    except OSError as fault:
        raise InputError([f"{key}: {file} cannot be read: {fault.strerror}"]) from None


def _key(word: str) -> str:
    return word if BARE_KEY.fullmatch(word) else literal(word)
