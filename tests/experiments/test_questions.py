"""The questions: each is asked at toy size, and the pages of answers say what was printed."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import pytest

from experiments import answers

NAMES = answers.names()
LEAST_LINES, MOST_LINES = 30, 126
MOST_WORDS, MOST_SIGNS, MOST_NUMBERS = 30, 60, 2  # of a sentence; a number and its interval is one
NUMBER = re.compile(r"-?\d[\d,.:]*(?: \(.*? to .*?\)|（[^（]*? 到 .*?）)?")
INTERVAL = re.compile(r"\(\S+ to \S+\)|（\S+ 到 \S+）")
END = {"en": re.compile(r"[.?!](?=\s|$)"), "zh": re.compile("[。？！]")}
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("answers")


@pytest.mark.parametrize("name", NAMES)
def test_a_question_writes_table_pictures_and_answer(name, folder):
    record = answers.answer(name, folder, toy=True)
    place = folder / name
    assert (place / "table.csv").read_text(encoding="utf-8").count("\n") >= 2
    for of in ("en", "zh"):
        assert (place / f"{of}.svg").stat().st_size > 2000
        texts = [record[part][of] for part in ("asked", "detail", "definition", "hangs_on")]
        for text in (*texts, *record["said"][of]):
            assert text.strip()
            assert "{" not in text
            assert bool(CHINESE.search(text)) == (of == "zh")
        assert_two_short_sentences(record["said"][of], of)
    assert answers.answer(name, folder, toy=True) == record  # read, not played again


def assert_two_short_sentences(said, of):
    assert len(said) == 2
    for text in said:
        assert [found.end() for found in END[of].finditer(text)] == [len(text)]
        assert len(INTERVAL.findall(text)) <= MOST_NUMBERS
        counted = NUMBER.sub("9", text)
        size = len(counted.split()) if of == "en" else len(counted.replace(" ", ""))
        assert size <= (MOST_WORDS if of == "en" else MOST_SIGNS), text


@pytest.mark.parametrize("name", NAMES)
def test_a_question_fits_a_screen_or_two(name):
    lines = (answers.HERE / f"{name}.py").read_text(encoding="utf-8").count("\n")
    assert LEAST_LINES <= lines <= MOST_LINES


@pytest.mark.parametrize("of", answers.PAGES)
def test_the_pages_hold_every_question_and_its_picture(of):
    records = json.loads((answers.DOCS / "answers" / "answers.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in records] == NAMES
    for one in records:
        assert one["asked"] == asdict(answers.question(one["name"]).asked)
        assert (answers.DOCS / "answers" / f"{one['name']}.{of}.svg").is_file()
    text = (answers.DOCS / answers.PAGES[of]).read_text(encoding="utf-8")
    assert text == answers.page(records, of)
