"""Scenario files that come with the program: the shipped community and the populations."""

from __future__ import annotations

from pathlib import Path

CONFIGS = Path("configs")
PROJECT = Path(__file__).resolve().parents[2]
BASE_FILE = PROJECT / CONFIGS / "base.toml"
"""The shipped community."""


def shipped_populations() -> dict[str, Path]:
    """Name the scenario files of ``configs/populations``, here and beside the program.

    Returns
    -------
    dict of str to Path
        Where both have one of a name, the one here.

    Examples
    --------
    >>> "learner_rooms" in shipped_populations()
    True
    """
    folders = (PROJECT / CONFIGS / "populations", CONFIGS / "populations")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
