"""Outcomes about how members fare and what it costs: satisfaction, ties, packets, money."""

from __future__ import annotations

import numpy as np

from sim.outcomes.outcome import Floats, Integers, Outcome, Run, median_delay_seconds


def operator_hours(run: Run) -> Floats:
    """Add up the work of the operators' acts."""
    posts = run.total("operator_posts", "operator_packets")
    answers = run.total("operator_answers")
    minutes = posts * run.parameter("operator.minutes_per_post")
    minutes = minutes + answers * run.parameter("operator.minutes_per_answer")
    return np.asarray(minutes / 60.0)


def cost_fen(run: Run) -> Integers:
    """Add what members claimed of the operators' money to the wages, in whole fen."""
    wages = np.rint(operator_hours(run) * run.parameter("operator.wage_fen_per_hour"))
    return run.total("operator_claimed_fen") + wages.astype(np.int64)


def fen_outstanding(run: Run) -> Integers:
    """Subtract what was claimed or refunded from what was sent."""
    sent = run.total("operator_fen", "member_fen")
    return sent - run.total("claimed_fen", "refunded_fen")


MOOD = (
    Outcome(
        "satisfaction",
        "share",
        "sum of normalised need weight times (1 - hunger), mean over present members, then over "
        "the ends of local days; missing when nobody was present",
        lambda run: run.level("satisfaction", 1),
        "more",
    ),
    Outcome(
        "satisfaction_of_joined",
        "share",
        "the same over all who had joined, those who left counted as 0",
        lambda run: run.level("satisfaction_of_joined"),
        "more",
    ),
    Outcome(
        "fatigue",
        "fatigue",
        "mean over present members, then over the ends of local days",
        lambda run: run.level("fatigue", 1),
        "less",
    ),
    Outcome(
        "habit",
        "share",
        "expected benefit of a look, mean over present members, then over the ends of local days",
        lambda run: run.level("habit", 1),
        "more",
    ),
    Outcome(
        "trust",
        "trust",
        "trust in the operators, mean over present members, then over the ends of local days",
        lambda run: run.level("trust", 1),
        "more",
    ),
    Outcome(
        "tie_density",
        "share",
        "directed ties above 0.1 among all possible ones, mean over the ends of local days with "
        "two members or more",
        lambda run: run.level("tie_density", 2),
        "more",
    ),
)
"""In the order of the table's columns."""

MONEY = (
    Outcome(
        "operator_packets",
        "packets",
        "red packets sent by operators",
        lambda run: run.total("operator_packets"),
    ),
    Outcome(
        "member_packets", "packets", "red packets sent by members", lambda run: run.total("packet")
    ),
    Outcome(
        "packets_refused",
        "packets",
        "not sent, because too many were open at once",
        lambda run: np.asarray(run.trace.life["packets_refused"]),
        "less",
    ),
    Outcome("claims", "shares", "shares claimed of any packet", lambda run: run.total("claims")),
    Outcome(
        "claim_delay_median_seconds",
        "seconds",
        "from a packet to a claim, median of the group to a quarter octave; missing without claims",
        lambda run: median_delay_seconds(run.trace.life["claim_delays"]),
    ),
    Outcome(
        "fen_sent",
        "fen",
        "in packets of operators and members",
        lambda run: run.total("operator_fen", "member_fen"),
    ),
    Outcome(
        "operator_fen_sent",
        "fen",
        "in packets of operators",
        lambda run: run.total("operator_fen"),
    ),
    Outcome("member_fen_sent", "fen", "in packets of members", lambda run: run.total("member_fen")),
    Outcome("fen_claimed", "fen", "of packets of anybody", lambda run: run.total("claimed_fen")),
    Outcome(
        "operator_fen_claimed",
        "fen",
        "of packets of operators",
        lambda run: run.total("operator_claimed_fen"),
    ),
    Outcome(
        "fen_refunded",
        "fen",
        "returned to whoever sent the packet, a day later",
        lambda run: run.total("refunded_fen"),
    ),
    Outcome(
        "fen_outstanding",
        "fen",
        "sent and neither claimed nor refunded at the end of observation",
        fen_outstanding,
    ),
    Outcome(
        "operator_hours",
        "hours",
        "operators' posts and packets times operator.minutes_per_post, answers times "
        "operator.minutes_per_answer",
        operator_hours,
        "less",
    ),
    Outcome(
        "cost_fen",
        "fen",
        "claimed of operators' packets, plus operator_hours times operator.wage_fen_per_hour; "
        "refunds and members' own packets are no cost",
        cost_fen,
        "less",
    ),
)
"""In the order of the table's columns."""
