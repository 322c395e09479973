"""Shards: a sweep cut into parts for an array of jobs, each into a folder of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError

WRITTEN = re.compile(r"(\d{1,6})/(\d{1,6})")
FOLDER = re.compile(r"shard-\d{6}-of-\d{6}")


@dataclass(frozen=True)
class Shard:
    """One of several parts of a sweep.

    Attributes
    ----------
    number : int
        1 ... `count`.
    count : int

    Examples
    --------
    >>> shard = parse_shard("2/3")
    >>> [block for block in range(7) if shard.holds(block)], str(shard)
    ([1, 4], '2/3')
    """

    number: int
    count: int

    def holds(self, block: int) -> bool:
        """Say whether a block belongs to this shard."""
        return block % self.count == self.number - 1

    def folder(self, out: str | Path) -> Path:
        """Return the folder of this shard within that of the study."""
        return Path(out) / f"shard-{self.number:06d}-of-{self.count:06d}"

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def parse_shard(text: str) -> Shard:
    """Read ``i/n``.

    Parameters
    ----------
    text : str

    Returns
    -------
    Shard

    Raises
    ------
    InputError
        When it is not 1/n ... n/n.

    Examples
    --------
    >>> parse_shard("1/10").count
    10
    """
    found = WRITTEN.fullmatch(text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError([f"--shard: {text!r} is no shard; allowed: 1/n to n/n, such as 2/10"])
    return Shard(int(found[1]), int(found[2]))
