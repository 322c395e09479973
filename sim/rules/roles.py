"""What a role of a member changes: hosts open talk as a job, experts answer, volunteers quit."""

from __future__ import annotations

from sim.compiling import rule


@rule
def duty_drive(propensity: float, duty: float, hunger: float) -> float:
    """Give a host's drive to open talk as a job, which no silence lowers.

    Volunteers work for recognition, as studies of moderators say; form: assumption.

    Parameters
    ----------
    propensity : float
        Own drive per look.
    duty : float
        Ratio; 0: off.
    hunger : float
        For recognition, 0 ... 1.

    Examples
    --------
    >>> duty_drive(0.01, 4.0, 1.0), duty_drive(0.01, 4.0, 0.0)
    (0.06, 0.02)
    """
    return propensity * duty * (0.5 + hunger)


@rule
def expert_ratio(ratio: float, duty: float) -> float:
    """Raise an expert's drive to answer a question over that to answer a chat: an assumption.

    Parameters
    ----------
    ratio : float
        Any member's.
    duty : float
        Ratio; 0: off.

    Examples
    --------
    >>> expert_ratio(2.0, 4.0)
    10.0
    """
    return ratio * (1.0 + duty)


@rule
def gives_up(verdict: float, quit_verdict: float) -> bool:
    """Say whether whoever has a role gives it up: when the group no longer pays. An assumption.

    Parameters
    ----------
    verdict, quit_verdict : float
        On the group, and the least with which a role is kept, 0 ... 1; 0: never given up.

    Examples
    --------
    >>> gives_up(0.39, 0.4), gives_up(0.4, 0.4)
    (True, False)
    """
    return verdict < quit_verdict


@rule
def duty_loafing(loafing: float) -> float:
    """Let whoever has a role loaf half as much as others in a large group: an assumption.

    Examples
    --------
    >>> duty_loafing(0.5)
    0.25
    """
    return 0.5 * loafing
