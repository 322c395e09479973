"""The levers of a sweep in words: what each is, what its values are called, which one leads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.language import N_, _, language
from sim.params import parameters
from sim.report.names import said as called
from sim.study.manifest import Manifest

SIZE: str = "size"
CADENCE: str = "cadence"
BUDGET: str = "budget"
FIELD_OF_ROLE = {CADENCE: ("cadence", "posts_per_day"), BUDGET: ("red_packets", "fen_per_day")}
FEN_PER_CNY = 100.0
LONGEST_TEXT = 28
LAYERS = N_({"people": "people: {name}", "preset": "preset: {name}"})
UNITS = N_(
    {
        "weeks": ("1 week", "{number} weeks"),
        "days": ("1 day", "{number} days"),
        "hours": ("1 hour", "{number} hours"),
        "minutes": ("1 minute", "{number} minutes"),
    }
)
"""Units that end the names of fields: of one, of several."""
FIELDS = N_({
    "policies.gate.fee_fen": "entry fee", "policies.welcome.whom": "newcomers greeted",
    "policies.cadence.kinds": "kinds of posts", "operator.answer_probability": "questions answered",
})  # fmt: skip
"""Fields that are called otherwise than by their keys."""

SAME_POSTS_A_WEEK = 1e-3

Cell = bool | int | float | str


@dataclass(frozen=True)
class Lever:
    """One lever of a sweep, with the words for it."""

    key: str  # dotted key, the column of the rows
    values: tuple[Cell, ...]  # as they stand in the rows, in the order of the sweep file
    usual: Cell  # the scenario's own value where it is among them, else the middle one
    role: str  # `SIZE`, `CADENCE`, `BUDGET` (of red packets), or empty
    label: str  # heading of an axis or a column

    @property
    def several(self) -> bool:
        """Whether there is anything to compare."""
        return len(self.values) > 1

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in self.values
        )

    @property
    def name(self) -> str:
        """Its label without the unit."""
        return _(self.label.partition(" (")[0])

    def number(self, value: Cell) -> float:
        """Return a value as it is drawn and printed: money in CNY."""
        return float(value) / (FEN_PER_CNY if self.role == BUDGET else 1.0)

    def text(self, value: Cell) -> str:
        """Write a value without its unit."""
        if weekly := self._posts_a_week(value):
            return f"{weekly}/7"
        if self.numeric:
            return f"{self.number(value):g}"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"

    def words(self, value: Cell) -> str:
        """Write a value so that it stands by itself."""
        one = self.numeric and value == 1
        if self.role == SIZE:
            return _("1 member") if one else _("{size} members", size=self.text(value))
        if weekly := self._posts_a_week(value):
            return _("1 post a week") if weekly == 1 else _("{posts} posts a week", posts=weekly)
        if self.role == CADENCE:
            if self.numeric and value == 0:
                return _("no posts")
            return _("1 post a day") if one else _("{posts} posts a day", posts=self.text(value))
        if self.role == BUDGET:
            paid = _("{cny} CNY of packets a day", cny=self.text(value))
            return paid if value else _("no packets")
        policy, of_policy, field = self.key.removeprefix("policies.").partition(".")
        field, number = self._with_unit(field.replace("_", " "), value)
        words = _(FIELDS.get(self.key, ""))
        if not words and (not of_policy or not self.key.startswith("policies.")):
            return f"{self.name} {self.text(value)}"
        said = number if words else f"{field} {number}".lstrip()
        return _("{allowed}: {meaning}", allowed=words or policy.replace("_", " "), meaning=said)

    def _with_unit(self, field: str, value: Cell) -> tuple[str, str]:
        """Take a unit off the name of a field and write it behind the value; money in CNY."""
        named, _space, unit = field.rpartition(" ")
        if not self.numeric:
            return field, _(", ").join(map(_, re.findall(r"(?!\s)[^][,'\"]+", self.text(value))))
        if unit == "fen":
            return named, _("{number} CNY", number=f"{float(value) / FEN_PER_CNY:g}")
        if unit == "probability":
            return named, f"{100 * float(value):g} %"
        if named and unit in UNITS:
            return named, _(UNITS[unit][value != 1], number=self.text(value))
        return field, self.text(value)

    def _posts_a_week(self, value: Cell) -> int:
        """Return the whole posts a week of a cadence below one a day, else 0."""
        if self.role != CADENCE or not self.numeric or not 0 < float(value) < 1:
            return 0
        weekly = round(7 * float(value))
        return weekly if abs(7 * float(value) - weekly) < SAME_POSTS_A_WEEK else 0

    def column(self, rows: pd.DataFrame) -> pd.Categorical:
        """Return each row's value as text, in the order of the values."""
        place = {value: at for at, value in enumerate(self.values)}
        codes = [place[value] for value in rows[self.key]]
        return pd.Categorical.from_codes(codes, self.texts())

    def texts(self) -> list[str]:
        """Write all values without units, none twice (long ones get a number)."""
        texts = [self.text(value) for value in self.values]
        return [
            f"{text} ({at + 1})" if texts.count(text) > 1 else text for at, text in enumerate(texts)
        ]


