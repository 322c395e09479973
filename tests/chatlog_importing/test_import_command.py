"""``qunlab import``: what it writes, prints and refuses, and what is nowhere to be found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sim.chatlog import read_log, write_log
from sim.cli import main
from sim.cli.import_ import ENCODINGS

FIXTURES = Path(__file__).parent / "fixtures"
WORDS_OF: dict[str, list[str]] = {
    "whatsapp_ios_us.txt": ["--time-zone", "America/New_York"],
    "whatsapp_android_de.txt": ["--time-zone", "Europe/Berlin"],
    "whatsapp_android_zh.txt": ["--time-zone", "Asia/Shanghai"],
    "telegram.json": [],
    "discord.json": [],
    "discord.csv": [],
    "slack": [],
    "wechat_memotrace2.csv": [],
    "wechat_memotrace3.csv": [],
    "wechat_pywxdump.csv": [],
    "wechat_chatlog.csv": [],
    "qq.txt": [],
    "qq.csv": [],
    "qq_exporter.json": [],
    "chatlab.jsonl": [],
    "generic.csv": ["--time-zone", "UTC", "--column", "time=when", "--column", "sender=who"],
}
SECRETS = (
    *("Ada", "ada", "Lovelace", "Bob", "bob", "Cem", "Jörg", "Änne", "Herald", "Reminder"),
    *("小明", "小红", "小刚", "wxid_", "user1", "123456", "U1", "gang@", "Chess", "Hof:", "读书"),
    *("Welcome", "Grill", "吃了", "Who ", "Stretch", "between us", "example.org"),
)
"""Names, ids, groups' names and pieces of texts of the fixtures."""


