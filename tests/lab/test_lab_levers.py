from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.lab.levers import (
    KINDS,
    NOBODY,
    POSTS,
    WELCOME,
    about,
    as_number,
    levers_by_head,
    main_levers,
)
from sim.language import LANGUAGES, in_language
from sim.report.names import names_by_kind
from sim.scenario import load_scenario
from sim.scenario.loading import configs, shipped_files
from sim.scenario.scenario import items

BASE = load_scenario(configs() / "base.toml")
MAIN = {lever.key: lever for lever in main_levers()}
EVERY = {lever.key for levers in levers_by_head().values() for lever in levers}


@pytest.mark.parametrize("preset", shipped_files("policies"))
def test_every_lever_of_a_preset_is_there(preset) -> None:
    scenario = load_scenario(configs() / "base.toml", {"preset": preset})
    keys = {key for key, _value in items(scenario) if not key.endswith(".use")}
    assert {key for key in keys if not key.startswith(("run.", "name"))} <= EVERY


def test_what_is_shipped_has_a_name_in_words() -> None:
    for kind in ("people", "policies", "cases"):
        names = names_by_kind()[kind]
        assert names.keys() == shipped_files(kind).keys()
        assert all(said.keys() == LANGUAGES.keys() for said in names.values())


def test_stops_are_allowed() -> None:
    for lever in MAIN.values():
        for stop in lever.stops:
            assert lever.read(stop) == pytest.approx(stop)


def test_what_holds_is_shown() -> None:
    assert MAIN["group.size"].value_in(BASE) == 100
    assert MAIN[WELCOME].value_in(BASE) == NOBODY
    by_hours = load_scenario(configs() / "base.toml", {"preset": "sop_checklist"})
    assert MAIN[POSTS].value_in(by_hours) == 7
    assert MAIN["policies.red_packets.fen_per_day"].written(1000) == "10"


def test_what_is_typed_is_read() -> None:
    assert MAIN[KINDS].read(["content", "ad"]) == ("content", "ad")
    (hours,) = (one for one in levers_by_head()["policies.cadence"] if one.key.endswith("hours"))
    assert hours.read("8, 21.5") == (8.0, 21.5)
    assert hours.read("") == ()
    assert hours.written((8.0, 21.5)) == "8.0, 21.5"
    for wrong in ("8, x", "99"):
        with pytest.raises(InputError):
            hours.read(wrong)
    with pytest.raises(InputError):
        MAIN["group.size"].read(as_number("many"))


def test_levers_speak_both_languages() -> None:
    for lever in MAIN.values():
        english = lever.label, lever.help
        with in_language("zh"):
            assert lever.label != english[0]
            assert lever.help != english[1]
            assert " to " not in lever.help
    with in_language("zh"):
        assert about("policies.cadence") != ""
    assert about("group") == ""
    assert {lever.grade for lever in MAIN.values()} <= set("ALBC")
