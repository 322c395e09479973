"""``qunlab run``: simulate one scenario and say what it amounts to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Mix, Scenario
    from sim.trace import Trace

ORIGIN = "origin.json"
MOST_THREADS = 1024


def run(
    scenario: Annotated[Path, typer.Argument(help="A TOML file; 'qunlab new NAME' writes one.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a value; may be repeated."),
    ] = None,
    size: Annotated[int | None, typer.Option(help="Members at creation (group.size).")] = None,
    groups: Annotated[int | None, typer.Option(help="Replications (run.groups).")] = None,
    days: Annotated[float | None, typer.Option(help="Days simulated (run.days).")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all luck (run.seed).")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write messages.parquet, events.parquet, groups.csv and origin.json there.",
        ),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Deal groups to 20 parameter sets of this posterior."),
    ] = None,
    isolate: Annotated[
        bool, typer.Option("--isolate", help="Play in a process apart, within half the memory.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a scenario and print every outcome and death with 95 % intervals.

    The same seed gives the same numbers, whatever the threads. A scenario that mixes types of
    groups is played as they come, each by its share; --set type=NAME plays one of them. With
    --posterior the intervals hold the doubt about parameters too.

    Example: qunlab run configs/base.toml --size 300 --set policies.cadence.posts_per_day=4

    Example: qunlab run first.toml --groups 20 --log results/log && qunlab observe results/log
    """
    from sim.cli import run_tables

    given = {"size": size, "groups": groups, "days": days, "seed": seed}
    chosen = read_scenario(scenario, changes or [], given, threads, log)
    if posterior is not None:
        from sim.cli.run_posterior import dealt_to_sets

        fixed = {*_values(changes or [], []), *(["group.size"] if size is not None else [])}
        chosen = dealt_to_sets(chosen, posterior, fixed)
    played = play(chosen, threads, log, isolate)
    if as_json:
        typer.echo(run_tables.as_json(played))
    else:
        run_tables.show(played)


@dataclass(frozen=True)
class Played:
    """A scenario that was simulated, and what came of it."""

    mix: Mix  # the scenario, with its types of groups
    outcomes: pd.DataFrame  # as from `sim.lives.summary.summary` and `sim.lives.deaths.death_table`
    deaths: pd.DataFrame
    seconds: float  # spent on the simulation
    log: Path | None  # where the message log was written

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
    the values of `SHORTCUTS`, None where not given), or name every fault of both.
    """
    from sim.scenario import SHORTCUTS, load_mix

    problems = [*_thread_faults(threads), *_folder_faults(log)]
    options = {SHORTCUTS[name]: value for name, value in given.items() if value is not None}
    values = _values(changes, problems)
    twice = {key: name for name, key in SHORTCUTS.items() if key in values and key in options}
    problems += [f"{key}: set by --set and by --{name}" for key, name in twice.items()]
    try:
        mix = load_mix(path, values | options)
    except InputError as fault:
        problems += fault.problems
        if not path.is_file():
            problems += _faults_without_file(values | options)
    if problems:
        raise InputError(problems)
    return mix


def play(
    mix: Mix, threads: int | None = None, log: Path | None = None, isolate: bool = False
) -> Played:
    """Simulate all groups of a scenario, write the log when one is wanted, and sum up; `isolate`
    plays the groups in a process of their own.
    """
    from sim.lives.deaths import death_table
    from sim.lives.outcomes import outcomes
    from sim.lives.summary import summary
    from sim.mixing import scenarios_of

    _announce_compiling()
    start = time.monotonic()
    trace = _logged(mix, threads, log, isolate) if log else _simulated(mix, threads, isolate)
    seconds = time.monotonic() - start
    rows = outcomes(trace, scenarios_of(mix))
    return Played(mix, summary(rows), death_table(trace), seconds, log)


def _simulated(mix: Mix, threads: int | None, isolate: bool) -> Trace:
    from sim.mixing import simulate_mix

    trace: Trace = _played(simulate_mix, mix, threads, isolate)
    return trace


def _played(simulate: Callable[..., Any], mix: Mix, threads: int | None, isolate: bool) -> Any:
    from sim.progress import progress_line

    given = (mix, mix.scenario.groups, mix.scenario.seed, threads)
    if not isolate:
        with progress_line(mix.scenario.groups, "simulating") as progress:
            return simulate(*given, progress)
    from sim.study.playing import Child
    from sim.study.sweep import default_limits

    child = Child()
    try:
        return child.call(simulate, given, default_limits(1))
    finally:
        child.close()


def _logged(mix: Mix, threads: int | None, folder: Path, isolate: bool) -> Trace:
    from sim.chatlog import write_log
    from sim.lives.simulated_log import chat_log
    from sim.mixing import scenarios_of, simulate_mix_log

    trace: Trace
    trace, messages, events = _played(simulate_mix_log, mix, threads, isolate)
    written = chat_log(trace, messages, events, scenarios_of(mix))
    assert written.events is not None
    assert written.groups is not None
    write_log(folder, written.messages, written.events, written.groups)
    types = mix.types if len(mix.types) > 1 else ()
    write_origin(folder, mix.scenario, {one.name: one.scenario for one in types})
    return trace


def write_origin(
    folder: Path, scenario: Scenario, types: Mapping[str, Scenario] | None = None
) -> None:
    """Write beside a log what decides it: scenario (or types of groups), seed, code, versions."""
    import json

    from sim.files import write_whole
    from sim.scenario import digest
    from sim.scenario.writing import items
    from sim.study.origin import origin_of_run

    mixed = {name: digest(one) for name, one in (types or {}).items()}
    settings = {
        name: dict(items(one)) for name, one in (types or {scenario.name: scenario}).items()
    }
    said = {**origin_of_run(scenario), "digests of types": mixed, "settings": settings}
    write_whole(folder / ORIGIN, (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode())


def _announce_compiling() -> None:
    from sim.compiling import needs_compiling
    from sim.kernels.hours import play as kernel

    if needs_compiling(kernel):
        typer.echo("compiling the engine once, half a minute or so ...", err=True)


def _values(changes: list[str], problems: list[str]) -> dict[str, Any]:
    """Read every ``key=value``; what cannot be read goes to the problems."""
    from sim.scenario import parse_values

    good: list[str] = []
    for text in changes:
        try:
            parse_values([*good, text])
        except InputError as fault:
            problems += fault.problems
        else:
            good.append(text)
    return parse_values(good)


def _faults_without_file(values: dict[str, Any]) -> list[str]:
    """Say what is wrong with values whatever the missing file may hold."""
    from sim.scenario import Scenario

    try:
        Scenario().with_values(
            {key: value for key, value in values.items() if not key.startswith("policies.")}
        )
    except InputError as fault:
        return list(fault.problems)
    return []


def _thread_faults(threads: int | None) -> list[str]:
    if threads is None or 1 <= threads <= MOST_THREADS:
        return []
    return [f"--threads: {threads} is out of range; allowed: 1 to {MOST_THREADS}"]


def _folder_faults(folder: Path | None) -> list[str]:
    """Find out before the simulation, not after it, that the log cannot be written."""
    import os

    if folder is None:
        return []
    above = [place for place in (folder, *folder.absolute().parents) if place.exists()]
    if not above[0].is_dir():
        return [f"--log: {above[0]} is a file, not a folder"]
    if not os.access(above[0], os.W_OK | os.X_OK):
        return [f"--log: {folder}: cannot be written to"]
    return []
