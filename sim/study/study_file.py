"""Study files of sensitivity and optimisation: levers, uncertain parameters, their ranges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Faults, InputError
from sim.kinds import STUDY
from sim.populations import LEVER, PARTICLE, posterior_sets
from sim.scenario.toml import read_toml
from sim.study.design import Design, parse_design, sampled_factors
from sim.study.levers import Factor, flatten

LEVERS, UNCERTAIN = "levers", "uncertain"
SHARED = ("name", "scenario", "replications", "seed", "days", "fixed", "choices")


@dataclass(frozen=True)
class StudyFile:
    """What a study varies, and all that it shares."""

    shared: dict[str, Any]  # entries of a sweep file that hold at every point
    folder: Path  # where relative paths start
    factors: dict[str, Factor]  # dotted key to range or values
    groups: dict[str, str]  # dotted key to levers or uncertain
    weights: tuple[float, ...] = ()  # of a posterior's parameter sets; empty without one
    posterior: Path | None = None  # its table

    @property
    def seed(self) -> int:
        """The study's seed, as in a sweep file."""
        return int(self.shared.get("seed", 1))

    def values(self, shares: Sequence[float]) -> dict[str, Any]:
        """Turn a place in the unit cube into the value of each factor."""
        found = {}
        for (key, factor), share in zip(self.factors.items(), map(float, shares), strict=True):
            below = min(max(share, 0.0), 1.0 - 1e-12)
            if key == LEVER:
                reached = np.cumsum(self.weights)
                place = int(np.searchsorted(reached, below * reached[-1], side="right"))
                found[key] = factor.values[min(place, len(factor.values) - 1)]
            else:
                found[key] = factor.at(below)
        return found

    def design(self, rows: Sequence[Mapping[str, Any]]) -> Design:
        """Make the design of these points."""
        data = {**self.shared, "table": [dict(row) for row in rows]}
        made = parse_design(data, self.folder, "study", sampled=True)
        return replace(made, posterior=self.posterior)


def load_study_file(path: str | Path, posterior: str | Path | None = None) -> StudyFile:
    """Read a study file.

    Parameters
    ----------
    path : str or Path
        TOML: the entries of a sweep file without its design, and ``[levers]`` and ``[uncertain]``
        with ranges (``{ low = 1, high = 9 }``, ``log = true``) or lists of values.
    posterior : str or Path, optional
        A population that has one, or a table ``NAME.posterior.csv`` with a parameter set a row and
        its ``weight``: sets are drawn whole, as one factor.

    Returns
    -------
    StudyFile

    Raises
    ------
    InputError
        Every fault at once.
    """
    path = Path(path)
    return study_file({"name": path.stem, **read_toml(path, (STUDY,))}, path.parent, posterior)


def study_file(
    data: Mapping[str, Any], folder: str | Path = "", posterior: str | Path | None = None
) -> StudyFile:
    """Turn the tables of a study file into a study; as `load_study_file`."""
    allowed = (*SHARED, LEVERS, UNCERTAIN)
    faults = Faults(
        f"{key}: unknown entry of a study file; allowed: {', '.join(allowed)}"
        for key in data
        if key not in allowed
    )
    shared = {key: value for key, value in data.items() if key in SHARED}
    factors: dict[str, Factor] = {}
    groups: dict[str, str] = {}
    for group in (LEVERS, UNCERTAIN):
        ranges = data.get(group) or {}
        if not isinstance(ranges, Mapping):
            faults.append(f"{group}: {ranges!r} is not a table of ranges")
        elif ranges:
            with faults.gathered():
                found = sampled_factors(shared, ranges, Path(folder), group)
                faults += [
                    f"{group}: {key} stands in levers too" for key in found if key in factors
                ]
                factors |= found
                groups |= dict.fromkeys(found, group)
    weights: tuple[float, ...] = ()
    table = None
    if posterior is not None:
        with faults.gathered():
            table, sets, weights = posterior_sets(posterior)
            shared["choices"] = _choices_with(sets, shared, factors)
            factors[LEVER] = Factor(tuple(shared["choices"][PARTICLE]))
            groups[LEVER] = UNCERTAIN
    if not factors and not faults:
        faults.append('levers: missing; write [levers] and "group.size" = { low = 5, high = 50 }')
    faults.refuse()
    return StudyFile(shared, Path(folder), factors, groups, weights, table)


def needed(library: str, part: str = "") -> Any:
    """Load a library (or a part) that only analyses of studies need, or say how to get it."""
    try:
        import_module(library)
        return import_module(library + part)
    except ImportError:
        name = library[0].upper() + library[1:]
        how = 'install it with: pip install "qunlab[analysis]"'
        raise InputError([f"this needs {name}; {how}"]) from None


def _choices_with(
    sets: Sequence[Mapping[str, Any]], shared: Mapping[str, Any], factors: Collection[str]
) -> dict[str, Any]:
    """Return the choices of a study with the parameter sets among them; what is fixed stays."""
    Faults(f"posterior: {key} is a factor too" for key in sets[0] if key in factors).refuse()
    fixed = dict(flatten(shared.get("fixed") or {}))
    options = {
        f"p{at}": {key: value for key, value in one.items() if key not in fixed}
        for at, one in enumerate(sets)
    }
    return {**shared.get("choices", {}), PARTICLE: options}
