"""The other table of ``qunlab params``: where the values of a population come from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError, nearest_key

COLUMNS = ("parameter", "value", "90 %", "comes from", "rests on", "default's grade")
WORDS = ("parameter", "comes from", "rests on", "default's grade")


def show_origins(
    name: str, word: str, as_json: bool, facts: Mapping[str, Sequence[str]] | None
) -> None:
    """Print each parameter of a population (those with `word` in their key) as transferred, fitted
    or assumed. With `facts` (unit to meaning, by key) it is the Markdown table of
    docs/parameters.md, without values and what only one type of groups sets.
    """
    from sim.populations import FITTED, MEANINGS, find_population, origins, read_population

    population = read_population(find_population(name))
    rows = origins(population)
    kept = [row for row in rows if word.casefold().strip() in row.key.casefold()]
    if not kept:
        raise InputError([f"{word!r}: no parameter{nearest_key(word, [row.key for row in rows])}"])
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in kept], indent=2, ensure_ascii=False))
        return
    if facts is not None:
        heads = ("parameter", "unit", "range", "default", "source", "grade", population.name)
        typer.echo(f"| {' | '.join(heads)} | meaning |\n|" + " --- |" * (len(heads) + 1))
        for row in (row for row in kept if row.key in facts):
            status = "calibrated" if row.status == FITTED else row.status
            *known, meaning = (fact.replace("|", "\\|") for fact in facts[row.key])
            typer.echo(f"| {' | '.join([f'`{row.key}`', *known, status, meaning])} |")
        return
    cells = [[str(cell) for cell in asdict(row).values()] for row in kept]
    print_rows(screen(), COLUMNS, cells, words=WORDS)
    statuses = [row.status for row in kept]
    for status, meaning in MEANINGS.items():
        typer.echo(f"{status} ({statuses.count(status)}): {meaning}")
