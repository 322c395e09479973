"""Cases: operations that practitioners tell of, each a scenario with a claim that may fail.

A case is a file of ``configs/cases``: the story, a scenario, the claim, what is switched off. It is
played as a comparison is, on shared random numbers; a portfolio counts as one group.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Faults, InputError, nearest_key
from sim.kinds import CASE, PEOPLE, PRESET, refuse_another
from sim.language import N_, _, language, outcome_name, recast
from sim.lives.deaths import DEATHS, NEVER_STARTED
from sim.lives.outcomes import ALIVE, TRUTH, Outcome, death_column, outcomes_by_name
from sim.lives.portfolios import of_portfolios
from sim.params import parameters
from sim.progress import Progress
from sim.report.ablation import assumption_versions
from sim.report.answer import Answer, Option, of_hundred, three
from sim.report.levers import FEN_PER_CNY
from sim.scenario import Scenario, parse_scenario
from sim.scenario.loading import shipped_file
from sim.scenario.portfolio import PORTFOLIO
from sim.scenario.scenario import value_of
from sim.scenario.toml import read_toml
from sim.state import Array
from sim.stats.intervals import Estimate, wilson_interval
from sim.stats.paired import PairedDifference, paired_difference
from sim.study.compare import Alternative, Played, design_of
from sim.study.origin import origin
from sim.study.store import read_store
from sim.study.sweep import sweep

CASES = "cases"
VERDICT = ".verdict.json"
OWN = ("story", "claim", "ablations", "paths", "also", "read_twice")
SAID = ("en", "zh")
OF_AN_ABLATION = (*SAID, "drop", "both")
HOLDS, FAILS, UNCLEAR = N_(("holds", "fails", "cannot be told"))
SUPPORTED, CONDITION, NOT = N_(("supported", "supported under a condition", "not supported"))
NOT_TRIED = N_("cannot be told until assumptions are tried")
HEADLINES = {
    SUPPORTED: N_("Supported: it holds; no assumption halved or doubled clearly turns it."),
    NOT: N_("Not supported: it fails; no assumption halved or doubled clearly turns it."),
    UNCLEAR: N_("Cannot be told: an interval holds both answers."),
    HOLDS: N_("Cannot be told until assumptions are tried; as assumed it holds."),
    FAILS: N_("Cannot be told until assumptions are tried; as assumed it fails."),
}
"""What is said of a verdict; with holds and fails, of a claim whose assumptions are not tried."""
UNDER = {
    HOLDS: N_("Supported under a condition: as assumed it holds, with {condition} not."),
    FAILS: N_("Supported under a condition: as assumed it fails, with {condition} it holds."),
}

AGAIN, BOTH = "again", "|other"
OF_A_GAP = "first", "second", "difference", "lower", "upper", "pairs"
ERROR_OF_A_GAP = "monte_carlo_error"
PART_OF_GROUPS, MOST_SECONDS, MOST_PATHS = 5, 600.0, 3
FLOAT_NOISE = 1e-12
CALLED = N_({
    "check_in_streak": "check-ins in a row", "claims": "shares of packets claimed",
    "claim_delay_median_seconds": "median seconds to a claim", "margin_fen": "margin",
    "members_end": "members at the end", "leaves": "members who left",
    "looks_per_member_day": "looks per member and day", "mutes": "times muted",
})  # fmt: skip
"""What outcomes without a heading are called, where the name of their column does not say it."""
READ_AS = {"share": (N_("{outcome} (%)"), 100.0), TRUTH: (N_("{outcome} (%)"), 100.0),
           "fen": (N_("{outcome} (CNY)"), 1.0 / FEN_PER_CNY)}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """That an outcome, less so many times that of another alternative, is at least or at most so
    much.
    """

    outcome: str
    against: str = ""
    times: float = 1.0
    at_least: float = math.nan
    at_most: float = math.nan

    @property
    def limit(self) -> float:
        """What divides holding from failing."""
        return self.at_most if math.isnan(self.at_least) else self.at_least

    def side(self, values: Any) -> Any:
        """Return how far values lie on the side of the limit that fulfils the claim."""
        return values - self.limit if math.isnan(self.at_most) else self.limit - values

    def gap(self, played: Played, case: str = CASE, against: str = "") -> PairedDifference:
        """Compare the case with what it is set against, by default the claim's own."""
        second = of(played, case, self.outcome)
        other = against or self.against
        first = self.times * of(played, other, self.outcome) if other else 0.0 * second
        truth = known(self.outcome).unit == TRUTH and self.times == 1.0
        return paired_difference(first, second, np.ones(1), truth)

    def verdict(self, gap: PairedDifference) -> str:
        """Say whether the claim holds, fails, or cannot be told from a gap and its interval."""
        ends = self.side(np.array([gap.lower, gap.upper]))
        if np.isnan(ends).any():
            return UNCLEAR
        return HOLDS if ends.min() >= 0.0 else FAILS if ends.max() < 0.0 else UNCLEAR

    def words(self) -> str:
        """Write the claim of this outcome as one inequality."""
        outcome, scale = said(known(self.outcome))
        sign = "≥" if math.isnan(self.at_most) else "≤"
        limit = three(scale * self.limit)
        if not self.against:
            return _("claim: {outcome} {sign} {limit}", outcome=outcome, sign=sign, limit=limit)
        text = _("claim: {outcome} − {times:g} × other {sign} {limit}")
        if self.times == 1.0:
            text = _("claim: {outcome} − other {sign} {limit}")
        return text.format(outcome=outcome, times=self.times, sign=sign, limit=limit)


