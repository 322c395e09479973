from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.lab import drawing
from sim.lab.choices import Choices
from sim.lab.playing import BANDS, PARTS_KEPT, SHOWN, Kept, Part, ends_of, play
from sim.report.verdict import answer_of_comparison
from sim.study.compare import CompareOptions, compare

SMALL = Choices(people="", days=10, groups=30).put("group.size", 12)
CHOSEN = SMALL.pinned().put("policies.cadence.posts_per_day", 6.0)


def played(chosen: Choices, kept: Kept | None = None):
    given = chosen.alternatives(), chosen.groups, chosen.seed
    return list(play(*given, threading.Event(), kept or Kept()))


@pytest.fixture(scope="module")
def batches():
    return played(CHOSEN)


def test_batches_grow_to_all_groups() -> None:
    for groups in (2, 9, 10, 11, 100, 400, 1000):
        ends = ends_of(groups)
        assert ends[-1] == groups
        assert ends == sorted(set(ends))


def test_all_groups_are_what_compare_finds(batches) -> None:
    options = CompareOptions(CHOSEN.groups, CHOSEN.seed)
    expected = compare(CHOSEN.alternatives(), options=options)
    found = batches[-1].comparison()
    assert batches[-1].groups == CHOSEN.groups
    for name in ("outcomes", "deaths", "alive", "curves", "lifetime_tests"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    rows = expected.to_frame().set_index("outcome")
    for name in SHOWN[1:]:
        for part in ("first", "second", "difference", "lower", "upper"):
            assert batches[-1].figures.loc[name, part] == rows.loc[name, part]
    alive = expected.alive.iloc[0]
    assert batches[-1].figures.loc["alive", "difference"] == alive["difference"]
    pd.testing.assert_frame_equal(batches[-1].lives, expected.curves)
    answer, (headline, *price) = answer_of_comparison(expected), batches[-1].advice
    assert (headline, *price) == (answer.headline, *answer.detail[: len(price)])


def test_people_talking_by_day_add_up(batches) -> None:
    last = batches[-1]
    for bands, acts in zip(last.talk, last.acts, strict=True):
        assert bands.shape == (len(BANDS), 10)
        assert (np.diff(bands, axis=0) >= 0).all()
        assert acts[0].sum() == pytest.approx(60 if acts is last.acts[1] else 20, abs=6)


def test_a_plan_is_not_played_twice(monkeypatch) -> None:
    kept = Kept()
    played(CHOSEN, kept)
    had = dict(kept)
    moved = CHOSEN.put("policies.cadence.posts_per_day", 1.0)
    played(moved, kept)
    assert len(kept) == 3 * len(had) // 2
    assert all(kept[key] is part for key, part in had.items())
    assert played(moved, kept)[-1].figures.equals(played(moved)[-1].figures)
    for number in range(PARTS_KEPT + 10):
        kept["x", number, range(1)] = Part(pd.DataFrame(), np.zeros(1), np.zeros(1))
    assert len(kept) == PARTS_KEPT


def test_the_next_move_ends_it() -> None:
    stop = threading.Event()
    large = Choices(people="", days=180).put("group.size", 400)
    steps = play(large.alternatives(), large.groups, 1, stop, Kept())
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    assert len(list(steps)) < len(ends_of(large.groups))
    assert not [one for one in threading.enumerate() if "ThreadPoolExecutor" in one.name]


def test_a_group_that_fails_is_told(tmp_path) -> None:
    (tmp_path / "own.py").write_text(
        "from dataclasses import dataclass\n"
        "@dataclass(frozen=True)\nclass Own:\n    every_hours: int = 24\n"
        "    def act(self, seen):\n        raise ValueError('no')\n"
    )
    file = tmp_path / "mine.toml"
    file.write_text('[group]\nsize = 5\n[policies.mine]\nuse = "own.py:Own"\n')
    shown = played(replace(SMALL, file=str(file), days=1, groups=4))
    assert "no" in shown[-1].failed
    assert drawing.talk(shown[-1])
    assert drawing.lives(shown[-1])
    assert drawing.cost(shown[-1])


def test_a_first_day_that_flattens_the_others_is_cut_off(batches) -> None:
    last = batches[-1]
    high = max(float(bands[-1, 1:].max()) for bands in last.talk)
    for first, is_cut in ((high, False), (5 * high, True)):
        bands = tuple(one.copy() for one in last.talk)
        bands[1][:, 0] = first
        options = drawing.talk(replace(last, talk=bands))
        assert ("title" in options) == is_cut
        assert is_cut == (high <= options["yAxis"][0].get("max", 0.0) < 1.5 * high)


def test_pictures_hold_what_is_known(batches) -> None:
    last = batches[-1]
    talk, lives, cost = drawing.talk(last), drawing.lives(last), drawing.cost(last)
    medians = [one["data"] for one in talk["series"] if one.get("name") in ("A", "B")]
    assert [y for _, y in medians[1]] == pytest.approx(last.talk[1][2].tolist())
    assert all(one["data"][0][0] == 0.0 <= one["data"][0][1] <= 100 for one in lives["series"])
    assert cost["series"][-1]["data"][0][1] == last.figures.loc[SHOWN[1], "second"]
