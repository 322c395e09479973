"""What is chosen in the lab: two plans for the same people; as an address, a command, a file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from sim.allowed import Value
from sim.errors import Faults, InputError
from sim.kinds import PEOPLE, PRESET
from sim.language import _
from sim.params import allowed_values
from sim.scenario import Scenario, load_scenario
from sim.scenario.loading import shipped_files
from sim.scenario.named_policy import on_code
from sim.scenario.scenario import items
from sim.scenario.toml import literal, read_toml, toml_table
from sim.study.compare import Alternative, changes_of, read_alternatives

BASE = "configs/base.toml"
WORLDS = (BASE, "configs/populations/learner_rooms.toml", "configs/populations/work_streams.toml")
"""Files that a plan can stand on besides one's own: populations of a single type of groups."""
A, B = "a", "b"
NUMBERS = ("days", "groups", "seed")
OF_THE_CASE = ("name", "run.days", "run.groups", "run.seed")

Plan = tuple[tuple[str, Value], ...]
"""What a plan changes, key and value, sorted; a preset among them."""


@dataclass(frozen=True)
class Choices:
    """All that decides what the lab shows.

    Attributes
    ----------
    file : str
        The scenario that both plans stand on: of `WORLDS`, or the user's own.
    people : str
        A shipped file of people, laid over it; empty: none.
    a, b : Plan
    days, groups, seed : as of a scenario

    Examples
    --------
    >>> moved = Choices().put("group.size", 50)
    >>> moved.text(B), Choices.read(dict(moved.query()), (BASE,)) == moved
    ('people=strangers_qr; group.size=50', True)
    """

    file: str = BASE
    people: str = "strangers_qr"
    a: Plan = ()
    b: Plan = ()
    days: float = 90
    groups: int = 400
    seed: int = 1

    def put(self, key: str, value: Value | None) -> Choices:
        """Change a value of B; None leaves it as the file has it."""
        kept = {word: old for word, old in self.b if word != key}
        if key == PRESET:  # its policies take the place of all others
            kept = {word: old for word, old in kept.items() if not word.startswith("policies.")}
        return replace(self, b=plan_of(kept | ({} if value is None else {key: value})))

    def pinned(self) -> Choices:
        """Let A be what B is."""
        return replace(self, a=self.b)

    def swapped(self) -> Choices:
        """Change the places of A and B."""
        return replace(self, a=self.b, b=self.a)

    def text(self, side: str) -> str:
        """Write a plan as ``qunlab compare --with`` takes it."""
        plan = (*(((PEOPLE, self.people),) if self.people else ()), *getattr(self, side))
        return "; ".join(f"{key}={_written(value)}" for key, value in plan)

    def alternatives(self) -> list[Alternative]:
        """Read both plans as ``qunlab compare`` does."""
        told = [self.text(B)] if self.text(B) else []
        with only_own_code(self.file):
            found = read_alternatives([Path(self.file)], told, self.days, self.text(A))
            return found if told else [*found, replace(found[0], name="B")]

    def scenario(self, side: str = B) -> Scenario:
        """Return the scenario of a plan."""
        values = {"run.days": self.days}
        changed = dict(getattr(self, side))
        layers = {PEOPLE: self.people} if self.people else {}
        layers |= {PRESET: changed.pop(PRESET)} if PRESET in changed else {}
        with only_own_code(self.file):
            return load_scenario(self.file, values | layers).with_values(changed)

    def command(self) -> str:
        """Write the command that prints the same figures."""
        words = ["qunlab", "compare", self.file]
        for option, side in (("--first", A), ("--with", B)):
            words += [option, self.text(side)] if self.text(side) else []
        for name in NUMBERS:
            words += [f"--{name}", _plain(getattr(self, name))]
        return shlex.join(words)

    def query(self) -> list[tuple[str, str]]:
        """Write all that is not as at first, as parts of an address."""
        first = Choices()
        said = [(name, getattr(self, name)) for name in ("file", PEOPLE, *NUMBERS)]
        told = [(name, _plain(value)) for name, value in said if value != getattr(first, name)]
        bare = replace(self, people="")
        return told + [(side, bare.text(side)) for side in (A, B) if bare.text(side)]

    def address(self) -> str:
        """Return the query of an address."""
        return f"?{urlencode(self.query())}" if self.query() else ""

    @classmethod
    def read(cls, query: Mapping[str, str], files: tuple[str, ...] = WORLDS) -> Choices:
        """Read the parts of an address, which anybody may have written: of `files` only, shipped
        people only, no code; `InputError` with all faults.
        """
        chosen, faults = cls.heard(query, files)
        faults.refuse()
        return chosen

    @classmethod
    def heard(cls, query: Mapping[str, str], files: tuple[str, ...]) -> tuple[Choices, Faults]:
        """Read an address as `read` does: what of it holds, and what is wrong with the rest."""
        faults, found = Faults(), dict[str, object]()
        for name in NUMBERS:
            if name in query:
                with faults.gathered():
                    number = changes_of(f"run_{name}={query[name]}")[f"run_{name}"]
                    found[name] = allowed_values()[f"run.{name}"].checked(name, number)
        known = {"file": files, PEOPLE: ("", *shipped_files(PEOPLE))}
        for name, allowed in known.items():
            if query.get(name, allowed[0]) in allowed:
                found |= {name: query[name]} if name in query else {}
            else:
                words = ", ".join(filter(None, allowed))
                faults.append(f"{name}: {query[name][:60]!r} is not one of {words}")
        chosen = cls(**found)  # type: ignore[arg-type]
        for side in (A, B):
            text, alone = query.get(side, ""), Faults()
            with alone.gathered():
                chosen = chosen.adding(side, text)
            for part in text.split(";") if alone else ():
                with faults.gathered():
                    chosen = chosen.adding(side, part)
        return chosen, faults

    def adding(self, side: str, text: str) -> Choices:
        """Change more of a plan by what is written as ``qunlab compare --with`` takes it."""
        plan = plan_of(dict(getattr(self, side)) | changes_of(text))
        more = replace(self, a=plan) if side == A else replace(self, b=plan)
        more.scenario(side)
        return more

    def file_of(self, side: str) -> str:
        """Write the scenario of a plan as a file that reads back the same."""
        base = self.file.replace("configs/", "../") if self.file in WORLDS else self.file
        plan = dict(getattr(self, side))
        layers = {PEOPLE: self.people, PRESET: plan.pop(PRESET, "")}
        top: list[tuple[str, Value, str]] = [("name", side, ""), ("base", base, "")]
        top += [(kind, name, "") for kind, name in layers.items() if name]
        tables: dict[str, list[tuple[str, Value, str]]] = {"": top}
        tables["run"] = [(name, getattr(self, name), "") for name in NUMBERS]
        for key, value in plan.items():
            head, _dot, word = key.rpartition(".")
            tables.setdefault(head, []).append((word, value, ""))
        return "\n\n".join(toml_table(head, lines) for head, lines in tables.items()) + "\n"


