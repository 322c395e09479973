"""What a store says of itself: design, code, versions, sessions; and why two stores differ."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from llvmlite.binding import get_host_cpu_name

from sim import __version__, compiling
from sim.errors import InputError, readable
from sim.language import _

PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "scipy", "mesa")
# whose change may be why the code is another one
MOVING_VERSIONS = ("qunlab", "python", "numba", "numpy", "processor")
# modules that the digest of the engine leaves out and that move the numbers of a row
MODULES_OF_A_ROW = ("lives/outcomes", "lives/deaths", "lives/life", "study/rows")
FORMAT = 2


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
    columns: dict[str, str] = field(default_factory=dict)
    # when, where and how long the store was filled
    sessions: list[dict[str, Any]] = field(default_factory=list)
    kind: str = "grid"  # of the design
    independent: bool = False  # whether every point has a seed of its own
    # lever values of each point; empty for a grid
    table: list[list[Any]] = field(default_factory=list)
    # of each the options with their settings
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    # dotted key of every file that scenarios name, to the digest of its content
    files: dict[str, str] = field(default_factory=dict)
    # full path of those that are a lever's value
    paths: dict[str, str] = field(default_factory=dict)
    # unit and definition of every outcome and lever
    meanings: dict[str, list[str]] = field(default_factory=dict)

    @property
    def communities(self) -> int:
        """Number of rows of the finished store."""
        return len(self.scenarios) * self.replications

    @cached_property
    def identity(self) -> str:
        """Digest of all that decides the rows and the parts they stand in."""
        fixed = (self.format, self.levers, self.scenarios, self.replications, self.seed, self.code)
        apart = (self.independent,) if self.independent else ()
        own = (self.own_outcomes,) if self.own_outcomes else ()
        return text_digest(json.dumps([*fixed, self.block_groups, *apart, *own]))

    @property
    def own_outcomes(self) -> dict[str, str]:
        """Digests of the files of outcomes of the user's own."""
        return {key: one for key, one in self.files.items() if key.startswith(OF_OUTCOME)}

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
        """Return unit and definition of an outcome or lever."""
        unit, meaning = self.meanings[name]
        return unit, meaning

    def to_json(self) -> str:
        """Write the manifest, an entry a line, with the digest of all that stands in it."""
        data = {name: getattr(self, name) for name in TYPES}
        data[DIGEST] = text_digest(json.dumps(data))
        lines = (f' "{key}": {json.dumps(one, ensure_ascii=False)}' for key, one in data.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


# type of each entry of a manifest
TYPES = {name: get_origin(hint) or hint for name, hint in get_type_hints(Manifest).items()}

DIGEST = "digest"
OF_OUTCOME = "outcome "
"""Before the name of an outcome of the user's own, among `Manifest.files`."""
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


def parse_manifest(text: str) -> Manifest:
    """Read a manifest back; `ValueError` for one of no known format, or not as it was written."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("not a manifest") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError("not a manifest of this format")
    if data.pop(DIGEST, "") != text_digest(json.dumps(data)):
        raise ValueError("not as it was written")
    if data.keys() != TYPES.keys():
        raise ValueError("not the entries of a manifest")
    if not all(isinstance(value, TYPES[name]) for name, value in data.items()):
        raise ValueError("not the types of a manifest")
    return Manifest(**data)


def differences(old: Manifest, new: Manifest) -> list[str]:
    """Say why a store cannot take the rows of another design, a line each; none: it can."""
    if old.identity == replace(new, block_groups=old.block_groups).identity:
        return []
    found = [
        f"{key}: the store has {_shown(there)}, the design {_shown(here)}"
        for key, there, here in _unequal(_described(old, new), _described(new, old))
    ]
    found += [
        f"{key}: the file has changed"
        for key, there, here in _unequal(old.files, new.files)
        if there and here
    ]
    if old.code != new.code:
        changed = [
            _("{name} {there} is now {here}", name=name, there=there, here=here)
            for name, there, here in _unequal(old.versions, new.versions)
            if name in MOVING_VERSIONS and there
        ]
        why = ", ".join(changed) or _("the simulator or its outcomes changed")
        found.insert(
            0, f"code: the store was made by engine {old.code}, this is {new.code} ({why})"
        )
    return found or ["a file that the scenario names (a policy, an edge list) has changed"]


def _described(manifest: Manifest, other: Manifest) -> dict[str, Any]:
    study = {"run.groups", "run.seed", *manifest.levers, *other.levers}
    described: dict[str, Any] = {"replications": manifest.replications, "seed": manifest.seed}
    described["kind of design"] = manifest.kind
    if manifest.independent != other.independent:
        described["independent"] = manifest.independent
    if manifest.kind == other.kind == "grid":
        described |= {f"grid: {key}": values for key, values in manifest.levers.items()}
    elif manifest.kind == other.kind and manifest.table != other.table:
        described["points"] = len(manifest.scenarios)
        unequal = [a != b for a, b in zip(manifest.table, other.table, strict=False)]
        if any(unequal):
            at = unequal.index(True)
            described[f"point {at}"] = manifest.row(at)
    described |= dict.fromkeys(manifest.own_outcomes, "measured")
    described |= {f"choices.{name}": options for name, options in manifest.choices.items()}
    described |= {key: value for key, value in manifest.settings.items() if key not in study}
    if manifest.levers.keys() == other.levers.keys():
        described["order of the levers"] = list(manifest.levers)
    return described


def _unequal(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    both = ((key, old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new]))
    return [(key, there, here) for key, there, here in both if there != here]


def _shown(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)[:200]


def code_digest() -> str:
    """Digest the code that moves the numbers of a row, and what compiles it: 20 hex digits."""
    paths = [compiling.PACKAGE / f"{module}.py" for module in MODULES_OF_A_ROW]
    texts = (text_digest(path.read_text(encoding="utf-8")) for path in paths)
    return text_digest("".join([compiling.source_digest(), *texts]))[:20]


def versions() -> Iterator[tuple[str, str]]:
    """Yield what a number can depend on besides the scenario, name and version."""
    yield "qunlab", __version__
    yield "python", platform.python_version()
    yield "processor", get_host_cpu_name()
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(path: Path) -> str:
    """Digest what a file holds: 20 hexadecimal digits."""
    try:
        return hashlib.sha256(readable(path).read_bytes()).hexdigest()[:20]
    except OSError as fault:
        raise InputError([f"{path}: cannot be read: {fault.strerror}"]) from None


def own_seed(seed: int, point: int) -> int:
    """Derive the seed of a point that shares its seeds with no other."""
    digest = hashlib.sha256(f"{seed} {point}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
