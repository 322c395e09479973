"""A process of its own for policies of one's own: against accidents, not malice.

Endless loops, too much memory and crashes end only that process; the code has the user's rights.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sim.ensemble import Place, simulate
from sim.errors import InputError
from sim.scenario import Scenario
from sim.scenario.named_policy import source_file
from sim.study.limits import GIB, Limits, OverTimeError, Stopped

POLL_SECONDS = 0.2
CODE = "from sim.study.isolated import serve; serve({})"


class Child:
    """A process that calls functions for this one, one after the other."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE.format(number)],
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=2,  # what a policy prints is no result
            start_new_session=True,  # Ctrl-C is this process's to hear
        )
        theirs.close()
        self._pipe = Connection(ours.detach())

    def call(
        self, function: Callable[..., Any], given: Sequence[Any], limits: Limits, stop: Any = None
    ) -> Any:
        """Return what a function returns there, within the limits of this call.

        `InputError`: it raised, or its process ended; `OverTimeError` and `Stopped` end the
        process.
        """
        try:
            self._pipe.send_bytes(pickle.dumps((function, given, limits.gib)))
            self._pipe.recv_bytes()  # it has started, so its time begins
            started = time.monotonic()
            while not self._pipe.poll(POLL_SECONDS):
                if stop is not None and stop.is_set():
                    raise Stopped
                if time.monotonic() - started > limits.seconds:
                    raise OverTimeError
            answer, problems = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            raise InputError([f"the process of its policies ended: {self._ending()}"]) from None
        except BaseException:
            self.close()
            raise
        if problems:
            raise InputError(problems)
        return answer

    def is_alive(self) -> bool:
        """Say whether it can be called again."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def _ending(self) -> str:
        code = self._process.wait()
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


class Children:
    """One child for each thread that plays groups whose policies are in files of their own."""

    def __init__(self) -> None:
        self._of_thread: dict[int, Child] = {}

    def call(self, function: Callable[..., Any], given: Sequence[Any], *how: Any) -> Any:
        """Let this thread's child call a function, a new one where the last one has ended."""
        thread = threading.get_ident()
        child = self._of_thread.get(thread)
        if child is None or not child.is_alive():
            child = self._of_thread[thread] = Child()
        return child.call(function, given, *how)

    def close(self) -> None:
        """End them all."""
        for child in self._of_thread.values():
            child.close()


def has_own_code(places: Sequence[Place]) -> bool:
    """Say whether any policy of these groups stands in a file of its author."""
    scenarios = {place.point: place.scenario for place in places}.values()
    return any(source_file(named.use) for one in scenarios for named in one.policies)


def serve(number: int) -> None:
    """Be the child: call what comes in through a socket until it closes, even during a call."""
    pipe = Connection(number)
    smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
    simulate([smallest], 1, seed=1)  # what the engine needs to start is not a call's time
    with suppress(EOFError, OSError):
        while True:
            function, given, gib = pickle.loads(pipe.recv_bytes())
            _allow(gib)
            pipe.send_bytes(b"")
            threading.Thread(target=_answer, args=(pipe, function, given), daemon=True).start()
    os._exit(0)


def _answer(pipe: Connection, function: Callable[..., Any], given: Sequence[Any]) -> None:
    answer: Any = None
    problems: tuple[str, ...] = ()
    try:
        answer = function(*given)
    except InputError as fault:
        problems = fault.problems
    except MemoryError:
        problems = ("out of memory",)
    except Exception as fault:
        problems = (f"{type(fault).__name__}: {fault}",)
    pipe.send_bytes(pickle.dumps((answer, problems)))


def _allow(gib: float) -> None:
    """Let this process take so much memory more than it has."""
    if gib < float("inf"):
        pages = Path("/proc/self/statm")
        has = int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 0
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (int(has + gib * GIB), most))
