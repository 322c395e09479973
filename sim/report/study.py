"""What can be compared of a sweep, what its packets bought, and what a conclusion is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.language import N_, _
from sim.report.levers import BUDGET, SIZE, Lever, levers_of, with_role
from sim.report.uncertainty import by_particle, complete, over_particles, particles_of
from sim.stats.intervals import Estimate, estimate, ratio_of_means
from sim.study.manifest import Manifest

EVERY = "all"
FEN_PER_HUNDRED_CNY = 10_000.0
PRICED = ("posting_member_days", "operator_fen_claimed")

SHARE_METHOD = N_("Wilson at the effective number of communities")


@dataclass(frozen=True)
class Study:
    """The rows of a sweep that can be compared fairly, and what is known about them."""

    # complete replications; with a posterior as from `sim.report.uncertainty.by_particle`
    rows: pd.DataFrame
    manifest: Manifest  # of the points alone
    levers: tuple[Lever, ...]

    @cached_property
    def packet_worth(self) -> pd.DataFrame:
        """What every budget bought, as `packet_worth`; empty if not varied."""
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
        text = _("in brackets 95 %, t over {replications} paired replications{also}")
        if len(self.several) > 1:
            text = _(
                "averaged over all other levers; in brackets 95 %, t over {replications} paired "
                "replications{also}"
            )
        return text.format(replications=self.replications, also=self._also)

    @property
    def _also(self) -> str:
        if self.particles == 1:
            return ""
        return _(" and {particles} parameter sets", particles=self.particles)

    @property
    def weighted(self) -> str:
        """Say that a number is a mean over parameter sets, without their spread in its interval."""
        if self.particles == 1:
            return ""
        text = _(", means over {particles} parameter sets whose spread is not in it")
        return text.format(particles=self.particles)

    @property
    def method(self) -> str:
        """Name the intervals of means."""
        text = _("t over {replications} replications{also}")
        return text.format(replications=self.replications, also=self._also)

    @property
    def share_method(self) -> str:
        """Name the intervals of shares."""
        if self.particles > 1:
            return self.method
        text = _("{method} ({replications} replications)")
        return text.format(method=_(SHARE_METHOD), replications=self.replications)

    @property
    def days(self) -> str:
        """Say how long the communities were seen."""
        if "run.days" in self.manifest.levers:
            return _("the days seen")
        return _("{days} days", days=f"{float(self.manifest.settings['run.days']):g}")

    @property
    def by_day(self) -> str:
        """Say by when something has not happened yet."""
        if "run.days" in self.manifest.levers:
            return _("by their last day")
        return _("by day {day}", day=f"{float(self.manifest.settings['run.days']):g}")


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


@dataclass(frozen=True)
class PacketWorth:
    """Extra days on which members posted and CNY claimed, against no packet with the same seeds."""

    pairs: int  # groups played twice, with and without packets
    # mean difference of the days on which members of a group posted, those after the last packet
    # included
    extra_member_days: float
    claimed_cny: float  # mean difference of what members claimed of operators' packets
    per_100_cny: Estimate  # ratio of the two means, by the delta method; NaN: nothing was claimed
    clear: bool  # whether the extra days are at least 2 Monte-Carlo errors from none

    @property
    def known(self) -> bool:
        """Whether anything was claimed, so that there is a price."""
        return self.pairs > 0 and not np.isnan(self.per_100_cny.value)


def what_a_packet_buys(
    rows_with: pd.DataFrame, rows_without: pd.DataFrame, on: Sequence[str] = ("replication",)
) -> PacketWorth:
    """Compare groups with packets to the same, paired by `on`, without any; differences of a
    replication at several points are added first, as they share its seed. Members' own packets are
    no price.
    """
    wanted = list(dict.fromkeys(["replication", *on, *PRICED]))
    both = rows_with[wanted].merge(rows_without[wanted], on=list(on), suffixes=("", "_without"))
    gained, paid = (
        (both[name] - both[f"{name}_without"]).groupby(both["replication"]).sum() for name in PRICED
    )
    paid = paid / FEN_PER_HUNDRED_CNY
    points = len(both) / len(gained) if len(gained) else np.nan
    more_days, hundreds = estimate(gained), estimate(paid)
    return PacketWorth(
        len(both),
        more_days.value / points,
        100.0 * hundreds.value / points,
        ratio_of_means(gained, paid),
        more_days.clear,
    )


def packet_worth(rows: pd.DataFrame, levers: Sequence[Lever], budget: Lever) -> pd.DataFrame:
    """Compare every budget with none in complete replications, over all points (`EVERY`) and by
    size, pairs alike in all other levers: ``budget``, ``size``, both in words (``packets``,
    ``who``), ``worth`` (a `PacketWorth`); empty without points of no packets.
    """
    found = []
    size = with_role(levers, SIZE)
    on = ["replication", *(lever.key for lever in levers if lever is not budget)]
    for value in (one for one in budget.values if one and 0 in budget.values):
        for members in (EVERY, *(size.values if size else ())):
            own = rows if members == EVERY or not size else rows[rows[size.key] == members]
            paid, unpaid = (own[own[budget.key] == one] for one in (value, 0))
            who = size.words(members) if size and members != EVERY else "all points"
            worth = what_a_packet_buys(paid, unpaid, on)
            found.append((value, members, budget.words(value), who, worth))
    return pd.DataFrame(found, columns=["budget", "size", "packets", "who", "worth"])
