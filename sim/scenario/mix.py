"""Several types of groups, each a scenario with its share, as one population mixes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class GroupType:
    """One type of groups."""

    name: str  # empty where a file holds one type only
    share: float  # of all groups, above 0; the shares of a mix sum to 1
    scenario: Scenario  # all values of the type, those that it shares with the others too
    keys: frozenset[str] = frozenset()  # dotted parameter keys that this type sets by itself


@dataclass(frozen=True)
class Mix:
    """What a scenario file holds: one type of groups or several, and on what file it stands."""

    scenario: Scenario  # what the types share
    types: tuple[GroupType, ...]  # one at least
    base: str = ""  # path of the file that it stands on; empty for none
    # dotted parameter keys set in the file itself, or by one of its types
    own: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()  # those set in the files below it and not here

    @property
    def name(self) -> str:
        """The scenario's own name."""
        return self.scenario.name

    def single(self) -> Scenario:
        """Return the one scenario there is; refuse several types: studies play one."""
        if len(self.types) == 1:
            return self.types[0].scenario
        names = ", ".join(one.name for one in self.types)
        raise InputError(
            [
                f"types: {self.name} mixes {len(self.types)} types of groups ({names}) and one is "
                f'needed here; write type = "{self.types[0].name}" in a file that stands on it'
            ]
        )

    def dealt(self, groups: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the type number of each group [group], each type within one of its share after any
        number; nothing is drawn, so replication r is of the same type in every study.
        """
        return dealt([one.share for one in self.types], groups)

    def crossed(
        self, sets: Mapping[str, Mapping[str, Any]], weights: Sequence[float], kept: Collection[str]
    ) -> Mix:
        """Let each type be played with each of several parameter sets (name to dotted keys) of
        weights summing to 1; keys `kept` stay.
        """
        types = [
            GroupType(
                f"{one.name} {name}".strip(),
                one.share * weight,
                one.scenario.with_values({k: v for k, v in values.items() if k not in kept}),
                one.keys,
            )
            for one in self.types
            for (name, values), weight in zip(sets.items(), weights, strict=True)
        ]
        return replace(self, types=tuple(types))


def one_type(scenario: Scenario) -> Mix:
    """Hold a scenario as a mix of one type."""
    return Mix(scenario, (GroupType("", 1.0, scenario),))


def dealt(shares: Sequence[float], groups: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Deal groups by shares: the next one goes to the type that is farthest behind its share."""
    wanted = np.asarray(shares, dtype=np.float64)
    had = np.zeros(len(wanted))
    found = np.zeros(groups, dtype=np.int64)
    for at in range(groups):
        found[at] = np.argmax((at + 1) * wanted - had)
        had[found[at]] += 1.0
    return found
