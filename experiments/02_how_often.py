"""How often a team should post."""

from __future__ import annotations

from experiments.asking import (
    Answer,
    Asking,
    Both,
    Question,
    community,
    mean_of,
    of_gap,
    of_hundred,
    size_of,
    words,
)
from experiments.pictures import lines

POSTS = (0, 0.5, 1, 2, 4, 8, 16)
PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "hobbyists": Both("hobbyists", "同好")}
TALK, MUTED = "posting_members_per_day", "muted_share"
SHOWN = (TALK, MUTED, "alive", "satisfaction", "operator_hours")
ASSUMED = (
    "novelty.content_messages", "reading.fatigue_per_message", "reaction.draw_probability",
    "habit.team_gain", "habit.gain", "needs.message_cost",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play seven numbers of posts a day, content and activities in turn, for 60 days; of those
    that no other number clearly beats in members who talk, the lowest is advised.
    """
    plans = {
        f"{who} {n:g}": community(who, values={"run.days": 60, "policies.cadence.posts_per_day": n})
        for who in PEOPLE
        for n in POSTS
    }
    rows = asking.play(plans)
    table = rows.table(*SHOWN)
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    few, hobby = (rows.unbeaten([f"{who} {n:g}" for n in POSTS], TALK)[0] for who in PEOPLE)
    most = f"strangers_qr {POSTS[-1]:g}"
    flood = rows.gap(most, few, TALK)
    said = Both(
        "Post {few} times a day to strangers and {hobby} times to hobbyists: {talk} and "
        "{hobby_talk} members talk on a day, against {none} and {hobby_none} where nothing is "
        "posted, and no other number of posts tried has clearly more. Among strangers {most} posts "
        "a day instead {flood}, and {muted_most} of 100 members have muted the group against "
        "{muted}.",
        "陌生人群每天发 {few} 条、同好群每天发 {hobby} 条：每天有 {talk} 人和 {hobby_talk} 人发言，"
        "什么都不发时是 {none} 人和 {hobby_none} 人，试过的其他条数都没有明显更多。"
        "陌生人群若每天发 {most} 条，{flood}，每 100 名成员里有 {muted_most} 人屏蔽了群，"
        "而前者是 {muted} 人。",
    ).format(
        few=few.split()[1], hobby=hobby.split()[1], most=f"{POSTS[-1]:g}",
        talk=mean_of(rows.mean(few, TALK)), hobby_talk=mean_of(rows.mean(hobby, TALK)),
        none=mean_of(rows.mean("strangers_qr 0", TALK)),
        hobby_none=mean_of(rows.mean("hobbyists 0", TALK)),
        muted=of_hundred(rows.mean(few, MUTED)), muted_most=of_hundred(rows.mean(most, MUTED)),
        flood=words(
            flood,
            Both("bring {size} more to talk", "每天发言的多 {size} 人"),
            Both("leave {size} fewer who talk", "每天发言的少 {size} 人"),
            Both("do not clearly change how many talk, {gap}",
                 "发言人数看不出差别，相差 {gap} 人"),
        ).format(gap=of_gap(flood), size=size_of(flood)),
    )  # fmt: skip
    talk = table[table["outcome"] == TALK].astype({"x": float})
    return Answer(
        said,
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days. Muted: among "
            "those present at the end. {groups} groups of 100 members for each number of posts; "
            "content and activities in turn, of one and a half times a member's quality.",
            "发言人数：当天至少发一条消息的成员，60 天平均。屏蔽：期末在群成员中的比例。"
            "每种条数 {groups} 个 100 人的群；干货和活动轮流发，质量是成员消息的一倍半。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["strangers_qr 0"], plans["strangers_qr 2"]), TALK, ASSUMED),
        table,
        lines(
            talk, PEOPLE,
            Both("Members who talk, by posts of the team", "发言人数，按运营每天发的条数"),
            Both("posts a day", "每天条数"), Both("members a day", "每天人数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How often should the team post?", "运营每天该发几条？"), ask)
