"""What users read, and its Chinese: ``make catalogue`` brings sim/locale up to date.

Texts are found in three ways: those within ``_()`` and ``N_()`` in the sources and in templates;
those that are data (help of commands, meanings of parameters, outcomes) by asking the program; and
sentences that are said as they are written, faults above all, which `sim.language.recast` knows
again: f-strings become texts with named fields.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "sim" / "locale" / "zh" / "LC_MESSAGES"
TEMPLATES = [("**.jinja", "jinja2.ext:babel_extract")]
HEADER = "# Chinese of Qunlab: `make catalogue` brings it up to date; then write the empty ones."
FIELD = re.compile(r"\{\w*[^{}]*\}")
# a head that never changes is easy to merge
NOBODY: dict[str, Any] = dict.fromkeys(("version", "last_translator", "language_team"), "-")
NOBODY |= dict.fromkeys(("creation_date", "revision_date"), datetime(2026, 11, 29, tzinfo=UTC))


# as Typer writes them; a field is in braces
PHRASES = (
    *("Example: {command}", "Show this message and exit."),
    *("Arguments", "Options", "Commands"),
    *("[required]", "[default: {value}]", "[default: {value}; required]"),
    *("Missing command.", "No such command '{command}'.", "No such option: {option}"),
    *("a list", "a table", "{low} to {high} {unit}"),
    "{key}: {value} is not a number; allowed: {range}",
    "{key}: {value} is not a whole number; allowed: {range}",
    "{key}: {value} is out of range; allowed: {range}",
    *("{key} is above {other}", "{key} must be before {other}"),
    "{key} fen cannot be split into {shares}, of at least 1 fen",
    "{fault}; did you mean {words}?",
    "{fault} Did you mean {words}?",
    "{fault} (Possible options: {words})",
    "Missing argument '{name}'.",
    "Missing option '{name}'.",
    "Got unexpected extra argument(s) ({words})",
    "Option '{option}' requires an argument.",
    "Option '{option}' does not take a value.",
    "Invalid value for '{name}': {fault}",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be {kind}",
)
# faults that the program puts together, and what Python says of TOML; spoken by `recast`
FAULTS = (
    "{path}: a folder, not a file",
    "{path}: a pipe, socket or device; save it as a file first",
    "{fault}; there are {names}",
    'people: {named} is not a file, write "FILE.toml", nor a shipped name',
    'preset: {named} is not a file, write "FILE.toml", nor a shipped name',
    'base: {named} is not a file, write "FILE.toml", nor a shipped population',
    "{fault} (and {more} more differences)",
    "{fault} (and {more} more difference)",
    "{folder}: --force-new removes the old rows, another --out keeps them",
    "{path}: exists already; choose another name, or --force replaces it",
    "--out: missing; write --out DIR, or --dry-run",
    'grid: missing; write [grid] and a line "group.size" = [25, 50] (or one of {others})',
    'scenario: missing; write scenario = "FILE.toml" or [scenario]',
    "this needs {name}; install it with: {command}",
    "pseudonyms were made under a key that is thrown away; --key-file keeps one",
    "the key was written to {path}: whoever has it can test names against the log",
    "others can read the key: {command}",
    "{place}: not TOML: {fault} (at line {line}, column {column})",
    "{place}: not TOML: {fault} (at end of document)",
    "{low} to {high} groups",
    "Wrote {path}. Next:",
    "{path}: a folder without channels.json and the days of channels that a Slack export has",
    "{path}: a folder of Telegram's; name the result.json in it",
    "{path}: a folder; only the format slack is one",
    "digest of the scenario {origin}",
    "no clear difference between {words} and {others}",
    "needs {days} days and who answers whom",
    *("Illegal character {sign}", "Found invalid character {sign}"),
    *("Invalid value", "Invalid statement", "Cannot overwrite a value"),
    *("Expected '=' after a key in a key/value pair", "Unclosed array"),
    "Expected ']' at the end of a table declaration",
    "Expected newline or end of document after a statement",
    *("Cannot declare {key} twice", "Unterminated string", "Unclosed inline table"),
)

# said by no call that shows it: in tables and pictures of pages
WRITTEN = (
    *("creation", "followed", "fell silent", "censored", "alive, %", "all", "at age, days"),
    *("how many points", "pairs", "CNY claimed", "per 100 CNY (95 %)", "difference from 0"),
    *("nothing claimed", "clear", "days since", "alive", "from nothing", "all points"),
    *("cadence posts per day", "arrivals per day", "look rate per day", "operator quality"),
    *("group topic breadth", "trust initial", "ties graph", "cadence quality", "run days"),
    *("What a packet buys", "refunds are no cost", "over {days}", "Origin: {origin}", "study"),
    *("replications", "random seeds", "own at every point", "shared by the points"),
    *("all on", "holds", "falls", "no longer clear", "best size", "best cadence", "mixed"),
    *("worth of packets", "a gain", "a loss"),
    "public rooms of learners (freeCodeCamp/gitter-history)",
    *("pairs needed", "variance cut", "{name} is better", "{name} has more", "levers"),
    *("uncertain", "only A", "only B", "stays silent {weeks} weeks"),
    "no group observed >= {days} days after its first message with >= {least} messages in week 1",
    "no group observed >= {days} days after its first message with a known creation",
    *("alternative", "against", "chi2", "paired z", "paired p"),
    *("ended first", "ended", "no group"),
    "extra days members posted",
    "red packets fen per day",
    "never started: no member message by day 14 (among the dead above)",
    "Alive at the end of the curves: no silence of 7 days or more has begun",
    "Who is dead after seven days",
    "days after the last packet included",
    "CNY claimed of operators' packets, wages not counted",
    "delta method, {pairs} pairs in {replications} replications",
    "members with at least one message, summed over days",
    "posting: at least one message that day, over members present",
    "posting: at least one message that day",
    "satisfaction: how far reading pays, 0 to 1",
    "dead: {definition} since creation, operators' messages are no life",
    "{number} points ({low} to {high})",
    "needs {number} days after the first message",
    "{words} cost {cost}, or {price} for each member and each day on which that member posted",
    "the grid spans {low} to {high}",
    "{kind}, {points} points",
    "no group with a message",
    "no group with a silence of >= 7 days",
    "no group with >= 100 messages",
    "no busy room in which two authors wrote",
    "no group with >= 30 posters in its first 365 days",
    "no member first seen >= 97 days before the end",
    "no group observed >= {days} days after its first message",
    "no group observed >= {days} days after its first message with >= {posters} posters",
    "no newcomer seen for 31 days",
    "no newcomer seen for 31 days whom somebody followed",
    "no newcomer seen for 31 days whom nobody followed",
    "fewer than two different windows of 30 days",
)


def texts() -> set[str]:
    """Every text that a user may read."""
    found = {*in_faults(), *in_help(), *in_data()}
    words = {text for text in found if re.search("[A-Za-z]{2}", FIELD.sub("", text))}
    return {*words, *in_sources(), *in_templates()} - {""}


def in_sources() -> Iterator[str]:
    for path in (PROJECT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_"):
                yield from strings(node.args[0])


def strings(node: ast.expr) -> Iterator[str]:
    """The texts of an expression: one, those of a tuple, the values of a dict."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List):
        yield from chain.from_iterable(map(strings, node.elts))
    elif isinstance(node, ast.Dict):
        yield from chain.from_iterable(map(strings, node.values))
    elif isinstance(node, ast.IfExp):
        yield from (*strings(node.body), *strings(node.orelse))


