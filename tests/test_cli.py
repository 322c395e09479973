"""What the command says when nothing is simulated: help, version, doctor, wrong words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import __version__, cli
from sim.cli import doctor
from sim.errors import InputError


def qunlab(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sim", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def error_lines(text: str) -> list[str]:
    """Return the lines of an error output, each of which must be an error."""
    lines = text.splitlines()
    assert lines
    assert all(line.startswith("error: ") for line in lines), text
    return lines


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"qunlab {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_lists_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    for command in cli.application().registered_commands:
        assert f"\n  {command.name} " in shown


@pytest.mark.parametrize("command", [c.name for c in cli.application().registered_commands])
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"qunlab {command}" in shown.partition("Example")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["doctro"], "'doctor'"),
        (["doctor", "--jsno"], "--json"),
        (["doctor", "extra"], "extra"),
        (["--nothing-like-it"], "--nothing-like-it"),
    ],
)
def test_a_wrong_word_is_one_line_with_the_nearest_match(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 2
    (line,) = error_lines(capsys.readouterr().err)
    assert said in line


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (InputError(["days: -1 is below 1", "size: no"]), 2, "error: days: -1 is below 1\nerror: "),
        (OSError(28, "No space left on device", "out.parquet"), 1, "error: No space left on devic"),
        (MemoryError(), 1, "error: out of memory"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_whatever_goes_wrong_is_a_line_and_a_code(
    raised: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def examine() -> None:
        raise raised

    monkeypatch.setattr(doctor, "examine", examine)
    assert cli.main(["doctor"]) == code
    shown = capsys.readouterr()
    assert shown.err.startswith(said)
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def examine() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "examine", examine)
    with pytest.raises(ZeroDivisionError):
        cli.main(["doctor"])


def test_doctor_in_json() -> None:
    done = qunlab("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["qunlab"] == __version__
    assert facts["generator_agrees"] is True
    assert facts["threads"] >= 1
    assert Path(facts["cache_folder"]).is_dir()
    assert facts["mesa"].startswith("3.")


def test_doctor_in_words_names_everything_the_json_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["doctor"]) == 0
    named = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert named == list(doctor.examine())


def test_doctor_fails_when_the_generator_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = (((0, 0), (0, 0, 0, 0), (1, 2, 3, 4)),)
    monkeypatch.setattr(doctor, "PHILOX_VECTORS", vectors)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.endswith("no\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sim", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert len(error_lines(done.stderr)) == 1


def test_a_reader_that_has_gone_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "sim", "--help"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (1, "")
