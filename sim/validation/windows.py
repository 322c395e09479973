"""Observation windows: how long real rooms were seen, and simulated rooms seen no longer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.patterns.human import DAY_SECONDS, HumanLog

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

TABLES = "sim.validation.tables"
BIRTH_SECONDS = 1_704_038_400.0
"""Creation of every simulated room, UTC: Monday 2024-01-01, midnight in Beijing."""

SHORTEST_DAYS, LONGEST_DAYS = 0.05, 3650.0
"""What a run can last."""


@dataclass(frozen=True)
class Windows:
    """How long the rooms of a data set were observed, creation to closing.

    Parameters
    ----------
    days : ndarray
        Rising. One a room, or quantiles at equal steps of probability from 0 to 1.
    are_quantiles : bool
        Which of the two. Quantiles are an aggregate and may be shipped; a room's own window not.
    origin : str
        Where they come from.

    Examples
    --------
    >>> len(Windows(np.array([30.0, 40.0]), True, "by hand").drawn(3, 1))
    3
    """

    days: Floats
    are_quantiles: bool
    origin: str

    def drawn(self, rooms: int, seed: int) -> Floats:
        """Draw windows for simulated rooms, with replacement.

        Parameters
        ----------
        rooms : int
            0 or more.
        seed : int

        Returns
        -------
        ndarray, shape [room]
            Days, held within what a run can last.
        """
        luck = np.random.default_rng([seed, 0x3157]).random(rooms)
        if self.are_quantiles:
            days = np.interp(luck, np.linspace(0.0, 1.0, len(self.days)), self.days)
        else:
            days = self.days[(luck * len(self.days)).astype(np.int64)]
        return np.clip(days, SHORTEST_DAYS, LONGEST_DAYS)


def room_windows(prepared: HumanLog) -> Floats:
    """Return how long each room was observed, in the order of `sim.patterns.per_group`.

    A room whose creation is not known is counted from its first human message.

    Parameters
    ----------
    prepared : HumanLog
        Real rooms, as `sim.patterns.human.human_log` prepares them.

    Returns
    -------
    ndarray, shape [room]
        Days, rooms with a message first, then the never used in the order of the groups file.
    """
    born = np.where(np.isnan(prepared.created), prepared.first, prepared.created)
    return np.append((prepared.until - born) / DAY_SECONDS, prepared.never_seen_days)


def windows_of(days: Floats, origin: str) -> Windows:
    """Collect the windows of real rooms for resampling; unknown and empty ones are left out.

    Parameters
    ----------
    days : ndarray
        As from `room_windows`, perhaps of some rooms only.
    origin : str

    Returns
    -------
    Windows

    Examples
    --------
    >>> windows_of(np.array([9.0, np.nan, 3.0]), "by hand").days.tolist()
    [3.0, 9.0]
    """
    return Windows(np.sort(days[days > 0]), False, origin)


def shipped_windows(dataset: str) -> Windows:
    """Read the shipped quantiles of window lengths: aggregates, no row of any room.

    Parameters
    ----------
    dataset : str
        ``"fcc_gitter"`` or ``"zulip"``.

    Returns
    -------
    Windows

    Examples
    --------
    >>> len(shipped_windows("fcc_gitter").days)
    41
    """
    with (resources.files(TABLES) / "windows.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    days = table.loc[table["dataset"] == dataset, "days"].to_numpy(dtype=np.float64)
    return Windows(days, True, f"shipped quantiles of {dataset}")


@dataclass(frozen=True)
class Utterances:
    """Members' messages of simulated rooms, ordered by room and time.

    Parameters
    ----------
    room : ndarray of int, shape [message]
        0, 1, ...; rooms without a message do not occur.
    member : ndarray of int, shape [message]
        Unique over all rooms.
    hours : ndarray of float, shape [message]
        Since the room's creation.

    Examples
    --------
    >>> Utterances(np.array([0]), np.array([7]), np.array([1.5])).hours.tolist()
    [1.5]
    """

    room: Integers
    member: Integers
    hours: Floats


def seen_through(said: Utterances, window_days: Floats) -> HumanLog:
    """Look at simulated rooms through their windows, never-used rooms included.

    Parameters
    ----------
    said : Utterances
        What was not said before the window's end is dropped.
    window_days : ndarray, shape [room]
        From creation.

    Returns
    -------
    HumanLog
        As a real log is prepared; ``names`` are the numbers of the rooms with a message.

    Examples
    --------
    >>> said = Utterances(np.array([1, 1]), np.array([0, 5]), np.array([2.0, 80.0]))
    >>> log = seen_through(said, np.array([9.0, 3.0, 9.0]))
    >>> log.n_groups, log.never_used, len(log.ts), log.names
    (1, 2, 1, ('1',))
    """
    inside = said.hours * 3600.0 <= window_days[said.room] * DAY_SECONDS
    room, member, hours = said.room[inside], said.member[inside], said.hours[inside]
    messages = np.bincount(room, minlength=len(window_days))
    used = messages > 0
    number = np.cumsum(used) - 1
    return HumanLog(
        group=number[room].astype(np.int64),
        member=member.astype(np.int64),
        ts=BIRTH_SECONDS + 3600.0 * hours,
        until=BIRTH_SECONDS + DAY_SECONDS * window_days[used],
        created=np.full(int(used.sum()), BIRTH_SECONDS),
        never_used=int(len(used) - used.sum()),
        names=tuple(map(str, np.flatnonzero(used))),
        known_never_days=window_days[~used],
    )
