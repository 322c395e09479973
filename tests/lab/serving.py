"""The lab as a program of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from browsing import PATIENCE_SECONDS


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]
    told: Path

    def memory_bytes(self) -> int:
        """Return what it holds in memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text("utf-8").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def ends_in_order(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=PATIENCE_SECONDS) == 130
        told = self.told.read_text("utf-8")
        assert "/sim/" not in told, told  # no file of ours in a traceback


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def served(*words: str, cwd: str | None = None, port: int = 0, **own: str) -> Iterator[Server]:
    """Start it, and wait until it answers; `own` are variables of its environment."""
    known = {key: one for key, one in os.environ.items() if not key.startswith(("PYTEST", "NICE"))}
    code = [sys.executable, "-m", "sim", "lab", *words, "--no-browser", "--lang", "en"]
    code += ["--port", str(port or free_port())]
    until = time.monotonic() + PATIENCE_SECONDS
    with (
        TemporaryDirectory() as passing,
        (told := Path(passing, "told")).open("w") as out,  # a pipe that nobody reads may fill up
        subprocess.Popen(
            code, env=known | own | {"PYTHONUNBUFFERED": "1"}, cwd=cwd, stdout=out, stderr=out
        ) as process,
    ):
        try:
            while not (found := re.search(r"http://[^/\s]+/", told.read_text("utf-8"))):
                assert process.poll() is None, told.read_text("utf-8")
                assert time.monotonic() < until
                time.sleep(0.05)
            address = found[0].rstrip("/")
            while time.monotonic() < until:
                with suppress(OSError), urlopen(address):
                    break
                time.sleep(0.05)
            yield Server(address, process, told)
        finally:
            process.kill()
