"""Outcomes about what is said: how much, by whom, how unequally, how soon answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.outcomes.outcome import Floats, Outcome, Run, median_delay_seconds, ratio
from sim.state import UTTERANCES

BURSTINESS_MESSAGES = 100


def gini(values: npt.ArrayLike) -> float:
    """Say how unequally values >= 0 are shared: 0 evenly, at most 1 - 1 / n when one has it all (no
    correction for small n; Gini 1912); NaN for no values or when all are 0.
    """
    held = np.asarray(values, dtype=np.float64)
    return float(gini_by_group(held, np.zeros(len(held), dtype=np.int64), 1)[0])


def gini_by_group(values: npt.ArrayLike, group: npt.ArrayLike, groups: int) -> Floats:
    """Return the `gini` [group] of the values [member] of each group; `group` [member] counts from
    0.
    """
    held, owner = np.asarray(values, dtype=np.float64), np.asarray(group, dtype=np.int64)
    order = np.lexsort((held, owner))
    held, owner = held[order], owner[order]
    size = np.bincount(owner, minlength=groups)
    rank = np.arange(1, len(held) + 1) - np.repeat(np.cumsum(size) - size, size)
    total = np.bincount(owner, weights=held, minlength=groups)
    weighted = np.bincount(owner, weights=held * rank, minlength=groups)
    return ratio(2.0 * weighted - (size + 1) * total, size * total)


def gini_of_posters(run: Run) -> Floats:
    """Compare the messages of those who posted."""
    chosen = run.trace.posts > 0
    return gini_by_group(run.trace.posts[chosen], run.group_of_slot[chosen], run.trace.groups)


def gini_of_joined(run: Run) -> Floats:
    """Compare the messages of all who ever joined."""
    chosen = run.trace.joined
    return gini_by_group(run.trace.posts[chosen], run.group_of_slot[chosen], run.trace.groups)


def burstiness(run: Run) -> Floats:
    """Return (sd - mean) / (sd + mean) of the gaps between messages (Goh and Barabasi 2008)."""
    life = run.trace.life
    gaps = np.where(life["messages"] >= BURSTINESS_MESSAGES, life["messages"] - 1, 0)
    mean = ratio(life["gap_sum_hours"], gaps)
    spread = np.sqrt(np.maximum(0.0, ratio(life["gap_squares"], gaps) - mean**2))
    return ratio(spread - mean, spread + mean)


def _of_kind(kind: str) -> Outcome:
    return Outcome(
        f"messages_{kind}",
        "messages",
        f"member messages of kind {kind}",
        lambda run: run.total(kind),
    )


TALK = (
    Outcome(
        "messages",
        "messages",
        "member messages of all kinds; red packets are counted apart",
        lambda run: run.total(*UTTERANCES),
        "more",
    ),
    *(_of_kind(kind) for kind in UTTERANCES),
    Outcome(
        "messages_per_member_day",
        "1/day",
        "messages over members_mean times days_observed; missing when nobody was present",
        lambda run: ratio(run.total(*UTTERANCES), run.member_days),
        "more",
    ),
    Outcome(
        "replies",
        "messages",
        "member messages that answer a message, the operators' among them",
        lambda run: run.total("replies"),
        "more",
    ),
    Outcome(
        "openers",
        "messages",
        "member messages that answer none",
        lambda run: np.asarray(run.trace.life["openers"]),
    ),
    Outcome(
        "openers_answered_share",
        "share",
        "openers that a member or an operator answered; missing without openers",
        lambda run: ratio(run.trace.life["openers_answered"], run.trace.life["openers"]),
        "more",
    ),
    Outcome(
        "reply_delay_median_minutes",
        "minutes",
        "from a message to an answer by a member or an operator, median of the group to a "
        "quarter octave; missing without answers",
        lambda run: median_delay_seconds(run.trace.life["reply_delays"]) / 60.0,
        "less",
    ),
    Outcome(
        "gini_of_posters",
        "1",
        "Gini of messages among those who posted; missing when nobody did",
        gini_of_posters,
    ),
    Outcome(
        "gini_of_joined",
        "1",
        "Gini of messages among all who ever joined; missing when nobody posted",
        gini_of_joined,
    ),
    Outcome(
        "burstiness",
        "1",
        "(sd - mean) / (sd + mean) of the gaps between member messages; missing below "
        f"{BURSTINESS_MESSAGES} messages",
        burstiness,
    ),
    Outcome(
        "operator_posts", "messages", "posts of operators", lambda run: run.total("operator_posts")
    ),
    Outcome(
        "operator_answers",
        "messages",
        "operators' answers to members",
        lambda run: run.total("operator_answers"),
    ),
)
"""In the order of the table's columns."""
