"""The manifest: how a design is cut into parts, and what makes two designs differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study import manifest as manifests
from sim.study.changes import differences
from sim.study.design import parse_design
from sim.study.manifest import Block, Manifest, cut, manifest_of, parse_manifest


def wanted(**changed: Any) -> Manifest:
    data = {"scenario": {}, "replications": 4, "grid": {"group.size": [10, 20, 30]}}
    return manifest_of(parse_design(data | changed), 5)


def test_a_manifest_reads_back_equal() -> None:
    assert parse_manifest(wanted().to_json()) == wanted()


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 100))
def test_blocks_cover_the_design_once(points: int, replications: int, most: int) -> None:
    blocks = cut(points, replications, most)
    cells = [(p, r) for block in blocks for p in block.points for r in block.replications]
    assert sorted(cells) == [(p, r) for p in range(points) for r in range(replications)]
    assert max(block.groups for block in blocks) <= most
    assert [block.number for block in blocks] == list(range(len(blocks)))


def test_blocks_take_all_points_before_the_next_replications() -> None:
    assert cut(120, 100, 1000)[0] == Block(0, range(120), range(8))


def test_another_order_of_the_grid_is_another_design() -> None:
    levers = {"group.size": [10, 20], "run.days": [3, 4]}
    there, here = wanted(grid=levers), wanted(grid=dict(reversed(levers.items())))
    assert differences(there, here) == [
        'order of the levers: the store has ["group.size", "run.days"], the design '
        '["run.days", "group.size"]'
    ]


def test_code_digest_sees_an_edit_of_the_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = manifests.code_digest()
    assert before == manifests.code_digest()
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "edited")
    assert manifests.code_digest() != before


def test_a_changed_policy_file_is_refused(tmp_path: Path) -> None:
    code = "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Mine:\n"
    mine = tmp_path / "mine.py"
    mine.write_text(code + "    def plan(self, setting): ...\n")
    own = {"fixed": {"policies.mine.use": f"{mine}:Mine"}}
    before = wanted(**own)
    mine.write_text(code + "    def plan(self, setting): return None\n")
    said = ["policies.mine.use: the file has changed"]
    assert differences(before, wanted(**own)) == said
