"""My group: an export in memory alone; what is said is what ``qunlab my`` says; nothing is left."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from visits import PATIENT, texts, until, until_so, with_user

from sim import cli
from sim.errors import InputError
from sim.lab import mine
from sim.lab.app import tab_for
from sim.lab.held import Held
from sim.lab.mine import Wanted, look, read_exports

PLANTED = "a sentence that must be nowhere"


def chat(days: int, lines_a_day: int = 6) -> str:
    """Write a chat as it is copied out of WeChat, the sentence in every message."""
    lines = []
    for day in range(days):
        for number in range(lines_a_day):
            at = f"2024/5/{day + 1} {18 + number % 4}:{7 * number % 60:02d}"
            lines.append(f"Ada{number % 5} {at}\n{PLANTED} {day} {number}？\n")
    return "\n".join(lines)


def holders(*folders: Path) -> list[Path]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if PLANTED.encode() in path.read_bytes()]


def test_a_held_export_is_read_as_a_file_is_and_lies_nowhere() -> None:
    held = Held.of("chats\\of/../mine.txt", chat(5).encode())
    read = read_exports([held], Wanted())
    assert read.files == ["mine.txt"]
    assert len(read.log.ts) == 30
    assert not held.exists()
    with pytest.raises(InputError):
        os.fspath(held)
    with pytest.raises(InputError):
        read_exports([held], Wanted())
    for content in (b"PAR1 and more", b"", b"\x00" * 100):
        again = Held.of("x.parquet", content)
        with pytest.raises(InputError):
            read_exports([again], Wanted())
        assert not again.exists()


def test_it_says_what_the_command_says(tmp_path, capsys) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(chat(5))
    assert tab_for(file).path == "/mine"
    wanted = Wanted(members=9, team="Ada0，")
    looked = look(read_exports([file], wanted), wanted)
    assert cli.main(["my", str(file), "--members", "9", "--operator", "Ada0"]) == 0
    told = capsys.readouterr().out
    health = looked.found.health
    assert f"of {health.members} members" in told
    assert f"{health.never} never wrote here, {health.silent_lately} not in 28 days" in told
    assert wanted.command(["mine.txt"]).startswith("qunlab my mine.txt --operator NAME --members 9")
    assert PLANTED.encode() not in looked.page


def test_a_change_and_its_test_are_those_of_the_commands(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(mine, "GROUPS", 40)
    monkeypatch.setattr(mine, "TESTED", 60)
    size = ("--size", "60", "--days", "40", "--groups", "1", "--log", str(tmp_path / "log"))
    assert cli.main(["run", "configs/base.toml", *size]) == 0
    assert tab_for(tmp_path / "log").path == "/mine"
    change = "policies.red_packets.fen_per_day=3000"
    wanted = Wanted(change=change, with_test=True)
    looked = look(read_exports([tmp_path / "log"], wanted), wanted)
    capsys.readouterr()
    words = ["my", str(tmp_path / "log"), "--try", change, "--groups", "40", "--json"]
    assert cli.main([*words, "--out", str(tmp_path / "out")]) == 0
    for row in json.loads(capsys.readouterr().out)["what_if"]:
        assert row["difference"] == looked.found.changes[row["outcome"]].difference
    test = shlex.split(wanted.test().replace("results/my", str(tmp_path / "out")))
    assert cli.main([*test[1:], "--quiet"]) == 0
    assert capsys.readouterr().out.strip() == looked.test.headline


def test_what_cannot_be_asked_is_refused() -> None:
    for wrong in (
        Wanted(preset="quiet_digest", change="policies.cadence.posts_per_day=1"),
        Wanted(change="group.size=3"),
        Wanted(with_test=True),
        Wanted(preset="quiet_digest", with_test=True),
    ):
        with pytest.raises(InputError):
            wrong.asked()


def test_a_log_is_said_again_only_as_it_was_read() -> None:
    """A name misspelt refuses an export in the words of the page; another one asks for it again."""

    async def act(user) -> None:
        async def drop(name: str, content: bytes) -> None:
            door = f"/mine/{user.client.id}?name={name}"
            assert (await user.http_client.post(door, content=content)).status_code == 200

        await drop("photo.png", b"\x89PNG" + bytes(range(256)))
        await until(user, "photo.png: format not recognised")
        team = user.find("names of the team, as the chat has them")
        team.type("Adda0").trigger("change")
        await drop("mine.txt", chat(5).encode())
        await until(user, "names, number 1 of 1: nobody")
        team.clear().type("Ada0").trigger("change")
        await drop("mine.txt", chat(5).encode())
        await until(user, "qunlab my mine.txt --operator NAME --out")
        team.clear().type("Ada1").trigger("change")
        await until(user, "Drop the export again")
        user.find("Look").click()
        team.clear().type("Ada0").trigger("change")
        await until_so(lambda: not any("Drop the export again" in one for one in texts(user)))

    with_user(act, "/mine")


def test_a_dropped_export_leaves_nothing_on_the_disk(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def act(user) -> None:
        door = f"/mine/{user.client.id}?name=mine.txt"
        answer = await user.http_client.post(door, content=chat(5).encode())
        assert answer.status_code == 200
        await until(user, "30 messages by 5 of 5 members")
        assert not any(PLANTED in text for text in texts(user))
        await user.should_see("qunlab my mine.txt", **PATIENT)

    with_user(act, "/mine")
    assert holders(tmp_path) == []
