"""The group: its size, who joins, who knows whom, its packets and its operators."""

from __future__ import annotations

from dataclasses import dataclass

from sim.sections.declaring import choice, number


@dataclass(frozen=True)
class Group:
    """The group itself."""

    size: int = number(100, 1, 5000, "members", "members present at creation", "design (C)")
    cap: int = number(500, 1, 5000, "members", "most members at once", "WeChat limit (B)")
    topic_breadth: float = number(0.5, 0, 1, "share", "part of the topic circle talked about")
    planned_end_days: float = number(
        0.0, 0, 3650, "days", "planned end after creation", off=(0, "none")
    )
    start_hour: int = number(9, 0, 23, "hour", "local hour of creation")
    start_weekday: int = number(0, 0, 6, "weekday", "local weekday of creation; 0: Monday")


@dataclass(frozen=True)
class Arrivals:
    """Candidates who ask to join an existing group."""

    per_day: float = number(
        0.3, 0, 1000, "members/day", "trickle of candidates to join; where it fades: at 30 days"
    )
    fading_power: float = number(
        0.0, 0, 0.95, "1", "the trickle falls as age to the minus this",
        "Crane & Sornette 2008; public chat logs (L)", off=(0, "steady"),
    )  # fmt: skip
    burst_ratio: float = number(
        15.0, 0, 10000, "ratio", "arrival rate at birth over the trickle", "public chat logs (L)"
    )
    burst_days: float = number(
        2.0, 0.05, 60, "days", "e-folding time of the burst", "public chat logs (L)"
    )
    announced_days: float = number(
        0.0, 0, 365, "days", "median time from creation until anybody hears of it", off=(0, "none")
    )
    announced_sigma: float = number(
        2.0, 0, 2.5, "log sd", "log-normal spread of that time between groups"
    )
    unknown_share: float = number(
        0.0, 0, 1, "share", "groups of which nobody ever hears: no candidate comes", off=(0, "none")
    )
    popularity_sigma: float = number(
        0.5, 0, 2.5, "log sd", "log-normal spread of arrivals between groups; logs give 1.4"
    )


@dataclass(frozen=True)
class Ties:
    """Directed, weighted ties; each member keeps the strongest dozen."""

    graph: str = choice(
        "strangers", ("strangers", "small_world", "cliques", "FILE.csv"), "who knows whom at birth"
    )
    initial_weight: float = number(1.0, 0, 10, "tie", "weight of a tie at creation")
    degree: int = number(4, 0, 12, "members", "ties of a member at creation")
    kept: int = number(12, 0, 12, "members", "strongest ties kept", "Dunbar layers 5/15 (A)")
    growth: float = number(0.25, 0, 5, "tie", "growth by an exchange", off=0)
    half_life_days: float = number(45.0, 1, 3650, "days", "a tie without contact halves")
    benefit: float = number(0.5, 0, 10, "1/tie", "extra worth of a tied author's message", off=0)


@dataclass(frozen=True)
class Packets:
    """Red packets: claiming, sending back, mood and crowding out."""

    claim_probability: float = number(
        0.8, 0, 1, "probability", "an average member claims a seen one"
    )
    expiry_hours: float = number(24.0, 24, 24, "hours", "refund after", "WeChat rule (B)")
    return_ratio: float = number(
        0.18,
        0,
        0.39,
        "CNY/CNY",
        "money sent back by money received; its limit keeps chains subcritical",
        "Yuan et al. 2024 (A)",
    )
    luckiest_ratio: float = number(
        1.5, 1, 2.5, "ratio", "sending of the luckiest drawer over others", "Yuan et al. 2024 (B)"
    )
    stranger_share: float = number(0.7, 0, 1, "share", "sending back left among strangers", off=1)
    member_fen: int = number(1000, 1, 20000, "fen", "a packet that a member sends")
    member_shares: int = number(5, 1, 100, "shares", "claimable parts of it")
    mood_hours: float = number(6.0, 0.1, 240, "hours", "e-folding time of the mood after a claim")
    lift: float = number(
        1.0, 0, 10, "1", "speech lifted among the weakly tied", "Sun et al. 2017, sign (A)", off=0
    )
    crowding: float = number(
        0.5,
        0,
        1,
        "1",
        "speech crowded out among the well tied",
        "Sun et al. 2017, sign (A)",
        off=0,
    )
    expectation_days: float = number(7.0, 0.2, 120, "days", "e-folding time of expecting packets")
    expectation_step: float = number(0.2, 0, 1, "share", "step toward expecting packets, a claim")
    dip: float = number(0.3, 0, 1, "1", "speech lost when expected packets stop", off=0)


@dataclass(frozen=True)
class OperatorTeam:
    """The operator team of the group: hours, answers, quality, cost."""

    open_hour: int = number(9, 0, 23, "hour", "local hour the team starts")
    close_hour: int = number(22, 1, 24, "hour", "local hour the team stops")
    answer_probability: float = number(0.6, 0, 1, "probability", "a question gets an answer", off=0)
    answer_minutes: float = number(30.0, 0.1, 10000, "minutes", "mean delay of an answer in hours")
    quality: float = number(1.0, 0, 3, "quality", "quality of answers; a member's message has 1")
    quality_half_life_days: float = number(
        0.0,
        0,
        3650,
        "days",
        "posts and answers lose quality: hot at first, then thin",
        off=(0, "steady"),
    )
    minutes_per_post: float = number(10.0, 0, 600, "minutes", "work of one post")
    minutes_per_answer: float = number(5.0, 0, 600, "minutes", "work of one answer")
    wage_fen_per_hour: int = number(3000, 0, 1000000, "fen/hour", "cost of an operator hour")