def imported(tmp_path: Path, name: str, *words: str) -> tuple[int, Path]:
    out = tmp_path / "log"
    return main(["import", str(FIXTURES / name), "--out", str(out), *words]), out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return the lines of an import that must be refused."""
    assert main(["import", *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert lines
    assert all(line.startswith("error: ") for line in lines)
    return lines


@pytest.mark.parametrize("name", WORDS_OF)
def test_no_name_text_or_key_is_written_or_printed(name: str, tmp_path: Path, capsys) -> None:
    key = tmp_path / "key"
    key.write_text("5f" * 32)
    key.chmod(0o600)
    code, out = imported(tmp_path, name, *WORDS_OF[name], "--key-file", str(key))
    assert code == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    printed = shown.out.replace(str(FIXTURES), "").replace(str(tmp_path), "")
    written = b"".join(file.read_bytes() for file in sorted(out.iterdir()))
    frames = [pd.read_parquet(out / f"{table}.parquet") for table in ("messages", "events")]
    readable = "".join(frame.to_csv() for frame in frames)
    for secret in (*SECRETS, key.read_text().strip()):
        assert secret not in printed
        assert secret not in readable
        # Four letters and more: shorter ones turn up in any compressed bytes.
        assert len(secret.encode()) < 4 or secret.encode() not in written
    assert bytes.fromhex(key.read_text()) not in written


@pytest.mark.parametrize("name", WORDS_OF)
def test_observe_reads_what_import_writes(name: str, tmp_path: Path, capsys) -> None:
    code, out = imported(tmp_path, name, *WORDS_OF[name])
    assert code == 0
    capsys.readouterr()
    assert main(["observe", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["events"] is not None
    assert (
        main(["observe", str(out / "messages.parquet"), "--groups", str(out / "groups.csv")]) == 0
    )


def test_the_report_accounts_for_every_record(tmp_path: Path, capsys) -> None:
    code, out = imported(tmp_path, "telegram.json", "--operator", "Reminder")
    assert code == 0
    said = " ".join(capsys.readouterr().out.split())
    for expected in (
        f"Wrote {out}: 5 messages (1 questions, 1 links, 1 of operators) by 3 members in 1 groups",
        "From 2024-01-05 20:01 to 2024-01-05 20:08 (UTC)",
        "9 records = 5 messages + 2 events + 0 further lines + 1 dropped + 1 malformed",
        "dropped: 1 unsupported by the export",
        "malformed: 1 not a JSON object: line 60",
        "--observed-until",
        "a key that is thrown away",
    ):
        assert expected in said


def test_a_narrow_screen_still_names_the_groups(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert imported(tmp_path, "slack")[0] == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.strip().startswith("group-") for line in lines) == 2
    assert max(map(len, lines)) <= 80


def test_json_says_the_same(tmp_path: Path, capsys) -> None:
    code, out = imported(tmp_path, "whatsapp_android_de.txt", *WORDS_OF["whatsapp_android_de.txt"],
                         "--json")  # fmt: skip
    assert code == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["log"] == str(out)
    (facts,) = answer["inputs"]
    parts = ("messages", "events", "further_lines")
    kept = sum(facts[part] for part in parts) + sum(facts["dropped"].values())
    assert facts["records"] == kept + sum(met["count"] for met in facts["malformed"].values())
    assert facts["time_zone"] == "Europe/Berlin"
    assert answer["totals"]["members"] == answer["groups"][0]["members"] == 3


def test_the_same_key_file_gives_the_same_people(tmp_path: Path, capsys) -> None:
    key = tmp_path / "key"
    members = []
    for run in ("first", "second"):
        folder = tmp_path / run
        words = ["--key-file", str(key)]
        assert imported(folder, "telegram.json", *words)[0] == 0
        members.append(set(read_log(folder / "log").messages["member"]))
    assert imported(tmp_path / "third", "telegram.json")[0] == 0
    other = set(read_log(tmp_path / "third" / "log").messages["member"])
    assert members[0] == members[1]
    assert not members[0] & other
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_key_others_can_read_is_remarked(tmp_path: Path, capsys) -> None:
    key = tmp_path / "key"
    key.write_text("00" * 32)
    key.chmod(0o644)
    assert imported(tmp_path, "qq.txt", "--key-file", str(key))[0] == 0
    assert "others can read the key" in capsys.readouterr().out


def test_a_log_that_is_there_is_replaced_only_by_force(tmp_path: Path, capsys) -> None:
    assert imported(tmp_path, "qq.txt")[0] == 0
    before = (tmp_path / "log" / "messages.parquet").read_bytes()
    capsys.readouterr()
    (line,) = refused(capsys, str(FIXTURES / "telegram.json"), "--out", str(tmp_path / "log"))
    assert "--force" in line
    assert (tmp_path / "log" / "messages.parquet").read_bytes() == before
    assert imported(tmp_path, "telegram.json", "--force")[0] == 0
    assert len(read_log(tmp_path / "log").messages) == 5


def test_a_failure_to_write_takes_the_new_key_away_again(tmp_path: Path, monkeypatch) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full_disk)
    key = tmp_path / "key"
    assert imported(tmp_path, "qq.txt", "--key-file", str(key))[0] == 2
    assert not key.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["whatsapp_ios_us.txt"], "--time-zone Europe/Berlin"),
        (["whatsapp_ios_us.txt", "--time-zone", "Europe/Berln"], "did you mean 'Europe/Berlin'?"),
        (["qq.txt", "--format", "watsapp"], "did you mean 'whatsapp'?"),
        (["qq.txt", "--format", "telegram"], "holds no message"),
        (["qq.txt", "--format", "discord"], "not of the format discord"),
        (["qq.txt", "--format", "csv"], "not of the format csv"),
        (["generic.csv"], "TEXT'; --format takes: whatsapp ("),
        (["generic.csv", "--column", "tim=when"], "no field 'tim'"),
        (["generic.csv", "--column", "time=wen", "--column", "sender=who"], "no column 'wen'"),
        (["qq.txt", "--date-order", "ydm"], "allowed: dmy, mdy, ymd"),
        (["qq.txt", "--operator", "Nobody Such"], "number 1 of 1: nobody of that name"),
        (["qq.txt", "--observed-until", "later"], "allowed: a time as"),
        (["qq.txt", "--observed-until", "2024-05-01 10:00"], "give --time-zone"),
        (["qq.txt", "--encoding", "utf-88"], "did you mean 'utf-8'?"),
        (["qq.txt", "--group", "a", "--group", "b"], "2 names for 1 groups"),
        (["nowhere.txt"], "no such file or folder"),
    ],
)
def test_a_mistake_is_one_line(words: list[str], said: str, tmp_path: Path, capsys) -> None:
    name, *rest = words
    (line,) = refused(capsys, str(FIXTURES / name), "--out", str(tmp_path / "log"), *rest)
    assert said in line
    assert "Nobody Such" not in line
    assert not (tmp_path / "log").exists()


def test_all_mistakes_are_said_at_once(tmp_path: Path, capsys) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "zip.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "folder").mkdir()
    paths = [str(tmp_path / name) for name in ("gone.txt", "empty.txt", "zip.zip", "folder")]
    lines = refused(capsys, *paths, "--out", str(tmp_path / "log"))
    assert len(lines) == 4
    for line, said in zip(
        lines, ("no such file", "an empty file", "unpack it", "channels.json"), strict=True
    ):
        assert said in line


def test_all_that_is_wrong_with_the_options_is_said_at_once(tmp_path: Path, capsys) -> None:
    words = ["--format", "x", "--time-zone", "y", "--date-order", "z", "--group", "a"]
    words += ["--group", "a", str(tmp_path / "gone"), "--out", str(tmp_path / "log")]
    said = ["--format: 'x'", "--date-order: 'z'", "--time-zone: no zone 'y'", "--group", "no such"]
    for more, further in (([], []), (["--encoding", "e", "--column", "c"], ["--column", "'e'"])):
        lines = refused(capsys, *words, *more)
        for line, expected in zip(lines, [*further, *said], strict=True):
            assert expected in line


def test_every_file_without_a_zone_is_named(tmp_path: Path, capsys) -> None:
    paths = [str(FIXTURES / f"whatsapp_{name}.txt") for name in ("ios_us", "android_zh")]
    lines = refused(capsys, *paths, "--out", str(tmp_path / "log"))
    assert [path in line for path, line in zip(paths, lines, strict=True)] == [True, True]


def test_a_key_does_not_go_into_the_output(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / "log")
    for key, said in (
        (tmp_path / "log" / "key", "keep the key elsewhere"),
        (tmp_path / "gone" / "key", "no such folder"),
        (tmp_path, "is a folder"),
    ):
        (line,) = refused(capsys, str(FIXTURES / "qq.txt"), "--out", out, "--key-file", str(key))
        assert said in line
    (line,) = refused(capsys, str(FIXTURES / "qq.txt"), "--out", str(tmp_path / "file"))
    assert "is a file, not a folder" in line


def test_a_file_without_any_message_is_refused_with_its_account(tmp_path: Path, capsys) -> None:
    path = tmp_path / "chat.csv"
    path.write_text("time,sender,text\nnever,Ada,secret\n")
    (line,) = refused(capsys, str(path), "--out", str(tmp_path / "log"))
    assert "holds no message (1 records, 1 no time, or an impossible one)" in line
    assert "secret" not in line


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["qq.csv", "telegram.json", "whatsapp_android_de.txt"])
def test_any_encoding_gives_a_log_or_a_line(name: str, encoding: str, tmp_path: Path) -> None:
    words = ["--encoding", encoding, "--time-zone", "UTC", "--date-order", "dmy"]
    assert imported(tmp_path, name, *words)[0] in (0, 2)


def test_help_lists_every_format(capsys) -> None:
    assert main(["import", "--help"]) == 0
    shown = capsys.readouterr().out
    for word in ("whatsapp", "telegram", "slack", "discord", "wechat", "qq", "csv", "parquet"):
        assert word in shown


def test_a_long_import_says_how_far_it_is(tmp_path: Path) -> None:
    """In a process of its own: the error stream is no terminal and a short import says nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", "import", str(FIXTURES / "qq.txt"), "--out", "log"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Wrote log: 3 messages" in done.stdout


