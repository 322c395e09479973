"""Outcomes about who is there: present, looking, posting, silent, muted, gone."""

from __future__ import annotations

import numpy as np

from sim.outcomes.outcome import Floats, Integers, Outcome, Run, ratio


def members_start(run: Run) -> Integers:
    """Count those who ever joined less those who joined later."""
    return run.members(run.trace.joined) - run.total("joins")


def lurker_share(run: Run) -> Floats:
    """Divide the joined who never said anything by the joined."""
    silent = run.members(run.trace.joined & (run.trace.posts == 0))
    return ratio(silent, run.members(run.trace.joined))


def muted_share(run: Run) -> Floats:
    """Divide the muted by those present at the end."""
    present = run.trace.joined & ~run.trace.left
    return ratio(run.members(present & run.trace.muted), run.members(present))


PEOPLE = (
    Outcome(
        "days_observed",
        "days",
        "from creation to the end of observation: the horizon or the planned end",
        lambda run: run.days_observed,
    ),
    Outcome("members_start", "members", "present at creation", members_start),
    Outcome(
        "members_end",
        "members",
        "present at the end of observation",
        lambda run: run.members(run.trace.joined & ~run.trace.left),
    ),
    Outcome(
        "members_mean",
        "members",
        "present, mean over the ends of local days",
        lambda run: run.level("members"),
    ),
    Outcome("joins", "members", "joined after creation", lambda run: run.total("joins")),
    Outcome(
        "refused",
        "candidates",
        "asked to join and found the group full or closed",
        lambda run: run.total("refused"),
    ),
    Outcome("leaves", "members", "left", lambda run: run.total("leaves"), "less"),
    Outcome("mutes", "members", "muted the group", lambda run: run.total("mutes"), "less"),
    Outcome(
        "muted_share",
        "share",
        "muted among those present at the end; missing when nobody is",
        muted_share,
        "less",
    ),
    Outcome(
        "looking_members_per_day",
        "members/day",
        "members with at least one look, mean over local days, partial ones counted as days",
        lambda run: run.per_day("looking_members"),
        "more",
    ),
    Outcome(
        "posting_members_per_day",
        "members/day",
        "members with at least one message, mean over local days, partial ones counted as days",
        lambda run: run.per_day("posting_members"),
        "more",
    ),
    Outcome(
        "posting_member_days",
        "member-days",
        "members with at least one message, summed over local days",
        lambda run: run.total("posting_members"),
        "more",
    ),
    Outcome(
        "posting_share_per_day",
        "share",
        "posting_members_per_day over members_mean; missing when nobody was present",
        lambda run: ratio(run.per_day("posting_members"), run.level("members")),
        "more",
    ),
    Outcome(
        "looks_per_member_day",
        "1/day",
        "looks over members_mean times days_observed",
        lambda run: ratio(run.total("looks"), run.member_days),
    ),
    Outcome(
        "reads_per_look",
        "messages",
        "messages read over looks; missing without looks",
        lambda run: ratio(run.total("reads"), run.total("looks")),
    ),
    Outcome(
        "posters",
        "members",
        "ever posted a message",
        lambda run: np.asarray(run.trace.life["posters"]),
    ),
    Outcome(
        "lurker_share",
        "share",
        "never posted a message, among all who ever joined",
        lurker_share,
    ),
)
"""In the order of the table's columns."""
