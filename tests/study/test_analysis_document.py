"""Every command and every line of Python in docs/analysis.md runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim import cli

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "analysis.md").read_text(encoding="utf-8")


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("SALib")
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    names = re.findall(r"Save this\s+as `(\S+)`", PAGE)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    for language, text in blocks:
        if language == "toml":
            Path(names.pop(0)).write_text(text, encoding="utf-8")
        elif language == "console":
            for line in text.splitlines():
                program, *words = shlex.split(line.removeprefix("$ "))
                assert program == "qunlab"
                assert cli.main(words) == 0, line
        else:
            exec(compile(text, "analysis.md", "exec"), {})
    assert not names
