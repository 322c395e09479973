"""The message log: what is read back, what is refused and how, what a failure leaves behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog import ChatLog, read_log, write_log
from sim.errors import InputError

MESSAGES = pd.DataFrame(
    {
        "group": ["a", "a", "b"],
        "member": [0, -1, 2],
        "ts": [10.0, 20.5, 30.25],
        "reply_to": [-1, 0, -1],
        "thread": [-1, -1, 4],
        "type": ["msg", "bot", "question"],
        "kind": ["chat", "content", "question"],
        "operator": [-1, 1, -1],
    }
)
EVENTS = pd.DataFrame(
    {
        "group": ["a", "a"],
        "ts": [11.0, 12.5],
        "event": ["packet", "claim"],
        "member": [-1, 0],
        "operator": [0, -1],
        "packet": [0, 0],
        "fen": [500, 120],
        "shares": [4, -1],
    }
)
GROUPS = pd.DataFrame({"group": ["a", "b", "NA"], "created": [0.0, 1.0, 2.0], "closed": [90.0] * 3})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_log(tmp_path / "log", MESSAGES, EVENTS, GROUPS)
    return tmp_path / "log"


def saved(tmp_path: Path, **columns: object) -> Path:
    """Write the messages with some columns replaced (None: dropped); return the file."""
    path = tmp_path / "rooms.parquet"
    frame = MESSAGES.assign(**columns)
    frame.drop(columns=[name for name in columns if columns[name] is None]).to_parquet(path)
    return path


def problems_of(path: Path, groups: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(InputError) as wrong:
        read_log(path, groups)
    assert all("\n" not in problem for problem in wrong.value.problems)
    return wrong.value.problems


# --- what is read back ---------------------------------------------------------------------


def test_a_folder_gives_back_what_was_written(folder: Path) -> None:
    log = read_log(folder)
    assert sorted(entry.name for entry in folder.iterdir()) == [
        "events.parquet",
        "groups.csv",
        "messages.parquet",
    ]
    assert log.groups is not None
    assert log.events is not None
    for ours, theirs in ((log.messages, MESSAGES), (log.events, EVENTS), (log.groups, GROUPS)):
        pd.testing.assert_frame_equal(
            ours[list(theirs)].astype({"group": "str"}), theirs, check_dtype=False,
            check_categorical=False,
        )  # fmt: skip
    assert log.last_second() == 30.25
    assert log.source == str(folder)
    assert log.notes == ()


def test_columns_have_one_type_whatever_the_file_had(tmp_path: Path) -> None:
    path = saved(tmp_path, member=np.array([0.0, -1.0, 2.0]), ts=[1, 2, 3], group=[7, 7, 8])
    frame = read_log(path).messages
    assert frame["member"].dtype == np.int64
    assert frame["ts"].dtype == np.float64
    assert frame["group"].cat.categories.tolist() == ["7", "8"]


def test_absent_optional_columns_are_filled(tmp_path: Path) -> None:
    path = saved(tmp_path, reply_to=None, thread=None, operator=None, kind=None)
    frame = read_log(path).messages
    assert (frame[["reply_to", "thread", "operator"]] == -1).all(axis=None)
    assert "kind" not in frame


def test_a_plain_file_takes_a_groups_file_only_when_given(folder: Path) -> None:
    path = folder / "messages.parquet"
    assert read_log(path).groups is None
    given_groups = read_log(path, folder / "groups.csv").groups
    assert given_groups is not None
    assert given_groups["group"].tolist() == ["a", "b", "NA"]


def test_groups_of_bots_are_dropped_and_counted(folder: Path) -> None:
    (folder / "groups.csv").write_text("group,bot_share\na,0.9\nb,0.5\nc,\n")
    log = read_log(folder)
    assert log.messages["group"].tolist() == ["b"]
    assert log.groups is not None
    assert log.groups["group"].tolist() == ["b", "c"]
    assert log.events is not None
    assert len(log.events) == 0
    assert log.notes == ("1 of 3 groups dropped: bot_share above 0.5",)


def test_the_file_ends_with_its_last_row_even_if_that_is_dropped(folder: Path) -> None:
    (folder / "groups.csv").write_text("group,bot_share\na,0\nb,1\n")
    assert read_log(folder).last_second() == 30.25


def test_groups_missing_from_the_groups_file_are_said(folder: Path) -> None:
    (folder / "groups.csv").write_text("group\na\n")
    assert "1 groups have messages but no line" in read_log(folder).notes[0]


def test_a_spreadsheets_byte_order_mark_is_no_part_of_a_name(folder: Path) -> None:
    (folder / "groups.csv").write_text("group,created\na,5\nb,\n", encoding="utf-8-sig")
    groups = read_log(folder).groups
    assert groups is not None
    assert groups["created"].isna().tolist() == [False, True]


def test_a_log_without_rows_has_no_last_second() -> None:
    assert np.isnan(ChatLog(MESSAGES[:0], None, None, "by hand").last_second())


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=8)


@settings(max_examples=settings.default.max_examples // 3)  # three files are synced a time
@given(
    st.lists(st.tuples(TEXTS, st.integers(0, 2**40), st.floats(0, 1e10)), min_size=1, max_size=20)
)
def test_any_log_survives_the_round_trip(tmp_path_factory, rows) -> None:
    folder = tmp_path_factory.mktemp("trip")
    frame = pd.DataFrame(rows, columns=["group", "member", "ts"]).assign(type="msg")
    groups = frame[["group"]].drop_duplicates()
    write_log(folder, frame, EVENTS[:0], groups)
    log = read_log(folder)
    assert [*log.messages["group"]] == [*frame["group"]]
    assert [*log.messages["ts"]] == [*frame["ts"]]
    assert [*log.messages["member"]] == [*frame["member"]]
    assert log.groups is not None
    assert [*log.groups["group"]] == [*groups["group"]]
    assert log.notes == ()


# --- what is refused -----------------------------------------------------------------------


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "rooms.parquet"
    MESSAGES.rename(columns={"member": "members", "ts": "tss"}).to_parquet(path)
    first, second = problems_of(path)
    assert "no column 'member'; did you mean 'members'?" in first
    assert "no column 'ts'; did you mean 'tss'?" in second


def test_every_fault_of_every_file_is_said_at_once(folder: Path) -> None:
    MESSAGES.assign(ts=[1.0, np.nan, np.inf], type=["msg", "bott", "bot"]).to_parquet(
        folder / "messages.parquet"
    )
    EVENTS.assign(event="klaim").to_parquet(folder / "events.parquet")
    (folder / "groups.csv").write_text("group,created,closed\na,9,5\na,x,\n")
    text = "\n".join(problems_of(folder))
    for said in (
        "column 'ts': 2 rows are empty or not finite",
        "column 'type': 1 rows are 'bott'; allowed: msg,",
        "did you mean 'bot'?",
        "column 'event': 2 rows are 'klaim'",
        "'x' is not UTC seconds",
        "group 'a' stands on more than one line",
        "1 groups are closed before they are created",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ts": [1.7e12] * 3}, "not milliseconds"),
        ({"ts": pd.to_datetime(["2024-01-01"] * 3)}, "UTC seconds as numbers are needed"),
        ({"ts": ["1", "2", "3"]}, "UTC seconds as numbers are needed"),
        ({"member": [0.5, 1.0, 2.0]}, "1 rows are not whole numbers"),
        ({"member": ["x", "y", "z"]}, "whole numbers are needed"),
        ({"member": [True, False, True]}, "whole numbers are needed"),
        ({"member": pd.array([1, None, 2], dtype="Int64")}, "1 rows are empty"),
        ({"member": [0, -1, -1]}, "1 human messages have a member below 0"),
        ({"group": ["a", None, "b"]}, "1 rows are empty"),
        ({"type": ["msg", None, "bot"]}, "1 rows are empty"),
        ({"thread": ["x", "y", "z"]}, "whole numbers are needed"),
    ],
)
def test_a_bad_column_is_named_with_what_is_allowed(tmp_path: Path, columns, said) -> None:
    (problem,) = problems_of(saved(tmp_path, **columns))
    assert f"column {next(iter(columns))!r}" in problem
    assert said in problem


def test_an_empty_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rooms.parquet"
    MESSAGES[:0].to_parquet(path)
    assert problems_of(path) == (f"{path}: holds no rows",)


def test_missing_files_are_named(tmp_path: Path) -> None:
    gone, groups = tmp_path / "gone.parquet", tmp_path / "gone.csv"
    assert problems_of(gone, groups) == (
        f"{gone}: no such file or folder",
        f"{groups}: no such groups file",
    )
    (tmp_path / "message.parquet").touch()
    (problem,) = problems_of(tmp_path)
    assert "holds no messages.parquet; did you mean 'message.parquet'?" in problem


@given(st.binary(max_size=80))
def test_whatever_bytes_it_holds_a_file_gives_no_traceback(tmp_path_factory, content) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "messages.parquet").write_bytes(content)
    (folder / "groups.csv").write_bytes(content)
    problems = problems_of(folder)
    assert "messages.parquet: cannot be read as Parquet" in problems[0]


def test_a_groups_file_without_names_is_refused(folder: Path) -> None:
    (folder / "groups.csv").write_text("Group,created\na,1\n")
    (problem,) = problems_of(folder)
    assert "no column 'group'; did you mean 'Group'?" in problem


# --- what a failure leaves -----------------------------------------------------------------


def test_an_unwritable_folder_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to"):
        write_log(tmp_path / "file" / "log", MESSAGES, EVENTS, GROUPS)


def test_a_failure_half_way_leaves_the_old_files_whole(folder: Path, monkeypatch) -> None:
    before = {entry.name: entry.read_bytes() for entry in folder.iterdir()}

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full_disk)
    with pytest.raises(InputError, match="No space left on device"):
        write_log(folder, MESSAGES[:1], EVENTS, GROUPS)
    assert {entry.name: entry.read_bytes() for entry in folder.iterdir()} == before
