"""The answers of a comparison, of a Pareto front and of forecasts, in the shape of a sweep's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.forecast import BEGINS, LABELS, MODEL, Record
from sim.language import N_, _
from sim.lives.outcomes import ALIVE, DEAD, outcome_named
from sim.report.answer import (
    MATTERS,
    MOST_AVOIDED,
    MOST_OPTIONS,
    NO_POINT,
    Answer,
    Option,
    cheapest_or_livelier,
    three,
)
from sim.report.levers import BUDGET, CADENCE, FEN_PER_CNY, SIZE, named, plan_in_words, role_of
from sim.report.uncertainty import alike, capital, spanned
from sim.stats.intervals import CLEAR_ERRORS
from sim.study.compare import (
    BETTER,
    MORE,
    NO_CLEAR_DIFFERENCE,
    NOT_KNOWN,
    TOO_SMALL,
    UNCERTAIN,
    Comparison,
    Played,
)
from sim.study.optimise import Optimum
from sim.study.sensitivity import SOBOL, Sensitivity

POSTING, COST = "posting_members_per_day", "cost_fen"
QUESTIONS = {
    ALIVE.name: (N_("alive of 100"), 100.0),
    POSTING: (N_("people posting a day"), 1.0),
    COST: (N_("CNY a group"), 0.01),
    "satisfaction": (N_("satisfaction, 0 to 1"), 1.0),
    "openers_answered_share": (N_("talks answered, %"), 100.0),
    "muted_share": (N_("members who muted, %"), 100.0),
}
"""What is asked of every comparison, the first first, and the factor of what is printed."""

IN_BRIEF = {
    NO_CLEAR_DIFFERENCE: N_("unclear"),
    UNCERTAIN: N_("hangs on parameters"),
    TOO_SMALL: N_("too small"),
    NOT_KNOWN: N_("not known"),
}
MOST_ROWS = 12
WORSE, GAIN = "worse", "better"
MOST_PAIRS = 10_000
LIKELY = 0.5
OF_ASSUMPTIONS = N_("What the model says of its assumptions, not of your group.")


def answer_of_comparison(found: Comparison) -> Answer:
    """Say of each question whether the others are better or worse than the first, and which to
    take: the one that keeps most groups alive; where groups live alike, by the rule of a sweep the
    cheapest, or for a tenth more the one in which more people talk (`cheapest_or_livelier`).
    """
    table = pd.concat([found.alive, found.outcomes])
    others = found.names[1:]
    asked = [one for one in QUESTIONS if (table["outcome"] == one).any()]
    answers = {one: table[(table["outcome"] == one) & (table["pairs"] > 0)] for one in asked}
    pair = len(others) == 1
    lay_out = _question if pair else _question_of_many
    options = [lay_out(found, [*rows.itertuples()]) for rows in answers.values() if len(rows)]
    named = (f"{letter(found, name)}: {plan_in_words(name)}" for name in found.names)
    letters = (letter(found, name) for name in found.names)
    heads = ("A", "B", _("difference"), _("answer")) if pair else tuple(letters)
    lived = found.alive[found.alive["pairs"] > 0]
    worse = [row for row in lived.itertuples() if verdict_of(row) == WORSE]
    headline, *price = advice(found, table)
    return Answer(
        headline=headline,
        detail=(*price, *named),
        option_heads=heads,
        options=tuple(options),
        avoid=tuple(_worse(found, row) for row in worse[:MOST_AVOIDED]),
        trust=_how_sure(found, lived),
    )


def letter(found: Comparison | Played, name: str) -> str:
    """Return the letter of an alternative."""
    return chr(65 + found.names.index(name))


def verdict_of(row: Any) -> str:
    """Say in one word what an answer says of the alternative against the first."""
    if row.answer.endswith((BETTER, MORE)):
        words = (N_("better"), N_("worse")) if row.better else (N_("more"), N_("less"))
        return words[row.answer not in (row.alternative + BETTER, row.alternative + MORE)]
    return str(row.answer)


def _question(_found: Comparison, rows: Sequence[Any]) -> Option:
    """Lay out what one question finds of two plans: both, their difference, the answer."""
    (row,) = rows
    words, scale = QUESTIONS[row.outcome]
    first, second = alike([scale * row.first, scale * row.second])
    span = spanned(*alike([scale * one for one in (row.difference, row.lower, row.upper)]))
    verdict = verdict_of(row)
    cells = first, second, span, _(IN_BRIEF.get(verdict, verdict))
    return Option(_(words), NO_POINT, cells, kept=verdict == WORSE)


def _question_of_many(found: Comparison, rows: Sequence[Any]) -> Option:
    """Lay out what one question finds of more plans: the first, and of each other its number and
    the answer against the first.
    """
    words, scale = QUESTIONS[rows[0].outcome]
    first, *others = alike([scale * rows[0].first, *(scale * row.second for row in rows)])
    verdicts = [verdict_of(row) for row in rows]
    cells = {
        row.alternative: f"{number} {_(IN_BRIEF.get(verdict, verdict))}"
        for row, number, verdict in zip(rows, others, verdicts, strict=True)
    }
    answers = (cells.get(name, "-") for name in found.names[1:])
    return Option(_(words), NO_POINT, (first, *answers), kept=WORSE in verdicts)


def advice(found: Comparison | Played, table: pd.DataFrame) -> list[str]:
    """Say which to take, and what it costs more and worsens."""
    lives = {row.alternative: row for row in table[table["outcome"] == ALIVE.name].itertuples()}
    better = [name for name, row in lives.items() if verdict_of(row) == GAIN]
    if better:
        name = max(better, key=lambda one: abs(lives[one].difference))
        text = _("{name} keeps more groups alive: take {name}.")
        return [text.format(name=letter(found, name)), *_price(found, table, name)]
    names = [name for name in found.names if name not in lives or verdict_of(lives[name]) != WORSE]
    if len(names) == 1:
        return [_("{name} keeps more groups alive: take {name}.").format(name="A")]
    money, talk = (_known(found, table, outcome) for outcome in (COST, POSTING))

    def livelier(one: str, other: str) -> bool:
        gap, least = talk[one] - talk[other], outcome_named(POSTING).smallest_that_matters
        return gap > 0 and gap >= least(talk[one], talk[other])

    who = _("Groups")
    if len(names) < len(found.names):
        who = _("Groups of {names}", names=", ".join(letter(found, name) for name in names))
    chosen = cheapest_or_livelier({name: money[name] for name in names}, talk, livelier)
    richer = [name for name in names if livelier(name, chosen)]
    if richer:
        name = max(richer, key=lambda one: talk[one])
        text = _(
            "{who} live alike: take {name}, unless {people} more people a day are worth {money} "
            "CNY."
        )
        said = {"who": who, "people": three(talk[name] - talk[chosen])}
        said |= {"money": three((money[name] - money[chosen]) / FEN_PER_CNY)}
        headline = text.format(name=letter(found, chosen), **said)
        return [headline, *_price(found, table, name, chosen)]
    less = any(livelier(chosen, name) for name in names)
    cheaper = any(money[chosen] < money[name] for name in names)
    text = _("No clear difference that matters: keep A, or compare more groups.")
    if less:
        text = _("{who} live alike; in {name} more people talk: take {name}.")
    elif cheaper:
        text = _("Groups and people do alike; {name} is cheaper: take {name}.")
    return [text.format(who=who, name=letter(found, chosen)), *_price(found, table, chosen)]


def _known(found: Comparison | Played, table: pd.DataFrame, outcome: str) -> dict[str, float]:
    """Return an outcome of every alternative; that of the first where the difference from it is not
    clear or too small to matter.
    """
    rows = {row.alternative: row for row in table[table["outcome"] == outcome].itertuples()}
    values = dict.fromkeys(found.names, 0.0)
    for name, row in rows.items():
        values[found.names[0]] = row.first
        values[name] = row.first + row.difference * (verdict_of(row) in (GAIN, WORSE))
    return {name: 0.0 if math.isnan(value) else value for name, value in values.items()}


def _price(
    found: Comparison | Played, table: pd.DataFrame, name: str, chosen: str | None = None
) -> list[str]:
    """Say what an alternative costs more than another (the first), and in what it is worse than the
    first; nothing where it does neither.
    """
    first = found.names[0]
    money = _known(found, table, COST)
    more = (money[name] - money[chosen or first]) / FEN_PER_CNY
    rows = table[table["alternative"] == name]
    verdicts = {row.outcome: verdict_of(row) for row in rows.itertuples()}
    asked = (one for one in QUESTIONS if one != COST and verdicts.get(one) == WORSE)
    worse = [_(QUESTIONS[one][0]) for one in asked]
    said = {"name": letter(found, name), "other": letter(found, chosen or first)}
    said |= {"money": three(more), "what": _("; ").join(worse)}
    if more > 0 and worse:
        text = _("{name} costs {money} CNY a group more than {other}; worse than A in: {what}.")
    elif more > 0:
        text = _("{name} costs {money} CNY a group more than {other}.")
    else:
        text = _("{name} is worse than A in: {what}.") if worse else ""
    return [text.format(**said)] if text else []


def _worse(found: Comparison, row: Any) -> str:
    text = _("Avoid {name}: {alive} of 100 groups live, not {instead}.")
    alive, instead = three(100 * row.second), three(100 * row.first)
    return text.format(name=letter(found, row.alternative), alive=alive, instead=instead)


def _how_sure(found: Comparison, lived: pd.DataFrame) -> tuple[str, ...]:
    pairs = _("{pairs} pairs of groups that share all chance events.")
    if len(found.names) == 2:  # of more plans no interval is shown
        pairs = _("{pairs} pairs of groups that share all chance events; intervals 95 %.")
    unclear = lived[lived["answer"] == NO_CLEAR_DIFFERENCE]
    needed = unclear["pairs_needed"].min() if len(unclear) else math.nan
    lines = [pairs.format(pairs=found.replications)]
    if not math.isnan(needed):
        number = f"{needed:,.0f}" if needed <= MOST_PAIRS else f"> {MOST_PAIRS:,}"
        lines.append(
            _("To see so small a difference in groups alive takes {number} pairs.", number=number)
        )
    if found.looks and found.looks[-1].pairs < int(found.origin["replications"]):
        lines.append(_("Stopped early, which flatters differences: --all has what to quote."))
    lines.append(_(OF_ASSUMPTIONS))
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
    order = order[:MOST_OPTIONS]
    columns = [
        100 * (1 - dead[order]),
        front.loc[order, POSTING],
        front.loc[order, COST] / FEN_PER_CNY,
    ]
    cells = [*zip(*map(alike, columns), strict=True)]
    options = [
        Option(_setting(front.loc[at], levers, int(at)), int(at), row, at == chosen)
        for at, row in zip(order, cells, strict=True)
    ]
    lives = _("With it {alive} of 100 groups talk in their second week.")
    beaten = _(
        "{front} of {tried} settings tried are beaten by no other; played anew with new random "
        "seeds, {sets} parameter sets x {replications} groups."
    )
    numbers = {"front": len(found.front), "sets": found.sets, "replications": found.replications}
    return Answer(
        headline=_(
            "Take setting {number}, the cheapest that keeps groups talking.", number=chosen + 1
        ),
        detail=(lives.format(alive=three(100 * (1 - dead[chosen]))),),
        option_heads=(_("talk in week 2, of 100"), _("posting a day"), _("CNY")),
        options=tuple(options),
        trust=(beaten.format(tried=tried, **numbers), _(OF_ASSUMPTIONS)),
        chosen=chosen,
    )


def _setting(row: pd.Series, levers: Sequence[str], at: int) -> str:
    values = {key: row[key] for key in levers}
    short = {key: f"{float(three(value).replace(',', '')):g}" if isinstance(value, float) else value
             for key, value in values.items()}  # fmt: skip
    return f"{at + 1}: {plan_in_words('; '.join(f'{key}={value}' for key, value in short.items()))}"


# --- sensitivity ----------------------------------------------------------------------------------

MEASURED_BY = {
    "morris": N_("Numbers: mean effect of a factor's whole range, in the outcome's unit (Morris)."),
    "sobol": N_("Numbers: share of the variance, %, interactions counted (Sobol)."),
}


def answer_of_sensitivity(found: Sensitivity) -> Answer:
    """Name what each outcome hangs on most, then the factors by how much hangs on them."""
    table = found.indices.set_index(["factor", "outcome"])
    scales = {name: _scale(name, found.method) for name in found.indices["outcome"].unique()}
    effect, clear = table["value"].unstack()[[*scales]], table["told_apart"].unstack()[[*scales]]
    known = effect.where(clear.astype(bool))
    strength = (known / effect.max()).max(axis=1).dropna().sort_values(ascending=False)
    if strength.empty:
        return Answer(
            _("Nothing clearly hangs on any factor: play more (--size)."), trust=_of_sample(found)
        )
    leading = [_hangs(found, name, scales[name]) for name in scales if known[name].notna().any()]
    shown = [str(factor) for factor in strength.index[:MOST_ROWS]]
    columns = [alike([*(known.loc[shown, name] * scale)]) for name, scale in scales.items()]
    options = [
        Option(factor_in_words(factor), NO_POINT, tuple(cells))
        for factor, *cells in zip(shown, *columns, strict=True)
    ]
    return Answer(
        headline=leading[0],
        detail=tuple(leading[1:]),
        option_heads=tuple(heading(name) for name in scales),
        options=tuple(options),
        trust=(_(MEASURED_BY[found.method]), *_of_sample(found)),
    )


def _scale(outcome: str, method: str) -> float:
    """Return what an effect on an outcome is multiplied with to be printed."""
    return 100.0 if method == SOBOL else outcome_named(outcome).scale


FACTORS = N_({SIZE: "group size", CADENCE: "posts a day", BUDGET: "red packets"})


def factor_in_words(key: str) -> str:
    """Name what outcomes may hang on."""
    return _(FACTORS.get(role_of(key)) or named(key).partition(" (")[0])


def heading(outcome: str) -> str:
    """Head the column of an outcome."""
    known = outcome_named(outcome)
    unit = ", CNY" if known.printed == "CNY" else ""
    return _(known.heading) or outcome.removesuffix("_fen").replace("_", " ") + unit


def _hangs(found: Sensitivity, outcome: str, scale: float) -> str:
    rows = found.indices[(found.indices["outcome"] == outcome) & found.indices["told_apart"]]
    most = rows.loc[rows["value"].idxmax()]
    value, low, high = (scale * most[name] for name in ("value", "lower", "upper"))
    return _(
        "{outcome}: hangs most on {factor}, {effect}.",
        outcome=capital(heading(outcome)),
        factor=factor_in_words(most["factor"]),
        effect=spanned(*alike([value, low, high])),
    )


def _of_sample(found: Sensitivity) -> tuple[str, ...]:
    text = _("{points:,} points x {replications:,} replications; intervals 95 %; –: not clear.")
    sample = text.format(points=found.points, replications=found.replications)
    return sample, _(OF_ASSUMPTIONS)


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


def answer_of_record(record: Record) -> Answer:
    """Say how well forecasts of a silent week ranked real rooms, at each age they were made at."""
    ages = sorted(set(record.frame["horizon_days"]))
    best = {(name, age): _led(record, name, age) for name in BEGINS.values() for age in ages}
    options = []
    for age in ages:
        rows = [best[name, age] for name in BEGINS.values()]
        cells = ["–" if row is None else _of_pairs(row) for row in rows]
        options.append(Option(_("{days} days", days=f"{age:g}"), NO_POINT, tuple(cells)))
    judged = [row["auc"] for row in best.values() if row is not None]
    headline = _("Of 100 pairs of real groups such forecasts rank {low:.0f} to {high:.0f} rightly.")
    detail = _("Guessing: 50. By the days seen, with 95 % intervals; the better of two forecasts:")
    return Answer(
        headline=headline.format(low=100 * min(judged), high=100 * max(judged)),
        detail=(detail,),
        option_heads=tuple(_("silent in {weeks} weeks", weeks=weeks) for weeks in BEGINS),
        options=tuple(options),
        trust=(_of_rooms(record),),
    )


def _led(record: Record, label: str, age: float) -> pd.Series | None:
    rows = record.of(label, age)
    return rows.loc[record.leader(label, age)] if len(rows) else None


def _of_pairs(row: pd.Series) -> str:
    return spanned(*(f"{100 * row[name]:.0f}" for name in ("auc", "auc_low", "auc_high")))


def _of_rooms(record: Record) -> str:
    origin = _(record.origin)
    return _("Learned on {rooms}: of other kinds of groups it may be wrong.", rooms=origin)


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
        text = _(
            "At an age of {age:g} days {silent:.0f} of 100 real groups fell silent within 2 weeks; "
            "such forecasts ranked {share:.0f} of 100 pairs of them rightly ({low:.0f} to "
            "{high:.0f}; guessing: 50)."
        )
        if (row := _led(record, label, age)) is not None:
            names = {"silent": "share", "share": "auc", "low": "auc_low", "high": "auc_high"}
            percents = {field: 100 * row[name] for field, name in names.items()}
            lines.append(text.format(age=age, **percents))
    if young := int(found["horizon_days"].isna().sum()):
        lines.append(_("{young} groups are under a day old: no forecast.", young=young))
    lines.append(_of_rooms(record))
    return tuple(lines)
