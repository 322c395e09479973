"""How many groups one operator can serve, and what one group more costs."""

from __future__ import annotations

from experiments.asking import Answer, Asking, Both, Question, change, community, mean_of
from experiments.pictures import lines
from sim.stats.intervals import estimate

DAYS, MONTH, CNY = 90, 30, 0.01
COUNTS = (3, 10, 30, 60, 100, 200, 400)
LATE, MISSING, COST, MOOD = "late_answers_share", "missing_answers_share", "cost_fen", "satisfaction"
WELL = 0.1  # at most so many questions late: what "well" means, set before the first run
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
ASSUMED = (
    "wants.problems_per_month", "wants.ask_drive", "operator.minutes_per_answer",
    "operator.minutes_per_post", "wants.patience_days",
)  # fmt: skip


def team(name: str, groups: int) -> dict[str, float | int]:
    """Return what is set for a team that serves so many groups."""
    shifts = {SHIFT + key: value for key, value in TEAMS[name][1].items()}
    return {**ALIKE, **shifts, "desk.groups": groups}


def ask(asking: Asking) -> Answer:
    """Play buyers of a course, served by one person full-time or part-time, with more groups."""
    plans = {
        f"{name} {count}": community("course_buyers", values=team(name, count))
        for name in TEAMS
        for count in COUNTS
    }
    rows = asking.play(plans)
    late = {plan: estimate(rows.values(plan, LATE)[0]) for plan in plans}
    well = [n for n in COUNTS if late[f"full {n}"].value <= WELL]
    most = max(well, default=COUNTS[0])
    after = COUNTS[min(COUNTS.index(most) + 1, len(COUNTS) - 1)]
    least = COUNTS[COUNTS.index(after) - 1]
    costs = [n * rows.values(f"full {n}", COST)[0] for n in (least, after)]
    one_more = estimate((costs[1] - costs[0]) / (after - least))
    head = (
        Both(
            "Give one full-time person up to {most} such groups: of 100 questions {late} are then "
            "late, and a group costs {cost} CNY a month, against {dear} CNY with {few} groups.",
            "一名全职运营最多带 {most} 个这样的群：每 100 个提问有 {late} 个被耽误，"
            "每群每月 {cost} 元；只带 {few} 个群时是 {dear} 元。",
        )
        if well
        else Both(
            "One full-time person cannot serve even {most} such groups well: of 100 questions "
            "{late} are late, and a group costs {cost} CNY a month.",
            "一名全职运营连 {most} 个这样的群也带不好：每 100 个提问有 {late} 个被耽误，"
            "每群每月 {cost} 元。",
        )
    )
    said = head + Both(
        "From {least} to {after} groups each one more costs {more} CNY of work a month, and {next} "
        "questions of 100 are late; the same paid hours in the evening, with a new person after 60 "
        "days, make of {most} groups' 100 questions late: {part}.",
        "从 {least} 个群到 {after} 个群，每多一个群每月多花 {more} 元人工，"
        "每 100 个提问有 {next} 个被耽误；同样的付薪工时放在晚上、60 天换一次人，"
        "带 {most} 个群时每 100 个提问里被耽误的：{part}。",
    )
    month = CNY * MONTH / DAYS
    table = rows.table(LATE, MISSING, COST, MOOD, "answer_wait_hours", "problems_solved_share")
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    shown = table[table["outcome"] == LATE].astype({"x": float})
    shown[["mean", "lower", "upper"]] *= 100
    return Answer(
        said.format(
            most=most, few=COUNTS[0], least=least, after=after,
            late=mean_of(late[f"full {most}"], 100), next=mean_of(late[f"full {after}"], 100),
            cost=mean_of(rows.mean(f"full {most}", COST), month),
            dear=mean_of(rows.mean(f"full {COUNTS[0]}", COST), month),
            more=mean_of(one_more, month),
            part=change(rows.gap(f"part {most}", f"full {most}", LATE), 100),
        ),
        Both(
            "late: questions that the team meant to answer and its queue held up for over an hour; "
            "well: at most 10 of 100. {groups} groups a point, 100 course buyers, 90 days, a post "
            "a day. Satisfaction (0 to 100) with {last} groups against {few}: {mood}.",
            "被耽误：运营打算回答、却因排队拖过一小时的提问；带得好：每 100 个不超过 10 个。"
            "每点 {groups} 个群，每群 100 名买课的人，90 天，每天一帖。"
            "带 {last} 个群与 {few} 个群相比，满意度（0 到 100）：{mood}。",
        ).format(
            groups=rows.played.replications, last=COUNTS[-1], few=COUNTS[0],
            mood=change(rows.gap(f"full {COUNTS[-1]}", f"full {COUNTS[0]}", MOOD), 100),
        ),
        asking.hangs_on((plans[f"full {COUNTS[0]}"], plans[f"full {after}"]), LATE, ASSUMED, 100),
        table,
        lines(
            shown, {name: label for name, (label, _set) in TEAMS.items()},
            Both("Late answers, by groups a team serves", "被耽误的提问，按一个团队带的群数"),
            Both("groups that one team serves", "一个团队带的群数"),
            Both("late questions, of 100", "被耽误的提问（每百个）"),
        ),
    )  # fmt: skip


QUESTION = Question(
    Both("How many groups can one operator serve?", "一名运营能带几个群？"), ask
)
