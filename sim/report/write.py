"""Write the report of a store: the page, its pictures and the summary, whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.report.frames import points_of
from sim.report.levers import levers_in
from sim.report.page import render
from sim.report.sections import page_of, summary_of
from sim.report.sentences import five_answers
from sim.report.study import study_of
from sim.study.manifest import Manifest
from sim.study.origin import origin, under_origin
from sim.study.store import read_store, write_whole

PAGE = "report.html"
SUMMARY = "summary.csv"
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
    manifest, rows = read_store(folder)
    page = page_of(rows, manifest)
    pictures = [picture for section in page.sections for picture in section.pictures]
    summary = under_origin(summary_of(rows, manifest), origin(manifest))
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


def conclusions(rows: pd.DataFrame, manifest: Manifest) -> list[str]:
    """Answer in five sentences: how big, how often, what a packet buys, who is dead, what it costs.

    Each gives a number, its interval and its definition, or says "not told apart" where a
    difference is under 2 Monte-Carlo errors, or that the sweep did not vary what it asks about.
    Only replications played at every point are compared.

    Parameters
    ----------
    rows : pandas.DataFrame
    manifest : Manifest
        Both as from `sim.study.store.read_store`.

    Returns
    -------
    list of str
        Five sentences, always in this order.
    """
    return [found.in_words() for found in five_answers(study_of(rows, manifest))]


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up every point: levers, communities, and what the report shows with 95 % intervals.

    Parameters
    ----------
    rows : pandas.DataFrame
        As from `sim.study.store.read_store`.

    Returns
    -------
    pandas.DataFrame
        One row a point in design order: ``point``, the levers, ``communities``, and of each
        measure the mean, ``..._lower`` and ``..._upper`` (t; Wilson for shares of truths).
    """
    return points_of(rows, levers_in(rows))
