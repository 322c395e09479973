"""What a gate does: whom it selects, and what having come through does to them."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots

POSTING, AWAY, COST = "posting_members_per_day", "turned_away", "cost_fen"
FEE, REVIEW, FIT = "policies.gate.fee_fen", "policies.gate.review_share", "policies.gate.narrowness"
WORK, OPEN = "policies.gate.work_share", "open"
GATES: Named = {
    OPEN: (Both("an open door", "不设门槛"), {}),
    "fee20": (Both("a fee of 20 CNY", "收费 20 元"), {FEE: 2000, REVIEW: 0.0}),
    "fee99": (Both("a fee of 99 CNY", "收费 99 元"), {FEE: 9900, REVIEW: 0.0}),
    "introduction": (Both("an introduction", "先写自我介绍"), {WORK: 1.0, REVIEW: 0.0}),
    "review": (Both("a review that turns half away", "审核，拒掉一半"), {REVIEW: 0.5}),
    "fit": (Both("a check of interests", "核对兴趣"), {FIT: 0.6, REVIEW: 0.0}),
}
OTHERS: Named = {
    "lot": (
        Both("half turned away by lot", "抽签拒掉一半"),
        {REVIEW: 0.5, "gate.review_noise": 10.0},
    ),
    "bound": (
        Both("20 CNY, if paying binds", "收费 20 元，假设付费会增强归属"),
        {FEE: 2000, REVIEW: 0.0, "gate.commitment": 0.2},
    ),
}
ALIKE = {"run.days": 60, "arrivals.per_day": 0.0, "gate.candidate_fen": 500}
ASSUMED = (
    "gate.fee_half_fen", "gate.review_noise", "gate.work_power", "habit.gain", "speak.need_push",
)  # fmt: skip
MEMBERS = Both("", " 人")

SET = (
    Both("Set a gate: behind {gate} {size} more members post on a day than behind an open door.",
         "要设门槛：“{gate}”比不设门槛每天多 {size} 人发言。"),
    Both("Leave the door open: behind {gate} {size} fewer members post on a day.",
         "不要设门槛：“{gate}”让每天发言的少 {size} 人。"),
    Both("Do not expect activity of a gate: behind {gate} there is no clear difference in who "
         "posts.",
         "别指望门槛带来活跃：“{gate}”和不设门槛，发言人数看不出差别。"),
)  # fmt: skip
PRICE = Both(
    "The price: {away} are turned away for 100 who come in, which at 5 CNY a candidate costs a "
    "group {cost}.",
    "代价：进来 100 人要拒掉 {away} 人，按每名申请者花 5 元算，每群花费{cost}。",
)
WHAT = Both("what this gate adds in members who post on a day,", "这个门槛多带来的每天发言人数")


def ask(asking: Asking) -> Answer:
    """Play 100 strangers each who came through a gate, a lottery, or no gate, for 60 days."""
    named = {**GATES, **OTHERS}
    plans = of.plans_of(named, "strangers_qr", ALIKE)
    rows = asking.play(plans)
    gates = list(GATES)[1:]
    top = max(gates, key=lambda name: rows.mean(name, POSTING).value)
    as_good = [name for name in gates if rows.gap(top, name, POSTING).lower <= 0.0]
    best = min(as_good, key=lambda name: rows.mean(name, AWAY).value)

    def posting(plan: str, against: str) -> Both:
        return of.change(rows.gap(plan, against, POSTING), MEMBERS, 1.0, of.FEWER)

    table = rows.table(POSTING, "alive", "satisfaction", AWAY, COST)
    return Answer(
        (
            of.told(rows.gap(best, OPEN, POSTING), SET, gate=named[best][0]),
            PRICE.format(
                away=of.whole(rows.mean(best, AWAY)),
                cost=of.change(rows.gap(best, OPEN, COST), of.YUAN, of.CNY),
            ),
        ),
        Both(
            "Behind an open door {base} members post on a day. Does a gate select people or change "
            "them? Half turned away by lot: {lot}. If having paid 20 CNY also bound members, "
            "which is contested: {bound}. Of the gates that none beats this one turns fewest away.",
            "不设门槛时每天有 {base} 人发言。门槛是筛选人还是改变人？抽签拒掉一半，发言的人{lot}。"
            "如果付过 20 元还会增强归属（有争议），发言的人{bound}。"
            "没有被别的门槛明显超过的门槛里，它拒人最少。",
        ).format(
            base=of.mean_of(rows.mean(OPEN, POSTING)), lot=posting("lot", OPEN),
            bound=posting("bound", "fee20"),
        ),
        Both(
            "members with a message on a day, mean of 60 days; {groups} groups a plan, 100 "
            "strangers each at the start, nobody joins later.",
            "每天至少发一条消息的成员数，60 天平均；每种做法 {groups} 个群，"
            "建群时各有 100 名陌生人，之后无人加入。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[OPEN], plans[best]), POSTING, ASSUMED, WHAT),
        table,
        dots(
            of.only(table, POSTING), [called for called, _own in named.values()],
            Both("What a gate does", "门槛的作用"),
            Both("members who post on a day", "每天发言的成员数"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Does a gate or a fee help?", "设门槛、收费有用吗？"), ask)
