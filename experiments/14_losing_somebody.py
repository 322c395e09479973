"""What is lost with a core member, the operator, or the audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from experiments.asking import (
    FEWER,
    Answer,
    Asking,
    Both,
    Question,
    change,
    community,
    mean_of,
    of_hundred,
    words,
)
from experiments.pictures import dots_by
from sim.policies import lever
from sim.policies.cadence import Cadence
from sim.state import Actions, Observation, Setting

DAYS, DAY = 90, 30
MESSAGES, ALIVE = "messages", "alive"
A_DAY = 1.0 / (DAYS - DAY)
WHOM = ("core", "lot", "audience", "operator", "replaced")


@dataclass(frozen=True)
class Loss:
    """Lose somebody at the midnight of a day; the operator's answers end with the operator."""

    whom: str = lever("core", "who is lost", choices=WHOM)
    number: int = lever(1, "members lost, of core or lot", range=(1, 100), unit="members")
    day: int = lever(DAY, "local day", range=(1, 3650), unit="day")

    every_hours: ClassVar[int] = 24
    sees_people: ClassVar[bool] = True

    def act(self, seen: Observation) -> Actions:
        """Return who is removed, or that the team is silent, or another one."""
        now, days = seen.time_hours, seen.time_hours / 24.0
        if self.whom == "operator":
            return Actions(Actions.none().acts, unanswered=np.full(seen.groups, days >= self.day))
        if days != self.day:
            return Actions.none()
        if self.whom == "replaced":
            return Actions.handovers(np.arange(seen.groups), now, 0.2)
        here = seen.people.here()
        if self.whom == "core":
            return Actions.removals(here.most("posts", self.number), now)
        if self.whom == "lot":
            return Actions.removals(here.by_lot(self.number), now)
        silent = here.where(here.posts == 0)
        return Actions.removals(silent.where(silent.lots < 0.5), now)


@dataclass(frozen=True)
class Until(Cadence):
    """Post as a cadence does, until a day."""

    until_day: int = lever(DAY, "local day", range=(1, 3650), unit="day")

    def plan(self, setting: Setting) -> Actions:
        """Return the posts before that day."""
        acts = super().plan(setting).acts
        return Actions(acts[acts["time_hours"] < setting.time_at(self.until_day, 0.0)])


