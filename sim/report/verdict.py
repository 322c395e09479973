"""The answers of a comparison, of a Pareto front and of forecasts, in the shape of a sweep's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.forecast import BEGINS, LABELS, MODEL, Record
from sim.language import N_, _
from sim.lives.outcomes import ALIVE, DEAD
from sim.report.answer import (
    FEN_PER_CNY,
    MATTERS,
    MOST_AVOIDED,
    MOST_OPTIONS,
    NO_POINT,
    Answer,
    Option,
    three,
)
from sim.stats.intervals import CLEAR_ERRORS
from sim.study.compare import BETTER, MORE, NO_CLEAR_DIFFERENCE, Comparison
from sim.study.optimise import Optimum

POSTING, COST = "posting_members_per_day", "cost_fen"
QUESTIONS = {
    ALIVE.name: (N_("groups alive, of 100"), 100.0),
    POSTING: (N_("people posting a day"), 1.0),
    COST: (N_("cost of a group, CNY"), 0.01),
    "satisfaction": (N_("satisfaction, 0 to 1"), 1.0),
    "openers_answered_share": (N_("talks answered, %"), 100.0),
    "muted_share": (N_("members who muted, %"), 100.0),
}
"""What is asked of every comparison, the first first, and the factor of what is printed."""

MOST_ROWS = 12
MOST_PAIRS = 10_000
LIKELY = 0.5


def answer_of_comparison(found: Comparison) -> Answer:
    """Say of each question whether the others are better or worse than the first, and which to
    take: the one that keeps most groups alive; where none clearly does, in which most people talk;
    then the cheapest.
    """
    table = pd.concat([found.alive, found.outcomes])
    others = found.names[1:]
    asked = [one for one in QUESTIONS if (table["outcome"] == one).any()]
    asked = asked[: max(1, MOST_ROWS // len(others))]
    rows = table[table["outcome"].isin(asked)]
    ordered = rows.assign(at=rows["outcome"].map(asked.index)).sort_values("at", kind="stable")
    options = [_question(found, row) for row in ordered.itertuples() if row.pairs]
    named = ";  ".join(f"{letter(found, name)}: {name}" for name in found.names)
    heads = ("A", *(["B"] if len(others) == 1 else [_("other")]), _("difference"), _("answer"))
    lived = found.alive[found.alive["pairs"] > 0]
    worse = [row for row in lived.itertuples() if _verdict(row) == "worse"]
    return Answer(
        headline=_advice(found, table),
        detail=(named,),
        option_heads=heads,
        options=tuple(options),
        avoid=tuple(_worse(found, row) for row in worse[:MOST_AVOIDED]),
        trust=_how_sure(found, lived),
    )


def letter(found: Comparison, name: str) -> str:
    """Return the letter of an alternative."""
    return chr(65 + found.names.index(name))


def _verdict(row: Any) -> str:
    """Say in one word what an answer says of the alternative against the first."""
    if row.answer.endswith((BETTER, MORE)):
        words = (N_("better"), N_("worse")) if row.better else (N_("more"), N_("less"))
        return words[row.answer not in (row.alternative + BETTER, row.alternative + MORE)]
    return str(row.answer)


def _question(found: Comparison, row: Any) -> Option:
    words, scale = QUESTIONS[row.outcome]
    who = f"{letter(found, row.alternative)}: " if len(found.names) > 2 else ""
    first, second, gap, low, high = (
        three(scale * value)
        for value in (row.first, row.second, row.difference, row.lower, row.upper)
    )
    span = _("{number} ({low} to {high})", number=gap, low=low, high=high)
    return Option(f"{who}{_(words)}", NO_POINT, (first, second, span, _(_verdict(row))))


def _advice(found: Comparison, table: pd.DataFrame) -> str:
    names = list(found.names[1:])
    reasons = {
        ALIVE.name: _("{name} keeps more groups alive: take {name}."),
        POSTING: _("Groups live alike; in {name} more people talk: take {name}."),
        COST: _("Groups and people do alike; {name} is cheaper: take {name}."),
    }
    for outcome, text in reasons.items():
        asked = table[(table["outcome"] == outcome) & table["alternative"].isin(names)]
        said = {row.alternative: (_verdict(row), abs(row.difference)) for row in asked.itertuples()}
        if better := [one for one in said if said[one][0] == "better"]:
            return text.format(name=letter(found, max(better, key=lambda one: said[one][1])))
        names = [one for one in said if said[one][0] != "worse"]
        if not names:
            return text.format(name="A")
    return _("No clear difference that matters: keep A, or compare more groups.")


def _worse(found: Comparison, row: Any) -> str:
    return _(
        "Avoid {name}: {alive} of 100 groups live, not {instead}.",
        name=letter(found, row.alternative),
        alive=three(100 * row.second),
        instead=three(100 * row.first),
    )


def _how_sure(found: Comparison, lived: pd.DataFrame) -> tuple[str, ...]:
    pairs = _(
        "{pairs} pairs of groups that share all chance events; intervals 95 %.",
        pairs=found.replications,
    )
    unclear = lived[lived["answer"] == NO_CLEAR_DIFFERENCE]
    needed = unclear["pairs_needed"].min() if len(unclear) else math.nan
    lines = [pairs]
    if not math.isnan(needed):
        number = f"{needed:,.0f}" if needed <= MOST_PAIRS else f"> {MOST_PAIRS:,}"
        lines.append(
            _("To see so small a difference in groups alive takes {number} pairs.", number=number)
        )
    if found.looks and found.looks[-1].pairs < int(found.origin["replications"]):
        lines.append(_("Stopped early, which flatters differences: --all has what to quote."))
    lines.append(_("What the model says of its assumptions, not of your group."))
    return tuple(lines)


# --- a Pareto front -------------------------------------------------------------------------------


def answer_of_optimum(found: Optimum) -> Answer:
    """Recommend of a front the cheapest setting that lets not clearly more groups fall silent."""
    tried = len(found.trials)
    front = found.front[found.front["within_budget"]] if len(found.front) else found.front
    if front.empty:
        return Answer(_("No setting of the {number} tried is within the budget.", number=tried))
    dead, error = front[DEAD], front[f"{DEAD}_error"].fillna(0.0)
    best = dead.idxmin()
    gap = dead - dead[best]
    clear = (gap >= CLEAR_ERRORS * (error**2 + error[best] ** 2) ** 0.5) & (gap >= MATTERS)
    chosen = int(front.loc[~clear, COST].idxmin())
    levers = [key for key in front if "." in key]
    order = [chosen, *(at for at in front.sort_values(COST).index if at != chosen)]
    options = [_setting(front.loc[at], levers, int(at), at == chosen) for at in order]
    lives = _("With it {alive} of 100 groups talk in their second week.")
    return Answer(
        headline=_(
            "Take setting {number}, the cheapest that keeps groups talking.", number=chosen + 1
        ),
        detail=(lives.format(alive=three(100 * (1 - dead[chosen]))),),
        option_heads=(_("talk in week 2, of 100"), _("posting a day"), _("CNY")),
        options=tuple(options[:MOST_OPTIONS]),
        trust=(
            _(
                "{front} of {tried} settings tried are beaten by no other; played anew with new "
                "random seeds, {sets} parameter sets x {replications} groups.",
                front=len(found.front),
                tried=tried,
                sets=found.sets,
                replications=found.replications,
            ),
            _("What the model says of its assumptions, not of your group."),
        ),
        chosen=chosen,
    )


def _setting(row: pd.Series, levers: Sequence[str], at: int, chosen: bool) -> Option:
    values = (three(row[key]) if isinstance(row[key], float) else row[key] for key in levers)
    named = zip(levers, values, strict=True)
    words = ", ".join(f"{key.rpartition('.')[2].replace('_', ' ')} {value}" for key, value in named)
    cells = three(100 * (1 - row[DEAD])), three(row[POSTING]), three(row[COST] / FEN_PER_CNY)
    return Option(f"{at + 1}: {words}", at, cells, chosen)


# --- forecasts ------------------------------------------------------------------------------------


def answer_of_outlook(found: pd.DataFrame, record: Record) -> Answer:
    """Name the groups that will fall silent more likely than not, the likeliest first."""
    chances = {weeks: _leading(found, label, record) for weeks, label in BEGINS.items()}
    soonest, latest = (chances[pick(chances)] for pick in (min, max))
    silent = found["silent_now"].astype(bool)
    risk = soonest.where(~silent, 1.0)
    order = pd.DataFrame({"risk": risk, "late": latest}).sort_values(
        ["risk", "late"], ascending=False, kind="stable"
    )
    likely = int((risk >= LIKELY).sum())
    heads = tuple(_("silent in {weeks} weeks", weeks=weeks) for weeks in BEGINS)
    options = []
    for at in order.index[:MOST_OPTIONS]:
        cells = [_("silent now")] if silent[at] else [_percent(one[at]) for one in chances.values()]
        cells += ["–"] * (len(BEGINS) - len(cells))
        options.append(Option(str(found.at[at, "group"]), int(at), tuple(cells)))
    if likely:
        headline = _("Look after {likely} of {groups} groups: silent, or likely so within 2 weeks.")
    else:
        headline = _("No group of {groups} is likely to fall silent within 2 weeks.")
    return Answer(
        headline=headline.format(likely=likely, groups=len(found)),
        detail=(_("Silent: no member has written for 7 days."),),
        option_heads=heads,
        options=tuple(options),
        trust=_how_good(found, record),
    )


def _leading(found: pd.DataFrame, label: str, record: Record) -> pd.Series:
    """Take each group's chance from the forecast that was better at its age."""
    by_model = [
        not math.isnan(age) and record.leader(label, age) == MODEL for age in found["horizon_days"]
    ]
    regression = found[f"{label}_regression"]
    return found[f"{label}_{MODEL}"].where(pd.Series(by_model, found.index), regression)


def _percent(chance: float) -> str:
    return "–" if math.isnan(chance) else _("{percent} %", percent=f"{100 * chance:.0f}")


def _how_good(found: pd.DataFrame, record: Record) -> tuple[str, ...]:
    """Say how good such forecasts were, at the commonest age."""
    label, ages = next(iter(LABELS)), found["horizon_days"].dropna()
    lines = []
    if len(ages):
        age = float(ages.mode().iloc[0])
        rows = record.of(label, age)
        if len(rows):
            row = rows.loc[record.leader(label, age)]
            lines.append(
                _(
                    "At an age of {age:g} days such forecasts ranked {share:.0f} of 100 pairs of "
                    "real groups rightly ({low:.0f} to {high:.0f}; guessing: 50).",
                    age=age,
                    share=100 * row["auc"],
                    low=100 * row["auc_low"],
                    high=100 * row["auc_high"],
                )
            )
    if young := int(found["horizon_days"].isna().sum()):
        lines.append(_("{young} groups are under a day old: no forecast.", young=young))
    lines.append(_("Measured on {rooms}; other kinds of groups may differ.", rooms=record.origin))
    return tuple(lines)
