"""What a search for boxes found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from sim.study.discovering.chance import Doubt
from sim.study.discovering.prim import PeeledBox

TOLD_APART_ERRORS = 2.0


@dataclass(frozen=True)
class FoundBox:
    """A region of the lever space in which it happens more often than elsewhere.

    Attributes
    ----------
    box : PeeledBox
        Coverage and mass count all communities of the study.
    words : tuple of str
        Its limits.
    doubt : Doubt
    outside : float
        Share of the communities outside that are cases (of those not in an earlier box).
    gap, gap_error : float
        Density within less outside, mean over replications, and its Monte-Carlo error.

    Examples
    --------
    >>> box = PeeledBox((), 5, 10, 1.0, 0.5, 1.0, 0.0)
    >>> FoundBox(box, (), Doubt(0.01, 0.5, 1.0, {}), 0.1, 0.4, 0.3).told_apart
    False
    """

    box: PeeledBox
    words: tuple[str, ...]
    doubt: Doubt
    outside: float
    gap: float
    gap_error: float

    @property
    def told_apart(self) -> bool:
        """Whether within and outside differ by 2 Monte-Carlo errors or more."""
        return self.gap_error < math.inf and abs(self.gap) >= TOLD_APART_ERRORS * self.gap_error


@dataclass(frozen=True)
class Discovery:
    """What a search for boxes found.

    Attributes
    ----------
    outcome : str
        Column of the rows.
    case : str
        What counts as a case, in words.
    points, known, cases : int
        Points of the design, communities of which it is known, and in which it happened.
    boxes : tuple of FoundBox
        The first that no shuffled table explains, and those after it; a last one found by chance
        stands only where it is the first.
    trajectory : pandas.DataFrame
        Of the first box: a row a step with ``step``, ``coverage``, ``density``, ``mass``,
        ``separation``, ``limits``, ``box`` (in words).
    left_out : tuple of str
        Levers of too many words.
    seed : int
        Of the shuffles and halves.
    origin : dict of str to str
        All that decides the numbers of the study searched, and what a case is.

    Examples
    --------
    >>> Discovery.__dataclass_fields__["cases"].name
    'cases'
    """

    outcome: str
    case: str
    points: int
    known: int
    cases: int
    boxes: tuple[FoundBox, ...]
    trajectory: pd.DataFrame
    left_out: tuple[str, ...]
    seed: int
    origin: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Lay the boxes out, one row each."""
        return pd.DataFrame(
            {
                "box": " and ".join(found.words) or "everywhere",
                "coverage": found.box.coverage,
                "density": found.box.density,
                "mass": found.box.mass,
                "cases": found.box.cases,
                "communities": found.box.known,
                "density_outside": found.outside,
                "difference": found.gap,
                "difference_error": found.gap_error,
                "told_apart": found.told_apart,
                "density_at_new_points": found.doubt.new_density,
                "coverage_at_new_points": found.doubt.new_coverage,
                "shuffled_as_good": found.doubt.shuffled_as_good,
                "by_chance": found.doubt.by_chance,
            }
            for found in self.boxes
        )
