"""Who is who: senders by their ids, the names they bear in a group, and who is an operator."""

from __future__ import annotations

from collections.abc import Sequence

from sim.chatlog.importing.meaning import NAME_EDGES
from sim.chatlog.importing.pseudonyms import Pseudonyms

NOBODY = -1
# A name that two people bear says of neither that it is them.
SHARED_NAME = -2

_BETWEEN_DIGITS = dict.fromkeys(map(ord, "+-() \u00a0\u2011"))
_FEWEST_DIGITS = 7


class People:
    """The people of all inputs, by index."""

    def __init__(self, pseudonyms: Pseudonyms, operators: Sequence[str]) -> None:
        self._pseudonyms = pseudonyms
        self._operators = {name.strip().casefold(): i for i, name in enumerate(operators)}
        self._next_operator = len(operators)
        self.numbers: list[int] = []  # Pseudonym of each person.
        # The operator's number of each person who is one; bots follow those who were named.
        self.operator_of: dict[int, int] = {}
        self.named: set[int] = set()  # Which of `operators` were met.
        self._index: dict[tuple[str, str], int] = {}
        self._known: set[tuple[int, int, tuple[str, ...]]] = set()
        self._bearers: dict[tuple[int, int], int] = {}

    def index(self, platform: str, key: str) -> int:
        """Return the index of a person, met before or not."""
        index = self._index.setdefault((platform, key), len(self.numbers))
        if index == len(self.numbers):
            self.numbers.append(self._pseudonyms.number(platform, key))
        return index

    def introduce(self, group: int, person: int, names: tuple[str, ...], is_bot: bool) -> None:
        """Note under which names a person is known in a group, and whether they are an operator."""
        known = (group, person, names)
        if known not in self._known:
            self._known.add(known)
            for name in names:
                self._name(group, person, name)
        if is_bot and person not in self.operator_of:
            self.operator_of[person] = self._next_operator
            self._next_operator += 1

    def bearer(self, group: int, names: Sequence[int]) -> int:
        """Return who bears the first of some names that anybody in a group bears."""
        bearers = (self._bearers.get((group, name), NOBODY) for name in names)
        return next((person for person in bearers if person >= 0), NOBODY)

    def _name(self, group: int, person: int, name: str) -> None:
        place = (group, faded(name))
        if self._bearers.setdefault(place, person) != person:
            self._bearers[place] = SHARED_NAME
        operator = self._operators.get(name.strip().casefold())
        if operator is not None:
            self.operator_of[person] = operator
            self.named.add(operator)


def faded(name: str) -> int:
    """Return what is left of a name, or of a text's beginning, to compare it with others.

    Phone numbers are the same whatever stands between their digits.

    >>> faded("+49 170 1234567") == faded("491701234567"), faded("~Ada ") == faded("ada")
    (True, True)
    """
    digits = name.translate(_BETWEEN_DIGITS)
    if len(digits) >= _FEWEST_DIGITS and digits.isdigit():
        return hash(digits)
    return hash(name.strip(NAME_EDGES).casefold())
