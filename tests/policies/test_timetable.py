"""A timetable file is played as it stands; every fault names its line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.operators import planned
from sim.policies.timetable import Timetable, read_rows
from sim.scenario import digest, load_scenario, parse_scenario
from sim.state import KINDS, POSTED, Setting
from tests.policies.test_policies import SETTINGS

HEAD = "day,time,kind,quality,everyone,fen,shares,lucky\n"
ROWS = st.tuples(
    st.integers(0, 30),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(POSTED),
    st.floats(0, 3).map(lambda quality: round(quality, 3)),
    st.booleans(),
)


def written(folder: Path, text: str) -> str:
    path = folder / "plan.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@given(
    rows=st.lists(ROWS, min_size=1, max_size=12),
    setting=SETTINGS,
    repeat=st.sampled_from([0, 1, 7]),
)
def test_every_line_within_the_run_is_played(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple], setting: Setting, repeat: int
) -> None:
    lines = [
        f"{day},{hour:02}:{minute:02},{kind},{quality},{int(everyone)},,,\n"
        for day, hour, minute, kind, quality, everyone in rows
    ]
    file = written(tmp_path_factory.mktemp("plan"), HEAD + "".join(lines))
    acts = Timetable(file, repeat).plan(setting).acts
    due = []
    for day, hour, minute, kind, quality, everyone in rows:
        for again in range(0, int(setting.days) + 2 if repeat else 1, repeat or 1):
            at = 24 * (again + day) + hour + minute / 60 - setting.start_hour
            if 0 <= at < 24 * setting.days:
                due.append((round(at, 6), KINDS.index(kind), quality, int(everyone)))
    found = zip(
        acts["time_hours"].round(6), acts["kind"], acts["quality"], acts["everyone"], strict=True
    )
    assert sorted((float(t), int(k), float(q), int(e)) for t, k, q, e in found) == sorted(due)


def test_packets_and_usual_values(tmp_path: Path) -> None:
    text = "\ufeffday, time ,kind,shares,fen\n0,20:30:30,packet,10,1000\n\n1,24:00,ad\n"
    acts = Timetable(written(tmp_path, text)).plan(Setting(days=9.0, start_hour=0)).acts
    assert np.allclose(acts["time_hours"], [20.5 + 30 / 3600, 48.0])
    assert acts["fen"].tolist() == [1000, 0]
    assert acts["lucky"].tolist() == [1, 0]
    assert acts["quality"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no column day"),
        ("day,time,kinds\n", "line 1: no such column: kinds; did you mean 'kind'?"),
        ("day,time,kind,day\n", "line 1: two of day"),
        (HEAD + "0,8:61,ad\n", "line 2, time: '8:61' is not a time such as 08:30"),
        (HEAD + "0,24:01,ad\n", "line 2, time: '24:01' is after 24:00"),
        (HEAD + "\n-1,08:00,ad\n", "line 3, day: -1 is out of range; allowed: 0 to 3650"),
        (HEAD + "x,08:00,ad\n", "line 2, day: 'x' is not a whole number"),
        (HEAD + "0,08:00,contnet\n", "did you mean 'content'?"),
        (HEAD + "0,08:00,\n", "line 2, kind: '' is not one of"),
        (HEAD + "0,08:00,ad,nan\n", "line 2, quality: nan is not a finite number"),
        (HEAD + "0,08:00,packet,,,5,10\n", "line 2, fen: a packet of 5 fen in 10 shares"),
        (HEAD + "0,08:00,ad,,,5,1\n", "line 2, fen: only a packet has money"),
        (HEAD + "0,08:00,ad,1,0,,,,9\n", "line 2: more cells than columns"),
        (HEAD + '0,08:00,"ad"x\x00,\n', "line 2, kind: "),
    ],
)
def test_a_fault_names_its_line_and_column(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        read_rows(Path(written(tmp_path, text)))
    assert said in str(fault.value)
    assert all(line.startswith("plan.csv: line ") for line in fault.value.problems)


def test_all_faults_are_named_but_not_thousands(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        read_rows(Path(written(tmp_path, HEAD + "0,8h,ad\n" * 5000)))
    assert len(fault.value.problems) == 20


def test_a_file_of_another_encoding_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_bytes(HEAD.encode() + "0,08:00,广告".encode("gbk"))
    with pytest.raises(InputError, match=r"plan.csv: not UTF-8 text at byte 56"):
        read_rows(tmp_path / "plan.csv")


def test_a_scenario_finds_the_file_beside_it_and_its_digest_holds_it(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "0,20:00,content\n")
    (tmp_path / "real.toml").write_text('[policies.timetable]\nfile = "plan.csv"\n')
    scenario = load_scenario(tmp_path / "real.toml")
    assert planned(scenario).acts["time_hours"].tolist() == [11.0]
    before = digest(scenario)
    written(tmp_path, HEAD + "0,21:00,content\n")
    assert digest(load_scenario(tmp_path / "real.toml")) != before
    written(tmp_path, HEAD + "0,21,content\n")
    with pytest.raises(InputError, match=r"policies.timetable: .*line 2, time: '21'"):
        load_scenario(tmp_path / "real.toml")


def test_without_a_file_nothing_is_done() -> None:
    assert planned(parse_scenario({"policies": {"timetable": {}}})).acts.size == 0
