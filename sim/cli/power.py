"""``qunlab power``: how many real groups, for how long, a test of a change needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import Json, Quiet, option
from sim.cli.terminal import print_answer, print_json, records
from sim.errors import Faults
from sim.language import _

if TYPE_CHECKING:
    from sim.report.answer import Answer
    from sim.study.power import FieldTest


def power(
    scenario: Annotated[Path, typer.Argument(help="A TOML file: your groups as they are.")],
    changes: Annotated[
        list[str] | None,
        option("What is tried in one arm; may be repeated.", "--set", metavar="KEY=VALUE"),
    ] = None,
    outcome: Annotated[str, option("What decides.")] = "posting_share_per_day",
    groups: Annotated[int | None, option("Groups in each of the two arms, if known.")] = None,
    days: Annotated[int, option("Days of the test.")] = 14,
    effect: Annotated[
        float | None, option("Change to be found, in the outcome's unit; default: the model's.")
    ] = None,
    age: Annotated[int, option("Days that groups are old when the test begins, 7 or more.")] = 14,
    simulated: Annotated[int, option("Groups played.")] = 400,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Plan a test on real groups: groups per arm, days, and the smallest change that it finds.

    Half of the groups get the change. 5 of 100 tests find one where there is none, 80 of 100 find
    one that is there. How groups differ, and how much their last week before the test tells, is
    the model's. Guardrails and the rule to stop come along: 'qunlab forecast LOG --watch'.

    Example: qunlab power configs/base.toml --set policies.cadence.posts_per_day=6

    Example: qunlab power configs/base.toml --outcome leaves --effect 1 --days 28 --json > test.json
    """
    from sim.scenario import load_mix
    from sim.scenario.toml import take_values
    from sim.study.power import Plan, field_test

    faults = Faults()
    values = take_values(changes or [], faults)
    with faults.gathered():
        mix = load_mix(scenario)
    faults.refuse()
    found = field_test(mix, values, Plan(outcome, days, age, groups, effect, simulated))
    if as_json:
        numbers = {name: value for name, value in vars(found).items() if type(value) is float}
        tables = {name: records(getattr(found, name)) for name in ("by_days", "guardrails")}
        print_json({**asdict(found.plan), "change": values, **numbers,
                    "model": records(_frame(found))[0], **tables})  # fmt: skip
    else:
        print_answer(_answer(found, values), quiet)


def _frame(found: FieldTest) -> Any:
    import pandas as pd

    return pd.DataFrame([asdict(found.model)])


def _answer(found: FieldTest, changes: dict[str, Any]) -> Answer:
    from sim.report.answer import Answer, Option, three
    from sim.study.power import DRAWS

    plan, model, scale = found.plan, found.model, found.outcome.scale
    unit = _("points") if found.outcome.printed == "%" else found.outcome.unit

    def change(value: float) -> str:
        return f"{three(scale * value)} {'' if unit == 'share' else unit}".strip()

    said = _(
        "The model: {change} moves {outcome} by {difference} ({low} to {high}); {pairs} groups.",
        change="; ".join(f"{key}={value}" for key, value in changes.items()),
        outcome=plan.outcome,
        difference=change(model.difference),
        low=three(scale * model.lower),
        high=three(scale * model.upper),
        pairs=model.pairs,
    )
    differ = _(
        "Groups differ by {spread} (standard deviation) around {mean}; weeks of a group are alike "
        "by {alike} (intra-class correlation), the last week tells {percent} %.",
        spread=change(found.spread),
        mean=three(scale * model.first),
        alike=three(found.weeks_alike),
        percent=three(100 * found.correlation**2),
    )
    options = [
        Option(
            _("{days} days", days=row.days),
            -1,
            (three(row.groups), three(row.groups_without_week), change(row.smallest)),
        )
        for row in found.by_days.itertuples()
    ]
    smallest = _("shown by {groups} per arm", groups=plan.groups)
    return Answer(
        _("Take {groups} groups per arm for {days} days: it shows {change} or more.").format(
            groups=plan.groups, days=plan.days, change=change(found.smallest)
        ),
        detail=(*([said] if changes else []), differ),
        option_heads=(_("groups per arm"), _("without last week"), smallest),
        options=tuple(options),
        avoid=(
            _(
                "Draw lots; regress each group's {outcome} on its arm and its last week. Count "
                "groups, not members.",
                outcome=plan.outcome,
            ),
        ),
        watch=_watch(found),
        trust=(
            _(
                "Of {draws} tests drawn from the simulated groups {false} % find a change where "
                "there is none, {found} % the one planned for. Real groups differ more: take more.",
                draws=f"{DRAWS:,}",
                false=three(100 * found.false_alarms),
                found=three(100 * found.found),
            ),
        ),
    )


def _watch(found: FieldTest) -> tuple[tuple[str, str], ...]:
    from sim.report.answer import three

    rails = found.guardrails
    bounds = [
        (_(one.text), f"{'<' if one.is_floor else '>'} {three(100 * one.at)} %")
        for one in rails.itertuples()
    ]
    stop = _("more than {most} groups of it are beyond one", most=rails["most_groups"][0])
    return (*bounds, (_("stop an arm once"), stop))
