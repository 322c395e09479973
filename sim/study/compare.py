"""Compare scenarios on shared random seeds: play them, and say how they differ and how surely.

One file because a comparison is one path: alternatives become a design, the design rows, the rows
tables of paired differences. The statistics are in `sim.stats.paired`.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.allowed import Value, show
from sim.errors import Faults, InputError, nearest_key
from sim.files import write_whole
from sim.kinds import PEOPLE, PRESET
from sim.language import N_
from sim.lives.outcomes import ALIVE, DEATH_COLUMNS, TRUTH, Outcome, all_outcomes, outcomes_by_name
from sim.populations import LEVER, PARTICLE, Posterior, weights_of
from sim.progress import Progress
from sim.scenario import NamedPolicy, Scenario, load_scenario
from sim.scenario.scenario import items
from sim.scenario.toml import parse_values
from sim.state import Array
from sim.stats import paired
from sim.stats.paired import FEWEST_PAIRS, PairedDifference, paired_difference
from sim.stats.survival import logrank, survival_curve
from sim.study.design import Design
from sim.study.levers import PREFIX, Choice
from sim.study.manifest import Manifest
from sim.study.origin import failures_entry, origin, under_origin
from sim.study.rows import ERROR, SILENCE_DAYS
from sim.study.store import read_manifest, read_store
from sim.study.sweep import BLOCK_GROUPS, Options, Tally, sweep

ALTERNATIVE = "alternative"
INSTEAD = {"name": "no name", "run.days": "--days", "run.groups": "--groups", "run.seed": "--seed"}
"""Keys that are the same for all, and what to write instead."""

MOST_ALTERNATIVES = 26
LONGEST_NAME = 80
DAYS_DIFFER = "days differ; a comparison needs the same days: set days for all (--days)"

NO_CLEAR_DIFFERENCE = "no clear difference"
NOT_KNOWN = "not known"
UNCERTAIN = "clear on average, uncertain over parameters"
TOO_SMALL = N_("clear, but too small to matter")
BETTER, MORE = " is better", " has more"
"""Endings of an answer that names one of two alternatives."""

DAYS, ENDED = "lifetime_days", "lifetime_observed"
SEQUENTIAL_METHOD = "O'Brien and Fleming (1979)"


@dataclass(frozen=True)
class Alternative:
    """One of the scenarios that are compared."""

    name: str  # as it stands in tables
    scenario: Scenario


@dataclass(frozen=True)
class UntilClear:
    """When a comparison may stop early."""

    outcome: str = "posting_members_per_day"  # that decides
    error: float = 0.05  # at most, of any false difference; shared evenly (Bonferroni)

    def __post_init__(self) -> None:
        if not 0.0 < self.error < 0.5:
            raise InputError([f"error: {self.error:g} is out of range; allowed: 0 to 0.5, apart"])


@dataclass(frozen=True)
class Look:
    """A look at the first pairs of a comparison."""

    pairs: int  # replications looked at
    allowed_p: float  # nominal two-sided p below which the answer is clear
    p: float  # largest over the alternatives
    clear: bool  # whether every alternative differs clearly from the first by now


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


@dataclass(frozen=True)
class Comparison:
    """How alternatives differ from the first of them, on shared random seeds.

    Attributes
    ----------
    names : tuple of str
        Of the alternatives.
    replications : int
        Compared; fewer than played for when it stopped early.
    particles : int
        Parameter sets, 1 without a posterior.
    outcomes : pandas.DataFrame
        A row an outcome and alternative: means, difference with its confidence interval, answer.
    deaths : pandas.DataFrame
        The same of each definition of death, with discordant pairs and McNemar's exact p.
    alive : pandas.DataFrame
        The same of the groups without a silent week to the end.
    curves, lifetime_tests : pandas.DataFrame
        Lives until the first silence of 7 days: survival of each, log-rank tests against the first.
    origin : dict of str to str
        All that decides the numbers: seed, code, versions, digest of each scenario.
    failed : int
        Communities that failed; their pairs are left out.
    until_clear : UntilClear or None
    looks : tuple of Look
        Of the sequential test; empty without one.
    repeated_intervals : pandas.DataFrame
        Of the deciding outcome, holding at all looks together, with p and whether it is clear;
        empty without a sequential test.
    seconds : float
        Spent on playing now.
    """

    names: tuple[str, ...]
    replications: int
    particles: int
    outcomes: pd.DataFrame
    deaths: pd.DataFrame
    curves: pd.DataFrame
    lifetime_tests: pd.DataFrame
    origin: dict[str, str]
    alive: pd.DataFrame
    failed: int = 0
    until_clear: UntilClear | None = None
    looks: tuple[Look, ...] = ()
    repeated_intervals: pd.DataFrame = field(default_factory=pd.DataFrame)
    seconds: float = 0.0

    def to_frame(self) -> pd.DataFrame:
        """Return outcomes and deaths as one tidy frame, one row an outcome and alternative."""
        return pd.concat([self.outcomes, self.deaths], ignore_index=True)


def compare(
    alternatives: Sequence[Alternative | Scenario],
    folder: str | Path | None = None,
    options: CompareOptions | None = None,
) -> Comparison:
    """Play alternatives on shared random seeds and compare each with the first, pair by pair.

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
        one if isinstance(one, Alternative) else Alternative(chr(ord("A") + at), one)
        for at, one in enumerate(alternatives)
    ]
    design = design_of(named, chosen.replications, chosen.seed, chosen.posterior)
    if folder is not None:
        return _compared(design, Path(folder), chosen)
    with tempfile.TemporaryDirectory(prefix="qunlab-compare-") as passing:
        return _compared(design, Path(passing), chosen)


