"""Four published studies of what operators do, played anew: Zhang and Zhu, Matias, Yuan, Sun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, listed
from experiments.pictures import dots
from experiments.published import hanging, in_percent, played
from sim.plots.style import DISTINCT
from sim.stats.intervals import Estimate
from sim.validation.benchmark import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STUDIES = {
    "zhang2011": Both("half the audience lost", "失去一半听众"),
    "matias2019": Both("rules shown to newcomers", "给新人看群规"),
    "yuan2024": Both("packet money sent on", "抢到红包再发"),
    "sun2017_weak": Both("pay among strangers", "陌生人间付钱发言"),
    "sun2017_strong": Both("pay among friends", "熟人间付钱发言"),
}
QUICK = ("matias2019", "yuan2024")  # of a toy; assumptions are tried on the first study
ASSUMED = ("speak.loafing", "speak.answer_ratio", "reaction.draw_probability", "habit.gain")


def named(found: list[Finding], right: bool) -> Both:
    """Name the studies whose side the model shows, or those whose side it misses."""
    some = [STUDIES[one.published.id] for one in found if one.is_sign_right == right]
    return listed(some) if some else Both("nothing tried here", "这里试过的都不算")


def beside(one: Finding) -> Both:
    """Write a published effect beside the model's."""
    study, field = one.published.id, one.published.values[0]
    return Both("{study}: {here}, in the field {field}", "{study}：{here}，实地{field}").format(
        study=STUDIES[study], here=in_percent(study, one.estimates[0]),
        field=in_percent(study, Estimate(field, field, field, 0.0, 1)),
    )  # fmt: skip


def drawn(table: pd.DataFrame) -> dict[str, Figure]:
    """Draw what was simulated, and the published values as diamonds, on a scale of ratios."""
    figures = dots(table, [STUDIES[name] for name in table["study"]], TITLE, AXIS)
    for figure in figures.values():
        (axes,) = figure.axes
        axes.set_xscale("log")
        axes.plot(table["field"], -np.arange(len(table)), "D", color=DISTINCT[1], markersize=7)
        axes.axvline(1.0, color="black", linewidth=0.9)
        axes.set_xlim(0.05, 30.0)
        axes.set_xticks([0.1, 0.3, 1.0, 3.0, 10.0], ["0.1", "0.3", "1", "3", "10"])
    return figures


def ask(asking: Asking) -> Answer:
    """Play the studies as `qunlab benchmark` does and set them beside what was published."""
    asking.folder.mkdir(parents=True, exist_ok=True)
    groups, names = (2, [*QUICK]) if asking.toy else (asking.groups, [*STUDIES])
    found = played(names, groups)
    rows = [
        (one.published.id, one.estimates[0].value, *one.estimates[0].interval, one.groups,
         one.published.values[0], one.verdict)
        for one in found
    ]  # fmt: skip
    columns = ["study", "mean", "lower", "upper", "groups", "field", "verdict"]
    table = pd.DataFrame(rows, columns=columns)
    each = [beside(one) for one in found]
    number, wrong = sum(one.is_sign_right for one in found), named(found, False)
    said = (
        TRUST.format(right=named(found, True), all=len(found), number=number),
        (WRONG if number < len(found) else RIGHT).format(wrong=wrong),
    )
    detail = DETAIL.format(
        each=Both("; ".join(one.en for one in each), "；".join(one.zh for one in each)),
        band=sum(one.is_in_band for one in found),
        bands=sum(one.published.has_band for one in found),
    )
    counted = COUNTED.format(groups=min(table["groups"]), most=max(table["groups"]))
    hung = hanging(names[0], ASSUMED[:1] if asking.toy else ASSUMED, max(2, groups // 5))
    return Answer(said, detail, counted, hung, table, drawn(table))


TITLE = Both(
    "Published effects (diamonds), the model's (dots)", "论文的效应（菱形）和模型的（圆点）"
)
AXIS = Both("ratio to without; of packets: CNY sent on for each CNY won",
            "与没有时之比；红包一项是每抢到 1 元再发出多少元")  # fmt: skip
TRUST = Both(
    "Trust the direction of the model on {right}: {number} of {all} effects agree with the field.",
    "方向上可以信模型的：{right}；{all} 个已发表的效应里有 {number} 个和实地一致。",
)
WRONG = Both(
    "Do not ask it about {wrong}: the model misses what the field found.",
    "别拿它判断{wrong}：模型没有重现实地的结果。",
)
RIGHT = Both(
    "Do not read its sizes as measurements: only the direction was shown to agree.",
    "别把它的大小当成测量值：只证明了方向一致。",
)
DETAIL = Both(
    "Messages, newcomers who write or money sent on, with against without: {each}. Of {bands} "
    "effects with a band {band} lie in it.",
    "消息数、发言的新人数或转出的钱，有与没有相比：{each}。"
    "有范围可比的 {bands} 个效应里有 {band} 个落在范围内。",
)
COUNTED = Both(
    "messages of those who stayed or are paid, and newcomers who write, over those without the "
    "treatment; CNY sent on within a day for each won; {groups} to {most} groups an arm. Zhang & "
    "Zhu 2011, Matias 2019, Yuan et al. 2024, Sun et al. 2017; people, arms and bands: `qunlab "
    "benchmark`. Rules, packets and pay have a parameter set by their study.",
    "留下者或被付钱者的消息数、发言的新人数，与没有该做法时相比；每抢到 1 元在一天内再发出的钱；"
    "每组 {groups} 到 {most} 个群。Zhang & Zhu 2011、Matias 2019、Yuan 等 2024、Sun 等 2017；"
    "人群、分组和范围见 `qunlab benchmark`。群规、红包、付钱各有一个参数是按其论文设的。",
)

QUESTION = Question(
    Both("Does the model repeat what field experiments found?", "模型能重现实地实验的结果吗？"), ask
)
