"""``qunlab optimise``: the Pareto front of settings, under a budget."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Annotated

from sim.cli.options import DRAWN, SHOWN, Drawn, Shown, StudyFile, Threads, option, option_faults
from sim.cli.terminal import progress_kept, rounded_records, say
from sim.files import write_whole
from sim.language import N_, _
from sim.report.pages import write_page
from sim.report.shell import Files
from sim.report.verdict import answer_of_optimum
from sim.study.optimise import AIMS, Optimum, Search
from sim.study.optimise import optimise as find
from sim.study.origin import in_one_line, under_origin
from sim.study.study_file import load_study_file

FRONT, TRIALS = "front.csv", "trials.csv"


def optimise(
    file: StudyFile,
    out: Annotated[Path, option("Folder of the rows and the front.")],
    trials: Annotated[int, option("Settings tried.")] = 96,
    population: Annotated[int, option("Of a generation.")] = 24,
    sets: Annotated[int, option("Parameter sets each meets.")] = 10,
    budget_cny: Annotated[float | None, option("Most that a community may cost, mean.")] = None,
    posterior: Annotated[
        str | None,
        option(
            "Draw --sets of a population's parameter sets (or of a file NAME.posterior.csv).",
            metavar="NAME",
        ),
    ] = None,
    seed: Annotated[int, option("Of the search.")] = 1,
    threads: Threads = None,
    drawn: Drawn = DRAWN,
    shown: Shown = SHOWN,
) -> None:
    """Search for the Pareto front of posting members, satisfaction, survival and cost (NSGA-II).

    The file is a sweep file with [levers] and [uncertain] (ranges or lists) in place of the design.
    Every setting meets the same parameter sets; their mean is optimised, the worst tenth shown. The
    front is played anew with seeds that the search has not seen. The same command continues.

    Example: qunlab optimise study.toml --budget-cny 300 --out results/front
    """
    budget = math.inf if budget_cny is None else 100.0 * budget_cny
    faults = option_faults(
        ("--trials", trials, 2, 100_000),
        ("--population", population, 2, 1_000),
        ("--sets", sets, 1, 1_000),
        ("--seed", seed, 0, 1_000_000_000),
        threads=threads,
    )
    if not budget >= 0:
        faults.append(f"--budget-cny: {budget_cny} is out of range; allowed: 0 or more")
    files = drawn.files(faults)
    faults.refuse()
    study = load_study_file(file, posterior)
    search = Search(trials, population, sets, budget, seed)
    with progress_kept(out, trials, N_("optimising")) as progress:
        found = find(study, out, search, threads=threads, progress=progress)
    _write(found, out, file.stem, files)
    front, tried = rounded_records(found.front), rounded_records(found.trials)
    whole = {"sets": found.sets, "origin": found.origin, "front": front, "trials": tried}
    more = _("More: --all, --json, {front}, {trials}.", front=out / FRONT, trials=TRIALS)
    answer = partial(answer_of_optimum, found)
    shown.give(lambda: whole, partial(_print, found, out), answer, more)


def _write(found: Optimum, out: Path, name: str, files: Files) -> None:
    for name, table in ((FRONT, found.front), (TRIALS, found.trials)):
        write_whole(out / name, under_origin(table, found.origin))
    write_page(out, name, found, files)


def _print(found: Optimum, out: Path) -> None:
    if found.front.empty:
        say(f"no setting of the {len(found.trials):,} tried is within the budget")
    levers = [key for key in found.front if "." in key]
    for row in found.front.to_dict("records"):
        say(", ".join(f"{key} = {row[key]}" for key in levers))
        for name in AIMS:
            say(
                f"  {name}: {row[name]:.3g} (Monte-Carlo error {row[f'{name}_error']:.2g}, spread "
                f"between parameter sets {row[f'{name}_parameter_sd']:.2g}; worst tenth of the "
                f"parameter sets {row[f'{name}_worst_tenth']:.3g})"
            )
        if not row["within_budget"]:
            say("  over the budget with new seeds")
    say(
        f"{len(found.front)} settings on the Pareto front (no other is clearly better), of "
        f"{len(found.trials):,} tried with {found.sets} parameter sets x {found.replications} "
        f"replications; played anew with new seeds\n{in_one_line(found.origin)}\n"
        f"written: {out / FRONT}, {out / TRIALS}"
    )
