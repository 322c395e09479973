"""At what hour a team's daily post does most."""

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
from experiments.pictures import lines

HOURS = {
    "3": Both("3:00", "3:00"), "6": Both("6:00", "6:00"), "9": Both("9:00", "9:00"),
    "12": Both("12:00", "12:00"), "15": Both("15:00", "15:00"), "18": Both("18:00", "18:00"),
    "20.5": Both("20:30", "20:30"), "22.5": Both("22:30", "22:30"),
}  # fmt: skip
PEOPLE = {"buyers": Both("buyers", "老客户"), "hobbyists": Both("hobbyists", "同好")}
NIGHT, EVENING = "3", "20.5"
TALK, SHOWN = "posting_members_per_day", ("posting_members_per_day", "looking_members_per_day")
ASSUMED = (
    "rhythm.peak_hour", "rhythm.reaction_share", "reaction.draw_probability",
    "reaction.draw_minutes", "speak.fresh_minutes",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play one post a day at eight hours, and none, with two kinds of people for 60 days."""
    plans = {
        f"{who} {hour or 'no'}": community(
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
    best, theirs = (any_of([HOURS[one.split()[1]] for one in lead]) for lead in leads)
    night = rows.gap(f"buyers {EVENING}", f"buyers {NIGHT}", TALK)
    said = Both(
        "Post once a day to buyers at {best} and to hobbyists at {theirs}: of eight hours tried "
        "no other brings clearly more members to talk. {night}",
        "每天一条，老客户群在 {best} 发，同好群在 {theirs} 发："
        "试过的八个钟点里，没有哪个明显带动更多人发言。{night}",
    ).format(
        best=best, theirs=theirs,
        night=words(
            night,
            Both("Among buyers {evening} instead of {deep} brings {size} more of them to talk on a "
                 "day, where a post at {evening} instead of none brings {post}.",
                 "老客户群 {evening} 发比 {deep} 发，每天多 {size} 人发言；"
                 "{evening} 发比不发，多 {post} 人。"),
            Both("Among buyers {evening} is worse than {deep}: {size} fewer of them talk on a day, "
                 "where a post at {evening} instead of none brings {post}.",
                 "老客户群 {evening} 发反而不如 {deep}，每天少 {size} 人发言；"
                 "{evening} 发比不发，多 {post} 人。"),
            Both("Whether it comes at {evening} or at {deep} makes no clear difference among "
                 "buyers, {gap} members a day, where a post at {evening} instead of none brings "
                 "{post}.",
                 "老客户群 {evening} 发还是 {deep} 发看不出差别，每天相差 {gap} 人；"
                 "{evening} 发比不发，多 {post} 人。"),
        ).format(
            evening=HOURS[EVENING], deep=HOURS[NIGHT], gap=of_gap(night), size=size_of(night),
            post=of_gap(rows.gap(f"buyers {EVENING}", "buyers no", TALK)),
        ),
    )  # fmt: skip
    return Answer(
        said,
        Both(
            "Members who talk: with at least one message on a day, mean over 60 days; {groups} "
            "groups of 100 members for each hour, against the same groups without posts. Content "
            "and activities in turn. Hours are local; members look most at 20:30.",
            "发言人数：当天至少发一条消息的成员，60 天平均；每个钟点 {groups} 个 100 人的群，"
            "与同样但不发的群相比。干货和活动轮流发；钟点是当地时间，成员在 20:30 看群最多。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[f"buyers {NIGHT}"], plans[f"buyers {EVENING}"]), TALK, ASSUMED),
        rows.table(*SHOWN),
        lines(
            drawn.astype({"x": float}), PEOPLE,
            Both("What a daily post brings, by its hour", "每天一条带来的发言，按钟点"),
            Both("local hour of the post", "发布的钟点"),
            Both("more members a day than without", "比不发每天多的人数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("At what hour?", "几点发？"), ask)
