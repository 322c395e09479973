"""Published studies played anew, and which assumption one of them hangs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from experiments.asking import FACTORS, Both, mean_of, meaning_of
from sim import InputError, simulate_log
from sim.stats.intervals import Estimate
from sim.validation.arms import arm_of
from sim.validation.benchmark import Finding
from sim.validation.trials import TRIALS, Trial, jobs_of, run_benchmark

SEED, NO_EFFECT = 1, 1.0


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
    turned = [one for one in moved.values() if _side(one) * _side(usual) < 0]
    return HANGS.format(
        key=key, meaning=meaning_of(key), factor=f"{factor:g}", moved=mean_of(most),
        usual=mean_of(usual), versions=len(moved), turned=len(turned),
    )  # fmt: skip


HANGS = Both(
    "The first of these hangs most on {key} ({meaning}; an assumption): with {factor} times as "
    "much it is {moved} in place of {usual}. Of {versions} versions with one assumption halved or "
    "doubled, {turned} clearly turn the direction.",
    "其中第一项最依赖的假设是 {key}（{meaning}）：取 {factor} 倍时是 {moved}，而不是 {usual}。"
    "把各假设分别减半和加倍，共 {versions} 种，其中 {turned} 种使方向明显反过来。",
)
