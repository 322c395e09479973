"""``qunlab fork``: what another act from a day on would have changed in a group of a study."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.options import SHOWN, Shown, SweepFolder, option
from sim.cli.terminal import print_rows, screen
from sim.errors import Faults
from sim.language import _, outcome_name
from sim.lives.outcomes import ALIVE, main_outcomes
from sim.report.answer import Answer, Option, three
from sim.report.levers import FEN_PER_CNY
from sim.scenario import digest
from sim.scenario.toml import take_values
from sim.study.fork import Fork
from sim.study.fork import fork as play

WHOSE = ("point", "replication", "seed", "at_day")


def fork(
    folder: SweepFolder,
    row: Annotated[int, typer.Argument(help="Number of the row in design order, from 0.")],
    at_day: Annotated[
        int, option("Local day from whose midnight on the act is another; 0: creation.")
    ],
    changes: Annotated[
        list[str] | None,
        option("What operators do from then on; may be repeated.", "--set", metavar="KEY=VALUE"),
    ] = None,
    groups: Annotated[int, option("Other replications of the same point, for intervals.")] = 0,
    shown: Shown = SHOWN,
) -> None:
    """Play the history of a stored row, and the same with another act from a day on.

    Both have the same random numbers: before that day they are equal message for message, and
    what differs after it is the act's. Fields of policies can change (policies.NAME.FIELD), with
    them gates, caps, hours on duty and all other orders that stand; a policy that was not there
    begins on that day. Who the members are, and all other parameters, are settled at creation.

    Example: qunlab fork results/demo 42 --at-day 7 --set policies.cadence.posts_per_day=2

    Example: qunlab fork results/demo 42 --at-day 30 --set policies.gate.referral=1 --groups 99
    """
    faults = Faults()
    values = take_values(changes or [], faults)
    faults.refuse()
    found = play(folder, row, values, at_day, groups)

    def whole() -> dict[str, Any]:
        scenarios = {"before": found.scenario.before(), "after": found.scenario.later}
        digests = {name: digest(scenario) for name, scenario in scenarios.items()}
        return {**_whose(found), "changes": values, **digests, "outcomes": found.table}

    def everything() -> None:
        answered = _answer(found, row, values, True)
        rows = [[one.words, *one.cells] for one in answered.options]
        print_rows(screen(), ["outcome", *answered.option_heads], rows, words=("outcome",))

    shown.give(whole, everything, lambda: _answer(found, row, values, False))


def _whose(found: Fork) -> dict[str, Any]:
    return {name: getattr(found, name) for name in WHOSE}


def _answer(found: Fork, row: int, changes: dict[str, Any], every: bool) -> Answer:
    shown = [ALIVE.name, *(one.name for one in main_outcomes())]
    table = found.table if every else found.table.set_index("outcome").loc[shown].reset_index()
    groups = int(found.table["pairs"].max())
    words = "; ".join(f"{key}={value}" for key, value in changes.items())
    same = _("Point {point}, replication {replication}, seed {seed}, played twice alike.")
    headline = _("Row {row}: nothing was changed; --set KEY=VALUE names another act.", row=row)
    if changes:
        same = _(
            "Point {point}, replication {replication}, seed {seed}: the random numbers and all "
            "before day {at_day} are the same, so the difference is the act's."
        )
        headline = _("Row {row} with {changes} from day {day} on:")
        headline = headline.format(row=row, changes=words, day=found.at_day)
    trust: tuple[str, ...] = (same.format(**_whose(found)),)
    heads: tuple[str, ...] = (_("as it was"), _("with the change"), _("difference"))
    if groups > 1:
        heads += (_("mean of {groups} groups (95 %)", groups=groups),)
        methods = _("; ").join(dict.fromkeys(table["method"]))
        trust += (_("Intervals: {method}.", method=methods),)
    return Answer(
        headline,
        option_heads=heads,
        options=tuple(
            Option(_named(row), -1, _cells(row)[: len(heads)]) for row in table.itertuples()
        ),
        trust=trust,
        more=(_("More: --all, --json; --groups N others of the same point for an interval."),),
    )


def _named(row: Any) -> str:
    """Name a row's outcome, with CNY where that is its unit here."""
    name = outcome_name(row.outcome)
    if not row.unit.startswith("fen"):
        return name
    return "_".join(word for word in name.split("_") if word != "fen") + ", CNY"


def _cells(row: Any) -> tuple[str, ...]:
    """Write a row of outcomes, a truth as 1 or 0, fen as CNY."""
    scale = 1.0 / FEN_PER_CNY if row.unit.startswith("fen") else 1.0
    numbers = (row.was, row.now, row.change, row.difference, (row.upper - row.lower) / 2.0)
    *cells, mean, half = (three(scale * number) for number in numbers)
    return (*cells, f"{mean} ± {half}")
