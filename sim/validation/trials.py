"""Published treatments played against their controls, on the same random numbers group by group.

In which people, and what the numbers are, is said in the table of the published effects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, cast

import numpy as np

from sim.ensemble import simulate_log
from sim.errors import Faults, nearest_of
from sim.populations import read_population
from sim.progress import Progress
from sim.scenario import NamedPolicy, Scenario, load_scenario
from sim.scenario.loading import configs, shipped_files
from sim.scenario.scenario import value_of
from sim.state import Array, Call
from sim.trace import Trace
from sim.validation import field, measures, treatments
from sim.validation.arms import Arm, arm_of
from sim.validation.benchmark import PUBLISHED, Finding
from sim.validation.judging import Meter
from sim.validation.measures import Measure
from sim.validation.rooms import ROOMS_IN_JOB, in_threads
from sim.validation.treatments import Planned, Watching

PARTICLES = 40
MOST_TIMES = 10
"""So many times the groups of the first step are played at most, until a row is exact."""
SMALL_ROOMS = {"learner_rooms": 5, "work_streams": 5}
"""People in whose rooms little happens: so many times the groups are played."""

Values = Mapping[str, Any]


# --- who a treatment is played with ---------------------------------------------------------------


@cache
def people(name: str) -> tuple[Scenario, ...]:
    """Return scenarios: ``base``, its community of shipped people, a type of ``wechat_mixed``, or
    the sets of parameters of a population.
    """
    folder = configs()
    if name == "base" or name in shipped_files("people"):
        over = {} if name == "base" else {"people": name}
        return (load_scenario(folder / "base.toml", over),)
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
        if isinstance(value, Planned | Watching):
            own.append(NamedPolicy(key.removeprefix("policies."), key, value))
        elif isinstance(value, Times):
            plain[key] = value.factor * float(cast(float, value_of(scenario, key)))
        else:
            plain[key] = value
    scenario = scenario.with_values(plain)
    return replace(scenario, policies=(*scenario.policies, *own))


# --- the trials -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A published treatment as it is played."""

    people: str  # as `people` knows them
    arms: tuple[Values, ...]  # the control first; what each changes
    measure: Measure  # of the arms in their order
    common: Values  # what all arms have

    def scenarios(self, arm: int) -> list[Scenario]:
        """Return the scenarios of one arm, to which groups are dealt in turn."""
        values = {**self.common, **self.arms[arm]}
        return [changed(one, values) for one in people(self.people)]


POSTS, KINDS_POSTED = "policies.cadence.posts_per_day", "policies.cadence.kinds"
OWN = "policies.own"
NO_POSTS, NOBODY_JOINS = {POSTS: 0}, {"arrivals.per_day": 0}
MONTH2 = {"run.days": 56}
PROGRAMME = {"group.size": 50, **NOBODY_JOINS}  # of those who begin together
SPAM = {"screen.spammers": 0.05}
WANTED = {"wants.purchases_per_month": 1}  # as in a shop's group
WITHOUT: Values = {}


def _packets(until_day: int = 3650, **more: int) -> Values:
    fields = {"fen_per_day": 2_000, "shares": 25, "until_day": until_day, **more}
    return {f"policies.red_packets.{name}": value for name, value in fields.items()}


def _claims(value: measures.ValueOfClaims) -> Trial:
    return Trial("base", ({},), measures.of_claims(value), field.packet_values(Scenario()))


def _paid(graph: str) -> Trial:
    common = {"ties.graph": graph, "run.days": 84}
    tokens = {OWN: treatments.paying(200)}
    return Trial("base", (WITHOUT, tokens), measures.ratios(lambda a: a.written(0, 84)), common)


def _newcomers(treatment: Watching, measure: Measure, days: float = 60) -> Trial:
    return Trial("learner_rooms", (WITHOUT, {OWN: treatment}), measure, {"run.days": days})


