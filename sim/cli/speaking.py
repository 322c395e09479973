"""The commands in the language spoken: their help, and what Typer says of wrong words."""

from __future__ import annotations

from typing import Any

import typer

from sim.errors import InputError
from sim.language import LANGUAGES, _, cells, language, language_of, recast, wrapped

OPTION = "--lang"


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
