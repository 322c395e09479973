"""Five sentences: how big, how often, what a packet buys, who is dead, what it costs."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from sim.outcomes import PacketWorth
from sim.report import paired
from sim.report.dead import who_is_dead
from sim.report.levers import BUDGET, CADENCE, SIZE, Lever, with_role
from sim.report.peaks import gain, peak
from sim.report.study import Conclusion, Study
from sim.report.wording import figure, listed, measure, write
from sim.report.worth import EVERY, known


def five_answers(study: Study) -> list[Conclusion]:
    """Answer the five questions, always in one order, or say why a question is not answered."""
    answers: dict[str, Callable[[Study], tuple[str, str]]] = {
        "How big": _how_big,
        "How often": _how_often,
        "What a packet buys": _what_a_packet_buys,
        "Who is dead after seven days": who_is_dead,
        "What it costs": _what_it_costs,
    }
    if study.rows.empty:
        nothing = "not known yet, no replication has been played at every point"
        return [Conclusion(question, nothing, "") for question in answers]
    if not study.is_grid:
        answers |= dict.fromkeys(list(answers)[:3], _in_no_grid)
        answers["What it costs"] = _what_points_cost
    found = {question: answer(study) for question, answer in answers.items()}
    return [
        Conclusion(question, said, f"{definition}; over {study.days}" if definition else "")
        for question, (said, definition) in found.items()
    ]


def further_answers(study: Study) -> list[Conclusion]:
    """Say where each lever of several values that is no size, cadence or budget is best; none where
    no replication is complete.
    """
    measures = [measure(name) for name in ("posting_members_per_day", "satisfaction")]
    return [
        Conclusion(
            lever.name, "; ".join(peak(study, lever, one) for one in measures), study.averaged
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
        members = study.by_luck["members_start"].mean()
        return f"not varied here, {figure(members)} members at creation", ""
    share, satisfaction = measure("posting_share_per_day"), measure("satisfaction")
    return f"{peak(study, size, share)}; {peak(study, size, satisfaction)}", (
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
    answer = peak(study, cadence, posting)
    fewest = min(cadence.values)
    if ranked and ranked[0] != fewest:
        ends = (ranked[0], fewest)
        gains = [
            gain(study, cadence, measure(name), ends, noun)
            for name, noun in (
                (posting.name, "posting members"),
                ("satisfaction", "satisfaction"),
                ("cost_fen", "a community"),
            )
        ]
        answer += f"; against {cadence.words(fewest)} that is {listed(gains)}"
    return answer, (
        "posting: at least one message that day; satisfaction: share of needs met, 0 to 1; "
        f"{study.averaged}"
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
        f"{pairs:,} pairs in {study.replications} replications{study.weighted}"
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


def _what_it_costs(study: Study) -> tuple[str, str]:
    usual = study.rows
    for lever in study.levers:
        usual = usual[usual[lever.key] == lever.usual]
    cost = measure("cost_fen")
    spent = paired.in_replications(usual, cost.name)
    own = paired.estimate(spent)
    each = paired.ratio(spent / 100.0, paired.in_replications(usual, "posting_member_days"))
    words = [lever.words(lever.usual) for lever in study.levers if lever.several]
    answer = f"{listed(words, 9) or 'a community'} cost {cost.write(own.value, *own.interval)}"
    answer += f" in {study.days}"
    if each.value == each.value:
        answer += f", or {write(each.value, each.interval, ' CNY')} a posting member-day"
    return f"{answer}{_extremes(study)}", (
        f"{_cost_definition(study)}; in brackets 95 %, {study.method}"
    )


def _extremes(study: Study) -> str:
    means = study.by_luck.groupby("point")["cost_fen"].mean().dropna()
    if len(means) < 2:
        return ""
    cost, said = measure("cost_fen"), []
    for point in (means.idxmin(), means.idxmax()):
        rows = study.rows[study.rows["point"] == point]
        found = paired.estimate(paired.in_replications(rows, "cost_fen"))
        words = [lever.words(rows[lever.key].iloc[0]) for lever in study.levers if lever.several]
        said.append(f"{cost.write(found.value, *found.interval)} at {listed(words, 9)}")
    return f"; the grid spans {said[0]} to {said[1]}"


def _cost_definition(study: Study) -> str:
    wage = "operator.wage_fen_per_hour"
    fen = None if wage in study.manifest.levers else study.manifest.settings.get(wage)
    paid = "their wage" if fen is None else f"{float(fen) / 100:g} CNY"
    return f"cost: claimed of operators' packets plus operator hours at {paid}, refunds are no cost"
