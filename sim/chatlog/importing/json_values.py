"""Values of a JSON file that may be anything, as what they should be."""

from __future__ import annotations

from typing import Any


def word(value: Any) -> str:
    """Return a text or a whole number as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value).strip()


def record(value: Any) -> dict[str, Any]:
    """Return an object's fields."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return an array's elements."""
    return value if isinstance(value, list) else []
