"""What to do with 500 members: shrink, split, or split by topic."""

from __future__ import annotations

import pandas as pd

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots

MESSAGES, MOOD, COST = "messages_per_member_day", "satisfaction", "cost_per_satisfied_member"
TIES, ONE, WIDE = "tie_density", "one", 0.4  # breadth of topics as the people's file has it
SIZE, BREADTH, GROUPS = "group.size", "group.topic_breadth", "desk.groups"
CHOICES: Named = {
    "shrunk": (Both("one group of 350", "一个 350 人的群"), {SIZE: 350}),
    "two": (Both("two groups of 250", "两个 250 人的群"), {SIZE: 250, GROUPS: 2}),
    "topics": (
        Both("two topic groups of 250", "两个 250 人的话题群"),
        {SIZE: 250, GROUPS: 2, BREADTH: WIDE / 2},
    ),
    "five": (
        Both("five topic groups of 100", "五个 100 人的话题群"),
        {SIZE: 100, GROUPS: 5, BREADTH: WIDE / 5},
    ),
}
PLANS: Named = {
    ONE: (Both("one group of 500", "一个 500 人的群"), {SIZE: 500}),
    **CHOICES,
    "narrow": (
        Both("one group of 500, a fifth as broad", "一个 500 人的群，话题只有五分之一宽"),
        {SIZE: 500, BREADTH: WIDE / 5},
    ),
}
ALIKE = {
    "run.days": 90, "arrivals.per_day": 0.0, "wants.problems_per_month": 2.0,
    "policies.shifts.hands": 1.0, "policies.shifts.weekend_hands": 0.5,
}  # fmt: skip
ASSUMED = (
    "reading.overload_fatigue", "reading.fatigue_per_message", "speak.loafing", "ties.benefit",
    "needs.message_cost",
)  # fmt: skip

MAKE = (
    Both("Do not leave 500 in one group, make {best}: satisfaction (of 100) rises by {size}.",
         "500 人别放一个群，改成{best}：满意度（满分 100）高 {size}。"),
    Both("Keep the 500 together: with {best} satisfaction (of 100) falls by {size}.",
         "500 人留在一个群：改成{best}，满意度（满分 100）低 {size}。"),
    Both("Leave the 500 as they are: with {best} satisfaction shows no clear difference.",
         "500 人不动就好：改成{best}，满意度看不出差别。"),
)  # fmt: skip
SHRINK = (
    Both("Do not stop at shrinking or halving: with one group of 350 it is {shrunk}, with two of "
         "250 {two}.",
         "别只减人或对半拆：减到一个 350 人的群，{shrunk}；拆成两个 250 人的群，{two}。"),
    Both("Shrinking does more: with one group of 350 it is {shrunk}, with two of 250 {two}.",
         "减人更管用：减到一个 350 人的群，{shrunk}；拆成两个 250 人的群，{two}。"),
    Both("Shrinking does as much: with one group of 350 it is {shrunk}, with two of 250 {two}.",
         "减人也一样：减到一个 350 人的群，{shrunk}；拆成两个 250 人的群，{two}。"),
)  # fmt: skip
WHAT = Both("what this adds to satisfaction (of 100) against one group of 500,",
            "这样做比一个 500 人的群高出的满意度（满分 100）")  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play camp members for 90 days, as one group, a smaller one, or several of one team."""
    plans = of.plans_of(PLANS, "camp_members", ALIKE)
    rows = asking.play(plans)
    best = max(CHOICES, key=lambda name: rows.mean(name, MOOD).value)
    mood = rows.gap(best, ONE, MOOD)

    def talk(plan: str) -> Both:
        return of.change(rows.gap(plan, ONE, MESSAGES), Both("", " 条"), 100.0, of.FEWER)

    gaps = {name: rows.gap(name, ONE, MOOD) for name in list(PLANS)[1:]}
    higher = {name: of.change(gap, of.NO_UNIT, 100, of.HIGHER) for name, gap in gaps.items()}
    shown = [(100 * g.difference, 100 * g.lower, 100 * g.upper) for g in gaps.values()]
    table = rows.table(MESSAGES, MOOD, COST, TIES, "missing_answers_share", "alive")
    return Answer(
        (
            of.told(mood, MAKE, 100.0, best=PLANS[best][0]),
            of.words(rows.gap(best, "shrunk", MOOD), *SHRINK).format(
                shrunk=higher["shrunk"], two=higher["two"]
            ),
        ),
        Both(
            "In one group of 500 satisfaction is {base}. Messages of 100 members a day against it: "
            "{best}: {most}; one of 350: {shrunk}; two of 250: {two}; one of 500 on a fifth of the "
            "topics: {narrow}. Cost of a satisfied member in five topic groups: {cost}.",
            "一个 500 人的群满意度是 {base}。与它相比，每百人每天的消息：{best}{most}；减到 350 "
            "人，{shrunk}；拆成两个 250 人，{two}；仍是 500 人、话题只留五分之一，{narrow}。"
            "五个话题群里每个满意成员的成本{cost}。",
        ).format(
            base=of.mean_of(rows.mean(ONE, MOOD), 100), best=PLANS[best][0], most=talk(best),
            shrunk=talk("shrunk"), two=talk("two"), narrow=talk("narrow"),
            cost=of.change(rows.gap("five", ONE, COST), of.YUAN, of.CNY, of.HIGHER),
        ),
        Both(
            "satisfaction: how far what was read was worth it (50: just); {groups} groups a plan, "
            "camp members, 90 days, two posts a day in each group, one desk for all groups of a "
            "plan. Of 100 possible ties there are in one of 500 {few}, in five of 100 {many}.",
            "满意度：读到的东西值不值（50：刚好值）；每种做法 {groups} 个群，训练营成员，90 天，"
            "每群每天两帖，同一做法的各群共用一个团队。每 100 条可能的关系里，"
            "500 人群有 {few} 条，五个 100 人群有 {many} 条。",
        ).format(
            groups=rows.played.replications, few=of.mean_of(rows.mean(ONE, TIES), 100),
            many=of.mean_of(rows.mean("five", TIES), 100),
        ),
        asking.hangs_on((plans[ONE], plans[best]), MOOD, ASSUMED, WHAT, 100),
        table,
        dots(
            pd.DataFrame(shown, columns=["mean", "lower", "upper"]),
            [PLANS[name][0] for name in gaps],
            Both("Satisfaction: shrink or split", "减人还是拆群：满意度"),
            Both("points of 100 above one group of 500", "比一个 500 人的群高出的分数（百分制）"),
            zero=True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("Shrink, split, or leave 500 members?", "500 人：减、拆，还是不动？"), ask)
