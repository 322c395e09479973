"""English and Chinese: a whole catalogue, the language asked for, widths, help and errors."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from pathlib import Path

import catalogue
import pandas as pd
import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from test_known_faults import KNOWN_CASES

from sim import cli
from sim.cli.speaking import taken_language
from sim.cli.terminal import print_rows, screen
from sim.errors import InputError
from sim.language import (
    N_,
    _,
    _compiled,
    _filled,
    _patterns,
    _plain,
    cells,
    in_language,
    language,
    language_of,
    recast,
    wrapped,
)

MESSAGES = catalogue.messages(catalogue.read())
FIELD = re.compile(r"\{(\w*)[^{}]*\}")
HAN = re.compile("[\u3400-\u9fff]")
# what is the same in Chinese: names, signs, keys
SAME = {"Matias 2019", "grid: {key}", "base: {shown}: {line}", "outcome: {why_missing}"}
SAME |= {"'qunlab run FILE --{kind} NAME' (configs/{folder}): {names}"}
CHINESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}


def test_the_catalogue_holds_every_text_and_no_other() -> None:
    assert {message.id for message in MESSAGES} == catalogue.texts(), "run: make catalogue"


def test_nothing_is_without_chinese_and_nothing_is_fuzzy() -> None:
    assert [message.id for message in MESSAGES if not message.string or message.fuzzy] == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    with (catalogue.FOLDER / "qunlab.mo").open("rb") as file:
        made = dict(read_mo(file)._messages)
    assert {key: one.string for key, one in made.items()} == {
        str(message.id): message.string for message in MESSAGES
    }, "run: make catalogue"


def of_words(message: Message) -> str:
    """A Chinese text with its fields filled in."""
    return FIELD.sub("0", str(message.string))


def test_the_fields_are_the_same_in_both() -> None:
    odd = [
        message.id
        for message in MESSAGES
        if sorted(FIELD.findall(str(message.id))) != sorted(FIELD.findall(str(message.string)))
    ]
    assert odd == []


def test_chinese_is_chinese() -> None:
    words = [message for message in MESSAGES if re.search("[A-Za-z]{3} [a-z]", of_words(message))]
    assert [one.id for one in words if not HAN.search(str(one.string)) and one.id not in SAME] == []


def test_no_space_stands_between_two_chinese_signs_nor_an_english_mark_behind_one() -> None:
    odd = re.compile(
        "[\u3400-\u9fff][ ][\u3400-\u9fff]|[\u3400-\u9fff][,.;:?!](?![\\w/])|\\d %|CNY"
    )
    assert [one.string for one in MESSAGES if odd.search(of_words(one))] == []


def test_a_space_parts_chinese_from_figures_and_none_stands_beside_a_full_width_mark() -> None:
    odd = re.compile(
        "[\u3400-\u9fff][0-9+−]|[0-9%][\u3400-\u9fff]|[，。；：（）！？] | [，。；：）]|。。"
    )
    with in_language("zh"):
        for message in MESSAGES:
            for value in ("7", "群", "97（92 到 99）"):
                fields = dict.fromkeys(filter(None, FIELD.findall(str(message.id))), value)
                said = _plain(str(message.string)).format(value, value, value, value, **fields)
                assert not odd.search(said), said


def test_a_text_of_fields_and_one_short_word_fits_nothing_but_figures() -> None:
    with in_language("zh"):
        for message in MESSAGES:
            text = str(message.id)
            words = re.findall("[A-Za-z]+", FIELD.sub("", text))
            if len(words) == 1 and len(words[0]) < 5 and text.startswith("{") and ": " not in text:
                filled = FIELD.sub("red.packets", text)
                assert recast(filled) == filled, text


@pytest.mark.parametrize(
    "line",
    [
        "Wrote my.toml. Next:",
        "a.toml: a folder, not a file",
        "a.toml: not TOML: Illegal character '\\n' (at line 1, column 7)",
        "people: 'x' is not a file, write \"FILE.toml\", nor a shipped name; there are a, b",
        "so: seed: 1 (and 14 more differences)",
        "a.toml: exists already; choose another name, or --force replaces it",
        "note: 'qunlab run'",
        "12 of 80 communities are stored in so; the same command continues",
    ],
)
def test_lines_put_together_are_chinese(line: str) -> None:
    with in_language("zh"):
        said = recast(line)
    assert HAN.search(said)
    assert not re.search(r"\b(not|more|there|another|Next|column|note|same|are)\b", said), said


def test_a_letter_stays_a_letter() -> None:
    with in_language("zh"):
        assert recast("B: groups alive, of 100").startswith("B：")


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_environment_says_the_language(environment: dict[str, str], spoken: str) -> None:
    assert language_of(environment) == spoken


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "zh", "run", "a.toml"],
        ["run", "a.toml", "--lang=zh"],
        ["run", "--lang", "en", "--lang", "zh", "a.toml"],
    ],
)
def test_the_option_stands_anywhere_and_the_last_counts(words: list[str]) -> None:
    assert taken_language(words, {"LANG": "en"}) == (["run", "a.toml"], "zh")


def test_what_follows_two_dashes_is_no_option() -> None:
    assert taken_language(["run", "--", "--lang", "zh"], {})[1] == "en"


@pytest.mark.parametrize("words", [["--lang", "fr"], ["--lang"], ["--lang="]])
def test_an_unknown_language_is_refused(words: list[str]) -> None:
    with pytest.raises(InputError, match=r"--lang: .* is not one of en, zh"):
        taken_language(["run", *words], {})


def test_a_language_ends_with_its_block_and_stays_in_its_thread() -> None:
    heard = []
    with in_language("zh"):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        assert language() == "zh"
    assert [language(), *heard] == ["en", "en"]
    with pytest.raises(ValueError, match="'fr' is not one of en, zh"), in_language("fr"):
        pass


@given(st.text())
def test_english_is_what_was_written(text: str) -> None:
    assert _(text) == N_(text) == text
    assert recast(text) == text
    with in_language("zh"):
        assert _("") == ""


@given(st.text("abc 群里发言，。（）“”%5", max_size=60), st.integers(6, 40))
def test_wrapping_keeps_all_words_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    tied = re.search("[^ 群里发言]{5}", text)  # a long word, or marks in a row, are not broken
    assert tied or all(cells(line) <= width for line in lines)


def test_no_line_begins_with_a_closing_mark() -> None:
    text = "群里没人说话了，（一周）就算静；红包领完，群就静了。" * 3
    for width in range(4, 40):
        assert not [line for line in wrapped(text, width)[1:] if line[0] in "，。；）"]


def test_a_table_of_chinese_fits_the_screen_and_fills_its_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    print_rows(screen(), ["群", "说明"], [["12", "群里没人说话了，一周就算静。" * 3]], ["说明"])
    screen().print("开头 " + "群里没人说话" * 6)
    *table, first, _second, _third = capsys.readouterr().out.splitlines()
    assert all(cells(line.rstrip()) <= 30 for line in table)
    assert max(cells(line.rstrip()) for line in table) >= 28
    assert first.startswith("开头 群里没人")


def test_wide_signs_count_two() -> None:
    assert cells("群 A") == Console().render_str("群 A").cell_len == 4


def test_help_is_chinese_and_as_wide_as_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["run", "--help", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("用法：qunlab run [")
    assert "选项：" in out
    assert "显示这段说明" in out
    assert "例：qunlab run" in out
    assert "Example" not in out
    assert "[default" not in out
    assert all(cells(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "错误：缺少参数"),
        (["rum"], "错误：没有“rum”这个命令"),
        (["run", "a.toml", "--siez", "3"], "错误：没有这个选项：--siez"),
        (["run", "a.toml", "--size", "x"], "错误：--size 的值不对："),
        (["run", "a.toml", "--size"], "错误：选项 --size 后面要跟一个值"),
        (["search"], "错误：search"),
    ],
)
def test_what_typer_says_is_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--lang", "zh"]) == 2
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize(
    "words",
    [
        "forecast --skill",
        "forecast --skill --all",
        "params outcomes",
        "params novelty",
        "observe log.parquet",
    ],
)
def test_no_sentence_of_a_command_is_english(
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    log = {"group": ["a", "a"], "member": [1, 2], "ts": [0.0, 60.0], "type": ["msg", "msg"]}
    pd.DataFrame(log).to_parquet("log.parquet")
    assert cli.main([*words.split(), "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"(?<![\w.])[A-Za-z]{2,}(?: [a-z]{2,}){2,}", out) == []


def test_names_stay_in_a_narrow_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["params", "outcomes", "--lang", "zh"]) == 0
    assert "\nmessages\n" in capsys.readouterr().out


def test_every_phrase_of_typers_is_translated() -> None:
    with in_language("zh"):
        assert [phrase for phrase in catalogue.PHRASES if _(phrase) == phrase] == []


def test_every_text_with_fields_can_be_known_again() -> None:
    with in_language("zh"):
        assert recast("nothing of ours") == "nothing of ours"
        for _literal, patterns, written in _patterns("zh"):
            filled = _filled(written, defaultdict(lambda: "1"))
            assert all(_compiled(pattern).fullmatch(filled) for pattern in patterns), written


def test_a_name_is_no_text() -> None:
    with in_language("zh"):
        for name in ("quality_share", "hours_share", "policies.cadence", "first.toml"):
            assert recast(name) == name


@pytest.mark.parametrize("line", sorted({*map(str, KNOWN_CASES.values())}))
def test_a_fault_is_chinese_but_for_its_names(line: str) -> None:
    with in_language("zh"):
        said = recast(line)
    assert HAN.search(said)
    assert not re.search(r"\b(is|not|allowed|must|unknown|did you|out of|cannot)\b", said), said
