"""What keeps a community alive, and which answers of 01 to 06 hang on one mechanism alone."""

from __future__ import annotations

import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, community, mean_of, of_gap, words
from experiments.headlines import ADS, ALL, HEADLINES, WRITERS, headlines, side
from experiments.pictures import dots
from sim.params import parameters

PEOPLE = {"strangers_qr": Both("strangers", "陌生人"), "fans": Both("fans", "粉丝"),
          "mothers": Both("mothers", "宝妈")}  # fmt: skip
NEEDS = {"belonging": Both("belonging", "归属感"), "enjoyment": Both("enjoyment", "乐趣"),
         "benefit": Both("benefit", "实惠")}  # fmt: skip
FED = {**ALL, **ADS, "policies.red_packets.fen_per_day": 500}
ASSUMED = ("habit.days", "habit.gain", "needs.regrow_days", "speak.need_push",
           "novelty.activity_messages", "needs.weight_sigma")  # fmt: skip


def ask(asking: Asking) -> Answer:
    """Play three kinds of people with nothing left that feeds a need, then the six pairs."""
    plans, keys = {who: community(who, values=FED) for who in PEOPLE}, list(parameters())
    for who in PEOPLE:
        for need in NEEDS:
            fed = [key for key in keys if key.startswith("needs.") and key.endswith(f"_{need}")]
            plans[f"{who} {need}"] = plans[who].with_values(dict.fromkeys(fed, 0.0))
    rows = asking.play(plans, "needs")
    each = [(who, need) for who in PEOPLE for need in NEEDS]
    gaps = {(who, need): rows.gap(f"{who} {need}", who, WRITERS) for who, need in each}
    missed = {who: sorted(NEEDS, key=lambda x: gaps[who, x].difference) for who in PEOPLE}
    needs = {
        who: NEEDS[need] if side(gaps[who, need]) < 0 else NOTHING
        for who, (need, *_) in missed.items()
    }
    parts = [
        LOSES.format(
            who=PEOPLE[who], need=NEEDS[need], gap=of_gap(gaps[who, need]),
            lead=words(rows.gap(f"{who} {need}", f"{who} {next_one}", WRITERS), MOST, MOST,
                       AMONG.format(next=NEEDS[next_one])),
        )
        for who, (need, next_one, _) in missed.items()
    ]  # fmt: skip
    found = headlines(asking)
    usual, off = found.loc[""], found.drop(index="")
    turned = (off * usual < 0).sum()
    lost = ((off != usual) & (usual != 0)).sum() - turned
    weak = str((len(off) * turned + lost).idxmax())
    hold = HOLD.format(
        all=len(HEADLINES), off=len(off), weak=HEADLINES[weak][0],
        firm=int(((turned == 0) & (usual != 0)).sum()),
    )  # fmt: skip
    detail = DETAIL.format(
        **dict(zip("abc", parts, strict=True)), clear=int((usual != 0).sum()),
        weak=HEADLINES[weak][0], turned=turned[weak], lost=lost[weak],
    )  # fmt: skip
    table = pd.DataFrame(
        [(*key, one.difference, one.lower, one.upper) for key, one in gaps.items()],
        columns=["people", "need", "mean", "lower", "upper"],
    )
    sides = found.rename_axis("off").reset_index().melt("off", var_name="pair", value_name="side")
    labels = [Both(f"{PEOPLE[a].en}, no {NEEDS[b].en}", f"{PEOPLE[a].zh}，没有{NEEDS[b].zh}")
              for a, b in each]  # fmt: skip
    strangers = (plans["strangers_qr"], plans[f"strangers_qr {missed['strangers_qr'][0]}"])
    return Answer(
        (FEED.format(**needs), hold),
        detail,
        COUNTED.format(
            groups=rows.played.replications, half=max(20, asking.groups // 2),
            **{who: mean_of(rows.mean(who, WRITERS)) for who in PEOPLE},
        ),
        asking.hangs_on(strangers, WRITERS, ASSUMED, WHAT),
        pd.concat([table, sides]),
        dots(table, labels, TITLE, AXIS, zero=True),
    )  # fmt: skip


TITLE = Both("What is lost when nothing feeds a need any more", "某种需要不再得到满足，会失去多少")
AXIS = Both("members who write a day, more or less", "日发言人数增减")
WHAT = Both("what strangers lose, in members who write on a day, without that need",
            "陌生人没了这种需要后日发言人数的变化")  # fmt: skip
MOST = Both("clearly the most", "明显最多")
AMONG = Both("about as many as without {next}", "和没了{next}看不出差别")
NOTHING = Both("none clearly", "哪样都看不出")
FEED = Both(
    "Feed first what each would miss most: strangers {strangers_qr}, fans {fans}, mothers "
    "{mothers}.",
    "先满足他们最缺不得的：陌生人是{strangers_qr}，粉丝是{fans}，宝妈是{mothers}。",
)
HOLD = Both(
    "Do not lean on “{weak}”: of {all} answers on size, posts and money, {firm} never turn "
    "whichever of {off} mechanisms is off.",
    "别太信“{weak}”的结论：规模、发帖和花钱的 {all} 个结论里，逐一关掉 {off} 种机制，有 {firm} "
    "个从不反转。",
)
LOSES = Both("{who} without {need} {gap}, {lead}", "{who}没了{need} {gap}，{lead}")
DETAIL = Both(
    "Members who write on a day: {a}; {b}; {c}. {clear} of the answers are clear as assumed; "
    "the weakest, “{weak}”, turns with {turned} mechanisms off and grows unclear with {lost}.",
    "日发言人数的变化：{a}；{b}；{c}。照假设有 {clear} 个结论明确；最脆弱的“{weak}”"
    "有 {turned} 次反转，{lost} 次变得看不出差别。",
)
COUNTED = Both(
    "100 members for 90 days, nobody joining; a post, an ad and a packet of 5 CNY a day, by which "
    "{strangers_qr} strangers, {fans} fans and {mothers} mothers write a day; then no message, ad "
    "or packet feeds one need; {groups} groups each. Answers: which of two plans makes more "
    "strangers write a day, 90 days, {half} groups, as assumed and without each mechanism.",
    "100 人、90 天、无人加入；每天一条帖子、一条广告、一个 5 元红包，此时日发言人数为陌生人 "
    "{strangers_qr}、粉丝 {fans}、宝妈 {mothers}；再让消息、广告和红包都不满足其中一种需要；"
    "每种 {groups} 个群。结论：两种做法哪种让更多陌生人日常发言，90 天，{half} 个群，照假设玩一遍，"
    "再逐一去掉每种机制各玩一遍。",
)

QUESTION = Question(
    Both("What keeps a community alive, and do the answers hang on one mechanism?",
         "群靠什么活着？前面的结论是不是靠某一种机制撑着？"), ask,
)  # fmt: skip
