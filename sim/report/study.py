"""What can be compared of a sweep, and what a conclusion is: question, answer, definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.report.levers import BUDGET, Lever, levers_of, with_role
from sim.report.packets import packet_worth
from sim.report.uncertainty import by_particle, complete, over_particles, particles_of
from sim.study.manifest import Manifest

SHARE_METHOD = "Wilson at the effective number of communities"


@dataclass(frozen=True)
class Study:
    """The rows of a sweep that can be compared fairly, and what is known about them."""

    # complete replications; with a posterior as from `sim.report.uncertainty.by_particle`
    rows: pd.DataFrame
    manifest: Manifest  # of the points alone
    levers: tuple[Lever, ...]

    @cached_property
    def packet_worth(self) -> pd.DataFrame:
        """What every budget bought, as `sim.report.packets.packet_worth`; empty if not varied."""
        budget = with_role(self.levers, BUDGET)
        return packet_worth(self.averaged, self.levers, budget) if budget else pd.DataFrame()

    @cached_property
    def averaged(self) -> pd.DataFrame:
        """One row a point and replication: averaged over the parameter sets where there are any."""
        return over_particles(self.rows)

    @property
    def several(self) -> list[Lever]:
        """The levers with more than one value."""
        return [lever for lever in self.levers if lever.several]

    @property
    def particles(self) -> int:
        """Number of different parameter sets, 1 without a posterior."""
        return max(1, len(particles_of(self.manifest)))

    @property
    def replications(self) -> int:
        """Number of complete replications."""
        return int(self.rows["replication"].nunique())

    @property
    def is_grid(self) -> bool:
        """Whether every value of a lever meets every value of the others, so that they compare."""
        return self.manifest.kind == "grid"

    @property
    def how_averaged(self) -> str:
        """Say over what the comparisons average, and what stands in round brackets."""
        others = "averaged over all other levers; " if len(self.several) > 1 else ""
        return (
            f"{others}in brackets 95 %, t over {self.replications} paired replications{self._also}"
        )

    @property
    def _also(self) -> str:
        return f" and {self.particles} parameter sets" if self.particles > 1 else ""

    @property
    def weighted(self) -> str:
        """Say that a number is a mean over parameter sets, without their spread in its interval."""
        if self.particles == 1:
            return ""
        return f", means over {self.particles} parameter sets whose spread is not in it"

    @property
    def method(self) -> str:
        """Name the intervals of means."""
        return f"t over {self.replications} replications{self._also}"

    @property
    def share_method(self) -> str:
        """Name the intervals of shares."""
        if self.particles > 1:
            return self.method
        return f"{SHARE_METHOD} ({self.replications} replications)"

    @property
    def days(self) -> str:
        """Say how long the communities were seen."""
        if "run.days" in self.manifest.levers:
            return "the days seen"
        return f"{float(self.manifest.settings['run.days']):g} days"

    @property
    def by_day(self) -> str:
        """Say by when something has not happened yet."""
        days = self.days.removesuffix(" days")
        return f"by day {days}" if days != self.days else "by their last day"


@dataclass(frozen=True)
class Conclusion:
    """One of the five sentences."""

    question: str
    answer: str  # with its number and interval
    definition: str  # of what was counted, and how

    def in_words(self) -> str:
        """Write it as one sentence."""
        return f"{self.question}: {self.answer}{f' [{self.definition}]' * bool(self.definition)}."


def without_failures(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the communities that failed; whole numbers are whole again.

    >>> without_failures(pd.DataFrame({"point": [0, 1], "error": [None, "x"]}))["point"].tolist()
    [0]
    """
    if "error" not in rows:
        return rows
    good = rows[rows["error"].isna()]
    return good.astype(dict.fromkeys(good.columns[good.dtypes == "Int64"], "int64"))


def study_of(rows: pd.DataFrame, manifest: Manifest) -> Study:
    """Take the complete replications of a store."""
    rows, manifest = by_particle(rows, manifest)
    rounds = len(manifest.scenarios) * max(1, len(particles_of(manifest)))
    whole = complete(without_failures(rows), rounds)
    return Study(whole, manifest, levers_of(manifest))
