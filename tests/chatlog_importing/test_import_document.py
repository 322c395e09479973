"""The page about imports says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.chatlog.formats import FORMATS
from sim.chatlog.tables import FIELDS, LAYOUTS, SYNONYMS, layout_of, plain_header

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
TABLE_ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|")
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_exporter_stands_there_with_the_header_that_is_recognised(layout) -> None:
    (cell,) = [row[1] for row in TABLE_ROWS if row[0] == layout.name]
    header = re.findall(r"`([^`]+)`", cell)[0].split(",")
    recognised = layout_of(header, {})
    assert recognised is not None
    assert recognised.name == layout.name
    assert set(layout.columns.values()) <= {plain_header(name) for name in header}


def test_every_format_and_field_stands_there() -> None:
    assert {row[0].strip("`") for row in TABLE_ROWS} >= set(FORMATS)
    fields = {field for row in TABLE_ROWS for field in re.findall(r"`(\w+)`", row[0])}
    assert fields >= set(FIELDS)


def test_the_headers_listed_for_a_field_are_its_own() -> None:
    for cells in TABLE_ROWS:
        key = cells[0].strip("`")
        if len(cells) == 2 and key in SYNONYMS and cells[1].endswith("..."):
            listed = {plain_header(name) for name in re.findall(r"`([^`]+)`", cells[1])}
            assert listed <= set(SYNONYMS[key])
