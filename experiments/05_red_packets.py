"""What red packets bring: money, shares, hour, stopping, before ads, and for unmet needs."""

from __future__ import annotations

from experiments.asking import Answer, Asking, Both, Question, community, of_gap, size_of, words
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


def ask(asking: Asking) -> Answer:
    """Play packets of several kinds against none for 42 days, and packets that stop after 21."""
    plans = {x: community(values=_team(x)) for x in ("none", "ads", "misfit", "stopped", *LABELS)}
    rows = asking.play(plans)
    first = asking.play({n: x.with_values({"run.days": STOP}) for n, x in plans.items()}, "first")
    stopped = rows.after(first, DAILY).gap("stopped", "none", DAILY)
    more = {name: rows.gap(name, other, DAILY) for name, other in AGAINST.items()}
    both, fit = (rows.gap(f"misfit {name}", "misfit", SATISFIED) for name in ("both", "content"))
    each = rows.per(("100", "5"), "none", DAILY, TAKEN, 10_000)
    said = Both(
        "{advice}: 5 CNY an evening bring {small} more days with talk in {days} days, {each:.2g} "
        "for each 100 CNY taken, 100 CNY an evening {large}, {dear:.2g} for each 100 CNY, and when "
        "20 CNY an evening stop, {stopped}. {mend}: among buyers of a course who are only greeted, "
        "packets and shills bring {talk} more days with talk and move satisfaction by {both}, "
        "against {fit} and {content} by the content that they came for.",
        "{advice}：{days} 天里，每晚 5 元多带来 {small} 个发言人日，每领走 100 元合 {each:.2g} 个；"
        "每晚 100 元多 {large} 个，每 100 元合 {dear:.2g} 个；每晚 20 元停发后，{stopped}。"
        "{mend}：课程买家群里只发问候，红包加马甲多带来 {talk} 个发言人日，满意度变化 {both}，"
        "改发他们想要的干货则是 {fit} 个和 {content}。",
    ).format(
        days=DAYS, small=of_gap(more["5"]), large=of_gap(more["100"]), each=each.second,
        dear=each.first, talk=of_gap(more["misfit both"]), fit=of_gap(more["misfit content"]),
        both=of_gap(both), content=of_gap(fit),
        advice=words(
            each,
            Both("Send small red packets, not large ones", "红包宜小不宜大"),
            Both("Send large red packets, not small ones", "红包宜大不宜小"),
            Both("Send red packets of any size", "红包大小看不出差别"),
        ),
        stopped=words(
            stopped,
            Both("{gap} stay in the {rest} days after", "之后 {rest} 天里还多 {gap} 个"),
            Both("{size} fewer come in the {rest} days after", "之后 {rest} 天里反而少 {size} 个"),
            Both("nothing clear stays in the {rest} days after, {gap}",
                 "之后 {rest} 天里看不出还留下什么，相差 {gap} 个"),
        ).format(gap=of_gap(stopped), size=size_of(stopped), rest=DAYS - STOP),
        mend=words(
            rows.gap("misfit content", "misfit both", SATISFIED),
            Both("Do not expect them to mend unmet needs", "需求没满足，别指望红包来补"),
            Both("They can stand in for what members need", "需求没满足，红包也能补上"),
            Both("They do not clearly less than what members need", "红包看不出比满足需求差"),
        ),
    )  # fmt: skip
    return Answer(
        said,
        Both(
            "A day with talk: one member with a message on one day, thanks for a packet counted. "
            "Satisfaction: 0 to 1, of all who ever joined. {groups} groups of 100 a plan, two "
            "posts a day; strangers, where needs are unmet buyers of a course.",
            "发言人日：一名成员在一天里至少发一条消息，道谢也算。满意度：0 到 1，含所有进过群的人。"
            "每种做法 {groups} 个 100 人的群，每天两条；成员是陌生人，需求没满足的是课程买家。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["none"], plans["20"]), DAILY, ASSUMED),
        rows.table(DAILY, TAKEN, SATISFIED, "alive", "muted_share", "trust"),
        dots(
            rows.gaps(AGAINST, DAILY), list(LABELS.values()),
            Both("What red packets bring in 42 days", "红包 42 天带来什么"),
            Both("more days with talk than without them", "比不发时多的发言人日"), True,
        ),
    )  # fmt: skip


QUESTION = Question(Both("What do red packets bring?", "红包管用吗？"), ask)
