"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it is there whole or not at all, whatever happens; a fault of the disk
    names the file.
    """
    with whole_files(path) as (passing,), passing.open("wb") as file:
        file.write(content)
        file.flush()


@contextmanager
def whole_files(*paths: Path) -> Iterator[list[Path]]:
    """Give a passing file for each path, to be written in the block; then they take their places.
    When that fails no new file is left and the old ones stay as far as can be.
    """
    passing = [path.with_name(f".{path.name}.tmp") for path in paths]
    placed: list[Path] = []
    try:
        yield passing
        for path in passing:
            _sync(path)
        for path, new in zip(paths, passing, strict=True):
            placed += [] if path.exists() else [path]
            new.replace(path)
        _sync_folder(paths[0].parent)
    except OSError as fault:
        if len(paths) > 1:
            _remove(placed)
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise OSError(fault.errno, reason, str(paths[0])) from fault
    finally:
        _remove(passing)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot open a folder; its rename is durable by itself
        _sync(folder)
