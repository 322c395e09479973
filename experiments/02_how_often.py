"""How often a team should post."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import lines

POSTS = (0, 0.5, 1, 2, 4, 8, 16)
PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "hobbyists": Both("hobbyists", "同好")}
TALK, MUTED = "posting_members_per_day", "muted_share"
SHOWN = (TALK, MUTED, "alive", "satisfaction", "operator_hours")
ASSUMED = (
    "novelty.content_messages", "reading.fatigue_per_message", "reaction.draw_probability",
    "habit.team_gain", "habit.gain", "needs.message_cost",
)  # fmt: skip

FLOOD = (
    Both("More brings still more: with {most} a day {size} more strangers talk on a day, though "
         "{muted} of 100 mute the group.",
         "发得更多还能更好：陌生人群每天 {most} 条，每天多 {size} 人发言，只是每百人有 {muted} "
         "人屏蔽群。"),
    Both("Do not post {most} times a day to strangers: {size} fewer talk on a day, and {muted} of "
         "100 mute the group.",
         "别对陌生人每天发 {most} 条：每天发言的少 {size} 人，每百人有 {muted} 人屏蔽群。"),
    Both("Do not post more to strangers: with {most} a day there is no clear difference in who "
         "talks, and {muted} of 100 mute the group.",
         "陌生人群不必发得更多：每天 {most} 条，发言人数看不出差别，每百人有 {muted} 人屏蔽群。"),
)  # fmt: skip
WHAT = Both(
    "what two posts a day add among strangers, in members who talk on a day,",
    "陌生人群每天发两条比不发多出的发言人数",
)


def ask(asking: Asking) -> Answer:
    """Play seven numbers of posts a day, content and activities in turn, for 60 days; of those
    that no other number clearly beats in members who talk, the lowest is advised.
    """
    plans = {
        f"{who} {n:g}": of.community(
            who, values={"run.days": 60, "policies.cadence.posts_per_day": n}
        )
        for who in PEOPLE
        for n in POSTS
    }
    rows = asking.play(plans)
    table = rows.table(*SHOWN)
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    few, hobby = (rows.unbeaten([f"{who} {n:g}" for n in POSTS], TALK)[0] for who in PEOPLE)
    most = f"strangers_qr {POSTS[-1]:g}"
    flood = rows.gap(most, few, TALK)
    do = Both(
        "Aim at {few} posts a day for strangers and {hobby} for hobbyists: {talk} and {hobby_talk} "
        "of 100 members then talk on a day.",
        "陌生人群每天发 {few} 条、同好群每天发 {hobby} 条：每百人里每天有 {talk} 人"
        "和 {hobby_talk} 人发言。",
    ).format(
        few=few.split()[1], hobby=hobby.split()[1], talk=of.mean_of(rows.mean(few, TALK)),
        hobby_talk=of.mean_of(rows.mean(hobby, TALK)),
    )  # fmt: skip
    avoid = of.told(
        flood, FLOOD, most=f"{POSTS[-1]:g}", muted=of.of_hundred(rows.mean(most, MUTED))
    )
    talk = table[table["outcome"] == TALK].astype({"x": float})
    return Answer(
        (do, avoid),
        Both(
            "Where nothing is posted, {none} strangers and {hobby_none} hobbyists talk on a day. "
            "With {few} posts a day {muted} of 100 strangers have muted the group. None of the "
            "other numbers of posts tried is clearly better.",
            "什么都不发时，每天有 {none} 名陌生人和 {hobby_none} 名同好发言。每天 {few} 条时，"
            "每百名陌生人里有 {muted} 人屏蔽了群。试过的其他条数都看不出更好。",
        ).format(
            none=of.mean_of(rows.mean("strangers_qr 0", TALK)), few=few.split()[1],
            hobby_none=of.mean_of(rows.mean("hobbyists 0", TALK)),
            muted=of.of_hundred(rows.mean(few, MUTED)),
        ),
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days. Muted: among "
            "those present at the end. {groups} groups of 100 members for each number of posts; "
            "content and activities in turn, of one and a half times a member's quality.",
            "发言人数：当天至少发一条消息的成员，60 天平均。屏蔽：期末在群成员中的比例。"
            "每种条数 {groups} 个 100 人的群；干货和活动轮流发，质量是成员消息的一倍半。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["strangers_qr 0"], plans["strangers_qr 2"]), TALK, ASSUMED, WHAT),
        table,
        lines(
            talk, PEOPLE,
            Both("Members who talk, by posts of the team", "发言人数，按运营每天发的条数"),
            Both("posts a day", "每天条数"), Both("members a day", "每天人数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How often should the team post?", "运营每天该发几条？"), ask)
