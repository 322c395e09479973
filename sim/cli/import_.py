"""``qunlab import``: exports of real chats become a message log without texts and names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import InputError, nearest

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift-jis", "euc-kr", "cp1252")
FILES = ("messages.parquet", "events.parquet", "groups.csv")


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Exports: files, or the folder of a Slack export.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the message log.")],
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="whatsapp, telegram, slack, discord, wechat, qq, chatlab, csv or parquet; "
            "default: recognised.",
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of local times, as Asia/Shanghai."),
    ] = None,
    date_order: Annotated[
        str | None,
        typer.Option(metavar="ORDER", help="dmy, mdy or ymd; default: found out from the dates."),
    ] = None,
    operator: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An operator's or bot's name or id; may be repeated."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name of a group, one a group in their order."),
    ] = None,
    keep_group_names: Annotated[
        bool, typer.Option("--keep-group-names", help="Take the names the exports give groups.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=HEADER", help="For tables: which column holds time, sender, text ..."
        ),
    ] = None,
    observed_until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the exports were made, as 2024-05-31T18:00Z."),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Key of the pseudonyms, made where there is none: the same key gives the same "
            "numbers. Default: a fresh key that is thrown away.",
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of text files; default: found out.")
    ] = None,
    round_minutes: Annotated[
        int | None,
        typer.Option(metavar="N", help="Take every time down to whole N minutes: harder to trace."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Say what was tried on the first 20 lines that were not understood."
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a log that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read exports of real chats into a message log without texts and names.

    WhatsApp, Telegram, Slack, Discord, WeChat, QQ, and any table of messages. Who asks, links and
    answers whom is derived first; then texts are dropped and names become numbers. Each file is a
    group. Read it by 'qunlab observe DIR'.

    Example: qunlab import chat.txt --time-zone Europe/Berlin --out results/log

    Example: qunlab import group.csv --column time=SentAt --column sender=Who --out results/log
    """
    from sim.chatlog import write_log
    from sim.chatlog.importing import Wishes, explanation, import_chats, parse_columns, read_key
    from sim.cli import import_tables
    from sim.cli.run import ORIGIN
    from sim.files import write_whole
    from sim.progress import progress_line

    problems = [*_faults_of_out(out, force), *_faults_of_key_file(key_file, out)]
    columns: dict[str, str] = {}
    try:
        columns = parse_columns(column or [])
    except InputError as fault:
        problems += fault.problems
    if encoding is not None and encoding.lower() not in ENCODINGS:
        near = nearest(encoding.lower(), ENCODINGS)
        problems.append(f"--encoding: {encoding!r}; allowed: {', '.join(ENCODINGS)}{near}")
        encoding = None
    wishes = Wishes(
        format=format_name,
        time_zone=time_zone,
        date_order=date_order,
        columns=columns,
        encoding=encoding,
        operators=tuple(operator or ()),
        group_names=tuple(group or ()),
        keep_group_names=keep_group_names,
        observed_until=observed_until,
        round_minutes=round_minutes,
    )
    if problems:
        missing = [f"{file}: no such file or folder" for file in files if not file.exists()]
        raise InputError([*problems, *wishes.faults(), *missing])
    if explain and not wishes.faults():
        for line in (line for file in files if file.exists() for line in explanation(file, wishes)):
            typer.echo(line, err=as_json)
    key, is_new = read_key(key_file)
    with progress_line(1, "importing") as progress:
        made = import_chats(files, wishes, key, progress)
    assert made.log.events is not None
    assert made.log.groups is not None
    with _key_saved(key_file if is_new else None, key):
        write_log(out, made.log.messages, made.log.events, made.log.groups)
        write_whole(out / ORIGIN, import_tables.origin(made, round_minutes).encode())
    notes = [*made.notes, *_notes_on_key(key_file, is_new)]
    if as_json:
        typer.echo(import_tables.as_json(made, out, notes))
    else:
        import_tables.show(made, out, notes)


def _faults_of_out(out: Path, force: bool) -> list[str]:
    import os

    above = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not above.is_dir():
        return [f"--out: {above} is a file, not a folder"]
    if not os.access(above, os.W_OK | os.X_OK):
        return [f"--out: {out}: cannot be written to"]
    there = [name for name in FILES if (out / name).exists()]
    if there and not force:
        return [f"--out: {out}: holds {there[0]} already; --force replaces the log there"]
    return []


def _faults_of_key_file(path: Path | None, out: Path) -> list[str]:
    if path is None:
        return []
    if out.resolve() in (path.resolve(), *path.resolve().parents):
        return ["--key-file: stands in the output folder; keep the key elsewhere"]
    if path.is_dir():
        return [f"--key-file: {path} is a folder, not a file"]
    if not path.exists() and not path.absolute().parent.is_dir():
        return [f"--key-file: {path.parent}: no such folder"]
    return []


@contextmanager
def _key_saved(path: Path | None, key: bytes) -> Iterator[None]:
    """Save a fresh key before the log; take it away again where the log cannot be written."""
    from sim.chatlog.importing import write_key

    if path is None:
        yield
        return
    write_key(path, key)
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _notes_on_key(path: Path | None, is_new: bool) -> list[str]:
    from sim.chatlog.importing import is_open_to_others

    if path is None:
        return ["pseudonyms were made under a key that is thrown away; --key-file keeps one"]
    if is_new:
        return [f"the key was written to {path}: whoever has it can test names against the log"]
    return [f"others can read the key: chmod 600 {path}"] if is_open_to_others(path) else []
