"""A member, a policy and an outcome of one's own, played: eager answerers and two evenings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments import asking as of
from experiments import own_behaviour
from experiments.asking import Answer, Asking, Both, Question
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
    daily = of.community("buyers", values={**size, "policies.cadence.posts_per_day": 1})
    use = f"{own_behaviour.__file__}:TwoEvenings"
    evenings = daily.with_values({"policies.evenings.use": use,
                                  "policies.cadence.posts_per_day": 0})  # fmt: skip
    plans = ((daily, False), (daily, True), (evenings, False), (evenings, True))
    found = [play(asking.small(one), helpers, groups) for one, helpers in plans]
    gaps = [paired_difference(found[0][None], one[None], np.ones(1)) for one in found]
    means = [
        (100 * one.value, *(100 * end for end in one.interval)) for one in map(estimate, found)
    ]
    table = pd.DataFrame(means, [one.en for one in LABELS], ["mean", "lower", "upper"])
    return Answer(
        (of.told(gaps[1], FIND, 100), of.told(gaps[2], MEET, 100)),
        DETAIL.format(
            usual=of.mean_of(estimate(found[0]), 100), both=of.change(gaps[3], DAYS, 100, of.FEWER)
        ),
        COUNTED.format(groups=groups),
        asking.hangs_on((daily, evenings), WRITE, ASSUMED, WHAT),
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
FIND = (
    Both("Find members who like to answer: one in ten who answers three times as eagerly makes "
         "{size} more days of 100 lively.",
         "去找爱回答的成员：每十人里有一人回答的劲头翻到三倍，每百天多 {size} 个热闹日。"),
    Both("Do not look for eager answerers: one in ten who answers three times as eagerly makes "
         "{size} fewer days of 100 lively.",
         "别去找爱回答的成员：每十人里有一人回答的劲头翻到三倍，每百天少 {size} 个热闹日。"),
    Both("Do not count on eager answerers: one in ten who answers three times as eagerly makes no "
         "clear difference.",
         "别指望爱回答的成员：每十人里有一人回答的劲头翻到三倍，看不出差别。"),
)  # fmt: skip
MEET = (
    Both("Two evenings a week may replace daily posts: {size} more days of 100 are lively.",
         "每周两晚活动可以代替每天发帖：每百天多 {size} 个热闹日。"),
    Both("Do not replace daily posts by two evenings a week: {size} fewer days of 100 are lively.",
         "别用每周两晚活动代替每天发帖：每百天少 {size} 个热闹日。"),
    Both("Between two evenings a week and daily posts there is no clear difference.",
         "每周两晚活动和每天发帖看不出差别。"),
)  # fmt: skip
DAYS = Both("", " 天")
DETAIL = Both(
    "With a post a day {usual} days of 100 are lively; with both changes together: {both}. Yes, "
    "you can: member, plan and measure of your own are three short classes in own_behaviour.py.",
    "每天发帖时每百天有 {usual} 个热闹日；两样都做：{both}。设置里没有的确实能试："
    "自己的成员、做法和指标就是 own_behaviour.py 里三个短短的类。",
)
COUNTED = Both(
    "lively: three members or more write; 40 buyers for 28 days, {groups} groups a plan; the own "
    "member plays in Mesa, the rest compiled, on the same random numbers.",
    "热闹日：有三人以上发言；40 人买家群、28 天，每种做法 {groups} 个群；"
    "自定义成员在 Mesa 里玩，其余用编译引擎，随机数相同。",
)
WHAT = Both("what two evenings change against daily posts, in members who write on a day,",
            "每周两晚比每天发帖的日发言人数变化")  # fmt: skip

QUESTION = Question(
    Both("Can I try what no setting holds: members, plans and measures of my own?",
         "设置里没有的能试吗：自定义成员、做法和指标？"), ask,
)  # fmt: skip