def is_comparison(manifest: Manifest) -> bool:
    """Say whether a store holds what `design_of` designed."""
    return manifest.levers.keys() - {LEVER} == {PREFIX + ALTERNATIVE} and not manifest.independent


def read_comparison(folder: str | Path) -> Comparison:
    """Compare from the rows of a comparison's store alone."""
    if not is_comparison(read_manifest(folder)):
        raise InputError([f"{folder}: holds no comparison; 'qunlab compare' makes one"])
    return described(_played(Path(folder)), {})


def write_tables(found: Comparison, folder: str | Path) -> list[Path]:
    """Write comparison.csv, curves.csv and lifetime_tests.csv under ``#`` lines of their origin."""
    frames = {"comparison": found.to_frame(), "curves": found.curves}
    frames |= {"lifetime_tests": found.lifetime_tests}
    for name, frame in frames.items():
        write_whole(Path(folder) / f"{name}.csv", under_origin(frame, found.origin))
    return [Path(folder) / f"{name}.csv" for name in frames]


def checked_outcome(rule: UntilClear) -> UntilClear:
    """Return a rule whose deciding outcome there is, else raise `InputError`."""
    if problem := _unknown(rule.outcome):
        raise InputError([problem])
    return rule


def checked_matters(given: Mapping[str, float | str]) -> dict[str, float]:
    """Return the smallest differences that matter by outcome; each must be a number from 0 on."""
    found = {name: float(pd.to_numeric(n, errors="coerce")) for name, n in given.items()}
    Faults(
        _unknown(name, ALIVE.name)
        or f"{name}: {given[name]!r} is not allowed; allowed: a number from 0 on"
        for name, value in found.items()
        if _unknown(name, ALIVE.name) or not 0.0 <= value < math.inf
    ).refuse()
    return found


def _unknown(name: str, *also: str) -> str:
    known = [*outcomes_by_name(), *also]
    return "" if name in known else f"{name}: no such outcome{nearest_key(name, known)}"


# --- alternatives, as a design of a store ---------------------------------------------------------


def read_alternatives(
    files: Sequence[Path], changes: Sequence[str] = (), days: float | None = None, first: str = ""
) -> list[Alternative]:
    """Read scenario files, and vary the first one by ``key=value`` (joined by ``;``) a change.

    The first file (or what `first` makes of it), its changed versions, the other files;
    `InputError` has every fault of all.
    """
    values = {} if days is None else {"run.days": days}
    faults, found = Faults(), list[Alternative]()
    head = [(first.strip() or path.stem, path, first) for path in files[:1]]
    varied = [(text.strip(), path, text) for path in files[:1] for text in changes]
    rest = [(path.stem, path, "") for path in files[1:]]
    for at, (name, path, text) in enumerate((*head, *varied, *rest)):
        try:
            scenario = load_scenario(path, values)
        except InputError as fault:
            if not text or not at:  # once, of the file itself
                lines = fault.problems
                faults += [x if path.name in x else f"{path.name}: {x}" for x in lines]
            continue
        with faults.gathered(f"--{'with' if at else 'first'} {show(text)}: "):
            changed = changes_of(text)
            if layers := {key: changed.pop(key) for key in (PEOPLE, PRESET) if key in changed}:
                scenario = load_scenario(path, values | layers)
            found.append(Alternative(name, scenario.with_values(changed, path.parent)))
    Faults(dict.fromkeys(faults)).refuse()
    return _with_different_names(found)


