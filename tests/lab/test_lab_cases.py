"""The tab of cases: what is shipped, what is tried in a case's place, played as by the command."""

from __future__ import annotations

import json
import threading

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from nicegui import ui
from visits import PATIENT, texts, until, with_user

from sim import cli
from sim.cases import CASE, answer_of_record, as_record, play_case, read_case, shipped_record
from sim.lab import pieces
from sim.lab.cases import Opened
from sim.scenario.loading import shipped_files

SMALL = Opened("shop-ads", groups=20)


def test_an_address_names_what_is_known_alone() -> None:
    opened = Opened("shop-ads", frozenset({"who"}), 20)
    parts = dict(part.split("=") for part in opened.address().split("&"))
    assert Opened.read(parts) == opened
    strange = Opened.read({"case": "../x", "without": "y", "groups": "9999999"})
    assert strange.name in shipped_files("cases")
    assert strange.groups == 100


def test_what_is_left_out_is_not_played_and_moves_nothing(tmp_path) -> None:
    whole = as_record(play_case(read_case("shop-ads"), tmp_path, 20, threads=1))
    part = Opened("shop-ads", frozenset({"who", "flood"}), 20)
    assert set(part.wanted().alternatives) == {CASE, "flood", "known", "trusting"}  # flood: why
    record = part.played(lambda _done, _total: None)
    assert record["claims"] == whole["claims"]
    assert record["practices"].items() <= whole["practices"].items()


@pytest.mark.parametrize("name", shipped_files("cases"))
def test_a_shipped_record_says_all(name: str) -> None:
    case, record = read_case(name), shipped_record(name)
    assert record["practices"].keys() == case.ablations.keys()
    answer = answer_of_record(case, record)
    assert answer.headline
    assert len(answer.options) >= len(case.claims)
    assert "nan" not in " ".join((answer.cost, *answer.trust, *answer.avoid))


def test_a_played_record_says_what_the_command_says(tmp_path, capsys) -> None:
    assert cli.main(["cases", "shop-ads", "--groups", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    record = SMALL.played(lambda _done, _total: None)
    assert told["claims"] == record["claims"]
    assert told["fulfilled"] == record["fulfilled"]
    assert "qunlab cases shop-ads --groups 20" in SMALL.command(False)


def test_a_case_is_opened_switched_and_played() -> None:
    case = read_case("shop-ads")

    async def act(user) -> None:
        shown = texts(user)
        assert answer_of_record(case, shipped_record("shop-ads")).headline in shown
        assert "qunlab cases --json" in shown
        with user:
            switches = sorted(user.find(kind=ui.switch).elements, key=lambda one: one.id)
            offered = {one.words["en"] for key, one in case.ablations.items() if key != "flood"}
            assert {one.text for one in switches} == offered
            switches[0].value = False
        user.find("Play it").click()
        await until(user, "Just played.")
        shown = " ".join(texts(user))
        assert "qunlab cases shop-ads --groups 20" in shown
        assert "with its assumptions tried: supported under a condition." in shown
        user.find(marker="zhiwei").click()
        await until(user, read_case("zhiwei").story["en"].strip()[:40])

    with_user(act, f"/cases?{SMALL.address()}")


def test_no_click_is_lost_while_another_case_is_opened() -> None:
    async def act(user) -> None:
        with user:
            (button,) = (one for one in user.find(kind=ui.button).elements if one.text == "Play it")
        user.find(marker="shop-ads").click()
        await until(user, read_case("shop-ads").story["en"].strip()[:40])
        with user:
            assert button in user.find("Play it").elements
        user.find("Play it").click()
        await until(user, "Just played.")
        assert "qunlab cases shop-ads --groups 20" in " ".join(texts(user))

    with_user(act, "/cases?case=mothers&groups=20")


def test_a_run_is_stopped() -> None:
    async def act(user) -> None:
        user.find("Play it").click()
        await user.should_see("Stop", **PATIENT)
        user.find("Stop").click()
        await user.should_see("Play it", **PATIENT)
        await until(user, "As shipped.")

    with_user(act, "/cases?case=mothers&groups=400")
    pieces.stop_all()
    assert threading.active_count() < 20
