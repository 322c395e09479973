"""The desk: how long a question waits when a team of a few hands serves many groups like this one.

The mean field of like groups: what this one asks of the desk, all do, and none needs to know of the
others. Minutes are a person's; capacity is what all hands do in an open hour, in minutes.
"""

from __future__ import annotations

import math

from sim.compiling import rule
from sim.rules.looking import hours_to_opening, kept_after

LOAD_MOST = 0.95  # of a queue that stands still; what is above piles up in the backlog
PRIOR_HOURS = 24.0  # so long nothing was asked before creation, as far as the team reckons


@rule
def desk_tenths(ordered: int, hands: float) -> int:
    """Say how many tenths of a person are on duty: those ordered, else the parameter's hands.

    Examples
    --------
    >>> desk_tenths(0, 1.5), desk_tenths(5, 1.5), desk_tenths(0, 0.0)
    (15, 5, 0)
    """
    return ordered if ordered > 0 else int(10.0 * hands + 0.5)


@rule
def recent_per_hour(recent: float, hours: float, age_hours: float, memory_hours: float) -> float:
    """Say how many an hour the team reckons with (questions, minutes of posting), mean over the
    last `hours`.

    Parameters
    ----------
    recent : float
        What came so far when these hours began, fading with `memory_hours` (an e-fold).
    hours : float
        0 or more; 0 asks for the rate of this instant.
    age_hours : float
        Of the group now: a young one has been watched for less than the memory lasts.
    memory_hours : float
        Above 0.

    Returns
    -------
    float
        1/hour; an exponentially weighted mean (Holt 1957).

    Examples
    --------
    >>> f"{recent_per_hour(16.8, 0.0, 1e6, 168.0):.4f}, {recent_per_hour(1.0, 0.0, 0.0, 168.0):.4f}"
    '0.1000, 0.0417'
    """
    unseen = kept_after(age_hours / memory_hours)
    watched = memory_hours * (1.0 - unseen) + PRIOR_HOURS * unseen
    if hours <= 0.0:
        return recent / watched
    return recent * (1.0 - kept_after(hours / memory_hours)) * memory_hours / (hours * watched)


@rule
def desk_backlog(
    backlog: float, clock: float, hours: float, inflow: float, capacity: float,
    open_hour: float, close_hour: float, most: float,
) -> float:  # fmt: skip
    """Say how much work lies on the desk some hours later: what comes less what is done.

    Parameters
    ----------
    backlog : float
        Minutes of work of all groups, >= 0.
    clock : float
        Local hour when it was so much, 0 ... 24; the desk works from `open_hour` to `close_hour`.
    hours : float
        Passed since.
    inflow : float
        Minutes of answering that come an hour, of all groups.
    capacity : float
        Minutes that are done in an open hour.
    most : float
        From so much on questions are left lying; posts are not.

    Returns
    -------
    float
        Minutes, 0 or more; a fluid queue (Newell 1971).

    Examples
    --------
    Six hours of ten minutes each come at night, and an open hour does sixty.

    >>> desk_backlog(0.0, 3.0, 6.0, 10.0, 60.0, 9.0, 22.0, 1e9)
    60.0
    >>> desk_backlog(60.0, 9.0, 1.0, 10.0, 60.0, 9.0, 22.0, 1e9)
    10.0
    """
    left = hours
    while left > 0.0:
        is_open = open_hour <= clock < close_hour
        until = close_hour if is_open else (open_hour if clock < open_hour else open_hour + 24.0)
        step = min(left, until - clock)
        done = capacity * step if is_open else 0.0
        if backlog > most:
            backlog = max(most, backlog - done)
        else:
            backlog = min(most, max(0.0, backlog + inflow * step - done))
        left = left - step if step < left else 0.0
        clock = until % 24.0
    return backlog


@rule
def desk_wait_hours(
    backlog: float, clock: float, capacity: float, open_hour: float, close_hour: float
) -> float:
    """Say how long the desk takes to get through its backlog, in hours of the clock, nights and the
    wait for its opening included.

    Examples
    --------
    >>> desk_wait_hours(90.0, 21.0, 60.0, 9.0, 22.0), desk_wait_hours(0.0, 8.0, 60.0, 9.0, 22.0)
    (12.5, 1.0)
    """
    wait = hours_to_opening(clock, open_hour, close_hour)
    clock = clock if wait == 0.0 else open_hour
    a_day = capacity * (close_hour - open_hour)
    days = math.floor(backlog / a_day)
    left = max(0.0, backlog - days * a_day)
    wait += 24.0 * days + left / capacity
    if left > capacity * (close_hour - clock):
        wait += 24.0 - (close_hour - open_hour)
    return wait


@rule
def queue_wait_minutes(load: float, hands: float, minutes: float) -> float:
    """Say how long a job waits in a queue that neither grows nor shrinks.

    Sakasegawa (1977) for M/M/c: minutes x load^(sqrt(2 (c + 1)) - 1) / (c (1 - load)).

    Parameters
    ----------
    load : float
        Work that comes over what the hands can do, >= 0; above .95 the backlog holds the rest.
    hands : float
        On duty, above 0; less than one is one who takes longer.
    minutes : float
        Of one job.

    Returns
    -------
    float
        Minutes, >= 0.

    Examples
    --------
    One hand gives the exact M/M/1; two share a queue better than two apart.

    >>> queue_wait_minutes(0.5, 1.0, 10.0), round(queue_wait_minutes(0.5, 2.0, 10.0), 2)
    (10.0, 3.66)
    """
    load = min(LOAD_MOST, load)
    servers, slower = max(1.0, hands), min(1.0, hands)
    power = math.sqrt(2.0 * (servers + 1.0)) - 1.0
    return minutes / slower * math.pow(load, power) / (servers * (1.0 - load))


@rule
def taken_share(backlog: float, behind: float, inflow: float, spare: float) -> float:
    """Say which share of questions is taken on: all, unless the desk is too far behind; then as
    many as it can do.

    Parameters
    ----------
    backlog, behind : float
        Minutes of work, and from how many on the desk is too far behind.
    inflow, spare : float
        Minutes of answering that come in an hour of the clock, and that are left for them.

    Returns
    -------
    float
        0 ... 1; with a load above one, one over the load (a fluid queue with impatience: Whitt
        2006).

    Examples
    --------
    >>> taken_share(5.0, 60.0, 120.0, 60.0), taken_share(60.0, 60.0, 120.0, 60.0)
    (1.0, 0.5)
    """
    if backlog < behind or inflow <= 0.0:
        return 1.0
    return min(1.0, max(0.0, spare) / inflow)
