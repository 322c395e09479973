"""Where the numbers of a store come from, and which of its communities failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from sim import __version__
from sim.files import as_csv, guarded_line
from sim.language import N_, _, recast
from sim.lives.outcomes import outcomes_by_name
from sim.scenario import Scenario, digest
from sim.study.manifest import Manifest, code_digest, text_digest, versions
from sim.study.rows import ERROR

MAIN_ENTRIES = N_(("scenarios", "digest of the scenario", "seed", "code"))
MAIN_VERSIONS = ("qunlab", "python", "numpy", "numba")
FAILED = "communities that failed"
"""Entry of an origin that holds what `failures_in_words` says."""

YEAR = 2026
"""Of the version, for whoever cites it."""

POINTS_SHOWN = 5
DEFINITIONS_NOTE = N_(
    "Definitions of every outcome stand in the data dictionary that 'qunlab export' writes; say "
    "which death you mean: dead_silent_week2 is no member message in days 8-14 of creation."
)


def origin(manifest: Manifest) -> dict[str, str]:
    """List what decides the numbers of a study: name and value."""
    found = {
        "study": manifest.name,
        "design": f"{manifest.kind}, {len(manifest.scenarios)} points",
        "replications": str(manifest.replications),
        "seed": str(manifest.seed),
        "random seeds": "own at every point" if manifest.independent else "shared by the points",
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
    named = {name: name for name in MAIN_ENTRIES}
    named |= {name: f"version of {name}" for name in MAIN_VERSIONS}
    return _(", ").join(
        f"{_(name)} {found[entry]}" for name, entry in named.items() if entry in found
    )


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
    >>> citation().splitlines()[0].startswith("The Qunlab authors (2026). Qunlab: a")
    True
    """
    title = "Qunlab: a laboratory for chat communities"
    version = manifest.versions.get("qunlab", __version__) if manifest else __version__
    lines = [
        f"The Qunlab authors ({YEAR}). {title}. Version {version}. Software, Apache-2.0.",
        "",
        "@software{qunlab,",
        "  author  = {{The Qunlab authors}},",
        f"  title   = {{{title}}},",
        f"  year    = {{{YEAR}}},",
        f"  version = {{{version}}},",
        "  license = {Apache-2.0},",
        "}",
    ]
    if manifest:
        entries = (f"  {recast(name)}: {recast(value)}" for name, value in origin(manifest).items())
        lines += ["", _("The study:"), *entries, "", _(DEFINITIONS_NOTE)]
    return "\n".join(lines)


# --- communities that failed -------------------------------------------------------------------


def failures_in_words(rows: pd.DataFrame) -> str:
    """Say how many communities of a study failed, where, and why the first did; empty for none."""
    if ERROR not in rows or not rows[ERROR].notna().any():
        return ""
    failed = rows[rows[ERROR].notna()]
    points, first = failed["point"].unique(), failed.iloc[0]
    shown = ", ".join(str(point) for point in points[:POINTS_SHOWN])
    more = ", ..." if len(points) > POINTS_SHOWN else ""
    others = failed[ERROR].nunique() - 1
    return (
        f"{len(failed):,} of {len(rows):,} communities failed, at {len(points):,} of "
        f"{rows['point'].nunique():,} points ({shown}{more}); the first, point {first['point']} "
        f"replication {first['replication']}: {first[ERROR]}"
        f"{f' (and {others:,} other reasons)' if others else ''}"
    )


def failures_entry(rows: pd.DataFrame) -> dict[str, str]:
    """Return `failures_in_words` as an entry of an origin; nothing where no community failed."""
    words = failures_in_words(rows)
    return {FAILED: words} if words else {}


def why_missing(rows: pd.DataFrame, name: str) -> str:
    """Say in how many communities an outcome is missing, and why; empty where it is in all."""
    missing = int(np.isnan(rows[name].to_numpy(dtype=np.float64, na_value=np.nan)).sum())
    if not missing:
        return ""
    known = outcomes_by_name().get(name)
    when = known.definition.partition("; missing ")[2] if known else ""
    why = failures_in_words(rows) or "longer days may help, larger groups, or another outcome"
    told = f" ({when})" if when else ""
    return f"{name} is missing in {missing:,} of {len(rows):,} communities{told}; {why}"
