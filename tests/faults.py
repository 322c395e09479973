"""Loading what may be wrong: a scenario, or its faults, each of which must be one short line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from sim.errors import InputError
from sim.scenario import Scenario, load_scenario

LONGEST_LINE = 900


def judged(load: Callable[[], Scenario]) -> Scenario | tuple[str, ...]:
    """Return what loading gives: a scenario, or its problems, each one short printable line."""
    try:
        loaded: Scenario | tuple[str, ...] = load()
    except InputError as fault:
        loaded = fault.problems
    if isinstance(loaded, Scenario):
        return loaded
    assert loaded
    for problem in loaded:
        assert len(problem.splitlines()) == 1
        assert 0 < len(problem) <= LONGEST_LINE
        assert problem.isprintable()
    return loaded


def load_bytes(content: bytes) -> Scenario | tuple[str, ...]:
    """Load a scenario file of this content."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutated.toml"
        file.write_bytes(content)
        return judged(lambda: load_scenario(file))
