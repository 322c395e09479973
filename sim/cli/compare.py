"""``qunlab compare``: scenarios on shared random seeds, how they differ and how sure that is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from sim.cli.options import (
    DRAWN,
    SHOWN,
    Drawn,
    Particles,
    Posterior,
    Shown,
    Threads,
    drawn_sets,
    option,
    option_faults,
    ownerless,
)
from sim.cli.run import in_figures
from sim.cli.sweep import compile_once, stored_in_words
from sim.cli.terminal import print_notes, print_rows, screen, tell, when_interrupted
from sim.errors import InputError
from sim.language import _, outcome_name
from sim.params import allowed_values
from sim.progress import counting
from sim.report.levers import FEN_PER_CNY
from sim.report.pages import write_comparison
from sim.report.shell import Files
from sim.report.verdict import OF_ASSUMPTIONS, answer_of_comparison, letter
from sim.stats.paired import look_ends
from sim.study import compare as study
from sim.study.compare import (
    BETTER,
    MORE,
    SEQUENTIAL_METHOD,
    Alternative,
    CompareOptions,
    Comparison,
    write_tables,
)
from sim.study.origin import FAILED as ENTRY

Cell = Callable[[Any], str]

FAILED = 1
MOST_PAIRS_PRINTED = 10_000


def compare(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario files; each is compared with the first.")
    ],
    changes: Annotated[
        list[str] | None,
        option(
            "The first file with this changed is one more alternative; 'a=1; b=2' changes both; "
            "may be repeated.",
            "--with",
            metavar="KEY=VALUE",
        ),
    ] = None,
    first: Annotated[
        str, option("A is the first file with this changed; --with does not take it over.")
    ] = "",
    groups: Annotated[
        int | None, option("Pairs of communities; default: run.groups of the first.")
    ] = None,
    days: Annotated[float | None, option("Days simulated, by every one.")] = None,
    seed: Annotated[int | None, option("Seed that they share.")] = None,
    out: Annotated[Path | None, option("Keep rows, tables and the picture there.")] = None,
    until_clear: Annotated[
        bool, option("Stop as soon as the answer is clear; --groups at most.", "--until-clear")
    ] = False,
    decide_by: Annotated[
        str | None, option("Of --until-clear: posting_members_per_day.", metavar="OUTCOME")
    ] = None,
    error: Annotated[float | None, option("Of --until-clear: rate of false alarms, 0.05.")] = None,
    posterior: Posterior = None,
    particles: Particles = None,
    matters: Annotated[
        list[str] | None,
        option(
            "Smallest difference that matters, in the outcome's unit (money in fen); default: "
            "0.01 of a share (0.002 of those who post on a day), 2 % of the larger of two other "
            "numbers; may be repeated.",
            metavar="OUTCOME=NUMBER",
        ),
    ] = None,
    threads: Threads = None,
    force_new: Annotated[
        bool, option("Remove the rows of another study in --out.", "--force-new")
    ] = False,
    drawn: Drawn = DRAWN,
    shown: Shown = SHOWN,
) -> None:
    """Compare scenarios on shared random seeds: differences with intervals, deaths, lives, cost.

    Replication r has the same members and random seeds in every alternative, so that differences
    are theirs. With --out the rows are stored as they come; the same command again continues.

    Example: qunlab compare first.toml second.toml --groups 200 --days 14 --out results/two

    Example: qunlab compare configs/base.toml --with preset=shop_ads --with preset=expert_daily

    Example: qunlab compare first.toml --with policies.cadence.posts_per_day=4 --until-clear
    """
    faults = option_faults(threads=threads, out=out)
    if groups == 1:
        faults.append("--groups: 1 is out of range; a pair alone has no error; allowed: 2 or more")
    if error is not None and not 0.0 < error < 0.5:
        faults.append(f"--error: {error:g} is out of range; allowed: above 0 and below 0.5")
    if not until_clear:
        faults += ownerless("--until-clear", {"--decide-by": decide_by, "--error": error})
    sets = drawn_sets(posterior, particles, faults)
    given, valid = {"days": days, "groups": groups, "seed": seed}, dict[str, Any]()
    for name in (name for name, value in given.items() if value is not None):
        with faults.gathered():
            valid[name] = allowed_values()[f"run.{name}"].checked(f"--{name}", given[name])
    rule, least = None, dict[str, float]()
    with faults.gathered():
        alternatives = study.read_alternatives(files, changes or [], valid.get("days"), first)
    if until_clear:
        rule = study.UntilClear(decide_by or study.UntilClear.outcome)
        with faults.gathered("--decide-by: "):
            study.checked_outcome(rule)
    with faults.gathered("--matters: "):
        pairs = (words.partition("=") for words in matters or [])
        least = study.checked_matters({name.strip(): number for name, _, number in pairs})
    pictures = drawn.files(faults)
    faults.refuse()
    study.design_of(alternatives, groups, seed, sets)
    if rule and error is not None:
        rule = dataclasses.replace(rule, error=error)
    print_notes(one.scenario for one in alternatives)
    options = study.CompareOptions(groups, seed, sets, rule, least, threads, force_new)
    found = _play(alternatives, out, options)
    written = _write(found, out, pictures) if out else []
    more = _("More: --all (every outcome and death), --json, --out DIR (page and tables).")
    if out:
        more = _("More: --all (every outcome and death), --json; page and tables in {out}.")
    whole, everything = partial(_as_json, found, out, written), partial(_show, found, out, written)
    shown.give(whole, everything, partial(answer_of_comparison, found), more.format(out=out))
    if found.failed:
        tell(f"{found.origin[ENTRY]}; their pairs are left out", err=True)
        raise typer.Exit(FAILED)


def _play(alternatives: list[Alternative], out: Path | None, options: CompareOptions) -> Comparison:
    def kept() -> str:
        return f"{stored_in_words(out)}; the same command continues" if out else "nothing is kept"

    with when_interrupted(kept):
        compile_once()
        with counting() as counter:
            watched = dataclasses.replace(options, progress=counter.work, watch=counter.count)
            return study.compare(alternatives, out, watched)


def _write(found: Comparison, out: Path, files: Files) -> list[Path]:
    try:
        written = write_tables(found, out)
    except PermissionError as fault:
        raise InputError([f"{fault.filename}: cannot be written: {fault.strerror}"]) from None
    return [*write_comparison(found, out, files), *written]


def _as_json(found: Comparison, out: Path | None, written: list[Path]) -> dict[str, Any]:
    """Return everything that was found; what is not known is null."""
    names = ("replications", "particles", "failed")
    tables = ("alive", "outcomes", "deaths", "lifetime_tests", "curves")
    of_the_test = ("until_clear", "looks", "repeated_intervals", "origin")
    return {
        "alternatives": found.names,
        **{name: getattr(found, name) for name in names},
        "out": out,
        "written": written,
        **{name: getattr(found, name) for name in (*tables, *of_the_test)},
    }


# --- sentences ------------------------------------------------------------------------------------


def _show(found: Comparison, out: Path | None, written: list[Path]) -> None:
    """Print alternatives, outcomes and deaths of each, lives, the verdict, what is kept."""
    console = screen()
    for line in _head(found):
        console.print(line)
    for name in found.names[1:]:
        outcomes, deaths = (
            table[table["alternative"] == name] for table in (found.outcomes, found.deaths)
        )
        shown = letter(found, name)
        console.print(f"\n{letter(found, name)} less A", style="bold")
        _print_outcomes(console, found, outcomes, shown)
        console.print("Deaths by every definition: share of groups dead, difference in points")
        _print_deaths(console, deaths[deaths["pairs"] > 0], shown)
        if unknown := int((deaths["pairs"] == 0).sum()):
            console.print(f"{unknown} more definitions need more days than were simulated")
    for line in (*_after_the_tables(found), *_sequential_test(found)):
        console.print(line)
    kept = f"page and tables: {', '.join(map(str, written))}"
    tell(kept if out else "nothing was kept; --out DIR keeps a page, tables and rows")


def _head(found: Comparison) -> Iterator[str]:
    yield from (f"{letter(found, name)}: {name}" for name in found.names)
    sets = f" x {found.particles} parameter sets" if found.particles > 1 else ""
    days = found.outcomes.loc[found.outcomes["outcome"] == "days_observed", "first"]
    length = "" if days.empty or math.isnan(days.iloc[0]) else f", {days.iloc[0]:g} days"
    yield (
        f"{found.replications} pairs of communities{sets}{length}, random seeds shared by all, "
        f"seed {found.origin['seed']}"
    )


def _after_the_tables(found: Comparison) -> Iterator[str]:
    """Yield lives, cost, what the columns mean, and where the numbers come from."""
    yield _("Lives until the first silence of 7 days since creation, censored at the end")
    for row in found.lifetime_tests.itertuples():
        yield f"  {_lives(found, row)}"
    for name in found.names[1:]:
        yield from _cost(found, name)
    yield _(
        "pairs: both known. pairs needed: to see a difference of this size at 2 errors with power "
        "0.8. variance cut: by sharing random seeds, variance unpaired over paired."
    )
    yield _(
        "error: Monte-Carlo. 'no clear difference': under 2 Monte-Carlo errors. 'too small to "
        "matter': under 1 point of a share of groups; 1 point or 5 % of the larger of two other "
        "shares; 2 % of the larger of two other numbers; or as --matters says. P(better): flat "
        "prior. Means: t over pairs; deaths: Agresti and Min, McNemar exact."
    )
    if found.particles > 1:
        yield _(
            "parameters (sd): between the parameter sets of the posterior, freed of Monte-Carlo "
            "noise; the 95 % intervals hold both. Only better data makes it smaller."
        )
    if len(found.names) > 2:
        yield _(
            "Each alternative is compared with A by itself; intervals are not widened for many."
        )
    yield _(OF_ASSUMPTIONS)
    origin = found.origin
    digests = [
        f"{letter(found, name)} {origin.get(f'scenario {name}', '')}".strip()
        for name in found.names
    ]
    points = f"scenarios {origin['scenarios']}" if found.particles > 1 else ", ".join(digests)
    versions = [f"{name} {origin[f'version of {name}']}" for name in ("qunlab", "numpy", "numba")]
    yield f"{points}; seed {origin['seed']}, code {origin['code']}, {', '.join(versions)}"


def _lives(found: Comparison, row: Any) -> str:
    counts = (
        f"{letter(found, row.alternative)} and A: {row.ended} and {row.ended_first} of "
        f"{row.groups} groups ended"
    )
    if not row.groups:
        return f"{counts}; nobody was watched long enough"
    paired = _("nothing can differ")
    if not math.isnan(row.paired_z):
        paired = f"z {row.paired_z:+.2f}, p {row.paired_p:.2g} (above 0: lives longer)"
    if math.isnan(row.chi2):
        return f"{counts}; log-rank of pairs (Jung 1999) {paired}"
    return (
        f"{counts}; log-rank chi2 {row.chi2:.2f}, p {row.p:.2g} (as if independent); "
        f"of pairs (Jung 1999) {paired}"
    )


def _cost(found: Comparison, name: str) -> Iterator[str]:
    """Yield what the difference costs, and what a posting member on a day more costs by it."""
    table = found.outcomes[found.outcomes["alternative"] == name].set_index("outcome")
    if not {"cost_fen", "posting_member_days"} <= set(table.index):
        return
    cost, gain = table.loc["cost_fen"], table.loc["posting_member_days"]
    if math.isnan(cost.difference):
        return
    line = f"cost: {letter(found, name)} less A {_span(cost)} CNY a community"
    if not cost.answer.endswith(BETTER):
        line += f": {cost.answer}"
    elif not gain.answer.endswith(BETTER):
        line += f"; days on which members posted: {gain.answer}"
    elif cost.difference * gain.difference > 0:
        each = _scaled(cost, "difference") / gain.difference
        way = "more" if gain.difference > 0 else "less"
        line += f"; {_span(gain)} days on which members posted, {each:.3g} CNY for each {way}"
    else:
        way = "cheaper" if cost.difference < 0 else "dearer"
        line += f"; {way}, and {_span(gain)} days on which members posted"
    yield line


def _sequential_test(found: Comparison) -> Iterator[str]:
    """Yield what the sequential test found."""
    rule = found.until_clear
    if not rule:
        return
    last = found.looks[-1]
    planned = look_ends(int(found.origin["replications"]))
    stopped = "stopped early" if last.pairs < planned[-1] else "went to the end"
    yield (
        f"until clear, by {rule.outcome}: {stopped} at {last.pairs} of {planned[-1]} pairs, look "
        f"{len(found.looks)} of {len(planned)} ({SEQUENTIAL_METHOD}; false alarms at most "
        f"{rule.error:g} over all looks and alternatives)"
    )
    for row in found.repeated_intervals.itertuples():
        verdict = "clear difference from A" if row.clear else "no clear difference from A"
        level = 100 * (1 - rule.error)
        yield (
            f"  {letter(found, row.alternative)}: {verdict}, p {row.p:.2g} (allowed "
            f"{last.allowed_p:.2g}); difference {row.lower:.4g} to {row.upper:.4g}, {level:g} % "
            "at all looks together"
        )
    if last.pairs < planned[-1]:
        yield "  Stopping early flatters the difference in the tables above: quote these intervals."


# --- tables ---------------------------------------------------------------------------------------


def _print_outcomes(console: Console, found: Comparison, rows: pd.DataFrame, letter: str) -> None:
    def outcome(row: Any) -> str:
        name = outcome_name(row.outcome)
        return name.replace("_fen", "") if row.unit == "fen" else name

    columns: dict[str, Cell] = {
        "outcome": outcome,
        "better": lambda row: _(row.better) or "-",
        "pairs": lambda row: str(row.pairs),
        "A": lambda row: in_figures(_scaled(row, "first")),
        letter: lambda row: in_figures(_scaled(row, "second")),
        "difference (95 %)": _span,
        "error": lambda row: in_figures(_scaled(row, "monte_carlo_error")),
        "parameters (sd)": lambda row: in_figures(_scaled(row, "parameter_sd")),
        **_evidence(letter),
        "answer": lambda row: _lettered(found, row),
        "unit": lambda row: _("CNY" if row.unit == "fen" else row.unit),
    }
    if found.particles == 1:
        del columns["parameters (sd)"]
    _print_columns(console, rows, columns, ("outcome", "better", "answer", "unit"))


def _print_deaths(console: Console, rows: pd.DataFrame, letter: str) -> None:
    def definition(row: Any) -> str:
        text = str(row.definition).partition("; missing")[0]
        return text.removesuffix(", of the first member message").removesuffix(", of creation")

    def answer(row: Any) -> str:
        if not row.answer.endswith(BETTER):
            return str(row.answer)
        return _("fewer die") if row.difference < 0 else _("more die")

    first = "_since_first_message"
    columns: dict[str, Cell] = {
        "definition": definition,
        "origin": lambda row: _("first message" if row.outcome.endswith(first) else "creation"),
        "pairs": lambda row: str(row.pairs),
        "A %": lambda row: f"{100 * row.first:.1f}",
        f"{letter} %": lambda row: f"{100 * row.second:.1f}",
        "difference (95 %)": lambda row: _span(row, 100.0),
        "only A": lambda row: str(row.dead_in_first_only),
        f"only {letter}": lambda row: str(row.dead_in_second_only),
        "McNemar p": lambda row: _probability(row.mcnemar_p, "1.000"),
        **_evidence(letter),
        "answer": answer,
    }
    _print_columns(console, rows, columns, ("definition", "origin", "answer"))


def _print_columns(
    console: Console, rows: pd.DataFrame, columns: dict[str, Cell], words: tuple[str, ...]
) -> None:
    cells = [[write(row) for write in columns.values()] for row in rows.itertuples()]
    print_rows(console, list(columns), cells, words)


def _evidence(letter: str) -> dict[str, Cell]:
    """Return the columns that say how sure a difference is."""
    return {
        f"P({letter} better)": lambda row: _probability(row.probability_better),
        "pairs needed": lambda row: _pairs_needed(row.pairs_needed),
        "variance cut": lambda row: _times(row.variance_reduction),
    }


def _pairs_needed(number: float) -> str:
    """Write a number of pairs; more than anybody will play is not counted out."""
    if number > MOST_PAIRS_PRINTED:
        return f"> {MOST_PAIRS_PRINTED:,}"
    return "-" if math.isnan(number) else f"{number:,.0f}"


def _times(ratio: float) -> str:
    if not math.isfinite(ratio):
        return "-" if math.isnan(ratio) else _("all of it")
    return f"x{ratio:,.2g}" if ratio < 10 else f"x{ratio:,.0f}"


def _probability(value: float, most: str = ">0.999") -> str:
    if math.isnan(value):
        return "-"
    return most if value > 0.9995 else "<0.001" if value < 0.0005 else f"{value:.3f}"


def _lettered(found: Comparison, row: Any) -> str:
    """Write the answer with the letter of the alternative in place of its name."""
    for name in (row.against, row.alternative):
        for ending in (BETTER, MORE):
            if row.answer == name + ending:
                return letter(found, name) + ending
    return str(row.answer)


def _scaled(row: Any, name: str) -> float:
    """Return a number of an outcome as it is printed: fen as CNY."""
    value = float(getattr(row, name))
    return value / FEN_PER_CNY if row.unit == "fen" else value


def _span(row: Any, factor: float = 1.0) -> str:
    """Write a difference with its interval, to two figures of the interval's half width."""
    columns = ("difference", "lower", "upper")
    middle, lower, upper = (factor * _scaled(row, name) for name in columns)
    if math.isnan(middle):
        return "-"
    if math.isnan(lower):
        return f"{middle:+.3g}"
    size = (upper - lower) / 2 if upper > lower else abs(middle)
    places = 0 if size <= 0 else min(9, max(0, 1 - math.floor(math.log10(size))))
    low, high = (f"{round(end, places) + 0.0:,.{places}f}" for end in (lower, upper))
    return f"{round(middle, places) + 0.0:+,.{places}f} ({low} to {high})"
