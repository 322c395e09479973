"""What commands print: tables for people, every number whole at any width; JSON for programs."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.errors import Faults
from sim.language import N_, PIECE, _, recast, wrapped
from sim.progress import Progress, progress_line

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.report.answer import Answer
    from sim.scenario import Scenario

# columns where the output goes to a file or a pipe: one line a row, for grep
UNWRAPPED_WIDTH = 240

GAP = INDENT = 2

MOST_NOTES = 5

# an answer is no longer than a screen of 80 columns, and no wider than this anywhere
ANSWER_LINES, ANSWER_WIDTH = 24, 100
FEWEST_OPTIONS = 2
RULE = "─ "

# exit code of a command that was stopped by Ctrl-C
INTERRUPTED = 130

# in words, a difference under two of its Monte-Carlo errors
NO_CLEAR_DIFFERENCE = N_("no clear difference")


@dataclass
class Heard:
    """What a command says that nobody reads on a screen: its JSON, that in sentences, its notes."""

    found: object = None
    sentences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# what is printed as JSON goes there instead
hearing: ContextVar[Heard | None] = ContextVar("hearing", default=None)


def screen() -> Console:
    """Return where commands print: as wide as the terminal, or wide enough for whole lines."""
    from rich import _wrap
    from rich.console import Console

    class Screen(Console):
        def print(self, *objects: Any, **more: Any) -> None:
            said = (recast(one) if isinstance(one, str) else one for one in objects)
            super().print(*said, **more)

    _wrap.re_word = PIECE  # lines end between Chinese signs too
    console = Screen(highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = UNWRAPPED_WIDTH
    return console


def tell(text: str, err: bool = False) -> None:
    """Write a line as it is, in the language spoken."""
    typer.echo(recast(text), err=err)


def say(text: str) -> None:
    """Print sentences: wrapped at words on a terminal, in one line elsewhere."""
    console = screen()
    console.print(text, soft_wrap=console.width == UNWRAPPED_WIDTH)


def in_a_line(wrong: OSError | MemoryError) -> str:
    """Say what the machine refused: a full disk, a file that may not be written, memory."""
    if isinstance(wrong, MemoryError):
        return _("out of memory: fewer groups or smaller ones need less")
    where = f": {wrong.filename}" if wrong.filename else ""
    return f"{wrong.strerror or wrong}{where}"


def print_notes(scenarios: Iterable[Scenario], refused: bool = True) -> None:
    """Say on the error stream what of these scenarios has no effect, each line once; that a policy
    refuses a run is an error, or a line as well.
    """
    from sim.scenario import notes

    faults, said = Faults(), dict[str, None]()
    for scenario in scenarios:
        with faults.gathered():
            said |= dict.fromkeys(notes(scenario))
    if refused:
        faults.refuse()
    said |= dict.fromkeys(faults)
    if heard := hearing.get():
        heard.notes += map(recast, said)
        return
    for line in [*said][:MOST_NOTES]:
        tell(f"note: {line}", err=True)


def print_answer(answer: Answer, quiet: bool = False) -> None:
    """Print an answer on one screen: what to do, a table as long as there is room, cost, what not
    to do and to watch, how far to trust it, where more is; `quiet`: only what to do.
    """
    console = screen()
    width = min(console.width, ANSWER_WIDTH)
    above = [answer.headline, *answer.detail] if not quiet else [answer.headline]
    first = [line for text in above for line in wrapped(text, width)]
    last = [line for text in _below(answer) for line in wrapped(text, width)]
    piped = console.width == UNWRAPPED_WIDTH  # commands and paths stay whole there
    last += [line for text in answer.more for line in ([text] if piped else wrapped(text, width))]
    room = ANSWER_LINES - len(first) - len(last)
    table = [] if quiet else _options(answer, width, room)
    typer.echo("\n".join([*first, *table, *([] if quiet else last)]))


def _below(answer: Answer) -> list[str]:
    """Return what stands below the table: cost, what not to do and to watch, how far to trust."""
    watch = _("; ").join(
        _("{allowed}: {meaning}", allowed=measure, meaning=act) for measure, act in answer.watch
    )
    watch = _("Watch {what}.").format(what=watch) if watch else ""
    return [*filter(None, (answer.cost, *answer.avoid, watch, *answer.trust))]


def in_sentences(answer: Answer) -> list[str]:
    """Return an answer for who has no screen: its sentences, and each option in a line."""
    heads = answer.option_heads
    rows = [
        " | ".join(
            [
                one.words,
                *(" ".join(cell) for cell in zip(heads, one.cells, strict=False) if cell[1]),
            ]
        )
        for one in answer.options
    ]
    return [answer.headline, *answer.detail, *rows, *_below(answer)]


def _options(answer: Answer, width: int, room: int) -> list[str]:
    """Lay out as many options as have room, the best ones first, and those that are kept."""
    from rich.console import Console

    heads = ["", *answer.option_heads]
    in_words = any(option.cells[-1][:1].isalpha() for option in answer.options)
    kept = [*answer.options]
    while kept:
        rows = [[one.words, *one.cells] for one in kept]
        console = Console(width=width, highlight=False, markup=False, emoji=False)
        with console.capture() as shown:
            print_rows(console, heads, rows, words=("", heads[-1] if in_words else ""))
        lines = [line.rstrip() for line in shown.get().splitlines() if line.strip(RULE)]
        spare = [at for at, one in enumerate(kept) if at >= FEWEST_OPTIONS and not one.kept]
        if len(lines) <= room or not spare:
            return lines
        del kept[spare[-1]]
    return []


def print_rows(
    console: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Collection[str] = (),
    titles: int = 1,
    spare: str = "",
) -> None:
    """Print a table; where its numbers do not fit the width, one record after the other, named by
    the first `titles` columns. Only columns of `words` wrap, at spaces; `spare`, one of words, goes
    first where they do not fit.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    rows = [[recast(cell) if " " in cell else cell for cell in row] for row in rows]
    heads, words, spare = [*map(recast, heads)], [*map(recast, words)], recast(spare)
    widths = _widths(heads, rows, words, console.width)
    if widths is None and spare:
        at = heads.index(spare)
        fewer = [[*row[:at], *row[at + 1 :]] for row in (heads, *rows)]
        print_rows(console, fewer[0], fewer[1:], words, titles)
        console.print(_("Left out on so narrow a screen: {column} (in --json).", column=spare))
        return
    if widths is None:
        for row in rows:
            _print_record(console, heads, row, titles)
        return
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for head, width in zip(heads, widths, strict=True):
        side: Any = "left" if head in words else "right"
        table.add_column(head, justify=side, width=width, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _widths(
    heads: Sequence[str], rows: Sequence[Sequence[str]], words: Collection[str], width: int
) -> list[int] | None:
    """Share a screen out among columns, so that no number and no word is cut; None: too narrow."""
    from rich.cells import cell_len

    full, widths = [], []
    for head, *cells in zip(heads, *rows, strict=True):
        wrapped = " ".join([head, *cells] if head in words else [head])
        pieces = [piece.strip() for piece in PIECE.findall(wrapped)]
        whole = [] if head in words else cells
        widths.append(max(map(cell_len, [*pieces, *whole]), default=0))
        full.append(max(map(cell_len, [head, *cells])))
    spare = width - GAP * (len(heads) - 1) - sum(widths)
    if spare < 0:
        return None
    while spare and widths != full:
        for at, wanted in enumerate(full):
            if spare and widths[at] < wanted:
                widths[at] += 1
                spare -= 1
    return widths


def _print_record(console: Console, heads: Sequence[str], row: Sequence[str], titles: int) -> None:
    """Print a row below its title, as many of its cells on a line as go there whole."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.text import Text

    named = [f"{head} {cell}".strip() for head, cell in zip(heads, row, strict=True) if cell]
    if titles:
        console.print(Text(row[0] if titles == 1 else ", ".join(named[:titles])))  # as it is
    lines = [""]
    for cell in named[titles:]:
        joined = f"{lines[-1]}; {cell}".removeprefix("; ")
        fits = cell_len(joined) <= console.width - INDENT
        lines = [*lines[:-1], joined] if fits else [*filter(None, lines), cell]
    for line in filter(None, lines):
        console.print(Padding(line, (0, 0, 0, INDENT), expand=False))


@contextmanager
def when_interrupted(kept: Callable[[], str]) -> Iterator[None]:
    """Let Ctrl-C within the block end the command, ``stopped:`` and what is kept on a line."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(_("stopped: {kept}", kept=kept()), err=True)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def progress_kept(out: Path, total: int, label: str) -> Iterator[Progress]:
    """Show progress of what is stored in `out` as it comes; say so after Ctrl-C."""
    kept = _("rows are kept in {folder}; the same command continues", folder=out)
    with when_interrupted(lambda: kept), progress_line(total, label) as progress:
        yield progress


def print_json(answer: object, said: Callable[[], Answer] | None = None) -> None:
    """Print one JSON object, as `plain` makes it. Where somebody is `hearing`, the object goes
    there, and `said` in sentences.
    """
    if heard := hearing.get():
        heard.found, heard.sentences = plain(answer), in_sentences(said()) if said else []
        return
    typer.echo(json.dumps(plain(answer), indent=2, ensure_ascii=False, allow_nan=False))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table for JSON."""
    rows: list[dict[str, Any]] = plain(table.astype(object).to_dict("records"))
    return rows


def rounded_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table for JSON, numbers with at most 10 decimals."""
    return list(json.loads(table.to_json(orient="records")))


def plain(value: Any) -> Any:
    """Return a value as JSON knows it, and all that it holds: a table as its rows, a path as its
    name, what is not finite as null.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    if hasattr(value, "to_dict"):
        return records(value)
    if is_dataclass(value):
        return plain(vars(value))
    if isinstance(value, Path):
        return str(value)
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
