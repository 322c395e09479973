"""What pays in half a year: activity or satisfaction, and selling at once or after trust."""

from __future__ import annotations

from dataclasses import replace

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots
from sim.stats.intervals import Estimate

PROFIT, ORDERS, REPEAT = "profit_fen", "orders", "repeat_share"
VALUE, PRICE_OF_ONE = "buyer_value_fen", "buyer_cost_fen"
POSTING, MOOD, TRUST = "posting_members_per_day", "satisfaction", "trust"
POSTS, KINDS = "policies.cadence.posts_per_day", "policies.cadence.kinds"
TEAM, CHANCE, GOOD = "preset", "operator.answer_probability", "operator.quality"
AIMS: Named = {
    "lively": (Both("kept lively", "硬撑活跃"), {TEAM: "packets_evening", POSTS: 6.0, CHANCE: 0.2}),
    "served": (
        Both("served", "做服务"),
        {TEAM: "hands_off", CHANCE: 0.9, GOOD: 1.5, POSTS: 0.5, KINDS: ("content",)},
    ),
}
FROM, WEEKLY = "policies.offer.from_day", "policies.offer.reminders_per_week"
SELLING: Named = {
    "weekly": (Both("an ad a week", "每周一条广告"), {FROM: 1, WEEKLY: 1.0}),
    "later": (Both("an ad a week from day 45", "第 45 天起每周一条广告"), {FROM: 45, WEEKLY: 1.0}),
    "daily": (Both("an ad a day", "每天一条广告"), {FROM: 1, WEEKLY: 7.0}),
}
ALIKE = {"run.days": 180, "gate.candidate_fen": 1000, "policies.offer.price_fen": 9900}
ASSUMED = (
    "shop.educated_worth", "shop.wtp_fen", "shop.buy_probability", "wants.purchases_per_month",
    "shop.trust_power", "trust.ad_loss",
)  # fmt: skip


def earned(profit: Estimate) -> Both:
    """Say what a group earns or loses."""
    if profit.value < 0.0:
        lost = replace(profit, value=-profit.value, lower=-profit.upper, upper=-profit.lower)
        return Both("loses {sum} CNY", "亏 {sum} 元").format(sum=of.mean_of(lost, of.CNY))
    return Both("earns {sum} CNY", "赚 {sum} 元").format(sum=of.mean_of(profit, of.CNY))


def ask(asking: Asking) -> Answer:
    """Play buyers of a course for 180 days under two aims and three ways of selling the next."""
    joined = Both("{aim}, {way}", "{aim}，{way}")
    named = {
        f"{aim} {way}": (joined.format(aim=AIMS[aim][0], way=called), {**AIMS[aim][1], **own})
        for aim in AIMS
        for way, (called, own) in SELLING.items()
    }
    plans = of.plans_of(named, "course_buyers", ALIKE)
    rows, served, lively = asking.play(plans), "served weekly", "lively weekly"
    best = rows.best(PROFIT)

    def profit(plan: str) -> Both:
        return of.change(rows.gap(plan, served, PROFIT), of.YUAN, of.CNY)

    head = of.words(
        rows.gap(served, lively, PROFIT),
        Both("Serve, do not pay for activity", "做服务，别花钱买活跃"),
        Both("Keep the group lively, do not only serve", "要把群做活，不能只做服务"),
        Both("Serving and keeping lively pay alike", "做服务和做活跃一样划算"),
    )
    said = Both(
        "{head}: in 180 days a served group {gain} and one kept lively {loss}, the served one with "
        "{sold}, {talk} who post on a day and satisfaction (0 to 100) {mood}.",
        "{head}：180 天里，做服务的群{gain}，硬撑活跃的群{loss}；做服务的群订单{sold}，"
        "每天发言的人{talk}，满意度（0 到 100）{mood}。",
    ) + Both(
        "To a served group's profit selling only from day 45 on, after trust has grown, makes "
        "{later}, an ad a day in place of one a week {daily}; the best plan tried ({best}) "
        "{earns}, each buyer bringing {value} CNY of margin for {price} CNY spent.",
        "做服务的群先养信任、第 45 天才卖，利润{later}；广告从每周一条改为每天一条，利润{daily}；"
        "试过的最好做法（{best}）{earns}，每个买家带来毛利 {value} 元，摊到的花费是 {price} 元。",
    )
    table = rows.table(
        PROFIT, ORDERS, REPEAT, VALUE, PRICE_OF_ONE, "acquisition_fen", POSTING, MOOD, TRUST
    )
    number, members = Both(" orders", " 单"), Both(" members", " 人")
    return Answer(
        said.format(
            head=head, gain=earned(rows.mean(served, PROFIT)),
            loss=earned(rows.mean(lively, PROFIT)),
            sold=of.change(rows.gap(served, lively, ORDERS), number, 1.0, of.FEWER),
            talk=of.change(rows.gap(served, lively, POSTING), members, 1.0, of.FEWER),
            mood=of.change(rows.gap(served, lively, MOOD), of.NO_UNIT, 100.0, of.HIGHER),
            later=profit("served later"), daily=profit("served daily"), best=named[best][0],
            earns=earned(rows.mean(best, PROFIT)), value=of.mean_of(rows.mean(best, VALUE), of.CNY),
            price=of.mean_of(rows.mean(best, PRICE_OF_ONE), of.CNY),
        ),
        Both(
            "profit: margin of what was sold (40 % of 99 CNY an order) less packets, hours at 30 "
            "CNY and 10 CNY a member who joined; {groups} groups a plan, 100 course buyers at the "
            "start. Of 100 orders {again} were not their buyer's first (served, an ad a week).",
            "利润：售出毛利（每单 99 元的 40 %）减去红包、每小时 30 元的工时和每名入群成员 10 元；"
            "每种做法 {groups} 个群，建群时各有 100 名买课的人。每 100 单里复购 {again} 单"
            "（做服务、每周一条广告）。",
        ).format(groups=rows.played.replications, again=of.mean_of(rows.mean(served, REPEAT), 100)),
        asking.hangs_on((plans[lively], plans[served]), PROFIT, ASSUMED, of.CNY),
        table,
        dots(
            of.only(table, PROFIT, of.CNY), [called for called, _own in named.values()],
            Both("Profit of a group in 180 days", "一个群 180 天的利润"), Both("CNY", "元"), True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("What pays: activity or satisfaction?", "活跃和满意，哪样划算？"), ask)
