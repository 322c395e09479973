"""Files: there whole or not at all; no text becomes a formula; Arrow opens its files by itself."""

from __future__ import annotations

import csv
import errno
import io
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from breaking import CALLS, failing
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog import read_log, write_log
from sim.files import (
    as_csv,
    guarded,
    guarded_line,
    read_parquet,
    unguarded,
    write_parquet,
    write_whole,
)
from sim.study.design import parse_design
from sim.study.export import export
from sim.study.origin import under_origin
from sim.study.store import read_store
from sim.study.sweep import sweep

LIVE = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
TEXTS = st.text(st.sampled_from("'=+-@\t\r\n＝a ,;\"1"), max_size=5)


@given(TEXTS)
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not LIVE.match(guarded(text))
    assert unguarded(guarded(text)) == text
    assert guarded(text) == text or LIVE.match(text.lstrip("'"))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_numbers_stay_and_texts_come_back_from_csv(texts: list[str]) -> None:
    texts = [text.replace("\r", "") for text in texts]
    table = pd.DataFrame({"text": texts, "-n": -1.5, "=b": True})
    rows = list(csv.reader(io.StringIO(as_csv(table), newline="")))
    assert rows[0] == ["text", "'-n", "'=b"]
    assert [unguarded(row[0]) for row in rows[1:]] == texts
    assert {tuple(row[1:]) for row in rows[1:]} == {("-1.5", "True")}


@given(st.dictionaries(st.sampled_from("ab"), TEXTS), st.sampled_from(",;\t"))
def test_lines_of_origin_hold_no_formula(found: dict[str, str], comma: str) -> None:
    text = under_origin(pd.DataFrame({"n": [1]}), found).decode()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
        assert not [cell for cell in row if LIVE.match(cell.lstrip(" "))]


def test_a_group_named_like_a_formula_keeps_its_name(tmp_path: Path) -> None:
    names = ["=1+1", "'-x", "plain"]
    rows = pd.DataFrame({"group": names, "member": [0, 0, 0], "ts": [5.0] * 3, "type": ["msg"] * 3})
    events = pd.DataFrame({"group": [], "ts": [], "event": []})
    write_log(tmp_path, rows, events, pd.DataFrame({"group": names}))
    assert '"\'=1+1"' in (tmp_path / "groups.csv").read_text()
    log = read_log(tmp_path)
    assert log.groups is not None
    assert log.groups["group"].tolist() == names


opened: list[str] | None = None


def _note(event: str, details: tuple[Any, ...]) -> None:
    if opened is not None and event == "open" and not str(details[0]).isdigit():
        opened.append(str(details[0]))


def test_arrow_never_gets_a_file_that_python_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its threads may hold such a file while Python ends, which aborts the process."""
    sys.addaudithook(_note)
    monkeypatch.setattr(sys.modules[__name__], "opened", [])
    rows = pd.DataFrame({"group": ["a"], "member": [0], "ts": [5.0], "type": ["msg"]})
    events = pd.DataFrame({"group": [], "ts": [], "event": []})
    write_log(tmp_path / "log", rows, events, rows[["group"]])
    read_log(tmp_path / "log")
    write_parquet(rows, tmp_path / "x.parquet")
    read_parquet(tmp_path / "x.parquet")
    design = parse_design({"scenario": {}, "replications": 1, "grid": {"group.size": [2]}})
    sweep(design, tmp_path / "o")
    read_store(tmp_path / "o")
    export(tmp_path / "o", tmp_path / "y.parquet")
    assert opened, "the hook saw nothing"
    passing = {".messages.parquet", ".events.parquet", ".part-000000.parquet", ".y.parquet"}
    names = {Path(name).name for name in opened if "parquet" in name}
    assert {name.removesuffix(".tmp").rstrip("0123456789").rstrip(".") for name in names} <= passing


def test_nothing_but_one_module_hands_files_to_arrow() -> None:
    handed = re.compile(r"pd\.read_parquet|\.to_parquet\(|pq\.\w+\([^)]*open\(|pa\.PythonFile")
    texts = {str(path): path.read_text("utf-8") for path in Path("sim").rglob("*.py")}
    assert [name for name, text in texts.items() if handed.search(text)] == ["sim/files.py"]
    buffers = {name for name, text in texts.items() if "BytesIO" in text and "pyarrow" in text}
    assert buffers == {"sim/study/export.py"}  # a workbook, which Arrow never sees


def test_a_guarded_text_comes_back_and_a_comment_holds_no_formula() -> None:
    texts = ["=1+1", "'-x", "'quoted'", "a = 1"]
    assert [unguarded(guarded(text)) for text in texts] == texts
    assert guarded_line("# study: a, =1+1") == "# study: a, '=1+1"
    assert guarded_line("# seed: -1") == "# seed: -1"


@pytest.mark.parametrize("at", range(1, 1 + len(CALLS)))
def test_the_old_content_stays_when_the_new_cannot_be_written(tmp_path: Path, at: int) -> None:
    file = tmp_path / "x.csv"
    write_whole(file, b"old")

    with failing(at, errno.ENOSPC), pytest.raises(OSError, match=r"x\.csv"):
        write_whole(file, b"new, and longer")
    assert file.read_bytes() in (b"old", b"new, and longer")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
