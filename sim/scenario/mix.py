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
    """One type of groups.

    Attributes
    ----------
    name : str
        Empty where a file holds one type only.
    share : float
        Of all groups, above 0; the shares of a mix sum to 1.
    scenario : Scenario
        All values of the type, those that it shares with the others too.
    keys : frozenset of str
        Dotted parameter keys that this type sets by itself.
    """

    name: str
    share: float
    scenario: Scenario
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mix:
    """What a scenario file holds: one type of groups or several, and on what file it stands.

    Attributes
    ----------
    scenario : Scenario
        What the types share.
    types : tuple of GroupType
        One at least.
    base : str
        Path of the file that it stands on; empty for none.
    own : frozenset of str
        Dotted parameter keys set in the file itself, or by one of its types.
    inherited : frozenset of str
        Those set in the files below it and not here.

    Examples
    --------
    >>> mix = one_type(Scenario("class"))
    >>> mix.single().name, mix.dealt(3).tolist()
    ('class', [0, 0, 0])
    """

    scenario: Scenario
    types: tuple[GroupType, ...]
    base: str = ""
    own: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The scenario's own name."""
        return self.scenario.name

    def single(self) -> Scenario:
        """Return the one scenario there is.

        Raises
        ------
        InputError
            When there are several types: studies play one.
        """
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
        """Deal groups to the types, so that after any number each type has its share within one.

        Parameters
        ----------
        groups : int

        Returns
        -------
        ndarray of int, shape [group]
            Number of each group's type. No luck is drawn: replication r is of the same type in
            every study.
        """
        return dealt([one.share for one in self.types], groups)

    def crossed(
        self, sets: Mapping[str, Mapping[str, Any]], weights: Sequence[float], kept: Collection[str]
    ) -> Mix:
        """Let each type be played with each of several parameter sets.

        Parameters
        ----------
        sets : mapping
            Name to dotted keys and values.
        weights : sequence of float
            One a set, summing to 1.
        kept : collection of str
            Keys that stay as they are.

        Returns
        -------
        Mix
            As many types as types times sets.

        Examples
        --------
        >>> mix = one_type(Scenario()).crossed({"a": {"look.rate_per_day": 2.0}}, [1.0], ())
        >>> mix.types[0].name, mix.types[0].scenario.params.look.rate_per_day
        ('a', 2.0)
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
    """Deal groups by shares: the next one goes to the type that is farthest behind its share.

    Examples
    --------
    >>> dealt([0.75, 0.25], 8).tolist()
    [0, 0, 1, 0, 0, 0, 1, 0]
    """
    wanted = np.asarray(shares, dtype=np.float64)
    had = np.zeros(len(wanted))
    found = np.zeros(groups, dtype=np.int64)
    for at in range(groups):
        found[at] = np.argmax((at + 1) * wanted - had)
        had[found[at]] += 1.0
    return found
