"""Ties: whether it matters who knows whom at the start, and the networks that come of it."""

from __future__ import annotations

import networkx
import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, community, mean_of, of_gap, words
from experiments.networks import answers_of, measures_of, ties_of
from experiments.pictures import dots

WRITE, ALIVE, SIZE = "posting_members_per_day", "alive", 60
ALONE, CIRCLES = "strangers", "circles of 9"
STARTS = {
    "strangers": (Both("nobody knows anybody", "互不相识"), "strangers", 0),
    "net of 2": (Both("each knows 2, a loose net", "各认识 2 人，松散成网"), "small_world", 2),
    "net of 4": (Both("each knows 4, a loose net", "各认识 4 人，松散成网"), "small_world", 4),
    "circles of 5": (Both("circles of 5", "5 人小圈子"), "cliques", 4),
    "circles of 9": (Both("circles of 9", "9 人小圈子"), "cliques", 8),
}
ASSUMED = ("ties.growth", "ties.half_life_days", "ties.benefit", "ties.initial_weight",
           "speak.stranger_share")  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play buyers who know nobody, a few, or a circle; measure who answers whom."""
    common = {"group.size": SIZE, "run.days": 56, "arrivals.per_day": 0.0,
              "policies.cadence.posts_per_day": 1}  # fmt: skip
    plans = {
        name: community("buyers", values={**common, "ties.graph": graph, "ties.degree": degree})
        for name, (_, graph, degree) in STARTS.items()
    }
    rows = asking.play(plans)
    table = rows.table(WRITE, ALIVE)
    measured = {
        name: measures_of(answers_of(asking.small(plans[name]), rows.played.replications))
        for name in plans
    }
    for name, measures in measured.items():
        for measure, one in measures.items():
            row = name, measure, one.value, *one.interval, one.replications
            table.loc[len(table)] = row
    ties = ties_of(asking.small(plans[CIRCLES]))
    networkx.write_graphml(ties, asking.folder / "ties.graphml")
    networkx.write_gexf(ties, asking.folder / "ties.gexf")
    gap, closed = rows.gap(CIRCLES, ALONE, WRITE), rows.gap("circles of 5", "net of 4", WRITE)
    others = [(name, rows.gap(name, ALONE, WRITE)) for name in plans if name != ALONE]
    gaps = pd.DataFrame(
        [(name, f"{WRITE} less {ALONE}", one.difference, one.lower, one.upper, one.pairs)
         for name, one in others], columns=table.columns,
    )  # fmt: skip
    return Answer(
        KNOWN.format(
            advice=words(gap, *BRING), gap=of_gap(gap), usual=mean_of(rows.mean(ALONE, WRITE))
        ) + REACHED.format(
            closed=words(closed, *SHAPE).format(gap=of_gap(closed)),
            **{key: mean_of(measured[name]["largest_part_share"], 100.0)
               for key, name in (("alone", ALONE), ("circles", CIRCLES))},
        ),
        COUNTED.format(
            groups=rows.played.replications, ties=ties.number_of_edges(),
            **{f"{key}_{at}": mean_of(measured[name][key])
               for key in ("reciprocity", "clustering")
               for at, name in enumerate((ALONE, CIRCLES))},
        ),
        asking.hangs_on((plans[ALONE], plans[CIRCLES]), WRITE, ASSUMED),
        pd.concat([table, gaps]),
        dots(gaps, [STARTS[name][0] for name in gaps["plan"]], TITLE, AXIS, zero=True),
    )  # fmt: skip


TITLE = Both("What it brings that members know each other", "成员彼此认识，能多带来什么")
AXIS = Both("members who write a day, more than among strangers", "日发言人数比互不相识时多出")
BRING = (Both("Bring people in together with those they know", "让人和熟人一起进群"),
         Both("Do not bring people in by circles", "别让人成圈子地进群"),
         Both("Do not go out of your way to bring in people who know each other",
              "不必费力去找彼此认识的人"))  # fmt: skip
KNOWN = Both(
    "{advice}: of 60 buyers {usual} write a day where nobody knows anybody, and circles of "
    "nine change that by {gap}.",
    "{advice}：60 人买家群互不相识时每天有 {usual} 人发言，换成 9 人小圈子变化 {gap} 人。",
)
SHAPE = (Both("With as many acquaintances closed circles beat a loose net ({gap})",
              "认识的人一样多时，小圈子胜过松散的网（{gap}）"),
         Both("With as many acquaintances a loose net beats closed circles ({gap})",
              "认识的人一样多时，松散的网胜过小圈子（{gap}）"),
         Both("With as many acquaintances, circle or loose net makes no clear difference ({gap})",
              "认识的人一样多时，小圈子还是松散的网看不出差别（{gap}）"))  # fmt: skip
REACHED = Both(
    "{closed}; in eight weeks answers join {circles} of 100 members into one part in circles, and "
    "{alone} among strangers.",
    "{closed}；八周里互相回答连成的最大一片，圈子进群每百人 {circles} 人，互不相识 {alone} 人。",
)
COUNTED = Both(
    "60 buyers for 56 days, one post a day, {groups} groups a start. Networks of who answered "
    "whom, by networkx: reciprocity {reciprocity_0} among strangers and {reciprocity_1} in "
    "circles, clustering {clustering_0} and {clustering_1}. The {ties} ties of one group at the "
    "end are written beside the rows as ties.graphml and ties.gexf.",
    "60 人买家群、56 天、每天 1 条帖子，每种开局 {groups} 个群。谁回答谁用 networkx 算："
    "互惠度陌生人 {reciprocity_0}、圈子 {reciprocity_1}，聚类 {clustering_0} 和 {clustering_1}。"
    "一个群结束时的 {ties} 条关系写在数据旁的 ties.graphml 和 ties.gexf。",
)

QUESTION = Question(Both("Does it matter who knows whom?", "成员之间认不认识，要紧吗？"), ask)
