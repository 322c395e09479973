"""``python -m experiments.validation``: halves with rivals, own rooms, effects, a broadcast."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Hashable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import main
from sim.cli.terminal import plain, print_json
from sim.cli.validate import (
    JSON,
    POPULATION,
    ROOMS,
    SEED,
    checked,
    faults_of_days,
    for_json,
    judged,
    show,
)
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.validation.effects import Effect, Interval

NAME = "python -m experiments.validation"
MOST_BUDGET, MOST_TIMES = 100_000, 1000
EFFECT_PARTICLES = 20
DATA = typer.Option(metavar="DIR", help="Folder of the real logs.")
DAYS = typer.Option(help="Only so many first days of each room.")
BANK = typer.Option(
    metavar="DIR", help="Refit on each split from the bank of the population that is here."
)


def halves(
    data: Annotated[Path, DATA],
    population: Annotated[str | None, POPULATION] = None,
    rooms: Annotated[int, ROOMS] = 2000,
    seed: Annotated[int, SEED] = 1,
    nulls: Annotated[
        int,
        typer.Option(
            metavar="BUDGET", help="Fit both null models on each split with so many simulations."
        ),
    ] = 0,
    days: Annotated[float | None, DAYS] = None,
    bank: Annotated[Path | None, BANK] = None,
    cut_bank: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The same of the model cut down.")
    ] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Judge as qunlab validate --data does, and on rooms held out beside rivals.

    Real rooms are split five times; the model (with --bank refitted on each split), the other real
    part and (with --nulls) two models without a mind are judged on the part held out.

    Example: python -m experiments.validation halves --data rooms --nulls 400 --bank results/fit
    """
    from experiments.validation.halves import Rivals, candidates_for
    from experiments.validation.held_out import for_json as scores_of
    from experiments.validation.held_out import print_judged, run_protocol, splits_of
    from sim.progress import progress_line

    rivals = Rivals(nulls, bank, cut_bank, rooms)
    faults = [*rivals.faults(), *faults_of_days(days, data)]
    if not 0 <= nulls <= MOST_BUDGET:
        faults.append(f"--nulls: {nulls} is out of range; allowed: 0 to {MOST_BUDGET}")
    chosen = checked(population, data, rooms, seed, faults)
    against, found, notes = judged(chosen, data, rooms, seed, days)
    held_out = {}
    for one in against:
        if one.rooms is not None:
            name, title = one.about.name, one.about.title
            candidates = candidates_for(rivals, one, chosen[name], found.tables[name])
            splits = splits_of(one.rooms)
            with progress_line(len(splits) * len(candidates), f"splits of {title}") as progress:
                held_out[title] = run_protocol(one.rooms, splits, candidates, progress)
    if as_json:
        scores = {title: scores_of(each) for title, each in held_out.items()}
        print_json(for_json(found, notes, seed, scores))
        return

    def more(console: Console, part: str) -> None:
        if part in held_out:
            print_judged(console, held_out[part])

    show(found, notes, more)


