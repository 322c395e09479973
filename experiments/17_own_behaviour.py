"""A member, a policy and an outcome of one's own, played: eager answerers and two evenings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments import own_behaviour
from experiments.asking import Answer, Asking, Both, Question, community, of_gap, words
from experiments.own_behaviour import LIVELY, Helper
from experiments.pictures import dots
from sim import Community, Scenario, simulate
from sim.lives.outcomes import Run
from sim.state import Array
from sim.stats.intervals import estimate
from sim.stats.paired import paired_difference

MOST_GROUPS, WRITE = 50, "posting_members_per_day"
ASSUMED = ("novelty.activity_messages", "needs.activity_enjoyment", "habit.gain",
           "speak.answer_ratio", "reaction.draw_probability")  # fmt: skip


def play(scenario: Scenario, helpers: bool, groups: int) -> Array:
    """Play the readable model with helpers, else the compiled one; measure the own outcome."""
    traces = [] if helpers else [simulate([scenario], groups, scenario.seed)]
    for group in range(groups if helpers else 0):
        one = Community(scenario, replication=group, member_class=Helper)
        one.run()
        traces.append(one.trace())
    return np.concatenate([LIVELY.value(Run(trace, [scenario])) for trace in traces])


def ask(asking: Asking) -> Answer:
    """Play buyers as they are, with helpers among them, on two evenings a week, and with both."""
    groups = 2 if asking.toy else min(MOST_GROUPS, asking.groups)
    size = {"group.size": 40, "run.days": 28, "arrivals.per_day": 0.0}
    daily = community("buyers", values={**size, "policies.cadence.posts_per_day": 1})
    use = f"{own_behaviour.__file__}:TwoEvenings"
    evenings = daily.with_values({"policies.evenings.use": use,
                                  "policies.cadence.posts_per_day": 0})  # fmt: skip
    plans = ((daily, False), (daily, True), (evenings, False), (evenings, True))
    found = [play(asking.small(one), helpers, groups) for one, helpers in plans]
    gaps = [paired_difference(found[0][None], one[None], np.ones(1)) for one in found]
    said = HELPERS.format(advice=words(gaps[1], *FIND), gap=of_gap(gaps[1], 100))
    said += EVENINGS.format(advice=words(gaps[2], *MEET), gap=of_gap(gaps[2], 100))
    means = [
        (100 * one.value, *(100 * end for end in one.interval)) for one in map(estimate, found)
    ]
    table = pd.DataFrame(means, [one.en for one in LABELS], ["mean", "lower", "upper"])
    return Answer(
        said,
        COUNTED.format(groups=groups, both=of_gap(gaps[3], 100)),
        asking.hangs_on((daily, evenings), WRITE, ASSUMED),
        table.rename_axis("plan").reset_index(),
        dots(table, LABELS, TITLE, AXIS),
    )


LABELS = [
    Both("a post a day", "每天发帖"),
    Both("a post a day, eager answerers", "每天发帖，另有热心人"),
    Both("two evenings a week", "每周两晚"),
    Both("two evenings, eager answerers", "每周两晚，另有热心人"),
]
TITLE = Both("Days of 100 on which three members or more write", "每百天里有三人以上发言的天数")
AXIS = Both("lively days, of 100", "热闹日（每百天）")
FIND = (Both("Find members who like to answer", "去找爱回答的成员"),
        Both("Do not look for eager answerers", "别去找爱回答的成员"),
        Both("Do not count on eager answerers alone", "别只指望爱回答的成员"))  # fmt: skip
MEET = (Both("Two evenings a week may replace daily posts",
             "每周两晚活动可以代替每天发帖"),
        Both("Two evenings a week do not replace daily posts", "每周两晚活动代替不了每天发帖"),
        Both("Of two evenings a week and daily posts neither is clearly better",
             "每周两晚活动和每天发帖看不出高下"))  # fmt: skip
HELPERS = Both(
    "{advice}: one member in ten who answers three times as eagerly changes lively days "
    "of 100 by {gap}.",
    "{advice}：每十人里有一人回答的劲头翻到三倍，热闹日每百天变化 {gap} 天。",
)
EVENINGS = Both(
    "{advice}: lively days of 100 change by {gap}.", "{advice}：热闹日每百天变化 {gap} 天。"
)
COUNTED = Both(
    "lively: three members or more write; 40 buyers for 28 days, {groups} groups a plan; both "
    "changes together: {both}. Member, policy and outcome stand in own_behaviour.py; the member "
    "plays in Mesa, the rest compiled, on the same random numbers. Assumption: members who "
    "write a day, two evenings less daily posts.",
    "热闹日：有三人以上发言；40 人买家群、28 天，每种做法 {groups} 个群；两样都做：{both}。"
    "成员、策略和指标都写在 own_behaviour.py 里；成员在 Mesa 里玩，其余用编译引擎，随机数相同。"
    "假设一栏：日发言人数，每周两晚减每天发帖。",
)

QUESTION = Question(
    Both("Can I try what no setting holds: members, plans and measures of my own?",
         "设置里没有的能试吗：自定义成员、做法和指标？"), ask,
)  # fmt: skip
