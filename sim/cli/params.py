"""``qunlab params``: every parameter and every field of a policy, and what is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError, nearest

HEADINGS = ("name", "unit", "range", "default", "source", "grade", "meaning")
GRADES = (
    "A peer-reviewed or field data, L public chat logs, B secondary source, C assumption, "
    "- a choice of yours"
)


def params(
    word: Annotated[
        str, typer.Argument(help="A section (speak, cadence), or a word to look for.")
    ] = "",
    population: Annotated[
        str | None,
        typer.Option(help="Say where the values of this population (or scenario file) come from."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List every parameter: name, unit, range, default, source, grade, meaning.

    Each can be set in a scenario file or with --set. The fields of the shipped policies follow.

    Example: qunlab params speak

    Example: qunlab params --population wechat_mixed
    """
    if markdown and as_json:
        raise InputError(["--markdown and --json: choose one of them"])
    if population is not None:
        from sim.cli.params_origin import show_origins

        facts = {row.name: row.cells()[1:] for row in list_rows()}
        show_origins(population, word, as_json, facts if markdown else None)
        if markdown:
            typer.echo(f"\nGrades: {GRADES}.")
        return
    rows = chosen(list_rows(), word)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
    elif markdown:
        typer.echo(in_markdown(rows))
    else:
        _print_tables(rows)


@dataclass(frozen=True)
class Row:
    """One line of the list: what is known of a parameter or of a policy's field."""

    section: str  # head of its table in a scenario: ``group``, ``policies.cadence``
    about: str  # what the section is
    name: str  # full dotted key
    unit: str  # as shown
    range: str
    default: str
    source: str
    grade: str
    meaning: str

    def cells(self) -> tuple[str, ...]:
        """Return what stands under `HEADINGS`."""
        name = self.name.rpartition(".")[2]
        return (name, self.unit, self.range, self.default, self.source, self.grade, self.meaning)


def list_rows() -> list[Row]:
    """List what a scenario can hold: the run, the parameters, the shipped policies.

    >>> [row.range for row in list_rows() if row.name == "group.size"]
    ['1 to 5000']
    """
    from sim.policies import known_policies

    fields = [row for policy in known_policies() for row in _policy_rows(policy)]
    return [*_parameter_rows(), *fields]


def chosen(rows: list[Row], word: str) -> list[Row]:
    """Keep the rows of a section, else those that hold a word, else refuse with the nearest."""
    wanted = word.casefold().strip()
    sections = {row.section: row.section.rpartition(".")[2] for row in rows}
    kept = [row for row in rows if wanted in (row.section, sections[row.section], "")]
    kept = kept or [row for row in rows if wanted in f"{row.name} {row.meaning}".casefold()]
    if not kept:
        known = [*sections.values(), *(row.name for row in rows)]
        raise InputError([f"{word!r}: no section and no parameter{nearest(wanted[:60], known)}"])
    return kept


def in_markdown(rows: Iterable[Row]) -> str:
    """Write one Markdown table a section."""
    parts: list[str] = []
    for section, members in by_section(rows).items():
        lines = [_markdown_line(HEADINGS), _markdown_line(["---"] * len(HEADINGS))]
        lines += [_markdown_line([f"`{row.name}`", *row.cells()[1:]]) for row in members]
        parts += [f"### `{section}`", members[0].about, "\n".join(lines)]
    return "\n\n".join([*parts, f"Grades: {GRADES}."])


def by_section(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by section, in the order they come."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.section, []).append(row)
    return grouped


def _parameter_rows() -> list[Row]:
    import dataclasses

    from sim.params import Params, parameters
    from sim.scenario.allowed import RUN, Allowed, allowed_values

    about = {
        section.name: _first_sentence(type(getattr(Params(), section.name)))
        for section in dataclasses.fields(Params)
    } | {"run": "How long, how often, with which luck."}
    rows = []
    for key, known in (RUN | parameters()).items():
        section = key.partition(".")[0]
        # The unit has a column of its own.
        allowed: Allowed = dataclasses.replace(allowed_values()[key], unit="1")
        facts = (_default(known.default), known.source, known.grade, known.meaning)
        rows.append(Row(section, about[section], key, known.unit, allowed.describe(), *facts))
    return rows


def _policy_rows(policy: str) -> list[Row]:
    from sim.policies import policy_class
    from sim.scenario.named_policy import field_meanings, policy_fields

    found: Any = policy_class(policy)
    about, meanings = _first_sentence(found), field_meanings(found)
    rows = []
    for field, allowed in policy_fields(found).items():
        section = f"policies.{policy}"
        facts = (_default(getattr(found(), field)), "choice", "-", meanings.get(field, ""))
        key, allowed_words = f"{section}.{field}", allowed.describe()
        rows.append(Row(section, about, key, allowed.unit, allowed_words, *facts))
    return rows


def _default(value: Any) -> str:
    from sim.scenario.allowed import plain
    from sim.scenario.writing import literal

    if isinstance(value, str):
        return value
    return plain(value) if isinstance(value, float) else literal(value)


def _first_sentence(documented: type[Any]) -> str:
    return " ".join((documented.__doc__ or "").partition("\n\n")[0].split())


def _markdown_line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _print_tables(rows: list[Row]) -> None:
    console = screen()
    words = [heading for heading in HEADINGS if heading != "default"]
    for section, members in by_section(rows).items():
        console.print(f"[{section}] {members[0].about}")
        print_rows(console, HEADINGS, [row.cells() for row in members], words)
    console.print(f"Grades: {GRADES}.")
