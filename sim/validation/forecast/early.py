"""What is known of a room after its first days, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog
from sim.patterns.human import DAY_SECONDS, HumanLog
from sim.validation.windows import Booleans, Floats

HORIZONS_DAYS = (1, 3, 7)
WEEK_TWO = "silent_week2"
PAST_90 = "silent_past_day_90"
LABELS = {
    WEEK_TWO: "no human message in days 8-14",
    PAST_90: "no human message after day 90, rooms seen 120 days or more",
}
SEEN_DAYS = {WEEK_TWO: 14.0, PAST_90: 120.0}
Origin = Literal["creation", "first message"]


@dataclass(frozen=True)
class EarlyRooms:
    """Rooms with what their first days showed and what came later.

    Parameters
    ----------
    names : tuple of str
    horizon_days : float
        Features use messages strictly earlier than this after the origin.
    features : pandas.DataFrame
        One row a room: ``posters`` and ``messages`` of the first days, ``late_messages`` of their
        last third, ``silent_days`` at their end.
    labels : pandas.DataFrame
        One row a room and a column for each of `LABELS`: 1 silent, 0 not, NaN not decided.

    Examples
    --------
    >>> EarlyRooms((), 1.0, pd.DataFrame(), pd.DataFrame()).horizon_days
    1.0
    """

    names: tuple[str, ...]
    horizon_days: float
    features: pd.DataFrame
    labels: pd.DataFrame

    def decided(self, label: str) -> Booleans:
        """Say for which rooms a label is known."""
        return np.asarray(self.labels[label].notna().to_numpy(), dtype=bool)


def early_rooms(
    log: ChatLog, prepared: HumanLog, horizon_days: float, origin: Origin = "creation"
) -> EarlyRooms:
    """Collect features and labels of real rooms.

    Parameters
    ----------
    log : ChatLog
    prepared : HumanLog
        The same log as `sim.patterns.human.human_log` prepares it.
    horizon_days : float
        More than 0 and at most 7, so that no feature sees what a label asks.
    origin : str
        ``"creation"`` takes in rooms whose creation is known, the never used among them;
        ``"first message"`` all rooms with a message.

    Returns
    -------
    EarlyRooms

    Raises
    ------
    ValueError
        When the horizon is beyond day 7.
    """
    if not 0 < horizon_days <= 7:
        raise ValueError(f"a horizon of {horizon_days} days is not within 0 to 7")
    born = prepared.first if origin == "first message" else prepared.created
    found = rooms_after(prepared, born, prepared.until, horizon_days)
    kept = ~np.isnan(born)
    names = [name for name, keep in zip(prepared.names, kept, strict=True) if keep]
    features, labels = found.features[kept], found.labels[kept]
    if origin == "creation" and log.groups is not None and "created" in log.groups:
        quiet = _never_used(log, prepared)
        empty = HumanLog(
            *(np.zeros(0, np.int64),) * 2, np.zeros(0), np.zeros(len(quiet)), np.zeros(0), 0
        )
        never = rooms_after(
            empty,
            quiet["created"].to_numpy(dtype=np.float64),
            quiet["closed"].to_numpy(dtype=np.float64),
            horizon_days,
        )
        names += quiet["group"].astype("str").tolist()
        features = pd.concat([features, never.features], ignore_index=True)
        labels = pd.concat([labels, never.labels], ignore_index=True)
    return EarlyRooms(
        tuple(names), horizon_days, features.reset_index(drop=True), labels.reset_index(drop=True)
    )


def rooms_after(log: HumanLog, born: Floats, until: Floats, horizon_days: float) -> EarlyRooms:
    """Count features and labels of rooms from given births and ends of observation.

    Parameters
    ----------
    log : HumanLog
        Messages of the rooms, numbered as `born` and `until` are.
    born, until : ndarray, shape [room]
        UTC seconds.
    horizon_days : float

    Returns
    -------
    EarlyRooms
        In the order of `born`.
    """
    rooms = len(born)
    age = (log.ts - born[log.group]) / DAY_SECONDS
    early = (age >= 0) & (age < horizon_days)
    messages = np.bincount(log.group[early], minlength=rooms)
    people = log.member.max(initial=0) + 1
    pairs = np.unique(log.group[early] * people + log.member[early])
    posters = np.bincount(pairs // people, minlength=rooms)
    late = early & (age >= horizon_days * 2.0 / 3.0)
    newest = np.zeros(rooms)  # age at the last early message; the birth where there is none
    np.maximum.at(newest, log.group[early], age[early])
    spoke = {
        WEEK_TWO: np.bincount(log.group[(age >= 7) & (age < 14)], minlength=rooms) > 0,
        PAST_90: np.bincount(log.group[age >= 90], minlength=rooms) > 0,
    }
    seen_days = (until - born) / DAY_SECONDS
    labels = {
        name: np.where(seen_days >= SEEN_DAYS[name], 1.0 - spoke[name], np.nan) for name in LABELS
    }
    return EarlyRooms(
        log.names,
        horizon_days,
        pd.DataFrame(
            {
                "posters": posters,
                "messages": messages,
                "late_messages": np.bincount(log.group[late], minlength=rooms),
                "silent_days": horizon_days - newest,
            }
        ),
        pd.DataFrame(labels),
    )


def _never_used(log: ChatLog, prepared: HumanLog) -> pd.DataFrame:
    assert log.groups is not None
    table = log.groups.drop_duplicates("group")
    quiet = table[~table["group"].astype("str").isin(prepared.names) & table["created"].notna()]
    closed = quiet["closed"] if "closed" in quiet else pd.Series(np.nan, quiet.index)
    return quiet.assign(closed=closed.fillna(log.last_second()))
