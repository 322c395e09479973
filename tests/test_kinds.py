"""A file of the wrong kind is named for what it is, in one line, with the command that takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from sim.kinds import KINDS, TAKEN_BY, kind_of

FILES = {
    "scenario": ("own.toml", "[group]\nsize = 5\n"),
    "sweep": ("sweep.toml", 'scenario = "own.toml"\n[grid]\n"group.size" = [4, 8]\n'),
    "study": ("study.toml", 'scenario = "own.toml"\n[levers]\n"group.size" = [4, 8]\n'),
    "case": ("case.toml", 'claim = "x"\n[story]\nen = "x"\n'),
    "people": ("people/us.toml", "[habit]\ninterest_power = 4.0\n"),
    "preset": ("policies/ours.toml", "[policies.cadence]\nposts_per_day = 1\n"),
    "code": ("mine.py", "class Mine: ...\n"),
    "store": ("kept/manifest.json", "{}"),
    "log": ("log/messages.parquet", ""),
    "export": ("chat.txt", "Anna 2024/5/1 18:00\nhello\n"),
}
TAKES = {
    "run": ("scenario", "people", "preset"),
    "compare": ("scenario", "people", "preset"),
    "power": ("scenario", "people", "preset"),
    "sweep": ("sweep",),
    "sensitivity": ("study",),
    "optimise": ("study",),
    "discover": ("store",),
    "cite": ("store",),
    "merge": ("store",),
    "export": ("store",),
    "observe": ("log",),
    "forecast": ("log",),
    "cases": ("case",),
    "my": ("log", "export"),
}
MORE = {
    "compare": ("--with", "group.size=3"),
    **dict.fromkeys(("sweep", "sensitivity", "optimise"), ("--out", "new")),
    "export": ("--to", "new.csv"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.values():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    return tmp_path


def given(kind: str) -> Path:
    path = Path(FILES[kind][0])
    return path.parent if kind in ("store", "log") else path


@pytest.mark.parametrize(
    ("held", "why"), [(b"", "is empty"), (b" \n", "is empty"), (b"\0\1\2", "is not a text")]
)
def test_a_text_that_holds_nothing_is_no_chat(folder: Path, held: bytes, why: str, capsys) -> None:
    Path("odd.txt").write_bytes(held)
    assert cli.main(["run", "odd.txt"]) == 2
    assert f"odd.txt {why}" in capsys.readouterr().err


def test_a_table_of_a_log_names_the_log(folder: Path, capsys) -> None:
    Path("log/groups.csv").write_text("group,created,closed\n")
    assert cli.main(["forecast", "log/groups.csv"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "name the log's folder" in line


def test_every_kind_is_known_and_what_is_nothing_is_none(folder: Path) -> None:
    assert {kind: kind_of(given(kind)) for kind in KINDS} == dict(zip(KINDS, KINDS, strict=True))
    Path("empty.toml").touch()
    Path("broken.toml").write_text("a = [")
    assert [kind_of(Path(name)) for name in ("empty.toml", "broken.toml", "none", ".")] == [""] * 4


@pytest.mark.parametrize("command", TAKES)
def test_each_command_names_the_kind_and_the_command_that_takes_it(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in set(KINDS) - set(TAKES[command]):
        path = given(kind)
        assert cli.main([command, str(path), *MORE.get(command, ())]) == 2, kind
        (line,) = capsys.readouterr().err.splitlines()
        said = TAKEN_BY[kind].format(path=path, name=path.stem)
        assert line.endswith(said), (kind, line)


@pytest.mark.parametrize("kind", ["people", "case", "sweep"])
def test_a_population_is_a_scenario(
    kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = given(kind)
    assert cli.main(["validate", "--population", str(path)]) == 2
    assert TAKEN_BY[kind].format(path=path, name=path.stem) in capsys.readouterr().err


def test_people_that_are_played_as_a_scenario_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "people/us.toml", "--groups", "2", "--days", "2"]) == 0
    assert "people/us.toml says who the members are" in capsys.readouterr().err
