"""What removing the silent does to those who stay."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import dots
from sim.stats.paired import PairedDifference

PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "hobbyists": Both("hobbyists", "同好")}
DAYS, AFTER = 120, (14, 30, 60)
LABELS = {
    "letter": Both("only a letter after 30 days", "沉默 30 天只发私信"),
    **{f"{n}": Both("removed after {n} days", "沉默 {n} 天清理").format(n=n) for n in AFTER},
}
TALK, SHARE = "posting_members_per_day", "posting_share_per_day"
LEFT, CONTENT = "members_end", "satisfaction"
SHOWN = (TALK, SHARE, LEFT, CONTENT, "messages", "alive", "operator_hours")
ASSUMED = (
    "speak.audience", "speak.identifiability", "speak.stranger_share", "look.habit_floor_share",
    "reaction.draw_probability", "acts.letter_reach_probability",
)  # fmt: skip

REMOVE = (
    Both("Remove who is silent for 30 days if you want more talk: {talk} and {keen} on a day.",
         "想要更多人发言，就清理沉默满 30 天的人：{talk}，{keen}。"),
    Both("Keep the silent: with them removed after 30 days, {talk} and {keen} on a day.",
         "别清理不说话的人：沉默满 30 天就清理的话，{talk}，{keen}。"),
    Both("Removing who is silent for 30 days hardly matters: {talk} and {keen} on a day.",
         "沉默满 30 天的人清不清理差不多：{talk}，{keen}。"),
)  # fmt: skip
AVERAGES = (
    Both("Do not take better averages for success: of strangers only {left} are left after {days} "
         "days instead of {kept}.",
         "平均数好看不等于群好：{days} 天后陌生人群只剩 {left} 人，不清理是 {kept} 人。"),
    Both("Even the averages grow worse: of strangers {left} are left after {days} days instead of "
         "{kept}.",
         "连平均数也变差：{days} 天后陌生人群剩 {left} 人，不清理是 {kept} 人。"),
    Both("The price: of strangers {left} are left after {days} days instead of {kept}.",
         "代价：{days} 天后陌生人群剩 {left} 人，不清理是 {kept} 人。"),
)  # fmt: skip
WHAT = Both(
    "what removal after 30 days changes in strangers who talk on a day,",
    "沉默满 30 天就清理给陌生人群每天发言人数带来的变化",
)


def ask(asking: Asking) -> Answer:
    """Play the removal of who is silent for so many days, a week after a notice, a letter alone,
    and neither, in groups of 200 of two kinds of people for 120 days.
    """
    teams: dict[str, dict[str, object]] = {
        "keep": {}, "letter": {"policies.recall.silent_days": 30.0},
        **{f"{n}": {"policies.prune.silent_days": float(n)} for n in AFTER},
    }  # fmt: skip
    plans = {
        f"{who} {name}": of.community(who, values={**team, "run.days": DAYS, "group.size": 200})
        for who in PEOPLE
        for name, team in teams.items()
    }
    rows = asking.play(plans)
    keep, prune, keen, keen_prune = (f"{who} {x}" for who in PEOPLE for x in ("keep", "30"))
    talk, keen_talk = rows.gap(prune, keep, TALK), rows.gap(keen_prune, keen, TALK)
    do = of.words(talk, *REMOVE).format(
        talk=_talk(talk, PEOPLE["strangers_qr"]), keen=_talk(keen_talk, PEOPLE["hobbyists"])
    )
    avoid = of.words(rows.gap(prune, keep, SHARE), *AVERAGES).format(
        days=DAYS, left=of.whole(rows.mean(prune, LEFT)), kept=of.whole(rows.mean(keep, LEFT))
    )
    drawn = {f"{who} {name}": f"{who} keep" for who in PEOPLE for name in LABELS}
    return Answer(
        (do, avoid),
        Both(
            "Of 100 strangers in the group {share} talk on a day instead of {before}. Their "
            "satisfaction (of 100) is {content} instead of {usual}. Both count only those who "
            "are left.",
            "陌生人群每百名在群成员里每天有 {share} 人发言，不清理是 {before} 人。满意度（满分 "
            "100）是 {content}，不清理是 {usual}。两者都只算留下的人。",
        ).format(
            share=of.mean_of(rows.mean(prune, SHARE), 100),
            before=of.mean_of(rows.mean(keep, SHARE), 100),
            content=of.mean_of(rows.mean(prune, CONTENT), 100),
            usual=of.mean_of(rows.mean(keep, CONTENT), 100),
        ),
        Both(
            "Members who talk: with at least one message on a day, mean over {days} days; {groups} "
            "groups of 200 members for each way, two posts a day. A letter gives notice a week "
            "before. In the field, half of the audience lost cost 43 % (Zhang and Zhu 2011).",
            "发言人数：当天至少发一条消息的成员，{days} 天平均；每种做法 "
            "{groups} 个 200 人的群，每天两条。清理前一周先发私信告知。"
            "现实中，失去一半读者的人少写了 43 %（Zhang 和 Zhu 2011）。",
        ).format(days=DAYS, groups=rows.played.replications),
        asking.hangs_on((plans[keep], plans[prune]), TALK, ASSUMED, WHAT),
        rows.table(*SHOWN),
        dots(
            rows.gaps(drawn, TALK),
            [Both("{who}: {way}", "{who}：{way}").format(who=who, way=way)
             for who in PEOPLE.values() for way in LABELS.values()],
            Both("What removing the silent does to talk", "清理沉默的人，对发言的影响"),
            Both("more who talk a day than if all are kept", "比不清理每天多的发言人数"), True,
        ),
    )  # fmt: skip


def _talk(gap: PairedDifference, who: Both) -> Both:
    return of.words(
        gap,
        Both("{size} more {who} talk", "{who}每天发言的多 {size} 人"),
        Both("{size} fewer {who} talk", "{who}每天发言的少 {size} 人"),
        Both("as many {who} talk", "{who}每天发言的看不出差别"),
    ).format(gap=of.of_gap(gap), size=of.size_of(gap), who=who)


QUESTION = Question(Both("Should the silent be removed?", "该清理不说话的人吗？"), ask)
