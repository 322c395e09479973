"""The other table of ``qunlab params``: where the values of a population come from."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from sim.errors import InputError, nearest

UNWRAPPED_WIDTH = 160
COLUMNS = ("parameter", "value", "90 %", "comes from", "rests on", "default's grade")


def show_origins(name: str, word: str, as_json: bool, markdown: bool) -> None:
    """Print each parameter of a population as transferred, fitted or assumed.

    Parameters
    ----------
    name : str
        Of the population, or a scenario file.
    word : str
        Only parameters in whose key it stands.
    as_json, markdown : bool
        The latter is not made.

    Raises
    ------
    InputError
        No such population; no such parameter; a table that is not made.
    """
    from sim.validation.populations import find_population, read_population
    from sim.validation.provenance import origins

    if markdown:
        raise InputError(["--markdown: not made with --population; use --json"])
    rows = origins(read_population(find_population(name)))
    kept = [row for row in rows if word.casefold().strip() in row.key.casefold()]
    if not kept:
        raise InputError([f"{word!r}: no parameter{nearest(word, [row.key for row in rows])}"])
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in kept], indent=2, ensure_ascii=False))
        return
    _print([tuple(asdict(row).values()) for row in kept])
    _print_counts([row.status for row in kept])


def _print(rows: list[tuple[str, ...]]) -> None:
    import os

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, markup=False, width=UNWRAPPED_WIDTH)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in COLUMNS:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def _print_counts(statuses: list[str]) -> None:
    from sim.validation.provenance import MEANINGS

    for status, meaning in MEANINGS.items():
        typer.echo(f"{status} ({statuses.count(status)}): {meaning}")
