"""An export that a browser gave: held in memory, never written to the disk, forgotten once read."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.language import _

MOST_BYTES = 1 << 30

FilePath = type(Path())


class Held(FilePath):  # type: ignore[misc, valid-type]
    """A path whose file is in memory; whoever wants it on the disk is refused.

    Examples
    --------
    >>> path = Held.of("../chat.txt", b"one")
    >>> path.name, path.open("rb").read(), path.is_file(), (path / "more").is_file()
    ('chat.txt', b'one', True, False)
    >>> path.forget()
    >>> path.exists()
    False
    """

    content: bytes | None = None

    @classmethod
    def of(cls, name: str, content: bytes) -> Held:
        """Hold bytes under the last part of a name."""
        held = cls(Path(name.replace("\\", "/")).name or "export")
        held.content = content
        return held

    def forget(self) -> None:
        """Drop the bytes."""
        self.content = None

    def stat(self, **_how: Any) -> os.stat_result:
        """Say that it is a file of so many bytes."""
        if self.content is None:
            raise FileNotFoundError(str(self))
        return os.stat_result((stat.S_IFREG | 0o400, 0, 0, 1, 0, 0, len(self.content), 0, 0, 0))

    def exists(self, **_how: Any) -> bool:
        """Say whether its bytes are held."""
        return self.content is not None

    is_file = exists

    def is_dir(self, **_how: Any) -> bool:
        """Say that it is none."""
        return False

    def resolve(self, *_how: Any) -> Held:
        """Return itself: it lies nowhere."""
        return self

    def open(self, *_how: Any, **_more: Any) -> io.BufferedReader:
        """Open it for reading bytes."""
        if self.content is None:
            raise FileNotFoundError(str(self))
        return io.BufferedReader(io.BytesIO(self.content))

    def __fspath__(self) -> str:
        raise InputError([_("{name}: unpack it, or give it to 'qunlab my'", name=self.name)])
