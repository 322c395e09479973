"""How many ads a group bears, and what they sell."""

from __future__ import annotations

from experiments.asking import (
    Answer,
    Asking,
    Both,
    Question,
    community,
    mean_of,
    of_gap,
    of_hundred,
    size_of,
    words,
)
from experiments.pictures import lines

ADS = (0, 0.2, 0.5, 1, 2, 4, 8)
PEOPLE = {
    "shop_visitors": Both("visitors of a shop", "到店顾客"),
    "beauty_buyers": Both("buyers of cosmetics", "美妆老客"),
}  # fmt: skip
INCOME, TALK, MUTED, FEN = "income_fen", "posting_members_per_day", "muted_share", 0.01
SHOWN = (INCOME, "profit_fen", "buyers", TALK, MUTED, "trust", "alive")
ASSUMED = (
    "trust.ad_loss", "shop.trust_power", "needs.ad_benefit", "shop.unwanted_share",
    "shop.educated_worth", "reading.ad_fatigue_ratio",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play none to eight ads a day beside one post of content, in groups in which something can
    be bought for 99 CNY from the second day on, for 90 days; of the numbers that no other clearly
    beats in income, the lowest is advised.
    """
    plans = {
        f"{who} {ads:g}": community(
            who,
            values={
                "run.days": 90, "policies.offer.price_fen": 9900,
                "policies.cadence.posts_per_day": 1 + ads,
                "policies.cadence.kinds": ["content", "ad"],
                "policies.cadence.shares": [1.0, ads],
            },
        )
        for who in PEOPLE
        for ads in ADS
    }  # fmt: skip
    rows = asking.play(plans)
    table = rows.table(*SHOWN)
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    visit, beauty = (rows.unbeaten([f"{who} {x:g}" for x in ADS], INCOME)[0] for who in PEOPLE)
    none, one, most = (f"shop_visitors {ads:g}" for ads in (ADS[0], 1, ADS[-1]))
    talk = rows.gap(one, none, TALK)
    said = Both(
        "Post {few} to visitors of a shop and {beauty} to buyers of cosmetics: no other number "
        "sells clearly more, {income} and {earned} CNY in 90 days against {sold} and {taken} with "
        "{most} a day. Among the visitors one ad a day {talk}, and of 100 members {muted} have "
        "muted the group against {before} without ads.",
        "到店顾客群{few}，美妆老客群{beauty}：90 天卖出 {income} 元和 {earned} 元，"
        "每天 {most} 条广告则是 {sold} 元和 {taken} 元，试过的其他条数都没有明显卖得更多。"
        "到店顾客群每天一条广告，{talk}，每 100 名成员里有 {muted} 人屏蔽了群，"
        "不发广告时是 {before} 人。",
    ).format(
        few=_count(visit), beauty=_count(beauty), most=f"{ADS[-1]:g}",
        income=mean_of(rows.mean(visit, INCOME), FEN), sold=mean_of(rows.mean(most, INCOME), FEN),
        earned=mean_of(rows.mean(beauty, INCOME), FEN),
        taken=mean_of(rows.mean(f"beauty_buyers {ADS[-1]:g}", INCOME), FEN),
        muted=of_hundred(rows.mean(one, MUTED)), before=of_hundred(rows.mean(none, MUTED)),
        talk=words(
            talk,
            Both("brings {size} more to talk on a day", "每天发言的多 {size} 人"),
            Both("leaves {size} fewer who talk on a day", "每天发言的少 {size} 人"),
            Both("does not clearly change how many talk, {gap}",
                 "发言人数看不出差别，相差 {gap} 人"),
        ).format(gap=of_gap(talk), size=size_of(talk)),
    )  # fmt: skip
    income = table[table["outcome"] == INCOME].astype({"x": float})
    income[["mean", "lower", "upper"]] *= FEN
    return Answer(
        said,
        Both(
            "Sold: what members paid in 90 days for orders of 99 CNY, in {groups} groups of 100 "
            "members for each number of ads, beside one post of content a day. Less the goods and "
            "the team's wages the visitors leave {profit} CNY without ads. Whoever looks knows the "
            "offer: that ads make it known is not in the model.",
            "卖出：90 天里成员为 99 元的订单付的钱；每种条数 {groups} 个 100 人的群，"
            "另有每天一条干货。扣掉货款和运营工资，到店顾客群不发广告时剩 {profit} 元。"
            "看群的人都知道有货可买：广告的告知作用不在模型里。",
        ).format(
            groups=rows.played.replications, profit=mean_of(rows.mean(none, "profit_fen"), FEN)
        ),
        asking.hangs_on((plans[none], plans[one]), INCOME, ASSUMED, FEN),
        table,
        lines(
            income, PEOPLE,
            Both("What is sold in 90 days, by ads", "90 天卖出多少，按广告条数"),
            Both("ads a day", "每天广告条数"), Both("CNY a group", "每群元数"),
        ),
    )  # fmt: skip


def _count(plan: str) -> Both:
    said = Both("{ads} ads a day", "每天发 {ads} 条广告").format(ads=plan.split()[1])
    return Both("no ads", "不发广告") if plan.endswith(" 0") else said


QUESTION = Question(Both("How many ads?", "广告能发几条？"), ask)
