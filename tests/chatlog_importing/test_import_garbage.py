"""Whatever a file holds: lines of our own, never a traceback, every record accounted for."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from pathlib import Path

import pytest
from chat_renderings import KEY
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog.formats import FORMATS
from sim.chatlog.importing import Imported, Wishes, import_chats
from sim.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures"
FILES = sorted(path.name for path in FIXTURES.iterdir() if path.is_file())
HERE = Wishes(time_zone="Europe/Berlin", date_order="dmy")
MAPPED = {"generic.csv": {"time": "when", "sender": "who", "text": "what", "group": "room"}}


def attempt(path: Path, wishes: Wishes) -> Imported | None:
    """Import a file; whatever is refused is refused in one line that starts with the path."""
    try:
        made = import_chats([path], wishes, KEY)
    except InputError as fault:
        strange = [line for line in fault.problems if not line.startswith((str(path), "--"))]
        if strange:
            raise AssertionError(strange) from fault
        return None
    log, (report,) = made.log, made.inputs
    assert log.events is not None
    assert report.tally.messages == len(log.messages)
    assert report.tally.incidents <= len(log.events)
    assert set(log.messages["type"]) <= {"msg", "question", "link", "bot", "closure"}
    return made


def lines_in(text: str) -> int:
    return len(io.StringIO(text, newline="").readlines())


def mutations() -> st.SearchStrategy[list[tuple[str, int, int, bytes]]]:
    what = st.sampled_from(("cut", "put", "swap", "twice"))
    place = st.integers(0, 10**6)
    return st.lists(st.tuples(what, place, place, st.binary(max_size=6)), min_size=1, max_size=4)


def mutated(content: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for what, first, second, put in changes:
        start = first % (len(content) + 1)
        end = min(len(content), start + second % 40)
        if what == "cut":
            content = content[:start] + content[end:]
        elif what == "put":
            content = content[:start] + put + content[start:]
        elif what == "swap":
            content = content[:start] + put + content[start + len(put) :]
        else:
            content = content[:end] + content[start:]
    return content


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=max(15, settings.default.max_examples // 2))
@given(changes=mutations())
def test_a_damaged_export_gives_no_traceback(name: str, changes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(mutated((FIXTURES / name).read_bytes(), changes))
        wishes = Wishes(time_zone=HERE.time_zone, date_order="dmy", columns=MAPPED.get(name, {}))
        attempt(path, wishes)


@pytest.mark.parametrize("wanted", [None, *FORMATS])
@settings(max_examples=max(10, settings.default.max_examples // 4))
@given(
    content=st.binary(max_size=200)
    | st.text(alphabet='{}[]",:\\ \n\r;01/-@#messagid', max_size=120).map(str.encode)
)
def test_random_bytes_give_no_traceback(wanted: str | None, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.txt"
        path.write_bytes(content)
        attempt(path, Wishes(format=wanted, time_zone="UTC", date_order="dmy"))


@settings(max_examples=max(10, settings.default.max_examples // 4))
@given(changes=mutations(), number=st.integers(0, 10))
def test_a_damaged_slack_folder_gives_no_traceback(changes, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "export"
        shutil.copytree(FIXTURES / "slack", root)
        files = sorted(path for path in root.rglob("*.json"))
        chosen = files[number % len(files)]
        chosen.write_bytes(mutated(chosen.read_bytes(), changes))
        attempt(root, Wishes())


HEADS = ("05/03/2024, 10:{m:02d} - ", "[05/03/2024, 10:{m:02d}:00] ", "35/03/2024, 10:{m:02d} - ")
BODIES = (
    "Ada: hello",
    "Ada added Bob",
    "Bob: ",
    "no colon here",
    ": nobody",
    "12/3/24 at 10:15",
    "",
)
LINES = st.lists(
    st.tuples(st.sampled_from((*HEADS, "")), st.integers(0, 70), st.sampled_from(BODIES)),
    min_size=1,
    max_size=25,
)


@given(LINES)
def test_every_line_of_a_text_is_accounted_for(lines) -> None:
    text = "05/03/2024, 09:00 - Ada: first\n"
    text += "".join(f"{head.format(m=minute)}{body}\n" for head, minute, body in lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.txt"
        path.write_text(text, encoding="utf-8")
        made = attempt(path, HERE)
    assert made is not None
    assert made.inputs[0].tally.total() == lines_in(text)


CELLS = st.sampled_from(("2024-01-01 10:00", "", "ada", "x,y", 'a"b', "l1\nl2", "1e400", "nan"))


@given(st.lists(st.lists(CELLS, max_size=4), max_size=12))
def test_every_row_of_a_table_is_accounted_for(rows: list[list[str]]) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([["time", "sender", "text"], ["2024-01-01 09:00", "ada", "first"], *rows])
    count = sum(1 for _ in csv.reader(io.StringIO(file.getvalue(), newline=""))) - 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.csv"
        path.write_text(file.getvalue(), encoding="utf-8", newline="")
        made = attempt(path, HERE)
    assert made is not None
    assert made.inputs[0].tally.total() == count


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = ("id", "type", "date_unixtime", "date", "from", "from_id", "text", "text_entities")
ENTRIES = (
    st.dictionaries(
        st.sampled_from((*FIELDS, "action", "members", "actor", "reply_to_message_id")), VALUES
    )
    | VALUES
)


@given(st.lists(ENTRIES, max_size=8), st.sampled_from((None, 1)))
def test_every_element_of_an_array_is_accounted_for(entries: list[object], indent) -> None:
    good = {"id": 1, "type": "message", "date_unixtime": "1704484860", "from_id": "user1"}
    whole = {"name": "x", "type": "private_group", "id": 3, "messages": [good, *entries]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.json"
        path.write_text(json.dumps(whole, indent=indent), encoding="utf-8")
        made = attempt(path, HERE)
    assert made is not None
    assert made.inputs[0].tally.total() == 1 + len(entries)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_broken_element_costs_only_itself(tmp_path: Path, indent: int | None) -> None:
    good = {"id": 1, "type": "message", "date_unixtime": "1704484860", "from_id": "user1"}
    whole = {"type": "private_group", "messages": [good | {"id": n} for n in range(9)]}
    text = json.dumps(whole, indent=indent).replace('"id": 4, "type"', '"id": 4, "type')
    text = text.replace('"id": 4,\n   "type"', '"id": 4,\n   "type')
    (tmp_path / "result.json").write_text(text)
    made = attempt(tmp_path / "result.json", HERE)
    assert made is not None
    assert made.inputs[0].tally.messages == 8
    assert made.inputs[0].tally.malformed_total() == 1


def test_nesting_beyond_measure_is_one_malformed_element(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    good = '{"type": "message", "date_unixtime": "1704484860", "from_id": "user1"}'
    path.write_text(f'{{"type": "private_group", "messages": [\n {good},\n {"[" * 100_000}')
    made = attempt(path, HERE)
    assert made is not None
    assert made.inputs[0].tally.malformed_total() >= 1
