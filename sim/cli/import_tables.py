"""What ``qunlab import`` prints: what became of every record, and what the log holds."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import print_rows, screen

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.chatlog.importing import Imported, InputReport

# On a narrower screen the table of groups shows days without times.
WIDTH_FOR_TIMES = 100

# More groups than that are summed up in a line.
MOST_GROUPS = 20


def as_json(made: Imported, out: Path, notes: Sequence[str]) -> str:
    """Write the account as one JSON object."""
    answer = {
        "log": str(out),
        "totals": totals(made),
        "inputs": [_input_facts(report) for report in made.inputs],
        "groups": groups_of(made),
        "notes": list(notes),
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def origin(made: Imported, round_minutes: int | None) -> str:
    """Write where a log comes from as JSON, without any name of a file."""
    inputs = [{"format": each.format, "exporter": each.detail or None} for each in made.inputs]
    said = {"imported_from": inputs, "round_minutes": round_minutes}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def show(made: Imported, out: Path, notes: Sequence[str]) -> None:
    """Print the account."""
    console = screen()
    sums = totals(made)
    console.print(
        f"Wrote {out}: {sums['messages']:,} messages ({sums['questions']:,} questions, "
        f"{sums['links']:,} links, {sums['of_operators']:,} of operators) by "
        f"{sums['members']:,} members in {sums['groups']:,} groups; "
        f"{sums['addressed']:,} address somebody; {sums['events']:,} events"
    )
    if sums["from"]:
        console.print(f"From {sums['from']} to {sums['to']} (UTC)")
    _print_groups(console, groups_of(made))
    for report in made.inputs:
        _print_input(console, report)
    for note in notes:
        console.print(f"Note: {note}.")


def totals(made: Imported) -> dict[str, Any]:
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


def groups_of(made: Imported) -> list[dict[str, Any]]:
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
    letters = None if console.width >= WIDTH_FOR_TIMES else len("2024-01-01")
    shown = [
        [
            row["group"],
            f"{row['messages']:,}",
            f"{row['members']:,}",
            *((row[key] or "-")[:letters] for key in ("from", "to", "observed_until")),
        ]
        for row in rows[:MOST_GROUPS]
    ]
    if rest := rows[MOST_GROUPS:]:
        said = sum(row["messages"] for row in rest)
        shown.append([f"and {len(rest)} more", f"{said:,}", "", "", "", ""])
    heads = ("group", "messages", "members", "first", "last", "observed until")
    print_rows(console, heads, shown, words=("group",))


def _when(seconds: float) -> str | None:
    if seconds != seconds:  # nothing was said
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")
