"""One call of a tool: what is given checked, the command called, its answer with the command."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import nullcontext
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import typer
from mcp.server.mcpserver.tools import Tool as Described
from pydantic import ValidationError

from sim.allowed import unknown_key
from sim.cli.terminal import Heard, hearing, in_a_line
from sim.errors import InputError, on_file
from sim.language import _, in_language, recast
from sim.progress import Progress, on_work
from sim.scenario.named_policy import on_code
from sim.serving.folders import Folders
from sim.serving.tools import TAKES, Tool

SECONDS_BETWEEN_NOTICES = 0.5

Told = Callable[[int, int], Coroutine[Any, Any, None]]

one_at_a_time = threading.Lock()
"""Held by whoever plays: all cores are his."""


class Gone(BaseException):
    """Who asked does not wait any more: the work ends."""


def compile_first() -> None:
    """Compile the engine, where that is still to be done, while nobody has asked yet."""
    from sim.cli.sweep import compile_once

    with one_at_a_time:
        compile_once()


def described(tool: Tool) -> Described:
    """Describe a tool as the protocol does: name, what it does, a schema of what it takes."""

    async def called(**given: Any) -> None:
        raise NotImplementedError(given)

    called.__name__, called.__signature__ = tool.name, tool.signature()  # type: ignore[attr-defined]
    called.__annotations__ = {}
    return Described.from_function(called, description=inspect.getdoc(tool.command))


TOOLS = {name: Tool(name) for name in TAKES}
DESCRIBED = {name: described(tool) for name, tool in TOOLS.items()}


async def answer(
    name: str, given: Mapping[str, Any], folders: Folders, told: Told | None = None
) -> dict[str, Any]:
    """Answer a call: the command that prints it, its sentences and notes, and its JSON if `full`,
    or where it has no sentences; `InputError` with all that is wrong. Whoever stops waiting ends
    the work.
    """
    gone, last = threading.Event(), [0.0, 0.0]  # share done and time of the last notice

    def notice(done: int, total: int) -> None:
        if gone.is_set():
            raise Gone
        share, now = done / max(1, total), time.monotonic()
        if told and share > last[0] and now > last[1] + SECONDS_BETWEEN_NOTICES:
            last[:] = share, now
            anyio.from_thread.run(told, done, total)

    with in_language("zh" if given.get("language") == "zh" else "en"):
        work = partial(copy_context().run, _played, name, given, folders, notice)
        try:
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            gone.set()
            raise
        except InputError as wrong:
            raise InputError(map(recast, wrong.problems)) from None


def _checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    known = list(DESCRIBED[name].parameters["properties"])
    faults = [unknown_key(key, known) for key in given if key not in known]
    try:
        words = DESCRIBED[name].fn_metadata.validate_arguments(dict(given))
    except ValidationError as wrong:
        faults += [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors()]
    if faults:
        raise InputError(faults)
    return words


def _played(
    name: str, given: Mapping[str, Any], folders: Folders, notice: Progress
) -> dict[str, Any]:
    """Call the command, in a context of its own, where it reads, loads and prints nothing else."""
    given, tool, heard = _checked(name, given), TOOLS[name], Heard()
    with nullcontext() if tool.looks_up(given) else one_at_a_time:
        notice(0, 1)
        hearing.set(heard)
        on_work.set(notice)
        on_file.set(folders.refuse_outside)
        on_code.set(_refuse_code)
        try:
            words = tool.placed(given, folders)
            tool.call(words)
        except typer.Exit:  # some groups failed: the answer says which
            pass
        except (OSError, MemoryError) as wrong:
            raise InputError([in_a_line(wrong)]) from None
    found = {"command": tool.line(words), "sentences": heard.sentences, "notes": heard.notes}
    return found | ({"answer": heard.found} if given["full"] or not heard.sentences else {})


def _refuse_code(key: str, path: Path) -> None:
    fault = _("{key}: {file} holds code, which --no-code refuses to run")
    raise InputError([fault.format(key=key, file=path)])
