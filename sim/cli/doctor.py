"""``qunlab doctor``: what this machine offers, and whether the random numbers are right."""

from __future__ import annotations

import os
import platform
import re
import shutil
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

from sim import __version__
from sim.cli.options import Json
from sim.cli.terminal import print_json

PACKAGES = ("numpy", "numba", "mesa", "pandas", "scipy", "pyarrow")
GIBIBYTE = 2**30

# (key, counter, words) as published with Random123 (Salmon, Moraes, Dror and Shaw 2011).
PHILOX_VECTORS = (
    ((0x0, 0x0), (0x0,) * 4, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


def doctor(as_json: Json = False) -> None:
    """Say what this machine offers, and check the random numbers.

    Prints the versions, the processor, where the shipped configs and the compiled engine are, the
    free disk, and whether the generator gives its published test vectors. Exit code 1 when it does
    not.

    Example: qunlab doctor --json
    """
    facts = examine()
    if as_json:
        print_json(facts)
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            typer.echo(f"{name:<{width}}  {_in_words(value)}")
    if not facts["generator_agrees"]:
        raise typer.Exit(1)


def examine() -> dict[str, str | int | float | bool | None]:
    """Gather what `doctor` prints; sizes in GiB, ``threads`` as a run takes when it is not told."""
    from sim import compiling
    from sim.scenario.loading import configs

    folder = compiling.cache_folder()
    bound = hasattr(os, "sched_getaffinity")  # a process may run on some of the cores only
    return {
        "qunlab": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{name: _version(name) for name in PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "threads": len(os.sched_getaffinity(0)) if bound else os.cpu_count() or 1,
        "configs_folder": str(configs()),
        "cache_folder": str(folder) if folder else None,
        "engine_compiled": not compiling.needs_compiling(),
        "free_disk_here_gib": _free_disk_gib(Path.cwd()),
        "free_disk_cache_gib": _free_disk_gib(folder) if folder else None,
        "generator_agrees": generator_agrees(),
    }


def generator_agrees() -> bool:
    """Say whether the generator of `sim.draws` gives its authors' test vectors to the bit."""
    from sim.draws import philox

    for (low, high), counter, words in PHILOX_VECTORS:
        key = low | high << 32
        signed = key - (1 << 64) if key >> 63 else key  # the type keys have in the engine
        if tuple(map(int, philox(signed, *counter))) != words:
            return False
    return True


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    from llvmlite.binding import get_host_cpu_name

    named = None
    with suppress(OSError):
        named = re.search(r"^model name\s*: *(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return f"{named[1] if named else platform.processor()} ({get_host_cpu_name()})"


def _free_disk_gib(folder: Path) -> float:
    return round(shutil.disk_usage(folder).free / GIBIBYTE, 1)


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