def design_of(
    alternatives: Sequence[Alternative],
    replications: int | None = None,
    seed: int | None = None,
    posterior: Posterior | None = None,
) -> Design:
    """Lay alternatives out as a ``table`` design: a point each, or each with every particle.

    The particle changes fastest; keys that alternatives set differently keep their values, others
    take a particle's.
    """
    _check(alternatives, replications)
    first = alternatives[0].scenario
    declared = [list(map(_declared, each.scenario.policies)) for each in alternatives]
    shared = [one for one in first.policies if all(_declared(one) in known for known in declared)]
    common: dict[str, Value] = {
        "run.groups": first.groups if replications is None else replications,
        "run.seed": first.seed if seed is None else seed,
    }
    base = replace(first, name="compare", policies=tuple(shared)).with_values(common)
    own = _own_settings([each.scenario for each in alternatives], base)
    named = {each.name: one for each, one in zip(alternatives, own, strict=True)}
    drawn = posterior.without({key for one in own for key in one}) if posterior else {"": {}}
    options = ({PARTICLE: drawn} if posterior else {}) | {ALTERNATIVE: named}
    faults, points, rows = Faults(), list[Scenario](), list[tuple[str, ...]]()
    for (name, settings), (particle, values) in itertools.product(named.items(), drawn.items()):
        rows.append((particle, name) if posterior else (name,))
        with faults.gathered(f"{name}, particle {particle}: " if posterior else f"{name}: "):
            points.append(base.with_values(values | settings))
    faults.refuse()
    return Design(
        "compare",
        base,
        tuple((PREFIX + name, tuple(known)) for name, known in options.items()),
        tuple(points),
        base.groups,
        base.seed,
        tuple(rows),
        "table",
        choices=tuple(Choice(name, known) for name, known in options.items()),
        posterior=posterior.table if posterior else None,
    )


def _own_settings(scenarios: Sequence[Scenario], base: Scenario) -> list[dict[str, Value]]:
    """Return of each scenario what is not the same in all of them."""
    known = dict(items(base))
    each = [dict(items(scenario)) for scenario in scenarios]
    keys = [
        key
        for key in dict.fromkeys(key for one in each for key in one)
        if key not in INSTEAD
        and (key not in known or any(one.get(key) != known[key] for one in each))
    ]
    return [{key: one[key] for key in keys if key in one} for one in each]


def _declared(policy: NamedPolicy) -> tuple[object, ...]:
    return policy.name, policy.use, policy.values()


def _check(alternatives: Sequence[Alternative], replications: int | None) -> None:
    faults = Faults()
    if not 2 <= len(alternatives) <= MOST_ALTERNATIVES:
        faults.append(
            f"alternatives: {len(alternatives)}; allowed: 2 to {MOST_ALTERNATIVES}: name another "
            "scenario file, or --with KEY=VALUE"
        )
    if replications is not None and replications < FEWEST_PAIRS:
        faults.append(f"groups: {replications} is out of range; allowed: 2 or more for an error")
    if len({each.scenario.days for each in alternatives}) > 1:
        days = ", ".join(f"{each.name} {each.scenario.days:g}" for each in alternatives)
        faults.append(f"run.days: {days}: {DAYS_DIFFER}")
    often = Counter(each.name for each in alternatives)
    faults += [f"{name}: two alternatives have this name" for name in often if often[name] > 1]
    faults.refuse()


def _with_different_names(found: Sequence[Alternative]) -> list[Alternative]:
    """Shorten long names and number those that stand twice."""
    named: dict[str, Alternative] = {}
    for each in found:
        name = short = each.name[:LONGEST_NAME]
        number = 2
        while name in named:
            name, number = f"{short} ({number})", number + 1
        named[name] = replace(each, name=name)
    return list(named.values())


def changes_of(text: str) -> dict[str, Any]:
    """Read ``key=value`` joined by ``;``, as `read_alternatives` takes a change."""
    values = parse_values(part for part in text.split(";") if part.strip())
    if text and not values:
        raise InputError(["nothing is changed; write key=value, such as group.size=50"])
    Faults(
        f"{key} is the same for all; write {INSTEAD[key]}" for key in values if key in INSTEAD
    ).refuse()
    return values


# --- playing, perhaps only until the answer is clear ----------------------------------------------


