"""``qunlab params``: every parameter and every field of a policy, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields, replace
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Any

import typer

from sim.cli.options import option
from sim.cli.terminal import print_json, print_rows, screen
from sim.errors import InputError, nearest, nearest_key
from sim.language import N_, _, in_every_language, recast

HEADINGS = N_(("name", "unit", "range", "default", "source", "grade", "meaning"))
OF_A_PORTFOLIO = N_(
    "Several groups like this one that one team runs: a table of a scenario file; that they share "
    "a desk changes nothing unless `desk.hands` is above 0."
)
OF_OUTCOMES = N_("What a run measures: shown in reports and read by --outcome, never set.")
ORIGIN_HEADINGS = N_(("parameter", "value", "90 %", "comes from", "rests on", "default's grade"))
GRADES = N_(
    "A peer-reviewed or field data, L public chat logs, B secondary source, C assumption, "
    "- a choice of yours"
)


def params(
    word: Annotated[
        str,
        typer.Argument(help="A section (speak, cadence), or a word to look for, in outcomes too."),
    ] = "",
    population: Annotated[
        str | None, option("Say where the values of this population (or scenario file) come from.")
    ] = None,
    markdown: Annotated[bool, option("Print Markdown tables.", "--markdown")] = False,
    as_json: Annotated[bool, option("Print a JSON list.", "--json")] = False,
) -> None:
    """List every parameter: name, unit, range, default, source, grade, meaning.

    Each can be set in a scenario file or with --set. The fields of the shipped policies follow.

    Example: qunlab params speak

    Example: qunlab params --population wechat_mixed
    """
    if markdown and as_json:
        raise InputError([_("--markdown and --json: choose one of them")])
    if population is not None:
        _show_origins(population, word, as_json, markdown)
        return
    listed = [*list_rows(), *(outcome_rows() if word.strip() else [])]
    rows = [row.spoken for row in chosen(listed, word)]
    if as_json:
        print_json(rows)
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
        return (self.name.rpartition(".")[2], *astuple(self)[3:])

    @property
    def spoken(self) -> Row:
        """It in the language spoken."""
        words = ("about", "unit", "range", "source", "meaning")
        return replace(self, **{name: recast(getattr(self, name)) for name in words})


def list_rows() -> list[Row]:
    """List what a scenario can hold: the run, the parameters, the shipped policies.

    >>> [row.range for row in list_rows() if row.name == "group.size"]
    ['1 to 5000']
    """
    from sim.params import Params, allowed_values
    from sim.policies import known_policies, policy_class

    about = {section.name: first_sentence(section.default_factory) for section in fields(Params)}
    about["run"] = "How long, how often, with which seed."
    rows = []
    for key, known in allowed_values().items():
        section = key.partition(".")[0]
        allowed = replace(known, unit="1").describe()  # the unit has a column
        facts = (_default(known.default), known.source, known.grade, known.meaning)
        rows.append(Row(section, about[section], key, known.unit, allowed, *facts))
    rows += _portfolio_rows()
    for policy in known_policies():
        rows += policy_rows(policy, policy_class(policy))
    return rows


def _portfolio_rows() -> list[Row]:
    """List the table ``[portfolio]`` of a scenario file."""
    from sim.scenario.portfolio import FIELDS, PORTFOLIO, Portfolio

    return [
        Row(
            *(PORTFOLIO, OF_A_PORTFOLIO, f"{PORTFOLIO}.{name}", known.unit),
            *(replace(known, unit="1").describe(), _default(getattr(Portfolio(), name))),
            *("choice", "-", known.meaning),
        )
        for name, known in FIELDS.items()
    ]


def policy_rows(name: str, policy: Any) -> list[Row]:
    """List the fields of a policy whose table is called so."""
    from sim.scenario.named_policy import policy_fields

    section, about = f"policies.{name}", first_sentence(policy)
    usual, rows = policy(), []
    for field, known in policy_fields(policy).items():
        facts = (_default(getattr(usual, field)), "choice", "-", known.meaning)
        key = f"{section}.{field}"
        allowed = replace(known, unit="1").describe()  # the unit has a column
        rows.append(Row(section, about, key, known.unit, allowed, *facts))
    return rows


def outcome_rows() -> list[Row]:
    """List what a run measures, for whoever looks for a word."""
    from sim.lives.outcomes import outcomes_by_name

    unset = ("-",) * 4
    return [
        Row("outcomes", OF_OUTCOMES, one.name, one.unit, *unset, one.definition)
        for one in outcomes_by_name().values()
    ]


def chosen(rows: list[Row], word: str) -> list[Row]:
    """Keep the rows of a section, else those that hold a word and all of a section whose title
    holds it, else refuse with the nearest.
    """
    wanted = _run_on(word)
    sections = {row.section: row.section.rpartition(".")[2] for row in rows}
    kept = [row for row in rows if wanted in (row.section, sections[row.section], "")]
    kept = kept or [row for row in rows if wanted in _searched(row)]
    if not kept:
        known = [*sections.values(), *(row.name for row in rows)]
        hint = nearest(wanted[:60], known)
        raise InputError([_("{word!r}: no section and no parameter{hint}", word=word, hint=hint)])
    return kept


def _searched(row: Row) -> str:
    """Return what a word is looked for in: the name, the meaning and the title of the section, in
    every language.
    """
    said = (*in_every_language(row.meaning), *in_every_language(row.about))
    return _run_on("\n".join([row.name, *said]))


def _run_on(text: str) -> str:
    """Leave out spaces, as those between Chinese and figures, and capitals."""
    return text.casefold().replace(" ", "")


def in_markdown(rows: Iterable[Row]) -> str:
    """Write one Markdown table a section."""
    parts: list[str] = []
    for (section, about), members in groupby(rows, key=attrgetter("section", "about")):
        lines = [markdown_line(map(_, HEADINGS)), markdown_line(["---"] * len(HEADINGS))]
        lines += [markdown_line([f"`{row.name}`", *row.cells()[1:]]) for row in members]
        parts += [f"### `{section}`", about, "\n".join(lines)]
    return "\n\n".join([*parts, _grades()])


def _grades() -> str:
    return _("Grades: {grades}.", grades=_(GRADES))


def _default(value: Any) -> str:
    from sim.allowed import plain
    from sim.scenario.toml import literal

    if isinstance(value, str):
        return value
    return plain(value) if isinstance(value, float) else literal(value)


def first_sentence(documented: Any) -> str:
    """Return the first sentence of a docstring."""
    return " ".join((documented.__doc__ or "").partition("\n\n")[0].split())


def markdown_line(cells: Iterable[str]) -> str:
    """Write one line of a Markdown table."""
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _print_tables(rows: list[Row]) -> None:
    console = screen()
    words = [heading for heading in HEADINGS if heading != "default"]
    for (section, about), members in groupby(rows, key=attrgetter("section", "about")):
        console.print(f"[{section}] {about}")
        print_rows(console, HEADINGS, [row.cells() for row in members], words)
    console.print(_grades())


def _show_origins(name: str, word: str, as_json: bool, markdown: bool) -> None:
    """Print each parameter of a population (those with `word` in their key) as transferred, fitted
    or assumed. As Markdown it is the table of docs/parameters.md, without values and what only one
    type of groups sets.
    """
    from sim.populations import FITTED, MEANINGS, find_population, origins, read_population

    population = read_population(find_population(name))
    rows = origins(population)
    kept = [row for row in rows if word.casefold().strip() in row.key.casefold()]
    if not kept:
        hint = nearest_key(word, [row.key for row in rows])
        raise InputError([_("{word!r}: no parameter{hint}", word=word, hint=hint)])
    if as_json:
        print_json(kept)
    elif markdown:
        facts = {row.name: row.cells()[1:] for row in list_rows()}
        heads = ("parameter", *HEADINGS[1:-1], population.name, HEADINGS[-1])
        typer.echo(f"{markdown_line(heads)}\n|{' --- |' * len(heads)}")
        for row in (row for row in kept if row.key in facts):
            *known, meaning = facts[row.key]
            status = "calibrated" if row.status == FITTED else row.status
            typer.echo(markdown_line([f"`{row.key}`", *known, status, meaning]))
        typer.echo(f"\n{_grades()}")
    else:
        cells = [[str(cell) for cell in asdict(row).values()] for row in kept]
        words = [ORIGIN_HEADINGS[0], *ORIGIN_HEADINGS[3:]]
        print_rows(screen(), ORIGIN_HEADINGS, cells, words)
        statuses = [row.status for row in kept]
        for status, meaning in MEANINGS.items():
            typer.echo(f"{status} ({statuses.count(status)}): {meaning}")
