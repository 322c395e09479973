"""What stands at the top and at the foot of the page: what was played, how far, and from what."""

from __future__ import annotations

import hashlib

import pandas as pd

from sim import plots
from sim.report.numbers import capital, figure, listed
from sim.report.study import Study
from sim.stats.intervals import CLEAR_ERRORS
from sim.study.manifest import Manifest
from sim.study.origin import failures_in_words

FEW_REPLICATIONS = 20
OVER_PARAMETERS = (
    " 'Uncertain over parameter sets': the replications show the difference clearly, but its "
    "interval, which holds the spread between parameter sets too, covers 0."
)


def origin_of(manifest: Manifest) -> str:
    """Say in one line where numbers come from."""
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    return (
        f"Origin: {manifest.name}, seed {manifest.seed}, {len(manifest.scenarios)} scenarios "
        f"{scenarios_digest(manifest)}, code {manifest.code}, {versions}"
    )


def scenarios_digest(manifest: Manifest) -> str:
    """Name all scenarios of a sweep together; each one's digest stands in ``summary.csv``."""
    return hashlib.sha256("".join(manifest.scenarios).encode()).hexdigest()[:16]


def subtitle(study: Study, manifest: Manifest) -> str:
    """Say what was varied, how many communities were played, for how long."""
    levers = [
        f"{capital(one.label)}: {listed([one.text(value) for value in one.values], 9)}"
        for one in study.several
    ]
    communities = manifest.communities * study.particles
    sets = f"{study.particles} parameter sets × " if study.particles > 1 else ""
    return (
        f"{'. '.join([*levers, ''])}{len(manifest.scenarios):,} points × {sets}"
        f"{manifest.replications:,} replications = {communities:,} communities, "
        f"simulated for {study.days}, seed {manifest.seed}."
    )


def warnings_of(rows: pd.DataFrame, study: Study, manifest: Manifest) -> list[str]:
    """Say what stands in the way of a conclusion: not finished, too few replications."""
    said = []
    if failed := failures_in_words(rows):
        said.append(
            f"{failed}. They are left out, and so is the whole replication from comparisons; the "
            "column error says of each why ('qunlab export')."
        )
    if not study.is_grid:
        kind = manifest.kind.replace("_", " ")
        said.append(
            f"The points are no grid ({kind}): the values of a lever do not meet the same others, "
            "so levers are not compared one by one. Every point stands in summary.csv."
        )
    communities = manifest.communities * study.particles
    if len(rows) < communities:
        said.append(
            f"Not finished: {len(rows):,} of {communities:,} communities have been played "
            f"so far. Comparisons rest on the {study.replications:,} replications that were played "
            "at every point; the same qunlab sweep command goes on."
        )
    if manifest.replications == 1:
        said.append("One replication a point: there is no interval, and no difference is clear.")
    elif manifest.replications < FEW_REPLICATIONS:
        said.append(
            f"Only {manifest.replications} replications a point: intervals are rough, and small "
            "differences are not clear."
        )
    written = " ".join([manifest.name, *(lever.label for lever in study.levers)])
    if plots.needs_chinese(written) and not plots.chinese_font():
        said.append(
            "The pictures lack Chinese letters: no font of the machine that made them has any "
            "(fonts-noto-cjk is one); the text of this page is not concerned."
        )
    return said


def made_by(study: Study, manifest: Manifest) -> list[tuple[str, str]]:
    """List everything that decides the numbers: name and value."""
    levers = "; ".join(
        f"{lever.key} = {listed(list(map(str, lever.values)), 30)}" for lever in study.levers
    )
    sections = ("policies.", "group.", "arrivals.", "operator.")
    settings = [
        f"{key} = {value}"
        for key, value in manifest.settings.items()
        if key.startswith(sections) and key not in manifest.levers
    ]
    moves = "other random seeds" + " and parameter sets" * (study.particles > 1)
    seconds = sum(float(session.get("seconds", 0)) for session in manifest.sessions)
    started = [str(session["started"]) for session in manifest.sessions if "started" in session]
    return [
        (
            "What it is",
            f"A simulation. The intervals say how far {moves} would move the numbers, not how "
            "far the model is from your members; 'qunlab params' lists every parameter with its "
            "source, and which are guesses.",
        ),
        (
            "No clear difference",
            f"A difference under {CLEAR_ERRORS:g} Monte-Carlo errors "
            "(standard errors over paired replications)."
            f"{OVER_PARAMETERS if study.particles > 1 else ''} Many comparisons are made, and "
            "none is corrected for that.",
        ),
        (
            "Shared random seeds",
            "Replication r has the same members and random numbers at every point, so that "
            "points compare in pairs."
            if not manifest.independent
            else "None: every point has random seeds of its own, as the design asks.",
        ),
        ("Levers", levers),
        ("Set", "; ".join(settings)),
        ("Seed", str(manifest.seed)),
        (
            "Scenarios",
            f"{len(manifest.scenarios)}, digest {scenarios_digest(manifest)}; each one's "
            "stands in summary.csv, all parameters in manifest.json",
        ),
        *(("File", f"{key}, digest {held}") for key, held in manifest.files.items()),
        ("Code", manifest.code),
        ("Versions", ", ".join(f"{name} {value}" for name, value in manifest.versions.items())),
        (
            "Played",
            f"{', '.join(started) or 'not yet'}; {figure(seconds)} s in "
            f"{len(manifest.sessions)} session(s)",
        ),
    ]
