"""Inside a group: who carries it, seen by Mesa's own tools, and that both engines agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from mesa.batchrunner import batch_run

from experiments.asking import Answer, Asking, Both, Question, community, mean_of, of_gap, words
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
    return Answer(
        CARRIED.format(advice=words(few, *CARE), share=mean_of(share))
        + VALUED.format(compared=words(above, *HABIT), gap=of_gap(above), same=same, runs=runs),
        COUNTED.format(groups=groups),
        asking.hangs_on((small, usual), "gini_of_joined", ASSUMED),
        table,
        lines(table, SEEN, TITLE, Both("day", "天"), Both("of 40 members", "40 人里的人数")),
    )  # fmt: skip


TITLE = Both("Members who look and who write, day by day", "每天看群的人和发言的人")
CARE = (Both("Look after the few who talk", "先照顾好少数爱说话的人"),
        Both("Look after many, not a few", "要照顾多数人，而不是少数几个"),
        Both("Look after the busiest and the rest", "照顾好最活跃的人，也顾到其他人"))  # fmt: skip
CARRIED = Both("{advice}: in groups of 40 buyers the busiest tenth write {share} of 100 messages.",
               "{advice}：40 人买家群里，每百条消息有 {share} 条出自最活跃的一成。")  # fmt: skip
HABIT = (Both("Whoever writes expects more of a look than whoever only reads",
              "发言的人比只看不说的人对群期待更高"),
         Both("Whoever writes expects less of a look than whoever only reads",
              "发言的人比只看不说的人对群期待更低"),
         Both("Writers and readers do not clearly differ in what they expect of a look",
              "发言的人和只看不说的人对群的期待看不出差别"))  # fmt: skip
VALUED = Both("{compared} ({gap} on a scale to 1; no effect of writing), and {same} of {runs} "
              "groups stepped by Mesa have just the messages of the compiled ones.",
              "{compared}（满分 1，相差 {gap}；这不是发言的效果）；Mesa 逐步玩的 {runs} 个群里，"
              "{same} 个的消息数和编译引擎完全一样。")  # fmt: skip
COUNTED = Both(
    "{groups} groups for 28 days, one post a day, stepped by Mesa: the busiest tenth and habit at "
    "the last look from the AgentSet, the picture from the DataCollector, the groups of 10 and 20 "
    "held against the compiled from batch_run; Mesa's page (SolaraViz, docs/python.md) shows the "
    "same model. Assumption: Gini of messages of all who joined, 40 members less 10.",
    "{groups} 个群、28 天、每天 1 条帖子，由 Mesa 逐步玩：最活跃的一成和最后一次看群时的习惯来自 "
    "AgentSet，图来自 DataCollector，和编译引擎对照的 10 人、20 人群来自 batch_run；Mesa 网页"
    "（SolaraViz，见 docs/python.md）看的是同一模型。"
    "假设一栏：全体成员消息数的基尼系数，40 人减 10 人。",
)

QUESTION = Question(
    Both("Who carries a group, seen member by member in Mesa?", "谁在撑着群？用 Mesa 逐个成员看"),
    ask,
)
