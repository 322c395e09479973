"""``qunlab new``: a commented scenario to start from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import option
from sim.cli.terminal import tell
from sim.errors import InputError
from sim.files import write_whole
from sim.language import N_, _

if TYPE_CHECKING:
    from sim.scenario import Scenario

# The parameters that are written out in a new scenario; the others are only mentioned.
LEVERS = (
    *("run.days", "run.groups", "run.seed"),
    *("group.size", "group.cap", "group.topic_breadth", "group.planned_end_days"),
    *("arrivals.per_day", "arrivals.burst_ratio", "ties.graph"),
    *("operator.open_hour", "operator.close_hour", "operator.answer_probability"),
    *("operator.answer_minutes", "operator.quality", "operator.wage_fen_per_hour"),
)

# The policies that are on; the others stand there as comments.
POLICIES = ("cadence", "red_packets")

OPENING = N_("""\
# Its people: {people}. Others: 'qunlab new NAME --people strangers_qr' (strangers who scanned a
# code, whom 'qunlab demo' plays), or another of those that 'qunlab policies' lists.
# Each line: what is allowed, then what it means. 100 fen are 1 CNY.
# 'qunlab run THIS_FILE' simulates it. What you delete, or what is not here, is as in the population
# that is named as the base, whose members' habits come from real rooms:
# 'qunlab params --population THIS_FILE' says of each number where it comes from. Another team:
# 'qunlab run THIS_FILE --preset NAME'.
""")

MORE = N_("""\
# There are many more parameters: looking, reading, needs, ties, trust, red packets ...
# 'qunlab params' lists them, and each can be written here:
# [speak]
# audience = 0.0

# What the operators do: each table is a policy.
""")

BASE = N_("{names}, or a file: where all else comes from")
TYPE = N_("{names}: which of its types of groups")

OWN = N_("""\
# Several groups like this one that one team runs, with this many people at the desk:
# [portfolio]
# groups = 5
# [desk]
# hands = 1

# A policy of your own, from a file beside this one:
# [policies.mine]
# use = "mine.py:Mine"
""")


def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario; NAME.toml is written.")],
    people: Annotated[
        str | None, option("Its members: 'qunlab policies' lists them.", metavar="NAME")
    ] = None,
    force: Annotated[bool, option("Replace a file that exists.", "--force")] = False,
) -> None:
    """Write a commented scenario to start from.

    The most used levers are written out with what is allowed and what they mean.

    Example: qunlab new first

    Example: qunlab new brand --people strangers_qr
    """
    path = Path(name) if name.endswith(".toml") else Path(f"{name}.toml")
    if path.name.startswith("."):
        raise InputError([f"{name!r}: not a name for a file; try: qunlab new first"])
    text = scenario_text(path.stem, people)
    try:
        if not path.parent.is_dir():
            raise InputError([f"{path.parent}: no such folder"])
        if path.is_dir():
            raise InputError([f"{path}: a folder of that name is there"])
        if path.exists() and not force:
            other = "choose another name, or --force replaces it"
            raise InputError([f"{path}: exists already; {other}"])
        write_whole(path, text.encode())
    except OSError as fault:
        raise InputError([f"{path}: cannot be written: {fault.strerror}"]) from None
    run = f"qunlab run {shlex.quote(str(path))}"
    tell(f"Wrote {path}. Next:")
    typer.echo(f"  {run}")
    typer.echo(f"  {run} --size 300 --set policies.cadence.posts_per_day=4")
    typer.echo(f"  {run} --people buyers --set policies.gathering.every_weeks=1")
    typer.echo("  qunlab policies")
    typer.echo("  qunlab params")


def scenario_text(name: str, people: str | None = None) -> str:
    """Write TOML that reads back as the shipped community, perhaps with these people, stands on
    what it stands on, and shows the usual levers; a name has 1 to 100 characters.
    """
    from sim.kinds import PEOPLE
    from sim.policies import known_policies
    from sim.scenario import load_mix, parse_scenario, to_toml
    from sim.scenario.loading import base_below, configs, layer, shipped_files
    from sim.scenario.toml import literal

    named = {PEOPLE: people} if people else {}
    shipped = load_mix(configs() / "base.toml", {"name": name, **named})
    theirs = layer(PEOPLE, people, Path())[0] if people else {}
    on = shipped.single()
    others = [policy for policy in known_policies() if policy not in POLICIES]
    off = parse_scenario({"policies": {policy: {} for policy in others}})
    below = base_below(shipped.base, configs())
    types = ", ".join(one.name for one in load_mix(below).types)
    populations = ", ".join(sorted(shipped_files("populations")))
    return "\n".join(
        [
            _(OPENING, people=shipped.people),
            f"{to_toml(on, keys=('name',))}"
            f'base = "{below.stem}"  # {_(BASE, names=populations)}\n'
            f'type = "{shipped.types[0].name}"       # {_(TYPE, names=types)}\n'
            + "".join(f"{key} = {literal(value)}\n" for key, value in named.items()),
            to_toml(on, comments=True, keys={*LEVERS, *shipped.own} - theirs.keys()),
            _(MORE),
            to_toml(on, comments=True, keys=_fields(on)),
            _commented_out(to_toml(off, comments=True, keys=_fields(off))),
            _(OWN),
        ]
    )


def _fields(scenario: Scenario) -> list[str]:
    from sim.scenario import known_keys

    keys = known_keys(scenario)
    return [key for key in keys if key.startswith("policies.") and not key.endswith(".use")]


def _commented_out(text: str) -> str:
    return "".join(f"# {line}" if line.strip() else line for line in text.splitlines(True))
