"""Values of a JSON file that may be anything, as what they should be."""

from __future__ import annotations

from typing import Any


def word(value: Any) -> str:
    """Return a text or a whole number as text.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Without spaces around it; empty for everything else.

    Examples
    --------
    >>> word(12), word(None), word([1])
    ('12', '', '')
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value).strip()


def record(value: Any) -> dict[str, Any]:
    """Return an object's fields.

    Parameters
    ----------
    value : object

    Returns
    -------
    dict
        Empty for everything else.
    """
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return an array's elements.

    Parameters
    ----------
    value : object

    Returns
    -------
    list
        Empty for everything else.
    """
    return value if isinstance(value, list) else []
