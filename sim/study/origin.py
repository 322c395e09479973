"""Where the numbers of a store come from, and the scenario of any of its points once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sim import __version__
from sim.errors import InputError
from sim.outcomes.table import outcomes_by_name
from sim.scenario import Scenario, digest
from sim.study.code import code_digest, text_digest, versions
from sim.study.levers import PREFIX
from sim.study.manifest import Manifest
from sim.tables import as_csv, guarded_line

MAIN_ENTRIES = ("scenarios", "digest of the scenario", "seed", "code")
MAIN_VERSIONS = ("qunlab", "python", "numpy", "numba")


def scenario_of(manifest: Manifest, point: int) -> Scenario:
    """Put a point's scenario together from the manifest; `InputError` if a file of it changed."""
    base = Scenario().with_values(manifest.settings)
    settings: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for key, value in zip(manifest.levers, manifest.row(point), strict=True):
        if key.startswith(PREFIX):
            settings |= manifest.choices[key.removeprefix(PREFIX)][value]
        else:
            changed[key] = _file_where_it_is(manifest, key, value)
    scenario = base.with_values(settings | changed)
    if digest(scenario) != manifest.scenarios[point]:
        named = ", ".join(manifest.files) or "nothing it names has changed: the parameters have"
        raise InputError(
            [f"point {point}: no longer the scenario that was played; look at: {named}"]
        )
    return scenario


def _file_where_it_is(manifest: Manifest, key: str, value: Any) -> Any:
    return manifest.paths.get(f"{key} = {value}", value) if isinstance(value, str) else value


def origin(manifest: Manifest) -> dict[str, str]:
    """List what decides the numbers of a study: name and value."""
    found = {
        "study": manifest.name,
        "design": f"{manifest.kind}, {len(manifest.scenarios)} points",
        "replications": str(manifest.replications),
        "seed": str(manifest.seed),
        "luck": "own at every point" if manifest.independent else "shared by the points",
        "scenarios": text_digest("".join(manifest.scenarios))[:16],
        "code": manifest.code,
    }
    found |= {f"version of {name}": number for name, number in manifest.versions.items()}
    return found | {f"file {key}": value for key, value in manifest.files.items()}


def origin_of_run(scenario: Scenario) -> dict[str, str]:
    """List what decides the numbers of a single scenario played."""
    found = {
        "scenario": scenario.name,
        "digest of the scenario": digest(scenario),
        "groups": str(scenario.groups),
        "seed": str(scenario.seed),
        "code": code_digest(),
    }
    return found | {f"version of {name}": number for name, number in versions()}


def definitions(names: Iterable[str]) -> dict[str, str]:
    """Say what outcomes are, as entries beside an origin."""
    known = outcomes_by_name()
    return {f"definition of {name}": known[name].definition for name in names if name in known}


def in_one_line(found: Mapping[str, str]) -> str:
    """Write the origin of printed numbers: scenarios, seed, code and the main versions."""
    parts = [f"{name} {found[name]}" for name in MAIN_ENTRIES if name in found]
    names = [name for name in MAIN_VERSIONS if f"version of {name}" in found]
    parts += [f"{name} {found[f'version of {name}']}" for name in names]
    return ", ".join(parts)


def under_origin(table: pd.DataFrame, found: Mapping[str, str]) -> bytes:
    """Write a table as CSV bytes under ``# name: value`` lines, comments to a reader."""
    lines = (f"{name}: {' '.join(value.split())}" for name, value in found.items())
    head = "".join(f"# {guarded_line(line)}\n" for line in lines)
    return (head + as_csv(table)).encode()


def citation(manifest: Manifest | None = None) -> str:
    """Say how to cite Qunlab, and a study made with it.

    Parameters
    ----------
    manifest : Manifest, optional

    Returns
    -------
    str
        A sentence and a BibTeX entry; of a study also all that decides its numbers.

    Examples
    --------
    >>> citation().splitlines()[0].startswith("The Qunlab authors. Qunlab: a laboratory")
    True
    """
    title = "Qunlab: a laboratory for chat communities"
    version = manifest.versions.get("qunlab", __version__) if manifest else __version__
    lines = [
        f"The Qunlab authors. {title}. Version {version}. Software, Apache-2.0.",
        "",
        "@software{qunlab,",
        "  author  = {{The Qunlab authors}},",
        f"  title   = {{{title}}},",
        f"  version = {{{version}}},",
        "  license = {Apache-2.0},",
        "}",
    ]
    if manifest:
        lines += ["", "The study:", *_indented(origin(manifest)), "", HEADLINE_SAID]
    return "\n".join(lines)


def _indented(found: Mapping[str, str]) -> list[str]:
    return [f"  {name}: {value}" for name, value in found.items()]


HEADLINE_SAID = (
    "Definitions of every outcome stand in the data dictionary that 'qunlab export' writes; say "
    "which death you mean: dead_silent_week2 is no member message in days 8-14 of creation."
)
