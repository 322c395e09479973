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


def ask(asking: Asking) -> Answer:
    """Play camp members for 90 days, as one group, a smaller one, or several of one team."""
    plans = of.plans_of(PLANS, "camp_members", ALIKE)
    rows = asking.play(plans)
    best = max(CHOICES, key=lambda name: rows.mean(name, MOOD).value)
    mood = rows.gap(best, ONE, MOOD)

    def talk(plan: str) -> Both:
        unit = Both("", " 条")
        return of.change(rows.gap(plan, ONE, MESSAGES), unit, 100.0, of.FEWER)

    head = of.words(
        mood,
        Both("Do not leave 500 in one group, make {best}", "500 人别放一个群，改成{best}"),
        Both("Keep the 500 together, rather than {best}", "500 人留在一个群，不要改成{best}"),
        Both("Leave the 500 as they are, or make {best}", "500 人不动或改成{best}都行"),
    ).format(best=PLANS[best][0])
    said = Both(
        "{head}: satisfaction (0 to 100) against the {base} of one group of 500: {mood}; messages "
        "of 100 members a day: {talk}.",
        "{head}：后者的满意度（0 到 100）与一个 500 人的群（{base}）相比{mood}，"
        "每 100 人每天的消息{talk}。",
    ) + Both(
        "Messages of 100 members a day against one group of 500: in one of 350 {shrunk}, in two of "
        "250 {two}, in one of 500 on a fifth of the topics {narrow}; cost of a satisfied member in "
        "five topic groups: {cost}.",
        "与一个 500 人的群相比，每 100 人每天的消息：减到 350 人，{shrunk}；拆成两个 250 人，"
        "{two}；仍是 500 人、话题只留五分之一，{narrow}；五个话题群里每个满意成员的成本{cost}。",
    )
    gaps = {name: rows.gap(name, ONE, MOOD) for name in list(PLANS)[1:]}
    shown = [(100 * g.difference, 100 * g.lower, 100 * g.upper) for g in gaps.values()]
    table = rows.table(MESSAGES, MOOD, COST, TIES, "missing_answers_share", "alive")
    return Answer(
        said.format(
            head=head, mood=of.change(mood, of.NO_UNIT, 100.0, of.HIGHER), talk=talk(best),
            base=of.mean_of(rows.mean(ONE, MOOD), 100), shrunk=talk("shrunk"), two=talk("two"),
            narrow=talk("narrow"),
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
        asking.hangs_on((plans[ONE], plans[best]), MOOD, ASSUMED, 100),
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
