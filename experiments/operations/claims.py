"""The claims: what the tables are said to show, step by step, and whether each step holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from experiments.operations.plays import (
    DEATHS,
    GAIN,
    GAIN_PER_CNY,
    HALF,
    LOOKS,
    MOST,
    Frame,
)
from sim.stats.intervals import Estimate, estimate

HOLDS, UNCLEAR, REVERSED = "holds", "no clear difference", "does not hold"


@dataclass(frozen=True)
class Step:
    """More of an outcome in the second play than in the first, or a level within limits."""

    table: str
    outcome: str
    first: str  # empty for a level
    second: str
    low: float = 0.0  # of a difference: above it; of a level: at least
    high: float = np.inf

    def measured(self, frames: Mapping[str, Frame]) -> Estimate:
        """Return second less first over replications, paired; or the level of the second."""
        table = frames[self.table].pivot(index="replication", columns="label", values=self.outcome)
        second = table[self.second]
        return estimate(second - table[self.first] if self.first else second)

    def verdict(self, found: Estimate) -> str:
        """Say whether it holds: the interval lies within the limits, or beside them."""
        if np.isnan(found.error) or (self.first and not found.error):
            return UNCLEAR  # the pairs are alike, or there are none
        if found.upper < self.low or found.lower > self.high:
            return REVERSED
        return HOLDS if found.lower > self.low and found.upper < self.high else UNCLEAR

    @property
    def text(self) -> str:
        """Name it in a line."""
        if not self.first:
            return f"{self.outcome}, {self.second}: {self.low:g} to {self.high:g}"
        return f"{self.outcome}: more under '{self.second}' than '{self.first}'"


@dataclass(frozen=True)
class Claim:
    """Something said about operators: it holds when every step does."""

    text: str
    steps: Sequence[Step]

    def verdict(self, frames: Mapping[str, Frame]) -> str:
        """Return the worst of its steps."""
        found = {step.verdict(step.measured(frames)) for step in self.steps}
        return next(one for one in (REVERSED, UNCLEAR, HOLDS) if one in found)


def rising(table: str, outcome: str, *labels: str) -> Iterator[Step]:
    """Say that an outcome rises from each play to the next."""
    return (Step(table, outcome, first, second) for first, second in pairwise(labels))


POSTING, VERDICT, HEADLINE = "posting_members_per_day", "satisfaction", DEATHS[0]
QUALITIES = [f"quality {q}" for q in ("0", "0.3", "0.6", "1", "1.5", "3")]
ADS = ("nothing", "0.5 ad", "1 ad", "2 ad", "4 ad", "8 ad")
BY_KIND = ("2 ad", "2 greeting", "2 content")
CLAIMS = (
    Claim("the worse the posts, the more groups die", [
        *rising("quality", HEADLINE, "quality 1", "quality 0.6", "quality 0.3", "quality 0")]),
    Claim("the better the posts, the more members post", [*rising("quality", POSTING, *QUALITIES)]),
    Claim("the better the posts, the better the verdict", [
        *rising("quality", VERDICT, *QUALITIES)]),
    Claim("the better the posts, the more trust", [*rising("quality", "trust", *QUALITIES)]),
    Claim("death by kind: content, nothing, one ad, eight ads", [
        *rising("death", HEADLINE, "1 content", "nothing", "1 ad", "8 ad")]),
    Claim("posting by kind: ads, nothing, greetings, content", [
        *rising("cadence", POSTING, "2 ad", "nothing", "2 greeting", "2 content")]),
    Claim("verdict by kind: ads, greetings, content", [*rising("cadence", VERDICT, *BY_KIND)]),
    Claim("ads mute more members than content, content more than nothing", [
        *rising("cadence", "muted_share", "nothing", "2 content", "2 ad")]),
    Claim("ads drive more members away than content, content more than nothing", [
        *rising("cadence", "leaves", "nothing", "2 content", "2 ad")]),
    Claim("content has an inner best cadence: 4 a day beat none and 20", [
        *rising("cadence", POSTING, "nothing", "4 content"),
        *rising("cadence", POSTING, "50 content", "20 content", "4 content")]),
    Claim("greetings are best fewer a day than content: 1 beat 4", [
        *rising("cadence", POSTING, "nothing", "1 greeting"),
        *rising("cadence", POSTING, "8 greeting", "4 greeting", "1 greeting"),
        *rising("cadence", POSTING, "1 content", "4 content")]),
    Claim("every greeting costs verdict", [
        *rising("cadence", VERDICT, "8 greeting", "4 greeting", "2 greeting", "1 greeting",
                "nothing")]),
    Claim("every ad a day more costs posting", [*rising("cadence", POSTING, *ADS[::-1])]),
    Claim("every ad a day more mutes", [*rising("cadence", "muted_share", *ADS)]),
    Claim("a steady team holds: silent in week 17 in less than .1", [
        Step("fading", "silent_last_week", "", "1 content", -1.0, 0.1)]),
    Claim("a fading team dies: silent in week 17 in more than .5", [
        Step("fading", "silent_last_week", "", "1 content, fading", 0.5),
        *rising("fading", "silent_last_week", "1 content", "1 content, fading")]),
    Claim("a fading team dies sooner than one that never began", [
        *rising("fading", "silent_last_week", "nothing", "1 content, fading")]),
    Claim("20 CNY in 25 shares buy more posting than 5 in 100", [
        *rising("packets", GAIN, "5 CNY in 100", "20 CNY in 25")]),
    Claim("20 CNY in 25 shares buy more posting for each CNY than 5 in 100", [
        *rising("packets", GAIN_PER_CNY, "5 CNY in 100", "20 CNY in 25")]),
    Claim("more money buys more", [
        *rising("packets", GAIN, "5 CNY in 10", "20 CNY in 25", "100 CNY in 25", "400 CNY in 10")]),
    Claim("more money buys less for each CNY", [
        *rising("packets", GAIN_PER_CNY, "400 CNY in 10", "100 CNY in 25", "20 CNY in 25")]),
)  # fmt: skip
HOUR_CLAIMS = (
    Claim("a post at 20:00 draws more looks within an hour than one at 03:00", [
        *rising("hour", LOOKS, "03:00", "20:00")]),
    Claim("100 CNY in 25 among 350 awake: half gone within 10 minutes, 90 % within 30", [
        Step("race", HALF, "", "day 3 20:30, 100 CNY in 25", 0.0, 10.0),
        Step("race", MOST, "", "day 3 20:30, 100 CNY in 25", 0.0, 30.0)]),
    Claim("100 CNY in 100 among 350 awake: 90 % gone within 30 minutes", [
        Step("race", MOST, "", "day 3 20:30, 100 CNY in 100", 0.0, 30.0)]),
    Claim("a packet at 03:00 lasts longer than one at 20:30", [
        *rising("race", HALF, "day 3 20:30, 100 CNY in 25", "day 3 03:00, 100 CNY in 25")]),
)  # fmt: skip

SILENT_LOW, SILENT_HIGH = 0.8, 0.95
"""Share silent within 7 days that is told of groups of strangers; nothing is set to reach it."""

DEAD_EARLY = "dead_silence_7d_by_day7"


def where_dead_early(frames: Mapping[str, Frame]) -> list[tuple[str, str, Estimate, bool]]:
    """Return of each play of strangers the share silent for 7 days by day 7, and if it is so."""
    found = []
    for table in ("strangers26", "strangers100"):
        for label, of in frames[table].groupby("label", sort=False):
            one = estimate(of[DEAD_EARLY])
            found.append((table, str(label), one, SILENT_LOW <= one.value <= SILENT_HIGH))
    return found