@dataclass(frozen=True)
class Played:
    """The rows of a comparison, laid out by alternative, particle and replication."""

    manifest: Manifest
    rows: pd.DataFrame  # of the first `replications` replications
    replications: int

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The alternatives."""
        return tuple(map(str, self.manifest.levers[PREFIX + ALTERNATIVE]))

    @cached_property
    def weights(self) -> Array:
        """Weight of each particle, summing to 1; one without a posterior."""
        particles = self.manifest.levers.get(LEVER)
        return weights_of(particles) if particles else np.ones(1)

    def values(self, name: str) -> Array:
        """Return a column: array [alternative, particle, replication], NaN where missing."""
        whole = np.full((len(self.names) * len(self.weights), self.replications), np.nan)
        places = self.rows["point"].to_numpy(), self.rows["replication"].to_numpy()
        whole[places] = self.rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return whole.reshape(len(self.names), len(self.weights), self.replications)

    def tests(self, rule: UntilClear) -> list[tuple[Array, float]]:
        """Return each alternative's differences [pair] from the first in what decides, and p."""
        values = self.values(rule.outcome)
        gaps = np.einsum("k,akr->ar", self.weights, values[1:] - values[:1])
        truth = outcomes_by_name()[rule.outcome].unit == TRUTH and len(self.weights) == 1
        return [(each, paired.p_value(each, truth)) for each in gaps]


def _played(
    folder: Path, replications: int | None = None, columns: Sequence[str] | None = None
) -> Played:
    """Lay out the rows of a store that `design_of` designed, perhaps of its first replications."""
    manifest, rows = read_store(folder, columns)
    number = manifest.replications if replications is None else replications
    return Played(manifest, rows[rows["replication"] < number], number)


def _compared(design: Design, folder: Path, chosen: CompareOptions) -> Comparison:
    rule = chosen.until_clear
    ends, allowed, block = [design.replications], [1.0], BLOCK_GROUPS
    if rule:  # a part of the store ends at each look
        ends = paired.look_ends(design.replications)
        alternatives = dict(design.levers)[PREFIX + ALTERNATIVE]
        allowed = paired.allowed_p(ends, rule.error / (len(alternatives) - 1))
        block = max(1, min(BLOCK_GROUPS, ends[0] * len(design.points)))
    seconds, looks = 0.0, list[Look]()
    for end, nominal_p in zip(ends, allowed, strict=True):
        options = Options(watch=chosen.watch, before_replication=end)
        force = chosen.force_new and end == ends[0]
        result = sweep(design, folder, chosen.threads, chosen.progress, force, block, options)
        seconds += result.seconds
        if rule:
            largest = max(p for _, p in _played(folder, end, [rule.outcome]).tests(rule))
            looks.append(Look(end, nominal_p, largest, largest <= nominal_p))
            if looks[-1].clear:
                break
    laid = _played(folder, end)
    found = replace(described(laid, chosen.matters or {}), seconds=seconds)
    if not rule:
        return found
    gaps, p = zip(*laid.tests(rule), strict=True)
    frame = pd.DataFrame({"alternative": found.names[1:], "outcome": rule.outcome, "p": p})
    intervals = [paired.repeated_interval(one, nominal_p) for one in gaps]
    frame[["lower", "upper"]] = intervals
    frame = frame.assign(level=1.0 - rule.error, clear=frame["p"] <= nominal_p)
    return replace(found, until_clear=rule, looks=tuple(looks), repeated_intervals=frame)


def described(found: Played, matters: Mapping[str, float]) -> Comparison:
    """Compare what was played by every outcome and definition of death."""
    days, ended = found.values(DAYS), found.values(ENDED) == 1.0
    entries = origin(found.manifest) | {"replications compared": str(found.replications)}
    entries |= failures_entry(found.rows)
    entries["lives"] = f"from creation to the first silence of {SILENCE_DAYS} days, else censored"
    if len(found.weights) == 1:
        digests = zip(found.names, found.manifest.scenarios, strict=True)
        entries |= {f"scenario {name}": digest for name, digest in digests}
    return Comparison(
        names=found.names,
        replications=found.replications,
        particles=len(found.weights),
        alive=table(with_alive(found), [ALIVE], matters),
        outcomes=table(found, [one for one in all_outcomes() if one not in DEATH_COLUMNS], matters),
        deaths=table(found, DEATH_COLUMNS, matters),
        curves=curves_of(found.names, days, ended),
        lifetime_tests=lifetime_tests(found.names, days, ended, found.weights),
        origin=entries,
        failed=int(found.rows[ERROR].notna().sum()),
    )


def with_alive(found: Played) -> Played:
    """Add the column of the outcome that every answer begins with."""
    lived = 1.0 - found.rows[ENDED].to_numpy(dtype=np.float64, na_value=np.nan)
    return replace(found, rows=found.rows.assign(**{ALIVE.name: lived}))


