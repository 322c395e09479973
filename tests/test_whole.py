"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from breaking import CALLS, failing

from sim.whole import write_whole


@pytest.mark.parametrize("at", range(1, 1 + len(CALLS)))
def test_the_old_content_stays_when_the_new_cannot_be_written(tmp_path: Path, at: int) -> None:
    file = tmp_path / "x.csv"
    write_whole(file, b"old")

    with failing(at, errno.ENOSPC), pytest.raises(OSError, match=r"x\.csv"):
        write_whole(file, b"new, and longer")
    assert file.read_bytes() in (b"old", b"new, and longer")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
