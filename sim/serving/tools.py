"""The one table of what is served: commands, with those of their options that a client may give."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from pydantic import Field

from sim.cases import read_case
from sim.cli import application, command_named
from sim.cli.run import read_scenario
from sim.errors import Faults, InputError
from sim.language import _
from sim.scenario import Scenario
from sim.serving.folders import Folders
from sim.study.compare import read_alternatives

MOST_GROUPS, MOST_MEMBER_DAYS = 10_000, 50_000_000
"""Of one call: groups, and days of all their members; half a minute or so on two cores."""
AS_TEXT: Mapping[Any, Any] = {Path: str, Path | None: str | None, list[Path]: list[str]}
NAMED = ("people", "preset", "population")
FULL = Annotated[bool, Field(description="Every figure too, as --json prints them: long.")]
LANGUAGE = Annotated[Literal["en", "zh"], Field(description="Language of its sentences.")]
KEYWORD = inspect.Parameter.KEYWORD_ONLY

Given = Mapping[str, Any]


TAKES = {
    "run": ("scenario", "changes", "size", "groups", "days", "seed", "people", "preset", "log"),
    "compare": ("files", "changes", "first", "groups", "days", "seed", "out"),
    "forecast": ("log", "population", "rooms", "skill", "seed", "out"),
    "cases": ("case", "groups"),
    "params": ("word", "population"),
}
"""Commands that are served, and which of their parameters a client may give."""
WRITTEN = (("run", "log"), ("compare", "out"), ("forecast", "out"))
"""Command and parameter that is a folder to write to; other paths are read."""


@dataclass(frozen=True)
class Tool:
    """A command as a tool."""

    name: str

    @cached_property
    def command(self) -> Callable[..., Any]:
        """The function of the command."""
        return command_named(self.name)

    @cached_property
    def had(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of that function."""
        return inspect.signature(self.command, eval_str=True).parameters

    def signature(self) -> inspect.Signature:
        """Return what it takes: types as JSON has them, what each means, defaults."""
        taken = []
        for name in TAKES[self.name]:
            kind, option = get_args(self.had[name].annotation)
            told: Any = Annotated[AS_TEXT.get(kind, kind), Field(description=option.help)]
            taken.append(self.had[name].replace(annotation=told, kind=KEYWORD))
        for name, told, default in (("full", FULL, False), ("language", LANGUAGE, "en")):
            taken.append(inspect.Parameter(name, KEYWORD, default=default, annotation=told))
        return inspect.Signature(taken)

    def placed(self, given: Given, folders: Folders) -> dict[str, Any]:
        """Return what the command takes, every path in full and checked, unless it is the bare name
        of something shipped; refuse more than a call may play.
        """
        words, faults = {name: given[name] for name in TAKES[self.name]}, Faults()
        for name, value in words.items():
            is_path = get_args(self.had[name].annotation)[0] in AS_TEXT
            named = name in NAMED and not str(value).replace("_", "").replace("-", "").isalnum()
            if value is None or not (is_path or named):
                continue
            find = folders.folder if (self.name, name) in WRITTEN else folders.file
            with faults.gathered(f"{name}: "):
                if isinstance(value, list):
                    words[name] = [find(one) for one in value]
                else:
                    words[name] = find(value) if is_path else str(find(value))
        faults.refuse()
        _refuse_too_much(_work(self.name, words))
        return words

    def looks_up(self, given: Given) -> bool:
        """Say whether nothing is played."""
        return self.name == "params" or given.get("case", "") is None

    def call(self, words: Given) -> None:
        """Call the command: for JSON, without code."""
        self.command(**words, as_json=True, **({"no_code": True} if "no_code" in self.had else {}))

    def line(self, words: Given) -> str:
        """Write the command that prints the same."""
        told = ["qunlab", self.name]
        commands: Any = typer.main.get_command(application())
        for option in commands.commands[self.name].params:
            value = words.get(option.name)
            if value is None or value == self.had[option.name].default:
                continue
            for one in value if isinstance(value, list) else [value]:
                told += [option.opts[0]] if option.param_type_name == "option" else []
                told += [] if one is True else [f"{one:g}" if type(one) is float else str(one)]
        return shlex.join([*told, *(["--no-code"] if "no_code" in self.had else []), "--json"])


def _work(name: str, given: Given) -> Iterator[tuple[Scenario, float]]:
    """Yield what a call plays: each scenario, and how many groups of it."""
    changes, asked = given.get("changes") or [], given.get("groups")
    if name == "run":
        layers = {one: given[one] for one in TAKES[name][2:-1]}
        mix = read_scenario(given["scenario"], changes, layers)
        yield from ((one.scenario, one.share * mix.scenario.groups) for one in mix.types)
    elif name == "compare":
        plans = read_alternatives(given["files"], changes, given["days"], given["first"])
        yield from ((one.scenario, asked or plans[0].scenario.groups) for one in plans)
    elif name == "forecast":
        yield Scenario(), given["rooms"]
    elif given.get("case"):
        plays = read_case(given["case"]).alternatives.values()
        yield from ((one, asked or one.groups) for one in plays)


def _refuse_too_much(work: Iterator[tuple[Scenario, float]]) -> None:
    groups = days = 0.0
    for scenario, number in work:
        coming = scenario.params.arrivals.per_day * scenario.days
        groups += number
        days += number * scenario.days * (scenario.params.group.size + coming)
    if groups > MOST_GROUPS or days > MOST_MEMBER_DAYS:
        told = _(
            "{groups:,.0f} groups with {days:,.0f} days of members are too much for one call: at "
            "most {most:,} and {most_days:,}; take fewer groups, members or days",
            groups=groups, days=days, most=MOST_GROUPS, most_days=MOST_MEMBER_DAYS,
        )  # fmt: skip
        raise InputError([told])
