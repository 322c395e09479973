"""Five sentences: how big, how often, what a packet buys, who is dead, what it costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from sim.language import N_, _
from sim.lives.deaths import DEATHS, HEADLINE
from sim.lives.outcomes import DEAD, Outcome, outcome_named
from sim.report.levers import BUDGET, CADENCE, SIZE, Cell, Lever, with_role
from sim.report.study import EVERY, Conclusion, PacketWorth, Study
from sim.report.uncertainty import (
    best_first,
    by_replication,
    difference,
    figure,
    in_print,
    in_replications,
    listed,
    mean_of,
    rivals,
    share_of,
    write,
)
from sim.stats.intervals import Estimate, ratio_of_means

UNCLEAR = N_("no clear difference")
HANGS_ON_PARAMETERS = N_("uncertain over parameter sets")
"""Of a difference that the replications show clearly and the parameter sets do not."""


def five_answers(study: Study) -> list[Conclusion]:
    """Answer the five questions, always in one order, or say why a question is not answered."""
    answers: dict[str, Callable[[Study], tuple[str, str]]] = {
        "How big": _how_big,
        "How often": _how_often,
        "What a packet buys": _what_a_packet_buys,
        "Who is dead after seven days": _who_is_dead,
        "What it costs": _what_it_costs,
    }
    if study.rows.empty:
        nothing = "not known yet, no replication has been played at every point"
        return [Conclusion(question, nothing, "") for question in answers]
    if not study.is_grid:
        answers |= dict.fromkeys(list(answers)[:3], _in_no_grid)
        answers["What it costs"] = _what_points_cost
    found = []
    for question, answer in answers.items():
        said, definition = answer(study)
        over = _("{definition}; over {days}", definition=definition, days=study.days)
        found.append(Conclusion(question, said, over if definition else ""))
    return found


def further_answers(study: Study) -> list[Conclusion]:
    """Say where each lever of several values that is no size, cadence or budget is best; none where
    no replication is complete.
    """
    names = ("posting_members_per_day", "satisfaction")
    return [
        Conclusion(
            lever.name, "; ".join(_peak(study, lever, name) for name in names), study.how_averaged
        )
        for lever in study.several
        if not lever.role and study.is_grid and not study.rows.empty
    ]


def _in_no_grid(study: Study) -> tuple[str, str]:
    kind = study.manifest.kind.replace("_", " ")
    return f"not compared, the points are no grid ({kind}) and stand in summary.csv", ""


def _how_big(study: Study) -> tuple[str, str]:
    size = with_role(study.levers, SIZE)
    if size is None:
        members = study.averaged["members_start"].mean()
        return _("not varied here, {members} members at creation", members=figure(members)), ""
    share, satisfaction = (
        _peak(study, size, name) for name in ("posting_share_per_day", "satisfaction")
    )
    return _("; ").join((share, satisfaction)), _(
        "posting: at least one message that day, over members present; satisfaction: how far "
        "reading pays, 0 to 1; {averaged}",
        averaged=study.how_averaged,
    )


def _how_often(study: Study) -> tuple[str, str]:
    cadence = with_role(study.levers, CADENCE)
    if cadence is None:
        return _("not varied here"), ""
    posting = "posting_members_per_day"
    ranked = best_first(by_replication(study.rows, posting, cadence.key))
    answer = _peak(study, cadence, posting)
    fewest = min(cadence.values)
    if ranked and ranked[0] != fewest:
        nouns = N_({posting: "posting members", "satisfaction": "satisfaction"})
        gains = [
            _gain(study, cadence, outcome_named(name), (ranked[0], fewest), noun)
            for name, noun in (nouns | {"cost_fen": "a community"}).items()
        ]
        against = _("; against {words} that is {gains}")
        answer += against.format(words=cadence.words(fewest), gains=listed(gains))
    return answer, _(
        "posting: at least one message that day; satisfaction: how far reading pays, 0 to 1; "
        "{averaged}",
        averaged=study.how_averaged,
    )


def _what_a_packet_buys(study: Study) -> tuple[str, str]:
    budget = with_role(study.levers, BUDGET)
    if budget is None:
        return _("not varied here, so nothing is known"), ""
    worth = study.packet_worth
    if worth.empty:
        return _("not known, no point of the grid is without packets"), ""
    overall = worth[worth["size"] == EVERY]
    bought = [
        _("{worth} with {packets}", worth=_bought(row.worth), packets=row.packets)
        for row in overall.itertuples()
    ]
    answer = _(
        "extra days on which members posted, per 100 CNY claimed and against no packet with the "
        "same random seeds, are {worth}",
        worth=listed(bought, most=6),
    )
    definition = _(
        "members with at least one message, summed over days, days after the last packet included; "
        "CNY claimed of operators' packets, wages not counted; in brackets 95 %, delta method, "
        "{pairs:,} pairs in {replications} replications"
    )
    pairs = sum(found.pairs for found in overall["worth"])
    defined = definition.format(pairs=pairs, replications=study.replications)
    return f"{answer}{_by_size(study, worth, budget)}", f"{defined}{study.weighted}"


def _bought(worth: PacketWorth) -> str:
    if not worth.known:
        return _("not known (nothing was claimed)")
    price = write(worth.per_100_cny.value, worth.per_100_cny.interval, signed=True)
    return price if worth.clear else _("{price} (no clear difference from nothing)", price=price)


def _by_size(study: Study, worth: pd.DataFrame, budget: Lever) -> str:
    """Say how the worth of the smallest budget differs between the smallest and largest group."""
    size = with_role(study.levers, SIZE)
    if size is None or not size.numeric:
        return ""
    smallest = min(value for value in budget.values if value)
    own = worth[worth["budget"] == smallest].set_index("size")["worth"]
    ends = (min(size.values), max(size.values))
    if not all(own[members].known for members in ends):
        return ""
    few, many = (
        _("{worth} at {size}", worth=_bought(own[members]), size=size.words(members))
        for members in ends
    )
    return _("; with {packets} {few}, {many}", packets=budget.words(smallest), few=few, many=many)


def _what_it_costs(study: Study) -> tuple[str, str]:
    usual = study.rows
    for lever in study.levers:
        usual = usual[usual[lever.key] == lever.usual]
    spent = in_replications(usual, "cost_fen")
    each = ratio_of_means(spent / 100.0, in_replications(usual, "posting_member_days"), mean_of)
    words = [lever.words(lever.usual) for lever in study.several]
    answer = _(
        "{setting} cost {cost} in {days}",
        setting=listed(words, 9) or _("a community"), cost=_cost(mean_of(spent)), days=study.days,
    )  # fmt: skip
    if each.value == each.value:
        price = write(each.value, each.interval, " CNY")
        answer += _(
            ", or {price} for each member and each day on which that member posted", price=price
        )
    spanned = _extremes(study)
    answer += _("; the grid spans {ends}", ends=spanned) if spanned else ""
    return answer, _(
        "{cost}; in brackets 95 %, {method}", cost=_cost_definition(study), method=study.method
    )


def _what_points_cost(study: Study) -> tuple[str, str]:
    return _extremes(study) or _("not known"), _cost_definition(study)


def _cost(found: Estimate) -> str:
    return in_print(outcome_named("cost_fen"), found)


def _extremes(study: Study) -> str:
    means = study.averaged.groupby("point")["cost_fen"].mean().dropna()
    if len(means) < 2:
        return ""
    ends = []
    for point in (means.idxmin(), means.idxmax()):
        rows = study.rows[study.rows["point"] == point]
        spent = mean_of(in_replications(rows, "cost_fen"))
        ends += [_cost(spent), _words_of(study, rows)]
    least, where, most, there = ends
    text = _("{least} at {where} to {most} at {there}")
    return text.format(least=least, where=where, most=most, there=there)


def _words_of(study: Study, rows: pd.DataFrame) -> str:
    """Say at which values of the levers the rows of a point were played."""
    return listed([lever.words(rows[lever.key].iloc[0]) for lever in study.several], 9)


def _cost_definition(study: Study) -> str:
    wage = "operator.wage_fen_per_hour"
    fen = None if wage in study.manifest.levers else study.manifest.settings.get(wage)
    paid = _("their wage") if fen is None else _("{money} CNY", money=f"{float(fen) / 100:g}")
    return _(
        "cost: claimed of operators' packets plus operator hours at {paid}, refunds are no cost",
        paid=paid,
    )


def _peak(study: Study, lever: Lever, name: str) -> str:
    """Say where an outcome is highest, and whether it clearly differs from the rest."""
    what = outcome_named(name)
    table = by_replication(study.rows, name, lever.key)
    ranked = best_first(table, what.more_is_better)
    if len(ranked) < 2:
        return _("{what} cannot be compared", what=_(what.phrase))
    best, worst = ranked[0], ranked[-1]
    near = rivals(table, ranked)
    top = in_print(what, mean_of(table[best]))
    if len(near) == len(ranked) - 1:
        over = in_print(what, difference(table, best, worst), signed=True)
        return _(
            "{what} shows no clear difference between the values tried, {top} at {best}, {over} "
            "over {worst}",
            what=_(what.phrase), top=top, best=lever.words(best), over=over,
            worst=lever.text(worst),
        )  # fmt: skip
    highest = _("{what} is highest at {best}, {top}")
    highest = highest.format(what=_(what.phrase), best=lever.words(best), top=top)
    if near:
        others = listed([lever.text(value) for value in sorted(near, key=lever.values.index)])
        return _("{highest}, no clear difference from {others}", highest=highest, others=others)
    gap = _gain(study, lever, what, (best, ranked[1]))
    ahead = _("{highest}, {gap} over {second}")
    second = lever.text(ranked[1])
    return ahead.format(highest=highest, gap=gap, second=second) + _edge(lever, best)


def _edge(lever: Lever, value: Cell) -> str:
    """Say that the best value is the last one tried: beyond it nothing is known."""
    if not lever.numeric or value not in (max(lever.values), min(lever.values)):
        return ""
    if value == max(lever.values):
        return _(" and still rising at the top of the range")
    return _(" and falling from the bottom of the range")


def _gain(study: Study, lever: Lever, what: Outcome, values: Sequence[Cell], noun: str = "") -> str:
    """Say what the first of two values of a lever has over the second, and how sure that is."""
    gap = difference(by_replication(study.rows, what.name, lever.key), values[0], values[1])
    if math.isnan(gap.value):
        return f"{noun or what.phrase} not known, missing where it was played"
    gained = f"{in_print(what, gap, signed=True)} {_(noun)}".strip()
    if not gap.clear:
        return f"{gained} ({_(UNCLEAR)})"
    return f"{gained} ({_(HANGS_ON_PARAMETERS)})" if gap.hangs_on_parameters else gained


def _who_is_dead(study: Study) -> tuple[str, str]:
    """Say which share of the communities is dead, where most, and what other definitions say."""
    share, n = share_of(study.rows, DEAD)
    dead = _("dead ({definition})", definition=_(HEADLINE.definition))
    definition = _(
        "dead: {definition} since creation, operators' messages are no life; in brackets 95 %, "
        "{method}",
        definition=_(HEADLINE.definition), method=study.share_method,
    )  # fmt: skip
    if n == 0:
        return f"not known, since the definition needs {HEADLINE.needs_days} days", definition
    if not share.value:
        nobody = _("nobody, {share} of {n:,} communities {dead}")
        answer = nobody.format(share=_deaths(share), n=n, dead=dead)
    else:
        lever = with_role(study.levers, SIZE) or with_role(study.levers, CADENCE)
        most = _deadliest(study, lever) if lever else ""
        answer = _(
            "{share} of {n} communities are {dead}", share=_deaths(share), n=f"{n:,}", dead=dead
        )
        answer += f"{most}{_worst_point(study)}"
    return _("; ").join((f"{answer}{_alive(study)}", _other_definitions(study))), definition


def _deaths(share: Estimate, signed: bool = False) -> str:
    return in_print(outcome_named(DEAD), share, signed)


def _alive(study: Study) -> str:
    """Say how many have lived through the whole time."""
    share, known = share_of(study.rows.assign(alive=~study.rows["lifetime_observed"]), "alive")
    if not known:
        return ""
    lived = _("; {share} have had no week without a member message {by_day}")
    return lived.format(share=_deaths(share), by_day=study.by_day)


def _deadliest(study: Study, lever: Lever) -> str:
    table = by_replication(study.rows, DEAD, lever.key)
    ranked = best_first(table)
    if len(ranked) < 2:
        return ""
    most, least = ranked[0], ranked[-1]
    gap = difference(table, most, least, shares=True)
    if not gap.clear:
        return _(
            ", no clear difference between {words} and {others}",
            words=lever.words(most), others=lever.words(least),
        )  # fmt: skip
    ends = [study.rows[study.rows[lever.key] == value] for value in (most, least)]
    shares = [_deaths(share_of(rows, DEAD)[0]) for rows in ends]
    unsure = f" ({_(HANGS_ON_PARAMETERS)})" * gap.hangs_on_parameters
    return _(
        ", most at {words}, {share}, fewest at {least}, {lowest}, a difference of {gap}",
        words=lever.words(most), share=shares[0], least=lever.words(least), lowest=shares[1],
        gap=f"{_deaths(gap, signed=True)}{unsure}",
    )  # fmt: skip


def _worst_point(study: Study) -> str:
    means = study.averaged.groupby("point")[DEAD].mean().astype(float).dropna()
    if len(study.several) < 2 or means.empty:
        return ""
    rows = study.rows[study.rows["point"] == means.idxmax()]
    worst = _(", and at worst {share} at {words}")
    return worst.format(share=_deaths(share_of(rows, DEAD)[0]), words=_words_of(study, rows))


def _other_definitions(study: Study) -> str:
    """Say how far the answer depends on the definition."""
    shares = {
        death.definition: share_of(study.rows, f"dead_{death.key}")[0]
        for death in DEATHS
        if f"dead_{death.key}" in study.rows and death is not HEADLINE
    }
    decided = {name: share for name, share in shares.items() if share.replications}
    if not decided:
        return _("no other definition can be decided")
    least, most = (pick(decided, key=lambda name: decided[name].value) for pick in (min, max))
    if decided[least].value == decided[most].value:
        return _(
            "all other definitions that {days} can decide say {share}",
            days=study.days, share=_deaths(decided[least]),
        )  # fmt: skip
    return _(
        "other definitions say {least} to {most}, the most by '{name}'",
        least=_deaths(decided[least]), most=_deaths(decided[most]), name=_(most),
    )  # fmt: skip
