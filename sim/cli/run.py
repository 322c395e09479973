"""``qunlab run``: simulate one scenario and say what it amounts to."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from sim import compiling, ensemble
from sim.chatlog import write_log
from sim.cli.options import (
    SHOWN,
    People,
    Preset,
    Shown,
    Threads,
    folder_faults,
    from_here,
    option,
    option_faults,
)
from sim.cli.terminal import print_notes, print_rows, screen, tell
from sim.errors import Faults, InputError
from sim.files import write_whole
from sim.kernels.hours import play as kernel
from sim.kinds import PEOPLE, PRESET, TAKEN_BY, kind_of
from sim.language import N_, _, outcome_name
from sim.lives.deaths import death_table
from sim.lives.outcomes import ALIVE, OWN, TRUTH, Run, outcomes, summary
from sim.lives.portfolios import of_portfolios
from sim.lives.simulated_log import chat_log
from sim.populations import draw_posterior, weights_of
from sim.progress import progress_line
from sim.report.answer import Answer, of_hundred, packets_in_cost, three
from sim.report.growth import came_by_themselves
from sim.report.levers import FEN_PER_CNY
from sim.report.uncertainty import alike, spanned
from sim.scenario import SHORTCUTS, Mix, Scenario, digest, load_mix
from sim.scenario.scenario import items
from sim.scenario.toml import take_values
from sim.state import Array
from sim.stats.intervals import Estimate, pooled_share
from sim.study.origin import definitions, in_one_line, origin_of_run
from sim.study.playing import Child
from sim.study.sweep import default_limits
from sim.trace import Trace

MOST_NAMED = 8
TOTALS = (
    *("members_end", "satisfied_members_end", "posting_members_per_day", "messages"),
    *("buyers", "orders", "income_fen", "operator_hours", "hours_over_capacity"),
    *("cost_fen", "profit_fen", "cost_per_member", "order_cost_fen"),
)
LATER = ("policies.", "people", "preset")  # what cannot be judged without the file


def run(
    scenario: Annotated[Path, typer.Argument(help="A TOML file; 'qunlab new NAME' writes one.")],
    changes: Annotated[
        list[str] | None, option("Change a value; may be repeated.", "--set", metavar="KEY=VALUE")
    ] = None,
    size: Annotated[int | None, option("Members at creation (group.size).")] = None,
    groups: Annotated[int | None, option("Replications (run.groups).")] = None,
    days: Annotated[float | None, option("Days simulated (run.days).")] = None,
    seed: Annotated[int | None, option("Seed of all random numbers (run.seed).")] = None,
    people: People = None,
    preset: Preset = None,
    threads: Threads = None,
    log: Annotated[
        Path | None,
        option(
            "Write messages.parquet, events.parquet, groups.csv and origin.json there.",
            metavar="DIR",
        ),
    ] = None,
    posterior: Annotated[
        str | None, option("Deal groups to 20 parameter sets of this posterior.", metavar="NAME")
    ] = None,
    isolate: Annotated[
        bool, option("Play in a process apart, within half the memory.", "--isolate")
    ] = False,
    shown: Shown = SHOWN,
) -> None:
    """Simulate a scenario and say how it lives; --all: every outcome and death, with intervals.

    The same seed gives the same numbers, whatever the threads. A scenario that mixes types of
    groups is played as they come, each by its share; --set type=NAME plays one of them. With
    --posterior the intervals hold the uncertainty of parameters too.

    Example: qunlab run configs/base.toml --size 300 --set policies.cadence.posts_per_day=4

    Example: qunlab run configs/base.toml --people strangers_qr --preset shop_ads

    Example: qunlab run first.toml --groups 20 --log results/log && qunlab observe results/log
    """
    given: dict[str, Any] = {"size": size, "groups": groups, "days": days, "seed": seed}
    given |= {"people": from_here(people), "preset": from_here(preset)}
    chosen = read_scenario(scenario, changes or [], given, threads, log)
    if posterior is not None:
        fixed = {*take_values(changes or [], Faults()), *(["group.size"] if size else [])}
        chosen = dealt_to_sets(chosen, posterior, fixed)
    print_notes(one.scenario for one in chosen.types)
    if (kind := kind_of(scenario)) in (PEOPLE, PRESET):
        note = _(TAKEN_BY[kind], path=scenario, name=scenario.stem)
        typer.echo(_("note: {line}", line=note), err=True)
    layers = {kind: given[kind] for kind in ("people", "preset") if given[kind]}
    played = replace(play(chosen, threads, log, isolate), layers=layers)
    shown.give(partial(as_answer, played), partial(show, played), partial(answer_of_run, played))


@dataclass(frozen=True)
class Played:
    """A scenario that was simulated, and what came of it."""

    mix: Mix  # the scenario, with its types of groups
    outcomes: pd.DataFrame  # as from `sim.lives.outcomes.summary`, `death_table`
    deaths: pd.DataFrame
    alive: Estimate  # groups without a silent week to the end
    seconds: float  # spent on the simulation
    log: Path | None  # where the message log was written
    # of the groups of a team put together, as from `summary`, a row an outcome; empty: no portfolio
    totals: pd.DataFrame
    # people and preset that were named beside the file
    layers: Mapping[str, str] = field(default_factory=dict)

    @property
    def team_groups(self) -> int:
        """Groups of one team, which are put together in the totals."""
        return int(self.scenario.params.desk.groups)

    @property
    def scenario(self) -> Scenario:
        """The one scenario played, or what several types share: days, groups, seed."""
        types = self.mix.types
        return types[0].scenario if len(types) == 1 else self.mix.scenario


def read_scenario(
    path: Path,
    changes: list[str],
    given: dict[str, Any],
    threads: int | None = None,
    log: Path | None = None,
) -> Mix:
    """Read the scenario with everything the command line changes (``--set key=value``, and `given`,
    the values of `SHORTCUTS`, people and a preset, None where not given), or name every fault of
    both.
    """
    faults = option_faults(threads=threads)
    faults += folder_faults("--log", log) if log else []
    options = {
        SHORTCUTS.get(name, name): value for name, value in given.items() if value is not None
    }
    values = take_values(changes, faults)
    twice = {SHORTCUTS.get(name, name): name for name in given}
    twice = {key: name for key, name in twice.items() if key in values and key in options}
    faults += [f"{key}: set by --set and by --{name}" for key, name in twice.items()]
    values |= options
    try:
        mix = load_mix(path, values)
    except InputError as fault:
        faults += fault.problems
        if not path.is_file():  # what is wrong with the values whatever the file may hold
            sure = {key: values[key] for key in values if not key.startswith(LATER)}
            with faults.gathered():
                Scenario().with_values(sure)
    faults.refuse()
    return mix


def dealt_to_sets(mix: Mix, name: str, fixed: Collection[str]) -> Mix:
    """Play each type of groups with parameter sets drawn by weight from a posterior (a
    population's, or NAME.posterior.csv); keys of the command line, of the file above its base and
    of types stay.
    """
    kept = {*fixed, *(mix.own if mix.base else ())}.union(*(one.keys for one in mix.types))
    sets = draw_posterior(name).without(kept)
    return mix.crossed(sets, [float(weight) for weight in weights_of([*sets])])


def play(
    mix: Mix, threads: int | None = None, log: Path | None = None, isolate: bool = False
) -> Played:
    """Simulate all groups of a scenario, write the log when one is wanted, and sum up; `isolate`
    plays the groups in a process of their own.
    """
    if compiling.needs_compiling(kernel):
        tell("compiling the engine once, half a minute or so ...", err=True)
    start = time.monotonic()
    played = partial(_simulated, mix=mix, threads=threads, isolate=isolate)
    scenarios = [one.scenario for one in mix.types]
    types = {one.name: one.scenario for one in mix.types} if len(mix.types) > 1 else None
    if log:
        trace = keep_log(log, played(ensemble.simulate_mix_log), scenarios, mix.scenario, types)
    else:
        trace = played(ensemble.simulate_mix)
    seconds = time.monotonic() - start
    rows = outcomes(trace, scenarios)
    totals = totals_of_teams(rows, scenarios)
    alive, _known = pooled_share(ALIVE.value(Run(trace, scenarios)), rows["replication"])
    return Played(mix, summary(rows), death_table(trace), alive, seconds, log, totals)


def totals_of_teams(rows: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Sum up `TOTALS` over the groups of each team, where one runs several; as from `summary`.

    What is left over of the groups is in no team, and counts for none.
    """
    groups = int(scenarios[0].params.desk.groups)
    whole = len(rows) // groups * groups
    if groups < 2 or len(scenarios) > 1 or not whole:
        return summary(rows, names=[])
    return summary(of_portfolios(rows[rows["replication"] < whole], groups), names=TOTALS)


def _simulated(simulate: Callable[..., Any], mix: Mix, threads: int | None, isolate: bool) -> Any:
    given = (mix, mix.scenario.groups, mix.scenario.seed, threads)
    if not isolate:
        with progress_line(mix.scenario.groups, N_("simulating")) as progress:
            return simulate(*given, progress)
    child = Child()
    try:
        return child.call(simulate, given, default_limits(1))
    finally:
        child.close()


def keep_log(
    folder: Path,
    simulated: tuple[Trace, Array, Array],
    scenarios: Sequence[Scenario],
    whole: Scenario,
    types: Mapping[str, Scenario] | None = None,
) -> Trace:
    """Write a simulated log, and what decides it: `whole` (or types of groups), code, versions."""
    trace, messages, events = simulated
    written = chat_log(trace, messages, events, scenarios)
    assert written.events is not None
    assert written.groups is not None
    write_log(folder, written.messages, written.events, written.groups)
    settings = types or {whole.name: whole}
    origin = {
        **origin_of_run(whole),
        "digests of types": {name: digest(one) for name, one in (types or {}).items()},
        "settings": {name: dict(items(one)) for name, one in settings.items()},
    }
    write_origin(folder, origin)
    return trace


def write_origin(folder: Path, origin: Mapping[str, Any]) -> None:
    """Write where a log comes from beside it."""
    text = json.dumps(origin, indent=1, ensure_ascii=False) + "\n"
    write_whole(folder / "origin.json", text.encode())


def as_answer(played: Played) -> dict[str, Any]:
    """Return everything that was found, for JSON; missing values are null."""
    scenario = played.scenario
    types = played.mix.types if len(played.mix.types) > 1 else ()
    return {
        "scenario": scenario.name,
        "digest": digest(scenario),
        "people": played.layers.get("people"),
        "preset": played.layers.get("preset"),
        "types": [
            {"name": one.name, "share": one.share, "digest": digest(one.scenario)} for one in types
        ],
        "origin": origin_of_run(scenario) | definitions(played.outcomes["outcome"]),
        "seed": scenario.seed,
        "groups": scenario.groups,
        "days": scenario.days,
        "seconds": round(played.seconds, 3),
        "log": played.log,
        "outcomes": played.outcomes,
        "deaths": played.deaths,
        "totals": {"groups": played.team_groups, "outcomes": played.totals},
    }


WEAK_POINTS = (
    ("openers_answered_share", -0.5, N_("of 100 messages that open a talk nobody answers {part}")),
    ("satisfaction", -0.5, N_("reading does not pay: satisfaction is {value}, and 0.5 just pays")),
    ("muted_share", 0.2, N_("{value} of 100 members have muted the group")),
    ("gini_of_posters", 0.7, N_("few say nearly everything: Gini of messages {value}")),
    ("late_answers_share", 0.2, N_("{value} of 100 questions wait for the team's answer")),
    ("missing_answers_share", 0.1, N_("the team leaves {value} of 100 questions unanswered")),
    ("lurker_share", 0.7, N_("{value} of 100 members never wrote a message")),
)
"""Outcome, the bound from which it is weak (minus: below), words. Bounds are assumptions; named is
the one farthest beyond its bound, as a share of what is left to the worst."""


def answer_of_run(played: Played) -> Answer:
    """Say in six lines who lives, who talks, who is there, what it costs, what is weak."""
    days = played.scenario.days
    table = played.outcomes.set_index("outcome")[["mean", "lower", "upper"]]
    table.loc["cost_fen"] /= FEN_PER_CNY
    table.loc["posting_share_per_day"] *= 100.0
    means = {name: three(value) for name, value in table["mean"].items()}
    alive = _("{alive} of 100 groups still talk after {days:g} days.")
    if math.isnan(played.alive.value):
        alive = _("Who still talks is not known after {days:g} days: simulate more than 7.")
    members = _(
        "Members: {members_start}, at the end {members_end}; {joins} joined, {leaves} left."
    )
    if came := came_by_themselves(table["mean"]):
        members = _(
            "Members: {members_start}, at the end {members_end}; {joins} joined, {leaves} left; "
            "{came} came by themselves: arrivals.per_day=0 keeps them out."
        )
    means["packets"] = packets_in_cost(table["mean"].get("operator_fen_claimed", 0.0))
    means["came"] = f"{came:,.0f}"
    lines = (
        _("{posting_members_per_day} people write on a day, {posting_share_per_day} % of members."),
        members,
        _("It costs {cost_fen} CNY and {operator_hours} hours of work a group. {packets}"),
    )
    for name in ("posting_members_per_day", "cost_fen"):
        means[name] = spanned(*alike([*table.loc[name].mask(table.loc[name] < 0, 0.0)]))
    for name in ("members_start", "members_end", "joins", "leaves"):
        means[name] = f"{table.at[name, 'mean']:,.0f}"
    team = tuple(_of_the_team(played))
    talking = _(
        "Talking: no 7 days in a row without a member's message; {groups} groups, intervals 95 %."
    )
    people = _("People: {people}; others: --people NAME.", people=played.mix.people or _("default"))
    return Answer(
        alive.format(alive=of_hundred(played.alive), days=days),
        detail=(
            *(line.format(**means).strip() for line in lines),
            *_own_in_words(table["mean"]),
            *team,
            _("Weak point: {what}.", what=_weak_point(table["mean"])),
            talking.format(groups=played.scenario.groups),
            people,
        ),
        more=_where_more(played),
    )


def _of_the_team(played: Played) -> Iterator[str]:
    """Say what the groups of one team cost together."""
    if not len(played.totals):
        return
    mean = played.totals.set_index("outcome")["mean"]
    text = _("One team runs {groups} such groups: together {money} CNY and {hours} hours of work.")
    money, hours = three(mean["cost_fen"] / FEN_PER_CNY), three(mean["operator_hours"])
    yield text.format(groups=played.team_groups, money=money, hours=hours)


def _own_in_words(mean: pd.Series) -> list[str]:
    """Name the outcomes of the user's own with their means."""
    return [f"{one.name}: {three(one.scale * mean[one.name])} {one.unit}" for one in OWN.get()]


def _weak_point(mean: pd.Series) -> str:
    found = []
    for name, bound, words in WEAK_POINTS:
        value = float(mean.get(name, math.nan))
        beyond = (value - bound) / (1 - bound) if bound > 0 else (-bound - value) / -bound
        if beyond > 0:
            percent = value if name in ("satisfaction", "gini_of_posters") else 100 * value
            found.append((beyond, _(words, value=three(percent), part=three(100 - percent))))
    return max(found)[1] if found else _("none of those looked for; --all has the numbers")


def _where_more(played: Played) -> tuple[str, ...]:
    if played.log:
        return _(
            "More: --all (every outcome and death), --json; the log:"
        ), f"qunlab observe {played.log}"
    return (_("More: --all (every outcome and death), --json, --log DIR (the messages)."),)


def show(played: Played) -> None:
    """Print the scenario's name and seed, the table of outcomes, the table of deaths."""
    scenario, console = played.scenario, screen()
    layers = "".join(f", {kind} {Path(name).stem}" for kind, name in played.layers.items())
    console.print(
        f"{scenario.name}{layers}: {scenario.groups} groups, {scenario.days:g} days, "
        f"seed {scenario.seed}, {played.seconds:.1f} s"
    )
    types = played.mix.types
    if len(types) > MOST_NAMED:
        console.print(f"{len(types)} types of groups and parameter sets, by their shares")
    elif len(types) > 1:
        mixed = ", ".join(f"{one.share:.0%} {one.name}" for one in types)
        console.print(f"types of groups: {mixed}")
    _print_outcomes(console, played.outcomes)
    _print_totals(console, played)
    console.print("Deaths, by every definition; only member messages are life")
    _print_deaths(console, played.deaths)
    console.print(in_one_line(origin_of_run(scenario)))
    if played.log:
        console.print(f"Log written to {played.log}; next: qunlab observe {played.log}")


def _print_totals(console: Console, played: Played) -> None:
    """Print what the groups of a team come to, or why that is not known."""
    groups, scenario = played.team_groups, played.scenario
    if groups < 2 or len(played.mix.types) > 1:
        return
    if not len(played.totals):
        line = "One team runs {groups} groups; totals over them need --groups {groups} or more."
        console.print(line.format(groups=groups))
        return
    line = "Totals over the {groups} groups that one team runs, mean over teams"
    teams = scenario.groups // groups
    if left := scenario.groups - teams * groups:
        line += "; groups left over: {left}"
    console.print(line.format(groups=groups, left=left))
    _print_outcomes(console, played.totals, N_("teams"))


def _print_outcomes(console: Console, table: pd.DataFrame, counted: str = N_("groups")) -> None:
    rows = [
        (
            *(outcome_name(row.outcome), in_figures(row.mean)),
            *(_interval(row.lower, row.upper), str(row.n)),
            *(row.method if row.n > 1 else "", _(row.unit)),
        )
        for row in table[table["unit"] != TRUTH].itertuples()
    ]
    heads = (*N_(("outcome", "mean", "95 % interval")), counted, *N_(("method", "unit")))
    print_rows(console, heads, rows, words=("outcome", "method", "unit"), spare="method")


def _print_deaths(console: Console, table: pd.DataFrame) -> None:
    rows = [
        (
            row.text,
            _(row.origin.replace("_", " ")),
            *(str(row.dead) if row.observed else "-", str(row.observed), str(row.left_out)),
            f"{row.share:.3f}" if row.observed else "-",
            _interval(row.lower, row.upper),
            row.method if row.observed else row.note,
        )
        for row in table.itertuples()
    ]
    words = N_(("definition", "origin", "method"))
    heads = (*words[:2], *N_(("dead", "of", "left out", "share", "95 % interval")), words[2])
    print_rows(console, heads, rows, words)


def in_figures(value: float) -> str:
    """Write a number with four figures, whole thousands grouped, a missing one as a dash."""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 999.95 else f"{value:.4g}"


def _interval(lower: float, upper: float) -> str:
    return "-" if lower != lower else f"{in_figures(lower)} to {in_figures(upper)}"