def _gathering(measure: Measure) -> Trial:
    meeting = treatments.one_call(25, Call("sign_up", hours=72.0))
    return Trial("base", (WITHOUT, {OWN: meeting}), measure, {"run.days": 84, **NOBODY_JOINS})


TRIALS: Mapping[str, Trial] = {
    "matias2019": Trial(
        "learner_rooms",
        (WITHOUT, {OWN: treatments.standing("rules_shown", 1)}),
        measures.ratios(lambda arm: arm.by_group(arm.authors(0, 60))),
        {"run.days": 60},
    ),
    "zhang2011": Trial(
        "work_streams",
        (WITHOUT, {OWN: treatments.removing_odd(30)}),
        measures.ratios(lambda arm: arm.written(30, 90, lambda slot: slot % 2 == 0)),
        {"run.days": 90},
    ),
    "yuan2024": _claims(field.return_slope),
    "yuan2024_margin": _claims(measures.more_people),
    "yuan2024_luckiest": _claims(field.luckiest_ratio),
    "sun2017_weak": _paid("strangers"),
    "sun2017_strong": _paid("cliques"),
    "li2022": Trial(
        "base",
        (WITHOUT, _packets(until_day=28)),
        measures.changes(lambda arm: arm.written(28, 56)),
        MONTH2,
    ),
    "festival": Trial(
        "base",
        (WITHOUT, _packets(15, from_day=14, fen_per_day=5_000, shares=10, hour=20)),
        measures.multiplied(5_000, 14, 20.0),
        {"group.size": 60, "run.days": 16},
    ),
    "teahouse": _newcomers(
        treatments.welcoming(), measures.active_newcomers(21, 28, 30, wrote=True)
    ),
    "mentor_auto": _newcomers(
        treatments.writing_to_newcomers(0.3),
        measures.active_newcomers(21, 28, 30, wrote=False),
    ),
    "joyce2006": _newcomers(
        treatments.answering_first_messages(), measures.answered_return(44), days=75
    ),
    "wang2012": Trial(
        "mothers",
        tuple({OWN: treatments.answering_all(kind)} for kind in ("content", "chat")),
        measures.dropped,
        {**NO_POSTS, **MONTH2},
    ),
    "restivo2012": Trial(
        "work_streams",
        (WITHOUT, {OWN: treatments.honouring_the_top(30)}),
        measures.of_the_top(30, 90),
        {"run.days": 120},
    ),
    "gold": _newcomers(treatments.honouring_some(14), measures.post_again(14, 28.0), days=42),
    "thanks": Trial(
        "work_streams",
        (WITHOUT, {OWN: treatments.honouring_some(14, before=7)}),
        measures.stay_after(14, 7, 14.0, 28.0),
        {"run.days": 42},
    ),
    "pagoto": Trial(
        "base",
        ({},),
        measures.second_half,
        {"run.days": 112, POSTS: 1, **PROGRAMME},
    ),
    "kinds": Trial(
        "base",
        (
            {OWN: treatments.calls_a_week(Call("vote", quality=1.5), 7, 12.0)},
            {OWN: treatments.calls_a_week(Call("idea", quality=1.5), 7, 12.0)},
            {OWN: treatments.daily_posts("content", (12.0,))},
        ),
        measures.in_each(Arm.reactions, lambda arm: arm.daily("operator_posts")),
        {"run.days": 28, **PROGRAMME, **NO_POSTS},
    ),
    "ashton": Trial(
        "passing",
        ({},),
        measures.members_share,
        {"group.size": 24, "run.days": 84, POSTS: 22 / 84, KINDS_POSTED: ["content"]}
        | NOBODY_JOINS,
    ),
    "mails": Trial(
        "buyers",
        tuple(
            {OWN: treatments.calls_a_week(Call("order", hours=14.0, fen=5_000), a_week, 10.0)}
            for a_week in (1, 2, 3, 4, 5)
        ),
        measures.income,
        {**NO_POSTS, **WANTED, **MONTH2, **NOBODY_JOINS},
    ),
    "pushes": Trial(
        "base",
        tuple({POSTS: a_week / 7} for a_week in (1.0, 3.5, 8.0)),
        measures.muted,
        {KINDS_POSTED: ["ad"], **MONTH2},
    ),
    "closed": Trial(
        "base",
        (WITHOUT, NOBODY_JOINS),
        measures.kept_points,
        {"group.size": 50, **MONTH2},
    ),
    "burst45m": Trial(
        "base",
        (NOBODY_JOINS, {"arrivals.per_day": 0.05}),
        measures.dip_and_recovery,
        {"arrivals.announced_days": 14, "arrivals.announced_sigma": 0}
        | {"arrivals.burst_ratio": 2_000, "arrivals.burst_days": 1}
        | {"arrivals.popularity_sigma": 0, "arrivals.unknown_share": 0}
        | MONTH2,
    ),
    "fee": Trial(
        "students",
        (WITHOUT, {OWN: treatments.standing("fee_fen", 5_000)}),
        measures.ratios(lambda arm: arm.daily("looks")),
        {"run.days": 28, "gate.fee_half_fen": 1e9, **NOBODY_JOINS},
    ),
    "review": Trial(
        "base",
        (WITHOUT, {OWN: treatments.standing("removal_share", 1)}),
        measures.changes(measures.posts_of_members, lambda arm: arm.daily("replies")),
        {"group.topic_breadth": 1, **SPAM, **MONTH2},
    ),
    "login": Trial(
        "learner_rooms",
        (WITHOUT, {OWN: treatments.standing("work_share", 1)}),
        measures.changes(measures.good_messages, lambda arm: arm.daily("ad")),
        {**SPAM, "run.days": 90},
    ),
    "referral": Trial(
        "base",
        ({},),
        measures.exit_hazard,
        {"growth.invite_probability": 0.05, "growth.reserve": 100, "run.days": 180},
    ),
    "checkin_cash": Trial(
        "base",
        tuple(
            {OWN: treatments.weekly_calls(Call("check_in", hours=72.0, fen=fen))}
            for fen in (0, 2_000)
        ),
        measures.attended_points(14),
        {"run.days": 84, **PROGRAMME},
    ),
    "chat_only": Trial(
        "base",
        ({"speak.propensity": 0}, WITHOUT),
        measures.ratios(lambda arm: arm.daily("check_ins")),
        {OWN: treatments.weekly_calls(Call("check_in", hours=72.0)), "run.days": 77}
        | PROGRAMME
        | NO_POSTS,
    ),
    "meetups": _gathering(measures.attenders_talk(28, 84)),
    "meetups_ties": _gathering(measures.talk_to_absent(28, 84)),
    "newcomer_tasks": _newcomers(treatments.setting_tasks(), measures.first_and_all(30, 30)),
    "quiet": Trial(
        "base",
        (
            WITHOUT,
            {
                f"reaction.{name}": Times(0.25)
                for name in ("draw_probability", "draw_max", "call_probability")
            },
        ),
        measures.changes(
            lambda arm: arm.daily("looks", 0, 14), lambda arm: arm.daily("looks", 336, 364)
        ),
        {"run.days": 364},
    ),
    "digest": Trial(
        "base",
        (
            {OWN: treatments.daily_posts("content", tuple(range(10, 19)))},
            {OWN: treatments.daily_posts("content", (10.0, 14.0, 18.0), 3)},
        ),
        measures.changes(lambda arm: arm.daily("fatigue"), lambda arm: arm.daily("satisfaction")),
        {"run.days": 14, **NO_POSTS},
    ),
    "ren_kraut": Trial(
        "base",
        (WITHOUT, {OWN: treatments.standing("personal_filter", 1)}),
        measures.ratios(lambda arm: arm.written(0, 100)),
        {"group.topic_breadth": 1, "run.days": 100},
    ),
    "luckin": Trial(
        "buyers",
        ({},),
        measures.in_each(lambda arm: arm.daily("orders"), lambda arm: arm.daily("members")),
        {POSTS: 1, KINDS_POSTED: ["ad"], "run.days": 28, **WANTED}
        | {OWN: treatments.one_call(0, Call("order", hours=0.0, fen=1_500))},
    ),
    "shop_packet": Trial(
        "passing",
        (_packets(8, from_day=7, fen_per_day=2_500, hour=10),),
        measures.claimed_share(7, 10.0, 25),
        {"group.size": 25, "trust.initial": 0.3, "run.days": 8, POSTS: 8, KINDS_POSTED: ["ad"]}
        | NOBODY_JOINS,
    ),
}
"""How each row is played; those of `PUBLISHED` that are not here need what the model lacks."""


