"""Which code makes the numbers: its digest, and the versions of what it runs on."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from llvmlite.binding import get_host_cpu_name

from sim import __version__
from sim import compiling as kernel_cache

PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "scipy", "mesa")
OUTCOMES = ("outcomes", "deaths", "survival", "study/rows")
"""Modules that the digest of the engine leaves out and that move the numbers of a row."""


def code_digest() -> str:
    """Digest the code that moves the numbers of a row, and what compiles it: 20 hex digits."""
    texts = [kernel_cache.source_digest()]
    for module in OUTCOMES:
        package = kernel_cache.PACKAGE
        paths = [*package.glob(f"{module}.py"), *package.glob(f"{module}/*.py")]
        texts.extend(text_digest(path.read_text(encoding="utf-8")) for path in sorted(paths))
    return text_digest("".join(texts))[:20]


def versions() -> Iterator[tuple[str, str]]:
    """Yield what a number can depend on besides the scenario, name and version."""
    yield "qunlab", __version__
    yield "python", platform.python_version()
    yield "processor", get_host_cpu_name()
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
