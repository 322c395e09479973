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
    """A region of the lever space in which it happens more often than elsewhere."""

    box: PeeledBox  # coverage and mass count all communities of the study
    words: tuple[str, ...]  # its limits
    doubt: Doubt
    outside: float  # share of cases outside, of those not in an earlier box
    gap: float  # density within less outside, mean over replications, and its error
    gap_error: float

    @property
    def told_apart(self) -> bool:
        """Whether within and outside differ by 2 Monte-Carlo errors or more."""
        return self.gap_error < math.inf and abs(self.gap) >= TOLD_APART_ERRORS * self.gap_error


@dataclass(frozen=True)
class Discovery:
    """What a search for boxes found."""

    outcome: str  # column of the rows
    case: str  # what counts as a case, in words
    points: int  # of the design; communities of which it is known, and in which it happened
    known: int
    cases: int
    # those no shuffled table explains, and one found by chance if it is the first
    boxes: tuple[FoundBox, ...]
    trajectory: pd.DataFrame  # of the first box, a row a step
    left_out: tuple[str, ...]  # levers of too many words
    seed: int  # of the shuffles and halves
    # all that decides the numbers, and what a case is
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