# --- playing --------------------------------------------------------------------------------------


def run_benchmark(
    names: Sequence[str], groups: int, seed: int, threads: int | None, meter: Meter
) -> list[Finding]:
    """Play the rows of these names (of `PUBLISHED`), each arm in so many groups at first, and in
    more, up to `MOST_TIMES` as many, until the row is exact.
    """
    faults = Faults(
        f"--only: {name}: no such row{nearest_of(name, [*PUBLISHED])}"
        for name in names
        if name not in PUBLISHED
    )
    faults.refuse()
    total = sum(_work(jobs_of(TRIALS[name], range(groups))) for name in names if name in TRIALS)
    done, findings = 0, list[Finding]()
    with meter(total, "benchmark") as progress:
        for name in names:
            found, parts, wanted = Finding(PUBLISHED[name]), list[Played](), range(groups)
            while name in TRIALS and wanted:
                jobs = jobs_of(TRIALS[name], wanted)
                total += _work(jobs) if wanted.start else 0
                show = partial(_onwards, progress, done, total)
                parts += in_threads(
                    partial(_play, seed), jobs, threads, [job.work for job in jobs], show
                )
                done += _work(jobs)
                found = _found(name, parts)
                wanted = range(wanted.stop, more_groups(found, groups, wanted.stop))
            findings.append(found)
    return findings