# --- tables ---------------------------------------------------------------------------------------


def table(found: Played, outcomes: Sequence[Outcome], matters: Mapping[str, float]) -> pd.DataFrame:
    """Compare each alternative with the first one, a row an outcome and alternative."""
    rows = []
    against, *others = found.names
    for outcome in outcomes:
        if outcome.name not in found.rows:
            continue
        first, *seconds = found.values(outcome.name)
        for name, second in zip(others, seconds, strict=True):
            pair = paired_difference(first, second, found.weights, outcome.unit == TRUTH)
            usual = outcome.smallest_that_matters(pair.first, pair.second)
            least = matters.get(outcome.name, usual)
            likely = {"more": pair.probability_more, "less": 1.0 - pair.probability_more}
            rows.append(
                {
                    "outcome": outcome.name,
                    "unit": outcome.unit,
                    "better": outcome.better,
                    "alternative": name,
                    "against": against,
                    **vars(pair),
                    **(_discordant(first, second) if outcome in DEATH_COLUMNS else {}),
                    "probability_better": likely.get(outcome.better, math.nan),
                    "answer": answer(pair, outcome.better, (against, name), least),
                    "matters": least,
                    "definition": outcome.definition,
                }
            )
    return pd.DataFrame(rows)


def _discordant(first: Array, second: Array) -> dict[str, float]:
    """Count pairs in which one group only is dead; the exact p is NaN with several particles."""
    only_first, only_second = int((first > second).sum()), int((first < second).sum())
    exact = len(first) == 1 and not np.isnan([first, second]).all()
    return {
        "dead_in_first_only": only_first,
        "dead_in_second_only": only_second,
        "mcnemar_p": paired.mcnemar_p(only_first, only_second) if exact else math.nan,
    }


def answer(
    pair: PairedDifference, better: str, names: tuple[str, str], matters: float = 0.0
) -> str:
    """Say who is better (or has more; `better` is more, less or empty), or why nobody can say."""
    first, second = names
    if pair.pairs < FEWEST_PAIRS:
        return NOT_KNOWN
    if not pair.clear:
        return NO_CLEAR_DIFFERENCE
    if pair.parameter_sd > 0.0 and pair.lower <= 0.0 <= pair.upper:
        return UNCERTAIN
    if abs(pair.difference) < matters * (1.0 - 1e-9):
        return TOO_SMALL
    more = pair.difference > 0.0
    if not better:
        return f"{second if more else first}{MORE}"
    return f"{second if more == (better == 'more') else first}{BETTER}"


def is_clear(verdict: str) -> bool:
    """Say whether an answer finds a clear difference, however small."""
    return verdict.endswith((BETTER, MORE, TOO_SMALL))


def curves_of(names: Sequence[str], days: Array, ended: Array) -> pd.DataFrame:
    """Estimate survival from days and ended [alternative, particle, replication], NaN unknown.

    The columns of `sim.stats.survival.survival_curve` by alternative, all particles together.
    """
    frames = []
    for name, lived, done in zip(names, days, ended, strict=True):
        known = ~np.isnan(lived)
        if known.any():
            curve = survival_curve(lived[known], done[known])
            frames.append(curve.assign(alternative=name))
    empty = pd.DataFrame({"alternative": [], "time_days": [], "survival": []})
    return pd.concat(frames or [empty], ignore_index=True)


def lifetime_tests(names: Sequence[str], days: Array, ended: Array, weights: Array) -> pd.DataFrame:
    """Test each alternative's lives against the first one's, a row each; weights sum to 1.

    The plain log-rank (Mantel 1966) is NaN with several particles: no independent sample.
    """
    rows = []
    for name, lived, done in zip(names[1:], days[1:], ended[1:], strict=True):
        known = ~(np.isnan(days[0]) | np.isnan(lived))
        chi2, p = math.nan, math.nan
        if len(lived) == 1 and known.any():
            test = logrank(days[0][known], ended[0][known], lived[known], done[known])
            chi2, p = test.chi2, test.p
        z, paired_p = paired.paired_logrank((days[0], ended[0]), (lived, done), weights)
        counts = int(known.sum()), int(ended[0][known].sum()), int(done[known].sum())
        rows.append((name, names[0], chi2, p, z, paired_p, *counts))
    columns = ["alternative", "against", "chi2", "p", "paired_z", "paired_p"]
    return pd.DataFrame(rows, columns=[*columns, "groups", "ended_first", "ended"])
