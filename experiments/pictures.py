"""The pictures of answers: dots with intervals, and lines, in the house style and two languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.language import LANGUAGES
from sim.plots.style import DISTINCT, INK, MARKERS, Words, new_figure, ruled, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.asking import Both
    from sim.state import Array

INCHES_A_DOT, LEAST_INCHES, WIDE = 0.3, 1.9, 7.2
HALF = 65.0  # of the darkest ink: white letters above


def dots(
    table: pd.DataFrame, labels: Sequence[Both], title: Both, axis: Both, zero: bool = False
) -> dict[str, Figure]:
    """Draw a row of `table` (``mean``, ``lower``, ``upper``) a label, in each language; `zero`
    draws the line of no difference.
    """
    return {of: _dots(table, _in(of, *labels), _in(of, title, axis), zero) for of in LANGUAGES}


def _in(of: str, *texts: Both) -> list[str]:
    return [str(getattr(one, of)) for one in texts]


def _dots(table: pd.DataFrame, labels: Sequence[str], around: Sequence[str], zero: bool) -> Figure:
    place = -np.arange(len(table), dtype=float)
    with styled():
        tall = max(LEAST_INCHES, 0.9 + INCHES_A_DOT * len(table))
        figure = new_figure(tall, Words(around[0]), WIDE)
        axes = figure.subplots()
        ruled(axes, "x")
        if zero:
            axes.axvline(0.0, color=INK, linewidth=0.9)
        for one, at in zip(table.itertuples(), place, strict=True):
            axes.plot([one.lower, one.upper], [at, at], color=DISTINCT[0], linewidth=2)
            axes.plot(one.mean, at, "o", color=DISTINCT[0], markersize=6)
        axes.set_yticks(place, list(labels))
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(place.min() - 0.6, 0.6)
        axes.set_xlabel(around[1])
        if not zero and table["lower"].min() >= 0.0:
            axes.set_xlim(left=0.0)
    return figure


def lines(
    table: pd.DataFrame, series: dict[str, Both], title: Both, across: Both, up: Both
) -> dict[str, Figure]:
    """Draw ``mean`` with its interval over ``x``, a line each value of ``series``, labelled at its
    end, in each language.
    """
    found = {}
    for of in LANGUAGES:
        named = dict(zip(series, _in(of, *series.values()), strict=True))
        found[of] = _lines(table, named, _in(of, title, across, up))
    return found


def _lines(table: pd.DataFrame, series: dict[str, str], around: Sequence[str]) -> Figure:
    with styled():
        figure = new_figure(3.0, Words(around[0]), WIDE)
        axes = figure.subplots()
        ruled(axes, "y")
        for number, (key, label) in enumerate(series.items()):
            part = table[table["series"] == key].sort_values("x")
            colour = DISTINCT[number % len(DISTINCT)]
            axes.fill_between(part["x"], part["lower"], part["upper"], color=colour, alpha=0.15)
            axes.plot(part["x"], part["mean"], color=colour, marker=MARKERS[number], label=label)
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel(around[1])
        axes.set_ylabel(around[2])
        if len(series) > 1:
            figure.legend(loc="outside right center")
    return figure


def dots_by(
    table: pd.DataFrame,
    series: dict[str, Both],
    labels: dict[str, Both],
    title: Both,
    axis: Both,
    zero: bool = False,
) -> dict[str, Figure]:
    """Draw a row each of ``outcome`` in `labels` and in it a dot each of ``series``, in each
    language; `zero` draws the line of no difference.
    """
    found = {}
    for of in LANGUAGES:
        named = dict(zip(series, _in(of, *series.values()), strict=True))
        rows = dict(zip(labels, _in(of, *labels.values()), strict=True))
        found[of] = _dots_by(table, named, rows, (*_in(of, title, axis), "zero" * zero))
    return found


def _dots_by(
    table: pd.DataFrame, series: dict[str, str], labels: dict[str, str], around: Sequence[str]
) -> Figure:
    place = {name: -float(at) for at, name in enumerate(labels)}
    with styled():
        figure = new_figure(1.2 + INCHES_A_DOT * len(labels), Words(around[0]), WIDE)
        axes = figure.subplots()
        ruled(axes, "x")
        if around[2]:
            axes.axvline(0.0, color=INK, linewidth=0.9)
        for number, (key, label) in enumerate(series.items()):
            part = table[table["series"] == key]
            colour, aside = DISTINCT[number % len(DISTINCT)], 0.12 * (len(series) - 1 - 2 * number)
            at = [place[one] + aside for one in part["outcome"]]
            axes.hlines(at, part["lower"], part["upper"], color=colour, linewidth=2)
            axes.plot(part["mean"], at, MARKERS[number], color=colour, markersize=5, label=label)
        axes.set_yticks(list(place.values()), list(labels.values()))
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-len(labels) + 0.4, 0.6)
        axes.set_xlabel(around[1])
        figure.legend(loc="outside lower center", ncols=len(series))
    return figure


def cells(
    values: Array, rows: Sequence[Both], columns: Sequence[str], words: Sequence[Both]
) -> dict[str, Figure]:
    """Draw numbers [row, column] from 0 to 100 as a map with a number in every cell, in each
    language; `words`: the title, the axis across, the axis up.
    """
    return {of: _cells(values, _in(of, *rows), columns, _in(of, *words)) for of in LANGUAGES}


def _cells(
    values: Array, rows: Sequence[str], columns: Sequence[str], around: Sequence[str]
) -> Figure:
    with styled():
        figure = new_figure(1.1 + 0.42 * len(rows), Words(around[0]), WIDE)
        axes = figure.subplots()
        axes.imshow(values, cmap="Blues", vmin=0.0, vmax=130.0, aspect="auto")
        for (row, column), value in np.ndenumerate(values):
            ink = "white" if value > HALF else INK
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", color=ink)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_xticks(range(len(columns)), list(columns))
        axes.tick_params(length=0)
        axes.set_xlabel(around[1])
        axes.set_ylabel(around[2])
    return figure
