"""Who is dead after seven days, under every definition of death, and what saves them."""

from __future__ import annotations

import numpy as np

from experiments import asking as of
from experiments.asking import Answer, Asking, Both, Named, Question
from experiments.pictures import dots_by
from sim.lives.outcomes import DEATH_COLUMNS, SINCE_FIRST

SILENT, DESK = "dead_silence_7d_by_day7", {"desk.groups": 50, "desk.hands": 1.0}
TEAM, WHO, FEN = "preset", "people", "policies.red_packets.fen_per_day"
ADLESS = {"policies.cadence.kinds": ("greeting", "content"), "policies.cadence.hours": (8, 10)}
FEE, REVIEW = "policies.gate.fee_fen", "policies.gate.review_share"
LIST = {TEAM: "sop_checklist", "run.days": 45}
BARE = {**LIST, "group.size": 25, FEN: 0}
PLANS: Named = {
    "story": (Both("100 strangers, checklist", "100 个陌生人，清单式运营"), {**LIST, **DESK}),
    "small": (Both("25 strangers, no packets", "25 个陌生人，不发红包"), BARE),
}
SAVES: Named = {
    "packets": (Both("10 CNY in packets a day", "每天发 10 元红包"), {**BARE, FEN: 1000}),
    "adless": (Both("no ads", "不发广告"), {**BARE, **ADLESS}),
    "gate": (Both("a fee of 20 CNY", "入群收费 20 元"), {**BARE, FEE: 2000, REVIEW: 0.0}),
    "larger": (Both("100 members", "群有 100 人"), {**BARE, "group.size": 100}),
    "expert": (Both("an expert's post a day", "每天一条行家内容"), {**BARE, TEAM: "expert_daily"}),
    "welcome": (Both("greeting by name", "逐人欢迎"), {**BARE, TEAM: "warm_welcome"}),
    "light": (Both("a question in silence", "冷场时抛问题"), {**BARE, TEAM: "light_touch"}),
    "hobbyists": (Both("hobbyists as members", "换成同好"), {**BARE, WHO: "hobbyists"}),
}
NAMES = {
    "dead_silent_week2": Both("no message in days 8-14", "第 8–14 天无人发言"),
    "dead_silent_among_members_week2": Both("no member answers another", "成员之间没有回应"),
    "dead_fewer_than_3_pairs_week2": Both("fewer than 3 pairs talk", "互相回应的不到 3 对"),
    "silence": Both("silent {days} days, begun by day 7", "7 天内开始、连续 {days} 天无人发言"),
    "never_started": Both("never a message by day 14", "14 天内从未有人发言"),
    "dead_volume_below_10pct": Both("week 2 below 10 % of week 1", "次周不到首周的 10 %"),
    "dead_fewer_than_3_posters_week2": Both("fewer than 3 post in week 2", "次周发言的不到 3 人"),
    "dead_last_message_by_day7": Both("never again after day 7", "第 7 天后再无人发言"),
}
ASSUMED = ("habit.gain", "speak.need_push", "trust.ad_loss", "reading.fatigue_per_message")

MEANT = Both(
    "Ask which death is meant: of 100 groups {low} are dead by the mildest of {number} "
    "definitions and {high} by the strictest.",
    "先问怎么算死：每百个群，{number} 种定义里最宽的算死 {low} 个，最严的算死 {high} 个。",
)
SAVE = (
    Both("Nothing tried saves small groups: with {best} {left} of 100 fall silent for a week "
         "instead of {base}.",
         "试过的都救不了小群：“{best}”之下每百个有 {left} 个沉默一周，原来 {base} 个。"),
    Both("Do not give small groups up: with {best} {left} of 100 fall silent for a week instead of "
         "{base}.",
         "别放弃小群：“{best}”之下每百个只有 {left} 个沉默一周，原来 {base} 个。"),
    Both("Nothing tried clearly saves small groups: with {best} {left} of 100 fall silent.",
         "试过的看不出能救小群：“{best}”之下每百个有 {left} 个沉默一周。"),
)  # fmt: skip
WHAT = Both(
    "what the best of these changes in groups of 100 that fall silent,",
    "最好的做法给每百个群里沉默个数带来的变化",
)


def called(column: str) -> Both:
    """Name a definition of death; with * it counts from the first message."""
    key = column.removesuffix(SINCE_FIRST)
    days = key.removeprefix("dead_silence_").partition("d_")[0]
    name = NAMES.get(key, NAMES["silence"]).format(days=days)
    return Both(f"{name.en}*", f"{name.zh}*") if column != key else name


def ask(asking: Asking) -> Answer:
    """Play a checklist's groups for 45 days, and the worst of them with something else each."""
    plans = of.plans_of({**PLANS, **SAVES}, "strangers_qr", {})
    rows = asking.play(plans)
    columns = [one.name for one in DEATH_COLUMNS]
    counted = [x for x in columns if all(np.isfinite(rows.values(p, x)).any() for p in PLANS)]
    table = rows.table(*counted)
    dead = {who: table[table["plan"] == who].set_index("outcome")["mean"] for who in PLANS}
    low, high = dead["story"].idxmin(), dead["story"].idxmax()
    saved = {name: rows.gap(name, "small", SILENT) for name in SAVES}
    best = min(saved, key=lambda name: saved[name].difference)
    also = [SAVES[name][0] for name, gap in saved.items() if gap.upper < 0.0 and name != best]
    shown = table[table["plan"].isin(PLANS)].assign(series=lambda one: one["plan"])
    shown[["mean", "lower", "upper"]] *= 100
    return Answer(
        (
            MEANT.format(
                number=len(counted), low=of.of_hundred(rows.mean("story", low)),
                high=of.of_hundred(rows.mean("story", high)),
            ),
            of.words(saved[best], *SAVE).format(
                best=SAVES[best][0], left=of.of_hundred(rows.mean(best, SILENT)),
                base=of.of_hundred(rows.mean("small", SILENT)),
            ),
        ),
        Both(
            "Mildest for groups of 100 run by a checklist: “{mild}”; strictest: “{strict}”. "
            "90 of 100 or more are dead by {here} definitions, in groups of 25 without packets by "
            "{there}. What else helps small groups: {also}.",
            "100 个陌生人、按清单运营的群：最宽的是“{mild}”，最严的是“{strict}”。每百个死 90 "
            "个以上的定义有 {here} 种，25 人且不发红包的群里有 {there} 种。还能救小群的：{also}。",
        ).format(
            mild=called(low), strict=called(high), also=of.listed(also),
            here=int((dead["story"] >= 0.9).sum()), there=int((dead["small"] >= 0.9).sum()),
        ),
        Both(
            "dead: as each definition of the picture says, from creation, or with * from the first "
            "message; silent for a week: begun by day 7. {groups} groups a plan, 45 days.",
            "死亡：按图中各定义，从建群算起，带 * 的从成员第一条消息算起；沉默一周：7 天内开始、"
            "连续 7 天无人发言。每种做法 {groups} 个群，观察 45 天。",
        ).format(groups=rows.played.replications),
        asking.hangs_on((plans["small"], plans[best]), SILENT, ASSUMED, WHAT),
        table,
        dots_by(
            shown, {who: label for who, (label, _own) in PLANS.items()},
            {one: called(one) for one in counted},
            Both("Groups dead, by definition", "各定义下死亡的群"),
            Both("groups dead, of 100", "死亡的群（每百群）"),
        ),
    )  # fmt: skip


QUESTION = Question(Both("Who is dead after seven days?", "七天后哪些群死了？"), ask)
