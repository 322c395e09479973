"""Published treatments played against their controls, on the same random numbers group by group.

In which people, and what the numbers are, is said in the table of the published effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, cast

import numpy as np

from sim.ensemble import simulate_log
from sim.errors import Faults, nearest
from sim.populations import read_population
from sim.progress import Progress
from sim.scenario import NamedPolicy, Scenario, load_scenario
from sim.scenario.loading import configs
from sim.scenario.scenario import value_of
from sim.state import Actions, Array, Setting
from sim.stats.intervals import Estimate, critical_value, estimate, ratio_of_means
from sim.trace import CLAIMED, SENT, Trace
from sim.validation import field
from sim.validation.arms import Arm, arm_of
from sim.validation.benchmark import PUBLISHED, Finding
from sim.validation.judging import Meter
from sim.validation.rooms import ROOMS_IN_JOB, Floats, in_threads

PARTICLES = 40
Values = Mapping[str, Any]


# --- who a treatment is played with ---------------------------------------------------------------


@cache
def people(name: str) -> tuple[Scenario, ...]:
    """Return the scenarios of some people: ``base``, a type of ``wechat_mixed``, a population."""
    folder = configs()
    if name == "base":
        return (load_scenario(folder / "base.toml"),)
    if name in ("passing", "lasting"):
        return (load_scenario(folder / "populations/wechat_mixed.toml", {"type": name}),)
    return tuple(read_population(folder / f"populations/{name}.toml").scenarios(PARTICLES))


@dataclass(frozen=True)
class Times:
    """So many times the value that a scenario has."""

    factor: float


def changed(scenario: Scenario, values: Values) -> Scenario:
    """Change values of a scenario; one that is a policy itself is added under its key."""
    plain, own = dict[str, Any](), list[NamedPolicy]()
    for key, value in values.items():
        if isinstance(value, DailyPosts):
            own.append(NamedPolicy(key.removeprefix("policies."), key, value))
        elif isinstance(value, Times):
            plain[key] = value.factor * float(cast(float, value_of(scenario, key)))
        else:
            plain[key] = value
    scenario = scenario.with_values(plain)
    return replace(scenario, policies=(*scenario.policies, *own))


@dataclass(frozen=True)
class DailyPosts:
    """Post so many messages of a kind at the same hours of every day."""

    kind: str
    hours: tuple[float, ...]  # local
    each: int = 1  # messages at each hour
    quality: float = 1.5  # as `sim.policies.cadence` has it

    def plan(self, setting: Setting) -> Actions:
        """Return all posts within the days."""
        days = range(int(setting.days) + 1)
        times = np.array([setting.time_at(day, hour) for day in days for hour in self.hours])
        times = np.repeat(times[(times >= 0) & (times < 24.0 * setting.days)], self.each)
        return Actions.posts(np.zeros(len(times), np.int64), times, self.kind, self.quality)


# --- what is measured, between arms -------------------------------------------------------------


def change(treated: Floats, control: Floats) -> Estimate:
    """Return how far a sum over groups lies above another, in parts of it: 0 for no effect."""
    ratio = ratio_of_means(treated, control)
    parts = {name: getattr(ratio, name) - 1.0 for name in ("value", "lower", "upper")}
    return replace(ratio, **parts)


def points(treated: Floats, control: Floats) -> Estimate:
    """Return the mean difference of shares of groups, in points."""
    return estimate(100.0 * (treated - control))


def bounded(found: field.Estimate) -> Estimate:
    """Give a number with a standard error its normal 95 % interval."""
    half = critical_value() * found.error
    return Estimate(found.value, found.value - half, found.value + half, found.error, 0)


def written(from_day: float, to_day: float) -> Callable[..., list[Estimate]]:
    """Measure the ratio of messages, treatment over control, between two days."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        with_it, without = (arm.written(from_day, to_day) for arm in (treated, control))
        return [ratio_of_means(with_it, without)]

    return measure


def of_claims(value: Callable[[field.Claims], field.Estimate]) -> Callable[[Arm], list[Estimate]]:
    """Measure what claimers of the team's packets send on within a day."""
    return lambda arm: [bounded(value(field.claims_of(arm.events)))]


def _more_people(claims: field.Claims) -> field.Estimate:
    found = field.extensive_share(claims)
    return field.Estimate(2.0 * found.value - 1.0, 2.0 * found.error)  # this part less the other


def _stopped(control: Arm, treated: Arm) -> list[Estimate]:
    return [change(*(arm.written(28, 56) for arm in (treated, control)))]


SEED_FEN, SEED_DAY, SEED_HOUR = 5_000, 14, 20.0


def _multiplied(control: Arm, treated: Arm) -> list[Estimate]:
    since = 24.0 * SEED_DAY + SEED_HOUR - 9.0  # groups begin at 9
    sent = [arm.happened(SENT, "fen", since, 24.0) for arm in (treated, control)]
    return [ratio_of_means(SEED_FEN + sent[0] - sent[1], np.full(len(sent[0]), float(SEED_FEN)))]