SAYING = {"InputError", "_refusal", "own_code", "gathered"}
SAYING |= {"tell", "echo", "say", "print", "_print_wrapped"}
CODE = re.compile(
    r"\(\?|\\|\{\{|^ *qunlab |^ *\{run\}|^\{of_type\}|^\{to_toml|^value = |^(user|channel)\{|<[st]"
)
SAYING_ROOMS = {"cli", "scenario", "sim", "study", "chatlog", "report"}
GATHERING = {"faults", "problems", "lines", "notes"}
ABOUT_FAULTS = re.compile("fault|refus|wrong|problem|why|describe|^show$|nearest|in_words")
WORDS = re.compile(r"(?<![./\w\-=\[{])[a-z]{2,}(?![\w./=\-\]])")


def in_faults() -> Iterator[str]:
    for path in (PROJECT / "sim").rglob("*.py"):
        saying = path.parent.name in SAYING_ROOMS
        yield from _said(ast.parse(path.read_text("utf-8")), False, saying)


def _said(node: ast.AST, saying: bool, in_command: bool) -> Iterator[str]:
    """Sentences below a node; `saying`: whether they are shown as they are; `in_command`: whether
    every f-string of a sentence is.
    """
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("_", "N_", "Facts", "option", "Option", "Argument"):
            return
        holder = getattr(getattr(node.func, "value", None), "id", "")
        saying = saying or name in SAYING or (name in ("append", "extend") and holder in GATHERING)
    elif isinstance(node, ast.AugAssign):
        saying = getattr(node.target, "id", "") in GATHERING
    elif isinstance(node, ast.FunctionDef):
        saying = bool(ABOUT_FAULTS.search(node.name))
    elif isinstance(node, ast.Raise | ast.Assert | ast.Compare | ast.Subscript):
        saying = False
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    elif isinstance(node, ast.JoinedStr):
        text = _with_fields(node)
        if (saying or in_command) and not CODE.search(text):
            lines = (" ".join(line.split()) for line in text.splitlines())
            yield from (line for line in lines if WORDS.search(FIELD.sub("", line)))
        return
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        is_text = re.search("[A-Za-z]{2,} [a-z]", node.value)
        if saying and is_text and not node.value.startswith(" "):
            yield from (" ".join(line.split()) for line in node.value.splitlines())
        return
    for below in ast.iter_child_nodes(node):
        yield from _said(below, saying, in_command)


