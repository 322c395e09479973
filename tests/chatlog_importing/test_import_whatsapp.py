"""WhatsApp's text exports: two systems, many countries, notices, nights of changing clocks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from chat_readings import created, dropped, events, malformed, rows, taken, utc
from chat_renderings import KEY, found

from sim.chatlog.importing import Imported, Wishes, import_chats
from sim.chatlog.notices import read_notice


def test_whatsapp_of_an_iphone() -> None:
    made = taken("whatsapp_ios_us.txt", time_zone="America/New_York")
    assert rows(made) == [
        (0, "10 04:59:30", "msg", -1),
        (1, "10 05:05:00", "question", -1),
        (2, "10 05:06:10", "msg", -1),
        (2, "10 07:15:00", "msg", 1),  # after the clocks went forward
        (0, "13 13:00:00", "link", -1),
    ]
    assert events(made) == [("join", 1), ("join", 2), ("leave", 1)]
    assert created(made) == [utc("2024-03-10 04:58:01")]
    assert dropped(made) == {"notice of WhatsApp": 2}
    assert made.inputs[0].date_order == "mdy"
    assert made.inputs[0].tally.further_lines == 2


def test_whatsapp_of_a_german_android_in_the_night_the_clocks_go_back() -> None:
    made = taken("whatsapp_android_de.txt", time_zone="Europe/Berlin")
    assert rows(made) == [
        (0, "29 00:30:00", "question", -1),
        (1, "29 00:45:00", "msg", -1),
        (2, "29 01:10:00", "msg", -1),
        (1, "29 01:40:00", "msg", -1),
        (2, "29 02:05:00", "link", 0),
    ]
    assert events(made) == [("join", 1), ("join", 2), ("leave", 2)]
    assert created(made) == [utc("2023-10-28 23:51:00")]  # the colon in the name is no sender's
    assert malformed(made) == {"impossible date or time": ["10"]}


def test_whatsapp_in_chinese() -> None:
    made = taken("whatsapp_android_zh.txt", time_zone="Asia/Shanghai")
    assert rows(made) == [
        (0, "06 07:45:00", "question", -1),
        (1, "06 07:46:00", "msg", -1),
        (1, "06 15:10:00", "question", 0),
        (0, "06 17:00:00", "msg", -1),
    ]
    assert events(made) == [("join", 1)]
    assert created(made) == [utc("2024-05-05 16:04:00")]


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("[06.05.24, 15:45:00] ", None),
        ("06.05.24, 15:45 - ", None),
        ("06.05.2024 15.45 - ", None),
        ("6. 5. 2024, 15:45 - ", None),
        ("[6.5.2024 klo 15.45.00] ", None),
        ("5/6/24, 3:45\u202fPM - ", "mdy"),
        ("06/05/24, 3:45\u202fpm - ", "dmy"),
        ("6/5/24, 3:45 p.\u00a0m. - ", "dmy"),
        ("06/05/2024 à 15:45 - ", "dmy"),
        ("06/05/24 15.45 - ", "dmy"),
        ("06-05-2024 15:45 - ", "dmy"),
        ("2024-05-06 15:45 - ", None),
        ("[2024/5/6 下午3:45:00] ", None),
        ("2024年5月6日 下午3:45 - ", None),
        ("2024. 5. 6. 오후 3:45 - ", None),
        ("\u200f٦\u200f/٥\u200f/٢٠٢٤، ٣:٤٥ م - ", "dmy"),
    ],
)
def test_whatsapp_in_the_manner_of_many_countries(tmp_path: Path, head: str, order) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(f"{head}Ada: hello\n{head}\u200e~\u202fBob: 15:45?\n", encoding="utf-8")
    made = import_chats([path], Wishes(time_zone="UTC", date_order=order), KEY)
    ts = utc("2024-05-06 15:45")
    assert found(made) == [(0, ts, "msg", -1), (1, ts, "question", -1)]


def test_whoever_joined_can_be_addressed_before_they_speak(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("2024-05-06 15:45 - Ada added Bob\n2024-05-06 15:46 - Ada: @Bob hello\n")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.events is not None
    assert made.log.messages["reply_to"].tolist() == made.log.events["member"].tolist()


def exported(tmp_path: Path, *lines: str, name: str = "_chat.txt", end: str = "\n") -> Imported:
    """Import lines, a minute apart; an iPhone's begin with a bracket, which is filled in."""
    written = [
        line.replace("[]", f"[13.08.2024, 21:{n:02d}:10]").replace("<>", f"13.08.24, 21:{n:02d} -")
        for n, line in enumerate(lines)
    ]
    path = tmp_path / name
    path.write_text("".join(f"{line}{end}" for line in written), encoding="utf-8", newline="")
    return import_chats([path], Wishes(time_zone="UTC"), KEY)


