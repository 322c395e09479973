"""Alternatives: the scenarios that a comparison sets beside each other, as a design of a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.populations import PARTICLE, Posterior
from sim.scenario import Scenario, load_scenario
from sim.scenario.allowed import Value, show
from sim.scenario.reading import parse_values
from sim.scenario.writing import items
from sim.study.choices import PREFIX, Choice
from sim.study.design import Design

ALTERNATIVE = "alternative"
OF_THE_STUDY = ("name", "run.days", "run.groups", "run.seed")
MOST = 26
LONGEST_NAME = 80
DAYS_DIFFER = "days differ; a comparison needs the same days: set days for all (--days)"


@dataclass(frozen=True)
class Alternative:
    """One of the scenarios that are compared."""

    name: str  # as it stands in tables
    scenario: Scenario


def read_alternatives(
    files: Sequence[Path], changes: Sequence[str] = (), days: float | None = None
) -> list[Alternative]:
    """Read scenario files, and vary the first one by ``key=value`` (joined by ``;``) a change.

    The first file, its changed versions, the other files; `InputError` has every fault of all.
    """
    values = {} if days is None else {"run.days": days}
    problems: list[str] = []
    found: list[Alternative] = []
    wanted: list[tuple[str, Path, str]] = [(path.stem, path, "") for path in files[:1]]
    wanted += [(text.strip(), path, text) for path in files[:1] for text in changes]
    wanted += [(path.stem, path, "") for path in files[1:]]
    for name, path, text in wanted:
        try:
            scenario = load_scenario(path, values)
        except InputError as fault:
            if not text:  # said once, of the file itself
                problems += [_in(path, line) for line in fault.problems]
            continue
        try:
            found.append(Alternative(name, scenario.with_values(_changes(text), path.parent)))
        except InputError as fault:
            problems += [f"--with {show(text)}: {line}" for line in fault.problems]
    if problems:
        raise InputError(dict.fromkeys(problems))
    return _told_apart_by_name(found)


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
    study = {"run.groups": first.groups if replications is None else replications}
    study["run.seed"] = first.seed if seed is None else seed
    shared = tuple(
        policy
        for policy in first.policies
        if all(_same_policy(policy, each.scenario) for each in alternatives)
    )
    base = replace(first, name="compare", policies=shared).with_values(study)
    own = _own_settings([each.scenario for each in alternatives], base)
    bundles = {each.name: settings for each, settings in zip(alternatives, own, strict=True)}
    choices = [Choice(ALTERNATIVE, bundles)]
    drawn: dict[str, dict[str, Value]] = {}
    if posterior:
        drawn = posterior.without({key for settings in own for key in settings})
        choices.insert(0, Choice(PARTICLE, drawn))
    rows = [(name, each) for name in bundles for each in drawn or ("",)]
    points = _points(base, bundles, drawn, rows)
    levers: list[tuple[str, tuple[Value, ...]]] = []
    if posterior:
        levers.append((PREFIX + PARTICLE, tuple(drawn)))
    levers.append((PREFIX + ALTERNATIVE, tuple(bundles)))
    return Design(
        "compare",
        base,
        tuple(levers),
        points,
        base.groups,
        base.seed,
        tuple((particle, name) if posterior else (name,) for name, particle in rows),
        "table",
        choices=tuple(choices),
        posterior=posterior.table if posterior else None,
    )


def _points(
    base: Scenario,
    bundles: Mapping[str, dict[str, Value]],
    drawn: Mapping[str, dict[str, Value]],
    rows: Sequence[tuple[str, str]],
) -> tuple[Scenario, ...]:
    points, problems = [], []
    for name, particle in rows:
        try:
            points.append(base.with_values(drawn.get(particle, {}) | bundles[name]))
        except InputError as fault:
            where = f"{name}, particle {particle}" if particle else name
            problems += [f"{where}: {line}" for line in fault.problems]
    if problems:
        raise InputError(problems)
    return tuple(points)


def _own_settings(scenarios: Sequence[Scenario], base: Scenario) -> list[dict[str, Value]]:
    """Return of each scenario what is not the same in all of them."""
    known = dict(items(base))
    each = [dict(items(scenario)) for scenario in scenarios]
    keys = [
        key
        for key in dict.fromkeys(key for one in each for key in one)
        if key not in OF_THE_STUDY
        and (key not in known or any(one.get(key) != known[key] for one in each))
    ]
    return [{key: one[key] for key in keys if key in one} for one in each]


def _same_policy(policy: Any, scenario: Scenario) -> bool:
    wanted = (policy.name, policy.use, policy.values())
    return any((one.name, one.use, one.values()) == wanted for one in scenario.policies)


def _check(alternatives: Sequence[Alternative], replications: int | None) -> None:
    problems = []
    if not 2 <= len(alternatives) <= MOST:
        problems.append(
            f"alternatives: {len(alternatives)}; allowed: 2 to {MOST}: name another scenario file, "
            "or --with KEY=VALUE"
        )
    if replications is not None and replications < 2:
        problems.append(f"groups: {replications} is out of range; allowed: 2 or more for an error")
    if len({each.scenario.days for each in alternatives}) > 1:
        said = ", ".join(f"{each.name} {each.scenario.days:g}" for each in alternatives)
        problems.append(f"run.days: {said}: {DAYS_DIFFER}")
    names = [each.name for each in alternatives]
    problems += [f"{name}: two alternatives have this name" for name in _twice(names)]
    if problems:
        raise InputError(problems)


def _told_apart_by_name(found: Sequence[Alternative]) -> list[Alternative]:
    """Shorten long names and number those that stand twice."""
    named: list[Alternative] = []
    for each in found:
        name = short = each.name[:LONGEST_NAME]
        taken = {other.name for other in named}
        number = 2
        while name in taken:
            name, number = f"{short} ({number})", number + 1
        named.append(replace(each, name=name))
    return named


def _changes(text: str) -> dict[str, Any]:
    values = parse_values(part for part in text.split(";") if part.strip())
    if text and not values:
        raise InputError(["nothing is changed; write key=value, such as group.size=50"])
    if refused := [key for key in values if key in OF_THE_STUDY]:
        options = {"name": "no name", "run.days": "--days", "run.groups": "--groups"}
        instead = options | {"run.seed": "--seed"}
        raise InputError(f"{key} is the same for all; write {instead[key]}" for key in refused)
    return values


def _twice(names: Sequence[str]) -> Iterator[str]:
    return (name for name in dict.fromkeys(names) if names.count(name) > 1)


def _in(path: Path, line: str) -> str:
    return line if path.name in line else f"{path.name}: {line}"
