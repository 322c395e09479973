"""How big a group may grow before it falls silent, or its members grow less content."""

from __future__ import annotations

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Question
from experiments.pictures import lines

SIZES = (25, 50, 100, 200, 350, 500)
PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "fans": Both("fans", "粉丝")}
ALIVE, CONTENT = "alive", "satisfaction"
ASSUMED = (
    "speak.propensity", "speak.audience", "habit.gain", "reading.overload_fatigue",
    "needs.message_cost", "reaction.draw_probability",
)  # fmt: skip

SATISFIED = (
    Both("Growing costs no satisfaction (of 100): it rises from {least} with {first} strangers "
         "to {most} with {last}.",
         "扩大规模并不损害满意度（满分 100）：{first} 人时 {least}，{last} 人时 {most}。"),
    Both("Do not grow further than you need: satisfaction (of 100) falls from {least} with "
         "{first} strangers to {most} with {last}.",
         "别扩得超过需要：满意度（满分 100）从 {first} 人时的 {least} 降到 {last} 人时的 {most}。"),
    Both("Growing makes no clear difference to satisfaction (of 100): {least} with {first} "
         "strangers, {most} with {last}.",
         "扩大规模，满意度（满分 100）看不出差别：{first} 人时 {least}，{last} 人时 {most}。"),
)  # fmt: skip
WHAT = Both(
    "what 500 strangers have over 25 in groups alive of 100", "500 人比 25 人的群每百个多活的个数"
)


def ask(asking: Asking) -> Answer:
    """Play two kinds of people at six sizes for 90 days, two posts a day, nobody joining later;
    the smallest size counts as enough that no other clearly beats in groups alive.
    """
    plans = {
        f"{who} {size}": of.community(
            who, values={"group.size": size, "run.days": 90, "arrivals.per_day": 0.0}
        )
        for who in PEOPLE
        for size in SIZES
    }
    rows = asking.play(plans)
    table = rows.table(ALIVE, CONTENT)
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    alive = table[table["outcome"] == ALIVE].astype({"x": float})
    alive[["mean", "lower", "upper"]] *= 100
    enough, fans = (rows.unbeaten([f"{who} {size}" for size in SIZES], ALIVE)[0] for who in PEOPLE)
    first, last = f"strangers_qr {SIZES[0]}", f"strangers_qr {SIZES[-1]}"
    content = rows.gap(last, first, CONTENT)
    do = Both(
        "Open a group of strangers with {enough} members and a group of fans with {fans}: {alive} "
        "and {fans_alive} of 100 are alive after 90 days.",
        "陌生人群开到 {enough} 人、粉丝群开到 {fans} 人就够：90 天后每百个群有 {alive} 个"
        "和 {fans_alive} 个还活着。",
    ).format(
        enough=enough.split()[1], fans=fans.split()[1],
        alive=of.of_hundred(rows.mean(enough, ALIVE)),
        fans_alive=of.of_hundred(rows.mean(fans, ALIVE)),
    )  # fmt: skip
    avoid = of.told(
        content, SATISFIED, least=of.whole(rows.mean(first, CONTENT), 100), first=SIZES[0],
        most=of.whole(rows.mean(last, CONTENT), 100), last=SIZES[-1],
    )  # fmt: skip
    return Answer(
        (do, avoid),
        Both(
            "With {first} members {small} of 100 groups of strangers and {fans_small} of fans are "
            "alive. None of the other sizes tried is clearly better.",
            "{first} 人的群，每百个里陌生人群有 {small} 个、粉丝群有 {fans_small} 个还活着。"
            "试过的其他规模都看不出更好。",
        ).format(
            first=SIZES[0], small=of.of_hundred(rows.mean(first, ALIVE)),
            fans_small=of.of_hundred(rows.mean(f"fans {SIZES[0]}", ALIVE)),
        ),
        Both(
            "Alive: no 7 days in a row without a member's message within 90 days. Satisfaction: "
            "from 0 to 100, mean over present members and days; at 50 reading just pays. "
            "{groups} groups of each size, two posts a day, nobody joins later.",
            "存活：90 天内没有连续 7 天无成员发言。满意度：0 到 100，对在群成员和各天取平均，"
            "50 表示读群刚好值得。每种规模 {groups} 个群，每天两条运营消息，之后无人进群。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[first], plans[last]), ALIVE, ASSUMED, WHAT),
        table,
        lines(
            alive, PEOPLE,
            Both("Groups alive after 90 days, by size", "90 天后存活的群，按规模"),
            Both("members", "成员数"), Both("groups alive, of 100", "存活群（每百群）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How big may a group grow?", "群可以做到多大？"), ask)
