"""Frames and tables: which points a picture shows, and the numbers in its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made_up import FEN, MAIN, POSTS, SIZES, design_of, main_rows, rows_of

from sim.report import pictures, tables
from sim.report.contrast import contrast
from sim.report.levers import choose_axes, levers_of
from sim.report.study import study_of

MANIFEST = design_of({SIZES: [25, 500], POSTS: [0, 1, 2, 4, 8], FEN: [0, 500]}, 20)
AXES = choose_axes(levers_of(MANIFEST))


def rows() -> pd.DataFrame:
    def values(rows: pd.DataFrame) -> dict[str, object]:
        early = (rows[SIZES] == 25) & (rows["replication"] < 5) & (rows[FEN] == 0)
        return {
            "lifetime_days": np.where(early, 3.0, 7.0),
            "lifetime_observed": pd.array(early, "boolean"),
            "dead_silent_week2": pd.array(early, "boolean"),
            "cost_fen": 100.0 * rows[FEN] + rows[POSTS],
        }

    return rows_of(MANIFEST, values)


def test_curves_are_shown_at_the_first_the_usual_and_the_last_cadence() -> None:
    found = pictures.curves(rows(), AXES)
    assert list(found["panel"].cat.categories) == [
        "no posts",
        "2 posts a day",
        "8 posts a day",
    ]
    small = found[(found["panel"] == "2 posts a day") & (found["line"] == "25")]
    assert small["time_days"].tolist() == [0.0, 3.0, 7.0]
    assert small["survival"].tolist() == [1.0, 0.75, 0.75]


def test_where_nobody_died_the_table_has_wilsons_interval() -> None:
    found = tables.survival_table(pictures.curves(rows(), AXES), AXES)
    assert found.head[:5] == ["posts a day", "members", "followed", "fell silent", "censored"]
    assert found.rows[0][1:6] == ["25", "20", "5", "15", "75 (50–89)"]
    assert found.rows[1][1:6] == ["500", "20", "0", "20", "100 (84–100)"]


def test_cells_are_the_shares_of_independent_communities() -> None:
    dead = rows()["dead_silent_week2"]
    cells = pictures.share_cells(rows(), AXES, dead).set_index(["panel", "x", "y"])
    assert len(cells) == 2 * 5 * 2
    paid = cells.loc[("5 CNY of packets a day", "25", "4")]
    free = cells.loc[("no packets", "25", "4")]
    assert (paid["share"], free["share"], free["n"]) == (0.0, 0.25, 20)
    assert (round(free["lower"], 3), round(free["upper"], 3)) == (0.112, 0.469)


def test_the_map_of_the_living_counts_those_without_a_silent_week() -> None:
    alive = ~rows()["lifetime_observed"]
    cells = pictures.share_cells(rows(), AXES, alive).set_index(["panel", "x", "y"])
    assert cells.loc[("no packets", "25", "4"), "share"] == 0.75
    unknown = rows().assign(lifetime_observed=pd.NA)["lifetime_observed"].astype("boolean")
    assert pictures.share_cells(rows(), AXES, ~unknown)["share"].isna().all()


def test_means_are_those_without_packets_in_the_units_of_the_heading() -> None:
    found = pictures.means_by(rows(), AXES).set_index(["measure", "line", "x"])
    assert found.loc[("cost of a community (CNY)", "8", 500.0), "mean"] == 0.08
    assert found.loc[("dead: silent in days 8-14 (%)", "0", 25.0), "mean"] == 25.0


def test_friends_stand_beside_strangers_of_their_size_and_of_the_chosen_one() -> None:
    design = design_of({POSTS: [0, 2]}, fixed={SIZES: 25})
    friends = study_of(rows_of(design, lambda _: {}), design)
    found = contrast(study_of(main_rows(), MAIN), friends, 17, "origin")
    assert found
    (axes,) = found.draw(found.words.bare).axes
    heads = [label.get_text() for label in axes.get_xticklabels()]
    assert heads == ["Friends\n25 members", "Strangers\n25 members", "Strangers\n500 members"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["no posts", "2 posts a day"]
    assert len(axes.texts) == 6
    assert "30 simulated groups a cell" in found.caption


def test_studies_that_vary_other_levers_are_not_set_beside_each_other() -> None:
    design = design_of({SIZES: [25, 500]})
    sizes = study_of(rows_of(design, lambda _: {}), design)
    assert contrast(study_of(main_rows(), MAIN), sizes, 17, "origin") is None
    assert contrast(sizes, sizes, 0, "origin") is None
