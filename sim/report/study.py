"""What can be compared of a sweep, and what a conclusion is: question, answer, definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.report import paired
from sim.report.levers import BUDGET, Lever, levers_of, with_role
from sim.report.worth import packet_worth
from sim.study.manifest import Manifest


@dataclass(frozen=True)
class Study:
    """The rows of a sweep that can be compared fairly, and what is known about them.

    Attributes
    ----------
    rows : pandas.DataFrame
        Complete replications.
    manifest : Manifest
    levers : tuple of Lever

    Examples
    --------
    >>> Study.__dataclass_fields__["levers"].name
    'levers'
    """

    rows: pd.DataFrame
    manifest: Manifest
    levers: tuple[Lever, ...]

    @cached_property
    def packet_worth(self) -> pd.DataFrame:
        """What every budget bought, as `sim.report.worth.packet_worth`; empty if not varied."""
        budget = with_role(self.levers, BUDGET)
        return packet_worth(self.rows, self.levers, budget) if budget else pd.DataFrame()

    @property
    def replications(self) -> int:
        """Number of complete replications."""
        return int(self.rows["replication"].nunique())

    @property
    def is_grid(self) -> bool:
        """Whether every value of a lever meets every value of the others, so that they compare."""
        return self.manifest.kind == "grid"

    @property
    def averaged(self) -> str:
        """Say over what the comparisons average, and what stands in round brackets."""
        others = (
            "averaged over all other levers; "
            if sum(lever.several for lever in self.levers) > 1
            else ""
        )
        return f"{others}in brackets 95 %, t over {self.replications} paired replications"

    @property
    def days(self) -> str:
        """Say how long the communities were seen."""
        if "run.days" in self.manifest.levers:
            return "the days seen"
        return f"{float(self.manifest.settings['run.days']):g} days"


@dataclass(frozen=True)
class Conclusion:
    """One of the five sentences.

    Attributes
    ----------
    question : str
    answer : str
        With its number and interval.
    definition : str
        Of what was counted, and how.

    Examples
    --------
    >>> Conclusion("How big", "100 members", "posting: ...").in_words()
    'How big: 100 members [posting: ...].'
    """

    question: str
    answer: str
    definition: str

    def in_words(self) -> str:
        """Write it as one sentence."""
        return f"{self.question}: {self.answer}{f' [{self.definition}]' * bool(self.definition)}."


def without_failures(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the communities that failed; whole numbers are whole again.

    Parameters
    ----------
    rows : pandas.DataFrame
        As from `sim.study.store.read_store`.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    >>> without_failures(pd.DataFrame({"point": [0, 1], "error": [None, "x"]}))["point"].tolist()
    [0]
    """
    if "error" not in rows:
        return rows
    good = rows[rows["error"].isna()]
    return good.astype(dict.fromkeys(good.columns[good.dtypes == "Int64"], "int64"))


def study_of(rows: pd.DataFrame, manifest: Manifest) -> Study:
    """Take the complete replications of a store.

    Parameters
    ----------
    rows : pandas.DataFrame
        As from `sim.study.store.read_store`.
    manifest : Manifest

    Returns
    -------
    Study
    """
    whole = paired.complete(without_failures(rows), len(manifest.scenarios))
    return Study(whole, manifest, levers_of(manifest))
