"""What a gate does: whom it selects, and what having come through does to them."""

from __future__ import annotations

from experiments.asking import (
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

POSTING, AWAY, COST = "posting_members_per_day", "turned_away", "cost_fen"
FEE, REVIEW, FIT = "policies.gate.fee_fen", "policies.gate.review_share", "policies.gate.narrowness"
GATES = {
    "open": (Both("an open door", "不设门槛"), {}),
    "fee20": (Both("a fee of 20 CNY", "收费 20 元"), {FEE: 2000, REVIEW: 0.0}),
    "fee99": (Both("a fee of 99 CNY", "收费 99 元"), {FEE: 9900, REVIEW: 0.0}),
    "introduction": (
        Both("a written introduction", "先写自我介绍"),
        {"policies.gate.work_share": 1.0, REVIEW: 0.0},
    ),
    "review": (Both("a review that turns half away", "审核，拒掉一半"), {REVIEW: 0.5}),
    "fit": (Both("a check of interests", "核对兴趣"), {FIT: 0.6, REVIEW: 0.0}),
}
TRIED = {
    **GATES,
    "lot": (
        Both("half turned away by lot", "抽签拒掉一半"),
        {REVIEW: 0.5, "gate.review_noise": 10.0},
    ),
    "bound": (
        Both("20 CNY, if paying binds", "收费 20 元（假设付费会增强归属）"),
        {FEE: 2000, REVIEW: 0.0, "gate.commitment": 0.2},
    ),
}
ALIKE = {"run.days": 60, "arrivals.per_day": 0.0, "gate.candidate_fen": 500}
ASSUMED = (
    "gate.fee_half_fen", "gate.review_noise", "gate.work_power", "habit.gain", "speak.need_push",
)  # fmt: skip
LOT = (
    Both("turning half away by lot alone adds {size}", "仅抽签拒掉一半就多 {size} 人"),
    Both("turning half away by lot alone takes {size} away", "仅抽签拒掉一半会少 {size} 人"),
    Both("turning half away by lot changes nothing clearly", "抽签拒掉一半看不出变化"),
)
BOUND = (
    Both("{size} more would post", "会再多 {size} 人发言"),
    Both("{size} fewer would post", "发言的人反而少 {size} 人"),
    Both("nothing would clearly change", "也看不出变化"),
)


def ask(asking: Asking) -> Answer:
    """Play 100 strangers each who came through a gate, a lottery, or no gate, for 60 days."""
    plans = {
        name: community("strangers_qr", values={**ALIKE, **values})
        for name, (_label, values) in TRIED.items()
    }
    rows = asking.play(plans)
    best = max(list(GATES)[1:], key=lambda name: rows.mean(name, POSTING).value)
    gap, lot = rows.gap(best, "open", POSTING), rows.gap("lot", "open", POSTING)
    said = words(
        gap,
        Both(
            "Set a gate: with {gate} {size} members more post on a day than the {base} of an open "
            "door, and {away} candidates are turned away for 100 members.",
            "设门槛：用“{gate}”，每天发言的人比不设门槛（{base} 人）多 {size} 人，"
            "凑满 100 人要拒掉 {away} 名申请者。",
        ),
        Both(
            "Leave the door open: even with the best gate, {gate}, {size} members fewer post on a "
            "day than the {base} of an open door.",
            "不要设门槛：最好的门槛“{gate}”，每天发言的人也比不设门槛（{base} 人）少 {size} 人。",
        ),
        Both(
            "Do not expect activity of a gate: with the best, {gate}, there is no clear difference "
            "to the {base} members who post on a day behind an open door.",
            "别指望门槛带来活跃：最好的“{gate}”与不设门槛（每天 {base} 人发言）没有明显差别。",
        ),
    ) + Both(
        "Whether it selects or changes people: {lot}, and if paying 20 CNY also bound members, "
        "which is contested, {bound}.",
        "是筛选还是改变人：{lot}；如果付过 20 元还会增强归属（有争议），{bound}。",
    )
    bound = rows.gap("bound", "fee20", POSTING)
    table = rows.table(POSTING, "alive", "satisfaction", AWAY, COST)
    return Answer(
        said.format(
            gate=TRIED[best][0], size=size_of(gap), base=mean_of(rows.mean("open", POSTING)),
            away=mean_of(rows.mean(best, AWAY)), lot=words(lot, *LOT).format(size=size_of(lot)),
            bound=words(bound, *BOUND).format(size=size_of(bound)),
        ),
        Both(
            "members with a message on a day, mean of 60 days; {groups} groups a plan, 100 "
            "strangers each at the start, nobody joins later. With 5 CNY paid for each candidate "
            "a group costs {cost}.",
            "每天至少发一条消息的成员数，60 天平均；每种做法 {groups} 个群，"
            "建群时各有 100 名陌生人，之后无人加入。按每名申请者花 5 元算，"
            "每群的花费{cost}。",
        ).format(
            groups=rows.played.replications, cost=change(rows.gap(best, "open", COST), Both(" CNY", "元"), 0.01)
        ),
        asking.hangs_on((plans["open"], plans[best]), POSTING, ASSUMED),
        table,
        dots(
            table[table["outcome"] == POSTING], [label for label, _values in TRIED.values()],
            Both("What a gate does", "门槛的作用"),
            Both("members who post on a day", "每天发言的成员数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Does a gate or a fee help?", "设门槛、收费有用吗？"), ask)
