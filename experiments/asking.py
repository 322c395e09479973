"""How a question is asked: plans played on the same random numbers, and what is read off them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import typer

from sim import Scenario, load_scenario
from sim.cases import number_of, play
from sim.kinds import PEOPLE, PRESET
from sim.language import LANGUAGES, _, _Spaced, in_language
from sim.lives.outcomes import ALIVE, TRUTH, outcomes_by_name
from sim.params import parameters
from sim.report.uncertainty import alike, spanned
from sim.scenario.loading import configs
from sim.scenario.scenario import value_of
from sim.state import Array
from sim.stats.intervals import Estimate, estimate, wilson_interval
from sim.stats.paired import PairedDifference, paired_difference
from sim.study.compare import Alternative, Played, design_of
from sim.study.store import OtherStudyError
from sim.study.sweep import sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS, TOY_GROUPS, TOY_MEMBERS, TOY_DAYS, TOY_KEYS = 100, 2, 8, 16, 1
FACTORS, AT_MOST = (0.5, 2.0), 2
KNOWN = {**outcomes_by_name(), ALIVE.name: ALIVE}


@dataclass(frozen=True)
class Both:
    """A text in English and Chinese."""

    en: str
    zh: str

    def format(self, **values: Any) -> Both:
        """Fill in the fields of both; a field that is itself `Both` gets its own language."""
        english, chinese = (
            {key: getattr(one, of) if isinstance(one, Both) else one for key, one in values.items()}
            for of in LANGUAGES
        )
        return Both(self.en.format(**english), _Spaced(self.zh).format(**chinese))

    def __add__(self, other: Both) -> Both:
        """Put a sentence after another."""
        return Both(f"{self.en} {other.en}", f"{self.zh}{other.zh}")


@dataclass(frozen=True)
class Rows:
    """Plans that were played on shared random numbers."""

    played: Played

    def values(self, plan: str, outcome: str) -> Array:
        """Return an outcome of a plan: array [1, group], in the outcome's unit."""
        at = self.played.names.index(plan)
        found: Array = self.played.values(outcome)[at]
        return found

    def mean(self, plan: str, outcome: str) -> Estimate:
        """Estimate an outcome of a plan, with its 95 % interval over groups."""
        values = self.values(plan, outcome)[0]
        return _share(values) if _is_truth(outcome) else estimate(values[~np.isnan(values)])

    def gap(self, plan: str, against: str, outcome: str) -> PairedDifference:
        """Say how far a plan lies above another, group by group."""
        first, second = self.values(against, outcome), self.values(plan, outcome)
        return paired_difference(first, second, np.ones(1), _is_truth(outcome))

    def best(self, outcome: str) -> str:
        """Name the plan whose mean is highest."""
        return max(self.played.names, key=lambda plan: self.mean(plan, outcome).value)

    def table(self, *outcomes: str) -> pd.DataFrame:
        """Return a row a plan and outcome: mean, lower, upper, groups."""
        rows = [
            (plan, name, one.value, *one.interval, one.replications)
            for plan in self.played.names
            for name in outcomes
            for one in [self.mean(plan, name)]
        ]
        return pd.DataFrame(rows, columns=["plan", "outcome", "mean", "lower", "upper", "groups"])

    def unbeaten(self, plans: Sequence[str], outcome: str) -> list[str]:
        """Name the plans, in their order, that no other beats clearly and by as much as matters."""
        return [one for one in plans if not any(self._beats(x, one, outcome) for x in plans)]

    def _beats(self, plan: str, other: str, outcome: str) -> bool:
        gap = self.gap(plan, other, outcome)
        return gap.lower > 0.0 and gap.difference >= KNOWN[outcome].smallest_that_matters(
            gap.first, gap.second
        )

    def gaps(self, against: Mapping[str, str], outcome: str) -> pd.DataFrame:
        """Return a row a plan: how far it lies above the one it is held against, for a picture."""
        rows = [
            (plan, other, outcome, one.difference, one.lower, one.upper)
            for plan, other in against.items()
            for one in [self.gap(plan, other, outcome)]
        ]
        return pd.DataFrame(rows, columns=["plan", "against", "outcome", "mean", "lower", "upper"])

    def per(
        self, plans: tuple[str, str], nothing: str, outcome: str, paid: str, unit: float
    ) -> PairedDifference:
        """Compare what each `unit` paid on average brings of an outcome above `nothing`."""
        usual = self.values(nothing, outcome)
        first, second = (
            (self.values(one, outcome) - usual) * unit / max(1.0, self.mean(one, paid).value)
            for one in plans
        )
        return paired_difference(first, second, np.ones(1))

    def after(self, first: Rows, outcome: str) -> Rows:
        """Count only what came after the first days, for which the same plans were played too."""
        keys = ["point", "replication"]
        rows, before = (one.played.rows.set_index(keys) for one in (self, first))
        rows[outcome] = rows[outcome] - before[outcome]
        return Rows(replace(self.played, rows=rows.reset_index()))


