"""Which kind of post brings members to talk, and whom."""

from __future__ import annotations

from experiments.asking import (
    Answer,
    Asking,
    Both,
    Question,
    any_of,
    community,
    of_gap,
    size_of,
    words,
)
from experiments.pictures import dots

PEOPLE = {
    "strangers_qr": Both("strangers", "陌生人"), "buyers": Both("buyers", "老客户"),
    "hobbyists": Both("hobbyists", "同好"), "mothers": Both("mothers", "妈妈"),
}  # fmt: skip
KINDS = {
    "content": Both("content", "干货"), "activity": Both("activities", "活动"),
    "chat": Both("small talk", "闲聊"), "greeting": Both("greetings", "问候"),
    "ad": Both("ads", "广告"),
}  # fmt: skip
NOTHING = "nothing"
TALK, SHOWN = "posting_members_per_day", ("posting_members_per_day", "satisfaction", "muted_share")
ASSUMED = (
    "needs.content_information", "needs.activity_enjoyment", "novelty.activity_messages",
    "novelty.content_messages", "reaction.draw_probability", "habit.team_gain",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play two posts a day of each of five kinds, and none, with four kinds of people, 60 days."""
    plans = {
        f"{who} {kind}": community(
            who,
            values={
                "run.days": 60, "policies.cadence.posts_per_day": 0 if kind == NOTHING else 2,
                "policies.cadence.kinds": ["content" if kind == NOTHING else kind],
            },
        )
        for who in PEOPLE
        for kind in (NOTHING, *KINDS)
    }  # fmt: skip
    rows = asking.play(plans)
    against = {f"{who} {kind}": f"{who} {NOTHING}" for who in PEOPLE for kind in KINDS}
    drawn = rows.gaps(against, TALK)
    leads = {who: rows.unbeaten([f"{who} {kind}" for kind in KINDS], TALK) for who in PEOPLE}
    first = [rows.gap(lead[0], f"{who} {NOTHING}", TALK) for who, lead in leads.items()]
    named = [any_of([KINDS[one.split()[1]] for one in lead]) for lead in leads.values()]
    ads = rows.gap("strangers_qr ad", f"strangers_qr {NOTHING}", TALK)
    said = Both(
        "Post {strangers} to strangers, {buyers} to buyers, {hobbyists} to hobbyists and {mothers} "
        "to mothers: of five kinds, at two posts a day, no other brings clearly more members to "
        "talk, and these bring {a}, {b}, {c} and {d} more a day than no posts do. {ads}",
        "对陌生人发{strangers}，对老客户发{buyers}，对同好发{hobbyists}，对妈妈们发{mothers}："
        "五类内容每天各发两条来比，没有哪类明显带动更多人发言，"
        "比不发时每天分别多 {a}、{b}、{c} 和 {d} 人。{ads}",
    ).format(
        strangers=named[0], buyers=named[1], hobbyists=named[2], mothers=named[3],
        a=of_gap(first[0]), b=of_gap(first[1]), c=of_gap(first[2]), d=of_gap(first[3]),
        ads=words(
            ads,
            Both("Ads alone do bring strangers, who came for bargains, to talk: {size} more a day.",
                 "只发广告也能带动冲着优惠来的陌生人发言：每天多 {size} 人。"),
            Both("Ads alone are worse than silence even for strangers, who came for bargains: "
                 "{size} fewer talk on a day.",
                 "只发广告还不如不发，连冲着优惠来的陌生人也是：每天发言的少 {size} 人。"),
            Both("Ads alone do not clearly bring strangers to talk, though they came for bargains: "
                 "{gap} a day against no posts.",
                 "只发广告，连冲着优惠来的陌生人也看不出更愿意发言：与不发相比每天相差 {gap} 人。"),
        ).format(gap=of_gap(ads), size=size_of(ads)),
    )  # fmt: skip
    return Answer(
        said,
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days; {groups} "
            "groups of 100 members for each kind of post and people, against the same groups "
            "without posts. All posts are of one and a half times a member's quality.",
            "发言人数：当天至少发一条消息的成员，60 天平均；"
            "每类内容、每类人各 {groups} 个 100 人的群，"
            "与同样但不发的群相比。质量都是成员消息的一倍半。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["strangers_qr content"], plans["strangers_qr activity"]),
                        TALK, ASSUMED),
        rows.table(*SHOWN),
        dots(
            drawn,
            [Both("{who}: {kind}", "{who}：{kind}").format(who=PEOPLE[who], kind=KINDS[kind])
             for who in PEOPLE for kind in KINDS],
            Both("What posts bring, by their kind", "各类内容带来的发言"),
            Both("more who talk a day than without posts", "比不发时每天多的发言人数"), True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("Which kind of post?", "发哪一类内容？"), ask)
