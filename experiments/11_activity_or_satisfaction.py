"""What pays in half a year: activity or satisfaction, and selling at once or after trust."""

from __future__ import annotations

from dataclasses import replace

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
    words,
)
from experiments.pictures import dots
from sim.stats.intervals import Estimate

DAYS, CNY, JOINING_FEN = 180, 0.01, 1000
PROFIT, ORDERS, REPEAT = "profit_fen", "orders", "repeat_share"
VALUE, PRICE_OF_ONE = "buyer_value_fen", "buyer_cost_fen"
POSTING, MOOD, TRUST = "posting_members_per_day", "satisfaction", "trust"
AIMS = {
    "lively": (
        "packets_evening",
        {"policies.cadence.posts_per_day": 6.0, "operator.answer_probability": 0.2},
    ),
    "serving": (
        "hands_off",
        {
            "operator.answer_probability": 0.9, "operator.answer_minutes": 20.0,
            "operator.quality": 1.5, "policies.cadence.posts_per_day": 0.5,
            "policies.cadence.kinds": ("content",),
        },
    ),
}  # fmt: skip
OFFER = {"policies.offer.price_fen": 9900, "policies.offer.reminder_kind": "ad"}
SELLING = {
    "at once": {"policies.offer.from_day": 1, "policies.offer.reminders_per_week": 1.0},
    "later": {"policies.offer.from_day": 45, "policies.offer.reminders_per_week": 1.0},
    "daily": {"policies.offer.from_day": 1, "policies.offer.reminders_per_week": 7.0},
}
LABELS = {
    "lively": Both("lively", "做活跃"), "serving": Both("serving", "做服务"),
    "at once": Both("an ad a week", "每周一条广告"),
    "later": Both("an ad a week from day 45", "第 45 天起每周一条广告"),
    "daily": Both("an ad a day", "每天一条广告"),
}  # fmt: skip
YUAN = Both(" CNY", " 元")
ASSUMED = (
    "shop.educated_worth", "shop.wtp_fen", "shop.buy_probability", "wants.purchases_per_month",
    "shop.trust_power", "trust.ad_loss",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play buyers of a course for 180 days under two aims and three ways of selling the next."""
    alike = {"run.days": DAYS, "gate.candidate_fen": JOINING_FEN}
    plans = {
        f"{aim}, {way}": community("course_buyers", team, {**alike, **set_, **OFFER, **selling})
        for aim, (team, set_) in AIMS.items()
        for way, selling in SELLING.items()
    }
    rows = asking.play(plans)
    served, kept = "serving, at once", "lively, at once"
    best = rows.best(PROFIT)
    head = words(
        rows.gap(served, kept, PROFIT),
        Both("Serve, do not pay for activity", "做服务，别花钱买活跃"),
        Both("Keep the group lively, do not only serve", "要把群做活，不能只做服务"),
        Both("Serving and keeping lively pay alike", "做服务和做活跃一样划算"),
    )
    said = Both(
        "{head}: in 180 days a served group {gain} and one kept lively {loss}, the served one with "
        "{sold}, {talk} posting on a day, and satisfaction (0 to 100) {mood}.",
        "{head}：180 天里，做服务的群{gain}，硬撑活跃的群{loss}；做服务的群订单{sold}，"
        "每天发言的人{talk}，满意度（0 到 100）{mood}。",
    ) + Both(
        "Selling to the served only from day 45 on, after trust has grown, changes profit so: "
        "{late}; an ad a day in place of one a week: {daily}; the best plan tried ({best}) {ends}, "
        "and each buyer brings {value} CNY of margin for {price} CNY spent.",
        "做服务的群先养信任、第 45 天才卖，利润{late}；广告从每周一条改为每天一条，利润{daily}；"
        "试过的最好做法（{best}）{ends}，每个买家带来毛利 {value} 元，摊到的花费是 {price} 元。",
    )
    table = rows.table(
        PROFIT, ORDERS, REPEAT, VALUE, PRICE_OF_ONE, "acquisition_fen", POSTING, MOOD, TRUST
    )
    shown = table[table["outcome"] == PROFIT].copy()
    shown[["mean", "lower", "upper"]] *= CNY
    return Answer(
        said.format(
            head=head, gain=ends(rows.mean(served, PROFIT)), loss=ends(rows.mean(kept, PROFIT)),
            sold=change(rows.gap(served, kept, ORDERS), Both(" orders", " 单"), 1.0, FEWER),
            talk=change(rows.gap(served, kept, POSTING), Both(" members", " 人"), 1.0, FEWER),
            mood=change(rows.gap(served, kept, MOOD), scale=100.0, ways=HIGHER),
            late=change(rows.gap("serving, later", served, PROFIT), YUAN, CNY, HIGHER),
            daily=change(rows.gap("serving, daily", served, PROFIT), YUAN, CNY, HIGHER),
            best=named(best), ends=ends(rows.mean(best, PROFIT)),
            value=mean_of(rows.mean(best, VALUE), CNY),
            price=mean_of(rows.mean(best, PRICE_OF_ONE), CNY),
        ),
        Both(
            "profit: margin of what was sold (40 % of 99 CNY an order) less packets, hours at 30 "
            "CNY and 10 CNY a member who joined; {groups} groups a plan, 100 course buyers at the "
            "start. Orders that are not a buyer's first, of 100: {again}.",
            "利润：售出毛利（每单 99 元的 40 %）减去红包、每小时 30 元的工时和每名入群成员 10 元；"
            "每种做法 {groups} 个群，建群时各有 100 名买课的人。复购占每 100 单：{again}。",
        ).format(groups=rows.played.replications, again=mean_of(rows.mean(served, REPEAT), 100)),
        asking.hangs_on((plans[kept], plans[served]), PROFIT, ASSUMED, CNY),
        table,
        dots(
            shown, [named(plan) for plan in plans],
            Both("Profit of a group in 180 days", "一个群 180 天的利润"), Both("CNY", "元"), True,
        ),
    )  # fmt: skip


def ends(profit: Estimate) -> Both:
    """Say what a group earns or loses."""
    if profit.value < 0.0:
        money = replace(profit, value=-profit.value, lower=-profit.upper, upper=-profit.lower)
        return Both("loses {sum} CNY", "亏 {sum} 元").format(sum=mean_of(money, CNY))
    return Both("earns {sum} CNY", "赚 {sum} 元").format(sum=mean_of(profit, CNY))


def named(plan: str) -> Both:
    """Name a plan by its aim and its way of selling."""
    aim, way = plan.split(", ")
    return Both("{aim}, {way}", "{aim}，{way}").format(aim=LABELS[aim], way=LABELS[way])


QUESTION = Question(
    Both(
        "Activity or satisfaction: what pays in half a year?", "要活跃还是要满意：半年里哪样划算？"
    ),
    ask,
)