def more_groups(found: Finding, first: int, now: int) -> int:
    """Return the groups in which a row is to be played on, `now` where those are enough."""
    if found.times_more == 1.0:
        return now
    return min(MOST_TIMES * first, math.ceil(now * min(MOST_TIMES, max(1.25, found.times_more))))


def _work(jobs: Sequence[Job]) -> int:
    return sum(job.work for job in jobs)


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


def jobs_of(trial: Trial, groups: range) -> list[Job]:
    """Deal groups, by number, of every arm to its scenarios in turn, more where little happens."""
    times = SMALL_ROOMS.get(trial.people, 1)
    every = np.arange(times * groups.start, times * groups.stop)
    jobs = []
    for arm in range(len(trial.arms)):
        scenarios = trial.scenarios(arm)
        for number, scenario in enumerate(scenarios):
            mine = every[every % len(scenarios) == number]
            jobs += [
                Job(arm, scenario, tuple(mine[at : at + ROOMS_IN_JOB].tolist()))
                for at in range(0, len(mine), ROOMS_IN_JOB)
            ]
    return jobs


Played = tuple[Job, tuple[Trace, Array, Array]]


def _play(seed: int, job: Job) -> Played:
    return job, simulate_log([job.scenario], job.groups, seed, threads=1)


def _found(name: str, played: Sequence[Played]) -> Finding:
    trial, arms = TRIALS[name], []
    for arm in range(len(trial.arms)):
        mine = [(job.scenario.params, left) for job, left in played if job.arm == arm]
        params = mine[0][0]
        arms.append(arm_of([left for _, left in mine], params.group.size, params.growth.reserve))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimates = tuple(trial.measure(*arms))
    return Finding(PUBLISHED[name], estimates, arms[0].trace.groups)
