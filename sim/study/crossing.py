"""Cross a design with the parameter sets of a posterior: every point meets every set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sim.errors import InputError
from sim.populations import LEVER, PARTICLE, Posterior
from sim.scenario import Scenario
from sim.scenario.allowed import Value
from sim.study.choices import PREFIX, Choice
from sim.study.design import Design
from sim.study.kinds import MOST_POINTS

FAULTS_SHOWN = 20


def crossed(design: Design, posterior: Posterior) -> Design:
    """Let every point of a design meet every parameter set, with the same luck.

    What the design's file sets itself (its levers, the settings of its choices, what it fixes)
    keeps its value; all else that a parameter set holds replaces the scenario's.

    Parameters
    ----------
    design : Design
    posterior : Posterior

    Returns
    -------
    Design
        Of the same kind, with one more lever that changes fastest: ``choices.particle``.

    Raises
    ------
    InputError
        Points with luck of their own, a choice called particle, too many points, sets that leave
        nothing uncertain, or a set that makes a point impossible.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sim.study.design import parse_design
    >>> from sim.populations import Particle
    >>> sets = (Particle(0, 1, {"look.rate_per_day": 2.0}), Particle(3, 1, {"group.size": 7}))
    >>> plain = parse_design({"scenario": {}, "grid": {"group.size": [3, 4]}})
    >>> both = crossed(plain, Posterior(Path("rooms.posterior.csv"), sets))
    >>> both.in_words(1), both.points[1].params.group.size
    ('group.size = 3, choices.particle = 3 x1', 3)
    """
    drawn = posterior.without(_kept(design))
    _check(design, drawn)
    points = tuple(_points(design, drawn))
    rows = tuple((*row, name) for row in design.rows for name in drawn)
    return replace(
        design,
        points=points,
        rows=rows,
        levers=(*design.levers, (LEVER, tuple(drawn))),
        choices=(Choice(PARTICLE, drawn), *design.choices),
        posterior=posterior.table,
    )


def _kept(design: Design) -> set[str]:
    """List the keys whose values the design's own file decides."""
    varied = {key for key, _ in design.levers if not key.startswith(PREFIX)}
    chosen = {
        key for choice in design.choices for settings in choice.options.values() for key in settings
    }
    return varied | chosen | set(design.fixed)


def _points(design: Design, drawn: Mapping[str, Mapping[str, Value]]) -> Iterator[Scenario]:
    problems: list[str] = []
    for place, point in enumerate(design.points):
        for name, values in drawn.items():
            try:
                yield point.with_values(values)
            except InputError as fault:
                where = f"{design.in_words(place)}, parameter set {name}"
                problems += [f"--posterior: {where}: {line}" for line in fault.problems]
        if len(problems) > FAULTS_SHOWN:
            break
    if problems:
        raise InputError(problems[:FAULTS_SHOWN])


def _check(design: Design, drawn: Mapping[str, Mapping[str, Value]]) -> None:
    problems = []
    if design.independent:
        problems.append(
            "independent: not with --posterior, whose parameter sets are told apart by meeting the "
            "same luck; leave it out"
        )
    if any(choice.name == PARTICLE for choice in design.choices):
        problems.append(f"{LEVER}: this name is that of the parameter sets; choose another")
    if not any(drawn.values()):
        problems.append("--posterior: the study sets all that it holds: nothing is uncertain")
    if len(design.points) * len(drawn) > MOST_POINTS:
        problems.append(
            f"--posterior: {len(design.points)} points x {len(drawn)} parameter sets are more than "
            f"{MOST_POINTS}; draw fewer (--particles)"
        )
    if problems:
        raise InputError(problems)
