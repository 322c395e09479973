"""Policies: what operators do. One lever a file; a new file works everywhere without registration.

A policy is a frozen dataclass of plain numbers and words whose name is its file's in CamelCase.
It has one of, or both, ``plan(setting) -> Actions``, its whole timetable at once (group 0), and
``act(seen) -> Actions``, asked every ``every_hours`` (default 1) for many groups together; what
is decided at hour h sees the events before h and acts in [h, h + 1).
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import pkgutil
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np

from sim.errors import InputError, nearest, readable
from sim.language import N_
from sim.state import ACT_LIMITS, Actions, Array, Call, Observation, Setting


@runtime_checkable
class Timetable(Protocol):
    """A policy that needs no observation: it returns its whole timetable once."""

    def plan(self, setting: Setting) -> Actions:
        """Return every act from creation to the end of `setting.days`."""


@runtime_checkable
class Reactive(Protocol):
    """A policy that is consulted at whole hours about many groups at once."""

    def act(self, seen: Observation) -> Actions:
        """Return what to do in the hour that begins, for each observed group by itself."""


Policy = Timetable | Reactive

LONGEST_ERROR = 200

TROUBLES = N_(
    {
        "silence": "nobody speaks for days",
        "start": "newcomers open a group in which nothing happens",
        "fading": "the team was hot at first and thin later",
        "flood": "members mute the group or leave it: too much is posted",
        "distrust": "members read the team's posts and do nothing",
        "mismatch": "members want something else than they get",
        "strangers": "members do not know each other",
        "newcomers": "who joins is gone within a week",
        "readers": "many read, few speak",
        "questions": "questions wait, or nobody answers them",
        "spam": "advertisers and harassers drive members off",
        "veterans": "the best have what they came for, and go",
        "sales": "members talk and do not buy",
        "cost": "the team works more than the group is worth",
        "end": "the group has done its work",
    }
)
"""What goes wrong in groups, by the word that a lever's `Facts` name it with."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What whoever chooses a lever should know of it beside its fields; a policy that has some
    holds them as ``facts: ClassVar[Facts]``.

    Attributes
    ----------
    troubles : tuple of str
        What it is tried against: words of `TROUBLES`.
    costs : tuple of str
        Parameters that say how many minutes an act of it takes.
    pays : str
        What it pays besides hours; empty: nothing.
    evidence : str
        Why anybody should believe that it does something, with the source.
    grade : str
        Of that evidence: A peer-reviewed or field data, L chat logs, B secondary, C assumption.
    """

    troubles: tuple[str, ...] = ()
    costs: tuple[str, ...] = ("operator.minutes_per_post",)
    pays: str = ""
    evidence: str = "nothing published that we know of"
    grade: str = "C"


def lever(default: Any, meaning: str, **known: Any) -> Any:
    """Declare a field of a policy: its default, what it means, and what is known of it (`range`,
    `unit`, `choices`); ``dataclasses.field(metadata={"meaning": ...})`` does the same.
    """
    return dataclasses.field(default=default, metadata={**known, "meaning": meaning})


def at_hours(setting: Setting, hours: Sequence[float] | Array) -> tuple[Array, Array]:
    """List when it is one of these local clock hours, from creation to the end.

    Returns
    -------
    number, time_hours : array
        In order of time for `hours` in order: 0, 1, ... from the first of the day of creation on,
        those before creation among them, which are left out; and hours since creation.

    Examples
    --------
    >>> number, time_hours = at_hours(Setting(days=2.0, start_hour=9), (8.0, 20.0))
    >>> number.tolist(), time_hours.tolist()
    ([1, 2, 3, 4], [11.0, 23.0, 35.0, 47.0])
    """
    days = 24.0 * np.arange(int(setting.days) + 2)
    time_hours = np.add.outer(days, np.asarray(hours, dtype=np.float64)).ravel()
    time_hours -= setting.start_hour
    number = np.flatnonzero((time_hours >= 0) & (time_hours < 24.0 * setting.days))
    return number, time_hours[number]


def at_weekday(
    setting: Setting, weekday: int, hour: float, every_weeks: int = 1, first: float = 0.0
) -> Array:
    """List when it is this weekday and local clock hour, every so many weeks from the first one
    that comes `first` hours after creation or later, to the end: hours since creation.

    Examples
    --------
    >>> at_weekday(Setting(days=21.0, start_hour=9), weekday=1, hour=9.0, every_weeks=2).tolist()
    [24.0, 360.0]
    """
    number, time_hours = at_hours(setting, [hour])
    held = ((number + setting.start_weekday) % 7 == weekday) & (time_hours >= first)
    times: Array = time_hours[held][::every_weeks]
    return times


def evenly(number: Array, share: float) -> Array:
    """Say which of things numbered in order are taken so that every stretch has its share.

    Examples
    --------
    >>> evenly(np.arange(6), 0.5).tolist()
    [False, True, False, True, False, True]
    """
    taken: Array = np.floor((number + 1) * share) > np.floor(number * share)
    return taken


def opened(time_hours: Array, call: Call) -> Actions:
    """Open a call in a `plan` at each of these times; one that would outlast the longest run ends
    with it.
    """
    actions = Actions.calls(np.zeros(len(time_hours), dtype=np.int64), time_hours, call)
    ends = actions.acts["until_hours"]
    np.minimum(ends, ACT_LIMITS["until_hours"][1], out=ends)
    return actions


def faded(quality: float, time_hours: Array, half_life_days: float) -> Array:
    """Return the quality of what a team says ever more thinly: it halves every so many days; 0
    days: it stays.

    Examples
    --------
    >>> faded(2.0, np.array([0.0, 240.0]), 10.0).tolist()
    [2.0, 1.0]
    """
    lives = np.asarray(time_hours) / (24.0 * half_life_days) if half_life_days else 0.0
    return quality * 0.5 ** (lives * np.ones_like(time_hours))


@functools.cache  # an unknown key asks for them again for each policy
def known_policies() -> Sequence[str]:
    """List the policies that come with the package, by file name."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def policy_class(use: str, folder: Path = Path()) -> type[Any]:
    """Find a policy class, a dataclass with `plan` or `act`, by name ("cadence") or in a user's own
    file (``"path/file.py:ClassName"``, a relative path from `folder`); refuse with `InputError` a
    name that is none, a file that fails and a class that is no policy.
    """
    if ":" in use:
        found = _from_file(use, folder)
    elif use in known_policies():
        name = "".join(word.capitalize() for word in use.split("_"))
        found = getattr(importlib.import_module(f"sim.policies.{use}"), name)
    else:
        known = known_policies()
        raise InputError(
            [
                f'policy {use!r}: not one of {", ".join(known)}, nor "file.py:Class"'
                + nearest(use, known)
            ]
        )
    if not dataclasses.is_dataclass(found) or not (hasattr(found, "plan") or hasattr(found, "act")):
        raise InputError([f"policy {use!r}: must be a dataclass with a method plan or act"])
    return cast("type[Any]", found)


