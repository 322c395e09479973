"""How big a group may grow before it falls silent, or its members grow less content."""

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

SIZES = (25, 50, 100, 200, 350, 500)
PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "fans": Both("fans", "粉丝")}
ALIVE, CONTENT = "alive", "satisfaction"
ASSUMED = (
    "speak.propensity", "speak.audience", "habit.gain", "reading.overload_fatigue",
    "needs.message_cost", "reaction.draw_probability",
)  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play two kinds of people at six sizes for 90 days, two posts a day, nobody joining later;
    the smallest size counts as enough that no other clearly beats in groups alive.
    """
    plans = {
        f"{who} {size}": community(
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
    said = Both(
        "Open a group of strangers with {enough} members and one of fans with {fans}: of 100 such "
        "groups {alive} and {fans_alive} are alive after 90 days, against {small} and {fans_small} "
        "with {first}, and no other size tried keeps clearly more alive. {content}",
        "陌生人群开到 {enough} 人、粉丝群开到 {fans} 人就够：90 天后每 100 个群里分别有 {alive} 个"
        "和 {fans_alive} 个还活着，{first} 人的只有 {small} 个和 {fans_small} 个，"
        "试过的其他规模都没有明显更好。{content}",
    ).format(
        enough=enough.split()[1], fans=fans.split()[1], first=SIZES[0],
        alive=of_hundred(rows.mean(enough, ALIVE)), fans_alive=of_hundred(rows.mean(fans, ALIVE)),
        small=of_hundred(rows.mean(first, ALIVE)),
        fans_small=of_hundred(rows.mean(f"fans {SIZES[0]}", ALIVE)),
        content=words(
            content,
            Both("Growing costs no satisfaction: {least} with {first} strangers, {most} with "
                 "{last}, {gap} more.",
                 "扩大规模并不损害满意度：{first} 人时 {least}，{last} 人时 {most}，高 {gap}。"),
            Both("Do not grow further than you need, for satisfaction falls: {least} "
                 "with {first} strangers, {most} with {last}, {size} less.",
                 "但别扩得超过需要，因为满意度会下降：{first} 人时 {least}，{last} 人时 {most}，"
                 "低 {size}。"),
            Both("Satisfaction does not clearly differ: {least} with {first} strangers, {most} "
                 "with {last}, a difference of {gap}.",
                 "满意度看不出差别：{first} 人时 {least}，{last} 人时 {most}，相差 {gap}。"),
        ).format(
            least=mean_of(rows.mean(first, CONTENT)), most=mean_of(rows.mean(last, CONTENT)),
            first=SIZES[0], last=SIZES[-1], gap=of_gap(content), size=size_of(content),
        ),
    )  # fmt: skip
    return Answer(
        said,
        Both(
            "Alive: no 7 days in a row without a member's message within 90 days. Satisfaction: "
            "from 0 to 1, mean over present members and days; at one half reading just pays. "
            "{groups} groups of each size, two posts a day, nobody joins later.",
            "存活：90 天内没有连续 7 天无成员发言。满意度：0 到 1，对在群成员和各天取平均，"
            "0.5 表示读群刚好值得。每种规模 {groups} 个群，每天两条运营消息，之后无人进群。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans[first], plans[last]), ALIVE, ASSUMED),
        table,
        lines(
            alive, PEOPLE,
            Both("Groups alive after 90 days, by size", "90 天后存活的群，按规模"),
            Both("members", "成员数"), Both("groups alive, of 100", "存活群（每百群）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How big may a group grow?", "群可以做到多大？"), ask)