@dataclass(frozen=True)
class Axes:
    """Which levers the pictures show."""

    across: Lever | None  # `across`, `lines`, `panels`: levers with several values
    lines: Lever | None
    panels: Lever | None
    held: tuple[Lever, ...]  # further ones, shown at their usual values


def levers_of(manifest: Manifest) -> tuple[Lever, ...]:
    """Put the levers of a sweep into words, in the order of its file."""
    roles = _roles(manifest) if manifest.kind == "grid" else {}
    return tuple(
        _lever(key, tuple(map(_cell, values)), roles.get(key, ""), manifest.settings)
        for key, values in manifest.levers.items()
    )


def plan_in_words(name: str) -> str:
    """Name what a compared plan changes, ``key=value; key=value``, as a sweep does; a name that is
    none stays.

    >>> plan_in_words("policies.red_packets.fen_per_day=2000; group.size=50"), plan_in_words("my")
    ('20 CNY of packets a day, 50 members', 'my')
    >>> plan_in_words("policies.gathering.every_weeks=4")
    'gathering: every 4 weeks'
    >>> plan_in_words("policies.gate.fee_fen=500; policies.raffle.fen=1000")
    'entry fee: 5 CNY, raffle: 10 CNY'
    """
    said = []
    for change in name.split(";"):
        key, is_change, value = (part.strip() for part in change.partition("="))
        if not is_change:
            return name
        number: Cell = float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
        role = role_of(key)
        if key in ("people", "preset"):
            said.append(_(LAYERS[key], name=called(value)))
            continue
        spoken = role if "." in key and not isinstance(number, str) else ""
        said.append(Lever(key, (number,), number, spoken, named(key)).words(number))
    return _(", ").join(said)


def role_of(key: str) -> str:
    """Return the role that a key has in most scenarios, empty for none."""
    fields = {field: role for role, (_use, field) in FIELD_OF_ROLE.items()}
    return SIZE if key == "group.size" else fields.get(key.rpartition(".")[2], "")


def choose_axes(levers: Sequence[Lever]) -> Axes:
    """Choose what pictures show across, as lines and as panels: size, cadence, budget if varied."""
    free = [lever for lever in levers if lever.several]
    places: list[Lever | None] = [None, None, None]
    for at, role in enumerate((SIZE, CADENCE, BUDGET)):
        places[at] = next((lever for lever in free if lever.role == role), None)
    rest = [lever for lever in free if lever not in places]
    rest.sort(key=lambda lever: not lever.numeric)
    chosen = [place or (rest.pop(0) if rest else None) for place in places]
    shown = [*filter(None, chosen), None, None, None]
    return Axes(shown[0], shown[1], shown[2], tuple(rest))


def with_role(levers: Sequence[Lever], role: str) -> Lever | None:
    """Return the lever of a role that has several values, if any."""
    return next((lever for lever in levers if lever.role == role and lever.several), None)


def _roles(manifest: Manifest) -> dict[str, str]:
    """Say which lever is the size, which the cadence, which the budget; one each at most, those of
    several values first.
    """
    candidates = {SIZE: [key for key in manifest.levers if key == "group.size"]}
    for role, (use, field) in FIELD_OF_ROLE.items():
        names = {key: re.fullmatch(rf"policies\.(.+)\.{field}", key) for key in manifest.levers}
        candidates[role] = [
            key
            for key, name in names.items()
            if name and manifest.settings.get(f"policies.{name[1]}.use") == use
        ]
    return {
        max(keys, key=lambda key: len(manifest.levers[key]) > 1): role
        for role, keys in candidates.items()
        if keys
    }


def _lever(key: str, values: tuple[Cell, ...], role: str, settings: Mapping[str, Any]) -> Lever:
    own = _cell(settings.get(key))
    middle = values[(len(values) - 1) // 2] if values else ""
    usual = own if own in values else middle
    if role == BUDGET and 0 in values:
        usual = 0
    labels = N_({SIZE: "members", CADENCE: "posts a day", BUDGET: "red packets, CNY a day"})
    return Lever(key, values, usual, role, labels.get(role) or named(key))


def named(key: str) -> str:
    """Name a lever or parameter by its key, with its unit; by the key where it has no Chinese."""
    head, _dot, name = key.removeprefix("policies.").replace("_", " ").partition(".")
    known = parameters().get(key)
    label = name if known and head in name else f"{head} {name}".replace(".", " ")
    if language() != "en" and _(label) == label:
        return key
    unit = known.unit if known else ""
    return label if unit in ("", "word", "1") or unit in label else f"{label} ({unit})"


def _cell(value: Any) -> Any:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else value
