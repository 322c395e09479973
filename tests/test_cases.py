"""Cases of practitioners: their files, their claims, what is said of them, the list."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim import cli
from sim.cases import (
    CASE,
    Claim,
    Found,
    answer_of_case,
    as_record,
    known,
    parse_case,
    play_case,
    read_case,
    said,
    together,
    try_assumptions,
)
from sim.cli.terminal import ANSWER_LINES, print_answer
from sim.errors import InputError
from sim.language import cells, in_language
from sim.params import parameters
from sim.scenario.loading import shipped_files
from sim.scenario.toml import read_toml

FILES = shipped_files("cases")
HANDS_OFF = ("look.", "speak.", "habit.", "reaction.", "reading.")
CASE_KEYS = ("story", "claim", "ablations", "paths", "also", "read_twice")
TOY = {
    "story": {"en": "They greet. They last.", "zh": "他们问好。群活着。"},
    "claim": {"outcome": "messages", "against": "quiet", "at_least": 1.0},
    "paths": ["trust", "habit"],
    "also": ["cost_fen"],
    "run": {"days": 9, "groups": 6, "seed": 3},
    "group": {"size": 12},
    "policies": {"cadence": {"posts_per_day": 4.0}},
    "ablations": {
        "quiet": {"en": "without posts", "zh": "不发内容", "drop": ["cadence"]},
        "audience": {"en": "no audience", "zh": "无听众", "both": True, "speak.audience": 0.0},
    },
}


def toy(**changes: Any) -> Any:
    return parse_case({**TOY, **changes}, "toy", Path())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return play_case(toy(), tmp_path_factory.mktemp("toy"), threads=1)


def keys_of(data: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            flat |= keys_of(value, f"{above}{key}.")
        else:
            flat[f"{above}{key}"] = value
    return flat


def test_there_are_all_18() -> None:
    assert len(FILES) == 18


@pytest.mark.parametrize("name", FILES)
def test_a_case_sets_nothing_of_looking_speaking_or_habit(name: str) -> None:
    data = read_toml(FILES[name])
    own = {key: table for key, table in data.items() if key not in CASE_KEYS}
    assert [key for key in keys_of(own) if key.startswith(HANDS_OFF)] == []
    who = {key for path in shipped_files("people").values() for key in keys_of(read_toml(path))}
    for one in data["ablations"].values():
        for key, value in one.items():
            if key.startswith(HANDS_OFF) and key not in who:
                assert one.get("both"), key
                assert value == parameters()[key].off, key


@pytest.mark.parametrize("name", FILES)
def test_a_case_is_whole(name: str) -> None:
    case = read_case(name)
    scenario = case.alternatives[CASE]
    assert scenario.groups >= (5 * case.groups if case.groups > 1 else 40)
    assert len(case.paths) >= 3
    assert len(case.ablations) >= 3
    for one in case.claims:
        assert one.limit or one.times != 1.0, "what is against nothing must be more than nothing"
    for text in case.story.values():
        assert len(re.findall(r"[.。](?=\s|$|[^\d\s])", text)) == 2, text
    assert all(set(one.words) == {"en", "zh"} for one in case.ablations.values())


@pytest.mark.parametrize("name", FILES)
def test_a_case_was_read_twice_as_it_stands(name: str) -> None:
    lines = FILES[name].read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("read_twice"))
    read = read_toml(FILES[name])["read_twice"]
    assert isinstance(read["date"], date)
    assert read["digest"] == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_verdict_is_of_this_claim(name: str) -> None:
    path = FILES[name].with_name(f"{name}.verdict.json")
    if path.is_file():
        record = json.loads(path.read_text("utf-8"))
        case = read_case(name)
        told = [(one["outcome"], one["against"], one["limit"]) for one in record["claims"]]
        assert told == [(one.outcome, one.against, one.limit) for one in case.claims]
        assert record["origin"]["seed"] == str(case.alternatives[CASE].seed)


def test_zhiwei_is_a_portfolio_and_the_camp_is_tried_at_both_sizes() -> None:
    assert read_case("zhiwei").groups == 5
    camp = read_case("ip-camp").alternatives
    assert camp[CASE].params.group.size == 350
    assert camp["size500"].params.group.size == camp["overload|other"].params.group.size == 500
    assert camp["overload|other"].params.reading.overload_fatigue == 0.0
    assert camp[CASE].params.reading.overload_fatigue > 0.0


@pytest.mark.parametrize("name", FILES)
def test_outcomes_are_said_in_words_and_money_in_cny(name: str) -> None:
    case = read_case(name)
    for outcome in {*case.paths, *case.also, *(one.outcome for one in case.claims)}:
        with in_language("zh"):
            assert not re.search("[a-z]{2}", said(known(outcome))[0]), outcome
        words, scale = said(known(outcome))
        assert "_" not in words
        if known(outcome).unit.startswith("fen"):
            assert "CNY" in words
            assert scale == 0.01


def test_a_claim_holds_only_with_its_whole_interval(found: Found) -> None:
    gap = Claim("messages", "quiet", at_least=1.0).gap(found.played)
    assert gap.lower < gap.difference < gap.upper
    verdicts = {limit: Claim("messages", "quiet", at_least=limit).verdict(gap)
                for limit in (gap.lower - 1, gap.difference, gap.upper + 1)}  # fmt: skip
    assert [*verdicts.values()] == ["holds", "cannot be told", "fails"]
    assert Claim("messages", "quiet", at_most=gap.upper + 1).verdict(gap) == "holds"
    assert together(["holds", "holds"]) == "holds"
    twice = Claim("messages", "quiet", times=2.0, at_least=0.0).gap(found.played)
    assert twice.first == pytest.approx(2 * gap.first)


def test_without_assumptions_no_verdict_is_made_up(found: Found) -> None:
    assert found.verdict in ("cannot be told until assumptions are tried", "cannot be told")
    record = as_record(found)
    assert record["assumptions_left"] is None
    assert record["hangs_on"] == ""
    assert 0.0 <= record["fulfilled"][0] <= 1.0
    assert record["replications"] == 6


def test_assumptions_are_tried_and_continued(
    found: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {"trust.initial = 0.25": {"trust.initial": 0.25},
                "shop.margin_share = 0.2": {"shop.margin_share": 0.2}}  # fmt: skip
    monkeypatch.setattr("sim.cases.assumption_versions", lambda _: versions)
    stopped = try_assumptions(found, tmp_path, seconds=-1.0, threads=1)
    assert (stopped.left, stopped.tried) == (2, {})
    whole = try_assumptions(found, tmp_path, threads=1)
    assert whole.left == 0
    assert set(whole.tried or {}) <= {"trust.initial = 0.25"}  # the shop is not used
    assert try_assumptions(found, tmp_path, threads=1).tried == whole.tried


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_an_answer_fits_a_screen(
    found: Found, spoken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with in_language(spoken):
        print_answer(answer_of_case(found))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= ANSWER_LINES
    assert max(map(cells, lines)) <= 80
    assert TOY["ablations"]["quiet"][spoken] in " ".join(lines)  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"claim": {"outcome": "mesages", "at_least": 1.0}}, "did you mean 'messages'"),
        ({"claim": {"outcome": "messages", "against": "x"}}, "x is no ablation"),
        ({"ablations": {"x": {"en": "", "zh": "", "drop": ["gate"]}}, "claim": []}, "no gate"),
        ({"ablations": {"x": {"en": "", "zh": "", "group.sze": 3}}, "claim": []}, "ablations.x: "),
    ],
)
def test_a_fault_of_a_case_is_a_line(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=line):
        toy(**changes)


def test_the_command_lists_and_tries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["cases"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) >= 18
    assert cli.main(["cases", "--json"]) == 0
    assert {one["case"] for one in json.loads(capsys.readouterr().out)} == set(FILES)
    words = ["cases", "shop-ads", "--groups", "3", "--threads", "1", "--out", str(tmp_path)]
    assert cli.main([*words, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record == json.loads((tmp_path / "shop-ads.verdict.json").read_text("utf-8"))
    assert "Which practice does it?" in (tmp_path / "shop-ads/report.html").read_text("utf-8")
    assert cli.main(["cases", "shop-add"]) == 2
    assert "did you mean 'shop-ads'" in capsys.readouterr().err
    assert cli.main(["cases", "--assumptions"]) == 2
