"""Welcome, hosts, and the member pyramid: treated alike, or by level."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots

DAYS, POST_HOURS = 60, 1.0 / 6.0  # a post takes ten minutes
POSTING, MOOD, HOURS = "posting_members_per_day", "satisfaction", "operator_hours"
POSTS, PLAIN, LEVELS, SAME = "policies.cadence.posts_per_day", "plain", "levels", "alike"
WELCOME = {"policies.welcome.every_hours": 6}
LETTER = {**WELCOME, "policies.welcome.private": True}
HOSTS, HONOUR = {"policies.hosting.hosts": 3}, {"policies.honour.every_days": 7}
EXPERTS = {**HOSTS, "policies.hosting.role": "expert"}
ACTS: Named = {
    "welcome": (Both("a welcome in the group", "群内欢迎"), WELCOME),
    "letter": (Both("a welcome by letter", "私信欢迎"), LETTER),
    "hosts": (Both("three members as hosts", "三名成员主持"), HOSTS),
    "honour": (Both("praise once a week", "每周表扬"), HONOUR),
}
PLANS: Named = {
    PLAIN: (Both("a post a day alone", "只有每天一帖"), {}),
    **ACTS,
    LEVELS: (Both("by level", "分层对待"), {**WELCOME, **EXPERTS, **HONOUR}),
}
ALIKE = Both("alike: as many hours in posts", "一视同仁：同样工时全用于发帖")
ASSUMED = (
    "needs.greeting_belonging", "needs.reply_recognition", "habit.gain",
    "reading.fatigue_per_message", "needs.message_cost",
)  # fmt: skip

CHOOSE = (
    Both("Beside a post a day choose {best} first: {size} more members post on a day, for {hours} "
         "in 60 days.",
         "每天一帖之外，首选“{best}”：每天发言的多 {size} 人，60 天里团队工时{hours}。"),
    Both("Leave it at a post a day: with {best} {size} fewer members post on a day.",
         "每天一帖就够了：加上“{best}”，每天发言的少 {size} 人。"),
    Both("Leave it at a post a day: with {best} there is no clear difference in who posts.",
         "每天一帖就够了：加上“{best}”，发言人数看不出差别。"),
)  # fmt: skip
LEVEL = (
    Both("For activity do not treat all alike: by level {size} more post on a day for as many "
         "hours; satisfaction (of 100): {mood}.",
         "求活跃别一视同仁：工时一样，分层后每天发言的多 {size} 人，满意度（满分 100）{mood}。"),
    Both("For activity do not treat members by level: {size} fewer post on a day for as many "
         "hours; satisfaction (of 100): {mood}.",
         "求活跃别分层：工时一样，每天发言的少 {size} 人，满意度（满分 100）{mood}。"),
    Both("Levels do not pay by activity: no clear difference for as many hours; satisfaction (of "
         "100): {mood}.",
         "分层换不来活跃：工时一样，发言人数看不出差别，满意度（满分 100）{mood}。"),
)  # fmt: skip
WHAT = Both("what treatment by level adds in members who post on a day,",
            "分层对待多带来的每天发言人数")  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play buyers who keep arriving for 60 days, with one act each, all by level, all alike."""
    plans = of.plans_of(PLANS, "buyers", {"run.days": DAYS, POSTS: 1.0})
    first = asking.play(plans, "first")
    more = max(0.0, first.gap(LEVELS, PLAIN, HOURS).difference)
    posts = round(1.0 + more / POST_HOURS / DAYS, 1)
    plans[SAME] = plans[PLAIN].with_values({POSTS: posts})
    rows = asking.play(plans)
    best = max(ACTS, key=lambda name: rows.mean(name, POSTING).value)

    def posting(plan: str, against: str) -> Both:
        return of.change(rows.gap(plan, against, POSTING), Both("", " 人"), 1.0, of.FEWER)

    hours = rows.gap(best, PLAIN, HOURS)
    table = rows.table(POSTING, MOOD, HOURS, "members_end", "tie_density")
    return Answer(
        (
            of.told(
                rows.gap(best, PLAIN, POSTING), CHOOSE, best=PLANS[best][0],
                hours=of.change(hours, Both(" hours of work", " 小时"), 1.0, of.FEWER),
            ),
            of.told(
                rows.gap(LEVELS, SAME, POSTING), LEVEL,
                mood=of.change(rows.gap(LEVELS, SAME, MOOD), of.NO_UNIT, 100.0, of.HIGHER),
            ),
        ),
        Both(
            "With a post a day alone {base} members post on a day; three members as hosts: "
            "{hosts}; a welcome by letter: {letter}. By level: a greeting for newcomers, praise "
            "for who writes, experts who answer; alike: as many hours in {posts} posts a day.",
            "只有每天一帖时，每天有 {base} 人发言；三名成员主持，{hosts}；私信欢迎，{letter}。"
            "分层：新人有人欢迎、发言者受表扬、懂行者答疑；一视同仁：同样工时发每天 {posts} 帖。",
        ).format(
            base=of.mean_of(rows.mean(PLAIN, POSTING)), posts=f"{posts:g}",
            hosts=posting("hosts", PLAIN), letter=posting("letter", PLAIN),
        ),
        Both(
            "members with a message on a day, mean of 60 days; {groups} groups a plan, 100 buyers "
            "at the start and more every day.",
            "每天至少发一条消息的成员数，60 天平均；每种做法 {groups} 个群，建群时 100 名买家，"
            "之后每天有人加入。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[SAME], plans[LEVELS]), POSTING, ASSUMED, WHAT),
        table,
        dots(
            of.only(table, POSTING), [*(called for called, _own in PLANS.values()), ALIKE],
            Both("Welcome, hosts, levels", "欢迎、主持、分层"),
            Both("members who post on a day", "每天发言的成员数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Do welcome, hosts and levels help?", "欢迎、主持、分层对待有用吗？"), ask)
