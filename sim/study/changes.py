"""What makes two studies differ, in one line each: why a store cannot take the rows of a design."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sim.study.manifest import Manifest


def differences(old: Manifest, new: Manifest) -> list[str]:
    """Say why a store cannot take the rows of another design, a line each; none: it can."""
    same_parts = dataclasses.replace(new, block_groups=old.block_groups)
    if old.identity == same_parts.identity:
        return []
    found = [
        f"{key}: the store has {_shown(there)}, the design {_shown(here)}"
        for key, there, here in _unequal(_described(old, new), _described(new, old))
    ]
    found += [
        f"{key}: the file has changed"
        for key, there, here in _unequal(old.files, new.files)
        if there and here
    ]
    if old.code != new.code:
        found.append(_other_code(old, new))
    return found or ["a file that the scenario names (a policy, an edge list) has changed"]


def _other_code(old: Manifest, new: Manifest) -> str:
    """Say what of the code is another one: the packages by name, else the simulator itself."""
    moving = ("qunlab", "python", "numba", "numpy", "processor")
    changed = [
        f"{name} {there} is now {here}"
        for name, there, here in _unequal(old.versions, new.versions)
        if name in moving and there
    ]
    why = ", ".join(changed) or "the simulator or its outcomes changed"
    return f"code: the store was made by engine {old.code}, this is {new.code} ({why})"


def _described(manifest: Manifest, other: Manifest) -> dict[str, Any]:
    study = {"run.groups", "run.seed", *manifest.levers, *other.levers}
    described: dict[str, Any] = {"replications": manifest.replications, "seed": manifest.seed}
    described["kind of design"] = manifest.kind
    if manifest.independent != other.independent:
        described["independent"] = manifest.independent
    if manifest.kind == other.kind == "grid":
        described |= {f"grid: {key}": values for key, values in manifest.levers.items()}
    elif manifest.kind == other.kind and manifest.table != other.table:
        described["points"] = len(manifest.scenarios)
        unequal = [a != b for a, b in zip(manifest.table, other.table, strict=False)]
        if any(unequal):
            at = unequal.index(True)
            described[f"point {at}"] = manifest.row(at)
    described |= {f"choices.{name}": options for name, options in manifest.choices.items()}
    described |= {key: value for key, value in manifest.settings.items() if key not in study}
    if manifest.levers.keys() == other.levers.keys():
        described["order of the levers"] = list(manifest.levers)
    return described


def _unequal(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for key in dict.fromkeys([*old, *new]):
        there, here = old.get(key), new.get(key)
        if there != here:
            yield key, there, here


def _shown(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)[:200]
