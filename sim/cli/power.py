"""``qunlab power``: how many real groups, for how long, a test of a change needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.options import Json, Quiet, option
from sim.cli.terminal import print_answer, print_json
from sim.errors import Faults
from sim.language import _
from sim.report.answer import Answer, Option, three
from sim.scenario import load_mix
from sim.scenario.toml import take_values
from sim.study.power import DRAWS, FieldTest, Plan, field_test


def power(
    scenario: Annotated[Path, typer.Argument(help="A scenario: your groups as they are.")],
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
    simulated: Annotated[int, option("Groups played; more make the plan surer.")] = 1000,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Plan a test on real groups: groups per arm, days, and the smallest change that it finds.

    Half of the groups get the change. 5 of 100 tests find one where there is none, 80 of 100 find
    one that is there. How groups differ, and how much their last week before the test tells, is
    the model's. Guardrails and the rule to stop come along: 'qunlab forecast LOG --watch'. Of a
    sweep name the scenario that it names, and with --set the levers of the point to be tried.

    Example: qunlab power configs/base.toml --set policies.cadence.posts_per_day=6

    Example: qunlab power configs/base.toml --outcome leaves --effect 1 --days 28 --json > test.json
    """
    faults = Faults()
    values = take_values(changes or [], faults)
    with faults.gathered():
        mix = load_mix(scenario)
    faults.refuse()
    found = field_test(mix, values, Plan(outcome, days, age, groups, effect, simulated))
    if as_json:
        numbers = {name: value for name, value in vars(found).items() if type(value) is float}
        tables = {"by_days": found.by_days, "guardrails": found.guardrails}
        plan = vars(found.plan)
        print_json({**plan, "change": values, **numbers, "model": found.model, **tables})
    else:
        print_answer(answer_of_test(found, values), quiet)


def answer_of_test(found: FieldTest, changes: dict[str, Any]) -> Answer:
    """Say how many groups a test takes, and how to run it."""
    plan, model, rails, scale = found.plan, found.model, found.guardrails, found.outcome.scale
    unit = _("points") if found.outcome.printed == "%" else found.outcome.unit

    def change(value: float) -> str:
        return f"{three(scale * value)} {unit if unit != 'share' else ''}".strip()

    fields = {
        **{name: getattr(plan, name) for name in ("groups", "days", "outcome")},
        **{name: three(scale * getattr(model, name)) for name in ("first", "lower", "upper")},
        **{name: three(100 * getattr(found, name)) for name in ("false_alarms", "found")},
        **{name: change(getattr(found, name)) for name in ("smallest", "spread")},
        "difference": change(model.difference),
        "change": "; ".join(f"{key}={value}" for key, value in changes.items()),
        "pairs": model.pairs,
        "alike": three(found.weeks_alike),
        "percent": three(100 * found.correlation**2),
        "draws": f"{DRAWS:,}",
        "most": rails["most_groups"][0],
    }
    head = _("Take {groups} groups per arm for {days} days: it shows {smallest} or more.")
    said = _("The model: {change} moves {outcome} by {difference} ({lower} to {upper}).")
    differ = _(
        "Groups differ by {spread} (standard deviation) around {first}; weeks of a group are alike "
        "by {alike} (intra-class correlation), the last week tells {percent} %."
    )
    how = _(
        "Draw lots; regress each group's {outcome} on its arm and its last week. Count groups, not "
        "members."
    )
    stop = _("more than {most} groups of it are beyond one")
    tried = _(
        "Of {draws} tests drawn from {pairs} simulated groups {false_alarms} % find a change where "
        "there is none, {found} % the one planned for. Real groups differ more: take more."
    )
    heads = (_("groups per arm"), _("without last week"), _("shown by {groups} per arm"))
    return Answer(
        head.format(**fields),
        detail=tuple(text.format(**fields) for text in ((said, differ) if changes else (differ,))),
        option_heads=tuple(text.format(**fields) for text in heads),
        options=tuple(
            Option(
                _("{days} days", days=row.days),
                -1,
                (three(row.groups), three(row.groups_without_week), change(row.smallest)),
            )
            for row in found.by_days.itertuples()
        ),
        avoid=(how.format(**fields),),
        watch=(
            *((_(row.text), f"{row.sign} {three(100 * row.at)} %") for row in rails.itertuples()),
            (_("stop an arm once"), stop.format(**fields)),
        ),
        trust=(tried.format(**fields),),
    )
