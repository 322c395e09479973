"""How hard the property tests look, and where the real chat logs are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import browsing
import pytest
from hypothesis import HealthCheck, settings

# Compiling and short simulations are slow by Hypothesis' measure and not by ours.
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    print_blob=True,
    max_examples=60,
    suppress_health_check=QUIET,
)
settings.register_profile(
    "thorough",
    deadline=None,
    print_blob=True,
    max_examples=1000,
    suppress_health_check=QUIET,
)
settings.load_profile("thorough" if os.environ.get("QUNLAB_THOROUGH") == "1" else "default")

for told in ("COLUMNS", "LINES"):  # pytest-xdist tells its workers of a terminal they have not
    os.environ.pop(told, None)

for told in ("LC_ALL", "LC_MESSAGES", "LANG"):  # what is said is compared in English
    if os.environ.get(told, "").startswith("zh"):
        del os.environ[told]

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real chat logs: ``$QUNLAB_DATA``, else ``shared/data`` beside the project."""
    named = os.environ.get("QUNLAB_DATA")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    if not (folder / "targets.csv").exists():
        pytest.skip(f"the real chat logs are not here ({folder}; set QUNLAB_DATA)")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The one browser of a module's tests."""
    with browsing.opened() as found:
        yield found
