"""At what hour a team's daily post does most."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import lines

HOURS = {
    "3": Both("3:00", "3:00"), "6": Both("6:00", "6:00"), "9": Both("9:00", "9:00"),
    "12": Both("12:00", "12:00"), "15": Both("15:00", "15:00"), "18": Both("18:00", "18:00"),
    "20.5": Both("20:30", "20:30"), "22.5": Both("22:30", "22:30"),
}  # fmt: skip
HOUR = Both("hour", "钟点")
PEOPLE = {"buyers": Both("buyers", "老客户"), "hobbyists": Both("hobbyists", "同好")}
NIGHT, EVENING = "3", "20.5"
TALK, SHOWN = "posting_members_per_day", ("posting_members_per_day", "looking_members_per_day")
ASSUMED = (
    "rhythm.peak_hour", "rhythm.reaction_share", "reaction.draw_probability",
    "reaction.draw_minutes", "speak.fresh_minutes",
)  # fmt: skip

NIGHTLY = (
    Both("Do not post at {deep}: at {evening} {size} more buyers talk on a day.",
         "别在 {deep} 发：老客户群 {evening} 发，每天多 {size} 人发言。"),
    Both("Do not wait for the evening: at {evening} {size} fewer buyers talk on a day than at "
         "{deep}.",
         "别等到晚上：老客户群 {evening} 发比 {deep} 发，每天少 {size} 人发言。"),
    Both("Do not fuss about the hour: between {evening} and {deep} buyers show no clear "
         "difference.",
         "不必纠结钟点：老客户群 {evening} 发还是 {deep} 发，看不出差别。"),
)  # fmt: skip
WHAT = Both(
    "what a post at 20:30 has over one at 3:00, in buyers who talk on a day,",
    "20:30 发比 3:00 发每天多出的老客户发言人数",
)


def ask(asking: Asking) -> Answer:
    """Play one post a day at eight hours, and none, with two kinds of people for 60 days."""
    plans = {
        f"{who} {hour or 'no'}": of.community(
            who,
            values={
                "run.days": 60, "policies.cadence.posts_per_day": 0,
                "policies.cadence.hours": [float(hour)] if hour else [],
            },
        )
        for who in PEOPLE
        for hour in ("", *HOURS)
    }  # fmt: skip
    rows = asking.play(plans)
    drawn = rows.gaps({f"{w} {hour}": f"{w} no" for w in PEOPLE for hour in HOURS}, TALK)
    drawn[["series", "x"]] = drawn["plan"].str.split(" ", expand=True)
    leads = [rows.unbeaten([f"{who} {hour}" for hour in HOURS], TALK) for who in PEOPLE]
    best, theirs = (
        of.any_of([HOURS[one.split()[1]] for one in lead], [*HOURS.values()], HOUR)
        for lead in leads
    )
    night = rows.gap(f"buyers {EVENING}", f"buyers {NIGHT}", TALK)
    do = Both(
        "Post once a day, to buyers at {best} and to hobbyists at {theirs}.",
        "每天一条，老客户群在{best}发，同好群在{theirs}发。",
    ).format(best=best, theirs=theirs)
    avoid = of.told(night, NIGHTLY, deep=HOURS[NIGHT], evening=HOURS[EVENING])
    return Answer(
        (do, avoid),
        Both(
            "A post at {evening} instead of none: {post} buyers who talk on a day. None of the "
            "other hours tried is clearly better than those advised.",
            "{evening} 发一条比不发，每天发言的老客户{post}。试过的其他钟点都看不出更好。",
        ).format(
            evening=HOURS[EVENING],
            post=of.change(rows.gap(f"buyers {EVENING}", "buyers no", TALK), Both("", " 人"),
                           1.0, of.FEWER),
        ),
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days; {groups} "
            "groups of 100 members for each hour, against the same groups without posts. Content "
            "and activities in turn. Hours are local; members look most at 20:30.",
            "发言人数：当天至少发一条消息的成员，60 天平均；每个钟点 {groups} 个 100 人的群，"
            "与同样但不发的群相比。干货和活动轮流发；钟点是当地时间，成员在 20:30 看群最多。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[f"buyers {NIGHT}"], plans[f"buyers {EVENING}"]),
                        TALK, ASSUMED, WHAT),
        rows.table(*SHOWN),
        lines(
            drawn.astype({"x": float}), PEOPLE,
            Both("What a daily post brings, by its hour", "每天一条带来的发言，按钟点"),
            Both("local hour of the post", "发布的钟点"),
            Both("more members a day than without", "比不发每天多的人数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("At what hour?", "几点发？"), ask)