@dataclass(frozen=True)
class Ablation:
    """A practice switched off, or something else in its place; `both`: in the other one too."""

    words: Mapping[str, str]
    settings: Mapping[str, Any]
    drop: tuple[str, ...] = ()
    both: bool = False


@dataclass(frozen=True)
class Case:
    """A story on trial.

    Attributes
    ----------
    name : str
    story : dict of str to str
        Two sentences in each language.
    claims : tuple of Claim
        All of which have to hold.
    alternatives : dict of str to Scenario
        The case, each ablation, and ``NAME|other`` of one that is made in both.
    ablations : dict of str to Ablation
    paths, also : tuple of str
        Outcomes by which practices may work, and outcomes to be shown beside.
    groups : int
        To a portfolio; 1 without.
    """

    name: str
    story: Mapping[str, str]
    claims: tuple[Claim, ...]
    alternatives: Mapping[str, Scenario]
    ablations: Mapping[str, Ablation]
    paths: tuple[str, ...]
    also: tuple[str, ...]
    groups: int = 1

    @property
    def other(self) -> str:
        """What the case is set against: the first claim's, else the first ablation."""
        first = next(iter(self.ablations))
        return next((one.against for one in self.claims if one.against), first)


@dataclass(frozen=True)
class Found:
    """What became of a case; `tried` is each assumption's verdict and shift, None before."""

    case: Case
    played: Played
    tried: Mapping[str, tuple[str, float]] | None = None
    left: int = 0  # assumptions for which time was too short
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def claim(self) -> str:
        """Whether all parts of the claim hold, one fails, or it cannot be told."""
        return together([one.verdict(one.gap(self.played)) for one in self.case.claims])

    @property
    def turning(self) -> list[str]:
        """The assumptions under which the claim does the contrary, the strongest first."""
        contrary = {HOLDS: FAILS, FAILS: HOLDS}.get(self.claim)
        tried = self.tried or {}
        return sorted((key for key in tried if tried[key][0] == contrary), key=self._shift)

    @property
    def hangs_on(self) -> str:
        """The assumption that moves the claim most; empty where none is tried or moves it."""
        tried = self.tried or {}
        return min((key for key in tried if tried[key][1]), key=self._shift, default="")

    def _shift(self, key: str) -> float:
        assert self.tried
        return -abs(self.tried[key][1])

    @property
    def verdict(self) -> str:
        """Supported, under a condition, not, or why it cannot be told."""
        if self.claim == UNCLEAR:
            return UNCLEAR
        if self.tried is None or self.left:
            return NOT_TRIED
        if self.turning:
            return CONDITION
        return SUPPORTED if self.claim == HOLDS else NOT

    @property
    def fulfilled(self) -> Estimate:
        """The probability that a group (a portfolio) fulfils the claim."""
        sides = []
        for one in self.case.claims:
            other = of(self.played, one.against, one.outcome) if one.against else 0.0
            sides.append(one.side(of(self.played, CASE, one.outcome) - one.times * other)[0])
        whole = np.array(sides)[:, ~np.isnan(sides).any(axis=0)]
        number = whole.shape[1]
        share = float((whole >= -FLOAT_NOISE).all(axis=0).mean()) if number else math.nan
        low, high = wilson_interval(np.array([round(share * number)]), np.array([number]))
        return Estimate(share, float(low[0]), float(high[0]), math.nan, number)


