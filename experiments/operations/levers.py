"""The effect of every lever: a row each, played with it and without on the same random numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.cli.policies import EFFECTS, EFFECTS_FILE, MEASURED, VERDICT
from sim.cli.terminal import NO_CLEAR_DIFFERENCE
from sim.ensemble import simulate
from sim.errors import InputError
from sim.files import whole_files
from sim.lives.outcomes import outcomes, outcomes_by_name
from sim.lives.portfolios import of_portfolios
from sim.scenario import Scenario, load_scenario
from sim.scenario.portfolio import Portfolio
from sim.stats.intervals import Estimate, estimate
from sim.study.compare import TOO_SMALL
from sim.study.manifest import code_digest

Values = Mapping[str, object]

BASE = "configs/base.toml"
CODE_DIGITS = 12
SHIPPED = Path(str(EFFECTS_FILE))
WEEK = Path(__file__).with_name("one_week.csv")


@dataclass(frozen=True)
class Row:
    """A lever in the people it is meant for; its groups are the shipped community otherwise."""

    lever: str
    people: str  # of configs/people
    days: float
    on: Values  # what the lever sets; empty: the policy of its name, as it is usually
    off: Values = field(default_factory=dict)  # what stands in its place without it
    world: Values = field(default_factory=dict)  # what differs from the people in both
    note: str = ""
    split: Portfolio | None = None  # with it, the members are dealt out to several groups

    @property
    def values(self) -> Values:
        """What is set with it."""
        return self.on or {f"policies.{self.lever}.use": self.lever}

    def scenarios(self) -> tuple[Scenario, Scenario]:
        """Return what is played without the lever and with it.

        Raises
        ------
        InputError
            When the lever or a field of it is not there.
        """
        shared = {"people": self.people, "run.days": self.days, **self.world}
        without = load_scenario(BASE, {**shared, **self.off})
        under = load_scenario(BASE, {**shared, **(self.on if self.split else self.values)})
        return without, self.split.of(under) if self.split else under


SILENT_TEAM: Values = {"policies.cadence.posts_per_day": 0}
SHOP: Values = {"wants.purchases_per_month": 1.0}
HELP: Values = {"wants.problems_per_month": 2.0}
SPAM: Values = {"screen.spammers": 0.05}
TURNED = "who is turned away is not in the group"
INVITING: Values = {"growth.invite_probability": 0.05, "growth.reserve": 100}
PEERS = "one team of one person for 50 groups against one for 5"


def _busy(groups: int, hands: float = 1.0) -> Values:
    return {"desk.groups": groups, "desk.hands": hands}


def _posts(a_day: float, *kinds: str) -> Values:
    return {"policies.cadence.posts_per_day": a_day, "policies.cadence.kinds": list(kinds)}


ROWS: tuple[Row, ...] = (
    Row("cadence", "buyers", 28, _posts(2, "content"), SILENT_TEAM),
    Row("cadence", "buyers", 28, _posts(2, "greeting"), SILENT_TEAM),
    Row("cadence", "buyers", 28, _posts(4, "ad"), SILENT_TEAM, note="buyers come for bargains"),
    Row("cadence", "hobbyists", 28, _posts(4, "ad"), SILENT_TEAM),
    Row("cadence", "strangers_qr", 28, _posts(2, "content"), SILENT_TEAM),
    Row("quiet_hours", "employees", 28, {
        "policies.quiet_hours.posts_per_day": 6, "policies.quiet_hours.kinds": ["content"],
        **SILENT_TEAM},
        _posts(6, "content"), note="as many posts, in batches against spread over the day"),
    Row("red_packets", "strangers_qr", 14, {
        "policies.red_packets.fen_per_day": 2000, "policies.red_packets.shares": 25}),
    Row("revive", "strangers_qr", 28, {}, world=SILENT_TEAM),
    Row("reward", "students", 28, {}),
    Row("talk", "students", 56, {}),
    Row("timetable", "buyers", 28,
        {"policies.timetable.file": str(WEEK), "policies.timetable.repeat_days": 7},
        world=SILENT_TEAM, note="a week of greetings, content, two packets and two ads"),
    Row("lifecycle", "students", 28, {"policies.lifecycle.end_days": 20}),
    Row("welcome", "buyers", 28, {}),
    Row("welcome", "buyers", 28, {"policies.welcome.private": True}),
    Row("recall", "strangers_qr", 28, {}),
    Row("prune", "strangers_qr", 56, {},
        note="who is removed is missing among those still there, and has no verdict"),
    Row("matching", "strangers_qr", 28, {}),
    Row("matching", "strangers_qr", 28, {"policies.matching.whom": "alike"}),
    Row("honour", "hobbyists", 28, {}),
    Row("private_offers", "buyers", 28, {}, world=SHOP),
    Row("shifts", "buyers", 28, {"policies.shifts.hands": 2.0}, {"policies.shifts.hands": 1.0},
        {**HELP, **_busy(50)}),
    Row("shifts", "buyers", 56, {"policies.shifts.turnover_days": 14},
        {"policies.shifts.turnover_days": 0}, {**HELP, **_busy(50)}, "turnover of the team"),
    Row("hosting", "students", 56, {}, world=SILENT_TEAM),
    Row("hosting", "students", 56, {"policies.hosting.rotate": True}, world=SILENT_TEAM),
    Row("participation", "hobbyists", 28, {}, world={"wants.ideas_per_month": 1.0}),
    Row("checkin", "students", 28, {}, world={"progress.step": 0.05}),
    Row("checkin", "students", 28, {"policies.checkin.fen": 100}, world={"progress.step": 0.05}),
    Row("raffle", "strangers_qr", 14, {}),
    Row("group_buy", "buyers", 28, {}, world=SHOP),
    Row("gathering", "hobbyists", 56, {"policies.gathering.every_weeks": 2}),
    Row("offer", "buyers", 28, {}, world=SHOP),
    Row("offer", "buyers", 28, {"policies.offer.reminders_per_week": 7.0},
        {"policies.offer.reminders_per_week": 0.0}, SHOP, "an ad a day against none, of one offer"),
    Row("gate", "strangers_qr", 28, {}, note=TURNED),
    Row("gate", "strangers_qr", 28, {
        "policies.gate.fee_fen": 2000, "policies.gate.review_share": 0.0}, note=TURNED),
    Row("gate", "strangers_qr", 28, {
        "policies.gate.narrowness": 0.6, "policies.gate.review_share": 0.0}, note=TURNED),
    Row("probation", "strangers_qr", 28, {}, note="who fails it is not among those still there"),
    Row("growth", "buyers", 28, {}, world=INVITING,
        note="guests with a reward for who invites them against guests without"),
    Row("rules", "strangers_qr", 28, {}, world=SPAM),
    Row("rules", "strangers_qr", 28, {"policies.rules.removal_share": 1.0}, world=SPAM),
    Row("rules", "strangers_qr", 28, {"policies.rules.personal_filter": True}, world=SPAM),
    Row("shills", "strangers_qr", 28, {}, world=SILENT_TEAM),
    Row("answers", "buyers", 28, {
        "operator.answer_probability": 0.9, "operator.answer_minutes": 10.0,
        "operator.quality": 2.0}, {"operator.answer_probability": 0.0}, HELP),
    Row("desk", "buyers", 28, {"operator.open_hour": 8, "operator.close_hour": 24},
        {"operator.open_hour": 9, "operator.close_hour": 18}, {**HELP, **_busy(20)}),
    Row("portfolio", "buyers", 28, _busy(50), _busy(5), HELP, note=PEERS),
    Row("persona", "buyers", 28, {"trust.warmth": 0.5},
        world=_posts(3, "greeting", "content", "ad")),
    Row("steadiness", "buyers", 56, {"operator.quality_half_life_days": 0.0},
        {"operator.quality_half_life_days": 10.0}, note="steady against halved every 10 days"),
    Row("size", "students", 28, {"group.size": 200}, {"group.size": 50},
        note="four times the members, so more of everything that is counted in members"),
    Row("topic", "strangers_qr", 28, {"group.topic_breadth": 0.2}, {"group.topic_breadth": 1.0},
        note="the same members, who talk of less"),
    Row("topic", "strangers_qr", 28, {}, split=Portfolio(5, 0.2, shares_members=True),
        note="100 members sorted into 5 groups of a narrow topic against one of all: sums, and of "
        "silence and verdict the mean; the posts of the team are made in each"),
    Row("arrivals", "buyers", 28, {"arrivals.burst_ratio": 60.0, "arrivals.burst_days": 0.5},
        {"arrivals.burst_ratio": 1.0}, note="most at once against one after the other"),
)  # fmt: skip


def named(only: Sequence[str]) -> list[Row]:
    """Return the rows of these levers, all if none is named; refuse a lever without a row."""
    known = {row.lever for row in ROWS}
    if faults := [f"--only: {one}: no such lever" for one in only if one not in known]:
        raise InputError(faults)
    return [row for row in ROWS if not only or row.lever in only]


def absent(row: Row) -> str:
    """Say why a row cannot be played here; empty: it can."""
    try:
        row.scenarios()
    except InputError as fault:
        return f"left out: {row.lever}: {fault.problems[0]}"
    return ""


def tried(row: Row, groups: int, seed: int) -> dict[str, str]:
    """Play a row and return its line of the table: differences of pairs with their intervals."""
    without, under = row.scenarios()
    many = row.split.groups if row.split else 1
    frames = (_counted(without, groups, seed, 1), _counted(under, groups * many, seed, many))
    line = {
        "lever": row.lever,
        "tried": _said(_own(row)),
        "against": _said(row.off) or "without it",
        "world": _said(row.world),
        "people": row.people,
        "code": code_digest()[:CODE_DIGITS],
        "note": row.note,
        "days": f"{row.days:g}",
        "groups": str(groups),
        "seed": str(seed),
    }
    for name in EFFECTS:
        off, on = (frame[name].astype("Float64").astype(np.float64) for frame in frames)
        apart = estimate(on - off)
        usual = estimate(off[(on - off).notna()]).value
        values = (usual, apart.value, apart.lower, apart.upper)
        line |= {f"{name}{end}": f"{v:.6g}" for end, v in zip(MEASURED, values, strict=True)}
        line[name + VERDICT] = verdict_of(apart, name, usual)
    return line


def verdict_of(apart: Estimate, outcome: str, without: float) -> str:
    """Say what a difference shows: nothing where its interval holds 0 or nobody knows it."""
    if not (apart.lower > 0.0 or apart.upper < 0.0):
        return NO_CLEAR_DIFFERENCE
    known = outcomes_by_name()[outcome]
    if abs(apart.value) < known.smallest_that_matters(without, without + apart.value):
        return TOO_SMALL
    return "more" if apart.value > 0.0 else "less"


def _own(row: Row) -> Values:
    if row.split is None:
        return row.values
    split = vars(row.split).items()
    return {f"portfolio.{name}": value for name, value in split}


def _counted(scenario: Scenario, groups: int, seed: int, to_a_team: int) -> pd.DataFrame:
    rows = outcomes(simulate([scenario], groups, seed), [scenario])
    return of_portfolios(rows, to_a_team) if to_a_team > 1 else rows


def _said(values: Values) -> str:
    """Write values as a scenario does, a policy that is as usual by its name."""
    words = []
    for key, value in values.items():
        head, _, word = key.rpartition(".")
        shown = Path(value).name if value == str(WEEK) else value
        words.append(head if word == "use" else f"{key} = {_plain(shown)}")
    return ", ".join(words)


def _plain(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value).lower()


def write(lines: Sequence[Mapping[str, str]], path: Path) -> None:
    """Put lines into a table, in place of the older ones of the same levers."""
    old = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    new = {line["lever"] for line in lines}
    order = list(dict.fromkeys(row.lever for row in ROWS))
    kept = [line for line in old if line["lever"] not in new and line["lever"] in order]
    table = sorted([*kept, *lines], key=lambda line: order.index(line["lever"]))
    with whole_files(path) as (passing,), passing.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
