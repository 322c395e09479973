"""Ties: whether it matters who knows whom at the start, and the networks that come of it."""

from __future__ import annotations

import networkx
import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, community, mean_of, told
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
        (told(gap, BRING), told(closed, SHAPE)),
        DETAIL.format(
            usual=mean_of(rows.mean(ALONE, WRITE)),
            **{f"{key.split('_')[0]}_{at}": mean_of(measured[name][key], 100.0)
               for key in ("largest_part_share", "reciprocity", "clustering")
               for at, name in enumerate((ALONE, CIRCLES))},
        ),
        COUNTED.format(groups=rows.played.replications, ties=ties.number_of_edges()),
        asking.hangs_on((plans[ALONE], plans[CIRCLES]), WRITE, ASSUMED, WHAT),
        pd.concat([table, gaps]),
        dots(gaps, [STARTS[name][0] for name in gaps["plan"]], TITLE, AXIS, zero=True),
    )  # fmt: skip


TITLE = Both("What it brings that members know each other", "成员彼此认识，能多带来什么")
AXIS = Both("members who write a day, more than among strangers", "日发言人数比互不相识时多出")
BRING = (
    Both("Bring people in with those they know: in circles of nine {size} more of 60 buyers write "
         "on a day than among strangers.",
         "让人和熟人一起进群：60 人的买家群，9 人小圈子进群比互不相识每天多 {size} 人发言。"),
    Both("Do not bring people in by circles: of 60 buyers {size} fewer write on a day than among "
         "strangers.",
         "别让人成圈子地进群：60 人的买家群，比互不相识每天少 {size} 人发言。"),
    Both("Do not go out of your way for people who know each other: circles of nine make no clear "
         "difference.",
         "不必费力去找彼此认识的人：9 人小圈子进群看不出差别。"),
)  # fmt: skip
SHAPE = (
    Both("Prefer closed circles: with as many acquaintances {size} more write on a day than in a "
         "loose net.",
         "小圈子更好：认识的人一样多时，比松散的网每天多 {size} 人发言。"),
    Both("Prefer a loose net: with as many acquaintances {size} fewer write on a day in closed "
         "circles.",
         "松散的网更好：认识的人一样多时，小圈子每天少 {size} 人发言。"),
    Both("Do not mind how they know each other: with as many acquaintances circle or loose net "
         "makes no clear difference.",
         "不必在意怎么认识：认识的人一样多时，小圈子还是松散的网看不出差别。"),
)  # fmt: skip
DETAIL = Both(
    "Among strangers {usual} of 60 write on a day. In eight weeks answers join {largest_1} "
    "of 100 members into one part in circles, {largest_0} among strangers. Of 100 "
    "answers {reciprocity_1} and {reciprocity_0} are returned; clustering is {clustering_1} and "
    "{clustering_0} of 100.",
    "互不相识时，60 人里每天有 {usual} 人发言。八周里互相回答连成的最大一片，圈子进群每百人 "
    "{largest_1} 人，互不相识 {largest_0} 人。每百个回答关系里有 "
    "{reciprocity_1} 个和 {reciprocity_0} 个是双向的；聚类系数（满分 100）{clustering_1} 和 "
    "{clustering_0}。",
)
COUNTED = Both(
    "60 buyers for 56 days, one post a day, {groups} groups a start. Networks of who answered "
    "whom, by networkx. The {ties} ties of one group at the end are written beside the rows as "
    "ties.graphml and ties.gexf.",
    "60 人买家群、56 天、每天 1 条帖子，每种开局 {groups} 个群。谁回答谁用 networkx 算。"
    "一个群结束时的 {ties} 条关系写在数据旁的 ties.graphml 和 ties.gexf。",
)
WHAT = Both("what circles of nine add to buyers who write on a day,",
            "9 人小圈子多带来的日发言人数")  # fmt: skip

QUESTION = Question(Both("Does it matter who knows whom?", "成员之间认不认识，要紧吗？"), ask)
