"""What the lab's tests share: an engine that is compiled, a small sweep, one server a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, served

DESIGN = """
name = "small"
replications = 4
seed = 3
days = 9
[scenario]
base = "../base.toml"
[grid]
"group.size" = [8, 12]
"policies.cadence.posts_per_day" = [0, 2]
"trust.initial" = [0.3, 0.7]
"""


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Compile the engine, so that no test waits half a minute in vain."""
    from sim.cli.sweep import compile_once

    compile_once()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sim.study.design import load_design
    from sim.study.sweep import sweep

    folder = tmp_path_factory.mktemp("map")
    (folder / "small.toml").write_text(DESIGN)
    sweep(load_design(folder / "small.toml"), folder / "results", 1, block_groups=16)
    return folder / "results"


@pytest.fixture(scope="session")
def lab(store: Path) -> Iterator[Server]:
    """The lab of that sweep; at the end it has told of no fault of its own."""
    with served(str(store)) as server:
        yield server
        server.ends_in_order()
