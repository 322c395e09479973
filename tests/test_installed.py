"""The wheel, installed apart from the repository, does in an empty folder what the README says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHIPPED = sorted(
    path.relative_to(PROJECT).as_posix() for path in (PROJECT / "configs").rglob("*.*")
)
COMMANDS = [
    ["doctor"],
    ["new", "brand"],
    ["run", "brand.toml", "--size", "8", "--groups", "3", "--days", "2", "--log", "log"],
    ["run", "copied.toml", "--size", "8", "--groups", "2", "--days", "1"],
    ["run", "configs/base.toml", "--size", "8", "--groups", "2", "--days", "1"],
    ["run", "copied.toml", "--people", "mothers", "--preset", "hands_off", "--days", "1"],
    ["policies"],
    ["sweep", "small.toml", "--out", "small"],
    ["sweep", "scale_vs_activity", "--dry-run"],
    ["sweep", "sweeps/copied.toml", "--dry-run"],
    ["sweep", "configs/sweeps/designs.toml", "--dry-run"],
    ["forecast", "log", "--rooms", "200"],
    ["validate", "--rooms", "40"],
    ["benchmark", "--only", "ashton", "--groups", "4"],
    ["params", "--population", "learner_rooms"],
    ["params", "--population", "brand.toml"],
]
DRIVER = """
import json, sys
from pathlib import Path
import sim
from sim.cli import main
from sim.scenario.loading import configs
done = [[words, main(words)] for words in json.loads(sys.argv[1])]
Path("done.json").write_text(json.dumps({"sim": sim.__file__, "at": str(configs()), "done": done}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    words = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--sdist"]
    subprocess.run([*words, "--out-dir", str(folder), str(PROJECT)], check=True)
    return folder


def test_the_wheel_holds_every_file_that_is_no_code(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    beside = [path for path in (PROJECT / "sim").rglob("*.*") if path.suffix not in (".py", ".pyc")]
    wanted = {path.relative_to(PROJECT).as_posix() for path in beside if path.is_file()}
    assert {"sim/py.typed", "sim/report/templates/shell.html.jinja"} < wanted
    assert wanted | {f"sim/{name}" for name in SHIPPED} <= names


def test_the_source_distribution_holds_the_configs(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {*SHIPPED, "pyproject.toml"} <= names


def test_the_installed_commands_work_in_an_empty_folder(built: Path, tmp_path: Path) -> None:
    installed, here = tmp_path / "installed", tmp_path / "here"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    (here / "sweeps").mkdir(parents=True)
    shipped = installed / "sim" / "configs"
    (here / "copied.toml").write_bytes((shipped / "base.toml").read_bytes())
    demo = (shipped / "sweeps" / "scale_vs_activity.toml").read_bytes()
    (here / "sweeps" / "copied.toml").write_bytes(demo)  # its "../base.toml" is not there
    (here / "small.toml").write_text(
        'scenario = "brand.toml"\nreplications = 2\ndays = 1\n[grid]\n"group.size" = [5, 8]\n'
    )
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    run = subprocess.run(
        [sys.executable, "-S", "-c", DRIVER, json.dumps(COMMANDS)],  # -S: no editable install
        cwd=here,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads((here / "done.json").read_text())
    assert Path(found["sim"]).is_relative_to(installed)
    assert Path(found["at"]) == shipped
    assert [(words, code) for words, code in found["done"] if code] == [], run.stderr
    assert str(shipped) in run.stdout
    assert (here / "small" / "report.html").is_file()
