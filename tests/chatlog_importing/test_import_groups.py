"""Several exports in one log: which groups they are, how long observed, how they are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chat_readings import FIXTURES, created, utc
from chat_renderings import KEY, Said, write

from sim.chatlog import read_log, write_log
from sim.chatlog.importing import Wishes, import_chats
from sim.errors import InputError
from sim.lives.patterns import patterns


def test_several_files_are_several_groups_and_the_same_export_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in "ab":
        text = f"2024-01-0{'ab'.index(folder) + 1} 10:00 - Ada: hi\n"
        (tmp_path / folder / "_chat.txt").write_text(text)
    paths = [tmp_path / folder / "_chat.txt" for folder in "ab"]
    made = import_chats(paths, Wishes(time_zone="UTC"), KEY)
    assert made.log.groups is not None
    assert len(made.log.groups) == 2
    assert made.log.messages["member"].nunique() == 1
    ends = dict(zip(made.log.groups["group"], made.log.groups["closed"], strict=True))
    assert sorted(ends.values()) == [utc("2024-01-01 10:00"), utc("2024-01-02 10:00")]
    twice = import_chats([FIXTURES / "telegram.json"] * 2, Wishes(), KEY)
    assert len(twice.log.messages) == 5
    assert twice.inputs[1].tally.dropped["the same as in an earlier input"] == 7
    assert twice.log.events is not None
    assert len(twice.log.events) == 3


def test_the_end_of_observation_is_what_the_user_says() -> None:
    made = import_chats(
        [FIXTURES / "qq.txt"],
        Wishes(observed_until="2024-03-01 00:00", time_zone="Asia/Shanghai"),
        KEY,
    )
    assert made.log.groups is not None
    assert made.log.groups["closed"].tolist() == [utc("2024-02-29 16:00")]


def test_a_creation_after_the_first_message_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("2024-01-01 10:00 - Ada: hi\n2024-01-02 10:00 - Ada created group “x”\n")
    assert np.isnan(created(import_chats([path], Wishes(time_zone="UTC"), KEY))).all()


def test_groups_are_named_as_asked() -> None:
    paths = [FIXTURES / "qq.txt", FIXTURES / "wechat_chatlog.csv"]
    made = import_chats(paths, Wishes(group_names=("one", "two")), KEY)
    assert set(made.log.messages["group"]) == {"one", "two"}
    with pytest.raises(InputError, match="1 names for 2 groups"):
        import_chats(paths, Wishes(group_names=("one",)), KEY)
    with pytest.raises(InputError, match="two groups of one name"):
        import_chats(paths, Wishes(group_names=("one", "one")), KEY)


def test_the_columns_are_those_of_a_simulated_log() -> None:
    made = import_chats([FIXTURES / "telegram.json"], Wishes(), KEY)
    assert list(made.log.messages) == [
        "group", "member", "ts", "reply_to", "thread", "type", "kind", "operator",
    ]  # fmt: skip
    assert made.log.events is not None
    assert list(made.log.events) == [
        "group", "ts", "event", "member", "operator", "packet", "fen", "shares",
    ]  # fmt: skip


def test_parts_of_one_channel_are_one_group_observed_until_the_last_part(tmp_path: Path) -> None:
    paths = []
    for part, day in enumerate(("2024-01-01", "2024-02-01")):
        paths.append(tmp_path / f"part{part}.csv")
        row = f"1,{day} 10:00,ada,room\n"
        paths[-1].write_text(f"id,time,sender,group\n{row}")
    made = import_chats(paths, Wishes(time_zone="UTC"), KEY)
    assert len(made.log.messages) == 2  # the same id at another time is another message
    assert made.log.groups is not None
    assert made.log.groups["closed"].tolist() == [utc("2024-02-01 10:00")]


@pytest.mark.parametrize("name", ["chat.txt", "chat.csv", "result.json"])
def test_progress_counts_the_bytes(tmp_path: Path, name: str) -> None:
    chat = [Said(1_704_067_200 + 60 * n, n % 3, "第三章") for n in range(12_000)]
    kind = {"chat.txt": "whatsapp android", "chat.csv": "plain csv", "result.json": "telegram"}
    path = write(kind[name], chat, "UTC", tmp_path)
    told: list[tuple[int, int]] = []
    wishes = Wishes(time_zone="UTC", date_order="dmy")
    import_chats([path], wishes, KEY, lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {size}
    assert 0.8 * size < told[-1][0] <= size


@pytest.mark.parametrize("community", ["fcc_gitter", "zulip"])
def test_a_real_log_shows_the_same_patterns_after_an_import(
    community: str, data_dir: Path, tmp_path: Path
) -> None:
    rooms = pd.read_parquet(data_dir / f"{community}.parquet")
    counts = rooms["group"].value_counts()
    chosen = counts[(counts > 100) & (counts < 1000)].index[:40]
    some = rooms[rooms["group"].isin(chosen)]
    some.to_parquet(tmp_path / "rooms.parquet")
    wishes = Wishes(keep_group_names=True)
    made = import_chats([tmp_path / "rooms.parquet"], wishes, KEY)
    write_log(tmp_path / "log", made.log.messages, made.log.events, made.log.groups)
    ours = patterns(read_log(tmp_path / "log" / "messages.parquet"))
    theirs = patterns(read_log(tmp_path / "rooms.parquet"))
    pd.testing.assert_frame_equal(ours, theirs)
