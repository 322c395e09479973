"""What a file or folder of the user's is, and which command takes it."""

from __future__ import annotations

import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError, announced
from sim.language import N_, _

SCENARIO, SWEEP, STUDY, CASE, PEOPLE, PRESET, CODE, STORE, LOG, EXPORT = KINDS = (
    *("scenario", "sweep", "study", "case", "people", "preset", "code", "store", "log", "export"),
)
TAKEN_BY = dict(
    zip(
        KINDS,
        N_(
            (
                "{path} is a scenario; 'qunlab run {path}' plays it",
                "{path} is a sweep file; 'qunlab sweep {path} --out DIR' plays it",
                "{path} is a study file; 'qunlab sensitivity {path} --out DIR' plays it, or "
                "'qunlab optimise'",
                "{path} is a case; 'qunlab cases {name}' tries it",
                "{path} says who the members are; 'qunlab run FILE --people {path}' takes it",
                "{path} says what the team does; 'qunlab run FILE --preset {path}' takes it",
                '{path} holds code; a scenario takes it as [policies.NAME] use = "{path}:CLASS"',
                "{path} holds what a sweep played; 'qunlab export', 'replay', 'fork' and 'cite' "
                "take it",
                "{path} is a message log; 'qunlab observe {path}' reads it, or 'qunlab forecast'",
                "{path} looks like a chat export; 'qunlab my {path}' reads it, and 'qunlab import' "
                "makes a log of it",
            )
        ),
        strict=True,
    )
)
# the first kind of which a TOML file has an entry
ENTRIES = {
    CASE: ("story", "claim"),
    STUDY: ("levers", "uncertain"),
    SWEEP: ("scenario", "grid", "table", "latin_hypercube", "sobol", "one_at_a_time"),
    SCENARIO: ("base", "people", "preset", "types", "group", "run", "policies", "needs", "habit"),
}
OF_FOLDER = {"people": PEOPLE, "policies": PRESET}
OF_ENDING = {".py": CODE, ".parquet": LOG, ".txt": EXPORT, ".html": EXPORT}
LARGEST_LOOKED_AT_BYTES = 4_000_000
LOOKED_AT_BYTES = 4_096
UTF_16 = BOM_UTF16_LE, BOM_UTF16_BE


def kind_of(path: Path, data: Mapping[str, Any] | None = None) -> str:
    """Return what a file or folder is, as far as that is plain: one of `KINDS`, or nothing; `data`
    are the tables of a TOML file that was read already.
    """
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError:  # a name that is too long, say: whoever reads it says so
        return ""
    if is_folder or is_file:
        announced(path)
    if is_folder:
        held = (("manifest.json", STORE), ("messages.parquet", LOG))
        kind = next((kind for name, kind in held if (path / name).is_file()), "")
        return "" if kind == STORE and _is_of_a_chat(path / "manifest.json") else kind
    if path.suffix != ".toml" or not is_file:
        return OF_ENDING.get(path.suffix, "") if is_file else ""
    data = _tables(path) if data is None else data
    kind = next((kind for kind, known in ENTRIES.items() if any(map(data.get, known))), "")
    return OF_FOLDER.get(path.parent.name, kind) if kind == SCENARIO else kind


def refuse_another(
    path: Path, wanted: Collection[str], data: Mapping[str, Any] | None = None
) -> None:
    """Refuse what is plainly of another kind than those wanted: name it, and what takes it."""
    kind = kind_of(path, data)
    if kind == EXPORT and EXPORT not in wanted:
        with path.open("rb") as file:
            head = file.read(LOOKED_AT_BYTES)
        if not head.strip():
            raise InputError([_("{path} is empty", path=path)])
        if b"\0" in head and not head.startswith(UTF_16):
            raise InputError([_("{path} is not a text", path=path)])
    if kind and kind not in wanted:
        raise InputError([_(TAKEN_BY[kind], path=path, name=path.stem)])


def _is_of_a_chat(manifest: Path) -> bool:
    """Say whether a manifest is a chat exporter's (QQChatExporter's, which parts its messages)."""
    with manifest.open("rb") as file:
        return b'"chatInfo"' in file.read(LOOKED_AT_BYTES)


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(LARGEST_LOOKED_AT_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
