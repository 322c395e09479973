"""``qunlab sensitivity``: which lever or uncertain parameter the outcomes answer to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sim.cli.options import SHOWN, Shown, StudyFile, Threads, option, option_faults
from sim.cli.terminal import progress_kept, rounded_records, say, tell
from sim.errors import InputError
from sim.files import write_whole
from sim.language import N_, _, outcome_name, recast
from sim.report.ablation import (
    ALL_ON,
    LOST,
    ablation,
    ablation_design,
    assumption_design,
    counted,
    fallen,
)
from sim.report.page import page_rows
from sim.report.pages import write_page
from sim.report.uncertainty import spanned
from sim.report.verdict import answer_of_sensitivity
from sim.study.origin import FAILED, in_one_line, origin, under_origin
from sim.study.sensitivity import DEFAULT_OUTCOMES, Sensitivity
from sim.study.sensitivity import sensitivity as analyse
from sim.study.study_file import load_study_file
from sim.study.sweep import play

TABLE = "sensitivity.csv"
ABLATION, ASSUMPTIONS = "ablation", "assumptions"
MEASURED = N_(
    "Best size: share of members posting; best cadence: members posting; worth: days on which "
    "members posted, by packets."
)
SIZES = {"sobol": 64}
"""Usual sizes, where not 16."""

INDEX = {
    "morris": N_("Mean absolute effect of the whole range (mu*, Morris 1991; Campolongo 2007)."),
    "sobol": N_("Total share of the variance (Sobol 2001; Saltelli 2010)."),
}


def sensitivity(
    file: StudyFile,
    out: Annotated[Path, option("Folder of the rows and the table.")],
    method: Annotated[str, typer.Option(metavar="morris|sobol|ablation|assumptions")] = "morris",
    size: Annotated[int | None, option("Trajectories (16), or base points of Sobol (64).")] = None,
    outcome: Annotated[list[str] | None, option("Column of the rows; may be repeated.")] = None,
    posterior: Annotated[
        str | None,
        option(
            "Parameter sets of a population, or a file NAME.posterior.csv (sobol).", metavar="NAME"
        ),
    ] = None,
    threads: Threads = None,
    shown: Shown = SHOWN,
) -> None:
    """Play a Morris or Sobol sample, and say what the outcomes answer to, with 95 % intervals.

    Morris screens: the mean absolute effect of going through a factor's whole range. Sobol divides
    the variance: the total share of a factor, its interactions counted. The file is a sweep file
    with [levers] and [uncertain] (ranges or lists) in place of the design. Rows are stored in
    --out; the same command continues where it stopped, and 'qunlab export' and 'replay' read them.

    Ablation takes a sweep file with a [grid], plays it once with all mechanisms on and once without
    each of them, and says which conclusion (best size, best cadence, worth of packets) falls.
    Assumptions does the same with every parameter graded C halved and doubled.

    Example: qunlab sensitivity study.toml --method morris --size 16 --out results/morris
    """
    chosen = size if size is not None else SIZES.get(method, 16)
    option_faults(("--size", chosen, 2, 10_000), threads=threads).refuse()
    if method in (ABLATION, ASSUMPTIONS):
        unused = {"--size": size, "--outcome": outcome, "--posterior": posterior}
        if given := [name for name, value in unused.items() if value]:
            raise InputError([f"{', '.join(given)}: not used by this method; leave it out"])
        _play_versions(file, out, method, threads, shown.as_json)
        return
    study = load_study_file(file, posterior)
    names = tuple(outcome) if outcome else DEFAULT_OUTCOMES
    with progress_kept(out, 1, "playing") as progress:
        found = analyse(study, out, method, chosen, names, threads, progress)
    write_whole(out / TABLE, under_origin(found.indices, found.origin))
    (page,) = write_page(out, file.stem, found)
    more = _("More: --all, --json, {table}, {page}.", table=out / TABLE, page=page)
    answer = partial(answer_of_sensitivity, found)
    shown.give(partial(_as_json, found), partial(_print, found, out / TABLE), answer, more)
    if failed := found.origin.get(FAILED):
        tell(f"{failed}; they are left out", err=True)
        raise typer.Exit(1)


def _print(found: Sensitivity, table: Path) -> None:
    second = N_("sigma") if found.method == "morris" else N_("first order")
    for name, rows in found.indices.groupby("outcome", sort=False):
        noise = found.noise[str(name)]
        text = _("{outcome} (Monte-Carlo noise: not known)")
        if noise == noise:
            text = _("{outcome} (Monte-Carlo noise: at most {share:.1%} of the variance of points)")
        say("\n" + text.format(outcome=outcome_name(str(name)), share=noise))
        for row in rows.sort_values("value", ascending=False).itertuples():
            span = spanned(*(f"{x:.3g}" for x in (row.value, row.lower, row.upper)))
            said = [span, f"{_(second)} {row.second:.3g}"]
            if row.direction == row.direction:
                said.append(_("mean effect {effect:+.3g}", effect=row.direction))
            if not row.told_apart:
                said.append(_("not clearly different from 0"))
            say(f"  {row.factor} [{_(row.group)}]: {_(', ').join(said)}")
    say("\n" + _(INDEX[found.method]))
    sample = _("In brackets 95 %, bootstrap of the sample; {points:,} points x {groups:,} groups.")
    say(sample.format(points=found.points, groups=found.replications))
    say(in_one_line(found.origin))
    say(_("written: {path}", path=table))


def _as_json(found: Sensitivity) -> dict[str, Any]:
    answer = {key: getattr(found, key) for key in ("method", "points", "replications")}
    return answer | {
        "noise": found.noise,
        "indices": rounded_records(found.indices),
        "origin": found.origin,
    }


def _play_versions(file: Path, out: Path, method: str, threads: int | None, as_json: bool) -> None:
    """Play a sweep file with a ``[grid]`` in all versions of a method (mechanisms off, or assumed
    parameters halved and doubled), and print which conclusion falls with which.
    """
    design = (ablation_design if method == ABLATION else assumption_design)(file)
    with progress_kept(out, 1, "playing") as progress:
        play(design, out, threads, progress)
    rows, manifest = page_rows(out)
    table, where, path = ablation(rows, manifest), origin(manifest), out / f"{method}.csv"
    write_whole(path, under_origin(table, where))
    if as_json:
        typer.echo(table.to_json(orient="records", indent=2))
        return
    if method == ABLATION:
        _print_versions(table, N_("without {mechanism}"))
    else:
        _print_assumptions(table)
    say("\n" + _(MEASURED))
    lost = _("'{answer}' speaks of these replications: the mechanism need not be the cause.")
    say(lost.format(answer=_(LOST)))
    say(_("{number:,} communities; {origin}", number=design.communities, origin=in_one_line(where)))
    say(_("written: {path}", path=path))


def _print_versions(table: pd.DataFrame, version: str) -> None:
    for row in table.to_dict("records"):
        name = recast(row.pop("mechanism"))
        name = name if name == _(ALL_ON) else _(version).format(mechanism=name)
        answers = (f"{_(question)} {recast(str(answer))}" for question, answer in row.items())
        say(f"{name}: {_('; ').join(answers)}")


def _print_assumptions(table: pd.DataFrame) -> None:
    """Print the versions under which something changes, and how many hold."""
    _print_versions(fallen(table).replace({"mechanism": {ALL_ON: N_("as it is")}}), "{mechanism}")
    versions = len(table) - 1
    keys = {name.partition(" = ")[0] for name in table["mechanism"] if name != ALL_ON}
    text = _("{keys} parameters graded C, {versions} versions (halved, doubled):")
    say("\n" + text.format(keys=len(keys), versions=versions))
    for question, counts in counted(table).items():
        say(f"  {_(question)}: " + _(", ").join(f"{_(what)} {n}" for what, n in counts.items()))
