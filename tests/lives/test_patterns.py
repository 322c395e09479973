"""The patterns: the real rooms' published values, and random logs counted a second, plain way."""

from __future__ import annotations

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_patterns import plain_patterns

from sim.chatlog import ChatLog, read_log
from sim.lives.patterns import CREATION_PATTERNS, PATTERNS, knows_creation, patterns

DAY = 86_400
TYPES = ("msg", "msg", "msg", "msg", "question", "link", "bot", "closure", "join", "leave")


# --- random logs ---------------------------------------------------------------------------

# Where the rules' comparisons turn: a random log must hit them exactly, and just beside.
EDGE_DAYS = (0, 1, 7, 14, 21, 28, 30, 31, 37, 44, 60, 90, 91, 97, 98, 120, 365, 372)
NEAR_EDGES = st.builds(
    lambda day, quarters: max(day + quarters / 4, 0.0),
    st.sampled_from(EDGE_DAYS),
    st.sampled_from((0, 0, 0, -1, 1)),
)
SPARSE = st.one_of(
    st.lists(st.tuples(st.integers(0, 4), NEAR_EDGES, st.sampled_from(TYPES)), max_size=most)
    for most in (2, 5, 14)
)


def crowd(seed, busy):
    """Rows of a large room: members of unequal zeal, some weeks of daily or months of rare talk."""
    dice = random.Random(seed)
    members = dice.choice((1, 12, 12, 12, 45, 45))
    rows = []
    for day in range(dice.randint(28, 60) if busy else dice.choice((8, 120, 500))):
        for _ in range(dice.randint(32, 60) if busy else int(dice.expovariate(0.6))):
            member = min(int(members * dice.random() ** 2), members - 1)
            part = dice.choice((dice.random(), dice.randrange(4) / 4))
            rows.append((member, day + round(part * DAY) / DAY, dice.choice(TYPES)))
    return rows


def brim(seed, busy):
    """Rows of a room at, above or below the sizes from which a pattern counts it."""
    dice = random.Random(seed)
    members = dice.choice((9, 10, 11, 29, 30, 31))
    if busy:
        days = sorted(dice.sample(range(40), dice.choice((29, 30, 31))))
        times = [day + dice.randrange(DAY) / DAY for day in days for _ in range(20)]
    else:
        times = [dice.choice(EDGE_DAYS) for _ in range(dice.choice((99, 100, 101)))]
        times[0] = 0
    zeal = [*range(members), *(dice.randrange(members) for _ in range(len(times) - members))]
    return [(member, at, "msg") for member, at in zip(zeal, times, strict=True)]


@st.composite
def logs(draw):
    start = draw(st.sampled_from((0, 1_400_025_600, 1_400_000_000.5)))
    large = st.builds(
        lambda room, seed, busy: room(seed, busy),
        st.sampled_from((crowd, brim)),
        st.integers(0, 10**6),
        st.booleans(),
    )
    rooms = draw(st.lists(st.one_of(SPARSE, SPARSE, large), max_size=8))
    rows = [
        (f"room {number}", -1 if kind in ("bot", "closure") else member, seconds(start, at), kind)
        for number, room in enumerate(rooms)
        for member, at, kind in room
    ]
    random.Random(draw(st.integers(0, 99))).shuffle(rows)
    if not draw(st.integers(0, 4)):
        return rows, None
    maybe = st.one_of(st.none(), NEAR_EDGES.map(lambda at: seconds(start, at)))
    listed = draw(st.lists(st.sampled_from([f"room {n}" for n in range(11)]), unique=True))
    return rows, {name: (draw(maybe), draw(maybe)) for name in listed}


EDGES = st.sampled_from(EDGE_DAYS[:9])
EDGE_ROOM = st.tuples(
    st.lists(st.tuples(st.integers(0, 2), EDGES), min_size=1, max_size=5), EDGES, EDGES
)


@st.composite
def logs_on_the_edge(draw):
    """Small rooms born, used and closed at the days on which the rules turn."""
    rooms = draw(st.lists(EDGE_ROOM, min_size=1, max_size=4))
    rows = [
        (f"room {number}", member, seconds(0, at), "msg")
        for number, (said, _, _) in enumerate(rooms)
        for member, at in said
    ]
    known = {
        f"room {number}": (seconds(0, born), seconds(0, closed))
        for number, (_, born, closed) in enumerate(rooms)
    }
    return rows, known


def seconds(start, days):
    return start + float(round(days * DAY))


