"""The manifest: how a design is cut into parts, and what makes two designs differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study import manifest as manifests
from sim.study.cluster import packed, play_packed, unpacked
from sim.study.design import manifest_of, parse_design
from sim.study.manifest import Block, Manifest, cut, differences, parse_manifest
from sim.study.playing import Limits
from sim.study.replay import replay
from sim.study.rows import lever_table, work_of
from sim.study.store import read_store
from sim.study.sweep import sweep


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


READER = """
from dataclasses import dataclass, field
from pathlib import Path
from sim.state import Actions
@dataclass(frozen=True)
class Reader:
    menu: str = field(default="", metadata={"file": True})
    def plan(self, setting):
        return Actions.posts([0], [float(Path(self.menu).read_text())], "chat")
"""


@pytest.mark.parametrize("key", ["fixed", "grid"])
def test_a_changed_file_that_a_policy_names_is_refused(tmp_path: Path, key: str) -> None:
    (tmp_path / "reader.py").write_text(READER)
    (tmp_path / "menu.txt").write_text("3")
    use = {"policies.mine.use": "reader.py:Reader"}
    menu = {"policies.mine.menu": "menu.txt"}
    own = {
        "fixed": {"fixed": use | menu, "grid": {"group.size": [3]}},
        "grid": {"fixed": use, "grid": {name: [value] for name, value in menu.items()}},
    }[key]
    design = parse_design({"scenario": {}, "replications": 2, "days": 2} | own, tmp_path)
    before = manifest_of(design, 5)
    sweep(design, tmp_path / "out")
    assert read_store(tmp_path / "out")[1]["operator_posts"].tolist() == [1, 1]
    assert not replay(tmp_path / "out", 1).differing
    block = Block(0, range(1), range(2))
    sent = packed(work_of(design, block, lever_table(design)))
    (tmp_path / "menu.txt").write_text("4")
    assert scenario_of_worker(*sent) != str(tmp_path.resolve() / "menu.txt")
    changed = parse_design({"scenario": {}, "replications": 2, "days": 2} | own, tmp_path)
    name = "policies.mine.menu" + (" = menu.txt" if key == "grid" else "")
    assert differences(before, manifest_of(changed, 5)) == [f"{name}: the file has changed"]


def scenario_of_worker(pickled: bytes, files: dict[str, bytes]) -> object:
    """Play a packed block and return the file that its policy read there."""
    assert play_packed(pickled, files, Limits())["operator_posts"].tolist() == [1, 1]
    work = unpacked(pickled, files)
    return work.scenarios[0].policies[0].values()["menu"]
