"""What pays in half a year: activity or satisfaction, and selling at once or after trust."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots

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
SERVE = (
    Both("Serve, do not pay for activity: in 180 days a served group {gain}, one kept lively "
         "{loss}.",
         "做服务，别花钱买活跃：180 天里，做服务的群{gain}，硬撑活跃的群{loss}。"),
    Both("Keep the group lively, do not only serve: in 180 days a lively group {loss}, a served "
         "one {gain}.",
         "要把群做活，不能只做服务：180 天里，硬撑活跃的群{loss}，做服务的群{gain}。"),
    Both("Serving and keeping lively pay alike: in 180 days a served group {gain}, a lively one "
         "{loss}.",
         "做服务和做活跃一样划算：180 天里，做服务的群{gain}，硬撑活跃的群{loss}。"),
)  # fmt: skip
QUIET = (
    Both("It is livelier too: {size} more members post on a day, satisfaction (of 100): {mood}.",
         "做服务的群也更活跃：每天发言的多 {size} 人，满意度（满分 100）{mood}。"),
    Both("The price is a quieter group: {size} fewer members post on a day, satisfaction (of "
         "100): {mood}.",
         "代价是群更安静：每天发言的少 {size} 人，满意度（满分 100）{mood}。"),
    Both("It is as lively: no clear difference in who posts, satisfaction (of 100): {mood}.",
         "活跃也不输：发言人数看不出差别，满意度（满分 100）{mood}。"),
)  # fmt: skip
WHAT = Both("what serving adds to profit in CNY, against keeping lively,",
            "做服务比硬撑活跃多出的利润（元）")  # fmt: skip


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

    table = rows.table(
        PROFIT, ORDERS, REPEAT, VALUE, PRICE_OF_ONE, "acquisition_fen", POSTING, MOOD, TRUST
    )
    return Answer(
        (
            of.words(rows.gap(served, lively, PROFIT), *SERVE).format(
                gain=of.earned(rows.mean(served, PROFIT)),
                loss=of.earned(rows.mean(lively, PROFIT)),
            ),
            of.told(
                rows.gap(served, lively, POSTING), QUIET,
                mood=of.change(rows.gap(served, lively, MOOD), of.NO_UNIT, 100.0, of.HIGHER),
            ),
        ),
        Both(
            "Orders of a served group against a lively one: {sold}. Its profit when selling starts "
            "on day 45, after trust has grown: {later}; with an ad a day instead of one a week: "
            "{daily}. The best plan tried ({best}) {earns}. There a buyer brings {value} CNY of "
            "margin and costs {price} CNY.",
            "做服务的群与硬撑活跃的群相比，订单{sold}。先养信任、第 45 天才卖，利润{later}；"
            "广告从每周一条改为每天一条，利润{daily}。试过的最好做法（{best}）{earns}，"
            "每个买家带来毛利 {value} 元，摊到的花费是 {price} 元。",
        ).format(
            sold=of.change(rows.gap(served, lively, ORDERS), Both("", " 单"), 1.0, of.FEWER),
            later=profit("served later"), daily=profit("served daily"), best=named[best][0],
            earns=of.earned(rows.mean(best, PROFIT)),
            value=of.mean_of(rows.mean(best, VALUE), of.CNY),
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
        asking.hangs_on((plans[lively], plans[served]), PROFIT, ASSUMED, WHAT, of.CNY),
        table,
        dots(
            of.only(table, PROFIT, of.CNY), [called for called, _own in named.values()],
            Both("Profit of a group in 180 days", "一个群 180 天的利润"), Both("CNY", "元"), True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("What pays: activity or satisfaction?", "活跃和满意，哪样划算？"), ask)
