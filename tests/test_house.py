"""The house: no circle of files, shallow studies, no stray small file, a budget of lines a room."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "sim"
SOURCES = sorted(PACKAGE.rglob("*.py"))
SHORT_LINES = 60
ANYWHERE_SHORT = {"policies", "cli", "rules"}
DEEPEST_STUDY = 6
# lines without blanks, comments and docstrings; "." are the files that lie in no room
ROOM_CODE_LINES_MOST = {
    ".": 7_161,
    "chatlog": 3_032,
    "cli": 4_549,
    "kernels": 2_370,
    "lab": 2_529,
    "lives": 1_648,
    "plots": 615,
    "policies": 1_404,
    "report": 3_029,
    "rules": 565,
    "scenario": 842,
    "serving": 384,
    "stats": 480,
    "study": 3_890,
    "validation": 1_522,
}


def module_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


FILES = {module_of(path): path for path in SOURCES}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


def imports_in(node: ast.AST) -> set[str]:
    """Modules of the package that are imported anywhere below a node, in functions too."""
    found = set()
    for below in ast.iter_child_nodes(node):
        if is_for_types(below):
            continue
        if isinstance(below, ast.ImportFrom) and below.module:
            names = {f"{below.module}.{alias.name}" for alias in below.names}
            found |= names & FILES.keys() or {below.module} & FILES.keys()
        elif isinstance(below, ast.Import):
            found |= {alias.name for alias in below.names} & FILES.keys()
        found |= imports_in(below)
    return found


IMPORTS = {module: imports_in(tree_of(path)) - {module} for module, path in FILES.items()}


def circles() -> list[list[str]]:
    """Each way of imports that comes back to its first file."""
    done: set[str] = set()
    found = []

    def walk(module: str, way: list[str]) -> None:
        if module in way:
            found.append([*way[way.index(module) :], module])
        elif module not in done:
            for below in sorted(IMPORTS[module]):
                walk(below, [*way, module])
            done.add(module)

    for module in IMPORTS:
        walk(module, [])
    return found


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles() == []


def test_a_study_is_shallow() -> None:
    @cache
    def chain(module: str) -> list[str]:
        below = [chain(each) for each in IMPORTS[module] if each.startswith("sim.study.")]
        return [module, *max(below, key=len, default=[])]

    longest = max((chain(module) for module in FILES if module.startswith("sim.study.")), key=len)
    assert len(longest) <= DEEPEST_STUDY, " -> ".join(longest)


@pytest.mark.parametrize("module", FILES, ids=str)
def test_a_short_file_has_several_importers(module: str) -> None:
    path = FILES[module]
    if path.name.startswith("__") or ANYWHERE_SHORT & set(path.parts):
        return
    importers = [each for each, below in IMPORTS.items() if module in below]
    assert path.read_text().count("\n") >= SHORT_LINES or len(importers) >= 2, importers


def code_lines(path: Path) -> int:
    scopes = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    told: set[int] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, scopes) and ast.get_docstring(node, clean=False) is not None:
            told.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return sum(
        1 for n, line in lines if n not in told and line.strip(" ") and line.strip()[0] != "#"
    )


def room_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE).parts
    return inside[0] if len(inside) > 1 else "."


def test_each_room_keeps_its_budget() -> None:
    rooms: dict[str, int] = {}
    for path in SOURCES:
        rooms[room_of(path)] = rooms.get(room_of(path), 0) + code_lines(path)
    assert rooms.keys() == ROOM_CODE_LINES_MOST.keys()
    over = {room: lines for room, lines in rooms.items() if lines > ROOM_CODE_LINES_MOST[room]}
    assert over == {}


def names_in(path: Path) -> set[str]:
    """Names of a file's functions and classes, and of their methods."""
    found = set()
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            methods = [below for below in node.body if isinstance(below, ast.FunctionDef)]
            found |= {node.name, *(f"{node.name}.{method.name}" for method in methods)}
    return found


def stations() -> list[tuple[str, str]]:
    return re.findall(r"`(sim/[\w/]+\.py):([\w.]+)`", (PROJECT / "DESIGN.md").read_text("utf-8"))


def test_the_walks_have_stations() -> None:
    assert len(stations()) > 20


@pytest.mark.parametrize(("file", "name"), stations())
def test_a_station_of_a_walk_exists(file: str, name: str) -> None:
    assert name in names_in(PROJECT / file)
