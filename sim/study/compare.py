"""Compare scenarios on the same luck: play them, and say how they differ and how sure that is."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.outcomes.table import TRUTH, outcomes_by_name
from sim.populations import Posterior
from sim.scenario import Scenario
from sim.study.choices import PREFIX
from sim.study.comparing import sequential
from sim.study.comparing.alternatives import ALTERNATIVE, Alternative, design_of
from sim.study.comparing.lifetimes import curves_of, lifetime_tests
from sim.study.comparing.result import Comparison as Comparison
from sim.study.comparing.result import write_tables as write_tables
from sim.study.comparing.sequential import Look, UntilClear
from sim.study.comparing.tables import (
    DAYS,
    ENDED,
    Played,
    death_table,
    outcome_table,
    played,
)
from sim.study.course import Progress, Tally
from sim.study.design import Design
from sim.study.failures import failures_entry
from sim.study.manifest import Manifest
from sim.study.origin import origin
from sim.study.rows import ERROR, SILENCE_DAYS
from sim.study.store import read_manifest, read_store
from sim.study.sweep import BLOCK_GROUPS, Options, sweep

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class CompareOptions:
    """How a comparison is played; with the defaults, all of it with the alternatives' parameters.

    Attributes
    ----------
    replications, seed : int, optional
        Default: those of the first alternative. With `until_clear` the most replications.
    posterior : Posterior, optional
        As from `sim.populations.draw_posterior`; each set meets every replication.
    until_clear : UntilClear, optional
        Stop as soon as the answer is clear.
    matters : mapping of str to float, optional
        Outcome to the smallest difference that matters, in its unit; default: that of the
        outcome, .01 of a share, 2 % of the larger of two other numbers. Smaller ones are called
        too small, however clear.
    threads : int, optional
        Default: all cores.
    force_new : bool
        Whether to remove the rows of another comparison from the folder.
    progress, watch : callable, optional
        As for `sim.study.sweep.sweep`.
    """

    replications: int | None = None
    seed: int | None = None
    posterior: Posterior | None = None
    until_clear: UntilClear | None = None
    matters: Mapping[str, float] | None = None
    threads: int | None = None
    force_new: bool = False
    progress: Progress | None = None
    watch: Callable[[Tally], None] | None = None


def compare(
    alternatives: Sequence[Alternative | Scenario],
    folder: str | Path | None = None,
    options: CompareOptions | None = None,
) -> Comparison:
    """Play alternatives on the same luck and compare each with the first, pair by pair.

    Parameters
    ----------
    alternatives : sequence of Alternative or Scenario
        Scenarios are named A, B, C ...
    folder : str or Path, optional
        Of the store; the same comparison again continues there. Default: nothing is kept.
    options : CompareOptions, optional

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        Alternatives that cannot be compared, an unknown deciding outcome, a folder that cannot be
        written or holds another study.
    OSError
        The disk is full or broken.

    Examples
    --------
    >>> one = Scenario().with_values({"group.size": 5, "run.days": 1})
    >>> found = compare([one, one], options=CompareOptions(replications=4))
    >>> found.names, set(found.outcomes["difference"].dropna())
    (('A', 'B'), {0.0})
    """
    chosen = options or CompareOptions()
    if chosen.until_clear:
        checked_outcome(chosen.until_clear)
    checked_matters(chosen.matters or {})
    named = [
        one if isinstance(one, Alternative) else Alternative(letter, one)
        for letter, one in zip(LETTERS, alternatives, strict=False)
    ]
    if len(alternatives) > len(LETTERS):
        raise InputError([f"alternatives: {len(alternatives)}; at most {len(LETTERS)}"])
    design = design_of(named, chosen.replications, chosen.seed, chosen.posterior)
    if folder is not None:
        return _compared(design, Path(folder), chosen)
    with tempfile.TemporaryDirectory(prefix="qunlab-compare-") as passing:
        return _compared(design, Path(passing), chosen)


def read_comparison(
    folder: str | Path, replications: int | None = None, matters: Mapping[str, float] | None = None
) -> Comparison:
    """Compare from the rows of a comparison's store alone, perhaps of its first replications."""
    manifest = read_manifest(folder)
    if PREFIX + ALTERNATIVE not in manifest.levers or manifest.independent:
        raise InputError([f"{folder}: holds no comparison; 'qunlab compare' makes one"])
    manifest, rows = read_store(folder)
    return _described(manifest, played(manifest, rows, replications), matters)


def checked_outcome(rule: UntilClear) -> UntilClear:
    """Return a rule whose deciding outcome there is, else raise `InputError`."""
    if problem := _unknown(rule.outcome):
        raise InputError([problem])
    return rule


