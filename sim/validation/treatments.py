"""What the team of a trial does, as the published treatment had it and no shipped policy has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.people import People
from sim.state import MOST_ACTS_AN_HOUR, OWN, Actions, Array, Call, Observation, Setting

NEW_HOURS = 24.0
ANSWER_HOURS = 6


@dataclass(frozen=True)
class Calling:
    """Open a call at times, in hours since creation, that a function of the run tells."""

    times: Callable[[Setting], Array]
    call: Call

    def plan(self, setting: Setting) -> Actions:
        """Return every call of the whole run."""
        times = self.times(setting)
        return Actions.calls(np.zeros(len(times), np.int64), times, self.call)


@dataclass(frozen=True)
class Watching:
    """What a function does on seeing the groups and who is in them."""

    choose: Callable[[Observation], Actions]
    every_hours: int = 24
    sees_people: bool = True

    def act(self, seen: Observation) -> Actions:
        """Return what is done in the hour that begins."""
        return self.choose(seen)


# --- when a call is opened ------------------------------------------------------------------------


def weekly(setting: Setting) -> Array:
    """Every week, on the day and at the hour of creation, from the first week on."""
    return 168.0 * np.arange(int(setting.days // 7)) + 1.0


def spread(a_week: int, hour: float, setting: Setting) -> Array:
    """So many times a week, on days spread over it, at a local hour."""
    days = 7 * np.arange(int(setting.days * a_week / 7)) // a_week
    return np.asarray(24.0 * days + setting.time_at(0, hour))


def once(day: float, _setting: Setting) -> Array:
    """Once, on a day."""
    return np.array([24.0 * day])


# --- once a day -----------------------------------------------------------------------------------


def removing_odd(day: float, seen: Observation) -> Actions:
    """Remove, from a day on, whoever has an odd number: half of those there, by chance."""
    if seen.time_hours < 24.0 * day:
        return Actions.none()
    here = seen.people.here()
    lost = here.where(here.slot % 2 == 1).first(MOST_ACTS_AN_HOUR)
    return Actions.removals(lost, seen.time_hours)


def welcoming(seen: Observation) -> Actions:
    """Say a word in the group to each newcomer who wrote on its first day, on the second."""
    young = _newcomers(seen, 2 * NEW_HOURS)
    is_due = seen.time_hours - young.joined_hours >= NEW_HOURS
    return _told(young.where(is_due & (young.posts > 0)), seen, "chat")


def writing_to_newcomers(quality: float, seen: Observation) -> Actions:
    """Write a letter to each newcomer on its first day."""
    return Actions.letters(_newcomers(seen, NEW_HOURS), seen.time_hours, quality)


def honouring_the_top(day: int, seen: Observation) -> Actions:
    """Honour, on a day, whoever has written most in each group."""
    if seen.time_hours != 24.0 * day:
        return Actions.none()
    who = seen.people.here().most("posts", 1)
    return _told(who.where(who.posts > 0), seen, "chat")


def honouring_some(day: int, before: int, seen: Observation) -> Actions:
    """Honour, on a day, those with an even number who have written in some days before."""
    if seen.time_hours != 24.0 * day:
        return Actions.none()
    one = seen.people.here()
    return _told(one.where((one.slot % 2 == 0) & _within(seen, one, 24.0 * before)), seen, "chat")


# --- within some hours ----------------------------------------------------------------------------


def setting_tasks(seen: Observation) -> Actions:
    """Ask each newcomer, within hours of its joining, for something small that it likes."""
    who = _newcomers(seen, ANSWER_HOURS)
    return Actions.posts(who.group, seen.time_hours, "activity", to=who.slot, topic=OWN)


def answering_first_messages(seen: Observation) -> Actions:
    """Answer what each newcomer first writes, a message or several, within some hours."""
    one = seen.people.here()
    is_new = (one.joined_hours > 0.0) & (one.last_act_hours < 0.0)
    who = one.where(is_new & _within(seen, one, ANSWER_HOURS)).first(MOST_ACTS_AN_HOUR)
    return _told(who, seen, "answer")


def answering_all(kind: str, seen: Observation) -> Actions:
    """Answer whoever has written, within some hours, by a message of a kind."""
    return _told(_writers(seen), seen, kind)


def paying(fen: int, seen: Observation) -> Actions:
    """Pay whoever has written since the last payment, some hours ago."""
    return Actions.payments(_writers(seen), seen.time_hours, fen)


def _told(who: People, seen: Observation, kind: str) -> Actions:
    return Actions.posts(who.group, seen.time_hours, kind, to=who.slot)


def _newcomers(seen: Observation, hours: float) -> People:
    young = seen.people.newcomers(hours)
    return young.where(young.joined_hours > 0.0).first(MOST_ACTS_AN_HOUR)


def _writers(seen: Observation) -> People:
    one = seen.people.here()
    return one.where(_within(seen, one, ANSWER_HOURS)).first(MOST_ACTS_AN_HOUR)


def _within(seen: Observation, who: People, hours: float) -> Array:
    return np.asarray(seen.time_hours - who.last_post_hours <= hours)


# --- by name --------------------------------------------------------------------------------------

WHEN: dict[str, Callable[..., Array]] = {"weekly": weekly, "spread": spread, "once": once}
DAILY = (removing_odd, welcoming, writing_to_newcomers, honouring_the_top, honouring_some)
SOON = (setting_tasks, answering_first_messages, answering_all, paying)
HOURS: dict[Callable[..., Actions], int] = dict.fromkeys(DAILY, 24)
HOURS |= dict.fromkeys(SOON, ANSWER_HOURS)
"""How often a treatment looks at the groups."""


def treatment(name: str, *given: Any) -> Calling | Watching:
    """Return a treatment by its name and what it is given, a call as a table and last.

    >>> treatment("paying", 200).every_hours, treatment("once", 3, {"code": "vote"}).call.code
    (6, 'vote')
    """
    if name in WHEN:
        *timed, call = given
        return Calling(partial(WHEN[name], *timed), Call(**call))
    choose = next(one for one in HOURS if one.__name__ == name)
    return Watching(partial(choose, *given), HOURS[choose])