def own_rooms(
    data: Annotated[Path, DATA],
    bank: Annotated[Path, BANK],
    times: Annotated[int, typer.Option(help="Sets of rooms that the model makes.")] = 12,
    population: Annotated[str | None, POPULATION] = None,
    rooms: Annotated[int, ROOMS] = 2000,
    days: Annotated[float | None, DAYS] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Judge the model on sets of rooms it made itself: how often a true model would pass.

    Example: python -m experiments.validation own-rooms --data rooms --bank results/fit --times 12
    """
    from experiments.validation.halves import Rivals, stored_refit
    from experiments.validation.own_rooms import judged_on_own_rooms
    from sim.progress import progress_line
    from sim.validation.rooms import read_rooms
    from sim.validation.targets import DATA_SETS

    faults = [*Rivals(0, bank, None, rooms).faults(), *faults_of_days(days, data)]
    if not 1 <= times <= MOST_TIMES:
        faults.append(f"--times: {times} is out of range; allowed: 1 to {MOST_TIMES}")
    model = checked(population, data, rooms, 1, faults)[DATA_SETS[0].name]
    own = [one for one in DATA_SETS if one.population == model.name]
    if not own:
        names = ", ".join(one.population for one in DATA_SETS)
        raise InputError([f"--population: {model.name} has no real rooms; there are {names}"])
    refit = stored_refit(model, bank, model.scenario)
    real, _, _ = read_rooms(data, own[0].name, days)
    with progress_line(times, "sets of rooms") as progress:
        found = judged_on_own_rooms(model.scenario, real, refit, times, rooms, progress)
    rows = found.to_dict("records")
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    typer.echo(
        f"{model.name}, judged on {times} sets of {real.total} rooms of its own making:\n"
        "refitted on one half, judged on the other, median of 5 splits (in brackets the other half)"
    )
    for number, one in enumerate(rows, 1):
        typer.echo(f"{number:4d}: {_scores(one, '')} ({_scores(one, 'ceiling_')})")
    met, other = int(found["meets_bar"].sum()), int(found["ceiling_meets_bar"].sum())
    typer.echo(f"A true model meets the bar {met} times of {times}, the other half {other} times.")


def _scores(one: Mapping[Hashable, Any], prefix: str) -> str:
    within, distance, timing, rows, met = (
        one[prefix + name]
        for name in ("within", "mean_distance", "timing_and_return", "timing_rows", "meets_bar")
    )
    return (
        f"{within:g} within, mean |z| {distance:.2f}, timing and return {timing:g} of {rows:g}, "
        f"bar {'met' if met else 'missed'}"
    )


def broadcast(
    data: Annotated[Path, DATA],
    posts: Annotated[
        Path, typer.Option(metavar="FILE", help="The team's posts: columns group, ts and type.")
    ],
) -> None:
    """Count real rooms at a post of their team by posters so far and silence: the shipped table.

    The posts are taken out of members' messages first.

    Example: python -m experiments.validation broadcast --data rooms --posts broadcast.csv
    """
    from experiments.validation.real_broadcast import broadcast_counts
    from sim.validation.broadcast import OUTSIDE
    from sim.validation.rooms import missing_files
    from sim.validation.targets import DATA_SETS

    name = DATA_SETS[0].name
    faults = [*missing_files(data, name), *([] if posts.is_file() else [str(posts)])]
    if faults:
        raise InputError([f"{path}: no such file" for path in faults])
    found = broadcast_counts(data, name, posts)
    typer.echo(found.to_csv(index=False), nl=False)
    rooms, answered = found["rooms"].sum(), found["answered"].sum()
    typer.echo(f"{answered} of {rooms} rooms in {OUTSIDE} cells", err=True)


def trade_off(
    data: Annotated[Path, DATA],
    posts: Annotated[
        Path, typer.Option(metavar="FILE", help="The team's posts: columns group, ts and type.")
    ],
    bank: Annotated[Path, typer.Option(metavar="DIR", help="Folder of making_populations facts.")],
    weights: Annotated[str, typer.Option(help="On each of the three facts.")] = "0,0.25,1,4,16",
    split_weights: Annotated[
        str, typer.Option(help="Of these, which are judged on rooms held out too.")
    ] = "0.25",
    rooms: Annotated[int, ROOMS] = 2000,
    seed: Annotated[int, SEED] = 1,
) -> None:
    """Print how many rows a fit keeps as the facts for operations weigh more, and what is shipped.

    Example: python -m experiments.validation trade-off --data DIR --posts FILE --bank results/f
    """
    from experiments.making_populations.refitting import read_bank
    from experiments.making_populations.with_facts import free_ranges, real_rooms
    from experiments.validation.held_out import splits_of
    from experiments.validation.trade_off import PARTICLES, curve, held_out, judged, table_of

    shipped = checked("learner_rooms", data, rooms, seed, [])["field"].scenarios(PARTICLES)
    real = real_rooms(data, posts)
    stored = read_bank(bank / "learner_rooms.bank.parquet", free_ranges())
    found = [judged("as shipped", shipped, real, rooms, seed)]
    found += curve(stored, real, [float(one) for one in weights.split(",")], rooms, seed)
    typer.echo(table_of(found).to_string(index=False))
    for weight in filter(None, split_weights.split(",")):
        apart = held_out(stored, real, float(weight), rooms, splits_of(real.rooms))
        typer.echo(f"\nheld out, weight {weight}")
        typer.echo(table_of(apart).to_string(index=False))


def effects(
    population: Annotated[str | None, POPULATION] = None,
    rooms: Annotated[int, typer.Option(help="Groups of each effect.")] = 2000,
    seed: Annotated[int, SEED] = 1,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Set observed correlations beside interventions: an answer, a core member, half the audience.

    Example: python -m experiments.validation effects --population wechat_mixed --rooms 2000
    """
    from experiments.validation.effects import audience_effect, core_effect, reply_effect
    from sim.progress import progress_line

    chosen = checked(population, None, rooms, seed, [])["field"]
    scenarios = chosen.scenarios(EFFECT_PARTICLES)
    found = []
    kinds = (reply_effect, core_effect, audience_effect)
    with progress_line(len(kinds), "effects") as progress:
        for done, effect in enumerate(kinds, 1):
            found.append(effect(scenarios, rooms, seed))
            progress(done, len(kinds))
    if as_json:
        rows = [_for_json(one) for one in found]
        answer = {"population": chosen.name, "groups": rooms, "seed": seed, "effects": rows}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))
        return
    typer.echo(f"{chosen.name}: {rooms} groups of each, with and without, seed {seed}")
    for one in found:
        typer.echo("\n".join(_lines(one)))
    typer.echo(
        "\nObserved: a correlation in groups left alone, no effect. Intervention: the same groups\n"
        "with and without the change, same random seeds. In brackets 95 %, resamples of groups."
    )


def _lines(one: Effect) -> list[str]:
    lines = [f"\n{one.name} ({one.cases}): {one.says}"]
    lines.append(f"  observed      {_shown(one.observed)}  {one.observed_measure}")
    if one.logs:
        lines.append(f"    real logs   {one.logs}")
    lines.append(f"  intervention  {_shown(one.intervention)}  {one.intervention_measure}")
    if one.field:
        lines.append(f"    field       {one.field}")
    return lines


def _shown(one: Interval) -> str:
    if math.isnan(one.value):
        return "not shown"
    return f"{one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})"


def _for_json(one: Effect) -> dict[str, Any]:
    found = asdict(one) | {"says": one.says}
    for name in ("observed", "intervention"):
        found[name] = {key: plain(value) for key, value in found[name].items()}
    return found


def application() -> typer.Typer:
    """Collect the commands."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    for command in (halves, own_rooms, effects, broadcast, trade_off):
        app.command()(command)
    return app


if __name__ == "__main__":
    sys.exit(main(app=application, name=NAME))
