"""What a client names leads nowhere but into the folders that are served."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario.loading import configs
from sim.serving.folders import Folders

PARTS = st.sampled_from(
    [
        *("..", ".", "~", "in", "out", "link", "file.toml", "secret.toml", "configs", "base.toml"),
        "",
        *("/", "etc", "passwd", "a\0b", "loop", "x" * 300),
    ]
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder served, with links out of it and round in a loop, and one beside it."""
    above = tmp_path_factory.mktemp("above").resolve()
    served, outside = above / "in", above / "out"
    for place in (served, outside):
        place.mkdir()
    (served / "file.toml").write_text("")
    (outside / "secret.toml").write_text("")
    (served / "link").symlink_to(outside)
    (served / "link.toml").symlink_to(outside / "secret.toml")
    (served / "loop").symlink_to(served / "loop")
    return served, outside


def is_within(path: Path, place: Path) -> bool:
    real, above = os.path.realpath(path), os.path.realpath(place)
    return real == above or real.startswith(f"{above}{os.sep}")


@given(
    parts=st.lists(PARTS, min_size=1, max_size=6), absolute=st.sampled_from(["", "/", "in", "out"])
)
def test_nothing_outside_is_read_or_written(places, parts, absolute) -> None:
    served, outside = places
    heads = {"in": f"{served}/", "out": f"{outside}/"}
    name = heads.get(absolute, absolute) + "/".join(parts)
    folders = Folders((served,))
    for find, allowed in ((folders.file, (served, configs())), (folders.folder, (served,))):
        try:
            found = find(name)
        except InputError:
            continue
        real = Path(os.path.realpath(found))
        assert any(is_within(real, place) for place in allowed), name
    try:
        folders.refuse_outside(Path(name))
    except (InputError, ValueError):
        return
    assert is_within(Path(name), served) or is_within(Path(name), configs())


def test_what_is_hidden_and_what_is_not_there_are_refused_in_the_same_words(places) -> None:
    served, outside = places
    told = set()
    for name in ("secret.toml", "absent.toml"):
        with pytest.raises(InputError) as refused:
            Folders((served,)).file(f"{outside}/{name}")
        told.add(str(refused.value).replace(name, ""))
    assert len(told) == 1


def test_without_a_folder_shipped_files_alone_are_read() -> None:
    assert Folders().file("configs/base.toml").is_file()
    for name in ("README.md", "configs/../README.md", "/etc/passwd", "configs/absent.toml"):
        with pytest.raises(InputError):
            Folders().file(name)
    with pytest.raises(InputError):
        Folders().folder("out")


def test_a_command_may_read_its_own_temporary_folder_and_no_other() -> None:
    for prefix, may in (("qunlab-compare-", True), ("qunlab-lab-", False)):
        with tempfile.TemporaryDirectory(prefix=prefix) as passing:
            path = Path(passing, "manifest.json")
            if may:
                Folders().refuse_outside(path)
            else:
                with pytest.raises(InputError):
                    Folders().refuse_outside(path)
