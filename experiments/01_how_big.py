"""How big a group may grow before it falls silent."""

from __future__ import annotations

from experiments.asking import Answer, Asking, Both, Question, community, of_hundred, words
from experiments.pictures import lines

SIZES = (25, 50, 100, 200, 350, 500)
PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "fans": Both("fans", "粉丝")}
ALIVE, HOPED = "alive", "satisfaction"
ASSUMED = ("needs.message_cost", "reading.fatigue_per_message", "speak.audience", "ties.benefit")


def ask(asking: Asking) -> Answer:
    """Play two kinds of people at six sizes for 90 days, one post a day."""
    plans = {
        f"{who} {size}": community(
            who, values={"group.size": size, "run.days": 90, "arrivals.per_day": 0.0}
        )
        for who in PEOPLE
        for size in SIZES
    }
    rows = asking.play(plans)
    table = rows.table(ALIVE, HOPED)
    table[["series", "x"]] = table["plan"].str.split(" ", expand=True)
    alive = table[table["outcome"] == ALIVE].astype({"x": float})
    alive[["mean", "lower", "upper"]] *= 100
    small, large = f"strangers_qr {SIZES[0]}", f"strangers_qr {SIZES[-1]}"
    gap = rows.gap(large, f"strangers_qr {SIZES[-2]}", ALIVE)
    said = Both(
        "Of 100 groups of strangers {small} are alive after 90 days with {first} members and "
        "{large} with {last}. {edge}",
        "陌生人群 90 天后，每 100 个群里：{first} 人的有 {small} 个还活着，"
        "{last} 人的有 {large} 个。{edge}",
    ).format(
        small=of_hundred(rows.mean(small, ALIVE)), large=of_hundred(rows.mean(large, ALIVE)),
        first=SIZES[0], last=SIZES[-1],
        edge=words(
            gap,
            Both("Growth helps up to the largest size tried.", "到试过的最大规模，仍是越大越好。"),
            Both("Beyond 350 members it hurts.", "超过 350 人反而有害。"),
            Both("From 350 to 500 members nothing clearly changes.", "350 人到 500 人看不出差别。"),
        ),
    )  # fmt: skip
    fans = rows.gap(f"fans {SIZES[-1]}", f"fans {SIZES[0]}", ALIVE)
    return Answer(
        said,
        Both(
            "alive: no 7 days in a row without a member's message within 90 days; {groups} groups "
            "a point. Fans, 500 against 25 members: {fans} of 100.",
            "存活：90 天内没有连续 7 天无成员发言；每点 {groups} 个群。"
            "粉丝群 500 人比 25 人，每 100 个群多活 {fans} 个。",
        ).format(groups=rows.played.replications, fans=of_hundred(fans)),
        asking.hangs_on((plans[small], plans[large]), ALIVE, ASSUMED),
        table,
        lines(
            alive, PEOPLE,
            Both("Groups alive after 90 days, by size", "90 天后存活的群，按规模"),
            Both("members", "成员数"), Both("groups alive, of 100", "存活群（每百群）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("How big may a group grow?", "群可以做到多大？"), ask)
