"""``qunlab validate --effects``: what logs would show beside what an intervention does."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sim.populations import Population
    from sim.validation.effects.effect import Effect, Interval

PARTICLES = 20


def show_effects(population: Population, groups: int, seed: int, as_json: bool) -> None:
    """Simulate the three effects and print both numbers of each."""
    from sim.progress import progress_line
    from sim.validation.effects.audience import audience_effect
    from sim.validation.effects.core import core_effect
    from sim.validation.effects.reply import reply_effect

    scenarios = population.scenarios(PARTICLES)
    found = []
    kinds = (reply_effect, core_effect, audience_effect)
    with progress_line(len(kinds), "effects") as progress:
        for done, effect in enumerate(kinds, 1):
            found.append(effect(scenarios, groups, seed))
            progress(done, len(kinds))
    if as_json:
        typer.echo(_as_json(found, population.name, groups, seed))
        return
    typer.echo(f"{population.name}: {groups} groups of each, with and without, seed {seed}")
    for one in found:
        typer.echo("\n".join(_lines(one)))
    typer.echo(
        "\nObserved: a correlation in groups left alone, no effect. Intervention: the same groups\n"
        "with and without the change, same luck. In brackets 95 %, resamples of groups."
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


def _as_json(found: list[Effect], name: str, groups: int, seed: int) -> str:
    rows = [{**asdict(one), "says": one.says} for one in found]
    answer = {"population": name, "groups": groups, "seed": seed, "effects": rows}
    return json.dumps(_plain(answer), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
