"""The answer of a study in one shape, which the terminal and the page draw: what to do, what it
costs, what not to do, what to watch, how far to trust it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.report.levers import BUDGET, CADENCE, SIZE, Cell, Lever, with_role
from sim.report.study import Study
from sim.report.uncertainty import (
    as_numbers,
    by_replication,
    capital,
    difference,
    mean_of,
    share_of,
)
from sim.stats.intervals import Estimate


def _(text: str) -> str:
    return text


ALIVE, POSTING, COST = "alive", "posting_members_per_day", "cost_fen"
MATTERS_SHARE = 0.05
"""Smallest difference of the share alive that matters to the recommendation: 5 of 100 groups."""

FEN_PER_CNY = 100.0
MOST_OPTIONS = 8
MOST_AVOIDED = 3
HALF = 0.5
QUANTILES = (0.1, 0.9)
DIGITS = 3
LONGEST_HEADLINE = 14
NO_POINT = -1


@dataclass(frozen=True)
class Card:
    """One of the numbers that a reader takes away, and what it would be instead."""

    title: str
    value: str
    instead: str


@dataclass(frozen=True)
class Option:
    """A row of "if you ..., then ...": its cells stand under `Answer.option_heads`."""

    words: str
    point: int
    cells: tuple[str, ...]
    chosen: bool = False


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
    avoid: tuple[str, ...] = ()
    watch: tuple[tuple[str, str], ...] = ()
    trust: tuple[str, ...] = ()
    chosen: int = NO_POINT
    more: tuple[str, ...] = ()


def answer_of(study: Study) -> Answer:
    """Recommend a point of a study, or say why none can be.

    Of all points that keep not clearly fewer groups alive than the best one (`Points.worse`), the
    cheapest; of equally cheap ones the one of fewest posts, then of fewest members.
    """
    if study.rows.empty:
        return Answer(_("Nothing is known yet: no replication has been played at every point."))
    points = Points(study)
    if points.alive.isna().all(axis=None):
        return Answer(_("Nobody can have fallen silent yet: simulate more than 7 days."))
    chosen = points.recommended
    return Answer(
        headline=_headline(points, chosen),
        detail=_detail(points, chosen),
        cards=_cards(points, chosen),
        option_heads=_heads(points),
        options=_options(points, chosen),
        avoid=_avoid(points, chosen),
        watch=_watch(points, chosen),
        trust=_trust(points, chosen),
        chosen=chosen,
    )


class Points:
    """The points of a study with what the recommendation asks of them."""

    def __init__(self, study: Study) -> None:
        self.study = study
        lived = 1.0 - as_numbers(study.rows["lifetime_observed"])
        self.rows = study.rows.assign(**{ALIVE: lived})
        self.levers = [lever for lever in study.several if lever.role or study.is_grid]
        self.values = self.rows.groupby("point")[[lever.key for lever in study.levers]].first()
        self.alive, self.cost, self.posting = (
            by_replication(self.rows, name, "point") for name in (ALIVE, COST, POSTING)
        )
        self.shares, self.costs, self.posted = (
            self.rows_mean(table) for table in (self.alive, self.cost, self.posting)
        )

    def rows_mean(self, table: pd.DataFrame) -> pd.Series:
        """Average a table of replications by point, over parameter sets by weight."""
        return pd.Series({point: mean_of(table[point]).value for point in table})

    @property
    def best(self) -> int:
        """The point that keeps most groups alive; of several the cheapest."""
        order = pd.DataFrame({"alive": -self.shares, "cost": self.costs}).sort_values(
            ["alive", "cost"], kind="stable"
        )
        return int(order.index[0])

    @cached_property
    def good(self) -> list[int]:
        """The points not clearly worse than the best, it among them."""
        return [int(point) for point in self.values.index if not self.worse(point, self.best)]

    @cached_property
    def recommended(self) -> int:
        """The cheapest of the good ones; then of fewest posts, then of fewest members."""
        order = self.values.loc[self.good]
        ranks = pd.DataFrame({"cost": self.costs[self.good]}, index=order.index)
        for role in (CADENCE, SIZE):
            lever = self.lever(role)
            ranks[role] = order[lever.key] if lever and lever.numeric else 0.0
        return int(ranks.sort_values(list(ranks), kind="stable").index[0])

    @property
    def undecided(self) -> bool:
        """Whether no point is clearly worse than the best."""
        return len(self.good) == len(self.values)

    def lever(self, role: str) -> Lever | None:
        """Return the lever of a role, where it has several values."""
        return with_role(self.levers, role)

    def worse(self, point: int, than: int) -> bool:
        """Whether fewer groups live at a point than at another: paired by replication, by two
        Monte-Carlo errors and by a share that matters.
        """
        if point == than:
            return False
        gap = difference(self.alive, than, point, shares=True)
        return gap.clear and not gap.hangs_on_parameters and gap.value >= MATTERS_SHARE - 1e-9

    def share(self, point: int) -> Estimate:
        """Share of the groups of a point without a silent week to the end."""
        return share_of(self.rows[self.rows["point"] == point], ALIVE)[0]

    def of_hundred(self, point: int) -> str:
        """Write how many of 100 groups are alive."""
        return f"{100 * self.shares[point]:.0f}"

    def money(self, point: int) -> str:
        """Write the mean cost of a point in CNY."""
        return three(self.costs[point] / FEN_PER_CNY)

    def value(self, point: int, lever: Lever) -> Cell:
        """Return the value of a lever at a point."""
        found: Cell = self.values.at[point, lever.key]
        return found

    def beside(self, point: int, lever: Lever) -> dict[Cell, int]:
        """Find the points that differ from one in this lever alone, it among them, by value."""
        others = [one.key for one in self.study.levers if one is not lever]
        same = (self.values[others] == self.values.loc[point, others]).all(axis=1)
        found = self.values[same]
        return {value: int(at) for at, value in found[lever.key].items()}

    def words(self, point: int, levers: Iterable[Lever] | None = None) -> str:
        """Name a point by its levers that vary, or by these."""
        chosen = self.study.several if levers is None else levers
        return ", ".join(lever.words(self.value(point, lever)) for lever in chosen)


def three(value: float) -> str:
    """Write a number with at most three digits that count.

    >>> three(2712.4), three(0.6666), three(97.0), three(18295), three(0)
    ('2,710', '0.667', '97', '18,300', '0')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    places = DIGITS - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:,.0f}" if places <= 0 else f"{rounded:,.{places}f}".rstrip("0").rstrip(".")