def together(verdicts: list[str]) -> str:
    """Return the verdict of a claim of several parts: all have to hold.

    >>> together(["holds", "cannot be told"]), together(["cannot be told", "fails"])
    ('cannot be told', 'fails')
    """
    return next((one for one in (FAILS, UNCLEAR) if one in verdicts), HOLDS)


def known(name: str) -> Outcome:
    """Return an outcome by its name, also that a group is alive."""
    return ALIVE if name == ALIVE.name else outcomes_by_name()[name]


def said(outcome: Outcome) -> tuple[str, float]:
    """Return what an outcome is called, and by what it is multiplied to be read."""
    if outcome.heading:
        return _(outcome.heading), outcome.scale
    words = _(CALLED.get(outcome.name, "")) or outcome_name(outcome.name).replace("_", " ")
    for death in DEATHS:
        if death_column(death) == outcome.name and death is not NEVER_STARTED:
            words = _("dead: {definition}", definition=_(death.definition))
    form, scale = READ_AS.get(outcome.unit, ("{outcome}", 1.0))
    return _(form).format(outcome=words), scale


def assumption_in_words(name: str) -> str:
    """Say what an assumption that was moved means, ``KEY = VALUE`` beside.

    >>> assumption_in_words("rhythm.peak_hour = 10.25")
    'local hour of most looks (rhythm.peak_hour = 10.25)'
    """
    known = parameters()[name.partition(" = ")[0]]
    return _("{meaning} ({assumption})", meaning=recast(known.meaning), assumption=name)


def of(played: Played, alternative: str, name: str) -> Array:
    """Return an outcome of an alternative: array [1, group]."""
    return played.values(name)[[played.names.index(alternative)]].reshape(1, -1)


def read_case(name: str) -> Case:
    """Read a case, here or shipped, or name every fault of it."""
    refuse_another(Path(name), (CASE,))
    path = shipped_file(name, CASES, f"{name}: no such case")
    return parse_case(read_toml(path), path.stem, path.parent)


def shipped_record(name: str) -> dict[str, Any]:
    """Return the record that lies beside a case's file; empty where it was never played."""
    path = shipped_file(name, CASES, name)
    kept = path.with_name(f"{path.stem}{VERDICT}")
    return dict(json.loads(kept.read_text("utf-8"))) if kept.is_file() else {}


def parse_case(data: Mapping[str, Any], name: str, folder: Path) -> Case:
    """Turn the tables of a case's file into the case."""
    own = {key: data[key] for key in OWN if key in data}
    plain = {key: table for key, table in data.items() if key not in OWN}
    faults = Faults(f"{key}: missing" for key in ("story", "claim", "ablations") if key not in own)
    faults.refuse()
    claims = own["claim"] if isinstance(own["claim"], list) else [own["claim"]]
    ablations = {key: _ablation(table) for key, table in own["ablations"].items()}
    scenario = parse_scenario(plain, folder, name)
    found = Case(
        name, own["story"], tuple(Claim(**one) for one in claims), {}, ablations,
        tuple(own.get("paths", ())), tuple(own.get("also", ())),
        plain.get(PORTFOLIO, {}).get("groups", 1),
    )  # fmt: skip
    asked = [*found.paths, *found.also, *(one.outcome for one in found.claims)]
    outcomes = [*outcomes_by_name(), ALIVE.name]
    faults += [
        f"{x}: no such outcome{nearest_key(x, outcomes)}" for x in asked if x not in outcomes
    ]
    against = [one.against for one in found.claims if one.against]
    faults += [f"claim.against: {x} is no ablation" for x in against if x not in ablations]
    faults.refuse()
    alternatives = {CASE: scenario}
    for key, one in ablations.items():
        with faults.gathered(f"ablations.{key}: "):
            alternatives[key] = _with(plain, folder, scenario, one)
            if one.both:
                other = replace(ablations[found.other], both=False)
                joined = replace(other, settings={**other.settings, **one.settings})
                alternatives[key + BOTH] = _with(plain, folder, scenario, joined)
    faults.refuse()
    return replace(found, alternatives=alternatives)


