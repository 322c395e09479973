"""A design: the scenarios that a study compares, how often each is played, the files they name.

One file because a design is read, judged, crossed with parameter sets and written into a manifest
as one table of levers and rows.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.allowed import Allowed, Value, checked_name, show, shown_key, unknown_key
from sim.errors import Faults, InputError, nearest
from sim.kinds import SWEEP
from sim.lives.outcomes import all_outcomes
from sim.params import allowed_values
from sim.populations import LEVER, PARTICLE, SOURCE, Posterior
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.scenario.loading import OUTCOMES, file_below, here_or_shipped, shipped_file, tell_outcomes
from sim.scenario.named_policy import allowed_with, settable_keys
from sim.scenario.scenario import digests, file_of, items, value_of
from sim.scenario.toml import explanations, read_toml
from sim.study.levers import (
    KINDS,
    MOST_POINTS,
    OF_THE_STUDY,
    PREFIX,
    SAMPLE,
    SAMPLED,
    Choice,
    Factor,
    Row,
    checked_factor,
    checked_sample,
    flatten,
    read_choices,
    sampled_rows,
    table_rows,
)
from sim.study.manifest import (
    FORMAT,
    NO_MEANING,
    OF_OUTCOME,
    Manifest,
    code_digest,
    digest_of,
    own_seed,
    versions,
)

# Entries of a sweep file that set a key of the scenario.
OF_ALL_POINTS = {"replications": "run.groups", "seed": "run.seed", "days": "run.days"}

ENTRIES = (
    *("name", "scenario", "replications", "seed", "days", "independent", OUTCOMES),
    *("fixed", "choices", *KINDS),
)
EXAMPLE = '"group.size" = { low = 20, high = 500 }'
MOST_FAULTS = 200
FAULTS_SHOWN = 40
CROSSED_FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Design:
    """The scenarios of a study in order, and how many replications each gets.

    Attributes
    ----------
    name : str
    base : Scenario
        What all points share; it carries the replications and the seed too.
    levers : tuple of (str, tuple of values)
        Dotted key and its different values: in a grid in the order of the file, the last lever
        changing fastest; else in the order of the points.
    points : tuple of Scenario
    replications : int
        Communities played at each point.
    seed : int
        The study's. Replication r has the same random seed at every point.
    rows : tuple of tuple of values
        Of each point, in the order of the levers.
    kind : str
        ``grid``, ``table``, ``latin_hypercube``, ``sobol`` or ``one_at_a_time``.
    independent : bool
        Whether every point has a seed of its own, shared with no other.
    choices : tuple of Choice
        The named bundles of settings that levers ``choices.<name>`` choose among.
    fixed : tuple of str
        Dotted keys that the file sets for every point.
    posterior : Path, optional
        Table whose parameter sets every point meets.

    Examples
    --------
    >>> design = parse_design({"scenario": {}, "grid": {"group": {"size": [25, 50]}}})
    >>> len(design.points), design.communities, design.in_words(1)
    (2, 200, 'group.size = 50')
    """

    name: str
    base: Scenario
    levers: tuple[tuple[str, tuple[Value, ...]], ...]
    points: tuple[Scenario, ...]
    replications: int
    seed: int
    rows: tuple[tuple[Value, ...], ...]
    kind: str = "grid"
    independent: bool = False
    choices: tuple[Choice, ...] = ()
    fixed: tuple[str, ...] = ()
    posterior: Path | None = None

    @property
    def communities(self) -> int:
        """Number of groups in the whole study."""
        return len(self.points) * self.replications

    @cached_property
    def digests(self) -> list[str]:
        """Digest of each point, with the files it names as they were when first asked."""
        return digests(self.points)

    def seed_of(self, point: int) -> int:
        """Return the seed that a point is played with; it stands in its rows."""
        return own_seed(self.seed, point) if self.independent else self.seed

    def values(self, point: int) -> dict[str, Value]:
        """Return the value of each lever at a point.

        Parameters
        ----------
        point : int
            0 ... number of points - 1.

        Returns
        -------
        dict of str to value
        """
        return {key: value for (key, _), value in zip(self.levers, self.rows[point], strict=True)}

    def in_words(self, point: int) -> str:
        """Name a point by its levers."""
        return _in_words(self.values(point).items())


def load_design(path: str | Path, replications: int | None = None) -> Design:
    """Read a sweep file: a scenario, the levers with their values, the replications.

    Parameters
    ----------
    path : str or Path
        A TOML file, or the name of a shipped one. ``scenario`` is a path (from this file's folder)
        or a table; one of ``[grid]``, ``[[table]]``, ``[latin_hypercube]``, ``[sobol]`` and
        ``[one_at_a_time]`` holds the levers; ``[choices.NAME]`` bundles settings under names that
        can be a lever's values; ``[fixed]`` changes the scenario at every point; ``days``,
        ``replications`` and ``seed`` are taken from the scenario where they are left out;
        ``independent = true`` gives every point a seed of its own.
    replications : int, optional
        Instead of the file's.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        Every fault of the file at once, one line each.
    """
    path = here_or_shipped(path)
    if not path.suffix and not path.exists():
        path = shipped_file(path.name, "sweeps", f"{path}: no such sweep file or shipped sweep")
    data = read_toml(path, (SWEEP,))
    if replications is not None:
        data["replications"] = replications
    return parse_design(data, path.parent, path.stem)


def parse_design(
    data: Mapping[str, Any], folder: str | Path = "", name: str = "sweep", sampled: bool = False
) -> Design:
    """Turn the tables of a sweep file into a design.

    Parameters
    ----------
    data : mapping
        As the TOML parser returns it.
    folder : str or Path
        Where relative paths start.
    name : str
        The design's name where `data` has none.
    sampled : bool
        Whether a table is a sample, which may hold a point twice.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        Every fault at once, one line each.
    """
    file = _SweepFile(data, Path(folder))
    keys, given = file.rows()
    points = file.points(keys, given)
    if file.faults or file.base is None:
        raise InputError(_shortened(file.faults))
    rows = tuple(_as_played(keys, *both) for both in zip(given, points, strict=True))
    independent = bool(data.get("independent", False))
    may_repeat = independent or sampled or file.kind in SAMPLED
    if not may_repeat:
        Faults(_shortened(_twice(keys, rows, file))).refuse()
    columns = zip(keys, zip(*rows, strict=True), strict=True)
    levers = tuple((key, tuple(dict.fromkeys(column))) for key, column in columns)
    base, title = file.base, str(data.get("name", name))
    played = base, levers, points, base.groups, base.seed, rows
    return Design(title, *played, file.kind, independent, tuple(file.choices), tuple(file.fixed))


def sampled_factors(
    data: Mapping[str, Any], ranges: Mapping[str, Any], folder: Path, called: str
) -> dict[str, Factor]:
    """Read the ranges of levers that stand beside the other tables of a sweep file; faults name
    their table as it is `called`.
    """
    file = _SweepFile({**data, "latin_hypercube": {"points": 2, **ranges}}, folder, called)
    file.points(*file.rows())
    Faults(_shortened(file.faults)).refuse()
    return file.factors


class _SweepFile:
    """A sweep file on its way to a design, and the faults found so far."""

    def __init__(self, data: Mapping[str, Any], folder: Path, called: str = "") -> None:
        self.folder = folder
        self.faults = Faults()
        self.kind, self.entry, self.choices = "grid", None, list[Choice]()
        self.places: list[str] = []  # of the points, where they are listed one by one
        self.factors: dict[str, Factor] = {}  # of a sampled design
        self.fixed = self._read_top(data)
        self.base = self._read_base(data.get("scenario"))  # None after a fault
        self.policies = self.base.policies if self.base else ()
        self._read_kind(data)
        self.called = called or self.kind  # how faults of the levers name their table

    def _read_top(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Check the top of the file, and gather what holds at every point."""
        for key in data:
            if key not in ENTRIES:
                hint = nearest(key[:60], ENTRIES) or f"; allowed: {', '.join(ENTRIES)}"
                self.faults.append(f"{shown_key(key)}: unknown entry of a sweep file{hint}")
        with self.faults.gathered():
            tell_outcomes(data.get(OUTCOMES, []), self.folder)
        if "name" in data:
            with self.faults.gathered():
                checked_name(data["name"])
        if not isinstance(data.get("independent", False), bool):
            self.faults.append(f"independent: {show(data['independent'])} is not true or false")
        fixed: dict[str, Any] = {}
        for entry, key in OF_ALL_POINTS.items():
            if entry in data:
                with self.faults.gathered():
                    allowed_values()[key].checked(entry, data[entry])
                    fixed[key] = data[entry]
        for key, value in self._flat("fixed", data.get("fixed", {})).items():
            if key in OF_THE_STUDY or (key == "run.days" and "days" in data):
                instead = OF_THE_STUDY.get(key, "days = ... above, or this, not both")
                self.faults.append(f"fixed: {key} cannot stand here; write {instead}")
            else:
                fixed[key] = value
        return fixed

    def _read_base(self, named: object) -> Scenario | None:
        """Return what all points share."""
        with self.faults.gathered():
            if isinstance(named, str):
                try:
                    scenario = load_scenario(file_below(named, self.folder))
                except InputError as fault:
                    lines = (x if named in x else f"{named}: {x}" for x in fault.problems)
                    raise InputError(lines) from None
            elif isinstance(named, Mapping):
                scenario = parse_scenario(named, self.folder)
            else:
                was = "missing" if named is None else f"{show(named)} is no scenario"
                raise InputError([f'scenario: {was}; write scenario = "FILE.toml" or [scenario]'])
            return scenario.with_values(self.fixed, self.folder)
        return None

    def _read_kind(self, data: Mapping[str, Any]) -> None:
        """Find out which kind of design the file holds, and its choices."""
        given = [kind for kind in KINDS if data.get(kind) not in (None, {}, [])]
        if not given:
            line = 'grid: missing; write [grid] and a line "group.size" = [25, 50]'
            others = ", ".join(kind for kind in KINDS if kind != "grid")
            self.faults.append(f"{line} (or one of {others})")
        elif len(given) > 1:
            self.faults.append(f"{', '.join(given)}: a sweep file has one of these; keep one")
        else:
            self.kind, self.entry = given[0], data[given[0]]
        if "choices" in data:
            self.choices, faults = read_choices(data["choices"], self.base, self.folder)
            self.faults += faults

    def rows(self) -> tuple[list[str], list[Row]]:
        """Return the levers' keys, and their values point by point."""
        read = {"table": self._table_rows} | dict.fromkeys(SAMPLED, self._sampled_rows)
        with self.faults.gathered():
            if self.entry is not None:
                return read.get(self.kind, self._listed_rows)()
        return [], []

    def points(self, keys: Sequence[str], rows: Sequence[Row]) -> tuple[Scenario, ...]:
        """Return every point that is a good scenario: its choices laid over the base, then its
        other levers.
        """
        if self.base is None:  # the scenario is unknown: judge the values alone
            self._judge_values(dict(zip(keys, zip(*rows, strict=True), strict=False)))
            return ()
        points = []
        for at, row in enumerate(rows):
            if len(self.faults) > MOST_FAULTS:
                break
            values, settings = dict(zip(keys, row, strict=True)), dict[str, Any]()
            found = Faults()
            with found.gathered(f"{self.places[at]}: " if self.places else ""):
                for choice in self.choices:
                    if choice.key in values:
                        settings |= choice.settings(choice.key, values.pop(choice.key))
                points.append(self.base.with_values(settings | values, self.folder))
            self.faults += [line for line in dict.fromkeys(found) if line not in self.faults]
        return tuple(points)

    def _judge_values(self, levers: Mapping[str, Sequence[Any]]) -> None:
        """Find what is wrong with the values of parameters, whatever the scenario is."""
        allowed = allowed_values()
        for key, values in levers.items():
            if key not in allowed and not key.startswith(("policies.", PREFIX)):
                self.faults.append(unknown_key(key, settable_keys()))
            for value in dict.fromkeys(values) if key in allowed else ():
                with self.faults.gathered():
                    allowed[key].checked(key, value)

    def _listed_rows(self) -> tuple[list[str], list[Row]]:
        """Return the rows of a grid or of one lever at a time."""
        levers: dict[str, list[Any]] = {}
        for key, values in self._flat(self.called, self.entry).items():
            with self.faults.gathered():
                self._check_key(key)
                self._check_values(key, values)
                levers[key] = values
        if self.kind == "grid":  # every combination, the last lever changing fastest
            count = math.prod(map(len, levers.values()))
            if count > MOST_POINTS:
                raise InputError([f"grid: {count} points; at most {MOST_POINTS} are allowed"])
            return list(levers), list(itertools.product(*levers.values()))
        own = {key: self._own(key, values) for key, values in levers.items()}
        varied: list[dict[str, Any]] = [{}]  # the scenario as it stands, then each other value
        for key, allowed in ((key, allowed_with(self.policies).get(key)) for key in levers):
            typed = [_typed(allowed, value) for value in levers[key]]
            varied += [{key: value} for value in typed if value != own[key]]
        return list(levers), [tuple((own | change).values()) for change in varied]

    def _own(self, key: str, values: Sequence[Any]) -> Any:
        """Return what a lever is where nothing is changed: of a choice the first option."""
        if self.base is None:
            return values[0]
        if own := [choice for choice in self.choices if choice.key == key]:
            return next(iter(own[0].options), None)
        try:
            return value_of(self.base, key)
        except (AttributeError, KeyError):
            raise InputError([unknown_key(key, settable_keys(self.policies))]) from None

    def _sampled_rows(self) -> tuple[list[str], list[Row]]:
        table: Mapping[str, Any] = self.entry if isinstance(self.entry, Mapping) else {}
        levers = {key: value for key, value in table.items() if key not in SAMPLE}
        flat = self._flat(self.called, levers if table else self.entry)
        known = allowed_with(self.policies)
        factors = self.factors
        for key, value in flat.items():
            with self.faults.gathered():
                self._check_key(key)
                if isinstance(value, list):
                    self._check_values(key, value)
                if key not in known and not key.startswith(PREFIX) and not key.endswith(".use"):
                    raise InputError([unknown_key(key, settable_keys(self.policies))])
                place = f"{self.called}: {shown_key(key)}"
                factors[key] = checked_factor(place, value, known.get(key))
        if not table:
            return [], []
        if not levers:
            self.faults.append(f"{self.called}: no levers; write a line such as {EXAMPLE}")
        sample = checked_sample(self.kind, table, self.base.seed if self.base else 0)
        is_good = factors and len(factors) == len(flat)
        return [*factors], sampled_rows(self.kind, [*factors.values()], *sample) if is_good else []

    def _table_rows(self) -> tuple[list[str], list[Row]]:
        found = table_rows(self.entry, self.folder)
        keys, faults = list(found[0][1]), Faults()
        for key in keys:
            with faults.gathered():
                self._check_key(key)
        faults.refuse()
        self.places = [place for place, _ in found]
        return keys, [tuple(row[key] for key in keys) for _, row in found]

    def _flat(self, entry: str, table: object) -> dict[str, Any]:
        if not isinstance(table, Mapping):
            self.faults.append(f"{entry}: {show(table)} is not a table; write [{entry}]")
            return {}
        found = list(flatten(table, ranges=True))
        times = Counter(key for key, _ in found).items()
        self.faults += [f"{entry}: {shown_key(k)} stands there twice" for k, n in times if n > 1]
        return dict(found)

    def _check_key(self, key: str) -> None:
        """Refuse a key that cannot be a lever."""
        shown = shown_key(key)
        choices = [choice.key for choice in self.choices]
        policies = [one.name for one in self.policies]
        section, policy = [*key.split("."), ""][:2]
        policy = policy[:60]
        if key in OF_THE_STUDY:
            fault = f"{key} is no lever; write {OF_THE_STUDY[key]}"
        elif key in self.fixed:
            word = self.kind if self.kind in ("grid", "table") else "design"
            fault = f"{shown} stands in the {word} and is fixed too; keep one"
        elif key.startswith(PREFIX) and key not in choices:
            fault = f"{shown}: no [{shown}] here{nearest(key, choices)}"
        elif section == "policies" and self.base and policy not in policies:
            fault = (
                f"{shown}: the scenario has no policy {policy!r}; declare it as "
                f"[policies.{policy}] in the scenario or [fixed.policies.{policy}] here"
                f"{nearest(policy, policies)}"
            )
        else:
            return
        raise InputError([f"{self.called}: {fault}"])

    def _check_values(self, key: str, values: object) -> None:
        """Refuse values that a lever cannot have."""
        place = f"{self.called}: {shown_key(key)}"
        if not isinstance(values, list) or not values:
            raise InputError([f"{place} needs a list of values, such as [1, 2]"])
        plain = {v if isinstance(v, bool | int | float | str) else repr(v) for v in values}
        if len(plain) < len(values):
            raise InputError([f"{place} holds a value twice"])


def _typed(allowed: Allowed | None, value: Any) -> Any:
    """Return a value in the type of its key where it is a good one; a fault is found later."""
    if allowed is None or isinstance(value, str):
        return value
    try:
        return allowed.checked("", value)
    except InputError:
        return value


def _as_played(keys: Sequence[str], given: Sequence[Any], point: Scenario) -> tuple[Value, ...]:
    """Return the values in the type they have in the scenario; words (paths) as they stand."""
    return tuple(
        value if isinstance(value, str) or key.startswith(PREFIX) else value_of(point, key)
        for key, value in zip(keys, given, strict=True)
    )


def _twice(keys: Sequence[str], rows: Sequence[tuple[Value, ...]], file: _SweepFile) -> list[str]:
    """Say which points are the same as one before: they would weigh double."""
    places = file.places or [f"{file.kind}: point {at}" for at in range(len(rows))]
    first: dict[tuple[Value, ...], str] = {}
    return [
        f"{place}: the same point as {first[row]} ({_in_words(zip(keys, row, strict=True))}); "
        "keep one (more replications play it more often)"
        for place, row in zip(places, rows, strict=True)
        if first.setdefault(row, place) is not place
    ]


def _in_words(values: Iterable[tuple[str, Value]]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in values)


def _shortened(problems: list[str]) -> list[str]:
    if len(problems) <= FAULTS_SHOWN:
        return problems
    return [*problems[:FAULTS_SHOWN], "... and more of the kind"]


def crossed(design: Design, posterior: Posterior) -> Design:
    """Let every point of a design meet every parameter set, with the same random seeds.

    What the design's file sets itself (its levers, the settings of its choices, what it fixes)
    keeps its value; all else that a parameter set holds replaces the scenario's.

    Parameters
    ----------
    design : Design
    posterior : Posterior

    Returns
    -------
    Design
        With one more lever that changes fastest: ``choices.particle``.

    Raises
    ------
    InputError
        Seeds of each point's own, a choice called particle, too many or impossible points.

    Examples
    --------
    >>> from sim.populations import Particle
    >>> sets = (Particle(0, 1, {"look.rate_per_day": 2.0}), Particle(3, 1, {"group.size": 7}))
    >>> plain = parse_design({"scenario": {}, "grid": {"group.size": [3, 4]}})
    >>> both = crossed(plain, Posterior(Path("rooms.posterior.csv"), sets))
    >>> both.in_words(1)
    'group.size = 3, choices.particle = 3 x1'
    """
    varied = {key for key, _ in design.levers if not key.startswith(PREFIX)}
    options = [settings for choice in design.choices for settings in choice.options.values()]
    drawn = posterior.without(varied.union(design.fixed, *options))
    _check_crossing(design, drawn)
    return replace(
        design,
        points=tuple(_points(design, drawn)),
        rows=tuple((*row, name) for row in design.rows for name in drawn),
        levers=(*design.levers, (LEVER, tuple(drawn))),
        choices=(Choice(PARTICLE, drawn), *design.choices),
        posterior=posterior.table,
    )


def _points(design: Design, drawn: Mapping[str, Mapping[str, Value]]) -> Iterator[Scenario]:
    faults = Faults()
    for place, point in enumerate(design.points):
        for name, values in drawn.items():
            with faults.gathered(f"--posterior: {design.in_words(place)}, parameter set {name}: "):
                yield point.with_values(values)
        if len(faults) > CROSSED_FAULTS_SHOWN:
            break
    Faults(faults[:CROSSED_FAULTS_SHOWN]).refuse()


def _check_crossing(design: Design, drawn: Mapping[str, Mapping[str, Value]]) -> None:
    faults = Faults()
    if design.independent:
        faults.append(
            "independent: not with --posterior, whose parameter sets are compared at the same "
            "random seeds; leave it out"
        )
    if any(choice.name == PARTICLE for choice in design.choices):
        faults.append(f"{LEVER}: this name is that of the parameter sets; choose another")
    if not any(drawn.values()):
        faults.append("--posterior: the study sets all that it holds: nothing is uncertain")
    if len(design.points) * len(drawn) > MOST_POINTS:
        faults.append(
            f"--posterior: {len(design.points)} points x {len(drawn)} parameter sets are more than "
            f"{MOST_POINTS}; draw fewer (--particles)"
        )
    faults.refuse()


def manifest_of(design: Design, block_groups: int) -> Manifest:
    """Describe the store that a design needs, with at most so many communities a part."""
    named = named_files(design)
    found = explanations(design.points[0]) if design.levers else {}
    meanings = {key: ["", f"lever: {found.get(key, NO_MEANING)}"] for key, _ in design.levers}
    plain = {
        "levers": dict(design.levers),
        "settings": dict(items(design.base)),
        "table": [] if design.kind == "grid" else design.rows,
        "choices": {choice.name: choice.options for choice in design.choices},
    }
    return Manifest(
        **json.loads(json.dumps(plain)),  # as JSON gives them back, so that old and new compare
        format=FORMAT,
        name=design.name,
        scenarios=design.digests,
        replications=design.replications,
        seed=design.seed,
        code=code_digest(),
        versions=dict(versions()),
        block_groups=block_groups,
        kind=design.kind,
        independent=design.independent,
        files={key: digest_of(path) for key, path in named.items()},
        paths={key: str(path) for key, path in named.items() if " = " in key},
        meanings=meanings | {one.name: [one.unit, one.definition] for one in all_outcomes()},
    )


def named_files(design: Design) -> dict[str, Path]:
    """Find every file that a design names, by dotted key (``key = file`` for a lever's value)."""
    named = [(key, file_of(key, value)) for key, value in items(design.base)]
    named += [(OF_OUTCOME + one.name, one.file) for one in all_outcomes()]
    for choice in design.choices:
        for name, settings in choice.options.items():
            place = f"{choice.key}.{name}: "
            named += [(place + key, file_of(key, value)) for key, value in settings.items()]
    for at, (key, different) in enumerate(design.levers):
        words = [word for word in different if isinstance(word, str)]
        if words and not key.startswith(PREFIX):
            both = zip(design.rows, design.points, strict=True)
            point_with = {row[at]: point for row, point in both}
            values = ((word, value_of(point_with[word], key)) for word in words)
            named += [(f"{key} = {word}", file_of(key, value)) for word, value in values]
    return {key: path for key, path in [*named, (SOURCE, design.posterior)] if path}
