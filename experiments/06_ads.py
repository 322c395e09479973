"""How many ads a group bears, and what they sell."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import lines

ADS = (0, 0.2, 0.5, 1, 2, 4, 8)
PEOPLE = {
    "shop_visitors": Both("visitors of a shop", "到店顾客"),
    "beauty_buyers": Both("buyers of cosmetics", "美妆老客"),
}  # fmt: skip
INCOME, PROFIT, TALK, MUTED, FEN = (
    "income_fen",
    "profit_fen",
    "posting_members_per_day",
    "muted_share",
    0.01,
)
SHOWN = (INCOME, PROFIT, "buyers", TALK, MUTED, "trust", "alive")
ASSUMED = (
    "trust.ad_loss", "shop.trust_power", "needs.ad_benefit", "shop.unwanted_share",
    "shop.educated_worth", "reading.ad_fatigue_ratio",
)  # fmt: skip

ONE_AD = (
    Both("One ad a day wakes visitors but drives some off: {size} more talk on a day, and {muted} "
         "of 100 mute the group.",
         "每天一条广告有得有失：到店顾客每天多 {size} 人发言，每百人有 {muted} 人屏蔽群。"),
    Both("Do not post even one ad a day: {size} fewer visitors talk on a day, and {muted} of 100 "
         "mute the group.",
         "哪怕每天一条广告也别发：到店顾客每天少 {size} 人发言，每百人有 {muted} 人屏蔽群。"),
    Both("One ad a day makes no clear difference to who talks, but {muted} of 100 visitors mute "
         "the group.",
         "每天一条广告，发言人数看不出差别，但每百名到店顾客有 {muted} 人屏蔽群。"),
)  # fmt: skip
WHAT = Both(
    "what one ad a day adds to sales to visitors, in CNY,", "每天一条广告给到店顾客群多卖的元数"
)


def ask(asking: Asking) -> Answer:
    """Play none to eight ads a day beside one post of content, in groups in which something can
    be bought for 99 CNY from the second day on, for 90 days; of the numbers that no other clearly
    beats in income, the lowest is advised.
    """
    plans = {
        f"{who} {ads:g}": of.community(
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
    do = Both(
        "Post {few} to visitors of a shop and {beauty} to buyers of cosmetics: a group buys for "
        "{income} and {earned} CNY in 90 days.",
        "到店顾客群{few}，美妆老客群{beauty}：90 天每群卖出 {income} 元和 {earned} 元。",
    ).format(
        few=_count(visit), beauty=_count(beauty), income=of.mean_of(rows.mean(visit, INCOME), FEN),
        earned=of.mean_of(rows.mean(beauty, INCOME), FEN),
    )  # fmt: skip
    avoid = of.told(talk, ONE_AD, muted=of.of_hundred(rows.mean(one, MUTED)))
    income = of.only(table, INCOME, FEN).astype({"x": float})
    return Answer(
        (do, avoid),
        Both(
            "With {most} ads a day the groups buy for {sold} and {taken} CNY. No other number "
            "tried sells clearly more. Without ads {before} of 100 visitors have muted the group. "
            "After goods and wages a group of visitors without ads {profit}.",
            "每天 {most} 条广告，卖出 {sold} 元和 {taken} 元。试过的其他条数都看不出卖得更多。"
            "不发广告时每百名到店顾客有 {before} 人屏蔽群。扣掉货款和运营工资，"
            "不发广告的到店顾客群{profit}。",
        ).format(
            most=f"{ADS[-1]:g}", before=of.of_hundred(rows.mean(none, MUTED)),
            sold=of.mean_of(rows.mean(most, INCOME), FEN),
            profit=of.earned(rows.mean(none, PROFIT)),
            taken=of.mean_of(rows.mean(f"beauty_buyers {ADS[-1]:g}", INCOME), FEN),
        ),
        Both(
            "Sold: what members paid in 90 days for orders of 99 CNY, in {groups} groups of 100 "
            "members for each number of ads, beside one post of content a day. Whoever looks knows "
            "the offer: that ads make it known is not in the model.",
            "卖出：90 天里成员为 99 元的订单付的钱；每种条数 {groups} 个 100 人的群，"
            "另有每天一条干货。看群的人都知道有货可买：广告的告知作用不在模型里。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[none], plans[one]), INCOME, ASSUMED, WHAT, FEN),
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
