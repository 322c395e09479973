"""What a terminal and a pipe see of a long task."""

from __future__ import annotations

import io
import re

import pytest

from sim.progress import duration_in_words, progress_line

WIPED = "\x1b[1A\x1b[2K"
CURSOR_BACK = "\x1b[?25h"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def shown(stream: io.StringIO, moments: list[tuple[float, int]], total: int = 100) -> str:
    """Return what is written when so much is done at such seconds."""
    clock = Clock()
    with progress_line(total, "working", stream, clock) as progress:
        for clock.seconds, done in moments:
            progress(done, total)
    return stream.getvalue()


def test_a_terminal_sees_one_line_rewritten_and_wiped() -> None:
    text = shown(Screen(), [(1.0, 10), (2.5, 25), (2.6, 26), (5.0, 50), (10.0, 100)])
    lines = re.findall(r"working: \d+ % done, about \d+ s left", text)
    assert list(dict.fromkeys(lines)) == [
        "working: 25 % done, about 8 s left",
        "working: 50 % done, about 5 s left",
    ]
    assert text.count("\n") == 1
    assert text.endswith(WIPED)


def test_a_terminal_keeps_its_cursor() -> None:
    text = shown(Screen(), [(2.5, 25), (5.0, 50)])
    shows, _, rest = text.partition(CURSOR_BACK)
    assert "\x1b[?25l" in shows
    assert "\x1b[?25l" not in rest


def test_a_terminal_that_rewrites_nothing_sees_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Screen(), [(2.5, 25), (12.0, 50)]) == "working: 50 % done, about 19 s left\n"


def test_a_pipe_sees_plain_lines_ten_seconds_to_a_minute_apart() -> None:
    text = shown(io.StringIO(), [(second, second) for second in range(1, 2000)], 2000)
    assert text.startswith("working: 0 % done, about 33 min 10 s left\n")
    assert "\r" not in text
    assert "\x1b" not in text
    assert 2000 / 60 <= len(text.splitlines()) <= 60


@pytest.mark.parametrize("stream", [Screen(), io.StringIO()])
def test_what_is_over_in_two_seconds_says_nothing(stream: io.StringIO) -> None:
    assert shown(stream, [(0.5, 20), (1.0, 60), (1.9, 99), (1.95, 100)]) == ""


@pytest.mark.parametrize("stream", [Screen(), io.StringIO()])
def test_no_work_and_nothing_done_yet_show_nothing(stream: io.StringIO) -> None:
    assert shown(stream, [(60.0, 0)], 0) == ""
    assert shown(stream, [(60.0, 0)], 100) == ""


def test_time_is_counted_from_the_first_block_on() -> None:
    text = shown(io.StringIO(), [(60.0, 1), (61.0, 2), (120.0, 61)])
    assert text == "working: 1 % done so far\nworking: 61 % done, about 39 s left\n"


def test_an_interruption_leaves_a_clean_line() -> None:
    screen = Screen()

    def interrupted() -> None:
        clock = Clock()
        with progress_line(10, "working", screen, clock) as progress:
            clock.seconds = 9.0
            progress(1, 10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert screen.getvalue().endswith(WIPED)


def test_durations_have_two_units_at_most() -> None:
    words = [duration_in_words(seconds) for seconds in (0.2, 59.6, 61, 3599, 7500)]
    assert words == ["1 s", "1 min", "1 min 1 s", "59 min 59 s", "2 h 5 min"]