USE = "policies.loss.use"
HERE = {USE: f"{__file__}:Loss"}
PLANS = {
    "none": (Both("nobody", "谁也没少"), {}),
    "one": (Both("the most active member", "最活跃的 1 人"), {**HERE, "policies.loss.number": 1}),
    "five": (Both("the five most active", "最活跃的 5 人"), {**HERE, "policies.loss.number": 5}),
    "lot": (Both("five by lot", "抽签 5 人"), {**HERE, "policies.loss.number": 5, "policies.loss.whom": "lot"}),
    "audience": (Both("half of those who never wrote", "一半从不发言的人"), {**HERE, "policies.loss.whom": "audience"}),
    "replaced": (Both("the operator, with another after", "运营（有人接手）"), {**HERE, "policies.loss.whom": "replaced"}),
    "operator": (
        Both("the operator, with nobody after", "运营（无人接手）"),
        {**HERE, "policies.loss.whom": "operator", "policies.cadence.use": f"{__file__}:Until"},
    ),
}  # fmt: skip
PEOPLE = {"hobbyists": Both("hobbyists", "同好"), "buyers": Both("buyers", "买家")}
UNIT = Both(" messages", " 条")
ASSUMED = (
    "speak.propensity_sigma", "speak.need_push", "ties.benefit", "habit.gain", "trust.benefit",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play two kinds of people for 90 days who lose somebody on day 30, on the same numbers."""
    plans = {
        f"{who} {name}": community(who, values={"run.days": DAYS, **set_})
        for who in PEOPLE
        for name, (_label, set_) in PLANS.items()
    }
    rows = asking.play(plans)
    lost = {plan: rows.gap(plan, f"{plan.split()[0]} none", MESSAGES) for plan in plans}
    cases = list(PLANS)[1:]
    worst = {
        who: min(cases, key=lambda one, of=who: lost[f"{of} {one}"].difference) for who in PEOPLE
    }  # type: ignore[misc]
    parts = {
        who: words(
            lost[f"{who} {one}"],
            Both("no loss that was tried takes messages away", "试过的损失都没有减少消息"),
            Both("the worst to lose is {whom}, {size} a day", "最伤的是失去{whom}，每天{size}"),
            Both("no loss that was tried clearly matters", "试过的损失都看不出影响"),
        ).format(whom=PLANS[one][0], size=change(lost[f"{who} {one}"], UNIT, A_DAY, FEWER))
        for who, one in worst.items()
    }
    said = Both(
        "Among hobbyists {hobbyists}, of {base} a day without any loss; among buyers {buyers}, of "
        "{other}.",
        "同好群里{hobbyists}（没有损失时每天 {base} 条）；买家群里{buyers}（没有损失时 {other} 条）。",
    ) + Both(
        "One by one, hobbyists write a day: without the most active member {one}, without the five "
        "most active {five}, without five taken by lot {lot}, without half of those who never "
        "wrote {audience}, without an operator {operator}, and with a new one {replaced}.",
        "逐一来看，同好群每天的消息：少了最活跃的 1 人，{one}；少了最活跃的 5 人，{five}；"
        "抽签少 5 人，{lot}；少了一半从不发言的人，{audience}；运营走了，{operator}；运营换人，{replaced}。",
    )
    each = {one: change(lost[f"hobbyists {one}"], Both("", " 条"), A_DAY, FEWER) for one in cases}
    none = {who: rows.mean(f"{who} none", MESSAGES) for who in PEOPLE}
    shown = [
        (who, name, *(A_DAY * end for end in (gap.difference, gap.lower, gap.upper)))
        for plan, gap in lost.items()
        for who, name in [plan.split()]
        if name != "none"
    ]
    return Answer(
        said.format(
            **parts, **each, base=mean_of(none["hobbyists"], 1 / DAYS),
            other=mean_of(none["buyers"], 1 / DAYS),
        ),
        Both(
            "members' messages a day in the 60 days after day 30, against the same groups without "
            "a loss; {groups} groups a plan, 100 members at the start, two posts a day until the "
            "operator is lost. Alive (no 7 days of silence in 90 days) without the operator, of "
            "100 groups: {alive} of hobbyists, {dead} of buyers. In the field those who stayed wrote 43 % "
            "less after half of their audience was gone (Zhang & Zhu 2011).",
            "第 30 天之后 60 天里成员每天的消息，与同样但没有损失的群相比；每种做法 {groups} 个群，"
            "建群时 100 人，运营在时每天两帖。运营走了仍存活（90 天内没有连续 7 天沉默）的，"
            "每 100 个群：同好群 {alive} 个，买家群 {dead} 个。"
            "实地研究里，一半听众离开后，留下的人少写 43 %（Zhang 和 Zhu，2011）。",
        ).format(
            groups=rows.played.replications,
            alive=of_hundred(rows.mean("hobbyists operator", ALIVE)),
            dead=of_hundred(rows.mean("buyers operator", ALIVE)),
        ),
        asking.hangs_on((plans["hobbyists none"], plans["hobbyists five"]), MESSAGES, ASSUMED, A_DAY),
        rows.table(MESSAGES, ALIVE, "satisfaction", "members_end"),
        dots_by(
            pd.DataFrame(shown, columns=["series", "outcome", "mean", "lower", "upper"]),
            PEOPLE, {one: PLANS[one][0] for one in cases},
            Both("Messages lost a day, by who is lost", "失去某人后每天的消息变化"),
            Both("messages a day, against no loss", "每天的消息（与没有损失相比）"), zero=True,
        ),
    )  # fmt: skip


QUESTION = Question(
    Both("Whose loss hurts: core, operator, audience?", "失去谁最伤：核心、运营还是听众？"), ask
)