def _dropped_out(control: Arm, treated: Arm) -> list[Estimate]:
    return [points(-treated.kept_share(28, 56), -control.kept_share(28, 56))]


def _kept(control: Arm, treated: Arm) -> list[Estimate]:
    return [points(treated.kept_share(28, 56), control.kept_share(28, 56))]


def _second_half(arm: Arm) -> list[Estimate]:
    return [ratio_of_means(arm.written(56, 112), arm.written(0, 56))]


def _answers_a_post(*arms: Arm) -> list[Estimate]:
    return [ratio_of_means(arm.answers_to_team(), arm.daily("operator_posts")) for arm in arms]


def _members_share(arm: Arm) -> list[Estimate]:
    members = arm.written(0, 84)
    return [ratio_of_means(members, members + arm.daily("operator_posts"))]


def _muted(*arms: Arm) -> list[Estimate]:
    return [estimate(arm.muted_share()) for arm in arms]


def _dip_and_recovery(control: Arm, treated: Arm) -> list[Estimate]:
    (dip, before), (late, later) = (
        [arm.written(*days, founders=True) for arm in (treated, control)]
        for days in ((14, 21), (42, 56))
    )
    risen = (late - later) / later.mean() - (dip - before) / before.mean()
    return [change(dip, before), estimate(risen)]


def _looks_at_first_and_late(control: Arm, treated: Arm) -> list[Estimate]:
    arms = treated, control
    return [change(*(arm.daily("looks", *days) for arm in arms)) for days in ((0, 14), (336, 364))]


def _fatigue_and_verdict(control: Arm, treated: Arm) -> list[Estimate]:
    names = "fatigue", "satisfaction"
    return [change(*(arm.daily(name) for arm in (treated, control))) for name in names]


def _claimed_soon(arm: Arm) -> list[Estimate]:
    claims = arm.happened(CLAIMED, "one", 24.0 * 7 + 10.0 - 9.0, 5.0)
    return [ratio_of_means(claims, np.full(len(claims), 25.0))]


# --- the trials -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A published treatment as it is played."""

    people: str  # as `people` knows them
    arms: tuple[Values, ...]  # the control first; what each changes
    measure: Callable[..., list[Estimate]]  # of the arms in their order
    common: Values  # what all arms have

    def scenarios(self, arm: int) -> list[Scenario]:
        """Return the scenarios of one arm, to which groups are dealt in turn."""
        values = {**self.common, **self.arms[arm]}
        return [changed(one, values) for one in people(self.people)]


POSTS, KINDS_POSTED = "policies.cadence.posts_per_day", "policies.cadence.kinds"
ASKED = "activity", "question", "content"
NO_POSTS = {POSTS: 0}
NOBODY_JOINS = {"arrivals.per_day": 0}
MONTH2 = {"run.days": 56}


def _packets(until_day: int = 3650, **more: int) -> Values:
    fields = {"fen_per_day": 2_000, "shares": 25, "until_day": until_day, **more}
    return {f"policies.red_packets.{name}": value for name, value in fields.items()}


def _claims(value: Callable[[field.Claims], field.Estimate]) -> Trial:
    return Trial("base", ({},), of_claims(value), field.packet_values(Scenario()))


def _paid(graph: str) -> Trial:
    common = {"ties.graph": graph, "run.days": 42}
    return Trial("base", ({}, _packets()), written(0, 42), common)