def people(made: Imported) -> list[int]:
    """Return who spoke, by the order of their first message."""
    return [row[0] for row in found(made)]


def doubts(made: Imported) -> list[int]:
    return [met.count for met in made.inputs[0].tally.doubtful.values()]


M = "\u200e"


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        (  # a language nobody promised, the name in the notice of the creation
            "_chat.txt",
            [f"[] Kerho: {M}Viestit ovat salattuja.", f"[] Bo: {M}Bo loi ryhmän ”x” “Kerho”",
             f"[] Kerho: {M}Bo kiinnitti viestin", "[] Bo: hei", "[] Cia: moi"],
            [0, 1],
        ),
        (  # no mark; the name of the file, and texts that begin with a sender's name
            "WhatsApp-keskustelu – Kerho.txt",
            ["<> Kerho: Ana on nyt valvoja", "<> Ana: moi", "<> Bea: hei", "<> Kerho: Bea lähti"],
            [0, 1],
        ),
        (  # no mark and no name, but the notice that opens every chat
            "chat.txt",
            ["<> Lauf: Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.",
             "<> Lauf: Ida ist jetzt Admin", "<> Ida: hallo", "<> Ole: hi"],
            [0, 1],
        ),
        (  # begun in the midst of a chat
            "_chat.txt",
            ["[] Bo: hi", f"[] Room: {M}Cia pinned a message", "[] Cia: yes"],
            [0, 1],
        ),
        (  # renamed: two names, no voice
            "_chat.txt",
            [f"[] Old: {M}Messages and calls are end-to-end encrypted.", "[] Bo: a", "[] Cia: b",
             f"[] Old: {M}Bo changed the group name from “Old” to “New”",
             f"[] New: {M}Cia is now an admin"],
            [0, 1],
        ),
        (  # a member of the group's name speaks, though notices stand under it
            "_chat.txt",
            [f"[] Ana: {M}Messages and calls are end-to-end encrypted.",
             f"[] Ana: {M}Bo created group “Ana”", "[] Ana: hi all", "[] Bo: yes",
             "[] Cia: so", f"[] Ana: {M}Cia pinned a message"],
            [0, 1, 2],
        ),
        (  # two people: the chat bears the name of one
            "WhatsApp Chat with Max.txt",
            [f"[] Max: {M}Messages and calls are end-to-end encrypted.", "[] Max: hi", "[] Me: y"],
            [0, 1],
        ),
        (  # what was sent stands after the same mark as notices
            "_chat.txt",
            ["[] Bo: hi", "[] Cia: yes", f"[] Dan: {M}image omitted",
             f"[] Eva: {M}Bo removed it.pdf • {M}2 pages {M}document omitted"],
            [0, 1, 2, 3],
        ),
        *(  # calls and the like are told of in notices, too
            ("_chat.txt", [f"[] Klub: {M}{secured}", "[] Ida: a", f"[] Klub: {M}Ida {call}",
                           "[] Ole: b"], [0, 1])
            for secured, call in (
                ("Messages and calls are end-to-end encrypted.", "started a video call"),
                ("Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.", "rief: Anruf"),
                ("Los mensajes y las llamadas están cifrados.", "cambió la ubicación"),
                ("Les messages et les appels sont chiffrés.", "a lancé un appel"),
                ("As mensagens e as chamadas são protegidas com a criptografia.", "na chamada"),
            )
        ),
        *(  # where the name stands in the name of the file, copies included
            (name, ["<> Klub 7: Ida x Ole", "<> Ida: a", "<> Ole: b", "<> Eva: c",
                    "<> Klub 7: Ole y"], [0, 1, 2])
            for name in ("WhatsApp Chat with Klub 7 (1).txt", "WhatsApp Chat - Klub 7-2.txt",
                         "Klub 7とのWhatsAppトーク.txt", "与Klub 7的WhatsApp聊天.txt",
                         "Klub 7 ile WhatsApp Sohbeti.txt", "محادثة واتساب مع Klub 7.txt")
        ),
    ],
)  # fmt: skip
def test_the_group_itself_says_nothing(tmp_path: Path, name: str, lines, said) -> None:
    made = exported(tmp_path, *lines, name=name)
    assert people(made) == said
    assert not doubts(made)
    kinds = dropped(made)
    assert sum(kinds.values()) == len(lines) - len(said)
    assert all(kind.startswith("notice of WhatsApp") for kind in kinds)


