"""What a store holds, in words and numbers: the design, the versions, the code, the sessions."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, get_origin, get_type_hints

from sim import __version__, compiling
from sim.scenario import digest
from sim.scenario.writing import items
from sim.study.design import Design

FORMAT = 1
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "scipy", "mesa")
OUTCOMES = ("outcomes", "deaths", "survival")
"""Modules that the digest of the engine leaves out and that move the numbers of a row."""


@dataclass(frozen=True)
class Block:
    """A rectangle of the design that is played and stored as one part.

    Attributes
    ----------
    number : int
        Part number.
    points, replications : range
    """

    number: int
    points: range
    replications: range

    @property
    def groups(self) -> int:
        """Number of communities."""
        return len(self.points) * len(self.replications)


@dataclass(frozen=True)
class Manifest:
    """The one description of a store, written as ``manifest.json``.

    Attributes
    ----------
    format : int
        Of the store itself.
    name : str
        Of the design.
    levers : dict of str to list
        Dotted key to values, the last lever changing fastest.
    settings : dict of str to value
        Every key of the scenario that all points share.
    scenarios : list of str
        Digest of each point.
    replications, seed : int
        Of the design.
    code : str
        Digest of the engine and the outcomes, of numba, Python and the processor's kind.
    versions : dict of str to str
        Packages at the first session.
    block_groups : int
        Most communities in a part.
    columns : dict of str to str
        Name and type of each column; empty until the first part is written.
    sessions : list of dict
        When, where and how long the store was filled.
    """

    format: int
    name: str
    levers: dict[str, list[Any]]
    settings: dict[str, Any]
    scenarios: list[str]
    replications: int
    seed: int
    code: str
    versions: dict[str, str]
    block_groups: int
    columns: dict[str, str] = dataclasses.field(default_factory=dict)
    sessions: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def communities(self) -> int:
        """Number of rows of the finished store."""
        return len(self.scenarios) * self.replications

    @property
    def identity(self) -> str:
        """Digest of all that decides the rows and the parts they stand in."""
        fixed = (self.format, self.levers, self.scenarios, self.replications, self.seed, self.code)
        return _digest(json.dumps([*fixed, self.block_groups]))

    def blocks(self) -> list[Block]:
        """Cut the design into parts: all points (or a stretch of them) by some replications.

        Returns
        -------
        list of Block
            Replication by replication, so that a store half full shows every point already, and
            all parts cost about the same.

        Examples
        --------
        >>> cut(points=3, replications=5, block_groups=7)[-1]
        Block(number=2, points=range(0, 3), replications=range(4, 5))
        """
        return cut(len(self.scenarios), self.replications, self.block_groups)

    def to_json(self) -> str:
        """Write the manifest."""
        return json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False) + "\n"


KINDS = {name: get_origin(hint) or hint for name, hint in get_type_hints(Manifest).items()}
"""Type of each entry of a manifest."""


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
    """Describe the store that a design needs.

    Parameters
    ----------
    design : Design
    block_groups : int
        Most communities in a part, 1 or more.

    Returns
    -------
    Manifest
    """
    return Manifest(
        format=FORMAT,
        name=design.name,
        levers=_plain(dict(design.levers)),
        settings=_plain(dict(items(design.base))),
        scenarios=[digest(point) for point in design.points],
        replications=design.replications,
        seed=design.seed,
        code=code_digest(),
        versions=dict(_versions()),
        block_groups=block_groups,
    )


def parse_manifest(text: str) -> Manifest:
    """Read a manifest back.

    Raises
    ------
    ValueError
        When the text is not a manifest of this format.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.keys() != KINDS.keys() or data["format"] != FORMAT:
        raise ValueError("not a manifest of this format")
    if not all(isinstance(data[name], kind) for name, kind in KINDS.items()):
        raise ValueError("not the types of a manifest")
    return Manifest(**data)


def differences(old: Manifest, new: Manifest) -> list[str]:
    """Say why a store cannot take the rows of another design.

    Parameters
    ----------
    old : Manifest
        Of the store.
    new : Manifest
        Of the design.

    Returns
    -------
    list of str
        One line each; empty when the store can be continued.
    """
    same_parts = dataclasses.replace(new, block_groups=old.block_groups)
    if old.identity == same_parts.identity:
        return []
    found = [
        f"{key}: the store has {_shown(there)}, the design {_shown(here)}"
        for key, there, here in _unequal(_described(old, new), _described(new, old))
    ]
    if old.code != new.code:
        found.append(
            f"code: the store was made by engine {old.code}, this is {new.code} "
            "(the simulator, its outcomes, numba, Python or the kind of processor changed)"
        )
    return found or ["a file that the scenario names (a policy, an edge list) has changed"]


def code_digest() -> str:
    """Digest the code that moves the numbers of a row, and what compiles it.

    Returns
    -------
    str
        20 hexadecimal digits.
    """
    texts = [compiling.source_digest()]
    for module in OUTCOMES:
        paths = [*compiling.PACKAGE.glob(f"{module}.py"), *compiling.PACKAGE.glob(f"{module}/*.py")]
        texts.extend(_digest(path.read_text(encoding="utf-8")) for path in sorted(paths))
    return _digest("".join(texts))[:20]


def _described(manifest: Manifest, other: Manifest) -> dict[str, Any]:
    study = {"run.groups", "run.seed", *manifest.levers, *other.levers}
    described: dict[str, Any] = {"replications": manifest.replications, "seed": manifest.seed}
    described |= {f"grid: {key}": values for key, values in manifest.levers.items()}
    described |= {key: value for key, value in manifest.settings.items() if key not in study}
    if manifest.levers.keys() == other.levers.keys():
        described["order of the grid"] = list(manifest.levers)
    return described


def _unequal(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for key in dict.fromkeys([*old, *new]):
        there, here = old.get(key), new.get(key)
        if there != here:
            yield key, there, here


def _shown(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)[:200]


def _versions() -> Iterator[tuple[str, str]]:
    yield "qunlab", __version__
    yield "python", platform.python_version()
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as JSON gives them back, so that old and new compare."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
