"""Telegram: groups that go on as others, and voices that are nobody's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_renderings import KEY

from sim.chatlog.gathering import LOST_PART
from sim.chatlog.importing import Imported, Wishes, import_chats

START = 1_704_067_200


def said(n: int, day: float, who: str = "user1", **more: object) -> dict[str, object]:
    when = str(int(START + 86_400 * day))
    return {"id": n, "type": "message", "date_unixtime": when, "from_id": who, "text": "x", **more}


def notice(n: int, day: float, action: str, **more: object) -> dict[str, object]:
    return said(n, day) | {"type": "service", "action": action, "actor_id": "user1", **more}


def chat(number: int, title: str, kind: str, *messages: object) -> dict[str, object]:
    return {"name": title, "type": kind, "id": number, "messages": list(messages)}


def read(folder: Path, *chats: dict[str, object], apart: bool = False) -> Imported:
    paths = []
    for n, part in enumerate([[each] for each in chats] if apart else [list(chats)]):
        path = folder / f"result{n}.json"
        whole = part[0] if apart else {"about": "", "chats": {"list": part}}
        path.write_text(json.dumps(whole, indent=1))
        paths.append(path)
    return import_chats(paths, Wishes(keep_group_names=True), KEY)


def groups(made: Imported) -> list[str]:
    assert made.log.groups is not None
    return made.log.groups["group"].tolist()


def small(title: str, move_day: float) -> dict[str, object]:
    born = notice(1, 0, "create_group", members=["Ada"])
    answer = said(3, 2, "user2", reply_to_message_id=2)
    leave = notice(4, move_day, "migrate_to_supergroup")
    return chat(11, title, "private_group", born, said(2, 1), answer, leave)


def large(title: str, move_day: float, was: str) -> dict[str, object]:
    arrive = notice(1, move_day, "migrate_from_group", title=was)
    later = (said(2, 21), said(3, 30, "user2", reply_to_message_id=2))
    return chat(-1000000000022, title, "private_supergroup", arrive, *later)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_group_that_went_on_as_another_is_one(tmp_path: Path, apart, is_turned) -> None:
    chats = [small("Club", 20), large("Club renamed", 20, "Club")]
    made = read(tmp_path, *reversed(chats) if is_turned else chats, apart=apart)
    assert groups(made) == ["Club renamed"]
    assert made.log.groups is not None
    assert made.log.groups["created"].tolist() == [START]
    messages = made.log.messages
    assert messages["ts"].is_monotonic_increasing
    assert len(messages) == 4
    assert (messages["reply_to"] >= 0).tolist() == [False, True, False, True]  # ids count anew
    assert sum(sum(each.tally.notes.values()) for each in made.inputs) == 1


def test_a_later_export_of_both_adds_nothing_twice(tmp_path: Path) -> None:
    made = read(tmp_path, *[small("Club", 20), large("Club", 20, "Club")] * 2, apart=True)
    assert groups(made) == ["Club"]
    assert len(made.log.messages) == 4


def test_groups_without_one_partner_stay_alone(tmp_path: Path) -> None:
    alone = read(tmp_path, small("Club", 20))
    assert len(groups(alone)) == 1
    assert any("may live on" in note for note in alone.inputs[0].tally.notes)
    assert len(groups(read(tmp_path, small("Club", 20), large("Club", 25, "Club")))) == 2
    assert len(groups(read(tmp_path, small("Club", 20), large("Hill", 20, "Hill")))) == 2
    twins = [small("Club", 20), small("Club", 20) | {"id": 12}, large("Club", 20, "Club")]
    assert len(groups(read(tmp_path, *twins))) == 3


def test_a_part_of_a_move_that_is_alone_is_told(tmp_path: Path) -> None:
    lone = ([small("Club", 20)], [large("Club", 20, "Club")])
    twins = [small("Club", 20), small("Club", 20) | {"id": 12}, large("Club", 20, "Club")]
    for chats in (*lone, twins):
        (report,) = read(tmp_path, *chats).inputs
        assert dict(report.tally.notes) == {LOST_PART: len(chats)}


def test_the_groups_own_voice_is_an_operators(tmp_path: Path) -> None:
    messages = (said(1, 1), said(2, 2, "channel22"), said(3, 3, "channel77"))
    made = read(tmp_path, chat(-1000000000022, "Club", "public_supergroup", *messages))
    assert made.log.messages["type"].tolist() == ["msg", "bot", "msg"]
    assert len(made.inputs[0].tally.notes) == 2
