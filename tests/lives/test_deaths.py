"""Deaths, silences and lifetimes: by hand, against a plain count of times, on real rooms."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lives_of_logs import life_from_log

from sim.chatlog import ChatLog
from sim.lives.deaths import (
    AMONG_MEMBERS,
    DEATHS,
    HEADLINE,
    NEVER_STARTED,
    death_table,
    deaths,
    lifetimes,
)
from sim.lives.life import ORIGINS
from sim.stats.survival import survival_curve
from sim.trace import LIFE_DTYPE, SILENCE_DAYS

DAY = 86_400.0
CREATED = 1_704_038_400.0


def log_of(*groups: tuple[list[float], float], members: int = 99) -> ChatLog:
    """Build a log from message days and days observed; members take turns."""
    rows = [
        {"group": f"g{g:03d}", "member": n % members, "ts": CREATED + DAY * day, "type": "msg"}
        for g, (days, _) in enumerate(groups)
        for n, day in enumerate(days)
    ]
    messages = pd.DataFrame(rows, columns=["group", "member", "ts", "type"])
    known = pd.DataFrame(
        {
            "group": [f"g{g:03d}" for g in range(len(groups))],
            "created": CREATED,
            "closed": [CREATED + DAY * observed for _, observed in groups],
        }
    )
    return ChatLog(messages, known, None, "by hand")


def verdicts_of(days: list[float], observed: float, members: int = 99) -> dict[str, str]:
    """Judge one group: d(ead), a(live) or - (left out), from creation and first message."""
    frame = deaths(life_from_log(log_of((days, observed), members=members)))
    letters: dict[str, str] = {}
    for (definition, _), (dead,) in frame.items():
        letters[definition] = letters.get(definition, "") + {0.0: "a", 1.0: "d"}.get(dead, "-")
    return letters


THREE_A_DAY = [day for day in range(7) for _ in range(3)]

# Days of messages, days observed, members who take turns; then every definition that asks for no
# answers in the order of DEATHS, each from creation and from the first message (never_started from
# creation alone).
LIVES = {
    "never a word": ([], 60, 9, "d- d d- d- d- d- d- d- d-"),
    "never a word, 20 days watched": ([], 20, 9, "d- d d- d- -- -- d- d- d-"),
    "a word a day": (list(range(60)), 60, 9, "aa a aa aa aa aa aa aa aa"),
    "one member talks alone": (list(range(60)), 60, 1, "aa a aa aa aa aa aa dd aa"),
    "three days of talk": ([0, 1, 2], 60, 9, "dd a dd dd dd dd dd dd dd"),
    "the same, watched 14 days": ([0, 1, 2], 14, 9, "dd a dd dd -- -- dd dd dd"),
    "the same, watched 13.9 days": ([0, 1, 2], 13.9, 9, "-- - dd -- -- -- -- -- --"),
    "a gap of 3 days": ([0, 1, *range(4, 41)], 60, 9, "aa a dd aa aa aa aa aa aa"),
    "a gap of almost 3 days": (
        [0, 1, *(3.999 + day for day in range(40))], 60, 9, "aa a aa aa aa aa aa aa aa"),
    "a gap of 7 days from day 7": (
        [*range(8), *range(14, 40)], 60, 9, "aa a dd dd aa aa aa dd aa"),
    "a gap of 7 days from day 7.01": (
        [*range(7), 7.01, *(14.01 + day for day in range(25))], 60, 9,
        "aa a aa aa aa aa aa dd aa"),
    "first word on day 10": (list(range(10, 41)), 60, 9, "aa a da da aa aa aa aa aa"),
    "first word on day 20": (list(range(20, 60)), 60, 9, "da d da da da aa da da aa"),
    "2 messages after 21": ([*THREE_A_DAY, 8, 9], 60, 9, "aa a aa aa aa aa dd dd aa"),
    "2 messages after 20": ([*THREE_A_DAY[1:], 8, 9], 60, 9, "aa a aa aa aa aa aa dd aa"),
    "last word at day 7": (list(range(8)), 60, 9, "aa a dd dd dd dd aa dd dd"),
    "the origin decides": ([6, 12.5], 30, 9, "ad a dd ad ad -- ad dd ad"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_small_lives(name: str) -> None:
    days, observed, members, expected = LIVES[name]
    found = verdicts_of(days, observed, members)
    others = [death.key for death in DEATHS if death not in AMONG_MEMBERS]
    assert " ".join(found[key] for key in others) == expected
    assert {found[death.key] for death in AMONG_MEMBERS} == {"-"}  # the log tells of no answers


def test_the_headline_and_its_own_row() -> None:
    assert (HEADLINE.key, HEADLINE.needs_days) == ("silent_week2", 14)
    assert (NEVER_STARTED.key, NEVER_STARTED.origins) == ("never_started", ("creation",))
    assert [death.needs_days for death in DEATHS if "silence" in death.key] == [10, 14, 21, 37]


def test_a_planned_end_censors_and_an_empty_group_does_not() -> None:
    life = life_from_log(log_of(([0, 1, 2], 60), ([0, 1, 2], 60)))
    life["planned_end_hours"][0] = 10 * 24.0  # a flash group of ten days
    life["ended_hours"][1] = 3 * 24.0  # its last member left on day 3
    frame = deaths(life).xs("creation", axis=1, level="origin")
    assert frame["silent_week2"].isna().tolist() == [True, False]
    assert frame.loc[0, "silence_3d_by_day7"] == 1.0
    apart = ["never_started", *(death.key for death in AMONG_MEMBERS)]
    assert frame.loc[1].drop(apart).eq(1.0).all()


def plain_verdicts(times: list[tuple[float, int]], observed: float) -> dict[str, bool | None]:
    """Judge a group of (day, member) from creation, by the words of the definitions."""
    days = [day for day, _ in times]

    def within(low: float, high: float) -> list[tuple[float, int]]:
        return [(day, member) for day, member in times if low <= day < high]

    week1, week2 = within(0, 7), within(7, 14)
    found: dict[str, bool | None] = {
        "silent_week2": not week2,
        "never_started": not within(0, 14),
        "volume_below_10pct": len(week2) < 0.1 * len(week1) or not week1 + week2,
        "fewer_than_3_posters_week2": len({member for _, member in week2}) < 3,
        "last_message_by_day7": all(day <= 7 for day in days),
    }
    for key in found:
        if observed < 14:
            found[key] = None
    for k in SILENCE_DAYS:
        marks = [0.0, *days, observed]
        long = [a for a, b in itertools.pairwise(marks) if b - a >= k]
        found[f"silence_{k}d_by_day7"] = (
            any(begin <= 7 for begin in long) if observed >= 7 + k else None
        )
    return found | {death.key: None for death in AMONG_MEMBERS}


# Quarter days: sums are exact, and gaps and bounds are often met exactly.
quarters = st.integers(1, 160).map(lambda quarter: quarter / 4)
talks = st.lists(st.tuples(quarters, st.integers(0, 4)), max_size=25).map(sorted)
groups_of_talk = st.lists(st.tuples(talks, quarters), min_size=1, max_size=4)


def log_of_talk(groups: list[tuple[list[tuple[float, int]], float]], shuffled: int) -> ChatLog:
    log = log_of(*[([day for day, _ in talk], observed) for talk, observed in groups])
    log.messages["member"] = [member for talk, _ in groups for _, member in talk]
    rows = log.messages.sample(frac=1, random_state=shuffled, ignore_index=True)
    return ChatLog(rows, log.groups, None, "drawn")


@given(groups_of_talk, st.integers(0, 99))
def test_deaths_agree_with_a_plain_count(
    groups: list[tuple[list[tuple[float, int]], float]], shuffled: int
) -> None:
    life = life_from_log(log_of_talk(groups, shuffled))
    frame = deaths(life)
    for number, (talk, observed) in enumerate(groups):
        seen = [(day, member) for day, member in talk if day <= observed]
        begin = seen[0][0] if seen else 0.0
        since_first = [(day - begin, member) for day, member in seen]
        expected = {
            "creation": plain_verdicts(seen, observed),
            "first_message": plain_verdicts(since_first, observed - begin if seen else 0.0),
        }
        for (definition, origin), verdict in frame.loc[number].items():
            dead = None if np.isnan(verdict) else bool(verdict)
            assert dead == expected[origin][definition], (definition, origin, talk, observed)


@given(groups_of_talk, st.sampled_from(SILENCE_DAYS), st.sampled_from(ORIGINS), st.integers(1, 40))
def test_less_watching_censors_and_never_changes_what_is_known(
    groups: list[tuple[list[tuple[float, int]], float]],
    silence_days: int,
    origin: str,
    less_quarters: int,
) -> None:
    talks_seen = [talk for talk, _ in groups]
    long = lifetimes(life_from_log(log_of_talk([(t, 45.0) for t in talks_seen], 0)),
                     silence_days, origin)  # fmt: skip
    less = 45.0 - less_quarters / 4
    short = lifetimes(life_from_log(log_of_talk([(t, less) for t in talks_seen], 0)),
                      silence_days, origin)  # fmt: skip
    known = dict(zip(long.group, zip(long.duration_days, long.ended, strict=True), strict=True))
    for group, days, ended in zip(short.group, short.duration_days, short.ended, strict=True):
        begin = talks_seen[group][0][0] if origin == "first_message" else 0.0
        limit = less - begin - silence_days
        all_days, all_ended = known[group]
        assert ended == (all_ended and all_days <= limit)
        assert days == pytest.approx(all_days if ended else limit)


@pytest.mark.parametrize("first_hours", [-1.0, 6.0])
@pytest.mark.parametrize(
    ("days", "followed"), [(6.999, 0), (7.0, 0), (np.nextafter(7.0, 8.0), 1), (7.01, 1)]
)
def test_a_lifetime_is_known_from_more_than_the_silence_on(days, followed, first_hours) -> None:
    life = np.zeros(1, LIFE_DTYPE)
    life["observed_hours"], life["silence_start_hours"] = 24.0 * days, -1.0
    life["first_hours"] = life["last_hours"] = first_hours
    known = lifetimes(life)
    assert len(known) == followed


def test_lifetimes_of_small_lives() -> None:
    log = log_of(([], 20), ([], 6.9), ([1, 2], 20), ([8], 20), (list(range(20)), 20))
    known = lifetimes(life_from_log(log), 7)
    assert known.group.tolist() == [0, 2, 3, 4]
    assert known.duration_days.tolist() == [0.0, 2.0, 0.0, 13.0]
    assert known.ended.tolist() == [True, True, True, False]
    since_first = lifetimes(life_from_log(log), 7, "first_message")
    assert since_first.duration_days.tolist() == [1.0, 0.0, 13.0]
    curve = survival_curve(known.duration_days, known.ended)
    assert curve["time_days"].tolist() == [0.0, 2.0, 13.0]
    assert curve["survival"].tolist() == [0.5, 0.25, 0.25]


def test_the_table_counts_with_wilson_intervals() -> None:
    from scipy.stats import binomtest

    lives = [([], 20)] * 3 + [([0, 1], 20)] * 4 + [(list(range(20)), 20)] * 5 + [([0], 5)] * 2
    life = life_from_log(log_of(*lives))
    table = death_table(life).set_index(["definition", "origin"])
    row = table.loc["silent_week2", "creation"]
    assert (row["dead"], row["observed"], row["left_out"]) == (7, 12, 2)
    expected = binomtest(7, 12).proportion_ci(method="wilson")
    assert (row["lower"], row["upper"]) == pytest.approx((expected.low, expected.high))
    assert (row["method"], row["text"]) == ("Wilson 95 %", "no member message in days 8-14")
    since_first = table.loc["silent_week2", "first_message"]
    assert (since_first["dead"], since_first["observed"]) == (4, 9)
    assert table.loc["never_started", "creation"]["dead"] == 3
    unknown = table.loc["silence_14d_by_day7", "creation"]
    assert unknown["note"] == "needs 21 days"
    assert (unknown["observed"], unknown["left_out"]) == (0, 14)
    assert np.isnan([unknown["share"], unknown["lower"], unknown["upper"]]).all()
    assert table.loc["silence_14d_by_day7", "first_message"]["note"].startswith("needs 21 days aft")
    assert table.index.is_unique
    assert table.index[0] == ("silent_week2", "creation")


def among_members(*answers: tuple[float, int, int]) -> list[str]:
    """Judge a group of a log by its answers (day, author, addressee): d(ead), a(live), -."""
    rows = [(1.0, 0, -1), *answers]
    log = log_of(([day for day, _, _ in rows], 20))
    log.messages["member"] = [author for _, author, _ in rows]
    log.messages["reply_to"] = [addressee for _, _, addressee in rows]
    judged = deaths(life_from_log(log)).xs("creation", axis=1, level="origin").loc[0]
    verdicts = [judged[death.key] for death in AMONG_MEMBERS]
    return ["-" if np.isnan(dead) else "d" if dead else "a" for dead in verdicts]


def test_deaths_among_members_ask_for_answers_and_for_pairs() -> None:
    there = [(8.0 + n / 100, n, 9) for n in range(4)]
    back = [(9.0 + n / 100, 9, n) for n in range(4)]
    assert among_members() == ["-", "-"]  # a log that tells of no answer
    assert among_members((2.0, 1, 0)) == ["d", "d"]  # in the first week
    assert among_members(*there) == ["a", "d"]  # nobody answers back
    assert among_members(*there, *back[:2], *back[:2]) == ["a", "d"]  # two pairs, twice
    assert among_members(*there, *back[:3]) == ["a", "a"]
    assert among_members(*there, (15.0, 9, 0), (15.1, 9, 1), (15.2, 9, 2)) == ["a", "d"]
