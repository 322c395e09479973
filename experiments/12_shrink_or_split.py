"""What to do with 500 members: shrink, split, or split by topic."""

from __future__ import annotations

from experiments.asking import (
    FEWER,
    HIGHER,
    Answer,
    Asking,
    Both,
    Question,
    change,
    community,
    mean_of,
    words,
)
from experiments.pictures import dots

MESSAGES, MOOD, COST = "messages_per_member_day", "satisfaction", "cost_per_satisfied_member"
SIZE, BREADTH, GROUPS = "group.size", "group.topic_breadth", "desk.groups"
WIDE = 0.4  # as the people's file has it
PLANS = {
    "one": (Both("one group of 500", "一个 500 人的群"), {SIZE: 500}),
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
    "narrow": (Both("one narrow group of 500", "一个定位窄的 500 人群"), {SIZE: 500, BREADTH: WIDE / 5}),
}  # fmt: skip
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
    plans = {name: community("camp_members", values={**ALIKE, **set_}) for name, (_l, set_) in PLANS.items()}  # fmt: skip
    rows = asking.play(plans)
    feasible = [name for name in PLANS if name not in ("one", "narrow")]
    best = max(feasible, key=lambda name: rows.mean(name, MOOD).value)
    mood = rows.gap(best, "one", MOOD)

    def talk(plan: str, against: str) -> Both:
        return change(rows.gap(plan, against, MESSAGES), Both(" messages", " 条"), 100.0, FEWER)

    said = words(
        mood,
        Both(
            "Instead of one group of 500 make {best}: satisfaction (0 to 100) is {mood} than the "
            "{base} there, and 100 members write {talk} a day.",
            "与其一个 500 人的群，不如{best}：满意度（0 到 100）比那里的 {base}{mood}，"
            "每 100 人每天的消息{talk}。",
        ),
        Both(
            "Keep the 500 together: with {best} satisfaction (0 to 100) is {mood} than the {base} "
            "there, and 100 members write {talk} a day.",
            "500 人不要拆也不要减：即使{best}，满意度（0 到 100）也比那里的 {base}{mood}，"
            "每 100 人每天的消息{talk}。",
        ),
        Both(
            "For satisfaction leave the 500 as they are ({best} against {base} of 100: {mood}); 100 "
            "members write {talk} a day.",
            "为满意度着想，500 人不必动（{best}与满分 100 里的 {base} 相比：{mood}）；"
            "每 100 人每天的消息{talk}。",
        ),
    ) + Both(
        "Against one group of 500, 100 members write a day in one of 350: {shrunk}; in two of 250: "
        "{two}; in one of 500 with a narrow topic: {narrow}; and the cost of a satisfied member in "
        "five topic groups is: {cost}.",
        "与一个 500 人的群相比，每 100 人每天的消息：减到 350 人，{shrunk}；拆成两个 250 人，{two}；"
        "仍是 500 人、只把定位收窄，{narrow}；五个话题群里每个满意成员的成本：{cost}。",
    )
    table = rows.table(MESSAGES, MOOD, COST, "tie_density", "missing_answers_share", "alive")
    shown = table[table["outcome"] == MOOD].copy()
    shown[["mean", "lower", "upper"]] *= 100
    return Answer(
        said.format(
            best=PLANS[best][0], mood=change(mood, scale=100.0, ways=HIGHER), talk=talk(best, "one"),
            base=mean_of(rows.mean("one", MOOD), 100), shrunk=talk("shrunk", "one"),
            two=talk("two", "one"), narrow=talk("narrow", "one"),
            cost=change(rows.gap("five", "one", COST), Both(" CNY", " 元"), 0.01),
        ),
        Both(
            "satisfaction: how far what was read was worth it (50: just); {groups} groups a plan, "
            "camp members, 90 days, two posts a day in each group, one desk for all groups of a "
            "plan. Of 100 possible ties there are in one of 500 {few}, in five of 100 {many}.",
            "满意度：读到的东西值不值（50：刚好值）；每种做法 {groups} 个群，训练营成员，90 天，"
            "每群每天两帖，同一做法的各群共用一个团队。每 100 条可能的关系里，"
            "500 人群有 {few} 条，五个 100 人群有 {many} 条。",
        ).format(
            groups=rows.played.replications, few=mean_of(rows.mean("one", "tie_density"), 100),
            many=mean_of(rows.mean("five", "tie_density"), 100),
        ),
        asking.hangs_on((plans["one"], plans[best]), MOOD, ASSUMED, 100),
        table,
        dots(
            shown, [label for label, _set in PLANS.values()],
            Both("Satisfaction: shrink or split", "减人还是拆群：满意度"),
            Both("satisfaction (0 to 100)", "满意度（0 到 100）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Shrink, split, or leave 500 members?", "500 人：减、拆，还是不动？"), ask)