def _is_truth(outcome: str) -> bool:
    return KNOWN[outcome].unit == TRUTH


def _share(values: Array) -> Estimate:
    kept = values[~np.isnan(values)]
    low, high = wilson_interval(float(kept.sum()), len(kept))
    error = float(kept.std() / max(1, len(kept)) ** 0.5)
    return Estimate(float(kept.mean()), float(low), float(high), error, len(kept))


@cache
def _say_anew(folder: Path) -> None:
    typer.echo(f"{folder}: the plans or the code changed; they are played anew", err=True)


@dataclass(frozen=True)
class Asking:
    """How a question is played: its folder, how many groups, and whether as a toy."""

    folder: Path
    groups: int = GROUPS
    toy: bool = False

    def small(self, scenario: Scenario) -> Scenario:
        """Cut a scenario down to a toy, where only a toy is wanted."""
        if not self.toy:
            return scenario
        now = {key: value_of(scenario, key) for key in ("group.size", "run.days")}
        most = {"group.size": TOY_MEMBERS, "run.days": TOY_DAYS}
        return scenario.with_values({key: min(most[key], now[key]) for key in now})

    def play(
        self, plans: Mapping[str, Scenario], part: str = "plans", groups: int | None = None,
        portfolio_groups: int = 1,
    ) -> Rows:  # fmt: skip
        """Play plans on the same random numbers; the same again reads what was played."""
        wanted = max(2, TOY_GROUPS if self.toy else groups or self.groups) * portfolio_groups
        small = {name: self.small(one) for name, one in plans.items()}
        place = self.folder / part
        try:
            return Rows(play(small, place, wanted, portfolio_groups))
        except OtherStudyError:
            _say_anew(self.folder)
        design = design_of([Alternative(*one) for one in small.items()], wanted)
        sweep(design, place, force_new=True)
        return Rows(play(small, place, wanted, portfolio_groups))

    def hangs_on(
        self,
        plans: tuple[Scenario, Scenario],
        outcome: str,
        keys: Sequence[str],
        what: Both,
        scale: float = 1.0,
    ) -> Both:
        """Halve and double assumptions in both plans, and say which moves their difference most.

        The difference is of the second plan less the first, in the outcome's unit times `scale`;
        `what` names it.
        """
        return Hanging(self, plans, outcome, keys, scale).said(what)


