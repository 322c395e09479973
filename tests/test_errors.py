"""The nearest names, as the end of an error line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from sim.chatlog.dates import CITIES, known_zone
from sim.errors import InputError, nearest_key
from sim.lives.outcomes import OUTCOMES
from sim.scenario import parse_scenario
from sim.scenario.named_policy import settable_keys
from sim.study.design import load_design, parse_design

DIGESTS = "policies.quiet_hours.posts_per_day"
POSTS = "policies.cadence.posts_per_day"


@pytest.mark.parametrize("key", settable_keys())
def test_the_last_word_of_a_key_names_the_key(key: str) -> None:
    line = nearest_key(key.rpartition(".")[2], settable_keys())
    assert repr(key) in line or line.count("'") == 8  # four are named where more are meant


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("posts_per_day", f"; did you mean '{POSTS}', '{DIGESTS}'?"),
        ("postsperday", f"; did you mean '{POSTS}', '{DIGESTS}'?"),
        ("policies.cadense.posts_per_day",
         f"; did you mean '{POSTS}', '{DIGESTS}'?"),
        ("group.sise", "; did you mean 'group.size'?"),
        ("quality", "; did you mean 'operator.quality', 'shop.quality', "
                    "'policies.cadence.quality', 'policies.checkin.quality'?"),
        ("nothing of the kind", ""),
        ("replications", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_near_keys(word: str, line: str) -> None:
    assert nearest_key(word, settable_keys()) == line


def test_an_outcome_is_named_by_a_word_of_it() -> None:
    line = nearest_key("cost", [outcome.name for outcome in OUTCOMES])
    assert "'cost_fen'" in line


def test_every_place_that_takes_a_key_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text("[group]\nsize = 5\n")
    assert cli.main(["run", str(tmp_path / "own.toml"), "--set", "posts_per_day=3"]) == 2
    assert POSTS in capsys.readouterr().err
    for make in (
        lambda: parse_scenario({"posts_per_day": 3}),
        lambda: parse_design({"scenario": {}, "grid": {"posts_per_day": [1, 2]}}),
        lambda: parse_design({"scenario": {}, "fixed": {"posts_per_day": 1}, "grid": {}}),
        lambda: parse_design(
            {"scenario": {}, "sobol": {"points": 2, "posts_per_day": {"low": 1, "high": 2}}}
        ),
    ):
        with pytest.raises(InputError, match=POSTS):
            make()


def test_a_shipped_sweep_is_found_by_its_name_and_its_typo_named() -> None:
    assert len(load_design("scale_vs_activity", replications=1).points) == 90
    with pytest.raises(InputError, match="did you mean 'scale_vs_activity'"):
        load_design("scale_vs_activty")


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        *((city, zone) for zone, cities in CITIES.items() for city in cities),
        ("Beijing", "Asia/Shanghai"),
        ("Asia/Beijing", "Asia/Shanghai"),
        ("San Francisco", "America/Los_Angeles"),
        ("new york", "America/New_York"),
        ("singapore", "Asia/Singapore"),
        ("Asia/Shangai", "Asia/Shanghai"),
    ],
)
def test_a_city_names_its_zone(city: str, zone: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{zone}'"):
        known_zone(city)


@pytest.mark.parametrize("name", ["CST", "Gotham City"])
def test_what_may_be_several_zones_names_none(name: str) -> None:
    with pytest.raises(InputError, match=f"no zone '{name}'$"):
        known_zone(name)
