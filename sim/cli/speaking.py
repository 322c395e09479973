"""The commands in the language spoken: their help, and what Typer says of wrong words."""

from __future__ import annotations

from typing import Any

import typer

from sim.errors import InputError
from sim.language import LANGUAGES, N_, _, cells, language, language_of, recast, wrapped

OPTION = "--lang"
# as Typer writes them; a field is in braces
PHRASES = (
    *(N_("Example: {command}"), N_("Show this message and exit.")),
    *(N_("Arguments"), N_("Options"), N_("Commands")),
    *(N_("[required]"), N_("[default: {value}]"), N_("[default: {value}; required]")),
    *(N_("Missing command."), N_("No such command '{command}'."), N_("No such option: {option}")),
    *(N_("a list"), N_("a table"), N_("{low} to {high} {unit}")),
    N_("{key}: {value} is not a whole number; allowed: {range}"),
    N_("{key}: {value} is out of range; allowed: {range}"),
    *(N_("{key} is above {other}"), N_("{key} must be before {other}")),
    N_("{key} fen cannot be split into {shares}, of at least 1 fen"),
    N_("{fault}; did you mean {words}?"),
    N_("{fault} Did you mean {words}?"),
    N_("{fault} (Possible options: {words})"),
    N_("Missing argument '{name}'."),
    N_("Missing option '{name}'."),
    N_("Got unexpected extra argument(s) ({words})"),
    N_("Option '{option}' requires an argument."),
    N_("Option '{option}' does not take a value."),
    N_("Invalid value for '{name}': {fault}"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be {kind}"),
)
# faults that the program puts together, and what Python says of TOML; spoken by `recast`
FAULTS = (
    N_("{path}: a folder, not a file"),
    N_("{path}: a pipe, socket or device; save it as a file first"),
    N_("{fault}; there are {names}"),
    N_('people: {named} is not a file, write "FILE.toml", nor a shipped name'),
    N_('preset: {named} is not a file, write "FILE.toml", nor a shipped name'),
    N_('base: {named} is not a file, write "FILE.toml", nor a shipped population'),
    N_("{fault} (and {more} more differences)"),
    N_("{fault} (and {more} more difference)"),
    N_("{folder}: --force-new removes the old rows, another --out keeps them"),
    N_("{path}: exists already; choose another name, or --force replaces it"),
    N_("--out: missing; write --out DIR, or --dry-run"),
    N_('grid: missing; write [grid] and a line "group.size" = [25, 50] (or one of {others})'),
    N_('scenario: missing; write scenario = "FILE.toml" or [scenario]'),
    N_("this needs {name}; install it with: {command}"),
    N_("pseudonyms were made under a key that is thrown away; --key-file keeps one"),
    N_("the key was written to {path}: whoever has it can test names against the log"),
    N_("others can read the key: {command}"),
    N_("{place}: not TOML: {fault} (at line {line}, column {column})"),
    N_("{place}: not TOML: {fault} (at end of document)"),
    N_("{low} to {high} groups"),
    N_("Wrote {path}. Next:"),
    N_("{path}: a folder without channels.json and the days of channels that a Slack export has"),
    N_("{path}: a folder of Telegram's; name the result.json in it"),
    N_("{path}: a folder; only the format slack is one"),
    N_("digest of the scenario {origin}"),
    N_("no clear difference between {words} and {others}"),
    N_("needs {days} days and who answers whom"),
    *(N_("Illegal character {sign}"), N_("Found invalid character {sign}")),
    *(N_("Invalid value"), N_("Invalid statement"), N_("Cannot overwrite a value")),
    *(N_("Expected '=' after a key in a key/value pair"), N_("Unclosed array")),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected newline or end of document after a statement"),
    *(N_("Cannot declare {key} twice"), N_("Unterminated string"), N_("Unclosed inline table")),
)


def taken_language(words: list[str], environment: Any) -> tuple[list[str], str]:
    """Take ``--lang`` out of a command's words, wherever it stands; else ask the environment."""
    kept, named = [], []
    rest = iter(words)
    for word in rest:
        name, given, value = word.partition("=")
        if name == OPTION:
            named.append(value if given else next(rest, ""))
        else:
            kept.append(word)
        if word == "--":
            kept += rest
    if fault := next((repr(value) for value in named if value not in LANGUAGES), ""):
        allowed = ", ".join(LANGUAGES)
        raise InputError([_("--lang: {value} is not one of {all}", value=fault, all=allowed)])
    return kept, named[-1] if named else language_of(environment)


def speaking(command: Any) -> Any:
    """Return a command, or a collection of them, whose help is in the language spoken."""
    if language() == "en":
        return command
    command.context_class = _Context
    command.help = _paragraphs(command.help or "")
    command.short_help = command.help.partition("\n\n")[0]
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)
    for one in getattr(command, "commands", {}).values():
        speaking(one)
    return command


def _paragraphs(text: str) -> str:
    """Translate a docstring, a paragraph at a time; an example is the same in every language."""
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(recast(_(part)) for part in parts)


_English: Any = typer.Context.formatter_class


class _Help(_English):  # type: ignore[misc]
    """Help whose headings are in the language spoken and whose lines know wide signs."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_heading(self, heading: str) -> None:
        text = _("{heading}:", heading=recast(heading))
        self.write(f"{'':>{self.current_indent}}{text}\n")

    def write_text(self, text: str) -> None:
        pad = " " * self.current_indent
        parts = [wrapped(part, self.width - len(pad)) for part in text.split("\n\n")]
        self.write("\n\n".join("\n".join(pad + line for line in part) for part in parts) + "\n")

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        rows = [(first, _rest(second)) for first, second in rows]
        at = min(max(cells(row[0]) for row in rows), col_max) + col_spacing
        pad = " " * self.current_indent
        for first, second in rows:
            lines = wrapped(second, max(self.width - at - len(pad), 10))
            if cells(first) + col_spacing > at:
                self.write(f"{pad}{first}\n")
                first = ""
            for line in lines:
                self.write(f"{pad}{first}{' ' * (at - cells(first))}{line}".rstrip() + "\n")
                first = ""


class _Context(typer.Context):
    formatter_class = _Help


def _rest(text: str) -> str:
    """Return what stands beside an option; Typer appends ``[default: 5]`` to a help text."""
    help_text, gap, tail = text.rpartition("  [")
    return f"{help_text}  {recast('[' + tail)}" if gap else recast(text)
