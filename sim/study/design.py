"""A design: which scenarios a study compares, and how often each is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.scenario import Scenario
from sim.scenario.allowed import Value
from sim.scenario.reading import read_toml
from sim.scenario.writing import items
from sim.study.draft import DesignDraft

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
        Dotted key and its values; the last lever changes fastest.
    points : tuple of Scenario
        Every combination of the levers' values.
    replications : int
        Communities played at each point.
    seed : int
        The study's. Replication r has the same luck at every point.

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

    @property
    def communities(self) -> int:
        """Number of groups in the whole study."""
        return len(self.points) * self.replications

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
        chosen: dict[str, Value] = {}
        for key, values in reversed(self.levers):
            point, place = divmod(point, len(values))
            chosen[key] = values[place]
        return dict(reversed(chosen.items()))

    def in_words(self, point: int) -> str:
        """Name a point by its levers."""
        return ", ".join(f"{key} = {value}" for key, value in self.values(point).items())


def load_design(path: str | Path, replications: int | None = None) -> Design:
    """Read a sweep file: a scenario, the levers with their values, the replications.

    Parameters
    ----------
    path : str or Path
        A TOML file. ``scenario`` is a path (from this file's folder) or a table; ``[grid]`` holds
        dotted keys with lists; ``[fixed]`` changes the scenario at every point; ``days``,
        ``replications`` and ``seed`` are taken from the scenario where they are left out.
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
    path = Path(path)
    data = read_toml(path)
    if replications is not None:
        data["replications"] = replications
    return parse_design(data, path.parent, path.stem)


def parse_design(data: Mapping[str, Any], folder: str | Path = "", name: str = "sweep") -> Design:
    """Turn the tables of a sweep file into a design.

    Parameters
    ----------
    data : mapping
        As the TOML parser returns it.
    folder : str or Path
        Where relative paths start.
    name : str
        The design's name where `data` has none.

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
    levers = draft.levers(data.get("grid"), base)
    points = draft.points(base, levers)
    if draft.problems or base is None:
        raise InputError(_shortened(draft.problems))
    return Design(
        str(data.get("name", name)),
        base,
        _as_played(levers, points),
        points,
        base.groups,
        base.seed,
    )


def _as_played(
    levers: dict[str, list[Any]], points: tuple[Scenario, ...]
) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """Return the values in the type they have in the scenario; words (paths) as they stand."""
    played: list[tuple[str, tuple[Value, ...]]] = []
    stride = len(points)
    for key, values in levers.items():
        stride //= len(values)
        first_points = (dict(items(points[stride * at])) for at in range(len(values)))
        typed = (
            value if isinstance(value, str) else at_point[key]
            for value, at_point in zip(values, first_points, strict=True)
        )
        played.append((key, tuple(typed)))
    return tuple(played)


def _shortened(problems: list[str]) -> list[str]:
    if len(problems) <= FAULTS_SHOWN:
        return problems
    return [*problems[:FAULTS_SHOWN], "... and more of the kind"]