def _with_fields(node: ast.JoinedStr) -> str:
    """An f-string as a text with named fields; what stands side by side is one field."""
    parts: list[str] = []
    taken: dict[str, str] = {}
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(value.value)
        elif not parts or not parts[-1].startswith("{"):
            assert isinstance(value, ast.FormattedValue)
            name, code = _field(value.value), ast.unparse(value)
            while taken.setdefault(name, code) != code or f"{{{name}}}" in parts:
                name += "_"
            parts.append(f"{{{name}}}")
    return "".join(parts)


def _field(node: ast.expr) -> str:
    """What an expression may be called in a text."""
    for below in ast.walk(node):
        if isinstance(below, ast.Attribute):
            return below.attr.strip("_").lower()
        if isinstance(below, ast.Name) and below.id not in ("len", "show", "repr", "str", "type"):
            return below.id.strip("_").lower() or "what"
    return "what"


def in_templates() -> Iterator[str]:
    found = extract_from_dir(PROJECT / "sim", TEMPLATES, keywords={"_": None})
    return (text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


def in_help() -> Iterator[str]:
    from sim.cli import application

    commands: list[Any] = [typer.main.get_command(application())]
    commands += commands[0].commands.values()
    for command in commands:
        yield from paragraphs(command.help or "")
        yield from (text for one in command.params if (text := getattr(one, "help", None)))


def in_data() -> Iterator[str]:
    from sim.cli.params import list_rows
    from sim.cli.policies import all_levers
    from sim.lives.deaths import DEATHS, NEVER_STARTED
    from sim.lives.outcomes import ALIVE, DEAD, TRUTH, outcomes_by_name
    from sim.lives.patterns import PATTERNS
    from sim.scenario.loading import shipped_files
    from sim.scenario.toml import read_toml
    from sim.state import KINDS

    for row in list_rows():
        yield from (row.about, row.unit, row.source, row.meaning)
    for lever in all_levers():
        yield from (lever.about, lever.facts.pays, lever.facts.evidence)
    for one in outcomes_by_name().values():
        yield from (one.unit, one.definition, one.heading, one.short, one.phrase, one.meaning)
        yield one.heading.partition(" (")[0]
        yield f"outcome {one.name}" if one.unit != TRUTH else ""
    yield from (f"outcome {name}" for name in (ALIVE.name, DEAD, NEVER_STARTED.key))
    yield "no clear difference"
    yield from (*PATTERNS, *PATTERNS.values())
    yield from (death.definition for death in DEATHS)
    yield from (read_toml(path)["name"] for path in shipped_files("sweeps").values())
    yield from (kind.lower() for kind in KINDS)
    yield from (*WRITTEN, *PHRASES, *FAULTS)


def paragraphs(text: str) -> Iterator[str]:
    """A docstring's paragraphs but examples, which are the same in every language."""
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return (part for part in parts if part and not part.startswith("Example:"))


def read() -> Catalog:
    with (FOLDER / "qunlab.po").open("rb") as file:
        return read_po(file, locale="zh")


def compiled(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def messages(catalogue: Catalog) -> list[Message]:
    """All but the head."""
    return [message for message in catalogue if message.id]


def updated() -> Catalog:
    """Return the catalogue with every text of today, and with no other."""
    known = {message.id: message for message in messages(read())}
    new = Catalog("zh", header_comment=HEADER, fuzzy=False, project="Qunlab", **NOBODY)
    for text in sorted(texts()):
        new.add(text, known[text].string if text in known else "")
    return new


def write(catalogue: Catalog) -> None:
    out = BytesIO()
    write_po(out, catalogue, width=0, no_location=True)
    lines = out.getvalue().splitlines(keepends=True)
    lines = [line for line in lines if not line.startswith((b'"Generated-By', b"#, python"))]
    (FOLDER / "qunlab.po").write_bytes(b"".join(lines))
    (FOLDER / "qunlab.mo").write_bytes(compiled(read()))


def main() -> int:
    catalogue = updated()
    write(catalogue)
    empty = [message.id for message in messages(catalogue) if not message.string]
    sys.stdout.writelines([f"without Chinese: {text!r}\n" for text in empty])
    return bool(empty)


if __name__ == "__main__":
    sys.exit(main())
