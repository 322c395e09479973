"""What users read, and its Chinese: ``make catalogue`` brings sim/locale up to date.

Texts are found in two ways: those within ``_()`` and ``N_()`` by Babel in the sources (and in the
page's template), and those that are data (the help of commands) by asking the program.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "sim" / "locale" / "zh" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**.jinja", "jinja2.ext:babel_extract")]
FIELD = re.compile(r"\{\w*[^{}]*\}")
HEADER = "# Chinese of Qunlab: `make catalogue` brings it up to date; then write the empty ones."
# a head that never changes is easy to merge
NOBODY: dict[str, Any] = dict.fromkeys(("version", "last_translator", "language_team"), "-")
NOBODY |= dict.fromkeys(("creation_date", "revision_date"), datetime(2026, 11, 29, tzinfo=UTC))


def texts() -> set[str]:
    """Every text that a user may read."""
    return {*in_sources(), *in_help()}


def in_sources() -> Iterator[str]:
    keywords = {"_": None, "N_": None}
    found = extract_from_dir(PROJECT / "sim", METHODS, keywords=keywords)
    return (text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


def in_help() -> Iterator[str]:
    from sim.cli import application

    commands: list[Any] = [typer.main.get_command(application())]
    commands += commands[0].commands.values()
    for command in commands:
        yield from paragraphs(command.help or "")
        yield from (text for one in command.params if (text := getattr(one, "help", None)))


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


def main() -> int:
    catalogue = updated()
    out = BytesIO()
    write_po(out, catalogue, width=0, no_location=True)
    lines = out.getvalue().splitlines(keepends=True)
    lines = [line for line in lines if not line.startswith((b'"Generated-By', b"#, python"))]
    (FOLDER / "qunlab.po").write_bytes(b"".join(lines))
    (FOLDER / "qunlab.mo").write_bytes(compiled(read()))
    empty = [message.id for message in messages(catalogue) if not message.string]
    sys.stdout.writelines([f"without Chinese: {text!r}\n" for text in empty])
    return bool(empty)


if __name__ == "__main__":
    sys.exit(main())
