"""A lever as a form: a slider, a choice, a switch or a field, whatever its values are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from sim.allowed import Value
from sim.lab.levers import Lever, as_number
from sim.lab.page import Page
from sim.language import _

PLAIN = "dense outlined options-dense"


class Slider(ui.slider):
    """A slider that stays where the hand has it, however long the server takes."""

    LOOPBACK = False


def picker(
    page: Page, words: Mapping[str, str], value: str, label: str, picked: Callable[[str], object]
) -> None:
    """Build a list to pick one of, and to search by typing."""
    form = ui.select(dict(words), value=value, label=label, with_input=True)
    form.on_value_change(page.on(lambda event: picked(event.value or "")))
    form.props(PLAIN).classes("w-full")


def lever_form(
    page: Page,
    lever: Lever,
    value: Value,
    moved: Callable[[Any], object],
    also: Sequence[str] = (),
) -> None:
    """Build a lever with its name, grade and help; `moved` is told what a form then holds, `also`
    are words to choose besides those allowed.
    """
    allowed, label = lever.allowed, f'aria-label="{lever.label}"'
    changed = page.on(lambda event: moved(event.value))
    with ui.element("div").classes("lab-lever"):
        with ui.element("div").classes("lab-top"):
            ui.label(lever.label).tooltip(lever.help)
            grade = ui.label(lever.grade).classes("lab-grade")
            grade.tooltip(_("grade of evidence: {grade}", grade=lever.grade))
            said = ui.label().classes("lab-told")
        if lever.stops:
            _slider(page, lever, value, moved, said)
        elif allowed.kind is bool:
            ui.switch(value=bool(value), on_change=changed).props(label)
        elif allowed.choices:
            words = {one: _(one) for one in (*also, *allowed.choices)}
            chosen: Any = list(value) if isinstance(value, tuple) else value
            form = ui.select(words, value=chosen, multiple=allowed.many, on_change=changed)
            form.props(f"{PLAIN} {label}").classes("w-full")
        else:
            text = ui.input(value=lever.written(value)).props(f"dense outlined {label}")
            read = as_number if allowed.kind is not str and not allowed.many else str
            text.on("change", page.on(lambda: moved(read(text.value))))


def _slider(
    page: Page, lever: Lever, value: Value, moved: Callable[[Any], object], said: ui.label
) -> None:
    assert isinstance(value, int | float)
    stops = sorted({*lever.stops, float(value)})
    said.set_text(lever.written(value))

    def turned(event: Any) -> None:
        said.set_text(lever.written(stops[int(event.value)]))
        moved(stops[int(event.value)])

    form = Slider(min=0, max=len(stops) - 1, value=stops.index(value), on_change=page.on(turned))
    form.props(f'aria-label="{lever.label}"')
