"""What the team of a trial does, as the published treatment had it and no shipped policy has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sim.people import People
from sim.state import MOST_ACTS_AN_HOUR, OWN, Actions, Call, Observation, Setting

NEW_HOURS = 24.0
ANSWER_HOURS = 6


@dataclass(frozen=True)
class Planned:
    """A timetable as a function makes it."""

    make: Callable[[Setting], Actions]

    def plan(self, setting: Setting) -> Actions:
        """Return every act of the whole run."""
        return self.make(setting)


@dataclass(frozen=True)
class Watching:
    """What a function does on seeing the groups and who is in them."""

    choose: Callable[[Observation], Actions]
    every_hours: int = 24
    sees_people: bool = True

    def act(self, seen: Observation) -> Actions:
        """Return what is done in the hour that begins."""
        return self.choose(seen)


def daily_posts(
    kind: str, hours: tuple[float, ...], each: int = 1, quality: float = 1.5
) -> Planned:
    """Post so many messages of a kind at each of the same local hours of every day."""

    def make(setting: Setting) -> Actions:
        days = range(int(setting.days) + 1)
        times = np.array([setting.time_at(day, hour) for day in days for hour in hours])
        times = np.repeat(times[(times >= 0) & (times < 24.0 * setting.days)], each)
        return Actions.posts(np.zeros(len(times), np.int64), times, kind, quality)

    return Planned(make)


def standing(name: str, value: float) -> Planned:
    """Give one order that stands from creation on."""
    return Planned(lambda _: replace(Actions.none(), **{name: np.array([value])}))


def weekly_calls(call: Call) -> Planned:
    """Open a call every week, on the day and at the hour of creation, from the first week on."""

    def make(setting: Setting) -> Actions:
        times = 168.0 * np.arange(int(setting.days // 7)) + 1.0
        return Actions.calls(np.zeros(len(times), np.int64), times, call)

    return Planned(make)


def calls_a_week(call: Call, a_week: int, hour: float) -> Planned:
    """Open so many calls a week, on days spread over it, at a local hour."""

    def make(setting: Setting) -> Actions:
        days = 7 * np.arange(int(setting.days * a_week / 7)) // a_week
        times = 24.0 * days + setting.time_at(0, hour)
        return Actions.calls(np.zeros(len(times), np.int64), times, call)

    return Planned(make)


def one_call(day: float, call: Call) -> Planned:
    """Open one call on a day."""
    return Planned(lambda _: Actions.calls([0], 24.0 * day, call))


def removing_odd(day: float) -> Watching:
    """Remove, from a day on, whoever has an odd number: half of those there, by chance."""

    def choose(seen: Observation) -> Actions:
        if seen.time_hours < 24.0 * day:
            return Actions.none()
        here = seen.people.here()
        lost = here.where(here.slot % 2 == 1).first(MOST_ACTS_AN_HOUR)
        return Actions.removals(lost, seen.time_hours)

    return Watching(choose)


def welcoming() -> Watching:
    """Say a word in the group to each newcomer who wrote on its first day, on the second."""

    def choose(seen: Observation) -> Actions:
        young = _newcomers(seen, 2 * NEW_HOURS)
        who = young.where((seen.time_hours - young.joined_hours >= NEW_HOURS) & (young.posts > 0))
        return Actions.posts(who.group, seen.time_hours, "chat", to=who.slot)

    return Watching(choose)


def writing_to_newcomers(quality: float) -> Watching:
    """Write a letter to each newcomer on its first day."""
    return Watching(
        lambda seen: Actions.letters(_newcomers(seen, NEW_HOURS), seen.time_hours, quality)
    )


def setting_tasks() -> Watching:
    """Ask each newcomer, within hours of its joining, for something small that it likes."""

    def choose(seen: Observation) -> Actions:
        who = _newcomers(seen, ANSWER_HOURS)
        return Actions.posts(who.group, seen.time_hours, "activity", to=who.slot, topic=OWN)

    return Watching(choose, ANSWER_HOURS)


def answering_first_messages() -> Watching:
    """Answer what each newcomer first writes, a message or several, within some hours."""

    def choose(seen: Observation) -> Actions:
        one = seen.people.here()
        who = one.where(
            (one.joined_hours > 0.0) & (one.last_act_hours < 0.0) & _within(seen, one, ANSWER_HOURS)
        ).first(MOST_ACTS_AN_HOUR)
        return Actions.posts(who.group, seen.time_hours, "answer", to=who.slot)

    return Watching(choose, ANSWER_HOURS)


def answering_all(kind: str) -> Watching:
    """Answer whoever has written, within some hours, by a message of a kind."""

    def choose(seen: Observation) -> Actions:
        who = _writers(seen, ANSWER_HOURS)
        return Actions.posts(who.group, seen.time_hours, kind, to=who.slot)

    return Watching(choose, ANSWER_HOURS)


def paying(fen: int) -> Watching:
    """Pay whoever has written since the last payment, some hours ago."""

    def choose(seen: Observation) -> Actions:
        return Actions.payments(_writers(seen, ANSWER_HOURS), seen.time_hours, fen)

    return Watching(choose, ANSWER_HOURS)


def honouring_the_top(day: int) -> Watching:
    """Honour, on a day, whoever has written most in each group."""

    def choose(seen: Observation) -> Actions:
        if seen.time_hours != 24.0 * day:
            return Actions.none()
        who = seen.people.here().most("posts", 1)
        who = who.where(who.posts > 0)
        return Actions.posts(who.group, seen.time_hours, "chat", to=who.slot)

    return Watching(choose)


def honouring_some(day: int, before: int = 1) -> Watching:
    """Honour, on a day, those with an even number who have written in some days before."""

    def choose(seen: Observation) -> Actions:
        if seen.time_hours != 24.0 * day:
            return Actions.none()
        one = seen.people.here()
        who = one.where((one.slot % 2 == 0) & _within(seen, one, 24.0 * before))
        return Actions.posts(who.group, seen.time_hours, "chat", to=who.slot)

    return Watching(choose)


def _newcomers(seen: Observation, hours: float) -> People:
    young = seen.people.newcomers(hours)
    return young.where(young.joined_hours > 0.0).first(MOST_ACTS_AN_HOUR)


def _writers(seen: Observation, hours: float) -> People:
    one = seen.people.here()
    return one.where(_within(seen, one, hours)).first(MOST_ACTS_AN_HOUR)


def _within(seen: Observation, who: People, hours: float) -> np.ndarray:
    return np.asarray(seen.time_hours - who.last_post_hours <= hours)
