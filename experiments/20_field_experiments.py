"""Four published studies of what operators do, played anew: Zhang and Zhu, Matias, Yuan, Sun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.asking import Answer, Asking, Both, Question, mean_of
from experiments.pictures import dots
from experiments.published import hanging, played
from sim.plots.style import DISTINCT
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
    if not some:
        return Both("none of these", "一项也没有")
    return Both(", ".join(one.en for one in some), "、".join(one.zh for one in some))


def beside(one: Finding) -> Both:
    """Write a published effect beside the model's."""
    return Both("{study} {field:g}, here {here}", "{study} {field:g}，这里 {here}").format(
        study=STUDIES[one.published.id], field=one.published.values[0],
        here=mean_of(one.estimates[0]),
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
    said = TRUST.format(
        right=named(found, True), wrong=named(found, False), all=len(found),
        number=sum(one.is_sign_right for one in found), band=sum(one.is_in_band for one in found),
        bands=sum(one.published.has_band for one in found),
    ) + BESIDE.format(
        each=Both("; ".join(one.en for one in each), "；".join(one.zh for one in each))
    )  # fmt: skip
    counted = COUNTED.format(groups=min(table["groups"]), most=max(table["groups"]))
    hung = hanging(names[0], ASSUMED[:1] if asking.toy else ASSUMED, max(2, groups // 5))
    return Answer(said, counted, hung, table, drawn(table))


TITLE = Both(
    "Published effects (diamonds), the model's (dots)", "论文的效应（菱形）和模型的（圆点）"
)
AXIS = Both("ratio to without; of packets: CNY sent on for each CNY won",
            "与没有时之比；红包一项是每抢到 1 元再发出多少元")  # fmt: skip
TRUST = Both(
    "Rely on the model for the direction of: {right}; not of: {wrong} ({number} of {all} published "
    "effects have the field's direction, {band} of {bands} with a band lie in it).",
    "方向上可以信模型的：{right}；不能信的：{wrong}（{all} 个已发表的效应里方向对的有 {number} 个，"
    "有范围可比的 {bands} 个里落在范围内的有 {band} 个）。",
)
BESIDE = Both("In the field: {each}.", "实地结果：{each}。")
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
