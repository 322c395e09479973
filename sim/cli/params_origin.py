"""The other table of ``qunlab params``: where the values of a population come from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError, nearest_key

if TYPE_CHECKING:
    from sim.validation.provenance import Origin

COLUMNS = ("parameter", "value", "90 %", "comes from", "rests on", "default's grade")
WORDS = ("parameter", "comes from", "rests on", "default's grade")


def show_origins(name: str, word: str, as_json: bool, markdown: bool) -> None:
    """Print each parameter of a population (those with `word` in their key) as transferred, fitted
    or assumed; as Markdown, without values, it is the table of docs/parameters.md.
    """
    from sim.validation.populations import find_population, read_population
    from sim.validation.provenance import origins

    if markdown and as_json:
        raise InputError(["--markdown and --json: choose one of them"])
    population = read_population(find_population(name))
    rows = origins(population)
    kept = [row for row in rows if word.casefold().strip() in row.key.casefold()]
    if not kept:
        raise InputError([f"{word!r}: no parameter{nearest_key(word, [row.key for row in rows])}"])
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in kept], indent=2, ensure_ascii=False))
        return
    if markdown:
        typer.echo(in_markdown(kept, population.name))
        return
    cells = [[str(cell) for cell in asdict(row).values()] for row in kept]
    print_rows(screen(), COLUMNS, cells, words=WORDS)
    _print_counts([row.status for row in kept])


def in_markdown(rows: list[Origin], population: str) -> str:
    """Write the parameters of the code as one table with where a population's values come from;
    what only one type of groups sets is left out.
    """
    from sim.cli.params import GRADES, list_rows

    known = {row.name: row for row in list_rows()}
    heads = ("parameter", "unit", "range", "default", "source", "grade", population, "meaning")
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for row in rows:
        if row.key not in known:
            continue
        one = known[row.key]
        status = "calibrated" if row.status == "fitted" else row.status
        facts = (one.unit, one.range, one.default, one.source, one.grade, status, one.meaning)
        cells = [f"`{row.key}`", *(fact.replace("|", "\\|") for fact in facts)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"Grades: {GRADES}."])


def _print_counts(statuses: list[str]) -> None:
    from sim.validation.provenance import MEANINGS

    for status, meaning in MEANINGS.items():
        typer.echo(f"{status} ({statuses.count(status)}): {meaning}")