def own_code(failing: str, call: Callable[..., Any], *given: object) -> Any:
    """Run code of a policy's author; whatever it raises is its fault, said in one line: an
    `InputError` that begins with `failing`.

    A policy that ends the program (`sys.exit`) fails as any other. Ctrl-C reaches the main thread
    alone, so an interrupt is the user's there and the policy's own anywhere else.
    """
    try:
        return call(*given)
    except InputError as error:
        raise InputError([f"{failing}: {line}" for line in error.problems]) from error
    except BaseException as error:
        is_main = threading.current_thread() is threading.main_thread()
        if isinstance(error, KeyboardInterrupt) and is_main:
            raise
        raise InputError([f"{failing} with {_shown(error)}"]) from error


def _shown(error: BaseException) -> str:
    """Return an exception in a few words; that too is code of the policy's author."""
    try:
        return repr(error)[:LONGEST_ERROR]
    except BaseException:
        return type(error).__name__


def own_module(path: Path, kind: str, failing: str) -> dict[str, Any]:
    """Run a user's file and return what it holds. One that is no Python is refused with the line of
    its fault, as Python's own message does; what it raises, as `own_code` does.
    """
    try:
        code = compile(path.read_bytes(), path, "exec", dont_inherit=True)
    except SyntaxError as fault:
        line = f":{fault.lineno}" if fault.lineno else ""
        text = f": {fault.text.strip()[:LONGEST_ERROR]}" if fault.text else ""
        raise InputError([f"{path.name}{line}: {fault.msg}{text}"]) from None
    module = ModuleType(f"qunlab_{kind}_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their own module up
    own_code(failing, exec, code, vars(module))
    return vars(module)


def _from_file(use: str, folder: Path) -> Any:
    file_name, _, class_name = use.rpartition(":")
    path = folder / file_name
    if not readable(path).is_file():
        raise InputError([f"policy {use!r}: no file {path}"])
    if path.suffix != ".py":
        raise InputError([f"policy {use!r}: {path} is not a Python file"])
    held = own_module(path, "policy", f"policy {use!r}: {path} fails")
    if class_name not in held:
        names = [name for name in held if not name.startswith("_")]
        raise InputError([f"policy {use!r}: no {class_name} in {path}{nearest(class_name, names)}"])
    return held[class_name]
