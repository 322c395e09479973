"""What red packets bring: money, shares, hour, stopping, before ads, and for unmet needs."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import dots

DAYS, STOP = 42, 21
DAILY, SATISFIED, TAKEN = "posting_member_days", "satisfaction_of_joined", "operator_fen_claimed"
SIZES = {  # CNY a day, shares, hour
    "5": (5, 25, 20), "20": (20, 25, 20), "100": (100, 25, 20),
    "few": (20, 10, 20), "many": (20, 100, 20), "noon": (20, 25, 12),
}  # fmt: skip
LABEL = Both("{cny} CNY in {shares} shares, {hour}:00", "{cny} 元 {shares} 份，{hour}:00")
LABELS = {
    **{n: LABEL.format(cny=cny, shares=s, hour=hour) for n, (cny, s, hour) in SIZES.items()},
    "ads before": Both("10 minutes before ads", "广告前 10 分钟"),
    "ads apart": Both("4 hours before ads", "广告前 4 小时"),
    "misfit packets": Both("unmet needs: packets", "需求没满足：红包"),
    "misfit shills": Both("unmet needs: shills", "需求没满足：马甲"),
    "misfit both": Both("unmet needs: packets and shills", "需求没满足：红包加马甲"),
    "misfit content": Both("unmet needs: content instead", "需求没满足：改发干货"),
}
AGAINST = {one: "none" if one in SIZES else one.split()[0] for one in LABELS}
SHILLED = ("misfit shills", "misfit both")
EARLIER = {"ads before": 10.0, "ads apart": 240.0}
ASSUMED = [f"packets.{key}" for key in ("expectation_days", "dip", "half_fen", "thanks_ratio")]
ASSUMED += ["reaction.packet_share", "needs.packet_benefit"]


def _team(name: str) -> dict[str, object]:
    """Return who the members are and what their team does."""
    cny, shares, hour = SIZES.get(name, SIZES["20"])
    usual = {"ads": ["ad"], "misfit": ["greeting"]}.get(name.split()[0], ["content", "activity"])
    paid = name not in (*AGAINST.values(), "misfit shills", "misfit content")
    return {
        "people": "course_buyers" if name.startswith("misfit") else "strangers_qr",
        "run.days": DAYS, "policies.cadence.hours": [12.0, 20.0],
        "policies.cadence.kinds": ["content"] if name == "misfit content" else usual,
        "policies.red_packets.fen_per_day": 100 * cny * paid, "policies.red_packets.shares": shares,
        "policies.red_packets.hours": [12.0, 20.0] if name in EARLIER else [float(hour)],
        "policies.red_packets.minutes_before": EARLIER.get(name, 0.0),
        "policies.red_packets.until_day": STOP if name == "stopped" else DAYS + 1,
        **({"policies.shills.silent_hours": 12.0} if name in SHILLED else {}),
    }  # fmt: skip


SMALL = (
    Both("Send small packets: 5 CNY an evening bring {each} more days with talk for each 100 CNY, "
         "100 CNY an evening {dear}.",
         "红包宜小：每晚 5 元，每花 100 元多 {each} 个发言人日；每晚 100 元只多 {dear} 个。"),
    Both("Send large packets: 100 CNY an evening bring {dear} more days with talk for each 100 "
         "CNY, 5 CNY an evening {each}.",
         "红包宜大：每晚 100 元，每花 100 元多 {dear} 个发言人日；每晚 5 元只多 {each} 个。"),
    Both("Send packets of any size: for each 100 CNY there is no clear difference.",
         "红包大小随意：每花 100 元，效果看不出差别。"),
)  # fmt: skip
MEND = (
    Both("Do not expect them to mend unmet needs: satisfaction (of 100) changes by {both}, with "
         "the content that members came for by {fit}.",
         "需求没满足，别指望红包来补：满意度（满分 100）变化 {both}，发成员想要的干货是 {fit}。"),
    Both("They can stand in for unmet needs: satisfaction (of 100) changes by {both}, with the "
         "content that members came for by {fit}.",
         "需求没满足，红包也能补上：满意度（满分 100）变化 {both}，发成员想要的干货是 {fit}。"),
    Both("Unmet needs: packets and the content that members came for show no clear difference.",
         "需求没满足时，红包和成员想要的干货看不出差别。"),
)  # fmt: skip
WHAT = Both(
    "what packets of 20 CNY an evening add, in days with talk,", "每晚 20 元红包多带来的发言人日"
)


def ask(asking: Asking) -> Answer:
    """Play packets of several kinds against none for 42 days, and packets that stop after 21."""
    plans = {
        x: of.community(values=_team(x)) for x in ("none", "ads", "misfit", "stopped", *LABELS)
    }
    rows = asking.play(plans)
    first = asking.play({n: x.with_values({"run.days": STOP}) for n, x in plans.items()}, "first")
    stopped = rows.after(first, DAILY).gap("stopped", "none", DAILY)
    more = {name: rows.gap(name, other, DAILY) for name, other in AGAINST.items()}
    both, fit = (rows.gap(f"misfit {name}", "misfit", SATISFIED) for name in ("both", "content"))
    each = rows.per(("100", "5"), "none", DAILY, TAKEN, 10_000)
    do = of.told(each, SMALL, each=f"{each.second:.2g}", dear=f"{each.first:.2g}")
    avoid = of.words(rows.gap("misfit content", "misfit both", SATISFIED), *MEND).format(
        both=of.of_gap(both, 100), fit=of.of_gap(fit, 100)
    )
    return Answer(
        (do, avoid),
        Both(
            "In {days} days 5 CNY an evening bring {small} more days with talk, 100 CNY {large}. "
            "In the {rest} days after 20 CNY an evening stop: {stopped}. Among buyers of a course "
            "who are only greeted, packets and shills bring {talk} more days with talk, "
            "content {fit}.",
            "{days} 天里，每晚 5 元多带来 {small} 个发言人日，每晚 100 元多 {large} 个。"
            "每晚 20 元停发后的 {rest} 天：{stopped}。课程买家群里只发问候时，红包加马甲多带来 "
            "{talk} 个发言人日，干货多 {fit} 个。",
        ).format(
            days=DAYS, rest=DAYS - STOP, small=of.of_gap(more["5"]), large=of.of_gap(more["100"]),
            stopped=of.change(stopped, Both(" days with talk", " 个发言人日"), 1.0, of.FEWER),
            talk=of.of_gap(more["misfit both"]), fit=of.of_gap(more["misfit content"]),
        ),
        Both(
            "A day with talk: one member with a message on one day, thanks for a packet counted. "
            "Satisfaction: 0 to 100, of all who ever joined. {groups} groups of 100 a plan, two "
            "posts a day; strangers, where needs are unmet buyers of a course.",
            "发言人日：一名成员在一天里至少发一条消息，道谢也算。满意度：0 到 100，进过群的都算。"
            "每种做法 {groups} 个 100 人的群，每天两条；成员是陌生人，需求没满足的是课程买家。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["none"], plans["20"]), DAILY, ASSUMED, WHAT),
        rows.table(DAILY, TAKEN, SATISFIED, "alive", "muted_share", "trust"),
        dots(
            rows.gaps(AGAINST, DAILY), list(LABELS.values()),
            Both("What red packets bring in 42 days", "红包 42 天带来什么"),
            Both("more days with talk than without them", "比不发时多的发言人日"), True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("What do red packets bring?", "红包管用吗？"), ask)