def as_log(rows, known):
    messages = pd.DataFrame(rows, columns=["group", "member", "ts", "type"])
    messages = messages.astype({"ts": float, "member": "int64", "group": "str", "type": "str"})
    groups = None
    if known is not None:
        table = [(name, born, closed) for name, (born, closed) in known.items()]
        groups = pd.DataFrame(table, columns=["group", "created", "closed"])
        groups = groups.astype({"group": "str", "created": float, "closed": float})
    return ChatLog(messages, groups, None, "random")


def differing(rows, known) -> tuple[list[str], list[str]]:
    """Patterns that the two counts see differently, and those that have a value."""
    table = patterns(as_log(rows, known)).set_index("pattern")
    assert [*table.index] == [
        name for name in PATTERNS if known is not None or name not in CREATION_PATTERNS
    ]
    assert (table["value"].isna() == (table["why"] != "")).all()
    expected = plain_patterns(rows, known or {}, max((row[2] for row in rows), default=math.nan))
    wrong = [
        name
        for name, value in table["value"].items()
        if value != pytest.approx(expected[name], nan_ok=True, abs=1e-9)
    ]
    return wrong, [*table.index[table["value"].notna()]]


def test_random_logs_give_what_the_plain_count_gives() -> None:
    computed: Counter[str] = Counter()

    @settings(max_examples=2 * settings.default.max_examples)
    @given(logs())
    def compare(log) -> None:
        wrong, valued = differing(*log)
        assert wrong == []
        computed.update(valued)

    compare()
    assert {name for name in PATTERNS if computed[name] >= 10} == set(PATTERNS)


@settings(max_examples=2 * settings.default.max_examples)
@given(logs_on_the_edge())
def test_logs_on_the_edge_give_what_the_plain_count_gives(log) -> None:
    assert differing(*log)[0] == []


@pytest.mark.parametrize("busy", [False, True])
def test_single_rooms_at_the_limits_of_size_give_what_the_plain_count_gives(busy) -> None:
    for seed in range(25):
        rows = [("a", member, seconds(0, at), kind) for member, at, kind in brim(seed, busy)]
        assert differing(rows, {"a": (0.0, 400.0 * DAY)})[0] == [], seed


# --- the real rooms ------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "n_rows"), [("fcc_gitter", 37), ("zulip", 34)])
def test_the_real_rooms_give_their_published_values(data_dir: Path, name: str, n_rows: int) -> None:
    targets = pd.read_csv(data_dir / "targets.csv").query("dataset == @name")
    log = read_log(data_dir / f"{name}.parquet", data_dir / f"{name}_groups.csv")
    table = patterns(log)
    assert list(table["pattern"]) == list(targets["target"])
    assert len(table) == n_rows
    apart = np.abs(table["value"].to_numpy() - targets["value"].to_numpy())
    assert set(table["pattern"][apart > 0.0005]) <= set(SEEN_FOR_LONGER)
    assert apart.max() < 0.005


SEEN_FOR_LONGER = (
    "share first>=7d silence begun <=30d",
    "share first>=30d silence begun <=90d",
)
"""Published over groups seen for the silence and a week; counted over those that show its begin."""


def test_the_plain_count_gives_the_published_values_too(data_dir: Path) -> None:
    targets = pd.read_csv(data_dir / "targets.csv").query("dataset == 'fcc_gitter'")
    log = read_log(data_dir / "fcc_gitter.parquet", data_dir / "fcc_gitter_groups.csv")
    rows = log.messages[["group", "member", "ts", "type"]].itertuples(index=False, name=None)
    table = log.groups.astype(object).where(log.groups.notna(), None)
    known = dict(
        zip(table["group"], zip(table["created"], table["closed"], strict=True), strict=True)
    )
    plain = plain_patterns(list(rows), known, log.last_second())
    published = dict(zip(targets["target"], targets["value"], strict=True))
    for name in SEEN_FOR_LONGER:
        assert plain[name] == pytest.approx(published.pop(name), abs=0.005)
    assert {name: round(plain[name], 3) for name in published} == pytest.approx(
        published, abs=0.00051
    )


# --- single rules --------------------------------------------------------------------------


def value_of(log: ChatLog, name: str) -> float:
    return float(patterns(log).set_index("pattern").loc[name, "value"])


def test_an_empty_log_says_why_nothing_is_known() -> None:
    table = patterns(as_log([], {"silent room": (0.0, 2e6)}))
    never = table["pattern"].isin(CREATION_PATTERNS)
    assert table["value"][never].tolist() == [1.0, 1.0, 1.0]
    assert table["value"][~never].isna().all()
    assert (table["why"][~never].str.len() > 5).all()


