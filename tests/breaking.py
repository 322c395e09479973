"""Disks that refuse: let any one of the calls that write a file fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sim import files as whole

CALLS = ("open", "write", "flush", "fsync", "replace", "fsync of the folder")


class File:
    """A file that writes half, says so, and then the whole."""

    def __init__(self, file: Any, count: Callable[[str], None]) -> None:
        self._file, self._count = file, count

    def __enter__(self) -> File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: Any) -> int:
        start = self._file.tell()
        self._file.write(bytes(content)[: len(content) // 2])  # half, then the fault
        self._count("write")
        self._file.seek(start)
        return int(self._file.write(content))

    def flush(self) -> None:
        self._count("flush")
        self._file.flush()

    def fileno(self) -> int:
        return int(self._file.fileno())


@contextmanager
def failing(at: int, number: int) -> Iterator[list[str]]:
    """Let the n-th call that writes fail, once; the list holds the calls so far."""
    calls: list[str] = []
    really: dict[str, Any] = {
        "open": Path.open,
        "fsync": os.fsync,
        "replace": Path.replace,
        "folder": whole._sync_folder,
    }

    def count(name: str) -> None:
        calls.append(name)
        if len(calls) == at:
            raise OSError(number, os.strerror(number))

    def opened(path: Path, mode: str = "r", *args: Any, **how: Any) -> Any:
        if mode != "wb":
            return really["open"](path, mode, *args, **how)
        count("open")
        return File(really["open"](path, mode, *args, **how), count)

    def synced(descriptor: int) -> None:
        count("fsync")
        really["fsync"](descriptor)

    def replaced(path: Path, target: Path) -> Any:
        count("replace")
        return really["replace"](path, target)

    def folder_synced(folder: Path) -> None:
        count("fsync of the folder")
        really["folder"](folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", opened)
        patch.setattr(os, "fsync", synced)
        patch.setattr(Path, "replace", replaced)
        patch.setattr(whole, "_sync_folder", folder_synced)
        yield calls
