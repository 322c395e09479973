"""A lever as a form: a slider, a choice, a switch or a field, whatever its values are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from sim.allowed import Value
from sim.cli.params import GRADES
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
    values: tuple[Value, Value],
    moved: Callable[[Any], object],
    also: Sequence[str] = (),
) -> None:
    """Build a lever with its name, grade, help and what holds in A where it differs.

    `values` hold in A and in B; `moved` is told what a form then holds; `also` are words to choose
    besides those allowed.
    """
    label, (before, value) = f'aria-label="{lever.label}"', values
    with ui.element("div").classes("lab-lever" + ("" if lever.stops else " lab-row")):
        with ui.element("div").classes("lab-top"):
            ui.label(lever.label).tooltip(f"{lever.key} · {lever.help}")
            grade = ui.label(lever.grade).classes("lab-grade")
            told = _("grade of evidence: {grade}", grade=lever.grade)
            grade.tooltip(f"{told}\n{_(GRADES)}")
            was = ui.label(f"A: {lever.written(before)}").classes("lab-was")
            said = ui.label().classes("lab-told")

        def say(now: Any) -> None:
            now = lever.written(tuple(now) if isinstance(now, list) else now)
            said.set_text(now if lever.stops else "")
            was.set_visibility(now != lever.written(before))

        def turned(now: Any) -> None:
            say(now)
            moved(now)

        say(value)
        _form(page, lever, value, turned, also).props(label)
        if not lever.name:
            ui.label(lever.help).classes("lab-foot")


def _form(
    page: Page, lever: Lever, value: Any, turned: Callable[[Any], object], also: Sequence[str]
) -> ui.element:
    """Build what a lever is moved by."""
    allowed, changed = lever.allowed, page.on(lambda event: turned(event.value))
    if lever.stops:
        stops = sorted({*lever.stops, float(value)})
        at = stops.index(value)

        def slid(event: Any) -> None:  # by the element itself: an update would move it back
            said = lever.written(now := stops[int(event.value)])
            here = f"getHtmlElement({slider.id})"
            ui.run_javascript(f"{here}?.setAttribute('aria-valuetext', {said!r})")
            turned(now)

        slider = Slider(min=0, max=len(stops) - 1, value=at, on_change=page.on(slid))
        return slider.props(f'aria-valuetext="{lever.written(value)}"')
    if allowed.kind is bool:
        return ui.switch(value=bool(value), on_change=changed)
    if allowed.choices:
        words = {one: _(one) for one in (*also, *allowed.choices)}
        chosen = list(value) if isinstance(value, tuple) else value
        form = ui.select(words, value=chosen, multiple=allowed.many, on_change=changed)
        return form.props(PLAIN)
    text = ui.input(value=lever.written(value)).props("dense outlined")
    read = as_number if allowed.kind is not str and not allowed.many else str
    return text.on("change", page.on(lambda: turned(read(text.value))))
