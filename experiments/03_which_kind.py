"""Which kind of post brings members to talk, and whom."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
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

KIND = Both("kind", "内容")
ALONE = (
    Both("Ads alone work too among strangers, who came for bargains: {size} more talk on a day "
         "than without posts.",
         "陌生人是冲着优惠来的，只发广告也管用：比什么都不发，每天多 {size} 人发言。"),
    Both("Do not post ads alone, not even to strangers who came for bargains: {size} fewer talk on "
         "a day than without posts.",
         "别只发广告，哪怕是冲着优惠来的陌生人：比什么都不发，每天少 {size} 人发言。"),
    Both("Do not post ads alone, not even to strangers who came for bargains: there is no clear "
         "difference to posting nothing.",
         "别只发广告，哪怕是冲着优惠来的陌生人：和什么都不发看不出差别。"),
)  # fmt: skip
WHAT = Both(
    "what activities have over content among strangers, in members who talk on a day,",
    "陌生人群发活动比发干货多出的每天发言人数",
)


def ask(asking: Asking) -> Answer:
    """Play two posts a day of each of five kinds, and none, with four kinds of people, 60 days."""
    plans = {
        f"{who} {kind}": of.community(
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
    named = [
        of.any_of([KINDS[one.split()[1]] for one in lead], [*KINDS.values()], KIND)
        for lead in leads.values()
    ]
    ads = rows.gap("strangers_qr ad", f"strangers_qr {NOTHING}", TALK)
    do = Both(
        "Post {strangers} to strangers, {buyers} to buyers, {hobbyists} to hobbyists and {mothers} "
        "to mothers.",
        "对陌生人发{strangers}，对老客户发{buyers}，对同好发{hobbyists}，对妈妈们发{mothers}。",
    ).format(
        strangers=named[0], buyers=named[1], hobbyists=named[2], mothers=named[3]
    )  # fmt: skip
    return Answer(
        (do, of.told(ads, ALONE)),
        Both(
            "Two such posts a day against none, in members who talk on a day: strangers {a}, "
            "buyers {b}, hobbyists {c}, mothers {d}. None of the other kinds is clearly better.",
            "每天发两条这样的内容，与不发相比，每天发言的：陌生人{a}，老客户{b}，同好{c}，"
            "妈妈{d}。其他几类都看不出更好。",
        ).format(
            **{key: of.change(one, Both("", " 人"), 1.0, of.FEWER)
               for key, one in zip("abcd", first, strict=True)}
        ),
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days; {groups} "
            "groups of 100 members for each kind of post and people, against the same groups "
            "without posts. All posts are of one and a half times a member's quality.",
            "发言人数：当天至少发一条消息的成员，60 天平均；"
            "每类内容、每类人各 {groups} 个 100 人的群，"
            "与同样但不发的群相比。质量都是成员消息的一倍半。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["strangers_qr content"], plans["strangers_qr activity"]),
                        TALK, ASSUMED, WHAT),
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
