"""Every parameter of the model, once: unit, range, default, source, grade and meaning.

Grades: **A** peer-reviewed or field data, **L** computed from public chat logs, **B** secondary
source, **C** assumption.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from sim import sections
from sim.sections import Parameter


@dataclass(frozen=True)
class Params:
    """All numbers that describe a community, its members and its operators.

    Each field is a frozen dataclass of plain numbers; `parameters` lists them with their units,
    ranges and sources.

    Examples
    --------
    >>> Params().look.rate_per_day > 0
    True
    >>> Params().replace({"group.size": 50}).group.size
    50
    """

    group: sections.Group = field(default_factory=sections.Group)
    arrivals: sections.Arrivals = field(default_factory=sections.Arrivals)
    look: sections.Look = field(default_factory=sections.Look)
    rhythm: sections.Rhythm = field(default_factory=sections.Rhythm)
    reaction: sections.Reaction = field(default_factory=sections.Reaction)
    reading: sections.Reading = field(default_factory=sections.Reading)
    needs: sections.Needs = field(default_factory=sections.Needs)
    novelty: sections.Novelty = field(default_factory=sections.Novelty)
    speak: sections.Speak = field(default_factory=sections.Speak)
    ties: sections.Ties = field(default_factory=sections.Ties)
    habit: sections.Habit = field(default_factory=sections.Habit)
    trust: sections.Trust = field(default_factory=sections.Trust)
    leaving: sections.Leaving = field(default_factory=sections.Leaving)
    packets: sections.Packets = field(default_factory=sections.Packets)
    operator: sections.OperatorTeam = field(default_factory=sections.OperatorTeam)

    def replace(self, values: dict[str, Any]) -> Params:
        """Return a copy with some dotted keys changed; ranges are checked by the scenario.

        Parameters
        ----------
        values : dict
            ``{"section.name": value}``.

        Returns
        -------
        Params

        Raises
        ------
        KeyError
            When a key is not a parameter.
        """
        changed: dict[str, dict[str, Any]] = {}
        for key, value in values.items():
            section, _, name = key.partition(".")
            if key not in parameters():
                raise KeyError(key)
            changed.setdefault(section, {})[name] = value
        return dataclasses.replace(
            self,
            **{
                section: dataclasses.replace(getattr(self, section), **fields)
                for section, fields in changed.items()
            },
        )

    def items(self) -> Iterator[tuple[str, float | int | str]]:
        """Yield every dotted key with its value, in the order of the table."""
        for key in parameters():
            section, _, name = key.partition(".")
            yield key, getattr(getattr(self, section), name)


@cache
def parameters() -> dict[str, Parameter]:
    """List every parameter by its dotted key."""
    table: dict[str, Parameter] = {}
    for section in dataclasses.fields(Params):
        factory = section.default_factory
        assert isinstance(factory, type)
        for entry in dataclasses.fields(factory):
            table[f"{section.name}.{entry.name}"] = entry.metadata["parameter"]
    return table


def branching_ratio(params: Params) -> float:
    """Bound the further looks one reaction look causes on average (below 1 chains die out; a
    scenario refuses over 0.98): largest eigenvalue over looks drawn in and called back, each saying
    what causes most (Hawkes and Oakes 1974; Harris 1963).
    """
    reaction, speak = params.reaction, params.speak
    drawn = speak.probability_max * reaction.draw_max
    called = speak.called_probability_max * reaction.call_probability
    asked = params.operator.answer_probability * speak.question_share
    staying = reaction.stay_probability / (1.0 - speak.more_probability)
    opener, reply = (1.0 + asked, asked), (1.0, 1.0)
    return staying + max(
        _eigenvalue(drawn, called, of_drawn, of_called)
        for of_drawn in (opener, reply)
        for of_called in (opener, reply)
    )


def _eigenvalue(
    drawn: float, called: float, of_drawn: tuple[float, float], of_called: tuple[float, float]
) -> float:
    """Return the larger eigenvalue for what both kinds say: how often it draws, and calls."""
    own, others = drawn * of_drawn[0], called * of_called[1]
    across = drawn * called * of_drawn[1] * of_called[0]
    return 0.5 * (own + others + math.sqrt((own - others) ** 2 + 4.0 * across))


def record_dtype() -> np.dtype[np.void]:
    """Return the flat record of numbers that the compiled engine reads, one field a parameter."""
    return np.dtype(
        [(key.replace(".", "_"), np.float64) for key, p in parameters().items() if p.numeric]
    )


def to_record(params: Params) -> np.ndarray[Any, np.dtype[np.void]]:
    """Pack parameters into one record of 64-bit floats for the compiled engine."""
    record = np.zeros(1, dtype=record_dtype())
    for key, value in params.items():
        if parameters()[key].numeric:
            record[key.replace(".", "_")] = value
    return record
