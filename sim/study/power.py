"""Power: how many real groups, how long, a test of a change needs, by how groups played differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from sim.allowed import Allowed
from sim.ensemble import simulate, simulate_log
from sim.errors import Faults, InputError, nearest_key
from sim.lives.guardrails import BEYOND_SHARE, GUARDRAILS, guarded, most_beyond
from sim.lives.outcomes import Outcome, Run, outcomes_by_name
from sim.lives.simulated_log import chat_log
from sim.scenario import Mix, Scenario, forked
from sim.stats.intervals import Floats
from sim.stats.paired import PairedDifference, paired_difference
from sim.stats.power import FEWEST_GROUPS, found_share, groups_needed, smallest_effect
from sim.trace import Trace

WEEK = 7
DAYS_SHOWN = (7, 14, 28)
DRAWS, LOGGED_MOST = 10_000, 100
ALLOWED = {
    "days": Allowed(int, 1, 365, "days"),
    "age": Allowed(int, WEEK, 3000, "days"),
    "groups": Allowed(int, FEWEST_GROUPS, 100_000, "groups an arm"),
    "simulated": Allowed(int, 50, 100_000, "groups"),
}


@dataclass(frozen=True)
class Plan:
    """What a test is to find, and on which groups.

    Attributes
    ----------
    outcome : str
        One that some days of a group show by themselves.
    days, age : int
        How long the test is, and how old the groups are when it begins: local days, 7 or more.
    groups : int, optional
        In each arm; default: as many as the effect needs.
    effect : float, optional
        In the outcome's unit; default: what the model says the change does.
    simulated : int
        Groups played, of whose differences all is reckoned: of 400 the variance left has an error
        of 6 % (14 % with heavy tails), and the power one of 2 (6) points; of more, a smaller one.
    """

    outcome: str = "posting_share_per_day"
    days: int = 14
    age: int = 14
    groups: int | None = None
    effect: float | None = None
    simulated: int = 1000


@dataclass(frozen=True)
class FieldTest:
    """A test of two arms of real groups, a change in one of them."""

    plan: Plan  # its groups and its effect filled in
    outcome: Outcome
    model: PairedDifference  # without and with the change, over the groups played
    spread: float  # standard deviation between groups of an arm
    correlation: float  # with their last week before, within arms
    weeks_alike: float  # intra-class correlation of the weeks of a group
    smallest: float  # effect that is found in 80 of 100 tests
    false_alarms: float  # share of tests drawn from the groups played without an effect ...
    found: float  # ... and with the plan's, in which the arms differ
    by_days: pd.DataFrame  # days, spread, correlation, groups, groups_without_week, smallest
    guardrails: pd.DataFrame  # name, text, sign, at, most_groups


def field_test(mix: Mix, changes: Mapping[str, Any], plan: Plan) -> FieldTest:
    """Plan a test of a change (``policies.NAME.FIELD`` to value) on groups of a scenario: play them
    with and without it from the day on which the test begins, and see how they differ.

    `InputError`: a value not allowed, an outcome that needs a whole life, nothing to look for.
    """
    faults, outcome = Faults(), outcomes_by_name().get(plan.outcome)
    for name, allowed in ALLOWED.items():
        if (value := getattr(plan, name)) is not None:
            with faults.gathered():
                allowed.checked(f"--{name}", value)
    if outcome is None:
        near = nearest_key(plan.outcome, list(outcomes_by_name()))
        faults.append(f"--outcome: {plan.outcome}: not an outcome{near}")
    if not changes and plan.effect is None and plan.groups is None:
        faults.append("--set, --effect or --groups: missing; what is the test to find?")
    faults.refuse()
    assert outcome is not None
    lengths = sorted({*DAYS_SHOWN, plan.days})
    weeks = range(plan.age - WEEK, plan.age + plan.days - WEEK + 1, WEEK)
    asked = [(plan.age - WEEK, plan.age), *((plan.age, plan.age + days) for days in lengths)]
    asked += [(first, first + WEEK) for first in weeks]
    runs = [*_runs(mix, changes, plan, max(lengths))]
    parts = [np.stack([_seen(run, outcome, *span) for span in asked]) for run in runs]
    values = np.concatenate([part.reshape(len(asked), 2, -1) for part in parts], axis=2)
    values = values[:, :, ~np.isnan(values).any(axis=(0, 1))]  # [span, arm, group]
    if values.shape[2] < FEWEST_GROUPS:
        raise InputError([f"--outcome: {plan.outcome}: not known in groups of that age"])
    before, tests = values[0], dict(zip(lengths, values[1:], strict=False))
    model = paired_difference(tests[plan.days][:1], tests[plan.days][1:], np.ones(1))
    effect = plan.effect if plan.effect is not None else model.difference if changes else None
    if effect is not None and (effect == 0.0 or (plan.effect is None and not model.clear)):
        raise InputError(["--effect: missing; the model sees no clear change in this outcome"])
    spread, correlation = _spread(before, tests[plan.days])
    groups = plan.groups or groups_needed(cast(float, effect), spread, correlation)
    smallest = smallest_effect(groups, spread, correlation)
    looked_for = smallest if effect is None else effect
    arms = [np.stack([before[arm], tests[plan.days][arm]]) for arm in (0, 1)]
    arms[1][1] += looked_for - model.difference
    table = [_row(days, *_spread(before, test), effect, groups) for days, test in tests.items()]
    return FieldTest(
        replace(plan, groups=groups, effect=effect), outcome, model, spread, correlation,
        weeks_alike(values[1 + len(lengths) :, 0]), smallest,
        found_share(arms[0], arms[0], groups, DRAWS, mix.scenario.seed),
        found_share(arms[0], arms[1], groups, DRAWS, mix.scenario.seed + 1),
        pd.DataFrame(table), _guardrails(mix, plan, groups),
    )  # fmt: skip


def _scenarios(mix: Mix, simulated: int, days: int) -> Iterator[tuple[Scenario, list[int]]]:
    """Yield each type of groups, played so long, with its replications."""
    type_of = mix.dealt(simulated)
    for number, one in enumerate(mix.types):
        if mine := np.flatnonzero(type_of == number).tolist():
            yield one.scenario.with_values({"run.days": days}), mine


def _runs(mix: Mix, changes: Mapping[str, Any], plan: Plan, days: int) -> Iterator[Run]:
    for scenario, mine in _scenarios(mix, plan.simulated, plan.age + days):
        both = [scenario, forked(scenario, changes, plan.age)]
        yield Run(simulate(both, mine, mix.scenario.seed), both)


def _seen(run: Run, outcome: Outcome, first: int, end: int) -> Floats:
    """Return an outcome of some local days alone, [group]."""
    trace = run.trace
    days = np.clip(trace.days - first, 0, end - first)
    life = np.zeros(trace.groups, [("observed_hours", np.float64)])
    life["observed_hours"] = 24.0 * days
    nothing: Any = None  # what only a whole life shows
    hidden = dict.fromkeys(("posts", "joined", "left", "muted"), nothing)
    part = replace(trace, daily=trace.daily[:, first:end], days=days, life=life, **hidden)
    try:
        return np.asarray(outcome.value(Run(part, run.scenarios)), dtype=np.float64)
    except (TypeError, ValueError, AttributeError):
        fault = f"--outcome: {outcome.name}: cannot be told from some days alone; one that can: "
        raise InputError([f"{fault}posting_share_per_day, posting_members_per_day"]) from None


def _spread(before: Floats, test: Floats) -> tuple[float, float]:
    """Return the deviation between groups and the correlation, within arms; of [arm, group]."""
    x, y = (part - part.mean(axis=1, keepdims=True) for part in (before, test))
    free = y.size - len(y)
    root = math.sqrt((x * x).sum() * (y * y).sum())
    correlation = float((x * y).sum() / root) if root else 0.0
    return math.sqrt((y * y).sum() / free), correlation


def weeks_alike(values: Floats) -> float:
    """Return the intra-class correlation of weeks [week, group]: one-way analysis of variance.

    >>> weeks_alike(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]))
    1.0
    """
    weeks, groups = values.shape
    between = weeks * values.mean(axis=0).var(ddof=1)
    within = ((values - values.mean(axis=0)) ** 2).sum() / (groups * (weeks - 1))
    whole = between + (weeks - 1) * within
    return float((between - within) / whole) if whole else math.nan


def _row(
    days: int, spread: float, correlation: float, effect: float | None, groups: int
) -> dict[str, Any]:
    found = {"days": days, "spread": spread, "correlation": correlation}
    for name, used in (("groups", correlation), ("groups_without_week", None)):
        found[name] = math.nan if effect is None else groups_needed(effect, spread, used)
    return found | {"smallest": smallest_effect(groups, spread, correlation)}


def _guardrails(mix: Mix, plan: Plan, groups: int) -> pd.DataFrame:
    """Take as guardrails what 1 of 20 groups is beyond when the test ends, with nothing changed, or
    the usual values where these are farther; and say how many groups beyond stop an arm.
    """
    parts = []
    for scenario, mine in _scenarios(mix, min(plan.simulated, LOGGED_MOST), plan.age + plan.days):
        log = simulate_log([scenario], mine, mix.scenario.seed)
        parts += [guarded(chat_log(*log, [scenario])), _asked(log[0])]
    values = pd.concat(parts)
    rows = []
    for one in GUARDRAILS:
        at = values[one.name].quantile(BEYOND_SHARE if one.is_floor else 1.0 - BEYOND_SHARE)
        at = min(at, one.usual) if one.is_floor else max(at, one.usual)
        rows.append({"name": one.name, "text": one.text, "sign": one.sign, "at": at})
    return pd.DataFrame(rows).assign(most_groups=most_beyond(groups, plan.days))


def _asked(trace: Trace) -> pd.DataFrame:
    """Return what members say of themselves when asked on the last day: shares of those present."""
    last = trace.daily[np.arange(trace.groups), trace.days - 1]
    there = np.where(last["members"] > 0, last["members"], np.nan)
    shares = {"muted_share": last["muted"], "satisfied_share": last["satisfied_members"]}
    return pd.DataFrame({name: held / there for name, held in shares.items()})