# --- what to do -----------------------------------------------------------------------------------


def _headline(points: Points, chosen: int) -> str:
    if points.undecided and len(points.values) > 1:
        if points.shares.min() >= HALF:
            return _("No setting clearly keeps more groups alive: take the cheapest.")
        return _("No clear difference: play more replications, or wider ranges.")
    if points.shares[chosen] < HALF:
        return _("Nothing tried keeps half of the groups alive.")
    parts = [*filter(None, (_size_part(points, chosen), _cadence_part(points, chosen)))]
    parts += filter(None, [_budget_part(points, chosen)])
    others = [lever for lever in points.levers if not lever.role]
    if others or not parts:
        named = _("choose {words}").format(words=points.words(chosen, others or None))
        few = len(points.study.several) == 1 or points.study.is_grid
        parts += [named] if few else []
    text = _sentence(parts) if parts else ""
    if text and len(text.split()) <= LONGEST_HEADLINE:
        return text
    return _("Of {number} points tried, take point {point}.").format(
        number=len(points.values), point=chosen
    )


def _sentence(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return capital(_("{a}.").format(a=parts[0]))
    if len(parts) == 2:
        return capital(_("{a} and {b}.").format(a=parts[0], b=parts[1]))
    first = ", ".join(parts[:-1])
    return capital(_("{a} and {b}.").format(a=first, b=parts[-1]))


def _size_part(points: Points, chosen: int) -> str:
    size = points.lever(SIZE)
    if not size or not size.numeric:
        return ""
    kind, number = size_kind(points, chosen), size.text(points.value(chosen, size))
    return {
        "any": _("keep any size"),
        "or more": _("keep {number} or more members").format(number=number),
        "about": _("keep about {number} members").format(number=number),
        "most": _("keep {number} members").format(number=number),
    }[kind]


def size_kind(points: Points, chosen: int) -> str:
    """Say how a size is meant: ``any``, ``or more``, ``about`` (a larger one is clearly worse), or
    ``most`` (the largest tried).
    """
    size = points.lever(SIZE)
    assert size
    beside = points.beside(chosen, size)
    own = float(points.value(chosen, size))
    best = max(beside.values(), key=lambda point: points.shares[point])
    if not any(points.worse(point, best) for point in beside.values()):
        return "any"
    larger = [point for value, point in beside.items() if float(value) > own]
    if any(points.worse(point, chosen) for point in larger):
        return "about"
    return "or more" if larger else "most"


def _cadence_part(points: Points, chosen: int) -> str:
    cadence = points.lever(CADENCE)
    if not cadence or not cadence.numeric:
        return ""
    value = float(points.value(chosen, cadence))
    weekly = round(7 * value)
    words = {0.0: _("do not post"), 1.0: _("post once a day"), 2.0: _("post twice a day")}
    if value in words:
        return words[value]
    if value < 1.0 and abs(weekly - 7 * value) < 1e-3:
        by_week = {1: _("post once a week"), 2: _("post twice a week")}
        return by_week.get(weekly, _("post {number} times a week").format(number=weekly))
    return _("post {number} times a day").format(number=three(value))


def _budget_part(points: Points, chosen: int) -> str:
    budget = points.lever(BUDGET)
    if not budget or not budget.numeric:
        return ""
    if not (value := points.value(chosen, budget)):
        return _("send no packets")
    return _("send {number} CNY of packets a day").format(number=budget.text(value))


def _detail(points: Points, chosen: int) -> tuple[str, ...]:
    share, days = points.share(chosen), points.study.days
    first = _(
        "At {words} {alive} of 100 groups still talk after {days} ({low:.0f} to {high:.0f})."
    ).format(
        words=points.words(chosen) or _("these settings"),
        alive=points.of_hundred(chosen),
        days=days,
        low=100 * share.lower,
        high=100 * share.upper,
    )
    return first, _("Still talking: never 7 days in a row without a member's message.")


def _cards(points: Points, chosen: int) -> tuple[Card, ...]:
    found = []
    size, cadence = points.lever(SIZE), points.lever(CADENCE)
    if size:
        found.append(
            Card(_("How big"), _size_value(points, size, chosen), _live(points, chosen, size))
        )
    if cadence:
        value = capital(cadence.words(points.value(chosen, cadence)))
        found.append(Card(_("How often"), value, _live(points, chosen, cadence)))
    found.append(_cost_card(points, chosen))
    people = _("{number} people a day").format(number=three(points.posted[chosen]))
    share = points.rows.loc[points.rows["point"] == chosen, "posting_share_per_day"]
    percent = three(100 * float(as_numbers(share).mean()))
    found.append(
        Card(_("How many talk"), people, _("{percent} % of members").format(percent=percent))
    )
    return tuple(found)


def _size_value(points: Points, size: Lever, chosen: int) -> str:
    number = size.text(points.value(chosen, size))
    if not size.numeric:
        return number
    return {
        "any": _("Any size, {number} tried"),
        "or more": _("{number} or more members"),
        "about": _("About {number} members"),
        "most": _("{number} members"),
    }[size_kind(points, chosen)].format(
        number=_("{low} to {high}").format(low=min(size.values), high=max(size.values))
        if size_kind(points, chosen) == "any"
        else number
    )


def _live(points: Points, chosen: int, lever: Lever) -> str:
    """Say how many groups live at up to two other values of a lever."""
    others = _alternatives(points, chosen, lever)[:2]
    texts = [
        _("{words}: {alive} of 100 live").format(
            words=lever.words(points.value(point, lever)), alive=points.of_hundred(point)
        )
        for point in others
    ]
    return "; ".join(texts)


def _cost_card(points: Points, chosen: int) -> Card:
    value = _("{money} CNY").format(money=points.money(chosen))
    lever = points.lever(CADENCE) or points.lever(BUDGET)
    instead = _("for {days}").format(days=points.study.days)
    if lever:
        dearest = max(points.beside(chosen, lever).values(), key=lambda at: points.costs[at])
        if dearest != chosen:
            instead = _("for {days}; {words}: {money}").format(
                days=points.study.days,
                words=lever.words(points.value(dearest, lever)),
                money=points.money(dearest),
            )
    return Card(_("What it costs"), value, instead)


# --- if you ..., then ... -------------------------------------------------------------------------


def _heads(points: Points) -> tuple[str, ...]:
    return (
        _("live of 100"),
        _("CNY in {days}").format(days=points.study.days),
        _("people posting a day"),
    )


def _options(points: Points, chosen: int) -> tuple[Option, ...]:
    """List the chosen point, and by turns what each lever would be instead; best first."""
    queues = [_alternatives(points, chosen, lever) for lever in points.levers]
    if not queues:
        best = points.shares.drop(chosen).sort_values(ascending=False, kind="stable")
        queues = [[int(point) for point in best.index]]
    turns = [point for turn in _turns(queues) for point in turn]
    others = list(dict.fromkeys(turns))[: MOST_OPTIONS - 1]
    others.sort(key=lambda point: (-points.shares[point], points.costs[point]))
    return tuple(_option(points, point, chosen) for point in (chosen, *others))


def _turns(queues: Sequence[Sequence[int]]) -> Iterable[list[int]]:
    longest = max(map(len, queues), default=0)
    for at in range(longest):
        yield [queue[at] for queue in queues if at < len(queue)]


def _alternatives(points: Points, chosen: int, lever: Lever) -> list[int]:
    """Order the other values of a lever: the neighbours below and above, the ends, the rest."""
    beside = points.beside(chosen, lever)
    values = [value for value in lever.values if value in beside]
    if lever.numeric:
        values.sort(key=float)
    own = values.index(points.value(chosen, lever))
    places = [own - 1, own + 1, 0, len(values) - 1, *range(len(values))]
    order = dict.fromkeys(at for at in places if 0 <= at < len(values) and at != own)
    return [beside[values[at]] for at in order]


def _option(points: Points, point: int, chosen: int) -> Option:
    """Name the chosen point whole, another by the one lever that differs, where one does."""
    cells = (points.of_hundred(point), points.money(point), three(points.posted[point]))
    changed = [
        lever
        for lever in points.study.several
        if points.value(point, lever) != points.value(chosen, lever)
    ]
    words = points.words(point, changed if len(changed) == 1 else None)
    return Option(words, point, cells, point == chosen)


# --- what not to do, what to watch, how far to trust ----------------------------------------------


def _avoid(points: Points, chosen: int) -> tuple[str, ...]:
    """Name, of each lever, the value that loses most groups, or that costs most for nothing."""
    found = []
    for lever in points.levers:
        beside = [point for point in points.beside(chosen, lever).values() if point != chosen]
        lost = [point for point in beside if points.worse(point, chosen)]
        dear = [
            point
            for point in beside
            if point not in lost
            and points.costs[point] > points.costs[chosen]
            and not points.worse(chosen, point)
        ]
        if lost:
            worst = min(lost, key=lambda point: points.shares[point])
            found.append(_loses(points, worst, chosen, lever))
        elif dear:
            dearest = max(dear, key=lambda point: points.costs[point])
            found.append(_for_nothing(points, dearest, chosen, lever))
    return tuple(found[:MOST_AVOIDED])


def _loses(points: Points, point: int, chosen: int, lever: Lever) -> str:
    return _("Not {words}: {alive} of 100 groups live, not {instead}.").format(
        words=lever.words(points.value(point, lever)),
        alive=points.of_hundred(point),
        instead=points.of_hundred(chosen),
    )


def _for_nothing(points: Points, point: int, chosen: int, lever: Lever) -> str:
    return _("Not {words}: {money} CNY more, and no clear gain in groups alive.").format(
        words=lever.words(points.value(point, lever)),
        money=three((points.costs[point] - points.costs[chosen]) / FEN_PER_CNY),
    )


def _watch(points: Points, chosen: int) -> tuple[tuple[str, str], ...]:
    """Say below or above what nine of ten groups at the chosen point never are."""
    rows = points.rows[points.rows["point"] == chosen]
    low, high = QUANTILES
    posted = float(np.nanquantile(as_numbers(rows[POSTING]), low))
    spent = float(np.nanquantile(as_numbers(rows[COST]), high)) / FEN_PER_CNY
    days = points.study.days
    return (
        (_("people posting on a day"), _("act below {value}").format(value=three(posted))),
        (
            _("cost in {days}").format(days=days),
            _("act above {value} CNY").format(value=three(spent)),
        ),
    )


def _trust(points: Points, chosen: int) -> tuple[str, ...]:
    widest = max((_half(points.share(point)) for point in points.values.index), default=0.0)
    groups = _(
        "{groups} simulated groups a setting; 95 % intervals of groups alive up to ±{half:.0f} of "
        "100."
    ).format(groups=points.study.replications, half=100 * widest)
    return (
        groups,
        *_edges(points, chosen),
        _("What posts, packets and money do to people is assumed: read it as a ranking."),
    )


def _half(share: Estimate) -> float:
    return (share.upper - share.lower) / 2.0


def _edges(points: Points, chosen: int) -> tuple[str, ...]:
    """Say which ends of the ranges the answer lies at."""
    said = []
    for lever in points.levers:
        if not lever.numeric:
            continue
        value, low, high = points.value(chosen, lever), min(lever.values), max(lever.values)
        upper = lever.role == SIZE and size_kind(points, chosen) in ("or more", "any")
        if value == high or upper:
            said.append(
                _("No upper edge was seen: more than {words} was not tried.").format(
                    words=lever.words(high)
                )
            )
        elif value == low and float(low) > 0.0:
            said.append(
                _("No lower edge was seen: fewer than {words} was not tried.").format(
                    words=lever.words(low)
                )
            )
    return tuple(said)
