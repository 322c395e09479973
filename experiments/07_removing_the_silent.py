"""What removing the silent does to those who stay."""

from __future__ import annotations

from experiments.asking import (
    Answer,
    Asking,
    Both,
    Question,
    community,
    mean_of,
    of_gap,
    size_of,
    words,
)
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


def ask(asking: Asking) -> Answer:
    """Play the removal of who is silent for so many days, a week after a notice, a letter alone,
    and neither, in groups of 200 of two kinds of people for 120 days.
    """
    teams: dict[str, dict[str, object]] = {
        "keep": {}, "letter": {"policies.recall.silent_days": 30.0},
        **{f"{n}": {"policies.prune.silent_days": float(n)} for n in AFTER},
    }  # fmt: skip
    plans = {
        f"{who} {name}": community(who, values={**team, "run.days": DAYS, "group.size": 200})
        for who in PEOPLE
        for name, team in teams.items()
    }
    rows = asking.play(plans)
    keep, prune, keen, keen_prune = (f"{who} {x}" for who in PEOPLE for x in ("keep", "30"))
    talk, keen_talk = rows.gap(prune, keep, TALK), rows.gap(keen_prune, keen, TALK)
    said = Both(
        "{advice}: where who has been silent for 30 days is removed, {talk} and {keen_talk} on a "
        "day, and after {days} days {left} members are left instead of {kept} among strangers. "
        "{averages}: of 100 strangers in the group {share} talk on a day instead of {before}, and "
        "satisfaction is {content} instead of {usual}, counted among those who are left.",
        "{advice}：清理沉默满 30 天的人，{talk}，{keen_talk}，"
        "{days} 天后陌生人群剩 {left} 人，不清理是 {kept} 人。"
        "{averages}：陌生人群每 100 名在群成员里每天有 {share} 人发言，不清理是 {before} 人，"
        "满意度是 {content}，不清理是 {usual}，但只算了留下的人。",
    ).format(
        days=DAYS, left=mean_of(rows.mean(prune, LEFT)), kept=mean_of(rows.mean(keep, LEFT)),
        talk=_talk(talk, PEOPLE["strangers_qr"]), keen_talk=_talk(keen_talk, PEOPLE["hobbyists"]),
        advice=words(
            talk,
            Both("Remove the silent if you want more talk", "想要更多人发言，就清理不说话的人"),
            Both("Keep the silent", "别清理不说话的人"),
            Both("Removing the silent hardly matters for talk", "清理不说话的人，看不出好坏"),
        ),
        averages=words(
            rows.gap(prune, keep, SHARE),
            Both("Do not take better averages for success", "平均数好看了，不等于群好了"),
            Both("Even the averages grow worse", "连平均数也变差"),
            Both("Nor does the share who talk clearly change", "发言比例也看不出变化"),
        ),
        share=mean_of(rows.mean(prune, SHARE), 100), before=mean_of(rows.mean(keep, SHARE), 100),
        content=mean_of(rows.mean(prune, CONTENT)), usual=mean_of(rows.mean(keep, CONTENT)),
    )  # fmt: skip
    drawn = {f"{who} {name}": f"{who} keep" for who in PEOPLE for name in LABELS}
    return Answer(
        said,
        Both(
            "Members who talk: with at least one message on a day, mean over {days} days; {groups} "
            "groups of 200 members for each way, two posts a day. A letter gives notice a week "
            "before. In the field, half of the audience lost cost 43 % (Zhang and Zhu 2011).",
            "发言人数：当天至少发一条消息的成员，{days} 天平均；每种做法 "
            "{groups} 个 200 人的群，每天两条。清理前一周先发私信告知。"
            "现实中，失去一半读者的人少写了 43 %（Zhang 和 Zhu 2011）。",
        ).format(days=DAYS, groups=rows.played.replications),
        asking.hangs_on((plans[keep], plans[prune]), TALK, ASSUMED),
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
    return words(
        gap,
        Both("{size} more {who} talk", "{who}每天发言的多 {size} 人"),
        Both("{size} fewer {who} talk", "{who}每天发言的少 {size} 人"),
        Both("about as many {who} talk, {gap},", "{who}每天发言的看不出差别，差 {gap} 人"),
    ).format(gap=of_gap(gap), size=size_of(gap), who=who)


QUESTION = Question(Both("Should the silent be removed?", "该清理不说话的人吗？"), ask)
