"""Any chat, written in any format, is the same log."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from chat_renderings import (
    ANSWERING,
    DATE_ORDERS,
    KEY,
    NAMES,
    TEXTS,
    Chat,
    Said,
    expected,
    found,
    plain_frame,
    slack,
    telegram,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog import json_stream
from sim.chatlog.importing import Wishes, import_chats

ZONES = ("UTC", "Asia/Shanghai", "Asia/Kolkata", "America/Bogota")
FEWER = settings(max_examples=max(10, settings.default.max_examples // 4))

WORDS = st.lists(
    st.text(alphabet="abzé第三章,;\"'(){}[]\\ 🙂&", min_size=1, max_size=12), min_size=1, max_size=3
).map("\n".join)


@st.composite
def chats(draw: st.DrawFn, answering: bool = False) -> Chat:
    ts = draw(st.integers(25_000_000, 29_000_000)) * 60
    chat: Chat = []
    for number in range(draw(st.integers(1, 12))):
        ts += 60 * draw(st.integers(0, 3000))
        sender = draw(st.integers(0, len(NAMES) - 1))
        target = st.none() | st.integers(0, max(number - 1, 0)) if number else st.none()
        answered = draw(target) if answering else None
        called = draw(target)
        chat.append(
            Said(
                ts,
                sender,
                draw(WORDS),
                draw(st.booleans()),
                draw(st.booleans()),
                None if called is None or answered is not None else chat[called].sender,
                answered,
            )
        )
    return chat


def wishes(kind: str, zone: str) -> Wishes:
    return Wishes(time_zone=zone, date_order=DATE_ORDERS.get(kind))


@pytest.mark.parametrize("kind", TEXTS)
@FEWER
@given(chat=chats(), zone=st.sampled_from(ZONES))
def test_every_format_gives_the_same_log(kind: str, chat: Chat, zone: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(kind, chat, zone, Path(folder))
        made = import_chats([path], wishes(kind, zone), KEY)
    assert found(made) == expected(chat)
    (report,) = made.inputs
    assert report.tally.messages == len(chat)
    assert not report.tally.malformed


@pytest.mark.parametrize("kind", ANSWERING)
@FEWER
@given(chat=chats(answering=True), zone=st.sampled_from(ZONES))
def test_who_is_answered_is_addressed(kind: str, chat: Chat, zone: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = import_chats([write(kind, chat, zone, Path(folder))], wishes(kind, zone), KEY)
    assert found(made) == expected(chat)
    for row, said in zip(made.log.messages.itertuples(), chat, strict=True):
        answers = said.answers is not None and chat[said.answers].is_question
        plain = "content" if said.has_link else "chat"
        assert row.kind == ("question" if said.is_question else "answer" if answers else plain)


@FEWER
@given(chat=chats(answering=True))
def test_slack_gives_the_same_log_and_its_threads(chat: Chat) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = import_chats([slack(chat, Path(folder) / "export")], Wishes(), KEY)
    # Slack's times have a fraction that makes them unique: of the same second, ours.
    rows = [(who, float(int(ts)), kind, to) for who, ts, kind, to in found(made)]
    assert rows == expected(chat)
    threads = made.log.messages["thread"]
    by_root: dict[int, set[int]] = {}
    for said, thread in zip(chat, threads, strict=True):
        if said.answers is None:
            assert thread == -1
        else:
            by_root.setdefault(said.answers, set()).add(thread)
    assert all(len(found_threads) == 1 for found_threads in by_root.values())


@FEWER
@given(chat=chats(answering=True), zone=st.sampled_from(ZONES))
def test_parquet_gives_the_same_log(chat: Chat, zone: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.parquet"
        plain_frame(chat, zone).to_parquet(path)
        made = import_chats([path], Wishes(columns={"time": "when"}), KEY)
    assert found(made) == expected(chat)


@pytest.mark.parametrize("indent", [None, 1, 4])
@FEWER
@given(chat=chats(answering=True), chunk=st.integers(1, 300))
def test_where_a_file_is_cut_into_pieces_does_not_matter(indent, chat: Chat, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        path = Path(folder) / "result.json"
        path.write_text(telegram(chat, "UTC", indent), encoding="utf-8")
        made = import_chats([path], Wishes(), KEY)
    assert found(made) == expected(chat)


@FEWER
@given(chat=chats(answering=True))
def test_a_log_of_ours_is_read_like_any_table(chat: Chat) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = import_chats([write("telegram", chat, "UTC", Path(folder))], Wishes(), KEY)
        path = Path(folder) / "messages.parquet"
        made.log.messages.to_parquet(path)
        again = import_chats([path], Wishes(), KEY)
    assert found(again) == found(made)
