"""What members want now and then, and how far they have come with what the group is for."""

from __future__ import annotations

from sim.compiling import rule
from sim.rules.looking import kept_after

MONTH_HOURS = 720.0


@rule
def want_arises(u: float, hours: float, problems: float, purchases: float, ideas: float) -> int:
    """Say what a member has come to want since the last look: with 1 - exp(-rate x time) something.

    Constant rates, as of a Poisson process: an assumption.

    Parameters
    ----------
    u : float
        The uniform that decides.
    hours : float
        Since the last look.
    problems, purchases, ideas : float
        Per month of 30 days; 0: none.

    Returns
    -------
    int
        As in `sim.state`: 0 nothing, 1 a problem, 2 a purchase, 3 an idea.

    Examples
    --------
    >>> [want_arises(u, 720.0, 1.0, 0.5, 0.5) for u in (0.1, 0.5, 0.8, 0.9)]
    [1, 2, 3, 0]
    """
    rate = problems + purchases + ideas
    chance = 1.0 - kept_after(rate * hours / MONTH_HOURS)
    if u >= chance:
        return 0
    place = u / chance * rate
    if place < problems:
        return 1
    return 2 if place < problems + purchases else 3


@rule
def ask_drive(drive: float, trust: float) -> float:
    """Give the drive to ask about a problem: half of it without trust in the team. An assumption.

    Parameters
    ----------
    drive : float
        Per look, at full trust.
    trust : float
        0 ... 1.

    Examples
    --------
    >>> ask_drive(0.05, 1.0), ask_drive(0.05, 0.0)
    (0.05, 0.025)
    """
    return drive * (0.5 + 0.5 * trust)


@rule
def felt_progress(step: float, progress: float) -> float:
    """Say how far a step carries one whose progress it is: to the goal at most. An assumption.

    Parameters
    ----------
    step, progress : float
        0 ... 1; 1 is the goal; a step of 0: off.

    Examples
    --------
    >>> felt_progress(0.25, 0.5), felt_progress(0.25, 0.875)
    (0.25, 0.125)
    """
    return min(step, 1.0 - progress)


@rule
def weight_left(before: float, after: float) -> float:
    """Say how much of a need for what the group teaches a step of progress leaves.

    The weight falls as 1 - progress: graduates need no more lessons. An assumption.

    Parameters
    ----------
    before, after : float
        Progress, 0 ... 1.

    Examples
    --------
    >>> weight_left(0.0, 0.25), weight_left(0.5, 1.0), weight_left(1.0, 1.0)
    (0.75, 0.0, 0.0)
    """
    return (1.0 - after) / (1.0 - before) if before < 1.0 else 0.0
