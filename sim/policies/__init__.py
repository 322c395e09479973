"""Policies: what operators do. One lever a file; a new file works everywhere without registration.

A policy is a frozen dataclass of plain numbers and words whose name is its file's in CamelCase.
It has either ``plan(setting) -> Actions``, its whole timetable at once (group 0), or
``act(seen) -> Actions``, asked every ``every_hours`` (default 1) for many groups together; what
is decided at hour h sees the events before h and acts in [h, h + 1).
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import pkgutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from sim.errors import InputError, nearest, readable
from sim.state import Actions, Observation, Setting


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


def lever(default: Any, meaning: str, **known: Any) -> Any:
    """Declare a field of a policy: its default, what it means, and what is known of it (`range`,
    `unit`, `choices`); ``dataclasses.field(metadata={"meaning": ...})`` does the same.
    """
    return dataclasses.field(default=default, metadata={**known, "meaning": meaning})


def known_policies() -> list[str]:
    """List the policies that come with the package, by file name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


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


def _from_file(use: str, folder: Path) -> Any:
    file_name, _, class_name = use.rpartition(":")
    path = folder / file_name
    if not readable(path).is_file():
        raise InputError([f"policy {use!r}: no file {path}"])
    module_name = f"qunlab_policy_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise InputError([f"policy {use!r}: {path} is not a Python file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses look their own module up
    own_code(f"policy {use!r}: {path} fails", spec.loader.exec_module, module)
    if not hasattr(module, class_name):
        names = [name for name in vars(module) if not name.startswith("_")]
        raise InputError([f"policy {use!r}: no {class_name} in {path}{nearest(class_name, names)}"])
    return getattr(module, class_name)
