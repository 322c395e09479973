"""The levers of the lab, drawn from the fields of the policies and from the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from sim.allowed import Allowed, Value
from sim.cli.policies import POLICY, all_levers
from sim.language import N_, _, recast
from sim.params import allowed_values
from sim.policies import known_policies, policy_class
from sim.scenario import Scenario
from sim.scenario.named_policy import policy_fields
from sim.scenario.scenario import items

SIZE, POSTS, KINDS = "group.size", "policies.cadence.posts_per_day", "policies.cadence.kinds"
BUDGET, ANSWERS = "policies.red_packets.fen_per_day", "operator.answer_probability"
WELCOME, FEE = "policies.welcome.whom", "policies.gate.fee_fen"
NOBODY = N_("nobody")
FULL_PERCENT, FEN = 100.0, 0.01
DIGITS = 6


Main = tuple[str, str, tuple[float, ...], float, Value | None, str]
"""Name, key, stops in the scenario's own unit, scale, what holds without the policy, what it
clears."""


@dataclass(frozen=True)
class Lever:
    """Something that can be moved.

    Attributes
    ----------
    key : str
        Dotted, of a scenario.
    allowed : Allowed
    default : Value
        Of the field or parameter.
    grade : str
        Of the evidence: A, L, B or C.
    name : str
        What people call it; empty: by its key.
    stops : tuple of float
        Where a slider stops; empty: a field to write in.
    scale : float
        By which it is multiplied to be read.
    absent : Value, optional
        What holds where no policy of this kind is at work.
    clears : str
        The key of a list that would have the say instead.
    """

    key: str
    allowed: Allowed
    default: Value
    grade: str
    name: str = ""
    stops: tuple[float, ...] = ()
    scale: float = 1.0
    absent: Value | None = None
    clears: str = ""

    @property
    def label(self) -> str:
        """What it is called, in the language spoken; keys are the same in all."""
        return _(self.name) or self.key.rpartition(".")[2]

    @property
    def help(self) -> str:
        """What is allowed and meant, in the language spoken."""
        unit = "1" if self.allowed.unit == "word" else self.allowed.unit
        return replace(self.allowed, unit=unit).note

    def value_in(self, scenario: Scenario) -> Value:
        """Return what holds in a scenario."""
        known = dict(items(scenario))
        if self.clears == HOURS and known.get(HOURS):
            return len(known[HOURS])  # type: ignore[arg-type]
        return known.get(self.key, self.default if self.absent is None else self.absent)

    def written(self, value: Value) -> str:
        """Write a value as people read it."""
        if isinstance(value, tuple):
            return ", ".join(_(str(part)) for part in value)
        if isinstance(value, bool | str):
            return _(str(value).lower() if isinstance(value, bool) else value)
        return f"{self.scale * value:.3g}" if self.name else f"{value:g}"

    def read(self, shown: Any) -> Value:
        """Take what a form holds, checked; `InputError` where it is not allowed."""
        value = shown
        if self.allowed.many:
            if not isinstance(shown, list):
                words = map(str.strip, str(shown or "").replace("，", ",").split(","))
                value = [as_number(word, self.allowed.kind) for word in words if word]
        elif self.allowed.kind in (int, float) and isinstance(shown, int | float):
            value = round(shown, DIGITS)
        return self.allowed.checked(self.key, value)


def as_number(word: Any, kind: type[Any] = float) -> Any:
    """Return what was typed as a number where it is one."""
    try:
        return kind(word)
    except ValueError:
        return word


HOURS, SHARES = "policies.cadence.hours", "policies.cadence.shares"
SIZES = (10, 20, 30, 50, 80, 100, 150, 200, 250, 300, 350, 400, 500)
A_DAY = (0, 0.14, 0.3, 0.5, 1, 2, 3, 4, 6, 8, 12)
MONEY = (0, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
WORDS = N_(("content", "activity", "greeting", "ad", "chat", "all", "silent", "spoke"))
TENTHS = tuple(n / 10 for n in range(11))
MAIN: tuple[Main, ...] = (
    (N_("members at the start"), SIZE, SIZES, 1.0, None, ""),
    (N_("newcomers a day"), "arrivals.per_day", A_DAY, 1.0, None, ""),
    (N_("posts a day"), POSTS, A_DAY, 1.0, 0.0, HOURS),
    (N_("kinds of posts"), KINDS, (), 1.0, (), SHARES),
    (N_("red packets, CNY a day"), BUDGET, MONEY, FEN, 0, ""),
    (N_("questions answered, %"), ANSWERS, TENTHS, FULL_PERCENT, None, ""),
    (N_("greet newcomers"), WELCOME, (), 1.0, NOBODY, ""),
    (N_("entry fee, CNY"), FEE, MONEY, FEN, 0, ""),
)


@cache
def main_levers() -> tuple[Lever, ...]:
    """List those that matter first."""
    known = {lever.key: lever for levers in levers_by_head().values() for lever in levers}
    return tuple(
        replace(
            known[key], name=name, stops=tuple(stops), scale=scale, absent=absent, clears=clears
        )
        for name, key, stops, scale, absent, clears in MAIN
    )


@cache
def levers_by_head() -> Mapping[str, tuple[Lever, ...]]:
    """List every lever: by policy, then the parameters by section.

    >>> len(levers_by_head()["policies.cadence"])
    8
    """
    grades = {one.name: one.facts.grade for one in all_levers() if one.kind == POLICY}
    found: dict[str, tuple[Lever, ...]] = {}
    for name in known_policies():
        policy = policy_class(name)
        usual = policy()
        found[f"policies.{name}"] = tuple(
            Lever(f"policies.{name}.{field}", allowed, getattr(usual, field), grades[name])
            for field, allowed in policy_fields(cast(Any, policy)).items()
        )
    for key, known in allowed_values().items():
        head = key.partition(".")[0]
        if head != "run":
            one = Lever(key, known, known.default, known.grade)
            found[head] = (*found.get(head, ()), one)
    return found


def about(head: str) -> str:
    """Say in a sentence what a policy does; empty for parameters."""
    told = {f"policies.{one.name}": one.about for one in all_levers() if one.kind == POLICY}
    return recast(told.get(head, ""))
