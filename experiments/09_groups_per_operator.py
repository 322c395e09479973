"""How many groups one operator can serve, and what one group more costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import lines
from sim.stats.intervals import estimate
from sim.stats.paired import paired_difference

DAYS, COUNTS = 90, (1, 3, 5, 10, 30, 100)
MONTH = of.CNY * 30 / DAYS  # of fen in all days
LATE, LEFT, SOLVED = "late_answers_share", "missing_answers_share", "problems_solved_share"
COST, MOOD = "cost_fen", "satisfaction"
WELL = 0.1  # of the questions late or left: the most that is called well
ALIKE = {"run.days": DAYS, "operator.answer_probability": 0.8, "policies.cadence.posts_per_day": 1}
TEAMS: Named = {  # the same 45 paid hours a week
    "full": (
        Both("full-time, 9 to 18", "全职，9 点到 18 点"),
        {"hands": 1.0, "weekend_hands": 0.1, "from_hour": 9, "to_hour": 18},
    ),
    "part": (
        Both("part-time, 18 to 22", "兼职，18 点到 22 点"),
        {"hands": 1.6, "weekend_hands": 1.6, "from_hour": 18, "to_hour": 22, "turnover_days": 60},
    ),
}
ASSUMED = (
    "wants.problems_per_month", "wants.ask_drive", "operator.minutes_per_answer",
    "operator.minutes_per_post", "wants.patience_days",
)  # fmt: skip

GIVE = Both(
    "Give one full-time person at most {most} groups: {late} of 100 questions are late or left "
    "then, with {after} groups {next}.",
    "一名全职运营最多带 {most} 个群：每百个提问有 {late} 个被耽误或没人答，带 {after} 个群有 "
    "{next} 个。",
)
NONE = Both(
    "Give one person less than {most} group: {late} of 100 questions are late or left with one, "
    "{next} with {after}.",
    "一人连 {most} 个群也带不好：每百个提问有 {late} 个被耽误或没人答，带 {after} 个群有 "
    "{next} 个。",
)
EVENINGS = (
    Both("Do not replace the day shift by part-time evenings: for as many paid hours {size} more "
         "of 100 questions are late or left.",
         "别改成晚上兼职：付薪工时一样，每百个提问多 {size} 个被耽误或没人答。"),
    Both("Part-time evenings do better: for as many paid hours {size} fewer of 100 questions are "
         "late or left.",
         "晚上兼职更好：付薪工时一样，每百个提问少 {size} 个被耽误或没人答。"),
    Both("Part-time evenings do as well: for as many paid hours there is no clear difference.",
         "晚上兼职也一样：付薪工时相同，看不出差别。"),
)  # fmt: skip
WHAT = Both(
    "what five groups instead of one add to questions late, of 100,",
    "带五个群比带一个群每百个提问里多被耽误的个数",
)


def ask(asking: Asking) -> Answer:
    """Play buyers of a course, served by one person full-time or part-time, with more groups."""
    teams = {
        f"{name} {count}": (
            called,
            {"desk.groups": count, **{f"policies.shifts.{key}": x for key, x in own.items()}},
        )
        for name, (called, own) in TEAMS.items()
        for count in COUNTS
    }
    plans = of.plans_of(teams, "course_buyers", ALIKE)
    rows = asking.play(plans)
    missed = {plan: rows.values(plan, LATE) + rows.values(plan, LEFT) for plan in plans}
    shares = {plan: estimate(one[np.isfinite(one)]) for plan, one in missed.items()}
    well = [count for count in COUNTS if shares[f"full {count}"].value <= WELL]
    most = max(well, default=COUNTS[0])
    least, last, full, part = "full 1", f"full {COUNTS[-1]}", f"full {most}", f"part {most}"
    after = COUNTS[min(COUNTS.index(most) + 1, len(COUNTS) - 1)]
    shown = [
        (*plan.split(), *(100 * x for x in (one.value, *one.interval)))
        for plan, one in shares.items()
        if str(COUNTS[-1]) not in plan  # too far out for a picture
    ]
    columns = ["series", "x", "mean", "lower", "upper"]
    return Answer(
        (
            (GIVE if well else NONE).format(
                most=most, after=after, late=of.whole(shares[full], 100),
                next=of.whole(shares[f"full {after}"], 100),
            ),
            of.told(paired_difference(missed[full], missed[part], np.ones(1)), EVENINGS, 100.0),
        ),
        Both(
            "A group costs {dear} CNY a month with {most} groups and {cheap} with {last}, as the "
            "wage is the same. In the evenings a new person comes after 60 days. Satisfaction (of "
            "100) with {last} groups against one: {mood}.",
            "每群每月成本：带 {most} 个群时 {dear} 元，带 {last} 个时 {cheap} 元，因为工资不变。"
            "晚上兼职每 60 天换一次人。带 {last} 个群与只带 1 个相比，满意度（满分 100）{mood}。",
        ).format(
            most=most, last=COUNTS[-1], dear=of.mean_of(rows.mean(full, COST), MONTH),
            cheap=of.mean_of(rows.mean(last, COST), MONTH),
            mood=of.change(rows.gap(last, least, MOOD), of.NO_UNIT, 100, of.HIGHER),
        ),
        Both(
            "late or left: questions that the team meant to answer and its queue held up for over "
            "an hour or dropped; well: at most 10 of 100. {groups} groups a point, 100 course "
            "buyers, 90 days, a post a day.",
            "被耽误或没人答：运营打算回答、却因排队拖过一小时或放弃的提问；带得好：每 100 个不超过 "
            "10 个。每点 {groups} 个群，每群 100 名买课的人，90 天，每天一帖。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[least], plans["full 5"]), LATE, ASSUMED, WHAT, 100),
        rows.table(LATE, LEFT, SOLVED, COST, MOOD),
        lines(
            pd.DataFrame(shown, columns=columns).astype({"x": float}),
            {name: called for name, (called, _own) in TEAMS.items()},
            Both("Questions late or left, by groups", "被耽误或没人答的提问，按群数"),
            Both("groups that one team serves", "一个团队带的群数"),
            Both("late or left, of 100", "每百个提问"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How many groups can one operator serve?", "一名运营能带几个群？"), ask)