@dataclass(frozen=True)
class Moves:
    """What is chosen, and what was before."""

    now: Choices = field(default_factory=Choices)
    before: tuple[Choices, ...] = ()

    def to(self, choices: Choices) -> Moves:
        """Move on."""
        return self if choices == self.now else Moves(choices, (*self.before, self.now)[-200:])

    def undone(self) -> Moves:
        """Go back one move."""
        return Moves(self.before[-1], self.before[:-1]) if self.before else self


def plan_of(values: Mapping[str, object]) -> Plan:
    """Order values as a plan; lists become tuples."""
    listed = {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}
    return tuple(sorted(listed.items()))  # type: ignore[arg-type]


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _written(value: Value) -> str:
    word = isinstance(value, str) and value.replace("_", "").replace("-", "").isalpha()
    return str(value) if word and value not in ("true", "false", "inf", "nan") else literal(value)


def at_first(given: Path | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what is chosen where an address says nothing, and the files that it may name: a user's
    own scenario, if one was given, is played with its own people.
    """
    own = {"file": str(given), PEOPLE: ""} if given and given.suffix == ".toml" else {}
    return own, (own["file"], *WORLDS) if own else WORLDS


@contextmanager
def only_own_code(file: str) -> Iterator[None]:
    """Refuse code that a plan names and the user's own file does not."""
    own: list[Path] = []

    def refuse(key: str, path: Path) -> None:
        if path not in own:
            fault = _("{key}: an address names no code; put it into the file", key=key)
            raise InputError([fault])

    listening = on_code.set(lambda _key, path: own.append(path))
    try:
        if file not in WORLDS:
            load_scenario(file)
        on_code.set(refuse)
        yield
    finally:
        on_code.reset(listening)


@cache
def of_case(name: str) -> Choices:
    """Choose a shipped case: B is what it does, A the same people as the shipped file has them."""
    from sim.cases import CASES, read_case
    from sim.kinds import CASE

    told = read_toml(shipped_files(CASES)[name])
    kept = {kind: told[kind] for kind in (PEOPLE, PRESET) if kind in told}
    return of_scenario(read_case(name).alternatives[CASE], kept)


def of_scenario(case: Scenario, kept: Mapping[str, str] | None = None) -> Choices:
    """Choose a scenario as B, with the people and preset that it names; A: the same people as the
    shipped file has them.
    """
    kept = kept or {}
    plain = load_scenario(BASE, dict(kept))
    had = [one.name for one in plain.policies]
    added = {f"policies.{one.name}.use": one.use for one in case.policies if one.name not in had}
    as_usual = dict(items(plain.with_values(added)))
    own = {key: one for key, one in items(case) if as_usual[key] != one and key not in OF_THE_CASE}
    for key, use in added.items():  # a field declares it too
        if use != key.split(".")[1] or not any(one.startswith(key[:-3]) for one in own):
            own[key] = use
    plan = plan_of(own | ({PRESET: kept[PRESET]} if PRESET in kept else {}))
    return Choices(people=kept.get(PEOPLE, ""), b=plan, days=case.days, seed=case.seed)
