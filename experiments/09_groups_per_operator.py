"""How many groups one operator can serve, and what one group more costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.asking import (
    HIGHER,
    Answer,
    Asking,
    Both,
    Question,
    Rows,
    change,
    community,
    mean_of,
    size_of,
    words,
)
from experiments.pictures import lines
from sim.state import Array
from sim.stats.intervals import estimate
from sim.stats.paired import paired_difference

DAYS = 90
MONTH_CNY = 0.01 * 30 / DAYS  # of fen in all days
COUNTS = (1, 3, 5, 10, 30, 100)
LATE, MISSING, SOLVED = "late_answers_share", "missing_answers_share", "problems_solved_share"
COST, MOOD = "cost_fen", "satisfaction"
WELL = 0.1  # of the questions late or left: the most that is called well
SHIFT = "policies.shifts."
TEAMS = {  # the same 45 paid hours a week
    "full": (
        Both("full-time, 9 to 18", "全职，9 点到 18 点"),
        {"hands": 1.0, "weekend_hands": 0.1, "from_hour": 9, "to_hour": 18},
    ),
    "part": (
        Both("part-time, 18 to 22", "兼职，18 点到 22 点"),
        {"hands": 1.6, "weekend_hands": 1.6, "from_hour": 18, "to_hour": 22, "turnover_days": 60},
    ),
}
ALIKE = {"run.days": DAYS, "operator.answer_probability": 0.8, "policies.cadence.posts_per_day": 1}
EVENING = (
    Both("{size} more of 100 questions", "多 {size} 个"),
    Both("{size} fewer of 100 questions", "少 {size} 个"),
    Both("no clearly different number of questions", "数量看不出差别"),
)
ASSUMED = (
    "wants.problems_per_month", "wants.ask_drive", "operator.minutes_per_answer",
    "operator.minutes_per_post", "wants.patience_days",
)  # fmt: skip


def team(name: str, groups: int) -> dict[str, float | int]:
    """Return what is set for a team that serves so many groups."""
    shifts = {SHIFT + key: value for key, value in TEAMS[name][1].items()}
    return {**ALIKE, **shifts, "desk.groups": groups}


def missed_of(rows: Rows, plan: str) -> Array:
    """Return the share of questions late or left, [1, group]."""
    return rows.values(plan, LATE) + rows.values(plan, MISSING)


def ask(asking: Asking) -> Answer:
    """Play buyers of a course, served by one person full-time or part-time, with more groups."""
    plans = {
        f"{name} {count}": community("course_buyers", values=team(name, count))
        for name in TEAMS
        for count in COUNTS
    }
    rows = asking.play(plans)
    missed = {plan: missed_of(rows, plan) for plan in plans}
    late = {plan: estimate(one[0][np.isfinite(one[0])]) for plan, one in missed.items()}
    well = [n for n in COUNTS if late[f"full {n}"].value <= WELL]
    most = max(well, default=COUNTS[0])
    after = COUNTS[min(COUNTS.index(most) + 1, len(COUNTS) - 1)]
    totals = [n * rows.values(f"full {n}", COST)[0] for n in (most, after)]
    one_more = estimate((totals[1] - totals[0]) / max(1, after - most))
    evening = paired_difference(missed[f"full {most}"], missed[f"part {most}"], np.ones(1))
    head = Both(
        "Give one full-time person at most {most} such groups: of 100 questions {late} are then "
        "late or left, with {after} groups {next}.",
        "一名全职运营最多带 {most} 个这样的群：每 100 个提问有 {late} 个被耽误或没人答，"
        "带 {after} 个群时有 {next} 个。",
    )
    none = Both(
        "One full-time person cannot serve even {most} such groups well: of 100 questions {late} "
        "are late or left.",
        "一名全职运营连 {most} 个这样的群也带不好：每 100 个提问有 {late} 个被耽误或没人答。",
    )
    said = (head if well else none) + Both(
        "A group costs {dear} CNY a month with {most} and {cheap} with {last}, and one more beyond "
        "{most} adds {more} CNY a month; with as many paid hours in the evenings, part-time, and a "
        "new person after 60 days, {part} are late or left.",
        "每群每月成本：带 {most} 个时 {dear} 元，带 {last} 个时 {cheap} 元；"
        "超过 {most} 个后每多带一个群每月多花 {more} 元；同样的付薪工时改为晚上兼职、"
        "60 天换一次人，带 {most} 个群时每 100 个提问里被耽误或没人答的{part}。",
    )
    shown = pd.DataFrame(
        [
            (*plan.split(), 100 * one.value, *(100 * end for end in one.interval))
            for plan, one in late.items()
        ],
        columns=["series", "x", "mean", "lower", "upper"],
    ).astype({"x": float})
    return Answer(
        said.format(
            most=most, after=after, last=COUNTS[-1],
            late=mean_of(late[f"full {most}"], 100), next=mean_of(late[f"full {after}"], 100),
            dear=mean_of(rows.mean(f"full {most}", COST), MONTH_CNY),
            cheap=mean_of(rows.mean(f"full {COUNTS[-1]}", COST), MONTH_CNY),
            more=mean_of(one_more, MONTH_CNY), part=words(evening, *EVENING).format(size=size_of(evening, 100)),
        ),
        Both(
            "late or left: questions that the team meant to answer and its queue held up for over "
            "an hour or dropped; well: at most 10 of 100. {groups} groups a point, 100 course "
            "buyers, 90 days, a post a day. Satisfaction (0 to 100) with {last} groups against "
            "{few}: {mood}.",
            "被耽误或没人答：运营打算回答、却因排队拖过一小时或放弃的提问；带得好：每 100 个不超过 "
            "10 个。每点 {groups} 个群，每群 100 名买课的人，90 天，每天一帖。"
            "带 {last} 个群与 {few} 个群相比，满意度（0 到 100）：{mood}。",
        ).format(
            groups=rows.played.replications, last=COUNTS[-1], few=COUNTS[0],
            mood=change(rows.gap(f"full {COUNTS[-1]}", f"full {COUNTS[0]}", MOOD), scale=100.0, ways=HIGHER),
        ),
        asking.hangs_on((plans["full 1"], plans["full 10"]), SOLVED, ASSUMED, 100),
        rows.table(LATE, MISSING, SOLVED, COST, MOOD),
        lines(
            shown, {name: label for name, (label, _set) in TEAMS.items()},
            Both("Questions late or left, by groups", "被耽误或没人答的提问，按群数"),
            Both("groups that one team serves", "一个团队带的群数"),
            Both("late or left, of 100", "每百个提问"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How many groups can one operator serve?", "一名运营能带几个群？"), ask)