@dataclass(frozen=True)
class Hanging:
    """A difference between two plans, and how far each assumption halved or doubled moves it."""

    asking: Asking
    plans: tuple[Scenario, Scenario]
    outcome: str
    keys: Sequence[str]
    scale: float

    @cached_property
    def groups(self) -> int:
        """Groups of each version."""
        return max(20, self.asking.groups // 2)

    def gap(self, part: str, values: Mapping[str, float | int]) -> PairedDifference:
        """Play both plans with some values moved."""
        both = {name: one.with_values(values) for name, one in zip("ab", self.plans, strict=True)}
        return self.asking.play(both, f"assumed/{part}", self.groups).gap("b", "a", self.outcome)

    def said(self, what: Both) -> Both:
        """Say which assumption moves the difference most, and whether it turns it."""
        usual, moved = self.gap("usual", {}), dict[tuple[str, float], PairedDifference]()
        for key in self.keys[: TOY_KEYS if self.asking.toy else None]:
            one, now = parameters()[key], self.now(key)
            for factor in FACTORS:
                value = min(max(now * factor, one.low), one.high)
                value = round(value) if one.integer else round(value, 12)
                if value != now:
                    moved[key, value] = self.gap(f"{key}={value:g}", {key: value})
        (key, value), most = max(
            moved.items(), key=lambda each: abs(each[1].difference - usual.difference)
        )
        return HANGS.format(
            key=key, meaning=meaning_of(key), known=GRADES[parameters()[key].grade], what=what,
            now=f"{self.now(key):.3g}", value=f"{value:.3g}",
            usual=self.number(usual), moved=self.number(most),
        ) + turns(_side(usual), [_side(one) for one in moved.values()], self.groups)  # fmt: skip

    def now(self, key: str) -> float:
        """Return what an assumption is."""
        return number_of(self.plans[0], key)

    def number(self, gap: PairedDifference) -> Both:
        """Write a difference with its interval."""
        return of_hundred(gap) if _is_truth(self.outcome) else of_gap(gap, self.scale)


HANGS = Both(
    "Most hangs on “{meaning}” ({key}; {known}): changed from {now} to {value}, it moves {what} "
    "from {usual} to {moved}.",
    "最要紧的是“{meaning}”（{key}，{known}）：从 {now} 改为 {value}，{what}从 {usual} "
    "变为 {moved}。",
)
TURNS = Both(
    "The answer turns in {turned} of {versions} versions (each assumption halved or doubled, "
    "{groups} groups each) and grows unclear in {other}.",
    "{versions} 种改法（各假设分别减半或加倍，每种 {groups} 个群）里，{turned}使结论反过来，"
    "{other}使结论看不出来。",
)
STANDS = Both(
    "None of {versions} versions (each assumption halved or doubled, {groups} groups each) turns "
    "the answer or makes it unclear.",
    "{versions} 种改法（各假设分别减半或加倍，每种 {groups} 个群）里，"
    "没有一种使结论反过来或看不出来。",
)
CLEARS = Both(
    "It is no clear difference, and becomes one in {other} of {versions} versions (each assumption "
    "halved or doubled, {groups} groups each).",
    "这个差别本来看不出来；{versions} 种改法（各假设分别减半或加倍，每种 {groups} 个群）里，"
    "{other}能看出来。",
)


def turns(usual: int, sides: Sequence[int], groups: int) -> Both:
    """Say in how many versions an answer turns: sides are 1, -1, or 0 where nothing is clear."""
    turned = sum(side * usual < 0 for side in sides)
    other = sum(side != usual for side in sides) - turned
    text = TURNS if turned + other else STANDS
    return (text if usual else CLEARS).format(
        turned=_count(turned), other=_count(other), versions=len(sides), groups=groups
    )


def _count(number: int) -> Both:
    return Both(f"{number}", f"{number} 种") if number else Both("none", "没有一种")


GRADES = {
    "A": Both("from field data", "来自实地数据"), "L": Both("from chat logs", "来自聊天记录"),
    "B": Both("from secondary sources", "来自二手资料"), "C": Both("an assumption", "属假设"),
}  # fmt: skip


def _side(gap: PairedDifference) -> int:
    return 0 if gap.lower <= 0.0 <= gap.upper else int(np.sign(gap.difference))


PLAINLY = {
    "habit.team_gain": Both("weight of relief felt from the team's messages",
                            "团队消息带来的满足的权重"),
    "novelty.activity_messages": Both("how soon activities lose their novelty",
                                      "活动多快不再新鲜"),
    "novelty.content_messages": Both("how soon content loses its novelty", "干货多快不再新鲜"),
}  # fmt: skip


def meaning_of(key: str) -> Both:
    """Return what a parameter means, in both languages, without what switches it off."""
    long = in_both(lambda: parameters()[key].meaning)
    return PLAINLY.get(key, Both(long.en.partition(";")[0], long.zh.partition("；")[0]))


def in_both(say: Callable[[], str]) -> Both:
    """Say the same in English and in Chinese, by the catalogue of the package."""
    said = {}
    for of in LANGUAGES:
        with in_language(of):
            said[of] = _(say())
    return Both(**said)


def mean_of(one: Estimate, scale: float = 1.0) -> Both:
    """Write an estimate with its interval, times `scale`: 12 (10 to 14)."""
    return _spanned(one.value, one.lower, one.upper, scale)


def of_gap(one: PairedDifference, scale: float = 1.0) -> Both:
    """Write a difference with its interval, times `scale`."""
    return _spanned(one.difference, one.lower, one.upper, scale)


def of_hundred(one: Estimate | PairedDifference) -> Both:
    """Write a share, or a difference of shares, as whole groups of 100 with its interval."""
    return whole(one, 100.0)


def whole(one: Estimate | PairedDifference, scale: float = 1.0) -> Both:
    """Write an estimate or a difference without decimals, times `scale`: whole people, percent."""
    value = one.value if isinstance(one, Estimate) else one.difference
    return in_both(lambda: spanned(*(f"{scale * x:.0f}" for x in (value, one.lower, one.upper))))


def percent(one: Estimate) -> Both:
    """Write a ratio in percent with its interval: 35 % (27 to 42)."""
    value, *ends = (f"{100 * x:.0f}" for x in (one.value, *one.interval))
    if ends == [value, value]:
        return Both(f"{value} %", f"{value} %")
    return in_both(lambda: spanned(f"{value} %", *ends))


def _spanned(value: float, low: float, high: float, scale: float) -> Both:
    return in_both(lambda: spanned(*alike([scale * one for one in (value, low, high)])))


def community(
    people: str | None = None, preset: str | None = None, values: Mapping[str, Any] | None = None
) -> Scenario:
    """Return the shipped community with these people, this team's preset and these values."""
    layers = {PEOPLE: people, PRESET: preset}
    named = {key: one for key, one in layers.items() if one}
    return load_scenario(configs() / "base.toml", {**named, **(values or {})})


def words(gap: PairedDifference, up: Both, down: Both, same: Both) -> Both:
    """Choose what to say of a difference: clearly up, clearly down, or no clear difference."""
    return {1: up, -1: down, 0: same}[_side(gap)]


def told(gap: PairedDifference, ways: Sequence[Both], scale: float = 1.0, **fields: Any) -> Both:
    """Choose of three ways as `words` does, and fill in `size` (without its sign), and fields."""
    return words(gap, *ways).format(size=size_of(gap, scale), **fields)


@dataclass(frozen=True)
class Question:
    """What is asked, and how it is answered."""

    asked: Both
    ask: Callable[[Asking], Answer]


@dataclass(frozen=True)
class Answer:
    """What a question's file finds."""

    said: tuple[Both, Both]  # a short sentence what to do, and one what not, or the price
    detail: Both  # the other numbers, in short sentences
    definition: Both  # of what was counted, and in how many groups
    hangs_on: Both  # the assumption that moves it most
    table: pd.DataFrame
    pictures: Mapping[str, Figure]  # one a language


def any_of(names: Sequence[Both], every: Sequence[Both], kind: Both) -> Both:
    """Name one or two of several, content or greetings, or what is left out; `kind` calls them."""
    others = [one for one in every if one not in names]
    if len(names) <= AT_MOST:
        return _or(names)
    if not others:
        return Both("any {kind}", "任何{kind}").format(kind=kind)
    if len(others) <= AT_MOST:
        return Both("any {kind} but {others}", "除{others}外的任何{kind}").format(
            kind=kind, others=_or(others)
        )
    return Both("{some} or {more} more", "{some}等{kind}").format(
        some=_or(names[:AT_MOST]), more=len(names) - AT_MOST, kind=kind
    )


def _or(names: Sequence[Both]) -> Both:
    found = names[0]
    for one in names[1:]:
        found = Both("{found} or {one}", "{found}或{one}").format(found=found, one=one)
    return found


def size_of(gap: PairedDifference, scale: float = 1.0) -> Both:
    """Write a difference without its sign, for a sentence that says fewer or more."""
    if gap.difference >= 0.0:
        return of_gap(gap, scale)
    return _spanned(-gap.difference, -gap.upper, -gap.lower, scale)


NO_UNIT, YUAN, CNY = Both("", ""), Both(" CNY", " 元"), 0.01
MORE = Both("{size}{unit} more", "多 {size}{unit}"), Both("{size}{unit} less", "少 {size}{unit}")
FEWER = Both("{size} more{unit}", "多 {size}{unit}"), Both("{size} fewer{unit}", "少 {size}{unit}")
HIGHER = (
    Both("{size}{unit} higher", "高 {size}{unit}"),
    Both("{size}{unit} lower", "低 {size}{unit}"),
)
UNCLEAR = Both("no clear difference", "看不出差别")


def change(
    one: PairedDifference,
    unit: Both = NO_UNIT,
    scale: float = 1.0,
    ways: tuple[Both, Both] = MORE,
) -> Both:
    """Say a difference in a few words: so much more, so much less, or none that is clear."""
    return words(one, *ways, UNCLEAR).format(size=size_of(one, scale), unit=unit)


Named = Mapping[str, tuple[Both, Mapping[str, Any]]]
"""Plans by name: what each is called, and what is set in it."""


def plans_of(named: Named, people: str, values: Mapping[str, Any]) -> dict[str, Scenario]:
    """Return the shipped community with these people and values, once for each plan."""
    return {
        name: community(people, values={**values, **own}) for name, (_called, own) in named.items()
    }


def only(table: pd.DataFrame, outcome: str, scale: float = 1.0) -> pd.DataFrame:
    """Keep one outcome of a table of rows, times `scale`: what a picture shows."""
    shown = table[table["outcome"] == outcome].copy()
    shown[["mean", "lower", "upper"]] *= scale
    return shown


def earned(profit: Estimate) -> Both:
    """Say what a group earns or loses, of fen."""
    if profit.value < 0.0:
        lost = replace(profit, value=-profit.value, lower=-profit.upper, upper=-profit.lower)
        return Both("loses {sum} CNY", "亏 {sum} 元").format(sum=mean_of(lost, CNY))
    return Both("earns {sum} CNY", "赚 {sum} 元").format(sum=mean_of(profit, CNY))


def listed(names: Sequence[Both]) -> Both:
    """List names one after the other; none of them is said as such."""
    if not names:
        return Both("none", "没有")
    return Both(", ".join(one.en for one in names), "、".join(one.zh for one in names))
