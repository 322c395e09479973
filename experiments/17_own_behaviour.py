"""A member, a policy and an outcome of one's own, in one file that the package does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, community, of_gap, words
from experiments.pictures import dots
from sim import Actions, Community, Member, Outcome, Scenario, Setting, simulate
from sim.lives.outcomes import Run
from sim.state import Array
from sim.stats.intervals import estimate
from sim.stats.paired import paired_difference

ONE_IN, EAGER, WRITERS, MOST_GROUPS, WRITE = 10, 3.0, 3, 50, "posting_members_per_day"
ASSUMED = ("novelty.activity_messages", "needs.activity_enjoyment", "habit.gain",
           "speak.answer_ratio", "reaction.draw_probability")  # fmt: skip


class Helper(Member):
    """Every tenth member answers three times as eagerly."""

    def drives(self, *situation: Any, **more: Any) -> tuple[float, float]:
        """Return the drives to open and to answer."""
        opening, answering = super().drives(*situation, **more)
        return opening, answering * (EAGER if self.slot % ONE_IN == 0 else 1.0)


@dataclass(frozen=True)
class TwoEvenings:
    """An activity on two evenings a week, in place of daily posts."""

    hour: int = 20

    def plan(self, setting: Setting) -> Actions:
        """Return one post on Tuesday and Friday evenings."""
        days = [n for n in range(int(setting.days)) if (n + setting.start_weekday) % 7 in (1, 4)]
        times = np.array([setting.time_at(day, self.hour) for day in days])
        return Actions.posts(np.zeros(len(times)), times, "activity")


def lively_days(run: Run) -> Array:
    """Return the share of days on which at least three members write."""
    enough = run.trace.daily["posting_members"] >= WRITERS
    return np.asarray(enough.sum(axis=1) / run.trace.days)


LIVELY = Outcome("lively_days_share", "share", "of local days, three members write", lively_days)


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
    own = {"policies.evenings.use": f"{__file__}:TwoEvenings", "policies.cadence.posts_per_day": 0}
    evenings = daily.with_values(own)
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


LABELS = [Both("a post a day", "每天发帖"), Both("and eager answerers", "并有爱回答的人"),
          Both("two evenings", "每周两晚"), Both("and eager answerers", "并有爱回答的人")]  # fmt: skip
TITLE = Both("Days of 100 on which three members write", "每百天里有三人以上发言的天数")
AXIS = Both("lively days, of 100", "热闹日（每百天）")
FIND = (Both("Find members who like to answer", "去找爱回答的成员"),
        Both("Do not look for eager answerers", "别去找爱回答的成员"),
        Both("Do not count on eager answerers alone", "别只指望爱回答的成员"))  # fmt: skip
MEET = (Both("Two evenings a week may replace daily posts", "每周两晚活动可以代替每天发帖"),
        Both("Two evenings a week do not replace daily posts", "每周两晚活动代替不了每天发帖"),
        Both("Two evenings a week do as well as daily posts by all we see",
             "每周两晚活动和每天发帖看不出高下"))  # fmt: skip
HELPERS = Both("{advice}: one in ten three times as eager changes lively days of 100 by {gap}.",
               "{advice}：每十人有一人劲头是三倍，热闹日每百天变化 {gap} 天。")  # fmt: skip
EVENINGS = Both("{advice}: lively days of 100 change by {gap}.",
                "{advice}：热闹日每百天变化 {gap} 天。")  # fmt: skip
COUNTED = Both(
    "lively: three members or more write; 40 buyers for 28 days, {groups} groups a plan; both "
    "changes together: {both}. Member, policy and outcome stand in this question's file; the "
    "member plays in Mesa, the rest compiled, on the same random numbers. Assumption: members who "
    "write a day, two evenings less daily posts.",
    "热闹日：有三人以上发言；40 人买家群、28 天，每种做法 {groups} 个群；两样都做：{both}。"
    "成员、策略和指标都写在本题文件里；成员在 Mesa 里玩，其余用编译引擎，随机数相同。"
    "假设一栏：日发言人数，每周两晚减每天发帖。",
)

QUESTION = Question(
    Both("Can I try what no setting holds: members, plans and measures of my own?",
         "设置里没有的能试吗：自定义成员、做法和指标？"), ask,
)  # fmt: skip
