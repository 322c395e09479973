"""The project itself: quick to import, layered, documented by examples that run, plainly named."""

from __future__ import annotations

import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import sim
from sim import compiling
from sim.scenario import load_mix
from sim.study.design import load_design

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = sorted((PROJECT / "sim").rglob("*.py"))
HEAVY = ("pandas", "scipy", "matplotlib", "pyarrow", "mesa", "networkx", "pydantic", "numba")


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def python(*words: str, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


# --- how long it takes to start -------------------------------------------------------------------


def cpu_seconds(*words: str) -> float:
    """Processor time of a Python process, the least of five (others share the machine)."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert python(*words).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(5))


def test_importing_sim_is_quick() -> None:
    assert cpu_seconds("-c", "import sim") <= 0.3


def test_help_is_quick() -> None:
    assert cpu_seconds("-m", "sim", "--help") <= 0.5


def loaded_by(statement: str) -> set[str]:
    done = python("-c", f"import sys; {statement}; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    return {module.partition(".")[0] for module in done.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    ["import sim", "import sim.cli; sim.cli.application('--help')", "import sim.errors"],
)
def test_heavy_packages_are_not_imported_at_the_start(statement: str) -> None:
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_every_public_name_loads_when_it_is_used() -> None:
    assert set(sim.__all__) <= set(dir(sim))
    assert None not in [getattr(sim, name) for name in sim.__all__]
    with pytest.raises(AttributeError, match="Comunity"):
        _ = sim.Comunity


# --- who may know whom ----------------------------------------------------------------------------


def layers() -> list[str]:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [re.sub(r"[()\s]", "", layer) for layer in found]


def test_the_layers_are_kept() -> None:
    linted = python("-c", "from importlinter.cli import lint_imports as lint; exit(lint())")
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_what_the_digest_leaves_out_is_above_the_engine() -> None:
    above = layers()[: layers().index("models|ensemble")]
    modules = {module for layer in above for module in re.split(r"[|:]", layer)}
    assert modules >= compiling.ABOVE_THE_ENGINE


# --- how it is written ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_long_file_says_why(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 600 or "One file because" in text[:1000]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_named_for_what_it_holds(path: Path) -> None:
    assert not {"utils", "util", "helpers", "common", "manager", "misc"} & set(path.stem.split("_"))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_people_in_a_group_are_members(path: Path) -> None:
    found = set(re.findall(r"\b(?:n_|num_)?users?_\w+|\w+_users?\b", path.read_text()))
    assert found <= {one.stem for one in (PROJECT / "configs" / "people").iterdir()}


def written_files() -> list[Path]:
    kinds = {".py", ".md", ".toml", ".cff", ".html", ".yml", ""}
    skipped = {"LICENSE"}
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    paths = [PROJECT / name for name in listed.stdout.split("\0") if name]
    return [p for p in paths if p.suffix in kinds and p.name not in skipped and p.exists()]


def test_no_file_names_a_place_on_one_machine() -> None:
    system = "dev|proc|usr|bin|etc|sys"
    absolute = re.compile(rf"""(?<=["'`( =])/(?!(?:{system})\b)[a-z]\w*/[a-z]\w*""")
    named = {
        f"{name_of(path)}: {place}"
        for path in written_files()
        for place in absolute.findall(path.read_text(encoding="utf-8"))
    }
    assert not named


# --- what the documents promise -------------------------------------------------------------------

DOCUMENTS = ("README.md", "README.zh.md", "CONTRIBUTING.md")
SHELL = ("console", "bash", "sh")
SETTING_UP = ("git", "cd")


def blocks(document: str) -> list[tuple[str, str]]:
    """Return (language, text) of each fenced block."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def shell_lines(language: str, text: str) -> list[str]:
    """Return the commands of a block; of a console session, the lines after ``$``."""
    lines = text.replace("\\\n", " ").splitlines()
    if language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z.-]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))


def run_line(line: str, folder: Path) -> None:
    """Run ``qunlab ...``; of ``make ...`` see only that there is such a target."""
    program, *words = shlex.split(line, comments=True)
    if program == "make":
        assert set(words) <= make_targets(), f"the Makefile cannot {line!r}"
    elif program == "qunlab":
        done = python("-m", "sim", *words, folder=folder)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    else:
        assert program in SETTING_UP, f"no test runs {line!r}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_of_a_document_run(document: str, tmp_path: Path) -> None:
    if not (PROJECT / document).exists():
        pytest.skip(f"{document} is not written yet")
    if (PROJECT / "configs").exists():
        shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    for language, text in blocks(document):
        if language in SHELL:
            for line in shell_lines(language, text):
                run_line(line, tmp_path)
        elif language == "python":
            done = python("-c", text, folder=tmp_path)
            assert done.returncode == 0, f"{text}\n{done.stderr}"
        elif language == "toml":
            tomllib.loads(text)


def test_the_documents_name_files_that_exist() -> None:
    missing = {
        f"{document}: {target}"
        for document in DOCUMENTS
        if (PROJECT / document).exists()
        for target in re.findall(r"\]\(([^)#:]+)\)", (PROJECT / document).read_text("utf-8"))
        if not (PROJECT / target).exists()
    }
    assert not missing


def test_every_make_target_is_explained() -> None:
    listed = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True)
    for target in ("demo", "test", "test-thorough", "test-newest", "check", "bench", "clean"):
        assert f"make {target} " in listed.stdout


def test_the_version_is_the_cited_one() -> None:
    cited = re.search(r"^version: (\S+)$", (PROJECT / "CITATION.cff").read_text(), re.MULTILINE)
    assert cited
    assert cited.group(1) == sim.__version__


CONFIGS = sorted((PROJECT / "configs").rglob("*.toml"))


SCENARIOS = [path for path in CONFIGS if path.parent.name not in ("cases", "sweeps")]


@pytest.mark.parametrize("path", SCENARIOS, ids=name_of)
def test_every_shipped_scenario_loads(path: Path) -> None:
    assert load_mix(path).scenario.name


@pytest.mark.parametrize("path", [p for p in CONFIGS if p.parent.name == "sweeps"], ids=name_of)
def test_every_shipped_design_loads(path: Path) -> None:
    assert len(load_design(path).points) > 1
