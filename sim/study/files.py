"""Files that a design names (policies of one's own and what they read, edge lists, a posterior)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sim.errors import InputError, readable
from sim.populations import SOURCE
from sim.scenario.writing import file_of, items
from sim.study.choices import PREFIX, value_of
from sim.study.design import Design


def named_files(design: Design) -> dict[str, Path]:
    """Find every file that a design names, by dotted key (``key = file`` for a lever's value)."""
    found: dict[str, Path] = {}
    settings = [("", dict(items(design.base)))]
    settings += [(f"{c.key}.{name}: ", s) for c in design.choices for name, s in c.options.items()]
    for place, values in settings:
        for key, value in values.items():
            if path := file_of(key, value):
                found[place + key] = path
    for at, (key, different) in enumerate(design.levers):
        words = [word for word in different if isinstance(word, str)]
        if words and not key.startswith(PREFIX):
            point_with = {row[at]: point for point, row in enumerate(design.rows)}
            for value in words:
                if path := file_of(key, value_of(design.points[point_with[value]], key)):
                    found[f"{key} = {value}"] = path
    if design.posterior is not None:
        found[SOURCE] = design.posterior
    return found


def digest_of(path: Path) -> str:
    """Digest what a file holds: 20 hexadecimal digits."""
    try:
        return hashlib.sha256(readable(path).read_bytes()).hexdigest()[:20]
    except OSError as fault:
        raise InputError([f"{path}: cannot be read: {fault.strerror}"]) from None
