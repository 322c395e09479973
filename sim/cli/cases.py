"""``qunlab cases``: practitioners' stories as experiments that can disagree with their tellers."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sim import cases as trial
from sim import plots
from sim.cases import CASES, Case, Found, play_case, read_case, shipped_record, try_assumptions
from sim.cli.options import DRAWN, Drawn, Json, Quiet, Threads, option, option_faults, ownerless
from sim.cli.sweep import compile_once
from sim.cli.terminal import (
    plain,
    print_answer,
    print_json,
    print_rows,
    say,
    screen,
    when_interrupted,
)
from sim.files import write_whole
from sim.language import N_, _, language
from sim.progress import progress_line
from sim.report import pages
from sim.report.answer import NO_POINT, Answer, Card, Option, between
from sim.report.pages import write_page
from sim.report.pictures import Picture
from sim.report.shell import Facts
from sim.report.uncertainty import alike
from sim.scenario.loading import shipped_files
from sim.study.origin import in_one_line

HEADS = N_(("case", "verdict", "of 100", "hangs on"))
NOT_PLAYED = N_("not played yet")


def cases(
    case: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A case; without one all are listed.")
    ] = None,
    assumptions: Annotated[
        bool,
        option(
            "Halve and double each assumption that the case uses; needs --out.", "--assumptions"
        ),
    ] = False,
    groups: Annotated[int | None, option("Groups played; default: run.groups of the case.")] = None,
    seconds: Annotated[
        float | None, option("Of --assumptions: stop after so long; again, it continues; 600.")
    ] = None,
    out: Annotated[
        Path | None, option("Keep rows there, to be continued, with ID.verdict.json and a page.")
    ] = None,
    drawn: Drawn = DRAWN,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Try practitioners' stories: how likely their claim is, and which practice does it.

    Example: qunlab cases

    Example: qunlab cases mothers --assumptions --out results/cases
    """
    limits = ("--groups", groups, 2, 1_000_000), ("--seconds", seconds, 1, 1e6)
    faults = option_faults(*limits, threads=threads, out=out)
    faults += ownerless("ID", {"--assumptions": assumptions or None} if case is None else {})
    if assumptions and out is None:
        faults.append("--assumptions: needs --out DIR, where it is kept to be continued")
    if not assumptions:
        faults += ownerless("--assumptions", {"--seconds": seconds})
    files = drawn.files(faults)
    faults.refuse()
    if case is None:
        _list(as_json)
        return
    told = trial.read_case(case)
    with ExitStack() as passing:
        apart = tempfile.TemporaryDirectory(prefix="qunlab-cases-")
        folder = (out or Path(passing.enter_context(apart))) / told.name
        most = seconds or (trial.MOST_SECONDS if assumptions else 0.0)
        found = _play(told, folder, groups, most, threads)
        page = write_page(folder, told.name, partial(page_of_case, found), files) if out else []
    record = trial.as_record(found)
    if out:
        text = json.dumps(plain(record), indent=1, ensure_ascii=False) + "\n"
        write_whole(out / f"{told.name}{trial.VERDICT}", text.encode())
    if as_json:
        print_json(record, partial(trial.answer_of_case, found))
        return
    more = _("More: --json, --assumptions --out DIR (halves and doubles what is assumed).")
    if page:
        more = _("More: {page}, --json, --assumptions.", page=page[0])
    print_answer(dataclasses.replace(trial.answer_of_case(found), more=(more,)), quiet)


def _play(
    case: Case, folder: Path, groups: int | None, seconds: float, threads: int | None
) -> Found:
    """Play a case, and with some time given its assumptions."""
    with when_interrupted(lambda: _("rows are kept in {folder}", folder=folder)):
        compile_once()
        with progress_line(1, N_("simulating")) as progress:
            found = play_case(case, folder, groups, threads, progress)
        return try_assumptions(found, folder, seconds, threads) if seconds else found


def page_of_case(found: Found) -> Facts:
    """Gather what the page of a case shows: the answer, with each practice off as a bar."""
    answer, cards = trial.answer_of_case(found), []
    for part in found.case.claims:
        gap, scale = part.gap(found.played), trial.said(trial.known(part.outcome))[1]
        ends = alike([scale * one for one in (gap.difference, gap.lower, gap.upper)])
        cards.append(Card(part.words(), ends[0], _(part.verdict(gap)), between(*ends)))
    share = alike([100 * one for one in (found.fulfilled.value, *found.fulfilled.interval)])
    title = _("Groups that fulfil the claim, of 100")
    cards.append(Card(title, share[0], answer.cost, between(*share)))
    told = (*answer.detail, *answer.avoid)
    answer = dataclasses.replace(answer, detail=told, avoid=(), cards=tuple(cards))
    head = _("{name} · {groups:,} groups that share all chance events, seed {seed}").format(
        name=found.case.name, groups=found.played.replications, seed=found.played.manifest.seed
    )
    shown = (_("The claim, and each practice switched off"), "")
    return pages.facts(answer, head, [_practices(found)], [], found.origin, shown)


def _practices(found: Found) -> Picture | None:
    """Draw what the claim's outcome gains from each practice, against the same without it."""
    words, scale = trial.said(trial.known(found.case.claims[0].outcome))
    rows = list[tuple[Any, ...]]()
    for name, (_part, gap) in trial.contributions(found).items():
        ends = (scale * one for one in (gap.difference, gap.lower, gap.upper))
        if not (one := found.case.ablations[name]).both:
            rows.append((one.words[language()], gap.clear, *ends))
    if not rows:
        return None
    bars = pd.DataFrame(rows, columns=["row", "clear", "value", "lower", "upper"])
    caption = _("{outcome}: the case less the same with this change; hollow: not clear.")
    caption = caption.format(outcome=words)
    title, source = _("Which practice does it?"), in_one_line(found.origin)
    about = plots.Words(title, caption, _("difference, 95 %"), footer=source)
    return Picture("practices", about, partial(plots.intervals, bars, narrow=True))


def _list(as_json: bool) -> None:
    """Print all cases, each with the verdict that lies beside its file."""
    rows, records = [], list[dict[str, Any]]()
    for name in sorted(shipped_files(CASES)):
        told, record = read_case(name), shipped_record(name)
        verdict = record.get("verdict", NOT_PLAYED)
        share = record.get("fulfilled", [None])[0]
        of_hundred = "-" if share is None else f"{100 * share:.0f}"
        rows.append([name, _(verdict), of_hundred, record.get("hangs_on") or "-"])
        records.append({"case": name, "story": dict(told.story), "found": record or None})
    about = _("Practitioners' stories on trial: does what is told come about in the model?")
    if as_json:
        options = tuple(Option(name, NO_POINT, tuple(cells)) for name, *cells in rows)
        heads = tuple(map(_, HEADS[1:]))
        print_json(records, lambda: Answer(about, option_heads=heads, options=options))
    else:
        say(about)
        print_rows(screen(), HEADS, rows, words=("verdict", "hangs on"))
        say(_("Of 100: groups in which the whole claim holds. Hangs on: the assumption that "
              "turns it."))  # fmt: skip
        say(_("One case: qunlab cases ID"))