def checked_matters(given: Mapping[str, float | str]) -> dict[str, float]:
    """Return the smallest differences that matter by outcome; each must be a number from 0 on."""
    found = {name: pd.to_numeric(value, errors="coerce") for name, value in given.items()}
    problems = [
        _unknown(name) or f"{name}: {given[name]!r} is not allowed; allowed: a number from 0 on"
        for name, value in found.items()
        if _unknown(name) or not 0.0 <= value < math.inf
    ]
    if problems:
        raise InputError(problems)
    return {name: float(value) for name, value in found.items()}


def _unknown(name: str) -> str:
    known = list(outcomes_by_name())
    return "" if name in known else f"{name}: no such outcome{nearest_key(name, known)}"


def _compared(design: Design, folder: Path, chosen: CompareOptions) -> Comparison:
    rule = chosen.until_clear
    ends = sequential.look_ends(design.replications) if rule else (design.replications,)
    block = BLOCK_GROUPS
    if rule:  # a part of the store ends at each look
        block = max(1, min(BLOCK_GROUPS, ends[0] * len(design.points)))
    options = Options(watch=chosen.watch)
    force, seconds, looks = chosen.force_new, 0.0, list[Look]()
    allowed = sequential.allowed_p(ends, _error_of_each(design, rule)) if rule else [1.0]
    for end, nominal_p in zip(ends, allowed, strict=True):
        options = dataclasses.replace(options, before_replication=end)
        result = sweep(
            design, folder, chosen.threads, chosen.progress, force, block, options=options
        )
        force, seconds = False, seconds + result.seconds
        if rule:
            looks.append(_look(folder, rule, end, nominal_p))
            if looks[-1].clear:
                break
    manifest, rows = read_store(folder)
    laid = played(manifest, rows, end)
    found = _described(manifest, laid, chosen.matters)
    found = dataclasses.replace(found, seconds=seconds, until_clear=rule, looks=tuple(looks))
    if rule:
        return dataclasses.replace(found, repeated_intervals=_repeated(laid, rule, nominal_p))
    return found


def _described(
    manifest: Manifest, found: Played, matters: Mapping[str, float] | None
) -> Comparison:
    days = found.values(DAYS)
    ended = found.values(ENDED) == 1.0
    said = origin(manifest) | {"replications compared": str(found.replications)}
    said |= failures_entry(found.rows)
    said["lives"] = f"from creation to the first silence of {SILENCE_DAYS} days, else censored"
    particles = len(found.weights)
    if particles == 1:
        for name, digest in zip(found.names, manifest.scenarios, strict=True):
            said[f"scenario {name}"] = digest
    return Comparison(
        names=found.names,
        replications=found.replications,
        particles=particles,
        outcomes=outcome_table(found, matters or {}),
        deaths=death_table(found, matters or {}),
        curves=curves_of(found.names, days, ended),
        lifetime_tests=lifetime_tests(found.names, days, ended, found.weights),
        origin=said,
        failed=int(found.rows[ERROR].notna().sum()),
    )


def _look(folder: Path, rule: UntilClear, end: int, nominal_p: float) -> Look:
    manifest, rows = read_store(folder, [rule.outcome])
    found = played(manifest, rows, end)
    truth = _is_truth(rule, len(found.weights))
    largest = max(sequential.p_value(each, truth) for each in found.gaps(rule.outcome))
    return Look(end, nominal_p, largest, largest <= nominal_p)


def _repeated(found: Played, rule: UntilClear, nominal_p: float) -> pd.DataFrame:
    gaps = found.gaps(rule.outcome)
    ends = np.array([sequential.repeated_interval(each, nominal_p) for each in gaps])
    p = [sequential.p_value(each, _is_truth(rule, len(found.weights))) for each in gaps]
    frame = pd.DataFrame({"alternative": found.names[1:], "outcome": rule.outcome, "p": p})
    frame = frame.assign(lower=ends[:, 0], upper=ends[:, 1], level=1.0 - rule.error)
    return frame.assign(clear=frame["p"] <= nominal_p)


def _is_truth(rule: UntilClear, particles: int) -> bool:
    """Whether the gaps are -1, 0 and 1: a truth, and no particles to average over."""
    return outcomes_by_name()[rule.outcome].unit == TRUTH and particles == 1


def _error_of_each(design: Design, rule: UntilClear | None) -> float:
    """Share the error rate among the alternatives."""
    names = dict(design.levers)[PREFIX + ALTERNATIVE]
    return rule.error / (len(names) - 1) if rule else 0.0
