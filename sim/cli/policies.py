"""``qunlab policies``: every lever of a team, what it costs, why to believe in it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.options import Json, option
from sim.cli.params import GRADES, Row, first_sentence, list_rows, markdown_line, policy_rows
from sim.cli.terminal import print_json, print_rows, say, screen
from sim.errors import InputError, nearest, nearest_of
from sim.language import N_, _, in_every_language, recast, wrapped
from sim.params import parameters
from sim.policies import TROUBLES, Facts, known_policies, policy_class
from sim.scenario.loading import FOLDER_OF, shipped_files
from sim.scenario.named_policy import named_policy, policy_fields
from sim.scenario.toml import literal

POLICY, SETTING = N_(("policy", "setting"))
WORD = "FILE.csv"
WAGE = "operator.wage_fen_per_hour"
# columns of a list at most, piped or not
WIDEST = 100
FIELD_HEADINGS = N_(("name", "unit", "range", "default", "meaning"))
GUIDE_HEADINGS = N_(("lever", "what it does", "what an act costs", "evidence", "grade"))
EFFECT_HEADINGS = N_(("what it does to", "without", "difference", "95 %", "in words"))

EFFECTS_FILE = resources.files("sim.policies") / "effects.csv"
SAID = "lever", "tried", "against", "world", "people", "code", "note"
TRIED = *SAID, "days", "groups", "seed"
MEASURED = "_without", "_difference", "_low", "_high"
VERDICT = "_verdict"
# Outcomes that each lever was tried on, what they are called, and by what they are multiplied.
EFFECTS: dict[str, tuple[str, float]] = N_(
    {
        "dead_silence_7d_by_day7": (
            "groups silent for 7 days from a day of their first week (%)",
            100,
        ),
        "posting_members_per_day": ("members who post a day", 1),
        "satisfaction": ("verdict of members there (%)", 100),
        "members_end": ("members there at the end", 1),
        "cost_fen": ("cost (CNY)", 0.01),
        "margin_fen": ("margin of what was sold (CNY)", 0.01),
    }
)

SETTINGS_FILE = resources.files("sim.cli") / "settings.toml"
"""Levers that are values of a scenario and not policies."""


@dataclass(frozen=True)
class Lever:
    """Something a team can do or set, and what is known of it."""

    name: str
    kind: str  # `POLICY` or `SETTING`
    about: str  # one sentence
    fields: tuple[Row, ...]
    facts: Facts

    @property
    def searched(self) -> str:
        """What a word is looked for in: sentence and fields, in every language."""
        said = [self.about, *(row.meaning for row in self.fields)]
        return " ".join(word for text in said for word in in_every_language(text)).casefold()

    @property
    def trials(self) -> list[Mapping[str, str]]:
        """Lines of the table of effects that tried it."""
        return [line for line in effects() if line["lever"] == self.name]

    @property
    def minutes(self) -> dict[str, float]:
        """Minutes that an act of it takes, by the parameter that says so."""
        return {key: float(parameters()[key].default) for key in self.facts.costs}

    @property
    def costs(self) -> str:
        """What an act costs, in words, at the usual minutes and wage."""
        wage = float(parameters()[WAGE].default)
        hours = [
            _("{minutes} minutes ({fen} fen)", minutes=f"{one:g}", fen=f"{one / 60 * wage:,.0f}")
            for one in self.minutes.values()
        ]
        said = _(" and ").join([*hours, *([_(self.facts.pays)] if self.facts.pays else [])])
        return said or (_("nothing") if self.facts.evidence else _("not said"))


def policies(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A lever, or a policy of yours, FILE.py:Class.")
    ] = "",
    trouble: Annotated[
        str | None,
        option("List the levers against this: silence, flood ...", "--for", metavar="TROUBLE"),
    ] = None,
    markdown: Annotated[bool, option("Print the guide as Markdown.", "--markdown")] = False,
    as_json: Json = False,
) -> None:
    """List what a team can do: policies and settings, what they cost, why to believe in them.

    With NAME everything that is known of one lever, its fields too; with --for the levers that
    are tried against a trouble. What each does here: compare it with a preset, or with nothing.

    Example: qunlab policies cadence

    Example: qunlab policies --for silence
    """
    if sum((bool(name), trouble is not None, markdown)) > 1:
        raise InputError(["NAME, --for and --markdown: choose one of them"])
    levers = all_levers()
    if markdown:
        typer.echo(in_markdown(levers))
        return
    if name:
        found = _the_lever(name, levers)
        levers = found if isinstance(found, list) else [found]
    elif trouble is not None:
        levers = against(trouble, levers)
    if as_json:
        print_json({"levers": [_as_answer(lever) for lever in levers], "troubles": TROUBLES})
    elif name and len(levers) == 1:
        _show(levers[0], name)
    else:
        _print_guide(levers, whole=trouble is not None)
        _print_more()


@cache
def effects() -> tuple[dict[str, str], ...]:
    """Read the table of effects that is shipped: a line a trial of a lever, columns `TRIED`, then
    for each of `EFFECTS` the columns `MEASURED`, its mean without the lever, the difference that
    the lever makes on the same random numbers and its 95 % interval, and `VERDICT` in words.
    """
    return tuple(csv.DictReader(EFFECTS_FILE.read_text(encoding="utf-8").splitlines()))


def all_levers() -> list[Lever]:
    """List the shipped policies and the settings that are levers, each by name.

    >>> [lever.name for lever in all_levers() if lever.kind == "setting"][:2]
    ['answers', 'desk']
    """
    return [*(_lever_of(name, policy_class(name)) for name in known_policies()), *_settings()]


def _settings() -> Iterator[Lever]:
    rows = {row.name: row for row in list_rows()}
    for name, told in tomllib.loads(SETTINGS_FILE.read_text(encoding="utf-8")).items():
        known: dict[str, Any] = {
            key: tuple(one) if isinstance(one, list) else one for key, one in told["facts"].items()
        }
        own = tuple(rows[key] for key in told["keys"])
        yield Lever(name, SETTING, told["about"], own, Facts(**known))


def _lever_of(name: str, policy: type[Any]) -> Lever:
    facts = getattr(policy, "facts", None)
    known = facts if isinstance(facts, Facts) else Facts(costs=(), evidence="", grade="-")
    return Lever(name, POLICY, first_sentence(policy), tuple(policy_rows(name, policy)), known)


def _the_lever(name: str, levers: list[Lever]) -> Lever | list[Lever]:
    """Find a lever by name, or those that hold a word in what is said of them in any language."""
    if ":" in name:
        policy = named_policy("mine", {"use": name}, Path()).policy
        return _lever_of("mine", type(policy))
    word = name.strip().casefold()
    for lever in levers:
        if lever.name == word:
            return lever
    holding = [lever for lever in levers if word and word in lever.searched]
    if holding:
        return holding[0] if len(holding) == 1 else holding
    known = [lever.name for lever in levers]
    hint = nearest(name[:60], known) or f"; there are {', '.join(known)}"
    raise InputError([f"{name!r}: no such lever{hint}"])


def against(trouble: str, levers: list[Lever]) -> list[Lever]:
    """Return the levers tried against a trouble, those with the better evidence first."""
    if trouble not in TROUBLES:
        raise InputError([f"--for: {trouble!r}: no such trouble{nearest_of(trouble, [*TROUBLES])}"])
    order = "ALBC-"
    found = [lever for lever in levers if trouble in lever.facts.troubles]
    return sorted(found, key=lambda lever: order.index(lever.facts.grade))


def in_markdown(levers: list[Lever]) -> str:
    """Write the guide: for each trouble a table of the levers against it."""
    parts = []
    for trouble, meaning in TROUBLES.items():
        parts.append(f"### `{trouble}`: {_(meaning)}")
        if not (found := against(trouble, levers)):
            parts.append(_("No lever yet."))
            continue
        lines = [
            markdown_line(map(_, GUIDE_HEADINGS)),
            markdown_line(["---"] * len(GUIDE_HEADINGS)),
        ]
        lines += [markdown_line([f"`{lever.name}`", *_cells(lever)[1:]]) for lever in found]
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, _of_evidence()])


def _of_evidence() -> str:
    grades = _(GRADES).partition("- ")[0].rstrip(" ,，")  # without those of choices
    return _("Grades of evidence: {grades}.", grades=grades)


def _cells(lever: Lever) -> tuple[str, ...]:
    """Return what stands under `GUIDE_HEADINGS`."""
    facts = lever.facts
    evidence = _(facts.evidence) or _("not said")
    return (lever.name, _(lever.about), lever.costs, evidence, facts.grade)


def _as_answer(lever: Lever) -> dict[str, Any]:
    fields = [asdict(row) for row in lever.fields]
    known = asdict(lever.facts) | {"costs": lever.minutes}
    said = {"name": lever.name, "kind": lever.kind, "about": lever.about, "fields": fields}
    tried = [
        {
            name: cell if name in SAID or name.endswith(VERDICT) else float(cell)
            for name, cell in line.items()
        }
        for line in lever.trials
    ]
    return said | known | {"tried": tried}


def _print_guide(levers: Iterable[Lever], whole: bool = False) -> None:
    """Print name, grade and what it does, two lines a lever at most; `whole`: what an act costs
    and the evidence below it.
    """
    levers = list(levers)
    name_width = max((len(lever.name) for lever in levers), default=0)
    for lever in levers:
        name, about, costs, evidence, grade = _cells(lever)
        head = f"{name:<{name_width}}  {grade}  "
        _print_wrapped(about, head, None if whole else 2)
        if whole:
            _print_wrapped(f"an act costs: {costs}", " " * len(head))
            _print_wrapped(f"evidence: {evidence}", " " * len(head))


def _print_wrapped(text: str, head: str = "", most_lines: int | None = None) -> None:
    """Print a text behind `head`, as wide as the terminal and at most `WIDEST`; what is over
    `most_lines` is cut.
    """
    width = min(screen().width, WIDEST) - len(head)
    lines = wrapped(recast(text), width)
    if most_lines and len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{wrapped(lines[most_lines - 1], width - 4)[0]} ..."]
    typer.echo(head + f"\n{' ' * len(head)}".join(lines))


def _print_more() -> None:
    _print_wrapped(_of_evidence())
    _print_wrapped("What it costs, its evidence and its fields: 'qunlab policies NAME'.")
    _print_wrapped(
        "Which lever for which trouble: 'qunlab policies --for TROUBLE', or docs/levers.md:"
    )
    for trouble, meaning in TROUBLES.items():
        _print_wrapped(f"{trouble}: {_(meaning)}", "  ")
    for kind, folder in FOLDER_OF.items():
        names = ", ".join(sorted(shipped_files(folder)))
        _print_wrapped(f"'qunlab run FILE --{kind} NAME' (configs/{folder}): {names}")


def _show(lever: Lever, named: str) -> None:
    facts = lever.facts
    say(f"{lever.name} ({_(lever.kind)}): {_(lever.about)}")
    if facts.troubles:
        troubles = (f"{each} ({_(TROUBLES[each])})" for each in facts.troubles)
        say(f"tried against: {', '.join(troubles)}")
    keys = f"; {', '.join((*facts.costs, WAGE))}" if facts.costs else ""
    say(f"an act costs: {lever.costs}{keys}")
    say(f"evidence ({facts.grade}): {_(facts.evidence) or _('not said')}")
    own = lever.fields[0].section if lever.kind == POLICY and lever.fields else ""
    use = f' with use = "{named}"' if ":" in named else ""
    say(f"in a scenario: [{own}]{use}" if own else "in a scenario:")
    if own and ":" not in named:
        first = lever.fields[0]
        other = another_value(first)
        _print_wrapped(f"try it: qunlab compare FILE --with {first.name}={other}")
    rows = [
        (row.name if lever.kind == SETTING else row.cells()[0], row.unit, row.range, row.default,
         row.meaning)
        for row in (field.spoken for field in lever.fields)
    ]  # fmt: skip
    print_rows(screen(), FIELD_HEADINGS, rows, [h for h in FIELD_HEADINGS if h != "default"])
    for line in lever.trials:
        print_trial(line)


def another_value(row: Row) -> str:
    """Return an allowed value of a policy's field that is not its default, to try it with.

    >>> [another_value(row) for row in list_rows() if row.name.endswith("packets.fen_per_day")]
    ['500']
    """
    _of, name, field = row.name.split(".")
    policy: Any = policy_class(name)
    known, usual = policy_fields(policy)[field], getattr(policy(), field)
    if known.many or known.kind is str:
        return next((word for word in known.choices if word != usual), row.default or WORD)
    if known.kind is bool:
        return literal(not usual)
    other = 2 * usual or (500 if known.unit.startswith("fen") else 1)
    return literal(known.kind(other if other <= known.high else usual / 2))


def print_trial(line: Mapping[str, str]) -> None:
    """Print what a lever did when it was tried, a line of the table of effects."""
    world = f", {line['world']}" if line["world"] else ""
    note = f" Note: {line['note']}." if line["note"] else ""
    say(
        f"tried: {line['tried']} against {line['against']}, in {line['people']}{world}, "
        f"{line['days']} days, {line['groups']} groups (seed {line['seed']}, "
        f"code {line['code']}).{note}"
    )
    rows = [_effect(line, name, *said) for name, said in EFFECTS.items()]
    print_rows(screen(), EFFECT_HEADINGS, rows, (EFFECT_HEADINGS[0], EFFECT_HEADINGS[-1]))


def _effect(line: Mapping[str, str], outcome: str, called: str, ratio: float) -> tuple[str, ...]:
    """Write the cells of an outcome of a trial."""
    without, apart, low, high = (ratio * float(line[outcome + end]) for end in MEASURED)
    between = f"{_figure(low)} to {_figure(high)}"
    return called, _figure(without), _figure(apart, "+"), between, _(line[outcome + VERDICT])


def _figure(value: float, sign: str = "") -> str:
    return f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}.3g}"
