"""How long groups live until they first fall silent, how many revive, at what rate they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.deaths.lives import (
    CREATION,
    HOURS_PER_DAY,
    Booleans,
    Floats,
    Integers,
    life_of,
    lives_since,
    silence_column,
)
from sim.state import Array
from sim.survival import hazard_per_day, wilson_interval
from sim.trace import Trace


@dataclass(frozen=True)
class Lifetimes:
    """Time from the origin to the begin of the first long silence, ready for Kaplan-Meier.

    Attributes
    ----------
    duration_days : ndarray of float, shape [life]
        To the silence, or to where it is no longer known whether one began.
    ended : ndarray of bool, shape [life]
        Whether the silence was seen (else censored).
    group : ndarray of int, shape [life]
        Place of the group in the source.
    left_out : int
        Groups watched for no longer than the silence's length, or without origin.

    Examples
    --------
    >>> Lifetimes(np.array([3.0]), np.array([True]), np.array([0]), 0).ended.sum()
    np.int64(1)
    """

    duration_days: Floats
    ended: Booleans
    group: Integers
    left_out: int


@dataclass(frozen=True)
class Revival:
    """How many groups spoke again after a long silence between two messages.

    Attributes
    ----------
    revived : int
        Groups with a closed silence.
    silent : int
        Those, and the groups still silent for as long at the end of observation.
    share, lower, upper : float
        Revived among silent, 0-1, with its Wilson 95 % interval; NaN without any.

    Examples
    --------
    >>> Revival(1, 2, 0.5, 0.09, 0.91).share
    0.5
    """

    revived: int
    silent: int
    share: float
    lower: float
    upper: float


def lifetimes(source: Trace | Array, silence_days: int = 7, origin: str = CREATION) -> Lifetimes:
    """Give each group's time to the begin of its first silence of at least `silence_days`.

    A silence is only known to be long `silence_days` after it began. So whatever a group did, all
    is known of silences begun until the end of observation less `silence_days`, and nothing of
    later ones: groups that had none are censored there. Censoring at the last message instead
    would depend on how lively a group is, which Kaplan and Meier (1958) must not suffer.

    Parameters
    ----------
    source : Trace or array [group] of LIFE_DTYPE
    silence_days : int
        One of `sim.trace.SILENCE_DAYS`.
    origin : str
        One of `ORIGINS`. From creation, a group that has not spoken is silent from the start.

    Returns
    -------
    Lifetimes

    Raises
    ------
    InputError
        For another length or origin.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(2, LIFE_DTYPE)
    >>> life["observed_hours"], life["silence_start_hours"] = 480.0, -1.0
    >>> life["first_hours"], life["last_hours"] = 6.0, [48.0, 400.0]
    >>> known = lifetimes(life)
    >>> known.duration_days.tolist(), known.ended.tolist()
    ([2.0, 13.0], [True, False])
    """
    lives = lives_since(origin, source)
    begins = lives.silence_begins_hours[:, silence_column(silence_days)] / HOURS_PER_DAY
    known_days = lives.observed_hours / HOURS_PER_DAY - silence_days
    followed = known_days > 0.0  # False where there is no origin
    ended = ~np.isnan(begins)
    duration = np.where(ended, begins, known_days)
    return Lifetimes(
        duration[followed],
        ended[followed],
        np.flatnonzero(followed).astype(np.int64),
        int((~followed).sum()),
    )


def revival(source: Trace | Array, silence_days: int = 7) -> Revival:
    """Count the groups that spoke again after a silence of at least `silence_days`.

    Silence is between two messages or from the last one to the end of observation; the time before
    the first message is none. Groups that never spoke are not among them.

    Parameters
    ----------
    source : Trace or array [group] of LIFE_DTYPE
    silence_days : int
        One of `sim.trace.SILENCE_DAYS`.

    Returns
    -------
    Revival

    Raises
    ------
    InputError
        For another length.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(2, LIFE_DTYPE)
    >>> life["observed_hours"], life["silence_start_hours"] = 480.0, -1.0
    >>> life["silence_start_hours"][0, 1], life["last_hours"] = 6.0, [400.0, 20.0]
    >>> revival(life).share
    0.5
    """
    column = silence_column(silence_days)
    spoke_again = life_of(source)["silence_start_hours"][:, column] >= 0.0
    begins = lives_since("first_message", source).silence_begins_hours[:, column]
    revived, silent = int(spoke_again.sum()), int((~np.isnan(begins)).sum())
    if silent == 0:
        return Revival(0, 0, np.nan, np.nan, np.nan)
    lower, upper = wilson_interval(revived, silent)
    return Revival(revived, silent, revived / silent, float(lower), float(upper))


def hazard(
    source: Trace | Array,
    edges_days: Sequence[float],
    silence_days: int = 7,
    origin: str = CREATION,
) -> pd.DataFrame:
    """Give the rate at which groups fall silent in each span of age.

    Parameters
    ----------
    source : Trace or array [group] of LIFE_DTYPE
    edges_days : sequence of float
        Rising ages, at least two.
    silence_days, origin
        As in `lifetimes`.

    Returns
    -------
    pandas.DataFrame
        As from `sim.survival.hazard_per_day`.

    Raises
    ------
    InputError
        When no group was watched long enough, or for bad edges.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(2, LIFE_DTYPE)
    >>> life["observed_hours"], life["silence_start_hours"] = 480.0, -1.0
    >>> life["first_hours"], life["last_hours"] = 6.0, [48.0, 400.0]
    >>> hazard(life, [0, 7, 14])[["events", "exposure_days"]].values.tolist()
    [[1.0, 9.0], [0.0, 6.0]]
    """
    known = lifetimes(source, silence_days, origin)
    return hazard_per_day(known.duration_days, known.ended, list(edges_days))
