"""Published treatments played against their controls, on the same random numbers group by group.

In which people, and what the numbers are, is said in the table of the published effects.
"""

from __future__ import annotations

import math
import tomllib
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
from sim.state import Array
from sim.stats.intervals import Estimate
from sim.trace import Trace
from sim.validation import measures
from sim.validation.arms import Arm, arm_of
from sim.validation.benchmark import PUBLISHED, Finding
from sim.validation.judging import Meter
from sim.validation.rooms import ROOMS_IN_JOB, TABLES, in_threads
from sim.validation.treatments import treatment

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


OWN = "policies.own"


def changed(scenario: Scenario, values: Values) -> Scenario:
    """Change values of a scenario, as the table of trials writes them."""
    plain = {
        key: value["times"] * float(cast(float, value_of(scenario, key)))
        if isinstance(value, Mapping)
        else value
        for key, value in values.items()
        if key != OWN
    }
    scenario = scenario.with_values(plain)
    if OWN not in values:
        return scenario
    own = NamedPolicy(OWN.removeprefix("policies."), OWN, treatment(*values[OWN]))
    return replace(scenario, policies=(*scenario.policies, own))


# --- the trials -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A published treatment as it is played."""

    people: str  # as `people` knows them
    arms: Sequence[Values]  # the control first; what each changes
    measure: Sequence[Any]  # a name of `measures`, and what it is given beside the arms
    common: Values  # what all arms have

    def scenarios(self, arm: int) -> list[Scenario]:
        """Return the scenarios of one arm, to which groups are dealt in turn."""
        values = {**self.common, **self.arms[arm]}
        return [changed(one, values) for one in people(self.people)]

    def measured(self, *arms: Arm) -> tuple[Estimate, ...]:
        """Measure arms in their order."""
        name, *given = self.measure
        return tuple(getattr(measures, name)(*given, *arms))


TRIALS: Mapping[str, Trial] = {
    name: Trial(**told)
    for name, told in tomllib.loads((TABLES / "trials.toml").read_text("utf-8")).items()
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
        estimates = trial.measured(*arms)
    return Finding(PUBLISHED[name], estimates, arms[0].trace.groups)
