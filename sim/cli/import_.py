"""``qunlab import``: exports of real chats become a message log without texts and names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.chatlog.importing import Imported, InputReport

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
    from sim.chatlog.importing import Wishes, explanation, import_chats
    from sim.chatlog.people import read_key
    from sim.chatlog.tables import parse_columns
    from sim.cli.run import ORIGIN
    from sim.progress import progress_line
    from sim.whole import write_whole

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
        write_whole(out / ORIGIN, _origin(made, round_minutes).encode())
    notes = [*made.notes, *_notes_on_key(key_file, is_new)]
    if as_json:
        typer.echo(_json(made, out, notes))
    else:
        _show(made, out, notes)


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
    from sim.chatlog.people import write_key

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
    from sim.chatlog.people import is_open_to_others

    if path is None:
        return ["pseudonyms were made under a key that is thrown away; --key-file keeps one"]
    if is_new:
        return [f"the key was written to {path}: whoever has it can test names against the log"]
    return [f"others can read the key: chmod 600 {path}"] if is_open_to_others(path) else []


# On a narrower screen the table of groups shows days without times.
_WIDTH_FOR_TIMES = 100

# More groups than that are summed up in a line.
_MOST_GROUPS = 20


def _json(made: Imported, out: Path, notes: Sequence[str]) -> str:
    """Write the account as one JSON object."""
    answer = {
        "log": str(out),
        "totals": _totals(made),
        "inputs": [_input_facts(report) for report in made.inputs],
        "groups": _groups_of(made),
        "notes": list(notes),
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def _origin(made: Imported, round_minutes: int | None) -> str:
    """Write where a log comes from as JSON, without any name of a file."""
    inputs = [{"format": each.format, "exporter": each.detail or None} for each in made.inputs]
    said = {"imported_from": inputs, "round_minutes": round_minutes}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _show(made: Imported, out: Path, notes: Sequence[str]) -> None:
    """Print the account."""
    console = screen()
    sums = _totals(made)
    console.print(
        f"Wrote {out}: {sums['messages']:,} messages ({sums['questions']:,} questions, "
        f"{sums['links']:,} links, {sums['of_operators']:,} of operators) by "
        f"{sums['members']:,} members in {sums['groups']:,} groups; "
        f"{sums['addressed']:,} address somebody; {sums['events']:,} events"
    )
    if sums["from"]:
        console.print(f"From {sums['from']} to {sums['to']} (UTC)")
    _print_groups(console, _groups_of(made))
    for report in made.inputs:
        _print_input(console, report)
    for note in notes:
        console.print(f"Note: {note}.")


def _totals(made: Imported) -> dict[str, Any]:
    """Sum up a log: counts, and the span of messages as dates with times."""
    messages, events, groups = made.log.messages, made.log.events, made.log.groups
    assert events is not None
    assert groups is not None
    kinds = messages["type"].value_counts()
    return {
        "messages": len(messages),
        "questions": int(kinds["question"]),
        "links": int(kinds["link"]),
        "of_operators": int(kinds["bot"]),
        "addressed": int((messages["reply_to"] >= 0).sum()),
        "members": int(messages.loc[messages["member"] >= 0, "member"].nunique()),
        "groups": len(groups),
        "events": len(events),
        "from": _when(messages["ts"].min()),
        "to": _when(messages["ts"].max()),
    }


def _groups_of(made: Imported) -> list[dict[str, Any]]:
    """Give each group's name, messages, members, first and last message, end of observation."""
    assert made.log.groups is not None
    parts: dict[str, pd.DataFrame] = dict(list(made.log.messages.groupby("group", observed=True)))
    rows = []
    for name, closed in zip(made.log.groups["group"], made.log.groups["closed"], strict=True):
        part = parts.get(name, made.log.messages[:0])
        rows.append(
            {
                "group": name,
                "messages": len(part),
                "members": int(part.loc[part["member"] >= 0, "member"].nunique()),
                "from": _when(part["ts"].min()),
                "to": _when(part["ts"].max()),
                "observed_until": _when(closed),
            }
        )
    return rows


def _input_facts(report: InputReport) -> dict[str, Any]:
    tally = report.tally
    return {
        "input": str(report.path),
        "format": report.format,
        "exporter": report.detail or None,
        "time_zone": report.zone or None,
        "date_order": report.date_order or None,
        "times_no_clock_showed": report.skipped_times,
        "records": tally.total(),
        "messages": tally.messages,
        "events": tally.incidents,
        "further_lines": tally.further_lines,
        "dropped": dict(tally.dropped),
        "malformed": {
            reason: {"count": met.count, "lines": met.lines}
            for reason, met in tally.malformed.items()
        },
        "doubtful": {
            what: {"count": count, "lines": tally.doubtful_lines.get(what, [])}
            for what, count in tally.doubtful.items()
        },
        "notes": dict(tally.notes),
    }


def _print_input(console: Any, report: InputReport) -> None:
    tally = report.tally
    read_as = [report.format]
    read_as += [report.detail] if report.detail else []
    read_as += [f"local times of {report.zone}"] if report.zone else ["times with their zone"]
    read_as += [f"dates {report.date_order}"] if report.date_order else []
    console.print(f"{report.path}: {', '.join(read_as)}")
    console.print(
        f"  {tally.total():,} records = {tally.messages:,} messages + {tally.incidents:,} events "
        f"+ {tally.further_lines:,} further lines + {sum(tally.dropped.values()):,} dropped "
        f"+ {tally.malformed_total():,} malformed"
    )
    for kind, count in tally.dropped.most_common():
        console.print(f"  dropped: {count:,} {kind}")
    for reason, met in tally.malformed.items():
        console.print(f"  malformed: {met.count:,} {reason}{_lines(met.lines, met.count)}")
    for what, count in tally.doubtful.items():
        lines = _lines(tally.doubtful_lines.get(what, []), count)
        console.print(f"  doubtful lines: {count:,} {what}{lines}")
    for text, count in tally.notes.items():
        console.print(f"  note: {text}" + (f" ({count:,} times)" if count > 1 else ""))
    if report.skipped_times:
        console.print(
            f"  {report.skipped_times:,} times no clock of {report.zone} ever showed: "
            "is it the right zone?"
        )


def _lines(first: list[str], count: int) -> str:
    more = ", ..." if count > len(first) else ""
    return f": line {', '.join(first)}{more}" if first else ""


def _print_groups(console: Console, rows: list[dict[str, Any]]) -> None:
    letters = None if console.width >= _WIDTH_FOR_TIMES else len("2024-01-01")
    shown = [
        [
            row["group"],
            f"{row['messages']:,}",
            f"{row['members']:,}",
            *((row[key] or "-")[:letters] for key in ("from", "to", "observed_until")),
        ]
        for row in rows[:_MOST_GROUPS]
    ]
    if rest := rows[_MOST_GROUPS:]:
        said = sum(row["messages"] for row in rest)
        shown.append([f"and {len(rest)} more", f"{said:,}", "", "", "", ""])
    heads = ("group", "messages", "members", "first", "last", "observed until")
    print_rows(console, heads, shown, words=("group",))


def _when(seconds: float) -> str | None:
    if seconds != seconds:  # nothing was said
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")