def _ablation(table: Mapping[str, Any]) -> Ablation:
    settings = {key: value for key, value in table.items() if key not in OF_AN_ABLATION}
    words = {name: table[name] for name in SAID}
    return Ablation(words, settings, tuple(table.get("drop", ())), table.get("both", False))


def _with(plain: Mapping[str, Any], folder: Path, scenario: Scenario, change: Ablation) -> Scenario:
    """Return the case's scenario with a change; a preset takes the place of all its policies."""
    if missing := set(change.drop) - {one.name for one in scenario.policies}:
        raise InputError([f"drop: there is no {', '.join(sorted(missing))}"])
    changed = parse_scenario(plain, folder, scenario.name, change.settings)
    kept = tuple(one for one in changed.policies if one.name not in change.drop)
    last = {key: value for key, value in change.settings.items() if key not in (PEOPLE, PRESET)}
    return replace(changed, policies=kept).with_values(last)  # over what a portfolio makes of it


# --- playing --------------------------------------------------------------------------------------


def play(
    alternatives: Mapping[str, Scenario],
    folder: Path,
    replications: int,
    groups: int = 1,
    threads: int | None = None,
    columns: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Played:
    """Play alternatives on shared random numbers, as a comparison does, portfolio by portfolio."""
    named = [Alternative(name, scenario) for name, scenario in alternatives.items()]
    sweep(design_of(named, replications), folder, threads, progress)
    manifest, rows = read_store(folder, columns)
    if groups > 1:
        rows = of_portfolios(rows, groups).rename(columns={"portfolio": "replication"})
    else:
        rows = rows.assign(**{ALIVE.name: 1.0 - rows["lifetime_observed"].astype(float)})
    return Played(manifest, rows, replications // groups)


def play_case(
    case: Case,
    folder: Path,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Found:
    """Play a case with all that is switched off in it, and say what became of its claim."""
    wanted = replications or case.alternatives[CASE].groups
    whole = max(2, wanted // case.groups) * case.groups
    place = folder / "claim"
    played = play(case.alternatives, place, whole, case.groups, threads, progress=progress)
    return Found(case, played, origin=origin(played.manifest))


def try_assumptions(
    found: Found, folder: Path, seconds: float = MOST_SECONDS, threads: int | None = None
) -> Found:
    """Play a case with each assumption that it uses halved and doubled, until time is over; the
    same again continues. One that moves the claim by nothing is not used, and not counted.
    """
    case, end = found.case, time.monotonic() + seconds
    wanted = {CASE: case.alternatives[CASE]}
    wanted |= {one.against: case.alternatives[one.against] for one in case.claims if one.against}
    some = max(2, found.played.replications // PART_OF_GROUPS)
    versions = assumption_versions(wanted[CASE])
    asked = ["lifetime_observed", *(x.outcome for x in case.claims if x.outcome != ALIVE.name)]
    tried, left = dict[str, tuple[str, float]](), 0
    for number, (name, values) in enumerate(versions.items()):
        if time.monotonic() > end:
            left = len(versions) - number
            break
        ((key, value),) = values.items()
        factor = value / number_of(wanted[CASE], key)
        try:
            moved = {each: _scaled(one, key, factor) for each, one in wanted.items()}
        except InputError:  # another alternative cannot be so
            continue
        moved = moved if len(moved) > 1 else {**moved, AGAIN: moved[CASE]}
        place = folder / name.replace(" ", "")
        played = play(moved, place, some * case.groups, case.groups, threads, asked)
        shift = max(_moves(case, found.played, played, some), key=abs)
        if shift:
            verdicts = [one.verdict(one.gap(played)) for one in case.claims]
            tried[name] = together(verdicts), shift
    return replace(found, tried=tried, left=left)


def _scaled(scenario: Scenario, key: str, factor: float) -> Scenario:
    """Multiply a parameter, within its range."""
    one = parameters()[key]
    value = min(max(number_of(scenario, key) * factor, one.low), one.high)
    return scenario.with_values({key: round(value) if one.integer else round(value, 12)})


def number_of(scenario: Scenario, key: str) -> float:
    """Return a parameter that is a number."""
    value = value_of(scenario, key)
    assert isinstance(value, int | float)
    return float(value)


def _moves(case: Case, usual: Played, moved: Played, groups: int) -> list[float]:
    """Return how far each part of the claim moves, in half widths of its interval as assumed."""
    found = []
    for one in case.claims:
        gaps = []
        for played in (usual, moved):
            other = of(played, one.against, one.outcome) if one.against else 0.0
            gaps.append((of(played, CASE, one.outcome) - one.times * other)[0, :groups])
        whole = one.gap(usual)
        step = float(np.nan_to_num(np.nanmean(gaps[1] - gaps[0])))
        half = (whole.upper - whole.lower) / 2.0
        found.append(float(one.side(step) - one.side(0.0)) / (half if half > 0.0 else 1.0))
    return found


# --- what is said ---------------------------------------------------------------------------------


def answer_of_case(found: Found) -> Answer:
    """Say the verdict, the story, the claim, what each practice contributed, cost, and why."""
    return answer_of_record(found.case, as_record(found))


def answer_of_record(case: Case, record: Mapping[str, Any]) -> Answer:
    """Say of a record, such as is shipped, what `answer_of_case` says of what it was made of."""
    verdict = record["verdict"]
    key = record["as_assumed"] if verdict in (NOT_TRIED, CONDITION) else verdict
    heads = UNDER if verdict == CONDITION else HEADLINES
    options = [
        _row(part.words(), part, _gap(told), _(told["verdict"]))
        for part, told in zip(case.claims, record["claims"], strict=True)
    ]
    for name, told in record["practices"].items():
        one, part, gap = case.ablations[name], part_of(case, name), _gap(told)
        says = _(part.verdict(gap)) if one.both else _("clear" if gap.clear else "not clear")
        if part not in case.claims or one.both:
            options.append(_row(one.words[language()], part, gap, says))
    beside = {name: _gap(told) for name, told in record["beside"].items()}
    return Answer(
        headline=_(heads[key]).format(
            condition="".join(map(assumption_in_words, record["turned_by"][:1]))
        ),
        detail=(case.story[language()],),
        option_heads=(case.name, _("other"), _("difference (95 %)"), _("answer")),
        options=tuple(options),
        cost=_cost(case, beside),
        avoid=_beside(case, beside),
        trust=_how_sure(case, record),
    )


def _gap(told: Mapping[str, Any]) -> PairedDifference:
    """Return what a record holds of a difference; what is not finite is null in a file."""
    ends = (math.nan if told[name] is None else float(told[name]) for name in OF_A_GAP[:5])
    first, second, difference, lower, upper = ends
    error = told.get(ERROR_OF_A_GAP) or (upper - lower) / 4.0  # of older records
    pairs, none = int(told["pairs"]), math.nan  # nobody asks more of a record
    known = first, second, difference, lower, upper, error
    return PairedDifference(*known, none, pairs, none, none, none, none, none, "")


def _row(words: str, claim: Claim, gap: PairedDifference, says: str) -> Option:
    scale = said(known(claim.outcome))[1]
    first = three(scale * gap.first / claim.times) if claim.against else ""
    half = scale * (gap.upper - gap.lower) / 2.0
    places = 3 if not half > 0.0 else min(9, max(0, 1 - math.floor(math.log10(half))))
    middle, low, high = (
        f"{round(scale * value, places) + 0.0:,.{places}f}"
        for value in (gap.difference, gap.lower, gap.upper)
    )
    span = _("{gap} ({low} to {high})", gap=middle, low=low, high=high)
    return Option(words, -1, (three(scale * gap.second), first, span, says))


def part_of(case: Case, practice: str) -> Claim:
    """Return what a practice is judged by: the claim's first outcome, or the claim off in both."""
    main = case.claims[0]
    if case.ablations[practice].both:
        return main
    return Claim(main.outcome, practice, 1.0, main.at_least, main.at_most)


def contributions(found: Found) -> dict[str, tuple[Claim, PairedDifference]]:
    """Compare the claim's first outcome with each practice off; one off in both: the claim then."""
    gaps = dict[str, tuple[Claim, PairedDifference]]()
    for name, one in found.case.ablations.items():
        part, ends = part_of(found.case, name), (CASE, name)
        gaps[name] = part, part.gap(found.played, *((name, name + BOTH) if one.both else ends))
    return gaps


def _cost(case: Case, beside: Mapping[str, PairedDifference]) -> str:
    money, hours = beside["cost_fen"], beside["operator_hours"]
    return _(
        "Cost in {days:g} days: {money} CNY, {hours} hours (the other: {other}, {less}).",
        days=case.alternatives[CASE].days, money=three(money.second / 100),
        hours=three(hours.second), other=three(money.first / 100), less=three(hours.first),
    )  # fmt: skip


def _beside(case: Case, beside: Mapping[str, PairedDifference]) -> tuple[str, ...]:
    """Say by which paths it works, and list the outcomes shown beside, from the other to this; of
    paths that clearly moved the first few, most errors first.
    """
    moved = [name for name in case.paths if name in beside and beside[name].pairs > 1]
    errors = {name: abs(beside[name].difference) / (beside[name].monte_carlo_error or 1e-9)
              for name in moved if beside[name].clear}  # fmt: skip
    paths = sorted(errors, key=lambda name: -errors[name])[:MOST_PATHS]
    words = case.ablations[case.other].words[language()]
    why = _("Why ({words} → {case}): {list}.", words=words, case=case.name,
            list=_listed(beside, paths) or _("no path clearly moved"))  # fmt: skip
    shown = _listed(beside, case.also)
    return (why, _("Beside: {list}.", list=shown)) if shown else (why,)


def _listed(beside: Mapping[str, PairedDifference], names: Sequence[str]) -> str:
    parts = []
    for name in names:
        if (gap := beside.get(name)) and not math.isnan(gap.difference):
            words, scale = said(known(name))
            first, second = three(scale * gap.first), three(scale * gap.second)
            parts.append(
                _("{outcome} {first} → {second}", outcome=words, first=first, second=second)
            )
    return _("; ").join(parts)


def _how_sure(case: Case, record: Mapping[str, Any]) -> tuple[str, ...]:
    text = _("{share} of 100 groups fulfil the claim; {groups} groups, seed {seed}.")
    if case.groups > 1:
        text = _("{share} of 100 portfolios fulfil the claim; {groups} portfolios, seed {seed}.")
    value, low, high = (math.nan if one is None else one for one in record["fulfilled"])
    groups, seed = record["replications"], case.alternatives[CASE].seed
    share = of_hundred(Estimate(value, low, high, math.nan, groups))
    lines = [text.format(share=share, groups=groups, seed=seed)]
    if record["hangs_on"]:
        key = assumption_in_words(record["hangs_on"])
        lines.append(_("It hangs most on the assumption {key}; {tried} tried, {turning} turn it.",
                       key=key, tried=len(record["assumptions"]),
                       turning=len(record["turned_by"])))  # fmt: skip
    if left := record["assumptions_left"]:
        lines.append(_("{left} assumptions are left; the same command continues.", left=left))
    return tuple(lines)


def as_record(found: Found) -> dict[str, Any]:
    """Return a case's verdict with all that it rests on, as it is shipped."""

    def told(part: Claim, gap: PairedDifference | None = None) -> dict[str, Any]:
        known_gap = gap or part.gap(found.played)
        return {name: getattr(known_gap, name) for name in (*OF_A_GAP, ERROR_OF_A_GAP)}

    played, other = found.played, found.case.other
    beside = dict.fromkeys((*found.case.paths, *found.case.also, "cost_fen", "operator_hours"))
    return {
        "case": found.case.name,
        "verdict": found.verdict,
        "as_assumed": found.claim,
        "claims": [
            {"outcome": one.outcome, "against": one.against, "limit": one.limit,
             "verdict": one.verdict(one.gap(played)), **told(one)}
            for one in found.case.claims
        ],
        "fulfilled": [found.fulfilled.value, *found.fulfilled.interval],
        "practices": {name: told(*pair) for name, pair in contributions(found).items()},
        "against": other,
        "beside": {x: told(Claim(x, other)) for x in beside if x in played.rows},
        "hangs_on": found.hangs_on,
        "turned_by": found.turning,
        "assumptions": {key: list(one) for key, one in (found.tried or {}).items()},
        "assumptions_left": None if found.tried is None else found.left,
        "replications": played.replications,
        "origin": dict(found.origin),
    }  # fmt: skip
