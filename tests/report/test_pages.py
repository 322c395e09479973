"""The pages of other commands: each has its headline, pictures and tables in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up import front, judged, measured, outlook

from sim.forecast import shipped_record
from sim.report.pages import write_page
from sim.report.shell import Files
from sim.scenario import Scenario
from sim.study.compare import CompareOptions, compare
from sim.study.optimise import Optimum


def halves(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    assert "<h1></h1>" not in text
    assert ">nan<" not in text
    return text.split("<main")[1:]


def test_a_comparison_has_a_page(tmp_path: Path) -> None:
    one = Scenario().with_values({"group.size": 8, "run.days": 15})
    found = compare([one, one.with_values({"group.size": 9})], None, CompareOptions(6))
    written = write_page(tmp_path, "A · B", found, Files("svg", bare=True))
    assert [path.name for path in written] == ["report.html", "lives.svg", "changes.svg"]
    english, chinese = halves(written[0])
    assert "What changes against A?" in english
    assert all(len(half) > 10_000 for half in (english, chinese))
    assert english.count("<svg") == 2


def test_a_front_has_a_page_and_so_has_none(tmp_path: Path) -> None:
    found = Optimum(front(3), front(6), 2, 20, {"seed": "1"})
    (path,) = write_page(tmp_path, "study", found)
    assert halves(path)[0].count("<svg") == 1
    (path,) = write_page(tmp_path, "study", Optimum(front(0), front(6), 2, 20, {"seed": "1"}))
    assert halves(path)[0].count("<svg") == 0


def test_a_sample_has_a_page_of_what_clearly_matters(tmp_path: Path) -> None:
    path, drawn = write_page(tmp_path, "study", measured(), Files("svg"))
    assert drawn.name == "effects.svg"
    english, _ = halves(path)
    assert "What does each outcome hang on?" in english
    assert "satisfaction" not in english.partition("</svg>")[0]  # nothing clear


def test_forecasts_have_a_page(tmp_path: Path) -> None:
    (path,) = write_page(tmp_path, "log", outlook(shipped_record()))
    english, _ = halves(path)
    assert "Who falls silent within 2 weeks?" in english
    assert "a &lt;b&gt;" in english
    assert "a <b>" not in english


def test_a_judgement_has_a_page(tmp_path: Path) -> None:
    found = judged()
    path, drawn = write_page(tmp_path, "Validation", found, Files("svg"))
    assert drawn.name == "patterns_rooms.svg"
    english, _ = halves(path)
    assert "2 of 4 patterns of real groups are met." in english
    assert english.count("<svg") == 1


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    from sim.errors import InputError

    (tmp_path / "file").write_text("")
    with pytest.raises((InputError, FileExistsError)):
        write_page(tmp_path / "file", "log", outlook(shipped_record()))
