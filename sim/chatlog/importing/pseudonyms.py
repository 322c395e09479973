"""Names become numbers under a key: the same person the same number, and no way back without it."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from sim.errors import InputError, readable

KEY_BYTES = 32
LEAST_KEY_BYTES = 16
# Numbers stay below 2^52, so that every tool that reads them as floats keeps them exact.
NUMBER_BITS = 52

GROUP_DIGITS = 12


class Pseudonyms:
    """Numbers for people and words for groups, by HMAC-SHA256 under one key.

    >>> under = Pseudonyms(b"0123456789abcdef")
    >>> under.number("whatsapp", "Ada") == under.number("whatsapp", "Ada")
    True
    >>> under.number("whatsapp", "Ada") == under.number("telegram", "Ada")
    False
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._owner: dict[int, tuple[str, str]] = {}

    def number(self, platform: str, person: str) -> int:
        """Return the number of a person.

        Two people whose hashes are equal (one pair in 10^15) still get two numbers: the second one
        met is hashed again with a counter.
        """
        attempt = 0
        while True:
            digest = self._digest("member", platform, person, attempt)
            number = int.from_bytes(digest[:8], "big") >> (64 - NUMBER_BITS)
            if self._owner.setdefault(number, (platform, person)) == (platform, person):
                return number
            attempt += 1

    def group(self, platform: str, group: str) -> str:
        """Return the word that stands for a group."""
        return f"group-{self._digest('group', platform, group, 0).hex()[:GROUP_DIGITS]}"

    def _digest(self, *words: object) -> bytes:
        text = "\0".join(str(word) for word in words)
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256")


def read_key(path: Path | None) -> tuple[bytes, bool]:
    """Return the key of a file, or a fresh one."""
    if path is None or not path.exists():
        return secrets.token_bytes(KEY_BYTES), True
    try:
        text = readable(path).read_bytes().strip()
    except OSError as fault:
        raise InputError([f"--key-file: {path}: cannot be read: {fault.strerror}"]) from None
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = text
    if len(key) < LEAST_KEY_BYTES:
        raise InputError(
            [f"--key-file: {path}: too short for a key; allowed: at least {LEAST_KEY_BYTES} bytes"]
        )
    return key, False


def write_key(path: Path, key: bytes) -> None:
    """Save a fresh key where only its owner can read it; a file that is there is never replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.hex().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise InputError([f"--key-file: {path}: cannot be written: {fault.strerror}"]) from None


def is_open_to_others(path: Path) -> bool:
    """Say whether people other than its owner may read a file."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)
