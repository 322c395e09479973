"""The answer of a study in one shape, which the terminal and the page draw: what to do, what it
costs, what not to do, what to watch, how far to trust it.

One file because each part of an answer is said of the same chosen point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TypeVar

import pandas as pd

from sim.language import N_, _
from sim.lives.outcomes import ALIVE, outcome_named
from sim.params import parameters
from sim.populations import find_population, read_population
from sim.report.levers import BUDGET, CADENCE, FEN_PER_CNY, SIZE, Cell, Lever, with_role
from sim.report.study import Study
from sim.report.uncertainty import (
    DIGITS,
    alike,
    as_numbers,
    by_replication,
    capital,
    difference,
    mean_of,
    over_particles,
    share_of,
    spanned,
)
from sim.report.uncertainty import three as three
from sim.scenario.scenario import items
from sim.stats.intervals import Estimate

POSTING, COST = "posting_members_per_day", "cost_fen"
MOST_OPTIONS = 8
MOST_AVOIDED = 3
HALF = 0.5
DEARER = 1.1
QUANTILES = (0.1, 0.9)
LONGEST_HEADLINE = 14
NO_POINT = -1
WECHAT_LIMIT = float(parameters()["group.cap"].default)


@dataclass(frozen=True)
class Card:
    """One of the numbers that a reader takes away, and what it would be instead, a line each."""

    title: str
    value: str
    instead: str
    interval: str = ""


@dataclass(frozen=True)
class Option:
    """A row of "if you ..., then ...": its cells stand under `Answer.option_heads`."""

    words: str
    point: int
    cells: tuple[str, ...]
    chosen: bool = False
    kept: bool = False  # however little room there is


@dataclass(frozen=True)
class Answer:
    """What a study says, most important first.

    Attributes
    ----------
    headline : str
        What to do, in at most 14 words.
    detail : tuple of str
        One or two sentences with number, interval, definition.
    cards : tuple of Card
        How big, how often, what it costs, how many talk; fewer where a lever is not varied.
    option_heads, options : tuple
        At most 8, the chosen one first, then the best.
    cost : str
        What the chosen point costs, in one sentence.
    avoid : tuple of str
        What not to do, with its number.
    watch : tuple of (str, str)
        Measure, and the value at which to act.
    trust : tuple of str
        What is measured and what assumed, replications, ends of a range that were reached.
    chosen : int
        The recommended point; -1 for none.
    more : tuple of str
        Where more is.
    """

    headline: str
    detail: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    option_heads: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    cost: str = ""
    avoid: tuple[str, ...] = ()
    watch: tuple[tuple[str, str], ...] = ()
    trust: tuple[str, ...] = ()
    chosen: int = NO_POINT
    more: tuple[str, ...] = ()


MATTERS = ALIVE.matters or 0.0
FITTED = ("look.", "speak.", "reply.", "reaction.", "habit.")
"""Sections of parameters that were fitted to the logs of real rooms."""

OR_MORE, ABOUT, EXACTLY, ANY = range(4)
SIZE_DONE = {
    OR_MORE: N_("keep {size} or more members"),
    ABOUT: N_("keep about {size} members"),
    EXACTLY: N_("keep {size} members"),
}
SIZE_NAMED = {
    OR_MORE: N_("{size} or more members"),
    ABOUT: N_("About {size} members"),
    EXACTLY: N_("{size} members"),
    ANY: N_("No clear difference, {size} members is cheapest"),
}
LIVES_ALIKE = N_("Lives alike, {size} members is cheapest")
CADENCE_DONE = {
    0: N_("do not post"),
    1: N_("post once a week"),
    2: N_("post twice a week"),
    7: N_("post once a day"),
    14: N_("post twice a day"),
}
"""Words for so many posts a week."""

LOSES = N_("Avoid {words}: {alive} of 100 groups alive, not {instead}.")
FEWER_TALK = N_("Avoid {words}: {people} people talk a day, not {instead_talk}.")
FOR_NOTHING = N_("Avoid {words}: {money} CNY more, no clear gain in groups alive.")


def answer_of(study: Study) -> Answer:
    """Recommend a point of a study, or say why none can be.

    Of all points that keep not clearly fewer groups alive than the best one (`Points.worse`), the
    cheapest, or one for a tenth more money in which clearly more people talk
    (`cheapest_or_livelier`); of equally cheap ones the one of fewest posts, then of fewest members.
    """
    if study.rows.empty:
        return Answer(_("Nothing is known yet: no replication has been played at every point."))
    points = Points(study)
    if points.shares.isna().all():
        return Answer(_("Nobody can have fallen silent yet: simulate more than 7 days."))
    return Answer(
        headline=_headline(points),
        detail=_detail(points),
        cards=_cards(points),
        option_heads=(_("alive of 100"), _("CNY"), _("posting a day")),
        options=_options(points),
        cost=_cost(points),
        avoid=_avoid(points),
        watch=_watch(points),
        trust=_trust(points),
        chosen=points.chosen,
    )


class Points:
    """The points of a study, with what the recommendation asks of them."""

    def __init__(self, study: Study) -> None:
        self.study = study
        lived = 1.0 - as_numbers(study.rows["lifetime_observed"])
        self.rows = study.rows.assign(**{ALIVE.name: lived})
        self.levers = study.several if study.is_grid else []
        self.values = self.rows.groupby("point")[[lever.key for lever in study.levers]].first()
        self.alive = by_replication(self.rows, ALIVE.name, "point")
        self.shares, self.costs, self.posted = map(self._means, (ALIVE.name, COST, POSTING))
        self.talk = by_replication(self.rows, POSTING, "point")

    def _means(self, name: str) -> pd.Series:
        table = by_replication(self.rows, name, "point")
        return pd.Series({point: mean_of(table[point]).value for point in table})

    @cached_property
    def good(self) -> list[int]:
        """The points not clearly worse than the one that keeps most groups alive."""
        best = int(self.shares.idxmax())
        return [int(point) for point in self.values.index if not self.worse(point, best)]

    @cached_property
    def chosen(self) -> int:
        """The cheapest of the good ones, or for a tenth more the one in which most talk."""
        costs = {point: float(self.costs[point]) for point in (self.cheapest, *self.good)}
        talk = {point: float(self.posted[point]) for point in costs}
        return cheapest_or_livelier(costs, talk, self.livelier)

    @cached_property
    def cheapest(self) -> int:
        """The cheapest of the good ones; then of fewest posts, then of fewest members."""
        ranks = {COST: self.costs[self.good]}
        for role in (CADENCE, SIZE):
            if lever := self.lever(role):
                ranks[role] = self.values.loc[self.good, lever.key]
        return int(pd.DataFrame(ranks).sort_values([*ranks], kind="stable").index[0])

    def lever(self, role: str) -> Lever | None:
        """Return the lever of a role, where it has several values, all numbers."""
        found = with_role(self.levers, role)
        return found if found and found.numeric else None

    def worse(self, point: int, than: int) -> bool:
        """Whether fewer groups live at a point than at another: paired by replication, by two
        Monte-Carlo errors and by a share that matters, 5 of 100.
        """
        if point == than:
            return False
        gap = difference(self.alive, than, point, shares=True)
        return gap.clear and not gap.hangs_on_parameters and gap.value >= MATTERS - 1e-9

    def livelier(self, point: int, than: int) -> bool:
        """Whether clearly more people talk at a point than at another, by as many as matter."""
        gap = difference(self.talk, point, than)
        least = outcome_named(POSTING).smallest_that_matters(self.posted[point], self.posted[than])
        return gap.clear and not gap.hangs_on_parameters and gap.value >= least

    def dearer(self, point: int) -> bool:
        """Whether a point costs a tenth more than the chosen one."""
        return bool(self.costs[point] > DEARER * self.costs[self.chosen])

    def share(self, point: int) -> Estimate:
        """Share of the groups of a point without a silent week to the end."""
        return share_of(self.rows[self.rows["point"] == point], ALIVE.name)[0]

    def of_hundred(self, point: int) -> str:
        """Write how many of 100 groups are alive."""
        return f"{100 * self.shares[point]:.0f}"

    def money(self, point: int) -> str:
        """Write the mean cost of a point in CNY."""
        return three(self.costs[point] / FEN_PER_CNY)

    def mean(self, point: int, name: str, scale: float = 1.0) -> list[str]:
        """Write the mean of an outcome at a point, and the ends of its interval."""
        found = mean_of(by_replication(self.rows, name, "point")[point])
        return alike([scale * one for one in (found.value, *found.interval)])

    def beside(self, lever: Lever) -> dict[Cell, int]:
        """Find the points that differ from the chosen one in this lever alone, by its value; the
        chosen one is among them.
        """
        others = [one.key for one in self.study.levers if one is not lever]
        same = (self.values[others] == self.values.loc[self.chosen, others]).all(axis=1)
        return {value: int(at) for at, value in self.values.loc[same, lever.key].items()}

    def instead(self, lever: Lever) -> list[int]:
        """Order the points beside the chosen one: neighbours, ends, the rest."""
        beside = self.beside(lever)
        values = [value for value in lever.values if value in beside]
        if lever.numeric:
            values.sort(key=float)
        own, last = values.index(self.value(self.chosen, lever)), len(values) - 1
        places = dict.fromkeys([own - 1, own + 1, 0, last, *range(len(values))])
        return [beside[values[at]] for at in places if 0 <= at <= last and at != own]

    def value(self, point: int, lever: Lever) -> Cell:
        """Return the value of a lever at a point."""
        found: Cell = self.values.at[point, lever.key]
        return found

    def differing(self, point: int) -> list[Lever]:
        """Return the one lever by which a point differs from the chosen one; else none."""
        own, chosen = self.values.loc[point], self.values.loc[self.chosen]
        found = [one for one in self.study.several if own[one.key] != chosen[one.key]]
        return found if len(found) == 1 else []

    def words(self, point: int, *levers: Lever) -> str:
        """Name a point by these levers, or by all that vary."""
        named = levers or self.study.several
        return _(", ").join(
            lever.words(rounded(self.value(point, lever), lever)) for lever in named
        )


def rounded(value: Cell, lever: Lever) -> Cell:
    """Round a sampled value, of a lever without a role, to three digits."""
    plain = lever.role or not isinstance(value, float)
    return value if plain else float(f"{value:.{DIGITS}g}")


Named = TypeVar("Named", int, str)


def cheapest_or_livelier(
    costs: Mapping[Named, float],
    talk: Mapping[Named, float],
    livelier: Callable[[Named, Named], bool],
) -> Named:
    """Choose among settings that keep as many groups alive: the cheapest (the first of equal ones),
    or of those that cost at most a tenth more and are livelier the one in which most people talk.

    >>> more = lambda one, other: talk[one] > talk[other]
    >>> talk = {"A": 3.0, "B": 3.4, "C": 5.0}
    >>> cheapest_or_livelier({"A": 310.0, "B": 330.0, "C": 909.0}, talk, more)
    'B'
    """
    cheapest = min(costs, key=lambda one: costs[one])
    near = [one for one in costs if costs[one] <= DEARER * costs[cheapest]]
    rivals = [one for one in near if one != cheapest and livelier(one, cheapest)]
    return max(rivals, key=lambda one: talk[one], default=cheapest)


def of_hundred(share: Estimate) -> str:
    """Write of 100 groups how many, with the interval.

    >>> of_hundred(Estimate(0.97, 0.916, 0.991, 0.017, 100))
    '97 (92 to 99)'
    """
    number, low, high = (f"{100 * one:.0f}" for one in (share.value, share.lower, share.upper))
    return number if math.isnan(share.lower) else spanned(number, low, high)


def packets_in_cost(claimed_fen: float) -> str:
    """Say what of a cost is packets, a sentence of its own; nothing where no money was claimed."""
    if not claimed_fen > 0:
        return ""
    text = _("Of it {money} CNY were claimed from packets; the rest is chiefly working time.")
    return text.format(money=three(claimed_fen / FEN_PER_CNY))


# --- what to do -----------------------------------------------------------------------------------


def _headline(points: Points) -> str:
    if len(points.good) == len(points.values) > 1:
        if points.shares.min() >= HALF and points.chosen == points.cheapest:
            return _("No setting clearly keeps more groups alive: take the cheapest.")
        if points.shares.min() < HALF:
            return _("No clear difference: play more replications, or wider ranges.")
    if points.shares[points.chosen] < HALF:
        return _("Nothing tried keeps half of the groups alive.")
    text = _sentence(_to_do(points))
    if points.lever(SIZE) and size_kind(points) == ANY:
        said = _("{advice} Size makes no clear difference.")
        if _richer(points, points.lever(SIZE)) >= 0:
            said = _("{advice} Groups of every size live alike.")
        text = said.format(advice=text)
    if text and len(text.split()) <= LONGEST_HEADLINE:
        return text
    text = _("Of {number} points tried, take point {point}.")
    return text.format(number=len(points.values), point=points.chosen)


def _to_do(points: Points) -> list[str]:
    """Say of every lever that varies what to do, in one clause each."""
    parts, chosen = [], points.values.loc[points.chosen]
    if (size := points.lever(SIZE)) and size_kind(points) != ANY:
        parts.append(_(SIZE_DONE[size_kind(points)], size=size.text(chosen[size.key])))
    if cadence := points.lever(CADENCE):
        parts.append(_post(float(chosen[cadence.key])))
    if budget := points.lever(BUDGET):
        paid = _("send {cny} CNY of packets a day") if chosen[budget.key] else _("send no packets")
        parts.append(paid.format(cny=budget.text(chosen[budget.key])))
    if others := [one for one in points.levers if not one.role or not one.numeric]:
        parts.append(_("choose {words}", words=points.words(points.chosen, *others)))
    return parts


def _post(posts_per_day: float) -> str:
    weekly = round(7 * posts_per_day, 3)
    if weekly in CADENCE_DONE:
        return _(CADENCE_DONE[int(weekly)])
    if posts_per_day < 1:
        return _("post {number} times a week", number=three(weekly))
    return _("post {number} times a day", number=three(posts_per_day))


def _sentence(parts: Sequence[str]) -> str:
    """Join clauses to a sentence."""
    joined = {1: _("{0}."), 2: _("{0} and {1}."), 3: _("{0}, {1} and {2}.")}
    pattern = joined.get(len(parts), _("{0}, {1}, {2} and {3}."))
    return capital(pattern.format(*parts)) if 0 < len(parts) <= 4 else ""


def size_kind(points: Points) -> int:
    """Say how the chosen size is meant: `ANY` where none is clearly worse than the best, `ABOUT`
    where a larger one is clearly worse, `EXACTLY` the largest tried or one taken because more
    people talk there, else `OR_MORE`.
    """
    size = points.lever(SIZE)
    assert size
    beside, own = points.beside(size), points.values.at[points.chosen, size.key]
    best = max(beside.values(), key=lambda point: points.shares[point])
    if not any(points.worse(point, best) for point in beside.values()):
        taken = points.chosen != points.cheapest
        more = any(points.livelier(points.chosen, point) for point in beside.values())
        return EXACTLY if taken and more else ANY
    larger = [point for value, point in beside.items() if value > own]
    if any(points.worse(point, points.chosen) for point in larger):
        return ABOUT
    return OR_MORE if larger else EXACTLY


def _detail(points: Points) -> tuple[str, ...]:
    first = _(
        "At {words}: {alive} of 100 groups still talk after {days}.",
        words=points.words(points.chosen),
        alive=of_hundred(points.share(points.chosen)),
        days=points.study.days,
    )
    still = _("Still talking: never 7 days in a row without a member's message.")
    smaller = _smaller(points)
    if (richer := _richer(points)) < 0:
        return first, still, *smaller
    text = _("{words}: {people} people talk a day, not {instead}, for {money} CNY more.")
    said = text.format(words=points.words(richer), **_price(points, richer))
    return first, said, still, *smaller


SMALLER = {
    "posting_share_per_day": N_("A larger share talks at {words}: {value} % a day, not {instead}."),
    "satisfaction": N_("Satisfaction is higher at {words}: {value}, not {instead}."),
}
"""What the smallest groups may have over the largest, though fewer of them live."""


def _smaller(points: Points) -> Iterator[str]:
    """Say what is clearly better in the smallest groups, where the largest are recommended."""
    size = points.lever(SIZE)
    if not size or points.value(points.chosen, size) != max(size.values, key=float):
        return
    beside = points.beside(size)
    smallest = beside[min(beside, key=float)]
    for name, text in SMALLER.items():
        table = by_replication(points.rows, name, "point")
        gap = difference(table, smallest, points.chosen)
        if gap.clear and not gap.hangs_on_parameters and gap.value > 0:
            scale = outcome_named(name).scale
            both = (scale * mean_of(table[at]).value for at in (smallest, points.chosen))
            value, instead = alike([*both])
            yield _(text, words=points.words(smallest, size), value=value, instead=instead)


def _richer(points: Points, lever: Lever | None = None) -> int:
    """Find the good point, perhaps along one lever, in which clearly more people talk than in the
    chosen one, and most for each CNY more; -1 where there is none.
    """
    beside = points.instead(lever) if lever else [*map(int, points.values.index)]
    found = {
        point: (points.posted[point] - points.posted[points.chosen])
        / max(1.0, points.costs[point] - points.costs[points.chosen])
        for point in beside
        if point in points.good and point != points.chosen
        if points.livelier(point, points.chosen)
    }
    return max(found, key=lambda point: found[point], default=NO_POINT)


def _price(points: Points, point: int) -> dict[str, str]:
    """Say how many talk at a point, how many at the chosen one, and what the point costs more."""
    people, instead = alike([points.posted[point], points.posted[points.chosen]])
    more = (points.costs[point] - points.costs[points.chosen]) / FEN_PER_CNY
    return {"people": people, "instead": instead, "money": three(more)}


def _cards(points: Points) -> tuple[Card, ...]:
    found, chosen = [], points.chosen
    lived = _("{alive} of 100 groups alive", alive=of_hundred(points.share(chosen)))
    if size := points.lever(SIZE):
        named = SIZE_NAMED[size_kind(points)]
        if size_kind(points) == ANY and _richer(points, size) >= 0:
            named = LIVES_ALIKE
        value = _(named, size=size.text(points.value(chosen, size)))
        found.append(Card(_("How big"), value, _lives_instead(points, size), lived))
    if cadence := points.lever(CADENCE):
        value = capital(points.words(chosen, cadence))
        found.append(Card(_("How often"), value, _lives_instead(points, cadence), lived))
    lever = points.lever(CADENCE) or points.lever(BUDGET)
    instead = points.instead(lever) if lever else []
    dearest = max(instead, key=lambda point: points.costs[point], default=chosen)
    other = ""
    if lever and instead:
        named, price = points.words(dearest, lever), points.money(dearest)
        other = _("{words}: {money} CNY", words=named, money=price)
    value, *ends = points.mean(chosen, COST, 0.01)
    money = _("{money} CNY in {days}", money=value, days=points.study.days)
    found.append(Card(_("What it costs"), money, other, between(value, *ends)))
    share = over_particles(points.rows).set_index("point").loc[[chosen], "posting_share_per_day"]
    value, *ends = points.mean(chosen, POSTING)
    beside = [_("{percent} % of members", percent=three(100 * share.mean()))]
    for point in [at for one in points.levers for at in points.instead(one)][:1]:
        words = points.words(point, *points.differing(point))
        others = spanned(*points.mean(point, POSTING))
        beside.append(_("{words}: {people} people a day", words=words, people=others))
    people = _("{people} people a day", people=value)
    return *found, Card(_("How many talk"), people, "\n".join(beside), between(value, *ends))


def between(value: str, low: str, high: str) -> str:
    """Write an interval by itself, where it is known and wider than what is written."""
    if "–" in (low, high) or low == value == high:
        return ""
    return _("95 %: {low} to {high}", low=low, high=high)


def _lives_instead(points: Points, lever: Lever) -> str:
    """Say how many groups live at the two nearest other values of a lever."""
    near = points.instead(lever)[:2]
    shown = ((points.words(point, lever), of_hundred(points.share(point))) for point in near)
    return "\n".join(_("{words}: {alive}", words=words, alive=alive) for words, alive in shown)


def _options(points: Points) -> tuple[Option, ...]:
    """List the chosen point, and by turns what each lever would be instead; best first."""
    best = points.shares.sort_values(ascending=False, kind="stable").index
    queues = [points.instead(lever) for lever in points.levers] or [list(map(int, best))]
    turns = [point for turn in zip_longest(*queues) for point in turn if point is not None]
    others = [point for point in dict.fromkeys(turns) if point != points.chosen]
    shown = others[: MOST_OPTIONS - 1]
    shown.sort(key=lambda point: (-points.shares[point], points.costs[point]))
    whole = [points.chosen, *shown]
    money, people = alike(points.costs[whole] / FEN_PER_CNY), alike(points.posted[whole])
    return tuple(
        _option(points, point, cells) for point, *cells in zip(whole, money, people, strict=True)
    )


def _option(points: Points, point: int, cells: Sequence[str]) -> Option:
    """Name the chosen point whole, another by the one lever that differs, where one does."""
    words = points.words(point, *points.differing(point))
    return Option(words, point, (points.of_hundred(point), *cells), point == points.chosen)


def _cost(points: Points) -> str:
    """Say what the chosen point costs, and what of it went into packets."""
    money = points.money(points.chosen)
    claimed = points.rows.loc[points.rows["point"] == points.chosen, "operator_fen_claimed"].mean()
    text = _("It costs {money} CNY a group in {days}. {packets}")
    said = {"money": money, "days": points.study.days, "packets": packets_in_cost(claimed)}
    return text.format(**said).strip()


# --- what not to do, what to watch, how far to trust ----------------------------------------------


def _avoid(points: Points) -> tuple[str, ...]:
    """Name, of each lever, the value that loses most groups, or in which fewest people talk, or
    that costs most for nothing.
    """
    found, chosen = [], points.chosen
    for lever in points.levers:
        lost = [point for point in points.instead(lever) if points.worse(point, chosen)]
        more = {
            point: points.costs[point] - points.costs[chosen] for point in points.instead(lever)
        }
        quiet = [point for point in more if points.livelier(chosen, point)]
        gains = {at for at in more if points.worse(chosen, at) or points.livelier(at, chosen)}
        idle = [point for point in more if points.dearer(point) and point not in gains]
        if lost:
            at, text = points.shares[lost].idxmin(), _(LOSES)
        elif quiet:
            at, text = points.posted[quiet].idxmin(), _(FEWER_TALK)
        elif idle:
            at, text = points.costs[idle].idxmax(), _(FOR_NOTHING)
        else:
            continue
        alive = {"alive": points.of_hundred(at), "instead": points.of_hundred(chosen)}
        price = _price(points, int(at))
        alive |= {"people": price["people"], "instead_talk": price["instead"]}
        money = price["money"]
        found.append(text.format(words=points.words(at, lever), money=money, **alive))
    return tuple(found[:MOST_AVOIDED])


def _watch(points: Points) -> tuple[tuple[str, str], ...]:
    """Name the values beyond which one of ten groups at the chosen point is."""
    rows = points.rows[points.rows["point"] == points.chosen]
    posted = rows[POSTING].quantile(QUANTILES[0])
    spent = rows[COST].quantile(QUANTILES[1]) / FEN_PER_CNY
    cost, above = _("cost in {days}", days=points.study.days), _("act above {value} CNY")
    return (
        (_("people posting a day"), _("act below {value}", value=three(posted))),
        (cost, above.format(value=three(spent))),
    )


def _trust(points: Points) -> tuple[str, ...]:
    ends = [points.share(int(point)).interval for point in points.values.index]
    widest = max((high - low) / 2 for low, high in ends)
    groups = _(
        "Rule: the cheapest setting (for up to a tenth more, a livelier one) that keeps no clearly "
        "fewer groups alive; {groups} groups a setting, intervals 95 %: alive ±{half:.0f} of 100 "
        "at most."
    )
    assumed = _("What posts, packets and money do to people is assumed: read it as a ranking.")
    measured = _("Measured in real chat rooms: how members look, speak and answer.")
    return (
        *([measured] if _is_measured(points.study) else []),
        assumed,
        groups.format(groups=points.study.replications, half=100 * widest),
        *_edges(points),
    )


def _is_measured(study: Study) -> bool:
    """Whether most parameters fitted to the rooms of learners have their values here."""
    rooms = read_population(find_population("learner_rooms"))
    known, own = dict(items(rooms.scenario)), study.manifest.settings
    fitted = [one.name for one in rooms.ranges if one.name.startswith(FITTED)]
    return sum(bool(own.get(key) == known[key]) for key in fitted) * 2 > len(fitted)


def _edges(points: Points) -> tuple[str, ...]:
    """Say which ends of the ranges the answer reaches."""
    said = []
    for lever in points.levers if len(points.good) < len(points.values) else ():
        if not lever.numeric:
            continue
        low, high = min(lever.values, key=float), max(lever.values, key=float)
        value = points.value(points.chosen, lever)
        if value == high or (lever.role == SIZE and size_kind(points) == OR_MORE):
            text = _("No upper edge was seen: more than {words} was not tried.")
            if lever.role == SIZE and float(high) >= WECHAT_LIMIT:
                text = _("No upper edge was seen: {words} is the most that a WeChat group holds.")
            said.append(text.format(words=lever.words(rounded(high, lever))))
        elif value == low and float(low) > 0.0:
            text = _("No lower edge was seen: less than {words} was not tried.")
            said.append(text.format(words=lever.words(rounded(low, lever))))
    return tuple(said)
