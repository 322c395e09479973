"""Who is dead after seven days, under every definition of death, and what saves them."""

from __future__ import annotations

import numpy as np

from experiments.asking import Answer, Asking, Both, Question, community, of_hundred, words
from experiments.pictures import dots_by
from sim.lives.outcomes import DEATH_COLUMNS, SINCE_FIRST

SILENT = "dead_silence_7d_by_day7"
CHECKLIST, SMALL = ("strangers_qr", "sop_checklist"), {"group.size": 25}
UNPAID = {**SMALL, "policies.red_packets.fen_per_day": 0}
WHO = {
    "story": Both("100 strangers, checklist", "100 个陌生人，清单式运营"),
    "small": Both("25 strangers, no packets", "25 个陌生人，不发红包"),
}
SAVES = {
    "packets": (Both("packets of 10 CNY a day", "每天发 10 元红包"), CHECKLIST, SMALL),
    "adless": (
        Both("no ads", "不发广告"), CHECKLIST,
        {**UNPAID, "policies.cadence.kinds": ("greeting", "content"),
         "policies.cadence.hours": (8.0, 10.0)},
    ),
    "gate": (
        Both("a fee of 20 CNY", "入群收费 20 元"), CHECKLIST,
        {**UNPAID, "policies.gate.fee_fen": 2000, "policies.gate.review_share": 0.0},
    ),
    "larger": (Both("100 members", "群有 100 人"), CHECKLIST, {**UNPAID, "group.size": 100}),
    "expert": (Both("one expert post a day", "每天一条行家内容"), (CHECKLIST[0], "expert_daily"), SMALL),
    "welcome": (Both("a team that greets by name", "逐人欢迎的团队"), (CHECKLIST[0], "warm_welcome"), SMALL),
    "light": (Both("a question when all are silent", "冷场时才抛问题"), (CHECKLIST[0], "light_touch"), SMALL),
    "hobbyists": (Both("people who chose the topic", "换成自己找来的同好"), ("hobbyists", CHECKLIST[1]), UNPAID),
}  # fmt: skip
NAMES = {
    "dead_silent_week2": Both("no message in days 8-14", "第 8–14 天无人发言"),
    "dead_silent_among_members_week2": Both("no member answers another", "成员之间没有回应"),
    "dead_fewer_than_3_pairs_week2": Both("fewer than 3 pairs talk", "互相回应的不到 3 对"),
    "never_started": Both("never a message by day 14", "14 天内从未有人发言"),
    "dead_volume_below_10pct": Both("week 2 below 10 % of week 1", "次周不到首周的 10 %"),
    "dead_fewer_than_3_posters_week2": Both("fewer than 3 post in week 2", "次周发言的不到 3 人"),
    "dead_last_message_by_day7": Both("never again after day 7", "第 7 天后再无人发言"),
}
ASSUMED = (
    "needs.message_cost", "habit.gain", "speak.need_push", "needs.packet_benefit", "trust.ad_loss",
    "reading.fatigue_per_message",
)  # fmt: skip


def label(column: str) -> Both:
    """Name a definition of death, and whether it counts from the first message."""
    key = column.removesuffix(SINCE_FIRST)
    if key in NAMES:
        name = NAMES[key]
    else:
        days = key.split("_")[2].removesuffix("d")
        name = Both("silent {days} days, begun by day 7", "7 天内开始、连续 {days} 天无人发言")
        name = name.format(days=days)
    late = Both("{name}*", "{name}*").format(name=name)
    return late if column.endswith(SINCE_FIRST) else name


def ask(asking: Asking) -> Answer:
    """Play a checklist's groups for 45 days, and the worst of them with something else each."""
    story = community(*CHECKLIST, values={"run.days": 45, "desk.groups": 50, "desk.hands": 1.0})
    plans = {"story": story, "small": story.with_values(UNPAID)}
    for name, (_label, (who, team), values) in SAVES.items():
        plans[name] = community(who, team, {"run.days": 45, **values})
    rows = asking.play(plans)
    counted = [one.name for one in DEATH_COLUMNS]
    counted = [x for x in counted if all(np.isfinite(rows.values(p, x)).any() for p in WHO)]
    table = rows.table(*counted)
    dead = {who: table[table["plan"] == who].set_index("outcome")["mean"] for who in WHO}
    low, high = dead["story"].idxmin(), dead["story"].idxmax()
    saved = {name: rows.gap(name, "small", SILENT) for name in SAVES}
    best = min(saved, key=lambda name: saved[name].difference)
    clear = [SAVES[name][0] for name, gap in saved.items() if gap.upper < 0.0 and name != best]
    none = Both("nothing else", "没有别的")
    said = Both(
        "Ask which death is meant before you believe a rate: of 100 groups of 100 strangers run by "
        "a checklist {low} are dead by the mildest of {number} definitions ({mild}) and {high} by "
        "the strictest ({strict}); 90 or more are dead by {here} of the definitions there, by {there} "
        "in groups of 25 without packets.",
        "听到死亡率，先问怎么算死：100 人的陌生人群按清单运营，每 100 个群，"
        "{number} 种定义里最宽的（{mild}）算死 {low} 个，最严的（{strict}）算死 {high} 个；"
        "达到九成的定义有 {here} 种，25 人且不发红包的群里有 {there} 种。",
    ) + words(
        saved[best],
        Both("Nothing that was tried saves the small groups.", "试过的做法都救不了小群。"),
        Both(
            "To save the small groups, choose {best}: {left} of 100 fall silent for a week instead "
            "of {base}; clearly fewer than without it also with: {also}.",
            "要救小群，首选“{best}”：每 100 个里沉默一周的从 {base} 个变为 {left} 个；"
            "同样明显减少的还有：{also}。",
        ),
        Both(
            "Nothing that was tried clearly saves the small groups.", "试过的做法都看不出能救小群。"
        ),
    )
    shown = table[table["plan"].isin(WHO)].assign(series=lambda one: one["plan"])
    shown[["mean", "lower", "upper"]] *= 100
    return Answer(
        said.format(
            number=len(counted), mild=label(low), strict=label(high),
            low=of_hundred(rows.mean("story", low)), high=of_hundred(rows.mean("story", high)),
            here=int((dead["story"] >= 0.9).sum()), there=int((dead["small"] >= 0.9).sum()),
            best=SAVES[best][0], left=of_hundred(rows.mean(best, SILENT)),
            base=of_hundred(rows.mean("small", SILENT)),
            also=Both(", ".join(x.en for x in clear), "、".join(x.zh for x in clear)) if clear else none,
        ),
        Both(
            "dead: as each definition of the picture says, counted from creation, or with * from "
            "the first message of a member; to save: no 7 days of silence that began by day 7. "
            "{groups} groups a plan, seen for 45 days.",
            "死亡：按图中各定义，从建群算起，带 * 的从成员第一条消息算起；"
            "救活：没有在 7 天内开始的连续 7 天沉默。每种做法 {groups} 个群，观察 45 天。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["small"], plans[best]), SILENT, ASSUMED),
        table,
        dots_by(
            shown, WHO, {one: label(one) for one in counted},
            Both("Groups dead, by definition", "各定义下死亡的群"),
            Both("groups dead, of 100", "死亡的群（每百群）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Who is dead after seven days?", "七天后哪些群死了？"), ask)
