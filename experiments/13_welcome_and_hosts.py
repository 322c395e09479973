"""Welcome, hosts, and the member pyramid: treated alike, or by level."""

from __future__ import annotations

from experiments.asking import (
    FEWER,
    HIGHER,
    Answer,
    Asking,
    Both,
    Question,
    change,
    community,
    mean_of,
    size_of,
    words,
)
from experiments.pictures import dots

DAYS, POST_HOURS = 60, 1.0 / 6.0  # a post takes ten minutes
POSTING, MOOD, HOURS = "posting_members_per_day", "satisfaction", "operator_hours"
POSTS = "policies.cadence.posts_per_day"
WELCOME = {"policies.welcome.every_hours": 6}
HOSTS = {"policies.hosting.hosts": 3}
EXPERTS = {"policies.hosting.role": "expert", "policies.hosting.hosts": 3}
HONOUR = {"policies.honour.every_days": 7}
PLANS = {
    "plain": (Both("a post a day alone", "只有每天一帖"), {}),
    "welcome": (Both("a welcome in the group", "群内欢迎"), WELCOME),
    "letter": (Both("a welcome by letter", "私信欢迎"), {**WELCOME, "policies.welcome.private": True}),
    "hosts": (Both("three members as hosts", "三名成员主持"), HOSTS),
    "honour": (Both("praise once a week", "每周表扬"), HONOUR),
    "levels": (Both("by level: all of it", "分层对待"), {**WELCOME, **EXPERTS, **HONOUR}),
}  # fmt: skip
ALIKE = Both("alike: as many hours in posts", "一视同仁：同样工时全用于发帖")
UNIT = Both(" members", " 人")
ASSUMED = (
    "needs.greeting_belonging", "needs.reply_recognition", "habit.gain", "reading.fatigue_per_message",
    "needs.message_cost",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play buyers who keep arriving for 60 days, with one act each, all by level, all alike."""
    values = {"run.days": DAYS, POSTS: 1.0}
    plans = {
        name: community("buyers", values={**values, **set_})
        for name, (_label, set_) in PLANS.items()
    }
    first = asking.play(plans, "first")
    more = first.mean("levels", HOURS).value - first.mean("plain", HOURS).value
    posts = round(1.0 + max(0.0, more) / POST_HOURS / DAYS, 1)
    plans["alike"] = plans["plain"].with_values({POSTS: posts})
    labels = [*(label for label, _set in PLANS.values()), ALIKE]
    rows = asking.play(plans)
    single = list(PLANS)[1:-1]
    best = max(single, key=lambda name: rows.mean(name, POSTING).value)
    gap, level = rows.gap(best, "plain", POSTING), rows.gap("levels", "alike", POSTING)
    said = words(
        gap,
        Both(
            "Beside a post a day choose {best} first: {size} more members post on a day than "
            "the {base} without, for {hours} more hours of work in 60 days.",
            "每天一帖之外，首选“{best}”：每天发言的人比没有时的 {base} 人多 {size} 人，"
            "60 天多花 {hours} 小时。",
        ),
        Both(
            "Leave it at a post a day: even the best act beside it ({best}) has {size} fewer "
            "members post than the {base} without, and takes {hours} hours more in 60 days.",
            "每天一帖就够了：最好的附加做法（{best}）每天发言的人也比没有时的 {base} 人"
            "少 {size} 人，60 天还多花 {hours} 小时。",
        ),
        Both(
            "Leave it at a post a day: the best act beside it ({best}) makes no clear difference "
            "to the {base} members who post, and takes {hours} hours more in 60 days.",
            "每天一帖就够了：最好的附加做法（{best}）与没有时（每天 {base} 人发言）看不出差别，"
            "60 天还多花 {hours} 小时。",
        ),
    ) + words(
        level,
        Both(
            "Treat members by level: {wide} more post on a day than when the same hours go into "
            "{posts} posts a day for all, satisfaction (0 to 100): {mood}.",
            "要分层对待：比把同样工时用于面向所有人的每天 {posts} 帖，每天发言的多 {wide} 人，"
            "满意度（0 到 100）{mood}。",
        ),
        Both(
            "Treat members alike: by level {wide} fewer post on a day than when the same hours go "
            "into {posts} posts a day for all, satisfaction (0 to 100): {mood}.",
            "一视同仁更好：分层对待比把同样工时用于面向所有人的每天 {posts} 帖，"
            "每天发言的少 {wide} 人，满意度（0 到 100）{mood}。",
        ),
        Both(
            "By level or alike is no clear difference in who posts, when the same hours go into "
            "{posts} posts a day for all; satisfaction by level (0 to 100): {mood}.",
            "分层对待与把同样工时用于面向所有人的每天 {posts} 帖，发言的人看不出差别；"
            "分层对待的满意度（0 到 100）{mood}。",
        ),
    )
    table = rows.table(POSTING, MOOD, HOURS, "members_end", "tie_density")
    return Answer(
        said.format(
            best=PLANS[best][0], size=size_of(gap), base=mean_of(rows.mean("plain", POSTING)),
            hours=size_of(rows.gap(best, "plain", HOURS)), posts=f"{posts:g}",
            wide=size_of(level), mood=change(rows.gap("levels", "alike", MOOD), scale=100.0, ways=HIGHER),
        ),
        Both(
            "members with a message on a day, mean of 60 days; {groups} groups a plan, 100 buyers "
            "at the start and more every day. By level: newcomers are greeted, who writes is "
            "praised each week, three who know most answer. Hosts: {hosts}; welcome by letter: "
            "{letter} than a post a day alone.",
            "每天至少发一条消息的成员数，60 天平均；每种做法 {groups} 个群，建群时 100 名买家，"
            "之后每天有人加入。分层：新人有人欢迎，发言者每周受表扬，最懂的三人负责答疑。"
            "与只有每天一帖相比，三名成员主持：{hosts}；私信欢迎：{letter}。",
        ).format(
            groups=rows.played.replications,
            hosts=change(rows.gap("hosts", "plain", POSTING), UNIT, 1.0, FEWER),
            letter=change(rows.gap("letter", "plain", POSTING), UNIT, 1.0, FEWER),
        ),
        asking.hangs_on((plans["alike"], plans["levels"]), POSTING, ASSUMED),
        table,
        dots(
            table[table["outcome"] == POSTING], labels,
            Both("Welcome, hosts, levels", "欢迎、主持、分层"),
            Both("members who post on a day", "每天发言的成员数"),
        ),
    )  # fmt: skip


QUESTION = Question(
    Both("Do welcome, hosts and treatment by level help?", "欢迎、主持、分层对待有用吗？"), ask
)
