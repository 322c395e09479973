"""Published effects of what operators do, and how a simulated treatment is held to each of them.

A row a study: whether the simulated effect lies on the field's side of no effect, and in its band.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.stats.intervals import Estimate
from sim.validation.rooms import shipped_table

RATIO, DIFFERENCE, ORDER, BAND = "ratio", "difference", "order", "band"
NO_EFFECT = {RATIO: 1.0, DIFFERENCE: 0.0}
"""How a row is judged: by the side of no effect, by the order of a curve, or by its band alone."""

IN_BAND, SIGN_RIGHT, MISSED, NOT_APPLICABLE = "in band", "sign right", "missed", "not applicable"
COUNTED, CONTESTED = ("band", "sign"), "show both"

SMALL = 0.1
"""Distance from no effect of an effect of which only the sign was published."""


@dataclass(frozen=True)
class Published:
    """An effect that was published, as the table of them holds it."""

    id: str
    lever: str
    treatment: str
    outcome: str
    measure: str
    value: str  # one number or several with ; between them; empty for a sign alone
    low: float  # band of acceptance; NaN: none
    high: float
    horizon: str
    where: str
    grade: str
    source: str
    use: str  # begins with band or sign where the row counts
    judged: str  # RATIO, DIFFERENCE, ORDER or BAND
    side: str  # + or -, the field's side of no effect, with ; between parts of a row
    sets: str  # parameters that were set by it, with ; between them
    needs: str  # what the model lacks; empty where the row is played
    played: str  # in which people, what is done, and what the numbers are

    @property
    def values(self) -> tuple[float, ...]:
        """The published numbers."""
        return tuple(float(part) for part in self.value.split(";") if part)

    @property
    def sides(self) -> tuple[int, ...]:
        """The field's side of no effect, 1 or -1, of each part of the row."""
        return tuple(1 if part == "+" else -1 for part in self.side.split(";") if part)

    @property
    def counts(self) -> bool:
        """Whether the row enters the sums."""
        return self.use.startswith(COUNTED)

    @property
    def has_band(self) -> bool:
        """Whether a band judges the row besides its sign."""
        return self.use.startswith(BAND)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Keys of the parameters that were set by it."""
        return tuple(filter(None, self.sets.split(";")))


PUBLISHED: Mapping[str, Published] = {
    row["id"]: Published(**row)
    for row in shipped_table("benchmark.csv")
    .fillna({"value": "", "side": "", "needs": "", "sets": "", "played": ""})
    .to_dict("records")
}


@dataclass(frozen=True)
class Finding:
    """A published effect beside the simulated one."""

    published: Published
    estimates: tuple[Estimate, ...] = ()  # one a part of the row; none: not simulated
    groups: int = 0

    @property
    def is_sign_right(self) -> bool:
        """Whether each part lies, its 95 % interval too, on the field's side of no effect.

        A curve: whether it has the field's order. A row without a side: whether it is in band.
        """
        one, found = self.published, self.estimates
        if not found or any(math.isnan(part.value) for part in found):
            return False
        if one.judged == ORDER:
            return _order([part.value for part in found]) == _order(one.values)
        if one.judged == BAND:
            return self._is_inside
        none = NO_EFFECT[one.judged]
        return all(
            part.lower > none if side > 0 else part.upper < none
            for part, side in zip(found, one.sides, strict=True)
        )

    @property
    def is_in_band(self) -> bool:
        """Whether the sign is right and every part lies in the band, where there is one."""
        return self.published.has_band and self.is_sign_right and self._is_inside

    @property
    def _is_inside(self) -> bool:
        low, high = self.published.low, self.published.high
        return all(low <= part.value <= high for part in self.estimates)

    @property
    def times_more(self) -> float:
        """How many times the groups it takes until the row is exact, 1 or more: until half of each
        interval is at most half as long as the published effect is far from no effect.

        Where it is a curve, as its nearest points are apart; a share, as its band's end is far.
        """
        wide = [one.upper - one.lower for one in self.estimates]
        worst = float(np.max(np.array(wide) / self._distances(), initial=0.0)) ** 2
        return 2.0 if math.isnan(worst) else max(1.0, worst)

    def _distances(self) -> np.ndarray:
        one, parts = self.published, len(self.estimates)
        values = np.array(one.values)
        if one.judged == ORDER:
            middle = np.mean([part.value for part in self.estimates])
            return np.full(parts, np.diff(np.sort(values)).min() / values.mean() * middle)
        if one.judged == BAND:
            return np.minimum(values - one.low, one.high - values)
        if not len(values):
            return np.full(parts, SMALL)
        return np.abs(values - NO_EFFECT[one.judged])

    @property
    def verdict(self) -> str:
        """What the row says, in a word or two."""
        if not self.estimates:
            return NOT_APPLICABLE
        if not self.is_sign_right:
            return MISSED
        inside = self.is_in_band or self.published.judged == BAND
        return IN_BAND if inside else SIGN_RIGHT

    def record(self) -> dict[str, Any]:
        """Return the row as plain values, what is no number as None."""

        def plain(value: Any) -> Any:
            return None if isinstance(value, float) and not math.isfinite(value) else value

        parts = [
            {name: plain(getattr(part, name)) for name in ("value", "lower", "upper")}
            for part in self.estimates
        ]
        return {
            **{name: plain(value) for name, value in asdict(self.published).items()},
            "counts": self.published.counts,
            "simulated": parts,
            "groups": self.groups,
            "exact": self.times_more == 1.0,
            "sign_right": self.is_sign_right,
            "in_band": self.is_in_band,
            "verdict": self.verdict,
        }


def _order(values: Sequence[float]) -> list[int]:
    """Return the places of values from the least to the largest, of equal ones the first first.

    >>> _order([0.1, 0.37, 0.33])
    [0, 2, 1]
    """
    return sorted(range(len(values)), key=values.__getitem__)


@dataclass(frozen=True)
class Sums:
    """How many rows that count are right."""

    rows: int
    signs_right: int
    bands: int  # rows with a band
    in_band: int
    not_applicable: int  # these count as missed
    set_rows: int  # rows by which a parameter was set


def sums(findings: Sequence[Finding]) -> Sums:
    """Count the rows whose use begins with band or sign."""
    counted = [one for one in findings if one.published.counts]
    return Sums(
        rows=len(counted),
        signs_right=sum(one.is_sign_right for one in counted),
        bands=sum(one.published.has_band for one in counted),
        in_band=sum(one.is_in_band for one in counted),
        not_applicable=Counter(one.verdict for one in counted)[NOT_APPLICABLE],
        set_rows=sum(bool(one.published.sets) for one in counted),
    )
