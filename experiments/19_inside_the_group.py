"""Inside a group: who carries it, seen by Mesa's own tools, and that both engines agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from mesa.batchrunner import batch_run

from experiments.asking import Answer, Asking, Both, Question, community, mean_of, told, words
from experiments.pictures import lines
from sim import Community, Member, Scenario, simulate
from sim.lives.outcomes import Run, outcomes_by_name
from sim.stats.intervals import estimate
from sim.stats.paired import paired_difference

SIZES, MOST_GROUPS, HALF, DAY_HOURS = (10, 20), 40, 50.0, 24
SEEN = {"looking_members_today": Both("look", "看群"),
        "posting_members_today": Both("write", "发言")}  # fmt: skip
ASSUMED = ("speak.propensity_sigma", "look.rate_sigma", "habit.interest_power",
           "speak.answer_ratio", "speak.evenness")  # fmt: skip


def agreeing(scenario: Scenario, groups: int) -> tuple[int, int]:
    """Run groups of two sizes by Mesa's batch runner; count those as the compiled ones are."""
    levers = {"scenario": [scenario], "size": SIZES, "replication": range(groups)}
    steps = round(DAY_HOURS * scenario.days)
    runs = batch_run(Community, levers, number_processes=1, max_steps=steps, display_progress=False)
    runs.sort(key=lambda run: (run["size"], run["replication"]))
    sized = [scenario.with_values({"group.size": size}) for size in SIZES]
    compiled = Run(simulate(sized, groups, scenario.seed), sized)
    messages = outcomes_by_name()["messages"].value(compiled)
    return int((np.array([run["messages"] for run in runs]) == messages).sum()), len(runs)


def looked_into(scenario: Scenario, group: int) -> tuple[list[float], pd.DataFrame]:
    """Step a group; return of its AgentSet the share of messages by the busiest tenth and the
    habit of writers and of readers at the end, and of its DataCollector each day's members.
    """
    one = Community(scenario, replication=group)
    one.run()
    members = one.agents_by_type[Member]
    posts = sorted(members.get("posts"), reverse=True)
    busiest = sum(posts[: max(1, round(len(posts) / 10))]) / sum(posts) if sum(posts) else np.nan
    halves = members.select(lambda one: one.posts > 0), members.select(lambda one: one.posts == 0)
    habits = [half.agg("habit", np.mean) if len(half) else np.nan for half in halves]
    hours = one.datacollector.get_model_vars_dataframe()
    ends = (hours["hour"] + scenario.params.group.start_hour) % DAY_HOURS == 0
    return [100 * busiest, *habits], hours.loc[ends, [*SEEN]].reset_index(drop=True)


def ask(asking: Asking) -> Answer:
    """Step groups of buyers hour by hour and look into their members."""
    groups = 2 if asking.toy else min(MOST_GROUPS, asking.groups)
    values = {"group.size": 40, "run.days": 28, "arrivals.per_day": 0.0,
              "policies.cadence.posts_per_day": 1}  # fmt: skip
    usual = community("buyers", values=values)
    small = usual.with_values({"group.size": SIZES[0]})
    found = [looked_into(asking.small(usual), group) for group in range(groups)]
    busiest, wrote, read = np.array([numbers for numbers, _ in found]).T[:, None]
    share, above = estimate(busiest[0]), paired_difference(read, wrote, np.ones(1))
    same, runs = agreeing(asking.small(usual), max(2, groups // 4))
    few = paired_difference(np.full_like(busiest, HALF), busiest, np.ones(1))
    rows = [
        (name, day + 1, one.value, *one.interval)
        for name in SEEN
        for day, of_day in enumerate(zip(*(days[name] for _, days in found), strict=True))
        for one in [estimate(of_day)]
    ]
    table = pd.DataFrame(rows, columns=["series", "x", "mean", "lower", "upper"])
    ends = {
        f"{name.partition('_')[0]}_{at}": mean_of(
            estimate([one[name].iloc[-at] for _, one in found])
        )
        for name in SEEN
        for at in (0, 1)
    }
    return Answer(
        (words(few, *CARE).format(share=mean_of(share)), told(above, HABIT, 100.0)),
        DETAIL.format(same=same, runs=runs, **ends),
        COUNTED.format(groups=groups),
        asking.hangs_on((small, usual), "gini_of_joined", ASSUMED, WHAT, 100.0),
        table,
        lines(table, SEEN, TITLE, Both("day", "天"), Both("of 40 members", "40 人里的人数")),
    )  # fmt: skip


TITLE = Both("Members who look and who write, day by day", "每天看群的人和发言的人")
CARE = (
    Both("Look after the few who talk: the busiest tenth write {share} of 100 messages.",
         "先照顾好少数爱说话的人：每百条消息有 {share} 条出自最活跃的一成。"),
    Both("Look after many, not a few: the busiest tenth write only {share} of 100 messages.",
         "要照顾多数人：每百条消息只有 {share} 条出自最活跃的一成。"),
    Both("Look after all: the busiest tenth write {share} of 100 messages.",
         "最活跃的人和其他人都要照顾：每百条消息有 {share} 条出自最活跃的一成。"),
)  # fmt: skip
HABIT = (
    Both("Do not count on the readers: they expect {size} of 100 less of a look than writers do.",
         "别以为只看不说的人稳得住：他们对看群的期待比发言的人低 {size} 分（满分 100）。"),
    Both("Do not count on the writers: they expect {size} of 100 less of a look than readers do.",
         "别以为发言的人稳得住：他们对看群的期待比只看不说的人低 {size} 分（满分 100）。"),
    Both("Do not write off the readers: they expect of a look no clearly less than writers do.",
         "别放弃只看不说的人：他们对看群的期待和发言的人看不出差别。"),
)  # fmt: skip
DETAIL = Both(
    "Of 40 members {looking_0} look and {posting_0} write on the first day, {looking_1} and "
    "{posting_1} on the last. What members expect of a look decides how often they look; it is "
    "no effect of writing. {same} of {runs} groups stepped by Mesa have exactly the messages of "
    "the compiled ones.",
    "40 名成员里，第一天有 {looking_0} 人看群、{posting_0} 人发言，最后一天有 {looking_1} 人和 "
    "{posting_1} 人。对看群的期待决定多久来看一次，并不是发言的效果。Mesa 逐步玩的 {runs} 个群里，"
    "{same} 个的消息数和编译引擎完全一样。",
)
COUNTED = Both(
    "{groups} groups of 40 buyers for 28 days, one post a day, stepped by Mesa: the busiest tenth "
    "and the last expectation from the AgentSet, the picture from the DataCollector, the groups "
    "held against the compiled from batch_run; Mesa's page: docs/python.md.",
    "{groups} 个 40 人的买家群、28 天、每天 1 条帖子，由 Mesa 逐步玩：最活跃的一成和最后的期待来自 "
    "AgentSet，图来自 DataCollector，和编译引擎对照的群来自 batch_run；网页见 docs/python.md。",
)
WHAT = Both("what 40 members have over 10, in the Gini of messages (of 100),",
            "40 人群比 10 人群高出的消息基尼系数（满分 100）")  # fmt: skip

QUESTION = Question(
    Both("Who carries a group, seen member by member in Mesa?", "谁在撑着群？用 Mesa 逐个成员看"),
    ask,
)
