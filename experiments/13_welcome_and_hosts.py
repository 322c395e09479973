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
        return of.change(
            rows.gap(plan, against, POSTING), Both(" posting members", " 人"), 1.0, of.FEWER
        )

    act = of.words(
        rows.gap(best, PLAIN, POSTING),
        Both("Beside a post a day choose {best} first", "每天一帖之外，首选“{best}”"),
        Both("Leave it at a post a day, without {best}", "每天一帖就够了，不要“{best}”"),
        Both("A post a day does as well as {best} beside it", "每天一帖就够了，加上“{best}”也一样"),
    ).format(best=PLANS[best][0])
    level = of.words(
        rows.gap(LEVELS, SAME, POSTING),
        Both("For activity treat members by level", "求活跃，就要分层对待"),
        Both("For activity treat members alike", "求活跃，一视同仁更好"),
        Both("Levels do not pay by activity", "分层对待换不来活跃"),
    )
    said = Both(
        "{act}: of {base} members who post on a day without it, it makes {more}, for {hours} of "
        "work in 60 days.",
        "{act}：没有时每天有 {base} 人发言，有了{more}，60 天里团队工时{hours}。",
    ) + Both(
        "{level}: against the same hours put into {posts} posts a day for all, a greeting for "
        "newcomers, praise for who writes and experts who answer make {wide} on a day; "
        "satisfaction (0 to 100): {mood}.",
        "{level}：新人有人欢迎、发言者受表扬、懂行者负责答疑，与把同样工时用于面向所有人的每天 "
        "{posts} 帖相比，每天发言的人{wide}，满意度（0 到 100）{mood}。",
    )
    table = rows.table(POSTING, MOOD, HOURS, "members_end", "tie_density")
    return Answer(
        said.format(
            act=act, level=level, more=posting(best, PLAIN), wide=posting(LEVELS, SAME),
            base=of.mean_of(rows.mean(PLAIN, POSTING)), posts=f"{posts:g}",
            hours=of.change(rows.gap(best, PLAIN, HOURS), Both(" hours", " 小时"), 1.0, of.FEWER),
            mood=of.change(rows.gap(LEVELS, SAME, MOOD), of.NO_UNIT, 100.0, of.HIGHER),
        ),
        Both(
            "members with a message on a day, mean of 60 days; {groups} groups a plan, 100 buyers "
            "at the start and more every day. Against a post a day alone, three members as hosts "
            "make {hosts} and a welcome by letter {letter}.",
            "每天至少发一条消息的成员数，60 天平均；每种做法 {groups} 个群，建群时 100 名买家，"
            "之后每天有人加入。与只有每天一帖相比，三名成员主持{hosts}，私信欢迎{letter}。",
        ).format(
            groups=rows.played.replications, hosts=posting("hosts", PLAIN),
            letter=posting("letter", PLAIN),
        ),
        asking.hangs_on((plans[SAME], plans[LEVELS]), POSTING, ASSUMED),
        table,
        dots(
            of.only(table, POSTING), [*(called for called, _own in PLANS.values()), ALIKE],
            Both("Welcome, hosts, levels", "欢迎、主持、分层"),
            Both("members who post on a day", "每天发言的成员数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Do welcome, hosts and levels help?", "欢迎、主持、分层对待有用吗？"), ask)