def test_the_log_has_the_columns_of_any_other(tmp_path: Path) -> None:
    _, out = imported(tmp_path, "slack")
    log = read_log(out)
    assert log.groups is not None
    assert log.events is not None
    assert log.notes == ()
    write_log(tmp_path / "again", log.messages, log.events, log.groups)
    assert len(read_log(tmp_path / "again").messages) == len(log.messages)


def test_rounded_times_keep_the_order_and_are_written_down(tmp_path: Path, capsys) -> None:
    words = WORDS_OF["whatsapp_ios_us.txt"]
    (tmp_path / "plain").mkdir()
    key = tmp_path / "key"
    code, exact = imported(
        tmp_path / "plain", "whatsapp_ios_us.txt", *words, "--key-file", str(key)
    )
    assert code == 0
    more = ("--key-file", str(key), "--round-minutes", "10")
    code, blurred = imported(tmp_path, "whatsapp_ios_us.txt", *words, *more)
    assert code == 0
    for table in ("messages", "events"):
        before = pd.read_parquet(exact / f"{table}.parquet")
        after = pd.read_parquet(blurred / f"{table}.parquet")
        assert (after["ts"] == before["ts"] // 600 * 600).all()
        assert after.drop(columns="ts").equals(before.drop(columns="ts"))
    groups = pd.read_csv(blurred / "groups.csv")
    assert not (groups[["created", "closed"]] % 600).any(axis=None)
    assert json.loads((blurred / "origin.json").read_text())["round_minutes"] == 10
    assert json.loads((exact / "origin.json").read_text())["round_minutes"] is None
    capsys.readouterr()
    assert main(["observe", str(blurred)]) == 0
    capsys.readouterr()
    refused(capsys, str(FIXTURES / "telegram.json"), "--round-minutes", "0", "--out", "x")


def test_explain_says_what_was_tried_and_shows_no_word(tmp_path: Path, capsys) -> None:
    path = tmp_path / "chat.csv"
    bad = "".join(f"geheim {n},ada,secret\n" for n in range(30))
    path.write_text(f"time,sender,text\n2024-01-01T10:00Z,ada,hi\n{bad}")
    assert main(["import", str(path), "--explain", "--out", str(tmp_path / "log")]) == 0
    shown = capsys.readouterr().out
    lines = [line for line in shown.splitlines() if "; tried: " in line]
    assert len(lines) == 20
    assert lines[0].startswith(f"{path}: line 3: no time, or an impossible one; tried: a row with")
    assert lines[0].endswith("; it looks like aaaaaa 9,aaa,aaaaaa")
    assert "geheim" not in shown
    path.write_text("Liebes Tagebuch\n\nheute\n")
    assert main(["import", str(path), "--explain", "--out", str(tmp_path / "new")]) == 2
    shown = capsys.readouterr().out
    assert [line.rpartition("looks like ")[2] for line in shown.splitlines()] == [
        "aaaaaa aaaaaaaa",
        "aaaaa",
    ]


@pytest.mark.parametrize("name", WORDS_OF)
def test_explain_holds_nothing_of_any_format(name: str, tmp_path: Path, capsys) -> None:
    assert imported(tmp_path, name, *WORDS_OF[name], "--explain", "--json")[0] == 0
    shown = capsys.readouterr()
    json.loads(shown.out)
    said = shown.err.replace(str(FIXTURES), "")
    assert said
    assert not [secret for secret in SECRETS if secret in said]
