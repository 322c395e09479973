"""Slack's exports as they reach people: apps nobody lists, missing lists, names archives broke."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from chat_readings import created, dropped
from chat_renderings import KEY
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog.importing import Imported, Wishes, import_chats
from sim.chatlog.slack import _CODECS, _spellings
from sim.errors import InputError

DAY = "2024-01-01.json"


def said(user: str | None, n: int, **more: object) -> dict[str, object]:
    who = {"user": user} if user else {}
    return {"type": "message", "text": "hi", "ts": f"17041030{n:02d}.0", **who, **more}


def export(root: Path, days: dict[str, list[dict[str, object]]], **lists: object) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in lists.items():
        (root / f"{name}.json").write_text(json.dumps(content))
    for name, day in days.items():
        file = root / name / DAY if "\\" not in name else root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(day))
    return root


def read(root: Path) -> Imported:
    return import_chats([root], Wishes(keep_group_names=True), KEY)


def groups(made: Imported) -> list[str]:
    assert made.log.groups is not None
    return made.log.groups["group"].tolist()


CHANNELS = [{"id": "C1", "name": "general", "created": 1700000000}]


@pytest.mark.parametrize(
    "app",
    [
        said("USLACKBOT", 5),
        said("U7", 5, bot_id="B7"),  # an app that users.json lacks
        said("U1", 5, bot_id="B7"),  # an app that writes in a member's name
        said(None, 5, bot_id="B7"),
        said("U8", 5, subtype="bot_message"),
        said(None, 5, bot_profile={"id": "B7"}),
        said("U7", 5, app_id="A7"),
        said("U9", 5),  # users.json says that it is one
    ],
)
def test_what_apps_write_is_no_members_word(tmp_path: Path, app: dict[str, object]) -> None:
    users = [{"id": "U1", "name": "ann"}, {"id": "U9", "is_bot": True}]
    joined = said("U9", 7, subtype="channel_join")
    days = {"general": [said("U1", 0), said("U2", 1), app, said("U1", 6), joined]}
    messages = read(export(tmp_path / "x", days, users=users, channels=CHANNELS)).log.messages
    assert messages["type"].tolist() == ["msg", "msg", "bot", "msg"]
    assert messages["member"].nunique() == 3  # two, and -1


def test_an_export_is_found_without_its_lists_and_below_other_folders(tmp_path: Path) -> None:
    root = export(tmp_path / "a" / "b", {"general": [said("U1", 0)]}, channels=CHANNELS)
    for folder in (root, tmp_path / "a", tmp_path):
        made = read(folder)
        assert (groups(made), created(made)) == (["general"], [1700000000.0])
        assert any("no users.json" in note for note in made.inputs[0].tally.notes)
    (root / "channels.json").unlink()
    assert groups(read(root)) == ["general"]
    with pytest.raises(InputError, match="name the folder above it"):
        read(root / "general")
    export(tmp_path / "c", {"general": [said("U1", 0)]})
    with pytest.raises(InputError, match="2 Slack exports below it"):
        read(tmp_path)


NAMES = st.text(st.sampled_from("技術café日本ünïжизнь한국x-"), min_size=1, max_size=8)


@given(NAMES, st.sampled_from(_CODECS), st.sampled_from(("NFC", "NFD")))
def test_a_name_read_in_another_encoding_is_found_again(name: str, codec: str, form: str) -> None:
    stored = unicodedata.normalize(form, name)
    try:
        broken = stored.encode().decode(codec)
    except UnicodeError:
        return
    assert unicodedata.normalize("NFC", name) in _spellings(broken)


@pytest.mark.parametrize(
    "folder",
    ["café", unicodedata.normalize("NFD", "café"), "caf├⌐", "cafÃ©", "caf%C3%A9", "caf#U00e9"],
)
def test_a_folder_belongs_to_its_channel_however_it_was_unpacked(tmp_path, folder: str) -> None:
    channels = [{"id": "C1", "name": "café", "created": 1700000000}, {"id": "C2", "name": "b"}]
    made = read(export(tmp_path / "x", {folder: [said("U1", 0)]}, users=[], channels=channels))
    assert groups(made) == ["b", "café"]
    assert 1700000000.0 in created(made)
    assert not made.inputs[0].tally.notes


def test_a_folder_nobody_lists_is_reported_and_makes_no_silent_group(tmp_path: Path) -> None:
    channels = [{"id": "C1", "name": "一"}, {"id": "C2", "name": "b"}]
    days = {"b": [said("U1", 0)], "???": [said("U1", 1)]}
    made = read(export(tmp_path / "x", days, users=[], channels=channels))
    assert groups(made) == ["???", "b"]
    assert sorted(made.inputs[0].tally.notes.values()) == [1, 1]


def test_names_with_backslashes_are_folders(tmp_path: Path) -> None:
    days = {f"general\\{DAY}": [said("U1", 0)], f"x\\random\\{DAY}": [said("U2", 1)]}
    made = read(export(tmp_path / "x", days, **{"x\\channels": CHANNELS}))
    assert groups(made) == ["general", "random"]
    assert created(made)[0] == 1700000000.0


def test_direct_messages_are_left_out_without_their_list(tmp_path: Path) -> None:
    days = {"general": [said("U1", 0)], "D024BE7LR": [said("U1", 1)]}
    made = read(export(tmp_path / "x", days, channels=CHANNELS))
    assert groups(made) == ["general"]
    assert dropped(made) == {"direct message": 1}
