"""Five sentences: how big, how often, what a packet buys, who is dead, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from sim.deaths import DEATHS, HEADLINE
from sim.outcomes import PacketWorth
from sim.report import paired
from sim.report.levers import BUDGET, CADENCE, SIZE, Cell, Lever, with_role
from sim.report.study import Conclusion, Study
from sim.report.wording import Measure, figure, listed, measure, write
from sim.report.worth import EVERY, known

DEAD = f"dead_{HEADLINE.key}"
DEATH = measure(DEAD)


def five_answers(study: Study) -> list[Conclusion]:
    """Answer the five questions, or say why a question is not answered.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Conclusion
        Five, always in the same order.
    """
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
    return [Conclusion(question, *answer(study)) for question, answer in answers.items()]


def further_answers(study: Study) -> list[Conclusion]:
    """Say of every lever that is no size, cadence or budget where it is best.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Conclusion
        One a lever with several values; none where no replication is complete.
    """
    measures = [measure(name) for name in ("posting_members_per_day", "satisfaction")]
    return [
        Conclusion(
            lever.name, "; ".join(_peak(study, lever, one) for one in measures), study.averaged
        )
        for lever in study.levers
        if lever.several and not lever.role and study.is_grid and not study.rows.empty
    ]


def _in_no_grid(study: Study) -> tuple[str, str]:
    kind = study.manifest.kind.replace("_", " ")
    return f"not compared, the points are no grid ({kind}) and stand in summary.csv", ""


def _what_points_cost(study: Study) -> tuple[str, str]:
    span = _extremes(study).removeprefix("; the grid spans ")
    return (f"from {span}" if span else "not known"), _cost_definition(study)


def _how_big(study: Study) -> tuple[str, str]:
    size = with_role(study.levers, SIZE)
    if size is None:
        members = study.rows["members_start"].mean()
        return f"not varied here, {figure(members)} members at creation", ""
    share, satisfaction = measure("posting_share_per_day"), measure("satisfaction")
    return f"{_peak(study, size, share)}; {_peak(study, size, satisfaction)}", (
        "posting: at least one message that day, over members present; satisfaction: share of "
        f"needs met, 0 to 1; {study.averaged}"
    )


def _how_often(study: Study) -> tuple[str, str]:
    cadence = with_role(study.levers, CADENCE)
    if cadence is None:
        return "not varied here", ""
    posting = measure("posting_members_per_day")
    table = paired.by_replication(study.rows, posting.name, cadence.key)
    ranked = paired.best_first(table, more_is_better=True)
    answer = _peak(study, cadence, posting)
    fewest = min(cadence.values)
    if ranked and ranked[0] != fewest:
        ends = (ranked[0], fewest)
        gains = [
            _gain(study, cadence, measure(name), ends, noun)
            for name, noun in (
                (posting.name, "posting members"),
                ("satisfaction", "satisfaction"),
                ("cost_fen", "a community"),
            )
        ]
        answer += f"; against {cadence.words(fewest)} that is {listed(gains)}"
    return answer, (
        "posting: at least one message that day; satisfaction: share of needs met, 0 to 1; cost "
        f"over {study.days}; {study.averaged}"
    )


def _what_a_packet_buys(study: Study) -> tuple[str, str]:
    budget = with_role(study.levers, BUDGET)
    if budget is None:
        return "not varied here, so nothing is known", ""
    worth = study.packet_worth
    if worth.empty:
        return "not known, no point of the grid is without packets", ""
    overall = worth[worth["size"] == EVERY]
    bought = [
        f"{_bought(row.worth)} with {budget.words(row.budget)}" for row in overall.itertuples()
    ]
    pairs = sum(overall["worth"].map(lambda found: found.pairs))
    answer = (
        "extra posting member-days per 100 CNY claimed, against no packet with the same luck, are "
        f"{listed(bought, most=6)}{_by_size(study, worth, budget)}"
    )
    return answer, (
        "members with at least one message, summed over days, days after the last packet included; "
        "CNY claimed of operators' packets, wages not counted; in brackets 95 %, delta method, "
        f"{pairs:,} pairs in {study.replications} replications"
    )


def _bought(worth: PacketWorth) -> str:
    if not known(worth):
        return "not known (nothing was claimed)"
    said = write(worth.per_100_cny, (worth.lower, worth.upper), signed=True)
    return said if worth.told_apart else f"{said} (not told apart from nothing)"


def _by_size(study: Study, worth: pd.DataFrame, budget: Lever) -> str:
    """Say how the worth of the smallest budget differs between the smallest and largest group."""
    size = with_role(study.levers, SIZE)
    if size is None or not size.numeric:
        return ""
    smallest = min(value for value in budget.values if value)
    own = worth[worth["budget"] == smallest].set_index("size")["worth"]
    ends = (min(size.values), max(size.values))
    if not all(known(own[members]) for members in ends):
        return ""
    few, many = (f"{_bought(own[members])} at {size.words(members)}" for members in ends)
    return f"; with {budget.words(smallest)} {few}, {many}"


def _who_is_dead(study: Study) -> tuple[str, str]:
    share, n = paired.pooled_share(study.rows[DEAD], study.rows["replication"])
    definition = (
        f"dead: {HEADLINE.definition} since creation, operators' messages are no life; in brackets "
        f"95 %, {paired.SHARE_METHOD} ({study.replications} replications)"
    )
    if n == 0:
        return f"not known, since the definition needs {HEADLINE.needs_days} days", definition
    said = DEATH.write(share.value, share.lower, share.upper)
    if not share.value:
        return f"nobody, {said} of {n:,} communities; {_other_definitions(study)}", definition
    lever = with_role(study.levers, SIZE) or with_role(study.levers, CADENCE)
    answer = f"{said} of {n:,} communities are dead{_deadliest(study, lever) if lever else ''}"
    answer += _worst_point(study)
    return f"{answer}; {_other_definitions(study)}", definition


def _deadliest(study: Study, lever: Lever) -> str:
    table = paired.by_replication(study.rows, DEAD, lever.key)
    ranked = paired.best_first(table, more_is_better=True)
    if len(ranked) < 2:
        return ""
    most, least = ranked[0], ranked[-1]
    gap = paired.share_difference(table, most, least)
    if not gap.told_apart:
        return f", {lever.words(most)} and {lever.words(least)} not told apart"
    words = [_dead_at(study, lever, value) for value in (most, least)]
    gained = DEATH.write(gap.value, gap.lower, gap.upper, signed=True)
    return f", most at {words[0]}, fewest at {words[1]}, a difference of {gained}"


def _worst_point(study: Study) -> str:
    several = [lever for lever in study.levers if lever.several]
    means = study.rows.groupby("point")[DEAD].mean().astype(float).dropna()
    if len(several) < 2 or means.empty:
        return ""
    rows = study.rows[study.rows["point"] == means.idxmax()]
    own, _ = paired.pooled_share(rows[DEAD], rows["replication"])
    words = listed([lever.words(rows[lever.key].iloc[0]) for lever in several], 9)
    return f", and at worst {DEATH.write(own.value, *own.interval)} at {words}"


def _dead_at(study: Study, lever: Lever, value: Cell) -> str:
    rows = study.rows[study.rows[lever.key] == value]
    own, _ = paired.pooled_share(rows[DEAD], rows["replication"])
    return f"{lever.words(value)}, {DEATH.write(own.value, own.lower, own.upper)}"


def _other_definitions(study: Study) -> str:
    """Say how far the answer depends on the definition."""
    rows = study.rows
    shares = {
        death.definition: paired.pooled_share(rows[f"dead_{death.key}"], rows["replication"])[0]
        for death in DEATHS
        if f"dead_{death.key}" in rows and death is not HEADLINE
    }
    decided = {name: share for name, share in shares.items() if share.replications}
    if not decided:
        return "no other definition can be decided"
    ends = [pick(decided, key=lambda name: decided[name].value) for pick in (min, max)]
    said = [DEATH.write(share.value, *share.interval) for share in (decided[end] for end in ends)]
    if decided[ends[0]].value == decided[ends[1]].value:
        return f"all other definitions that {study.days} can decide say {said[0]}"
    return f"other definitions say {said[0]} to {said[1]}, the most by '{ends[1]}'"


def _what_it_costs(study: Study) -> tuple[str, str]:
    usual = study.rows
    for lever in study.levers:
        usual = usual[usual[lever.key] == lever.usual]
    cost = measure("cost_fen")
    own = paired.estimate(usual["cost_fen"])
    each = paired.ratio(usual["cost_fen"] / 100.0, usual["posting_member_days"])
    words = [lever.words(lever.usual) for lever in study.levers if lever.several]
    answer = f"{listed(words, 9) or 'a community'} cost {cost.write(own.value, *own.interval)}"
    answer += f" in {study.days}"
    if each.value == each.value:
        answer += f", or {write(each.value, each.interval, ' CNY')} a posting member-day"
    return f"{answer}{_extremes(study)}", (
        f"{_cost_definition(study)}; in brackets 95 %, t over {study.replications} replications"
    )


def _extremes(study: Study) -> str:
    means = study.rows.groupby("point")["cost_fen"].mean().dropna()
    if len(means) < 2:
        return ""
    cost, said = measure("cost_fen"), []
    for point in (means.idxmin(), means.idxmax()):
        rows = study.rows[study.rows["point"] == point]
        found = paired.estimate(rows["cost_fen"])
        words = [lever.words(rows[lever.key].iloc[0]) for lever in study.levers if lever.several]
        said.append(f"{cost.write(found.value, *found.interval)} at {listed(words, 9)}")
    return f"; the grid spans {said[0]} to {said[1]}"


def _cost_definition(study: Study) -> str:
    wage = "operator.wage_fen_per_hour"
    fen = None if wage in study.manifest.levers else study.manifest.settings.get(wage)
    paid = "their wage" if fen is None else f"{float(fen) / 100:g} CNY"
    return f"cost: claimed of operators' packets plus operator hours at {paid}, refunds are no cost"


def _peak(study: Study, lever: Lever, what: Measure) -> str:
    """Say where a measure is highest, and whether that is told apart from the rest."""
    table = paired.by_replication(study.rows, what.name, lever.key)
    ranked = paired.best_first(table, what.more_is_better)
    if len(ranked) < 2:
        return f"{what.phrase} cannot be compared"
    best, worst = ranked[0], ranked[-1]
    near = paired.rivals(table, ranked)
    top = paired.estimate(table[best])
    said = what.write(top.value, *top.interval)
    if len(near) == len(ranked) - 1:
        over = paired.difference(table, best, worst)
        return (
            f"{what.phrase} is not told apart between the values tried, {said} at "
            f"{lever.words(best)}, {what.write(over.value, *over.interval, signed=True)} over "
            f"{lever.text(worst)}"
        )
    highest = f"{what.phrase} is highest at {lever.words(best)}, {said}"
    if near:
        others = listed([lever.text(value) for value in sorted(near, key=lever.values.index)])
        return f"{highest}, not told apart from {others}"
    gap = _gain(study, lever, what, (best, ranked[1]))
    return f"{highest}, {gap} over {lever.text(ranked[1])}{_edge(lever, best)}"


def _edge(lever: Lever, value: Cell) -> str:
    """Say that the best value is the last one tried: beyond it nothing is known."""
    if not lever.numeric or value not in (max(lever.values), min(lever.values)):
        return ""
    end = "still rising at the top" if value == max(lever.values) else "falling from the bottom"
    return f" and {end} of the range"


def _gain(study: Study, lever: Lever, what: Measure, values: Sequence[Cell], noun: str = "") -> str:
    table = paired.by_replication(study.rows, what.name, lever.key)
    gap = paired.difference(table, values[0], values[1])
    said = f"{what.write(gap.value, *gap.interval, signed=True)} {noun}".strip()
    return said if gap.told_apart else f"{said} (not told apart)"
