"""Write the report of a store: the page, its pictures and the summary, whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.files import write_whole
from sim.lives.outcome import ON_PAGE
from sim.lives.outcomes import main_outcomes, outcomes_by_name
from sim.report.levers import levers_in
from sim.report.page import page_of, render, summary_of
from sim.report.pictures import points_of
from sim.report.sentences import five_answers
from sim.report.study import study_of
from sim.study.manifest import Manifest
from sim.study.origin import origin, under_origin
from sim.study.rows import ERROR
from sim.study.store import read_manifest, read_store

PAGE = "report.html"
SUMMARY = "summary.csv"
NEEDED = (
    *(outcome.name for outcome in main_outcomes(ON_PAGE)),
    *("members_start", "posting_member_days", "operator_fen_claimed"),
    *("lifetime_days", "lifetime_observed"),
)
"""Columns without which there is no page."""
FURTHER = ("dead_", "never_started", ERROR)
OUTCOMES_AT_ONCE = 12
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


def write_report(folder: str | Path) -> Path:
    """Write what a sweep found as one page, with its pictures and ``summary.csv`` beside it.

    The page needs no other file and no network. A store that is not finished gives a page that
    says so.

    Parameters
    ----------
    folder : str or Path
        Of the store.

    Returns
    -------
    Path
        ``report.html`` in that folder.

    Raises
    ------
    InputError
        No store there, a part that cannot be read, or a folder that cannot be written.
    OSError
        The disk is full or broken.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    summary = under_origin(_summary(folder, manifest), origin(manifest))
    page = page_of(*page_rows(folder))
    pictures = [picture for section in page.sections for picture in section.pictures]
    try:
        for picture in pictures:
            write_whole(folder / picture.file, picture.png)
        write_whole(folder / SUMMARY, summary)
        write_whole(folder / PAGE, render(page).encode())
    except OSError as fault:
        if fault.errno in REFUSED:
            raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from None
        raise
    return folder / PAGE


def page_rows(folder: str | Path) -> tuple[pd.DataFrame, Manifest]:
    """Read the columns of a store that the page, its sentences and `conclusions` need; refuse none,
    damaged ones, and those of versions without these columns.
    """
    held = read_manifest(folder).columns
    if held and (lacking := [name for name in NEEDED if name not in held]):
        what = ", ".join(lacking)
        raise InputError(
            [f"{folder}: holds no {what}: another version made it; 'qunlab export' reads it"]
        )
    chosen = [name for name in held if "." in name or name in NEEDED or name.startswith(FURTHER)]
    manifest, rows = read_store(folder, chosen)
    return rows, manifest


def _summary(folder: Path, manifest: Manifest) -> pd.DataFrame:
    """Sum up all outcomes, some at a time, so that memory does not grow with their number."""
    known = [name for name in manifest.columns if name in outcomes_by_name()]
    others = [name for name in manifest.columns if "." in name or name == ERROR]
    found = []
    for at in range(0, max(1, len(known)), OUTCOMES_AT_ONCE):
        _, rows = read_store(folder, [*others, *known[at : at + OUTCOMES_AT_ONCE]])
        found.append(summary_of(rows, manifest))
    return pd.concat(found).sort_values("point", kind="stable", ignore_index=True)


def conclusions(rows: pd.DataFrame, manifest: Manifest) -> list[str]:
    """Answer in five sentences, always in this order: how big, how often, what a packet buys, who
    is dead, what it costs; each with number, interval and definition, from replications played at
    every point; or say that it is unclear (under 2 Monte-Carlo errors) or not varied.
    """
    return [found.in_words() for found in five_answers(study_of(rows, manifest))]


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up every point, one row each in design order: ``point``, levers, ``communities``, and of
    each measure the mean, ``..._lower``, ``..._upper`` (95 %: t; Wilson for shares of truths).
    """
    return points_of(rows, levers_in(rows))
