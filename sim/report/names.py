"""What the shipped people, ready-made plans and cases are called in words: names.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from sim.language import language


@cache
def names_by_kind() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read the names: by folder, file and language."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def said(name: str) -> str:
    """Call a shipped file in words, in the language spoken; another stays as it is."""
    known = (names[name] for names in names_by_kind().values() if name in names)
    return next(known, {}).get(language(), name)


def in_words(names: Iterable[str]) -> dict[str, str]:
    """Lay out shipped files to choose from, each as it is called and by its name."""
    return {name: f"{said(name)} · {name}" for name in names}
