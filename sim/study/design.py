"""A design: which scenarios a study compares, and how often each is played."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.scenario import Scenario
from sim.scenario.allowed import Value
from sim.scenario.reading import read_toml
from sim.scenario.shipped import here_or_shipped, shipped_file
from sim.scenario.writing import digests
from sim.study.choices import PREFIX, Choice, value_of
from sim.study.draft import DesignDraft
from sim.study.kinds import SAMPLED

FAULTS_SHOWN = 40


@dataclass(frozen=True)
class Design:
    """The scenarios of a study in order, and how many replications each gets.

    Attributes
    ----------
    name : str
    base : Scenario
        What all points share; it carries the replications and the seed too.
    levers : tuple of (str, tuple of values)
        Dotted key and its different values: in a grid in the order of the file, the last lever
        changing fastest; else in the order of the points.
    points : tuple of Scenario
    replications : int
        Communities played at each point.
    seed : int
        The study's. Replication r has the same luck at every point.
    rows : tuple of tuple of values
        Of each point, in the order of the levers.
    kind : str
        ``grid``, ``table``, ``latin_hypercube``, ``sobol`` or ``one_at_a_time``.
    independent : bool
        Whether every point has luck of its own: then each has a seed of its own.
    choices : tuple of Choice
        The named bundles of settings that levers ``choices.<name>`` choose among.
    fixed : tuple of str
        Dotted keys that the file sets for every point.
    posterior : Path, optional
        Table whose parameter sets every point meets.

    Examples
    --------
    >>> design = parse_design({"scenario": {}, "grid": {"group": {"size": [25, 50]}}})
    >>> len(design.points), design.communities, design.in_words(1)
    (2, 200, 'group.size = 50')
    """

    name: str
    base: Scenario
    levers: tuple[tuple[str, tuple[Value, ...]], ...]
    points: tuple[Scenario, ...]
    replications: int
    seed: int
    rows: tuple[tuple[Value, ...], ...]
    kind: str = "grid"
    independent: bool = False
    choices: tuple[Choice, ...] = ()
    fixed: tuple[str, ...] = ()
    posterior: Path | None = None

    @property
    def communities(self) -> int:
        """Number of groups in the whole study."""
        return len(self.points) * self.replications

    @cached_property
    def digests(self) -> list[str]:
        """Digest of each point, with the files it names as they were when first asked."""
        return digests(self.points)

    def seed_of(self, point: int) -> int:
        """Return the seed that a point is played with; it stands in its rows."""
        return own_seed(self.seed, point) if self.independent else self.seed

    def values(self, point: int) -> dict[str, Value]:
        """Return the value of each lever at a point.

        Parameters
        ----------
        point : int
            0 ... number of points - 1.

        Returns
        -------
        dict of str to value
        """
        return {key: value for (key, _), value in zip(self.levers, self.rows[point], strict=True)}

    def in_words(self, point: int) -> str:
        """Name a point by its levers."""
        return ", ".join(f"{key} = {value}" for key, value in self.values(point).items())


def own_seed(seed: int, point: int) -> int:
    """Derive the seed of a point that shares its seeds with no other."""
    digest = hashlib.sha256(f"{seed} {point}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def load_design(path: str | Path, replications: int | None = None) -> Design:
    """Read a sweep file: a scenario, the levers with their values, the replications.

    Parameters
    ----------
    path : str or Path
        A TOML file, or the name of a shipped one. ``scenario`` is a path (from this file's folder)
        or a table; one of ``[grid]``, ``[[table]]``, ``[latin_hypercube]``, ``[sobol]`` and
        ``[one_at_a_time]`` holds the levers; ``[choices.NAME]`` bundles settings under names that
        can be a lever's values; ``[fixed]`` changes the scenario at every point; ``days``,
        ``replications`` and ``seed`` are taken from the scenario where they are left out;
        ``independent = true`` gives every point luck of its own.
    replications : int, optional
        Instead of the file's.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        Every fault of the file at once, one line each.
    """
    path = here_or_shipped(path)
    if not path.suffix and not path.is_file():
        path = shipped_file(path.name, "sweeps", f"{path}: no such sweep file or shipped sweep")
    data = read_toml(path)
    if replications is not None:
        data["replications"] = replications
    return parse_design(data, path.parent, path.stem)


def parse_design(
    data: Mapping[str, Any], folder: str | Path = "", name: str = "sweep", sampled: bool = False
) -> Design:
    """Turn the tables of a sweep file into a design.

    Parameters
    ----------
    data : mapping
        As the TOML parser returns it.
    folder : str or Path
        Where relative paths start.
    name : str
        The design's name where `data` has none.
    sampled : bool
        Whether a table is a sample, which may hold a point twice.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        Every fault at once, one line each.
    """
    draft = DesignDraft(Path(folder))
    draft.take_entries(data)
    base = draft.base(data)
    draft.take_kind(data, base)
    keys, given = draft.rows(base)
    points = draft.points(base, keys, given)
    if draft.problems or base is None:
        raise InputError(_shortened(draft.problems))
    rows = tuple(_as_played(keys, *both) for both in zip(given, points, strict=True))
    independent = bool(data.get("independent", False))
    may_repeat = independent or sampled or draft.kind in SAMPLED
    if not may_repeat and (twice := _twice(keys, rows, draft)):
        raise InputError(_shortened(twice))
    return Design(
        str(data.get("name", name)),
        base,
        _different(keys, rows),
        points,
        base.groups,
        base.seed,
        rows,
        draft.kind,
        independent,
        tuple(draft.choices),
        tuple(draft.fixed),
    )


def _as_played(keys: Sequence[str], given: Sequence[Any], point: Scenario) -> tuple[Value, ...]:
    """Return the values in the type they have in the scenario; words (paths) as they stand."""
    return tuple(
        value if isinstance(value, str) or key.startswith(PREFIX) else value_of(point, key)
        for key, value in zip(keys, given, strict=True)
    )


def _twice(keys: Sequence[str], rows: Sequence[tuple[Value, ...]], draft: DesignDraft) -> list[str]:
    """Say which points are the same as one before: they would weigh double."""
    places = draft.places or [f"{draft.kind}: point {at}" for at in range(len(rows))]
    first: dict[tuple[Value, ...], str] = {}
    return [
        f"{place}: the same point as {first[row]} "
        f"({', '.join(f'{key} = {value}' for key, value in zip(keys, row, strict=True))}); "
        "keep one (more replications play it more often)"
        for place, row in zip(places, rows, strict=True)
        if first.setdefault(row, place) is not place
    ]


def _different(
    keys: Sequence[str], rows: Sequence[tuple[Value, ...]]
) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """Return each lever with its different values."""
    columns = zip(*rows, strict=True)
    return tuple(
        (key, tuple(dict.fromkeys(column))) for key, column in zip(keys, columns, strict=True)
    )


def _shortened(problems: list[str]) -> list[str]:
    if len(problems) <= FAULTS_SHOWN:
        return problems
    return [*problems[:FAULTS_SHOWN], "... and more of the kind"]
