"""Published studies played anew, and which assumption one of them hangs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from experiments.asking import FACTORS, UNCLEAR, Both, meaning_of, percent, turns
from sim import InputError, simulate_log
from sim.stats.intervals import Estimate
from sim.validation.arms import arm_of
from sim.validation.benchmark import Finding
from sim.validation.trials import TRIALS, Trial, jobs_of, run_benchmark

SEED, NO_EFFECT = 1, 1.0
MONEY, MANY = "yuan2024", 3.0  # of money a part; from so many times on, as times


@contextmanager
def _quiet(*_: object) -> Iterator[Callable[[int, int], None]]:
    yield lambda *_: None


def played(names: Sequence[str], groups: int) -> list[Finding]:
    """Play studies as `qunlab benchmark` does."""
    return run_benchmark(names, groups, SEED, None, _quiet)


def effect(trial: Trial, groups: int) -> Estimate:
    """Play the arms of a trial on the same random numbers and measure it."""
    parts: dict[int, list[Any]] = {arm: [] for arm in range(len(trial.arms))}
    for job in jobs_of(trial, range(groups)):
        parts[job.arm].append(simulate_log([job.scenario], job.groups, SEED))
    size = trial.scenarios(0)[0].params.group.size
    return trial.measured(*(arm_of(part, size) for part in parts.values()))[0]


def _side(ratio: Estimate) -> int:
    return int(ratio.lower > NO_EFFECT) - int(ratio.upper < NO_EFFECT)


def in_percent(study: str, one: Estimate) -> Both:
    """Say an effect: percent more or fewer, times as many, or the part of the money sent on."""
    if study == MONEY:
        return Both("{part} of it", "转出 {part}").format(part=percent(one))
    if one.value >= MANY:
        return Both("{value:g} times as many", "{value:g} 倍").format(value=one.value)
    if one.lower <= 1.0 <= one.upper:
        return UNCLEAR
    more = one.value > 1.0
    ends = (one.lower - 1.0, one.upper - 1.0) if more else (1.0 - one.upper, 1.0 - one.lower)
    size = replace(one, value=abs(one.value - 1.0), lower=ends[0], upper=ends[1])
    said = Both("{size} more", "多 {size}") if more else Both("{size} fewer", "少 {size}")
    return said.format(size=percent(size))


def hanging(name: str, keys: Sequence[str], groups: int) -> Both:
    """Halve and double assumptions in a study, and say which moves its ratio most."""
    trial = TRIALS[name]
    usual, moved = effect(trial, groups), dict[tuple[str, float], Estimate]()
    for key in keys:
        for factor in FACTORS:
            common = {**trial.common, key: {"times": factor}}
            with suppress(InputError):  # out of range in one of the rooms
                moved[key, factor] = effect(replace(trial, common=common), groups)
    (key, factor), most = max(moved.items(), key=lambda each: abs(each[1].value - usual.value))
    text = HANGS.format(
        key=key, meaning=meaning_of(key), factor=f"{factor:g}", moved=percent(most),
        usual=percent(usual),
    )  # fmt: skip
    return text + turns(_side(usual), [_side(one) for one in moved.values()], groups)


HANGS = Both(
    "The first study hangs most on “{meaning}” ({key}; an assumption): with {factor} times of it "
    "those who stay write {moved} of what they would, instead of {usual}.",
    "第一项研究最要紧的是“{meaning}”（{key}，属假设）：取 {factor} 倍时，留下的人写的是原来的 "
    "{moved}，而不是 {usual}。",
)