def test_one_sign_alone_is_kept_and_counted(tmp_path: Path) -> None:
    lines = ["[] Bo: hi", "[] Cia: yes", f"[] Dan: {M}kuva jätetty pois"]
    made = exported(tmp_path, *lines)
    assert (people(made), doubts(made)) == ([0, 1, 2], [1])
    assert ["notices of the group" in what for what in made.inputs[0].tally.doubtful] == [True]
    called = ["<> Klub: Ana ahora es admin.", "<> Ana: @Klub hola", "<> Bea: hola"]
    made = exported(tmp_path, *called, name="Chat de WhatsApp con Klub.txt")
    assert (people(made), doubts(made)) == ([0, 1, 2], [1])


def test_a_member_of_the_groups_name_keeps_what_they_say(tmp_path: Path) -> None:
    lines = ["<> Ida: Ole created group “Ida”", "<> Ole: a", "<> Eva: b", "<> Ida: who is in?",
             "<> Ida: Ole added Uwe", "<> Ida: here"]  # fmt: skip
    made = exported(tmp_path, *lines, name="WhatsApp Chat with Ida.txt")
    assert (people(made), doubts(made), len(events(made))) == ([0, 1, 2, 2], [4], 1)


def test_whoever_opens_a_chat_is_no_group_for_what_they_send(tmp_path: Path) -> None:
    made = exported(tmp_path, f"[] Jan: {M}video weggelaten", "[] Bo: a", f"[] Jan: {M}gif")
    assert (people(made), doubts(made)) == ([0, 1, 0], [2])
    made = exported(tmp_path, "<> Klub: Jan kom in", "<> Jan: a", "<> Bo: b", "<> Klub: Bo ging")
    assert (people(made), doubts(made)) == ([0, 1, 2, 0], [2])  # one sign: it reports on others


def test_notices_of_the_group_become_events_or_are_counted_by_kind(tmp_path: Path) -> None:
    made = exported(
        tmp_path,
        f"[] 读书: {M}小明创建了群组“读书”",
        f"[] 读书: {M}小明添加了小红、小刚和小强",
        f"[] 小明: {M}小明将小刚移出了群组",
        "[] 小明: 大家好",
        f"[] 读书: {M}小红现在是管理员",
    )
    assert [event for event, _ in events(made)] == ["join", "join", "join", "leave"]
    assert dropped(made) == {"notice of WhatsApp": 1, "notice of WhatsApp: admin": 1}


KNOWN = {"小明", "王将军", "将军", "Tom and Jerry", "Kim, Pat"}


@pytest.mark.parametrize(
    ("text", "kind", "who"),
    [
        ("You added Anna", "join", "Anna"),
        ("Boris added you", "join", ""),
        ("Ada added Tom and Jerry, Kim, Pat and Bo", "join", "Tom and Jerry|Kim, Pat|Bo"),
        ("You removed Bob", "leave", "Bob"),
        ("Bob and Cem were removed", "leave", "Bob|Cem"),
        ("Ada removed the group icon", "leave", ""),
        ("Du hast Anna, Bernd und Chris hinzugefügt", "join", "Anna|Bernd|Chris"),
        ("Anna hat dich hinzugefügt", "join", ""),
        ("Du hast Anna entfernt", "leave", "Anna"),
        ("Du hast die Gruppe „Hof“ erstellt", "birth", ""),
        ("Añadiste a Ana y Bea", "join", "Ana|Bea"),
        ("Ana eliminó a Bea", "leave", "Bea"),
        ("Eliminaste a Bea", "leave", "Bea"),
        ("Creaste el grupo", "birth", ""),
        ("Você adicionou Bia e Caio", "join", "Bia|Caio"),
        ("Ana removeu Bia", "leave", "Bia"),
        ("Bia foi removida", "leave", "Bia"),
        ("Vous avez ajouté Léa, Max et Zoé", "join", "Léa|Max|Zoé"),
        ("Vous avez retiré Max", "leave", "Max"),
        ("Hai aggiunto Anna e Bruno", "join", "Anna|Bruno"),
        ("Anna ha rimosso Bruno", "leave", "Bruno"),
        ("Bruno è stato rimosso", "leave", "Bruno"),
        ("你将小红移出群聊", "leave", "小红"),
        ("小明已将小刚移除", "leave", "小刚"),
        ("小明把“小强”移出了群组", "leave", "小强"),
        ("小明移除了小红", "leave", "小红"),
        ("小明將小紅移出群組", "leave", "小紅"),
        ("小红被小明移出群聊", "leave", "小红"),
        ("小玉已退出群組", "leave", "小玉"),
        ("小明将王将军移出了群组", "leave", "王将军"),
        ("王将军将小明移出了群组", "leave", "小明"),
        ("小明将将军移出群聊", "leave", "将军"),
        ("王将军移除了小红", "leave", "小红"),
        ("小明添加了小和尚", "join", "小和尚"),
        ("小明新增了小紅、小剛", "join", "小紅|小剛"),
        ("小红加入了群组", "join", "小红"),
        ("Ana fijó un mensaje", "pinned message", ""),
    ],
)
def test_a_notice_says_who_came_or_went(text: str, kind: str, who: str) -> None:
    notice = read_notice(text, KNOWN)
    assert (notice.kind, "|".join(notice.who)) == (kind, who)


