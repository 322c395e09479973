"""``qunlab observe``: every pattern of a message log, real or simulated, with its definition."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd

from sim.chatlog import ChatLog, read_log
from sim.cli.options import Json, LogPath, option
from sim.cli.terminal import print_json, print_rows, screen
from sim.language import _, outcome_name, recast
from sim.lives.patterns import CREATION_PATTERNS, PATTERNS, patterns


def observe(
    log: LogPath,
    groups: Annotated[
        Path | None, option("CSV of the groups: group, created, closed (UTC seconds), bot_share.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Count what a message log shows: silences, revivals, inequality, newcomers, growth, decay.

    The log is of real groups or of simulated ones; the rules are the same. Needed columns:
    group, member (-1 = operator), ts (UTC seconds), type (msg, question, link; bot for
    operators). Groups whose bot_share is above 0.5 are dropped.

    Example: qunlab observe results/log

    Example: qunlab observe rooms.parquet --groups rooms.csv
    """
    chat = read_log(log, groups)
    table = patterns(chat)
    notes = list(chat.notes)
    if (table["left_out"] > 0).any():
        notes.append(
            "left out: groups that were not seen for as long as the definition asks, whatever they "
            "showed until then"
        )
    if not table["pattern"].isin(CREATION_PATTERNS).any():
        notes.append(
            f"{len(CREATION_PATTERNS)} patterns of creation left out: they need a groups file with "
            "created, and closed where a created is missing"
        )
    if as_json:
        print_json(_as_json(chat, table, notes))
    else:
        _print_tables(chat, table, notes)


def event_totals(events: pd.DataFrame) -> dict[str, int]:
    """Count joins, leaves, mutes and packets, and sum up money in fen; outstanding is what was sent
    and neither claimed nor refunded yet.
    """
    by_event = events["fen"].clip(lower=0).groupby(events["event"].astype("str"))
    counts, money = by_event.size(), by_event.sum()
    totals = {f"{name}s": counts.get(name, 0) for name in ("join", "leave", "mute", "packet")}
    moves = {"sent": "packet", "claimed": "claim", "refunded": "refund"}
    totals |= {f"fen_{move}": money.get(name, 0) for move, name in moves.items()}
    outstanding = totals["fen_sent"] - totals["fen_claimed"] - totals["fen_refunded"]
    return {name: int(total) for name, total in (totals | {"fen_outstanding": outstanding}).items()}


def _as_json(chat: ChatLog, table: pd.DataFrame, notes: list[str]) -> dict[str, Any]:
    rows = [
        {
            "pattern": row.pattern,
            "value": row.value,
            "n_groups": row.n_groups,
            "definition": PATTERNS[row.pattern],
            "why": row.why,
            "n_left_out": row.left_out,
        }
        for row in table.itertuples()
    ]
    events = None if chat.events is None else event_totals(chat.events)
    return {"source": chat.source, "notes": notes, "patterns": rows, "events": events}


def _print_tables(chat: ChatLog, table: pd.DataFrame, notes: list[str]) -> None:
    console = screen()
    console.print(f"Patterns of {chat.source}")
    rows = []
    for row in table.itertuples():
        definition = _(PATTERNS[row.pattern])
        if row.why:
            text = _("{definition} (not computed: {why})")
            definition = text.format(definition=definition, why=recast(row.why))
        value = "-" if row.why else f"{row.value:.4f}"
        counts = str(row.n_groups), str(row.left_out or "-")
        rows.append((row.pattern, value, *counts, definition))
    heads = ("pattern", "value", "groups", "left out", "definition")
    print_rows(console, heads, rows, words=("pattern", "definition"))
    if chat.events is not None:
        totals = event_totals(chat.events)
        console.print("Joins, leaves and money (fen)")
        events = [outcome_name(name).replace("_", " ") for name in totals]
        print_rows(console, events, [[f"{value:,}" for value in totals.values()]], titles=0)
    for note in notes:
        console.print(f"Note: {note}.")
