"""Every line of Python in docs/*.md runs, and the commands shown there exist or run too."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim import cli

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(name: str, language: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_guide_runs_as_a_notebook_does(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("SALib")
    pytest.importorskip("optuna")
    run_as_a_notebook("python.md")
    assert "parameter_sd" in capsys.readouterr().out


def run_as_a_notebook(name: str) -> None:
    names: dict[str, object] = {}
    for text in blocks(name, "python"):
        exec(compile(text, name, "exec"), names)


def test_the_page_on_agents_runs() -> None:
    pytest.importorskip("gymnasium")
    run_as_a_notebook("gym.md")


def test_the_page_on_studies_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in blocks("studies.md", "python"):
        exec(compile(text, "studies.md", "exec"), {})
    lines = [line for text in blocks("studies.md", "console") for line in text.splitlines()]
    shown = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    assert shown
    for line in shown:
        program, *words = shlex.split(line)
        assert program == "qunlab"
        assert cli.main(words) == 0, line


def test_the_page_for_users_of_other_tools_runs_and_names_commands_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in blocks("coming_from.md", "python"):
        exec(compile(text, "coming_from.md", "exec"), {})
    text = (DOCS / "coming_from.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`qunlab ([a-z]+)", text))
    assert named
    assert named <= set(cli.COMMANDS)
    for folder, anchor in re.findall(r"\]\(([\w./]*)#([\w-]+)\)", text):
        page = (DOCS / (folder or "coming_from.md")).read_text(encoding="utf-8")
        heads = [
            re.sub(r"[^\w\s-]", "", head).strip().lower()
            for head in re.findall(r"^#+ (.*)$", page, flags=re.M)
        ]
        assert anchor in [head.replace(" ", "-") for head in heads]


def test_the_guide_says_what_mesa_alone_plays_and_what_solara_needs() -> None:
    text = " ".join((DOCS / "python.md").read_text(encoding="utf-8").split())
    assert "subclass of `Member`, and plays in Mesa alone" in text
    assert "It needs a network: Solara fetches its widgets from cdn.jsdelivr.net" in text
