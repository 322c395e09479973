"""What is kept of a text: questions, links, who is called; and numbers in place of names."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_renderings import KEY
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog import people
from sim.chatlog.notices import read_notice, who_came_or_went
from sim.chatlog.people import Pseudonyms, mentioned_names, read_key, type_of, write_key
from sim.errors import InputError


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When?", "question"),
        ("really?!", "question"),
        ("几点", "msg"),
        ("几点？", "question"),
        ("你来吗", "question"),
        ("你来吗 🙂", "question"),
        ("有人吗。", "question"),
        ("你在做什么", "question"),
        ("没什么", "msg"),
        ("吗啡", "msg"),
        ("请问哪里有", "question"),
        ("行きますか。", "question"),
        ("see https://example.org/?q=1", "link"),
        ("www.example.org", "link"),
        ("is it https://example.org/?q=1 ?", "question"),
        ("`a ? b : c`", "msg"),
        ("> who?\nme", "msg"),
        ("", "msg"),
        ("ok", "msg"),
    ],
)
def test_questions_and_links(text: str, kind: str) -> None:
    assert type_of(text) == kind


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("@Ada thanks", "Ada thanks"),
        ("thanks @Ada.", "Ada"),
        ("@\u2068~Ada L\u2069 thanks", "Ada L"),
        ("@小明\u2005你好", "小明"),
        ("mail ada@example.org", None),
        ("@ nobody", None),
        ("no one", None),
    ],
)
def test_who_is_called(text: str, first: str | None) -> None:
    called = mentioned_names(text)
    assert (called[0][0] if called else None) == first


@given(st.text(max_size=200))
def test_any_text_has_a_type_and_some_callings(text: str) -> None:
    assert type_of(text) in ("msg", "question", "link")
    assert all(names for names in mentioned_names(f"@{text}"))


@pytest.mark.parametrize(
    ("text", "event", "who"),
    [
        ("Ada joined using this group's invite link", "join", ("Ada",)),
        ("Ada added Bob", "join", ("Bob",)),
        ("You added Bob and Cem", "join", ("Bob", "Cem")),
        ("Ada added you", "join", ()),
        ("Bob left", "leave", ("Bob",)),
        ("Ada removed Bob", "leave", ("Bob",)),
        ("Ada hat Bob und Cem hinzugefügt.", "join", ("Bob", "Cem")),
        ("Ada añadió a Bob", "join", ("Bob",)),
        ("Bob salió del grupo", "leave", ("Bob",)),
        ("Ada adicionou Bob", "join", ("Bob",)),
        ("Bob saiu", "leave", ("Bob",)),
        ("Ada a ajouté Bob", "join", ("Bob",)),
        ("Bob a quitté le groupe", "leave", ("Bob",)),
        ("Ada ha aggiunto Bob", "join", ("Bob",)),
        ("Bob ha abbandonato", "leave", ("Bob",)),
        ("小红退出了群组", "leave", ("小红",)),
        ("Ada changed this group's icon", "", ()),
        ("Ada changed the subject to “left”", "", ()),
    ],
)
def test_notices_of_whatsapp(text: str, event: str, who: tuple[str, ...]) -> None:
    notice = read_notice(text)
    assert (notice.event, notice.who) == (event, who)


@pytest.mark.parametrize(
    ("text", "event", "who"),
    [
        ('"小明"邀请"小红"加入了群聊', "join", ("小红",)),
        ('你邀请"小红、小刚"加入了群聊', "join", ("小红", "小刚")),
        ('"小红"通过扫描"小明"分享的二维码加入群聊', "join", ("小红",)),
        ("小红加入本群。", "join", ("小红",)),
        ('"小明"将"小红"移出了群聊', "leave", ("小红",)),
        ('"小红"退出了群聊', "leave", ("小红",)),
        ("小红被管理员小明移出群聊", "leave", ("小红",)),
        ('"小明" 撤回了一条消息', "", ()),
        ('"A" invited "B" to the group chat', "join", ("B",)),
        ('"小明"邀請"小紅"加入了群聊', "join", ("小紅",)),
        ('"小紅"透過掃描"小明"分享的QR碼加入群聊', "join", ("小紅",)),
        ('"小明"將"小紅"移出群聊', "leave", ("小紅",)),
        ('"小明"收回了一則訊息', "", ()),
        ('"小明"想邀请"小红"加入群聊，请群主确认', "", ()),
        ('"%username%"加入了群聊', "", ()),
    ],
)
def test_notices_of_wechat_and_qq(text: str, event: str, who: tuple[str, ...]) -> None:
    assert who_came_or_went(text) == (event, who)


# --- numbers in place of names -------------------------------------------------------------


def test_the_same_key_gives_the_same_numbers_and_another_key_others() -> None:
    same, other = Pseudonyms(KEY), Pseudonyms(KEY + b"!")
    assert Pseudonyms(KEY).number("qq", "1") == same.number("qq", "1")
    assert same.number("qq", "1") != other.number("qq", "1")
    assert same.number("qq", "1") != same.number("wechat", "1")
    assert same.group("qq", "1") != other.group("qq", "1")


def test_people_whose_hashes_are_equal_get_two_numbers(monkeypatch) -> None:
    monkeypatch.setattr(people, "NUMBER_BITS", 6)
    under = Pseudonyms(KEY)
    numbers = [under.number("qq", str(person)) for person in range(64)]
    assert sorted(numbers) == list(range(64))
    assert [under.number("qq", str(person)) for person in range(64)] == numbers


@given(st.text(), st.text())
def test_any_name_has_a_number_that_floats_keep(first: str, second: str) -> None:
    under = Pseudonyms(KEY)
    numbers = under.number("qq", first), under.number("qq", second)
    assert (numbers[0] == numbers[1]) == (first == second)
    assert all(0 <= number < 2**52 and int(float(number)) == number for number in numbers)


def test_a_key_file_is_made_for_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key, is_new = read_key(path)
    assert is_new
    assert not path.exists()
    write_key(path, key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path) == (key, False)
    with pytest.raises(InputError, match="cannot be written"):
        write_key(path, b"another key of some length")
    assert read_key(path) == (key, False)


def test_a_short_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret")
    with pytest.raises(InputError, match="too short") as fault:
        read_key(tmp_path / "key")
    assert "secret" not in str(fault.value)
