"""Guardrails: what stops a test of real groups, how a log shows it, and from what value on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from scipy.stats import binom

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.language import N_
from sim.lives.human_log import DAY_SECONDS
from sim.lives.life import known_of_groups

WEEK_DAYS = 7.0
BEYOND_SHARE = 0.05
"""Part of groups that are beyond a guardrail though nothing was changed."""
FALSE_STOPS = 0.01
"""How often a test is stopped though nothing was changed, at most."""


@dataclass(frozen=True)
class Guardrail:
    """What must not happen to a group: a share, and the value from which on it counts.

    Attributes
    ----------
    name : str
    text : str
        Of whom it is a share.
    usual : float
        The value where no model says one: an assumption.
    is_floor : bool
        Whether it is crossed from above.
    """

    name: str
    text: str
    usual: float
    is_floor: bool = False

    @property
    def sign(self) -> str:
        """How a value beyond it stands to it."""
        return "<" if self.is_floor else ">"

    def crossed(self, values: pd.Series, at: float) -> pd.Series:
        """Say which groups are beyond a value; one that is not known is not."""
        return values < at if self.is_floor else values > at


GUARDRAILS = (
    Guardrail("muted_share", N_("members who have muted the group"), 0.3),
    Guardrail("left_share", N_("members who left within the last 7 days"), 0.05),
    Guardrail("unanswered_share",
              N_("questions of the last 7 days after which nobody else wrote for a day"), 0.5),
    Guardrail("satisfied_share", N_("members for whom reading pays"), 0.5, is_floor=True),
)  # fmt: skip


def most_beyond(groups: int, days: float) -> int:
    """Return how many groups of an arm may be beyond a guardrail before it is stopped: more come
    about by chance in 1 of 100 tests that are looked at once a week.

    >>> most_beyond(60, days=14)
    9
    """
    looks = len(GUARDRAILS) * math.ceil(days / WEEK_DAYS)
    return int(binom.ppf(1.0 - FALSE_STOPS / looks, groups, BEYOND_SHARE))


def guarded(log: ChatLog) -> pd.DataFrame:
    """Measure what a log shows of the guardrails when it ends: a row a group, its name the index,
    columns ``left_share`` (NaN where no joining is known) and ``unanswered_share`` (operators
    answer too; NaN without a question older than a day).

    Who mutes and who is satisfied stands in no log: members must be asked.
    """
    rows = log.messages.astype({"group": "str", "type": "str"})
    said = rows[rows["type"].isin((*HUMAN_TYPES, "bot"))].sort_values(["group", "ts"])
    group, author = said["group"], said["member"]
    turns = (group != group.shift()) | (author != author.shift())
    starts = said.loc[turns, "ts"]
    follows = starts.shift(-1).where(group[turns] == group[turns].shift(-1))
    waits = turns.cumsum().map(dict(enumerate(follows, 1))) - said["ts"]
    names = pd.Index(group.unique())
    until = pd.Series(known_of_groups(log, "closed", names), names)
    asked_ago = (group.map(until) - said["ts"]) / DAY_SECONDS
    asked = (said["type"] == "question") & (asked_ago <= WEEK_DAYS) & (asked_ago > 1.0)
    unanswered = (~(waits <= DAY_SECONDS))[asked].groupby(group[asked]).mean()
    moves = rows.rename(columns={"type": "event"})[["group", "ts", "event"]]
    if log.events is not None:
        moves = pd.concat([moves, log.events[["group", "ts", "event"]].astype({"group": "str"})])
    moves = moves.assign(recent=moves["ts"] > moves["group"].map(until) - WEEK_DAYS * DAY_SECONDS)
    known = moves.groupby(["event", "recent", "group"], observed=True).size()

    def count(event: str, *recent: bool) -> pd.Series:
        chosen = [known.xs((event, one)) for one in recent if (event, one) in known.index]
        return sum((one.reindex(names, fill_value=0) for one in chosen), pd.Series(0.0, names))

    there = count("join", True, False) - count("leave", False)
    left = (count("leave", True) / there).where(there > 0)
    return pd.DataFrame({"left_share": left, "unanswered_share": unanswered.reindex(names)})
