"""Shards: a sweep cut into parts for an array of jobs, each into a folder of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError
from sim.study.changes import differences
from sim.study.store import Store, open_store, read_manifest

WRITTEN = re.compile(r"(\d{1,6})/(\d{1,6})")
FOLDER = re.compile(r"shard-\d{6}-of-\d{6}")


@dataclass(frozen=True)
class Shard:
    """One of several parts of a sweep, `number` from 1 to `count`."""

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
    """Read ``i/n``, from 1/n to n/n."""
    found = WRITTEN.fullmatch(text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError([f"--shard: {text!r} is no shard; allowed: 1/n to n/n, such as 2/10"])
    return Shard(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    folder: Path
    communities: int  # rows of the whole study
    copied: int  # parts copied now
    missing: tuple[int, ...]  # numbers of the blocks that no shard has played yet
    blocks: int  # of the whole study

    def waiting(self, count: int) -> list[int]:
        """List the shards, of so many, that have not played all of theirs."""
        return sorted({1 + block % count for block in self.missing})


def shards_in(folder: str | Path) -> list[Path]:
    """List the folders of shards within that of a study."""
    folder = Path(folder)
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if FOLDER.fullmatch(path.name))


def merge(folder: str | Path, sources: Sequence[str | Path] = ()) -> Merged:
    """Put what shards have played into one store; done again, it takes up what has come since.

    Parameters
    ----------
    folder : str or Path
        Of the study; made when it is not there.
    sources : sequence of str or Path
        Stores of the same design; default: the shards within `folder`.

    Returns
    -------
    Merged

    Raises
    ------
    InputError
        Nothing to merge, or stores of different designs, with what differs.
    """
    places = [Path(source) for source in sources] or shards_in(folder)
    if not places:
        raise InputError([f"{folder}: no shards there; 'qunlab sweep FILE --out DIR --shard 1/2'"])
    parts = [Store(place, read_manifest(place)) for place in places]
    first = parts[0].manifest
    problems = []
    for part in parts[1:]:
        found = differences(first, part.manifest)
        if part.manifest.block_groups != first.block_groups:
            found.append("it is cut into other blocks")
        problems += [f"{part.folder}: not the study of {places[0]}: {line}" for line in found]
    if problems:
        raise InputError(problems)
    with open_store(folder, replace(first, sessions=[])) as store:
        if store.manifest.block_groups != first.block_groups:
            raise InputError([f"{folder}: cut into other blocks than {places[0]}"])
        copied = sum(store.adopt(part) for part in parts)
        missing = tuple(block.number for block in store.missing())
        blocks = len(store.manifest.blocks())
    return Merged(Path(folder), first.communities, copied, missing, blocks)
