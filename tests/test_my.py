"""``qunlab my``: 24 lines, files without name or text, ugly inputs, what-ifs refused and given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import load_scenario
from sim.cli import main
from sim.cli.my import SCENARIO, Found, cards_of, sections_of, what_if_rows
from sim.lives.health import Health
from sim.stats.paired import PairedDifference, paired_difference
from sim.study.twin import POSTING, SILENT_WEEK, SPENT, Twin

NAME, TEXT, GROUP, TEAM = "ZZNAMEZZ", "ZZTEXTZZ", "ZZGROUPZZ", "ZZTEAMZZ"
PUBLIC = (SCENARIO, "report.html", "timetable.csv", "ties.csv")


def chat(days: int, people: int = 12, a_day: int = 6, silent_from: int = 999) -> str:
    """Write a chat as it is copied out of WeChat: evenings, one post of the team a day."""
    draw = np.random.default_rng(1)
    lines = []
    for day in range(days):
        date = f"2024/5/{day + 1}" if day < 31 else f"2024/6/{day - 30}"
        lines.append(f"{TEAM} {date} 18:00\nhttps://{TEXT}.example\n")
        for number in range(a_day if day < silent_from else 0):
            who = int(draw.integers(people))
            said = f"@{NAME}{draw.integers(people)} {TEXT}吗？" if number % 3 == 0 else TEXT
            lines.append(f"{NAME}{who} {date} {18 + number // 3}:{7 * number % 60:02d}\n{said}\n")
    return "\n".join(lines)


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / f"{GROUP}.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def shown(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["my", *map(str, words)]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["my", *map(str, words)]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_at_most_24_lines_of_80_columns_and_nothing_private(
    export, tmp_path, capsys, monkeypatch, encoding
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = tmp_path / "out"
    words = (export(chat(40), encoding), "--operator", TEAM, "--members", 90, "--out", out)
    what_if = ("--try", "policies.cadence.posts_per_day=3", "--groups", 40)
    printed = shown(capsys, *words) + shown(capsys, *words, "--force", *what_if)
    for text in printed.split("My group ·")[1:]:
        assert 10 < len(text.splitlines()) <= 24
    wide = [line for line in printed.splitlines() if len(line) > 80]
    assert all(str(out) in line for line in wide)  # a path is left in one piece
    assert sorted(path.name for path in out.iterdir()) == sorted(PUBLIC)
    held = "".join((out / name).read_text(encoding="utf-8") for name in PUBLIC)
    answer = shown(capsys, *words, "--force", "--json")
    for private in ("ZZ", GROUP.lower(), str(tmp_path)):
        assert private not in held
        assert private not in answer
        assert private not in re.sub(r"\s+", "", printed).replace(str(out), "")
    assert not re.search(r"\d{10,}", held.replace(str(2**63 - 1), ""))  # no pseudonym either


def test_the_scenario_is_read_back_from_its_folder(export, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    answer = json.loads(
        shown(capsys, export(chat(40)), "--operator", TEAM, "--out", out, "--json", "--groups", 40)
    )
    moved = out.rename(tmp_path / "moved")
    scenario = load_scenario(moved / SCENARIO)
    assert scenario.days == answer["twin"]["days"] + answer["twin"]["run_in_days"]
    assert scenario.params.group.size == answer["health"]["members"]
    assert Path(scenario.policies[0].policy.file).parent == moved
    page = (moved / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert page.count("People writing a week") >= 2
    assert page.index("<h1>") < page.index('class="card"') < page.index("<svg")
    assert not re.search(r"(src|href)=|https?://", page)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    size = ("--size", "60", "--days", "40", "--groups", "1", "--log", str(folder))
    assert main(["run", "configs/base.toml", *size]) == 0
    return folder


def test_what_if_is_answered_by_a_twin_that_matches(log, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    capsys.readouterr()
    words = (log, "--groups", 40, "--try", "policies.red_packets.fen_per_day=3000")
    answer = json.loads(shown(capsys, *words, "--json"))
    assert answer["matches"]
    by_name = {row["outcome"]: row for row in answer["what_if"]}
    spent = by_name["CNY in packets"]
    assert (spent["first"], spent["answer"]) == (0.0, "worse")
    assert spent["second"] == pytest.approx(30 * 28, rel=0.05)
    printed = shown(capsys, *words)
    assert "It matches the last 21 days" in printed
    assert re.search(rf"CNY in packets +0 +{spent['second']:.3g} +\+\d+ .*worse", printed)
    talk = by_name["posting members a day"]
    assert talk["lower"] < talk["difference"] < talk["upper"]
    assert re.search(r"posting members a day +\S+ +\S+ +\S+ \(\S+ to \S+\) +\w+", printed)
    assert re.search(r"messages a day .* twin .* \(95 % .*\): \d\.\d times", printed)
    assert printed.startswith(f"My group · {answer['headline'][:20]}")
    assert len(printed.splitlines()) <= 24
    preset = json.loads(shown(capsys, log, "--groups", 40, "--preset", "part_time_team", "--json"))
    assert preset["what_if"]
    assert any("of the preset only the policies" in note for note in preset["notes"])


def test_what_if_is_refused_where_the_twin_does_not_match(export, tmp_path, capsys) -> None:
    words = (export(chat(40, a_day=12, silent_from=26)), "--operator", TEAM, "--groups", 40)
    printed = shown(capsys, *words, "--try", "policies.cadence.posts_per_day=2")
    assert "does not match" in printed
    assert "Refused: the twin fails in" in printed
    assert shown(capsys, *words, "--out", tmp_path / "out")
    assert main(["run", str(tmp_path / "out" / SCENARIO), "--groups", "2", "--days", "2"]) == 0
    warned = [line for line in capsys.readouterr().err.splitlines() if "does not match" in line]
    assert len(warned) == 1
    assert "my_group" in warned[0] or "group" in warned[0]
    assert "what 'my --out' wrote" in refused(capsys, tmp_path / "out")
    answer = json.loads(shown(capsys, *words, "--preset", "hands_off", "--json"))
    assert (answer["matches"], answer["what_if"]) == (False, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "an empty file"), (f"{TEAM} 2024/5/1 8:00\n{TEXT}\n", "no member wrote anything")],
)
def test_what_cannot_be_read_is_said_in_a_line(export, capsys, text, why) -> None:
    words = (export(text), *(["--operator", TEAM] if text else []))
    assert why in refused(capsys, *words)


def test_the_same_export_gives_the_same_answer_though_pseudonyms_differ(export, capsys) -> None:
    words = (export(chat(40)), "--operator", TEAM, "--groups", 40, "--json")
    assert shown(capsys, *words) == shown(capsys, *words)


def test_a_long_log_is_24_lines_too(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    size = ("--size", "450", "--days", "84", "--groups", "2", "--log", str(tmp_path / "log"))
    assert main(["run", "configs/base.toml", *size]) == 0
    capsys.readouterr()
    what_if = ("--try", "policies.cadence.posts_per_day=1", "--instead", "--groups", 40)
    printed = shown(capsys, tmp_path / "log", *what_if, "--out", tmp_path)
    assert 15 < len(printed.splitlines()) <= 24


def test_three_messages_are_counted_and_have_no_twin(export, capsys) -> None:
    text = "".join(f"{NAME}{n} 2024/5/{n} 20:00\n{TEXT}\n" for n in (1, 2, 3))
    printed = shown(capsys, export(text))
    assert "3 messages by 3 of 3 members in 3 days, the last today." in printed
    assert "Twin · There is none: 3 days with" in printed
    assert "nobody is known as the team" in printed
    answer = json.loads(shown(capsys, export(text), "--json"))
    assert answer["twin"] is None
    assert "a twin needs" in answer["no_twin_because"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--members", "0"], "--members"),
        (["--groups", "10"], "--groups"),
        (["--try", "nonsense"], "is not of the form"),
        (["--try", "group.size=5"], "only what the team does"),
        (["--try", "policies.cadance.posts_per_day=1"], "cadance"),
        (["--preset", "nobody"], "nobody"),
        (["--try", "policies.cadence.posts_per_day=1", "--preset", "hands_off"], "leave one"),
        (["--time-zone", "Moon"], "Moon"),
        (["--observed-until", "2020-01-01T00:00Z"], "no member wrote anything"),
    ],
)
def test_wrong_words_are_lines(export, capsys, words, why) -> None:
    path = export(chat(40))
    assert why in refused(capsys, path, "--operator", TEAM, *words)


def test_what_is_in_out_is_not_replaced_unasked(export, tmp_path, capsys) -> None:
    (tmp_path / SCENARIO).write_text("mine")
    assert "--force" in refused(capsys, export(chat(3)), "--out", tmp_path)
    assert (tmp_path / SCENARIO).read_text() == "mine"


def test_fewer_members_than_wrote_are_refused(export, capsys) -> None:
    words = (export(chat(3)), "--operator", TEAM, "--members")
    least = len({line.split()[0] for line in chat(3).splitlines() if line.startswith(NAME)})
    line = refused(capsys, *words, least - 1)
    assert f"--members: {least - 1}; {least} wrote" in line
    assert len(line.splitlines()) == 1
    assert f"{least} of {least} members" in shown(capsys, *words, least)


def test_a_chat_with_the_date_before_the_name_is_the_same_chat(export, capsys) -> None:
    words = ("--operator", TEAM, "--json")
    text = chat(12)
    dated = re.sub(r"(?m)^(ZZ\S+) (\S+ \d+:\d\d)$", r"\2 \1", text)
    assert dated != text
    assert shown(capsys, export(text), *words) == shown(capsys, export(dated), *words)


def found_with(**changed: object) -> Found:
    one = Health(
        20, True, (9,) * 8, (90,) * 8, "none", "none", 3, 4, 0.1,
        (("18-21", 40, 20),), (("18-21", 40, 20),), False, (), 20, 2, 0.3,
    )  # fmt: skip
    seen = {"days": 60.0, "messages": 900.0, "wrote": 17.0, "posts_a_day": 1.0}
    forecast = {"silent_now": False, "chances": {2: 0.2, 4: 0.55, 12: 0.9}, "auc": 0.9}
    forecast["came_true_of_rooms"] = {4: 0.4, 12: 0.7}
    whole = {"is_asked": False, "matches": (), "changes": {}, **changed}
    return Found(replace(one, **whole.pop("health", {})), seen, forecast | {"age_days": 60.0}
                 | whole.pop("forecast", {}), [], **whole)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({}, "Go on as now"),
        ({"health": {"unanswered": 10}}, "Answer questions within the hour: 10 of 20"),
        (
            {"health": {"unanswered": 10, "trend": "lower lately", "weeks": (13,) * 6 + (9, 9)}},
            "Find out why fewer write: 9 a week in the last two, 13 before",
        ),
        (
            {"health": {"messages_trend": "falling", "messages": (206,) * 6 + (132, 132)}},
            "Find out why less is written: 132 messages a week lately, 206 before",
        ),
        ({"forecast": {"chances": {2: 0.6}}, "health": {"unanswered": 10}}, "Look after it now"),
        (
            {"forecast": {"silent_now": True}, "health": {"days_silent": 9.0}},
            "Ask the members something: nobody has written for 9 days",
        ),
    ],
)
def test_the_most_harmful_comes_first(changed: dict, first: str) -> None:
    assert next(
        line for _, lines in sections_of(found_with(**changed)) for line in lines
    ).startswith(first)


@pytest.mark.parametrize(
    ("free", "is_kind_by_hour", "advised", "told"),
    [
        ((40, 8), False, True, "At 18-21 without a post, members write on 8 of 40 days."),
        ((40, 38), False, False, "At 18-21 members write on 38 of 40 days without a post as well."),
        ((1, 0), False, False, "At 18-21 nearly every day has a post: what it adds is not known."),
        ((40, 8), True, False, "Each kind of post has hours of its own"),
    ],
)
def test_an_hour_is_advised_only_where_a_post_adds_to_it(
    free: tuple[int, int], is_kind_by_hour: bool, advised: bool, told: str
) -> None:
    by_hour = ("18-21", 42, 41), ("09-12", 42, 2)
    without = ("18-21", *free), ("09-12", 42, 2)
    health = {"by_hour": by_hour, "without_post": without, "is_kind_by_hour": is_kind_by_hour}
    text = "\n".join(line for _, lines in sections_of(found_with(health=health)) for line in lines)
    assert ("Post at 18-21 rather than at 09-12." in text) is advised
    assert told in text


def difference(first: float, second: float, error: float = 0.01) -> PairedDifference:
    gaps = second - first + np.array([-error, error] * 20)
    return paired_difference(np.full((1, 40), first), first + gaps[None], np.ones(1))


@pytest.mark.parametrize(
    ("talk", "spent", "first"),
    [
        ((3, 4), (0, 0), "It gains 1 people who write a day."),
        ((3, 4), (0, 840), "It gains 1 people who write a day, for 840 CNY more."),
        ((4, 3), (0, 840), "Leave it: 1 fewer people write a day, for 840 CNY more."),
        ((3, 3), (0, 840), "Leave it: 840 CNY more, and no gain"),
        ((3, 3), (0, 0), "It makes no difference"),
    ],
)
def test_a_change_is_judged_in_a_line_and_disagreement_is_named(talk, spent, first) -> None:
    changes = {
        POSTING: difference(*talk),
        SILENT_WEEK: difference(0, 0, 0),
        SPENT: difference(*spent),
    }
    twin = Twin(load_scenario("configs/base.toml"), 0, 60, 60.0, ())
    found = found_with(is_asked=True, twin=twin, changes=changes)
    (_, (line,)), (_, asked), *_others = sections = sections_of(found)
    (told,) = (lines for title, lines in sections if title == "Forecast from today")
    assert "came true of 70% within 12 weeks; of a group like yours it may be wrong" in told[-1]
    assert line.startswith(first)
    assert "disagree on a silent week in 4 weeks: 55% and 0%" in asked[-1]
    (silent,) = (row for row in what_if_rows(found) if row[0] == SILENT_WEEK)
    assert silent[1:4] == ("0%", "0%", "0%")
    assert not any("%" in card.value for card in cards_of(found))  # no forecast among the counts
    agreed = replace(found, forecast=found.forecast | {"chances": {4: 0.1}})
    assert not any("disagree" in line for _, lines in sections_of(agreed) for line in lines)
