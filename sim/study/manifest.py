"""What a store holds, in words and numbers: the design, the versions, the code, the sessions."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_origin, get_type_hints

from sim.outcomes.table import OUTCOMES, outcomes_by_name
from sim.scenario import Scenario
from sim.scenario.scenario import items
from sim.scenario.toml import explanations
from sim.study.code import code_digest as code_digest
from sim.study.code import text_digest, versions
from sim.study.design import Design, digest_of, named_files, own_seed

FORMAT = 2
UNSEALED = {1}
"""Formats whose manifest and parts carry no digest."""


@dataclass(frozen=True)
class Block:
    """A rectangle of the design that is played and stored as one part."""

    number: int  # of the part
    points: range
    replications: range

    @property
    def groups(self) -> int:
        """Number of communities."""
        return len(self.points) * len(self.replications)


@dataclass(frozen=True)
class Manifest:
    """The one description of a store, written as ``manifest.json``."""

    format: int  # of the store itself
    name: str  # of the design
    levers: dict[str, list[Any]]  # dotted key to values, the last changing fastest
    settings: dict[str, Any]  # every key of the scenario that all points share
    scenarios: list[str]  # digest of each point
    replications: int  # of the design
    seed: int
    code: str  # digest of the engine, outcomes, numba, Python and the processor's kind
    versions: dict[str, str]  # of packages at the first session
    block_groups: int  # most communities in a part
    # name to type; empty until the first part is written
    columns: dict[str, str] = dataclasses.field(default_factory=dict)
    # when, where and how long the store was filled
    sessions: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    kind: str = "grid"  # of the design
    independent: bool = False  # whether every point has a seed of its own
    # lever values of each point; empty for a grid
    table: list[list[Any]] = dataclasses.field(default_factory=list)
    # of each the options with their settings
    choices: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    # dotted key of every file that scenarios name, to the digest of its content
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    # full path of those that are a lever's value
    paths: dict[str, str] = dataclasses.field(default_factory=dict)
    # unit and definition of every outcome and lever
    meanings: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def communities(self) -> int:
        """Number of rows of the finished store."""
        return len(self.scenarios) * self.replications

    @cached_property
    def identity(self) -> str:
        """Digest of all that decides the rows and the parts they stand in."""
        fixed = (self.format, self.levers, self.scenarios, self.replications, self.seed, self.code)
        apart = (self.independent,) if self.independent else ()
        return text_digest(json.dumps([*fixed, self.block_groups, *apart]))

    def row(self, point: int) -> list[Any]:
        """Return the values of the levers at a point, in the order of the levers."""
        if self.kind != "grid":
            return self.table[point]
        values = []
        for places in reversed(self.levers.values()):
            point, place = divmod(point, len(places))
            values.append(places[place])
        return values[::-1]

    def seed_of(self, point: int) -> int:
        """Return the seed that a point is played with."""
        return own_seed(self.seed, point) if self.independent else self.seed

    def blocks(self) -> list[Block]:
        """Cut the design into parts, all points (or a stretch of them) by some replications.

        Replication by replication: a store half full shows every point, and parts cost alike.
        """
        return cut(len(self.scenarios), self.replications, self.block_groups)

    def meaning(self, name: str) -> tuple[str, str]:
        """Return unit and definition of an outcome or lever; an old store's from this version."""
        if name in self.meanings:
            unit, said = self.meanings[name]
            return unit, said
        known = outcomes_by_name().get(name)
        if known:
            return known.unit, known.definition
        return "", f"lever: {explanations(Scenario()).get(name, NO_MEANING)}"

    def to_json(self) -> str:
        """Write the manifest, an entry a line, with the digest of all that stands in it."""
        data = {name: getattr(self, name) for name in TYPES}
        if self.format not in UNSEALED:
            data[DIGEST] = text_digest(json.dumps(data))
        lines = (f' "{key}": {json.dumps(one, ensure_ascii=False)}' for key, one in data.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


TYPES = {name: get_origin(hint) or hint for name, hint in get_type_hints(Manifest).items()}
"""Type of each entry of a manifest."""

LATER = {"kind", "independent", "table", "choices", "files", "paths", "meanings"}
"""Entries that the first stores did not have."""

DIGEST = "digest"
NO_MEANING = "a choice"


def cut(points: int, replications: int, block_groups: int) -> list[Block]:
    """Cut a table of points by replications into rectangles of at most `block_groups` cells."""
    wide = min(points, block_groups)
    high = max(1, block_groups // wide)
    corners = (
        (range(left, min(left + wide, points)), range(top, min(top + high, replications)))
        for top in range(0, replications, high)
        for left in range(0, points, wide)
    )
    return [Block(number, *corner) for number, corner in enumerate(corners)]


def manifest_of(design: Design, block_groups: int) -> Manifest:
    """Describe the store that a design needs, with at most so many communities a part."""
    named = named_files(design)
    return Manifest(
        format=FORMAT,
        name=design.name,
        levers=_plain(dict(design.levers)),
        settings=_plain(dict(items(design.base))),
        scenarios=design.digests,
        replications=design.replications,
        seed=design.seed,
        code=code_digest(),
        versions=dict(versions()),
        block_groups=block_groups,
        kind=design.kind,
        independent=design.independent,
        table=[] if design.kind == "grid" else _plain({"rows": design.rows})["rows"],
        choices=_plain({choice.name: choice.options for choice in design.choices}),
        files={key: digest_of(path) for key, path in named.items()},
        paths={key: str(path) for key, path in named.items() if " = " in key},
        meanings=_meanings(design),
    )


def _meanings(design: Design) -> dict[str, list[str]]:
    said = explanations(design.points[0]) if design.levers else {}
    levers = {key: ["", f"lever: {said.get(key, NO_MEANING)}"] for key, _ in design.levers}
    return levers | {outcome.name: [outcome.unit, outcome.definition] for outcome in OUTCOMES}


def parse_manifest(text: str) -> Manifest:
    """Read a manifest back; `ValueError` for one of no known format, or not as it was written."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("not a manifest") from None
    if not isinstance(data, dict) or data.get("format") not in (FORMAT, *UNSEALED):
        raise ValueError("not a manifest of this format")
    if data["format"] not in UNSEALED and data.pop(DIGEST, "") != text_digest(json.dumps(data)):
        raise ValueError("not as it was written")
    if not TYPES.keys() - LATER <= data.keys() <= TYPES.keys():
        raise ValueError("not the entries of a manifest")
    if not all(isinstance(value, TYPES[name]) for name, value in data.items()):
        raise ValueError("not the types of a manifest")
    return Manifest(**data)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as JSON gives them back, so that old and new compare."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain
