"""What is lost with a core member, the operator, or the audience."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots_by

DAYS, DAY, MESSAGES, ALIVE, NOBODY = 90, 30, "messages", "alive", "none"
A_DAY, LOSSES = 1.0 / (DAYS - DAY), Path(__file__).with_name("losses.py")
LOSS, WHOM, ONE = {"policies.loss.use": f"{LOSSES}:Loss"}, "policies.loss.whom", "one"
STOPPED = {"policies.cadence.use": f"{LOSSES}:Until"}
LOST: Named = {
    ONE: (Both("the most active member", "最活跃的 1 人"), {**LOSS, "policies.loss.number": 1}),
    "five": (Both("the five most active", "最活跃的 5 人"), LOSS),
    "lot": (Both("five by lot", "抽签 5 人"), {**LOSS, WHOM: "lot"}),
    "audience": (Both("half of the never heard", "一半从不发言的人"), {**LOSS, WHOM: "audience"}),
    "replaced": (Both("the operator, replaced", "运营（有人接手）"), {**LOSS, WHOM: "replaced"}),
    "operator": (Both("the operator", "运营（无人接手）"), {**LOSS, **STOPPED, WHOM: "operator"}),
}
PEOPLE = {"hobbyists": Both("hobbyists", "同好"), "buyers": Both("buyers", "买家")}
ASSUMED = (
    "speak.propensity_sigma", "speak.need_push", "ties.benefit", "habit.gain", "trust.benefit",
)  # fmt: skip

GUARD = (
    Both("No loss that was tried hurts hobbyists.", "试过的损失都没有伤到同好群。"),
    Both("Guard {lost} first: hobbyists write {size} fewer messages a day after that loss.",
         "最要留住的是{lost}：失去后，同好群每天少 {size} 条消息。"),
    Both("No loss that was tried makes a clear difference among hobbyists.",
         "试过的损失，同好群都看不出差别。"),
)  # fmt: skip
REPLACE = (
    Both("Do not leave a group without its operator: messages a day are {operator} without one, "
         "{replaced} with a new one.",
         "运营走了要有人接手：每天的消息，无人接手{operator}，有人接手{replaced}。"),
    Both("Do not replace an operator who leaves: messages a day are {operator} without one, "
         "{replaced} with a new one.",
         "运营走了不必接手：每天的消息，无人接手{operator}，有人接手{replaced}。"),
    Both("Whether an operator who leaves is replaced makes no clear difference.",
         "运营走了有没有人接手，看不出差别。"),
)  # fmt: skip
WHAT = Both("what this loss changes in messages a day,", "这一损失给每天消息带来的变化（条）")


def ask(asking: Asking) -> Answer:
    """Play two kinds of people for 90 days who lose somebody on day 30, on the same numbers."""
    named = {NOBODY: (Both("nobody", "谁也没少"), {}), **LOST}
    plans = {
        f"{who} {name}": one
        for who in PEOPLE
        for name, one in of.plans_of(named, who, {"run.days": DAYS}).items()
    }
    rows = asking.play(plans)
    gaps = {
        (who, name): rows.gap(f"{who} {name}", f"{who} {NOBODY}", MESSAGES)
        for who in PEOPLE
        for name in LOST
    }
    said = {at: of.change(gap, Both("", " 条"), A_DAY, of.FEWER) for at, gap in gaps.items()}
    worst = {who: min((gaps[who, one].difference, one) for one in LOST)[1] for who in PEOPLE}
    most = gaps["hobbyists", worst["hobbyists"]]
    replaced = rows.gap("hobbyists replaced", "hobbyists operator", MESSAGES)
    shown = [
        (*at, *(A_DAY * x for x in (g.difference, g.lower, g.upper))) for at, g in gaps.items()
    ]
    return Answer(
        (
            of.told(most, GUARD, A_DAY, lost=LOST[worst["hobbyists"]][0]),
            of.words(replaced, *REPLACE).format(
                operator=said["hobbyists", "operator"], replaced=said["hobbyists", "replaced"]
            ),
        ),
        Both(
            "Without a loss hobbyists write {base} messages a day, buyers {other}. Hobbyists, one "
            "by one: the most active member: {one}; the five most active: {five}; five by lot: "
            "{lot}; half of those who never wrote: {audience}, while in the field those who stayed "
            "wrote 43 % less (Zhang & Zhu 2011). Most for buyers: {second}, {b}. Of 100 groups "
            "left by their operator {alive} of hobbyists and {dead} of buyers live on.",
            "没有损失时，同好群每天 {base} 条消息，买家群 {other} 条。同好群逐一来看：少了最活跃的 "
            "1 人，{one}；少了最活跃的 5 人，{five}；抽签少 5 人，{lot}；少了一半从不发言的人，"
            "{audience}，而实地研究里留下的人少写 43 %（Zhang 和 Zhu，2011）。"
            "买家群里影响最大的：{second}，{b}。运营走了还活着的，每百个群：同好群 {alive} 个，"
            "买家群 {dead} 个。",
        ).format(
            base=of.mean_of(rows.mean(f"hobbyists {NOBODY}", MESSAGES), 1 / DAYS),
            other=of.mean_of(rows.mean(f"buyers {NOBODY}", MESSAGES), 1 / DAYS),
            second=LOST[worst["buyers"]][0], b=said["buyers", worst["buyers"]],
            alive=of.of_hundred(rows.mean("hobbyists operator", ALIVE)),
            dead=of.of_hundred(rows.mean("buyers operator", ALIVE)),
            **{name: said["hobbyists", name] for name in LOST},
        ),
        Both(
            "members' messages a day in the 60 days after day 30, against the same groups without "
            "a loss, those of who is lost counted as lost; {groups} groups a plan, 100 members at "
            "the start, two posts a day; active: most messages by day 30; to live on: no "
            "7 days of silence in 90.",
            "第 30 天之后 60 天里成员每天的消息，与同样但没有损失的群相比，失去的人自己的消息"
            "也算损失；最活跃：前 30 天消息最多；每种做法 {groups} 个群，"
            "建群时 100 人，每天两帖；活着：90 天内没有连续 7 天沉默。",
        ).format(groups=rows.played.replications),
        asking.hangs_on(
            (plans[f"hobbyists {NOBODY}"], plans[f"hobbyists {worst['hobbyists']}"]),
            MESSAGES, ASSUMED, WHAT, A_DAY,
        ),
        rows.table(MESSAGES, ALIVE, "satisfaction", "members_end"),
        dots_by(
            pd.DataFrame(shown, columns=["series", "outcome", "mean", "lower", "upper"]),
            PEOPLE, {name: called for name, (called, _own) in LOST.items()},
            Both("Messages a day, by who is lost", "失去某人后每天的消息"),
            Both("messages a day, against no loss", "每天的消息，与没有损失相比"), zero=True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("Whose loss hurts most?", "失去谁最伤？"), ask)
