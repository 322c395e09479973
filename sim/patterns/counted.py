"""One counted number with its reason, and how shares and medians over groups are taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """One number, how many groups it rests on, and why it is missing when it is.

    Parameters
    ----------
    value : float
        NaN where nothing could be computed.
    n_groups : int
        Groups that entered the number.
    why : str
        Reason of a missing value, else empty.

    Examples
    --------
    >>> Counted(0.5, 12).why
    ''
    """

    value: float
    n_groups: int
    why: str = ""


def share_of(hits: Booleans, among: Booleans, wanted: str) -> Counted:
    """Count the share of some groups for which something holds.

    Parameters
    ----------
    hits, among : ndarray of bool, shape [group]
        What holds, and for which groups it is asked.
    wanted : str
        Names the groups asked for, for the reason of a missing value.

    Returns
    -------
    Counted
        A share 0-1.

    Examples
    --------
    >>> share_of(np.array([True, False]), np.array([True, True]), "groups").value
    0.5
    """
    count = int(among.sum())
    if not count:
        return Counted(np.nan, 0, f"no {wanted}")
    return Counted(float(hits[among].sum() / count), count)


def median_of(values: Floats, wanted: str) -> Counted:
    """Take the median over groups, leaving out those without a value.

    Parameters
    ----------
    values : ndarray, shape [group]
        NaN where a group has no value.
    wanted : str
        Names the groups asked for, for the reason of a missing value.

    Returns
    -------
    Counted
        The median.

    Examples
    --------
    >>> median_of(np.array([1.0, np.nan, 3.0]), "groups").value
    2.0
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return Counted(np.nan, 0, f"no {wanted}")
    return Counted(float(np.median(known)), len(known))
