"""The map: a store found, read, drawn; a cell opened; a store that grows."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from visits import PATIENCE_SECONDS, PATIENT, texts, until, until_so, with_user

from sim.lab import map as maps
from sim.lab.app import tab_for
from sim.lab.cells import Cells, View, outcomes_in, stores_below
from sim.lives.outcomes import summary
from sim.study.replay import scenario_of
from sim.study.store import find_store, read_store


def test_the_cells_are_those_of_the_summary(store) -> None:
    rows = summary(read_store(store)[1], ["point"], ["cost_fen"]).set_index("point")
    cells = Cells.of(View(str(store), "cost_fen"))
    for name in ("mean", "lower", "upper"):
        assert (0.01 * rows[name] - cells.frame[name]).abs().max() < 1e-9
    assert [one.key for one in cells.axes] == ["group.size", "policies.cadence.posts_per_day"]
    assert len(cells.shown()) == 4  # trust is as usual, or as at the cell looked at
    last = replace(cells, view=replace(cells.view, point=7))
    assert 7 in last.shown()
    drawn = last.options()["series"][0]["data"]
    assert sorted(int(one["name"]) for one in drawn) == last.shown()
    turned = replace(cells, view=View(str(store), "cost_fen", "trust.initial", "group.size"))
    assert [one.key for one in turned.axes] == ["trust.initial", "group.size"]
    same = replace(cells, view=View(str(store), "cost_fen", "group.size", "group.size"))
    assert same.axes[0] is not same.axes[1]


def test_a_cell_has_its_groups_and_its_scenario(store) -> None:
    cells = Cells.of(View(str(store), "messages", point=5))
    groups = cells.groups()
    assert [*groups.columns[:3]] == ["replication", "alive", "messages"]
    assert groups["messages"].mean() == pytest.approx(cells.frame.loc[5, "mean"])
    choices = cells.choices()
    scenario = scenario_of(find_store(store).manifest, 5)
    assert choices.scenario().params == scenario.params
    assert choices.days == 9
    assert "groups alive of 100" in outcomes_in(cells.manifest).values()


def test_an_address_names_known_stores_alone(store) -> None:
    own = [str(store)]
    view = View(str(store), "messages", "group.size", "trust.initial", 3)
    parts = {name: f"{one}" for name, one in vars(view).items()}
    assert View.read(parts, own) == view
    strange = {"store": "/etc", "outcome": "x", "across": "y", "point": "99"}
    assert View.read(strange, own) == View(str(store))


def test_a_store_grows(store, tmp_path) -> None:
    grown = tmp_path / "grown"
    shutil.copytree(store, grown)
    parts = sorted(grown.glob("part-*.parquet"))
    away = tmp_path / parts[-1].name
    parts[-1].rename(away)
    cells = Cells.of(View(str(grown)))
    assert not cells.has_grown()
    assert cells.stored == 16
    away.rename(parts[-1])
    assert cells.has_grown()
    for part in grown.glob("part-*.parquet"):
        part.unlink()
    assert Cells.of(View(str(grown))).options()["series"][0]["data"] == []


def test_stores_are_found_and_a_cell_is_opened(store, monkeypatch) -> None:
    monkeypatch.chdir(store.parent)
    assert stores_below(store.parent) == ["results"]
    assert tab_for(store).path == "/map"

    async def act(user) -> None:
        await until(user, "32 of 32 groups")
        await user.should_see("Click a cell", **PATIENT)
        await user.should_see("qunlab export results --to rows.csv", **PATIENT)

    with_user(act, "/map")
    page = store / "page.html"
    page.write_text("<html>")
    monkeypatch.setattr(maps, "write_report", lambda _folder: page)

    async def opened(user) -> None:
        assert any(text.startswith("12 members") for text in texts(user))
        await user.should_see("Open in the policy lab", **PATIENT)
        user.find("Page of the sweep").click()
        response = await user.download.next(timeout=PATIENCE_SECONDS)
        assert b"<html" in response.content

    with_user(opened, "/map?point=5")


def test_without_a_sweep_it_makes_one(store, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    monkeypatch.setattr(maps, "FIRST", str(store.parent / "small.toml"))

    async def act(user) -> None:
        await user.should_see("qunlab sweep", **PATIENT)
        user.find("Play it").click()
        await until(user, "32 of 32 groups")

    with_user(act, "/map")
    assert stores_below(tmp_path) == [maps.STORE]


def test_a_full_disk_is_said_in_a_line_and_the_button_stands_again(
    store, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def filled(_design, folder, progress) -> None:
        shutil.copytree(store, folder)
        raise OSError(errno.ENOSPC, "No space left on device", "part.parquet")

    monkeypatch.setattr(maps, "sweep", filled)

    async def act(user) -> None:
        await user.should_see("Play it", **PATIENT)
        user.find("Play it").click()
        await until_so(lambda: "No space left on device: part.parquet" in user.notify.messages)
        await user.should_see("Play it", **PATIENT)

    with_user(act, "/map")
