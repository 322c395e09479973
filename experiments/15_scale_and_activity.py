"""Scale against activity: where groups live, and with what power of their members they talk."""

from __future__ import annotations

import numpy as np

from experiments.asking import Answer, Asking, Both, Question, Rows, community, mean_of
from experiments.pictures import cells
from sim import Scenario
from sim.stats.intervals import Estimate, percentile_interval

SIZES = (25, 50, 100, 200, 350, 500)
CADENCES = {0.0: Both("no posts", "不发"), 1 / 7: Both("1 a week", "每周 1 条"),
            1.0: Both("1 a day", "每天 1 条"), 6.0: Both("6 a day", "每天 6 条")}  # fmt: skip
STRANGERS, FANS, RESAMPLES, FLOOR = "strangers_qr", "fans", 1000, 1e-3
MESSAGES, ALIVE, EACH = "messages", "alive", "messages_per_member_day"
ASSUMED = ("speak.loafing", "needs.message_cost", "reading.fatigue_per_message",
           "speak.answer_ratio", "ties.benefit")  # fmt: skip


def exponent(rows: Rows, plans: list[str]) -> Estimate:
    """Fit messages to members**exponent: least squares on logs of means, groups resampled."""
    values = np.array([rows.values(plan, MESSAGES)[0] for plan in plans])
    groups = values.shape[1]
    picked = np.random.default_rng(1).integers(groups, size=(RESAMPLES, groups))
    draws = np.vstack([values.mean(axis=1), values[:, picked].mean(axis=2).T])
    slopes = np.polyfit(np.log(SIZES), np.log(np.maximum(draws, FLOOR)).T, 1)[0]
    lower, upper = percentile_interval(slopes[1:])
    return Estimate(float(slopes[0]), lower, upper, float(slopes[1:].std()), groups)


def doubled(power: Estimate) -> Both:
    """Say how many times the messages twice the members write."""
    value, lower, upper = (2.0**one for one in (power.value, *power.interval))
    return mean_of(Estimate(value, lower, upper, power.error, power.replications))


def plan(who: str, size: int, often: float) -> Scenario:
    """Return a group of so many of some people, with so many posts a day."""
    values = {"group.size": size, "policies.cadence.posts_per_day": often}
    return community(who, values={**values, "run.days": 90, "arrivals.per_day": 0.0})


def ask(asking: Asking) -> Answer:
    """Play strangers at six sizes and four cadences for 90 days, and fans at one cadence."""
    lines = {often: [f"{size} {often:.3g}" for size in SIZES] for often in CADENCES}
    strangers = {f"{n} {often:.3g}": plan(STRANGERS, n, often) for often in CADENCES for n in SIZES}
    rows = asking.play(strangers, STRANGERS)
    fans = asking.play({f"{n} 1": plan(FANS, n, 1.0) for n in SIZES}, FANS)
    powers = {often: exponent(rows, line) for often, line in lines.items()}
    alive = np.array([[rows.mean(x, ALIVE).value for x in line] for line in lines.values()])
    half = [[*(f"{n}" for n in np.array(SIZES)[line >= 0.5]), NEVER][0] for line in alive]
    usual = powers[1.0]
    choice = DOWN if usual.upper < 1.0 else UP if usual.lower > 1.0 else SAME
    labels = [
        LABEL.format(often=CADENCES[x], power=f"{one.value:.2f}") for x, one in powers.items()
    ]
    numbers = {f"p{at}": mean_of(one) for at, one in enumerate(powers.values())}
    return Answer(
        (choice.format(strangers=doubled(usual)), PHASES.format(least=half[0], posted=half[2])),
        DETAIL.format(fans=doubled(exponent(fans, lines[1.0])), **numbers),
        COUNTED.format(groups=rows.played.replications),
        asking.hangs_on((strangers["50 1"], strangers["500 1"]), EACH, ASSUMED, WHAT, 100.0),
        rows.table(ALIVE, MESSAGES, EACH),
        cells(100 * alive, labels, [str(n) for n in SIZES], WORDS),
    )


LABEL = Both("{often}, power {power}", "{often}，指数 {power}")
WORDS = (
    Both("Of 100 groups alive after 90 days, by members and posts",
         "每百群 90 天后存活数，按成员数和发帖数"),
    Both("members", "成员数"), Both("posts of the team", "运营发帖"),
)  # fmt: skip
DOWN = Both(
    "Do not grow a group of strangers to make each livelier: with one post a day, twice the "
    "members write only {strangers} times the messages.",
    "别为人均活跃扩陌生人群：每天 1 条帖子，人数翻倍，消息只有 {strangers} 倍。",
)
UP = Both(
    "Grow a group of strangers: with one post a day, twice the members write {strangers} times "
    "the messages, so that each says more.",
    "陌生人群要做大：每天 1 条帖子，人数翻倍，消息 {strangers} 倍，人均更多。",
)
SAME = Both(
    "Do not resize a group of strangers to make each livelier: with one post a day, twice the "
    "members write {strangers} times the messages.",
    "别为人均活跃调整陌生人群的规模：每天 1 条帖子，人数翻倍，消息 {strangers} 倍。",
)
PHASES = Both(
    "For half of the groups of strangers to live 90 days it takes {least} members without posts, "
    "{posted} with one a day.",
    "要让半数陌生人群活过 90 天，不发帖要{least}人，每天 1 条要{posted}人。",
)
NEVER = Both("more than 500", "超过 500 ")
DETAIL = Both(
    "Twice the fans write {fans} times the messages. Messages of strangers grow as members to a "
    "power (1: in step): {p0} without posts, {p1} with one a week, {p2} with one a day, {p3} with "
    "six.",
    "粉丝群人数翻倍，消息 {fans} 倍。陌生人群的消息数随成员数的某次方增长（1 为同步）：不发 "
    "{p0}，每周 1 条 {p1}，每天 1 条 {p2}，每天 6 条 {p3}。",
)
COUNTED = Both(
    "strangers who scanned a code, nobody joining later, six sizes, {groups} groups a cell; alive: "
    "no 7 days in a row without a member's message; powers by least squares on logs of means, "
    "groups resampled.",
    "扫码进群的陌生人，之后无人加入，六种规模，每格 {groups} 个群；"
    "存活：没有连续 7 天无成员发言；指数：均值取对数的最小二乘，群重抽样。",
)
WHAT = Both("what 500 members have over 50, in messages a day of 100 members,",
            "500 人群比 50 人群每百人每天多的消息")  # fmt: skip

QUESTION = Question(
    Both("Does a larger group talk more, and where do groups live?",
         "群越大就越热闹吗？什么样的群活得下去？"), ask,
)  # fmt: skip
