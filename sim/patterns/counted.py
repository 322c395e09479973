"""One counted number with its reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """One number, how many groups it rests on, and why it is missing when it is."""

    value: float  # NaN where nothing could be computed
    n_groups: int  # groups that entered the number
    why: str = ""  # reason of a missing value, else empty
    left_out: int = 0  # groups that were not seen for long enough to tell
