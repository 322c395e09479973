"""Pictures: what is drawn is what the frame says; any frame, an empty one too, gives a picture."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim import plots
from sim.plots import Words, style
from sim.plots.answer import SHARES, luminance
from sim.plots.charts import lines_in_order

WORDS = Words("Title", "what is counted", "across", "up", "n = 3, seed 1")


def ordered(values: Sequence[str], categories: Sequence[str] | None = None) -> pd.Categorical:
    return pd.Categorical(values, categories or list(dict.fromkeys(values)))


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
        found += [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
        found += [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()]
    return found


def png(figure: Figure) -> bytes:
    return plots.rendered(figure, "png")


def is_png(picture: bytes) -> bool:
    return picture.startswith(b"\x89PNG\r\n")


def cells(shares: Sequence[float], panels: int = 1) -> pd.DataFrame:
    found = [
        pd.DataFrame(
            {"panel": f"p{panel}", "x": [f"x{at}" for at in range(len(shares))], "y": "2"}
        ).assign(share=shares, lower=np.array(shares) / 2, upper=np.array(shares) * 1.5)
        for panel in range(panels)
    ]
    whole = pd.concat(found, ignore_index=True)
    for name in ("panel", "x", "y"):
        whole[name] = ordered(whole[name])
    return whole


def test_a_map_prints_every_share_and_frames_the_chosen_cell() -> None:
    figure = plots.share_maps(cells([0.0, 0.125, 0.4, np.nan]), WORDS, chosen=("x2", "2"))
    shown = texts(figure)
    assert {"0", "12", "40", "?"} <= set(shown)
    assert {"Title", "what is counted", "n = 3, seed 1", "across", "up"} <= set(shown)
    framed = [box for box in figure.axes[0].patches if box.get_linewidth() > 0]
    assert len(framed) == 1
    bottom, top = figure.axes[0].get_ylim()
    assert bottom < top  # the first value of a lever is at the bottom, as on any axis
    assert is_png(png(figure))


@pytest.mark.parametrize(("panels", "drawn"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6)])
def test_a_map_has_a_panel_for_each_value(panels: int, drawn: int) -> None:
    figure = plots.share_maps(cells([0.1], panels), WORDS)
    assert len(figure.axes) == drawn
    assert sum(axes.get_visible() for axes in figure.axes) == panels
    assert is_png(png(figure))


# Machado, Oliveira and Fernandes (2009), severity 1
BLIND = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


@pytest.mark.parametrize("eye", BLIND)
def test_the_colours_of_the_map_differ_to_every_eye(eye: str) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("alive", SHARES)(np.linspace(0, 1, 11))[:, :3]
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(BLIND[eye]).T, 0, 1)
    gaps = np.linalg.norm(seen[:, None] ** (1 / 2.2) - seen[None] ** (1 / 2.2), axis=2)
    apart = [gaps[one, other] for one in range(11) for other in range(one + 3, 11)]
    assert min(apart) > 0.12  # what differs by 30 of 100 groups looks different


def test_white_letters_stand_on_dark_cells() -> None:
    assert luminance((1, 1, 1)) == pytest.approx(1.0)
    assert luminance((0, 0, 0)) == 0.0


def test_lives_are_named_at_their_ends_with_what_is_left() -> None:
    curves = pd.DataFrame(
        {
            "line": ordered(["a", "a", "b", "b"]),
            "time_days": [0.0, 9.0, 0.0, 30.0],
            "survival": [1.0, 0.25, 1.0, 0.9],
        }
    )
    figure = plots.lives(curves, WORDS)
    assert [text.get_text() for text in figure.axes[0].texts] == ["25\na", "90\nb"]
    assert figure.axes[0].get_xlim() == (0.0, 30.0)
    assert is_png(png(figure))


def test_names_of_dots_cover_no_other_name() -> None:
    points = pd.DataFrame({"cost": [100, 105, 110, 900], "gain": [3.0, 3.1, 3.2, 1.0]})
    points["name"], points["chosen"] = ["one", "two", "three", ""], [True, False, False, False]
    figure = plots.cost_and_gain(points, WORDS)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])


def test_a_story_shades_its_silent_days() -> None:
    days = pd.DataFrame({"looks": [3, 2], "messages": [1, 0], "acts": [0, 0]})
    figure = plots.story(days.assign(silent=[False, True]), WORDS, ("l", "m", "a"))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["l", "m", "a"]
    assert is_png(png(figure))


def test_svg_keeps_text_as_text_in_fonts_of_its_reader() -> None:
    figure = plots.share_maps(cells([0.5]), Words("群还在说话吗", "", "成员", "", ""))
    svg = plots.rendered(figure, "svg").decode()
    assert "群还在说话吗" in svg
    assert "DejaVu" not in svg
    head = svg.partition(">")[0]
    assert "font-family" in head
    assert "viewBox" in head
    assert "width" not in head
    assert "<metadata" not in svg


def test_the_shipped_font_writes_gb_2312_level_one() -> None:
    from fontTools.ttLib import TTFont

    known = TTFont(style.SHIPPED).getBestCmap()
    level_one = [bytes([high, low]) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
    signs = "".join(pair.decode("gb2312", errors="ignore") for pair in level_one)
    assert len(signs) == 3755
    assert all(ord(sign) in known for sign in f"{signs}，。、；：？！（）《》“”…—·¥")
    assert style.SHIPPED.stat().st_size < 2.5e6
    assert "SIL OPEN FONT LICENSE" in style.SHIPPED.with_name("OFL.txt").read_text()
    assert style.chinese_fonts()[0] == "Qunlab Sans SC"


def test_a_survival_curve_is_a_staircase_with_its_band() -> None:
    curves = pd.DataFrame(
        {
            "panel": ordered(["0 posts", "0 posts", "4 posts", "4 posts"]),
            "line": ordered(["25", "25", "25", "25"]),
            "time_days": [0.0, 2.0, 0.0, 7.0],
            "survival": [1.0, 0.5, 1.0, 1.0],
            "lower": [1.0, 0.2, 1.0, 1.0],
            "upper": [1.0, 0.8, 1.0, 1.0],
        }
    )
    figure = plots.lives(curves, WORDS, "members", banded=True)
    left, right = figure.axes
    (line,) = left.get_lines()
    assert line.get_drawstyle() == "steps-post"
    assert line.get_ydata().tolist() == [1.0, 0.5, 0.5]
    assert right.get_xlim() == (0.0, 7.0)
    assert [axes.get_title(loc="left") for axes in (left, right)] == ["0 posts", "4 posts"]
    assert [text.get_text() for text in left.texts] == ["25"]
    assert right.get_title(loc="right") == "members"
    assert is_png(png(figure))


def means(x: object, lines: Sequence[str], value: float = 1.0) -> pd.DataFrame:
    frame = pd.DataFrame({"x": x, "line": ordered(lines), "measure": ordered(["a"] * len(lines))})
    return frame.assign(mean=value, lower=value - 0.5, upper=value + 0.5)


def test_measures_are_drawn_over_the_lever_with_a_line_each() -> None:
    frame = means([25, 500, 25, 500], ["0", "0", "8", "8"])
    figure = plots.measures_by(frame, WORDS, "posts a day")
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert [line.get_label() for line in axes.get_lines()] == ["0", "8"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["25", "500"]
    assert axes.get_ylim()[0] == 0.0
    assert is_png(png(figure))


@pytest.mark.parametrize("x", [[0, 1], [-1, 1], [3, 4], ordered(["chat", "ad"])])
def test_any_lever_can_go_across(x: object) -> None:
    figure = plots.measures_by(means(x, ["", ""]), WORDS)
    assert figure.axes[0].get_xscale() == "linear"
    assert not figure.legends
    assert is_png(png(figure))


def test_a_measure_nobody_knows_says_so() -> None:
    figure = plots.measures_by(means([1, 2], ["", ""], np.nan), WORDS)
    assert [text.get_text() for text in figure.axes[0].texts] == ["not known"]
    assert is_png(png(figure))


def test_points_on_the_front_are_filled() -> None:
    points = pd.DataFrame(
        {
            "line": ordered(["25", "25", "50"]),
            "on_front": [True, False, True],
            "posting": [1.0, 2.0, 30.0],
            "satisfaction": [0.1, 0.2, 0.3],
        }
    )
    figure = plots.front(points, [("posting", "satisfaction")], WORDS)
    (axes,) = figure.axes
    filled = [len(dots.get_offsets()) for dots in axes.collections if len(dots.get_facecolors())]
    hollow = [
        len(dots.get_offsets()) for dots in axes.collections if not len(dots.get_facecolors())
    ]
    assert (sum(filled), sum(hollow)) == (2, 1)
    assert axes.get_xscale() == "log"
    assert is_png(png(figure))


def test_estimates_without_a_clear_difference_are_hollow_and_numbered() -> None:
    estimates = pd.DataFrame(
        {
            "block": ["5 CNY", "5 CNY", "20 CNY"],
            "row": ["all", "25", "all"],
            "value": [4.0, 1.0, np.nan],
            "lower": [3.0, -1.0, np.nan],
            "upper": [5.0, 3.0, np.nan],
            "clear": [True, False, False],
            "strong": [True, False, True],
            "text": ["+4", "+1, not clear", "nothing claimed"],
        }
    )
    figure = plots.intervals(estimates, WORDS)
    marks = [line for line in figure.axes[0].get_lines() if line.get_linestyle() == "None"]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False, True, True]
    assert {"5 CNY", "20 CNY", "25", "+1, not clear", "nothing claimed"} <= set(texts(figure))
    assert is_png(png(figure))


def test_a_picture_is_the_same_bytes_every_time_and_changes_no_setting() -> None:
    before = dict(matplotlib.rcParams)
    pictures = [png(plots.share_maps(cells([0.1, 0.9]), WORDS)) for _ in range(2)]
    assert pictures[0] == pictures[1]
    assert dict(matplotlib.rcParams) == before


def test_colours_differ_and_grow_lighter() -> None:
    from matplotlib.colors import to_rgb

    light = [
        sum(np.array(to_rgb(c)) * (0.3, 0.59, 0.11)) for c in style.line_colours(8, ordered=True)
    ]
    assert (np.diff(light) > 0.03).all()
    assert len(set(style.line_colours(8, ordered=False))) == 8


@pytest.mark.parametrize("name", ["$cost_{1}$ < 5 & more", "群的大小 群", "a" * 400])
def test_any_words_can_be_written(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plots.share_maps(cells([0.1]), Words(name, name, name, name, name))
        assert is_png(png(figure))


def test_house_style_ends_with_its_block() -> None:
    before = matplotlib.rcParams["axes.spines.top"]
    with style.styled():
        assert not matplotlib.rcParams["axes.spines.top"]
    assert matplotlib.rcParams["axes.spines.top"] == before


def test_lines_letters_and_colours() -> None:
    assert lines_in_order(["0 CNY", "5 CNY"])
    assert lines_in_order(["0", "1/7", "2"])
    assert not lines_in_order(["chat", "ad"])
    assert len(set(style.line_colours(6))) == 6
