"""What apps, exporters and phones write, as ``words.toml`` lists it."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

_FILE = resources.files("sim.chatlog") / "words.toml"
WORDS: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