@settings(max_examples=settings.default.max_examples // 2)
@given(
    st.sampled_from([(7, 7), (30, 7), (7, 30), (30, 90)]),
    st.floats(0.0, 200.0),
    st.lists(st.floats(0.0, 200.0), max_size=8),
)
def test_a_group_is_asked_for_a_silence_only_when_it_could_also_show_that_there_is_none(
    row, seen_days, said
) -> None:
    silence, within = row
    after = "first msg" if within == 7 else ""
    name = f"share first>={silence}d silence begun <={within}d" + (after and f" after {after}")
    rows = [("a", 0, 0.0, "msg"), *(("a", 0, seconds(0, at), "msg") for at in said)]
    table = patterns(as_log(rows, {"a": (0.0, seconds(0, seen_days))})).set_index("pattern")
    long = seconds(0, seen_days) >= (silence + within) * DAY
    assert table.loc[name, ["n_groups", "left_out"]].tolist() == [long, not long]


def test_a_lively_group_seen_for_three_weeks_has_no_silence_and_no_share() -> None:
    rows = [("a", day % 3, float(day * DAY), "msg") for day in range(22)]
    table = patterns(as_log(rows, None)).set_index("pattern")
    row = table.loc["share first>=7d silence begun <=30d"]
    assert np.isnan(row["value"])
    assert row["left_out"] == 1
    assert "observed >= 37 days" in row["why"]


def test_a_never_used_group_is_dead_only_after_two_weeks() -> None:
    known = {"young": (0.0, 13.0 * DAY), "old": (0.0, 14.0 * DAY)}
    table = patterns(as_log([], known)).set_index("pattern")
    assert table.loc[list(CREATION_PATTERNS), "n_groups"].tolist() == [2, 1, 1]
    assert table.loc[list(CREATION_PATTERNS), "left_out"].tolist() == [0, 1, 1]


def test_operators_never_count_as_life() -> None:
    rows = [("a", 0, 0.0, "msg"), ("a", -1, 20.0 * DAY, "bot"), ("a", 1, 40.0 * DAY, "msg")]
    assert (
        value_of(as_log(rows, None), "share first>=30d silence begun <=7d after first msg") == 1.0
    )
    assert value_of(as_log(rows, None), "median msgs per group") == 2.0


def test_rows_after_the_closing_are_dropped() -> None:
    rows = [("a", 0, 0.0, "msg"), ("a", 0, 20.0 * DAY, "msg")]
    assert value_of(as_log(rows, {"a": (0.0, 15.0 * DAY)}), "median msgs per group") == 1.0


def test_a_group_first_used_a_week_after_its_creation_counts_as_dead() -> None:
    name = CREATION_PATTERNS[1]
    rows = [("a", 0, 7.0 * DAY, "msg"), ("a", 0, 9.0 * DAY, "msg")]
    assert value_of(as_log(rows, {"a": (0.0, 30.0 * DAY)}), name) == 1.0
    assert value_of(as_log(rows, {"a": (1.0, 30.0 * DAY)}), name) == 0.0


@pytest.mark.parametrize(("messages", "expected"), [(9, np.nan), (10, 0.1)])
def test_a_week_of_ten_messages_counts_as_a_first_week(messages, expected) -> None:
    rows = [("a", 0, float(number), "msg") for number in range(messages)]
    log = as_log([*rows, ("a", 0, 7.0 * DAY, "msg"), ("a", 0, 28.0 * DAY, "msg")], None)
    ratio = value_of(log, "median week-2 / week-1 messages (week 1 >= 10)")
    assert ratio == pytest.approx(expected, nan_ok=True)


def test_categories_without_rows_are_not_never_used_groups() -> None:
    log = as_log([("a", 0, 0.0, "msg")], {"a": (0.0, 1.0)})
    messages = log.messages.assign(group=pd.Categorical(["a"], categories=["a", "dropped"]))
    assert value_of(ChatLog(messages, log.groups, None, "by hand"), CREATION_PATTERNS[0]) == 0.0


@pytest.mark.parametrize(
    ("columns", "born", "expected"),
    [
        (["group"], [0.0, 1.0], False),
        (["group", "created"], [0.0, 1.0], True),
        (["group", "created"], [0.0, np.nan], False),
        (["group", "created", "closed"], [0.0, np.nan], True),
    ],
)
def test_creation_is_known_from_a_complete_groups_file(columns, born, expected) -> None:
    groups = pd.DataFrame({"group": ["a", "b"], "created": born, "closed": np.nan})[columns]
    log = as_log([("a", 0, 0.0, "msg")], None)
    assert knows_creation(ChatLog(log.messages, groups, None, "by hand")) is expected


def test_every_pattern_has_a_definition_of_one_line() -> None:
    assert len(PATTERNS) == 37
    assert all(10 < len(text) < 200 and "\n" not in text for text in PATTERNS.values())