@pytest.mark.parametrize("head", ["[]", "<>"])
def test_no_space_need_follow_the_colon(tmp_path: Path, head: str) -> None:
    texts = ["Ada: hi", "Ada:hey", "Bob:yes, at 10:30", "Bob changed the link to https://x.org"]
    made = exported(tmp_path, *(f"{head} {text}" for text in texts))
    assert people(made) == [0, 0, 1]
    assert sum(dropped(made).values()) == 1


PASTED = ("[22-01-20 10:00:00] Bob: see:", "[21-01-20 09:00:00] Ann: a", "[21-01-20 09:30:00] Zed")


def test_line_ends_tell_a_pasted_line_from_a_message(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    rest = "what?\r\n[22-01-20 10:01:00] Cem: ok\r\n"
    path.write_text("\n".join((*PASTED, rest)), newline="")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert people(made) == [0, 1]
    assert (made.inputs[0].tally.further_lines, doubts(made)) == (3, [])


def test_line_ends_that_tell_nothing_leave_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    path.write_text("\n".join((*PASTED, "[22-01-20 10:01:00] Cem: ok\n")))
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert doubts(made) == [2]
    later = (
        "[22-01-20 10:00:00] Bob: a",
        "[22-01-20 10:01:00] Ann: b",
        "[22-01-20 10:02:00] Bob: c",
    )
    path.write_text("\n".join(later) + "\r\n[23-01-20 10:02:00] Ann: d\r\n", newline="")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert len(people(made)) == 4  # two exports in one file: nothing after a line feed is older


def test_names_with_a_colon(tmp_path: Path) -> None:
    made = exported(
        tmp_path, "<> Max: hi", "<> Max added Work: Tom", "<> Work: Tom: hello",
        "<> Work: Sue: y", "<> Max: Work: do it", "<> Work: Tom: bye",
    )  # fmt: skip
    assert (people(made), doubts(made)) == ([0, 1, 2, 0, 1], [3])
    assert [who for _, who in events(made)] == [1]
    made = exported(tmp_path, "<> Max: Q: what", "<> Max: A: this", "<> Max: Q: so", "<> Ann: ok")
    assert (people(made), doubts(made)) == ([0, 0, 0, 1], [])
    made = exported(tmp_path, "<> Max: Note: a", "<> Max: hi", "<> Ann: Note: b", "<> Ann: so")
    assert people(made) == [0, 0, 1, 1]
    made = exported(tmp_path, "<> Work: Tom: a", "<> Work: Sue: b", "<> Max: ok")
    assert (people(made), doubts(made)) == ([0, 0, 1], [2])


@pytest.mark.parametrize(
    "text", ["13.08.24, 21:00 - Ada: a\n", "2024-08-13 21:00:00 Ada(123456)\n"]
)
def test_a_message_of_many_lines_takes_time_in_proportion(tmp_path: Path, text: str) -> None:
    def seconds(count: int) -> float:
        path = tmp_path / f"{count}.txt"
        path.write_text(text + "short line\n" * count)
        begin = time.process_time()
        made = import_chats([path], Wishes(time_zone="UTC"), KEY)
        assert len(made.log.messages) == 1
        return time.process_time() - begin

    seconds(10)
    assert seconds(200_000) < 20 * max(seconds(20_000), 0.02)


@pytest.mark.parametrize("mark", [", ", "; "])
def test_a_table_whose_times_end_as_old_heads_do_is_a_table(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "chat.csv"
    rows = (("time", "sender", "text"), ("2024-01-05 09:03", "ann", "so: this"))
    path.write_text("".join(f"{mark.join(row)}\n" for row in rows))
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.inputs[0].format == "csv"