TRIALS: Mapping[str, Trial] = {
    "yuan2024": _claims(field.return_slope),
    "yuan2024_margin": _claims(_more_people),
    "yuan2024_luckiest": _claims(field.luckiest_ratio),
    "sun2017_weak": _paid("strangers"),
    "sun2017_strong": _paid("cliques"),
    "li2022": Trial(
        "base",
        ({}, _packets(until_day=28)),
        _stopped,
        MONTH2,
    ),
    "festival": Trial(
        "base",
        ({}, _packets(SEED_DAY + 1, from_day=SEED_DAY, fen_per_day=SEED_FEN, shares=10)),
        _multiplied,
        {"group.size": 60, "run.days": 16},
    ),
    "wang2012": Trial(
        "base",
        ({KINDS_POSTED: ["content"]}, {KINDS_POSTED: ["chat"]}),
        _dropped_out,
        MONTH2,
    ),
    "pagoto": Trial(
        "base",
        ({},),
        _second_half,
        {"group.size": 50, "run.days": 112, POSTS: 1, **NOBODY_JOINS},
    ),
    "kinds": Trial(
        "base",
        tuple({"policies.own": DailyPosts(kind, (12.0,))} for kind in ASKED),
        _answers_a_post,
        {"run.days": 28, **NO_POSTS},
    ),
    "ashton": Trial(
        "passing",
        ({},),
        _members_share,
        {
            "group.size": 24,
            "run.days": 84,
            POSTS: 22 / 84,
            KINDS_POSTED: ["content"],
            **NOBODY_JOINS,
        },
    ),
    "pushes": Trial(
        "base",
        tuple({POSTS: a_week / 7} for a_week in (1.0, 3.5, 8.0)),
        _muted,
        {KINDS_POSTED: ["ad"], **MONTH2},
    ),
    "closed": Trial(
        "base",
        ({}, NOBODY_JOINS),
        _kept,
        {"group.size": 50, **MONTH2},
    ),
    "burst45m": Trial(
        "base",
        ({"arrivals.per_day": 0}, {"arrivals.per_day": 0.05}),
        _dip_and_recovery,
        {
            "arrivals.announced_days": 14,
            "arrivals.announced_sigma": 0,
            "arrivals.burst_ratio": 2_000,
            "arrivals.burst_days": 1,
            "arrivals.popularity_sigma": 0,
            "arrivals.unknown_share": 0,
            **MONTH2,
        },
    ),
    "quiet": Trial(
        "base",
        (
            {},
            {f"reaction.{name}": Times(0.25) for name in ("draw_probability", "call_probability")},
        ),
        _looks_at_first_and_late,
        {"run.days": 364},
    ),
    "digest": Trial(
        "base",
        (
            {"policies.own": DailyPosts("content", tuple(range(10, 19)))},
            {"policies.own": DailyPosts("content", (10.0, 14.0, 18.0), 3)},
        ),
        _fatigue_and_verdict,
        {"run.days": 14, **NO_POSTS},
    ),
    "shop_packet": Trial(
        "passing",
        (_packets(8, from_day=7, fen_per_day=2_500, hour=10),),
        _claimed_soon,
        {
            "group.size": 25,
            "trust.initial": 0.3,
            "run.days": 8,
            POSTS: 8,
            KINDS_POSTED: ["ad"],
            **NOBODY_JOINS,
        },
    ),
}
"""How each row is played; those of `PUBLISHED` that are not here need what the model lacks."""


# --- playing --------------------------------------------------------------------------------------


def run_benchmark(
    names: Sequence[str], groups: int, seed: int, threads: int | None, meter: Meter
) -> list[Finding]:
    """Play the rows of these names (of `PUBLISHED`), each arm in so many groups."""
    faults = Faults(
        f"--only: {name}: no such row{nearest(name[:60], list(PUBLISHED))}"
        for name in names
        if name not in PUBLISHED
    )
    faults.refuse()
    jobs = {name: jobs_of(TRIALS[name], groups) for name in names if name in TRIALS}
    total = sum(job.work for mine in jobs.values() for job in mine)
    done, findings = 0, list[Finding]()
    with meter(total, "benchmark") as progress:
        for name in names:
            mine = jobs.get(name, [])
            show = partial(_onwards, progress, done, total)
            findings.append(_found(name, mine, seed, threads, show))
            done += sum(job.work for job in mine)
    return findings


def _onwards(progress: Progress, before: int, total: int, now: int, _: int) -> None:
    progress(before + now, total)


@dataclass(frozen=True)
class Job:
    """Some groups of one arm, played in one thread."""

    arm: int
    scenario: Scenario
    groups: tuple[int, ...]  # numbers, the same in every arm

    @property
    def work(self) -> int:
        """Member-days, about."""
        return round(len(self.groups) * self.scenario.days * (self.scenario.params.group.size + 10))


def jobs_of(trial: Trial, groups: int) -> list[Job]:
    """Deal the groups of every arm to its scenarios in turn."""
    jobs = []
    for arm in range(len(trial.arms)):
        scenarios = trial.scenarios(arm)
        for number, scenario in enumerate(scenarios):
            mine = range(number, groups, len(scenarios))
            jobs += [
                Job(arm, scenario, tuple(mine[at : at + ROOMS_IN_JOB]))
                for at in range(0, len(mine), ROOMS_IN_JOB)
            ]
    return jobs


def _found(
    name: str, jobs: list[Job], seed: int, threads: int | None, progress: Progress
) -> Finding:
    published = PUBLISHED[name]
    if not jobs:
        return Finding(published)

    def play(job: Job) -> tuple[Trace, Array, Array]:
        return simulate_log([job.scenario], job.groups, seed, threads=1)

    trial = TRIALS[name]
    played = in_threads(play, jobs, threads, [job.work for job in jobs], progress)
    arms = []
    for arm in range(len(trial.arms)):
        mine = [one for one, job in zip(played, jobs, strict=True) if job.arm == arm]
        size = next(job.scenario.params.group.size for job in jobs if job.arm == arm)
        arms.append(arm_of(mine, size))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimates = tuple(trial.measure(*arms))
    return Finding(published, estimates, arms[0].trace.groups)
