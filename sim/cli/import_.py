"""``qunlab import``: exports of real chats become a message log without texts and names."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from sim.chatlog import write_log
from sim.chatlog.importing import Imported, InputReport, Wishes, explanation, import_chats
from sim.chatlog.log import FILES
from sim.chatlog.people import read_key, write_key
from sim.chatlog.tables import parse_columns
from sim.cli.options import Json, folder_faults, option
from sim.cli.run import write_origin
from sim.cli.terminal import print_json, print_rows, screen, tell
from sim.errors import Faults, nearest
from sim.language import N_, _, recast
from sim.progress import progress_line

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift-jis", "euc-kr", "cp1252")
_WIDTH_FOR_TIMES = 100  # on a narrower screen the table of groups shows days without times
_MOST_GROUPS = 20  # more groups than that are summed up in a line
_KINDS = {"questions": "question", "links": "link", "of_operators": "bot"}
_Text: TypeAlias = str | None
_Texts: TypeAlias = list[str] | None
_FORMAT = (
    "whatsapp, telegram, slack, discord, wechat, qq, chatlab, csv or parquet; default: recognised."
)
_KEY = (
    "Key of the pseudonyms, made where there is none: the same key gives the same numbers. "
    "Default: a fresh key that is thrown away."
)


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Exports: files, or the folder of a Slack export.")
    ],
    out: Annotated[Path, option("Folder for the message log.", metavar="DIR")],
    format_name: Annotated[_Text, option(_FORMAT, "--format", metavar="NAME")] = None,
    time_zone: Annotated[
        _Text, option("Zone of local times, as Asia/Shanghai.", metavar="ZONE")
    ] = None,
    date_order: Annotated[
        _Text, option("dmy, mdy or ymd; default: found out from the dates.", metavar="ORDER")
    ] = None,
    operator: Annotated[
        _Texts, option("An operator's or bot's name or id; may be repeated.", metavar="NAME")
    ] = None,
    group: Annotated[
        _Texts, option("Name of a group, one a group in their order.", metavar="NAME")
    ] = None,
    keep_group_names: Annotated[
        bool, option("Take the names the exports give groups.", "--keep-group-names")
    ] = False,
    column: Annotated[
        _Texts,
        option("For tables: which column holds time, sender, text ...", metavar="FIELD=HEADER"),
    ] = None,
    observed_until: Annotated[
        _Text, option("When the exports were made, as 2024-05-31T18:00Z.", metavar="TIME")
    ] = None,
    key_file: Annotated[Path | None, option(_KEY, metavar="FILE")] = None,
    encoding: Annotated[_Text, option("Of text files; default: found out.", metavar="NAME")] = None,
    round_minutes: Annotated[
        int | None, option("Take every time down to whole N minutes: harder to trace.", metavar="N")
    ] = None,
    explain: Annotated[
        bool,
        option("Say what was tried on the first 20 lines that were not understood.", "--explain"),
    ] = False,
    force: Annotated[bool, option("Replace a log that is there.", "--force")] = False,
    as_json: Json = False,
) -> None:
    """Read exports of real chats into a message log without texts and names.

    WhatsApp, Telegram, Slack, Discord, WeChat, QQ, and any table of messages. Who asks, links and
    answers whom is derived first; then texts are dropped and names become numbers. Each file is a
    group. Read it by 'qunlab observe DIR'.

    Example: qunlab import chat.txt --time-zone Europe/Berlin --out results/log

    Example: qunlab import group.csv --column time=SentAt --column sender=Who --out results/log
    """
    faults, columns = Faults(_faults_of_files(out, force, key_file)), dict[str, str]()
    with faults.gathered():
        columns = parse_columns(column or [])
    if encoding is not None and encoding.lower() not in ENCODINGS:
        near = nearest(encoding.lower(), ENCODINGS)
        faults.append(f"--encoding: {encoding!r}; allowed: {', '.join(ENCODINGS)}{near}")
        encoding = None
    wishes = Wishes(
        format_name,
        time_zone,
        date_order,
        columns,
        encoding,
        tuple(operator or ()),
        tuple(group or ()),
        keep_group_names,
        observed_until,
        round_minutes,
    )
    if faults:
        faults += wishes.faults()
        faults += [f"{file}: no such file or folder" for file in files if not file.exists()]
    faults.refuse()
    if explain and not wishes.faults():
        for line in (line for file in files if file.exists() for line in explanation(file, wishes)):
            tell(line, err=as_json)
    key, is_new = read_key(key_file)
    with progress_line(1, N_("importing")) as progress:
        made = import_chats(files, wishes, key, progress)
    inputs = [{"format": each.format, "exporter": each.detail or None} for each in made.inputs]
    origin = {"imported_from": inputs, "round_minutes": round_minutes}  # without any file's name
    with _key_saved(key_file if is_new else None, key):
        write_log(out, made.log.messages, made.events, made.groups)
        write_origin(out, origin)
    _print(made, out, [*made.notes, *_notes_on_key(key_file, is_new)], as_json)


def _faults_of_files(out: Path, force: bool, key_file: Path | None) -> Iterator[str]:
    """Yield what is wrong with where the log and the key are to go."""
    unfit = folder_faults("--out", out)
    there = [name for name in FILES if not unfit and (out / name).exists()]
    yield from unfit
    if there and not force:
        yield f"--out: {out}: holds {there[0]} already; --force replaces the log there"
    if key_file is None:
        return
    if out.resolve() in (key_file.resolve(), *key_file.resolve().parents):
        yield "--key-file: stands in the output folder; keep the key elsewhere"
    elif key_file.is_dir():
        yield f"--key-file: {key_file} is a folder, not a file"
    elif not key_file.exists() and not key_file.absolute().parent.is_dir():
        yield f"--key-file: {key_file.parent}: no such folder"


@contextmanager
def _key_saved(path: Path | None, key: bytes) -> Iterator[None]:
    """Save a fresh key before the log; take it away again where the log cannot be written."""
    if path is not None:
        write_key(path, key)
    try:
        yield
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise


def _notes_on_key(path: Path | None, is_new: bool) -> list[str]:
    if path is None:
        return ["pseudonyms were made under a key that is thrown away; --key-file keeps one"]
    if is_new:
        return [f"the key was written to {path}: whoever has it can test names against the log"]
    is_open_to_others = os.name == "posix" and path.stat().st_mode & 0o077
    return [f"others can read the key: chmod 600 {path}"] if is_open_to_others else []


def _print(made: Imported, out: Path, notes: Sequence[str], as_json: bool) -> None:
    sums, groups = _totals(made), _groups_of(made)
    if as_json:
        inputs = [_input_facts(report) for report in made.inputs]
        answer = {"log": str(out), "totals": sums, "inputs": inputs, "groups": groups}
        answer["notes"] = list(notes)
        print_json(answer)
        return
    console = screen()
    console.print(
        f"Wrote {out}: {sums['messages']:,} messages ({sums['questions']:,} questions, "
        f"{sums['links']:,} links, {sums['of_operators']:,} of operators) by "
        f"{sums['members']:,} members in {sums['groups']:,} groups; "
        f"{sums['addressed']:,} address somebody; {sums['events']:,} events"
    )
    if sums["from"]:
        console.print(f"From {sums['from']} to {sums['to']} (UTC)")
    _print_groups(console, groups)
    for report in made.inputs:
        for line in _lines_on(report):
            console.print(line)
    for note in notes:
        console.print(_("Note: {note}.", note=recast(note)))


def _span(messages: Any) -> dict[str, Any]:
    """Count messages of a frame and their members, and say when the first and the last was."""
    return {
        "messages": len(messages),
        "members": int(messages.loc[messages["member"] >= 0, "member"].nunique()),
        "from": _when(messages["ts"].min()),
        "to": _when(messages["ts"].max()),
    }


def _totals(made: Imported) -> dict[str, Any]:
    messages = made.log.messages
    kinds, span = messages["type"].value_counts(), _span(messages)
    return {
        "messages": span["messages"],
        **{name: int(kinds[kind]) for name, kind in _KINDS.items()},
        "addressed": int((messages["reply_to"] >= 0).sum()),
        "members": span["members"],
        "groups": len(made.groups),
        "events": len(made.events),
        "from": span["from"],
        "to": span["to"],
    }


def _groups_of(made: Imported) -> list[dict[str, Any]]:
    messages = made.log.messages
    parts = dict(list(messages.groupby("group", observed=True)))
    return [
        {"group": name, **_span(parts.get(name, messages[:0])), "observed_until": _when(end)}
        for name, end in zip(made.groups["group"], made.groups["closed"], strict=True)
    ]


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
        "malformed": {reason: vars(met) for reason, met in tally.malformed.items()},
        "doubtful": {what: vars(met) for what, met in tally.doubtful.items()},
        "notes": dict(tally.notes),
    }


def _lines_on(report: InputReport) -> Iterator[str]:
    tally = report.tally
    times = f"local times of {report.zone}" if report.zone else "times with their zone"
    dates = f"dates {report.date_order}" if report.date_order else ""
    read_as = filter(None, (report.format, _(report.detail), recast(times), recast(dates)))
    yield f"{report.path}: {_(', ').join(read_as)}"
    yield (
        f"  {tally.total():,} records = {tally.messages:,} messages + {tally.incidents:,} events "
        f"+ {tally.further_lines:,} further lines + {sum(tally.dropped.values()):,} dropped "
        f"+ {tally.malformed_total():,} malformed"
    )
    for kind, count in tally.dropped.most_common():
        yield f"  dropped: {count:,} {kind}"
    for title, found in (("malformed", tally.malformed), ("doubtful lines", tally.doubtful)):
        for what, met in found.items():
            more = ", ..." if met.count > len(met.lines) else ""
            where = f": line {', '.join(met.lines)}{more}" if met.lines else ""
            yield f"  {title}: {met.count:,} {what}{where}"
    for text, count in tally.notes.items():
        yield f"  note: {text}" + (f" ({count:,} times)" if count > 1 else "")
    if report.skipped_times:
        yield (
            f"  {report.skipped_times:,} times no clock of {report.zone} ever showed: "
            "is it the right zone?"
        )


def _print_groups(console: Any, rows: list[dict[str, Any]]) -> None:
    letters = None if console.width >= _WIDTH_FOR_TIMES else len("2024-01-01")
    shown = [
        [
            *(row["group"], f"{row['messages']:,}", f"{row['members']:,}"),
            *((row[key] or "-")[:letters] for key in ("from", "to", "observed_until")),
        ]
        for row in rows[:_MOST_GROUPS]
    ]
    if rest := rows[_MOST_GROUPS:]:
        messages = sum(row["messages"] for row in rest)
        shown.append([f"and {len(rest)} more", f"{messages:,}", "", "", "", ""])
    heads = N_(("group", "messages", "members", "first message", "last message", "seen until"))
    print_rows(console, heads, shown, words=("group",))


def _when(seconds: float) -> str | None:
    if seconds != seconds:  # nothing was written
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")
