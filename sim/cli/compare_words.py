"""What the command line of ``qunlab compare`` says, checked all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.populations import Posterior
    from sim.study.compare import CompareOptions
    from sim.study.comparing.alternatives import Alternative
    from sim.study.comparing.sequential import UntilClear

Found = TypeVar("Found")


@dataclass(frozen=True)
class Asked:
    """How to play."""

    groups: int | None = None
    days: float | None = None
    seed: int | None = None
    out: Path | None = None
    threads: int | None = None
    force_new: bool = False
    matters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """When to stop, and which parameters to play with."""

    until_clear: bool = False
    decide_by: str | None = None
    error: float | None = None
    posterior: str | None = None
    particles: int | None = None


@dataclass(frozen=True)
class CompareWords:
    """The command line, besides the scenarios."""

    asked: Asked
    doubt: Doubt

    def faults(self) -> Iterator[str]:
        """Yield a line for everything that is wrong by itself."""
        from sim.cli.run import MOST_THREADS
        from sim.scenario.allowed import allowed_values

        asked, doubt = self.asked, self.doubt
        if asked.threads is not None and not 1 <= asked.threads <= MOST_THREADS:
            yield f"--threads: {asked.threads} is out of range; allowed: 1 to {MOST_THREADS}"
        known: dict[str, Any] = {"--days": ("run.days", asked.days)}
        known |= {"--groups": ("run.groups", asked.groups), "--seed": ("run.seed", asked.seed)}
        for option, (key, value) in known.items():
            try:
                if value is not None:
                    allowed_values()[key].checked(option, value)
            except InputError as fault:
                yield from fault.problems
        if asked.groups == 1:
            yield "--groups: 1 is out of range; a pair alone has no error; allowed: 2 or more"
        if asked.out is not None:
            yield from _folder_faults(asked.out)
        if not doubt.until_clear:
            rest = {"--decide-by": doubt.decide_by, "--error": doubt.error}
            for option, given in rest.items():
                if given is not None:
                    yield f"{option}: belongs to --until-clear, which is not there"
        if doubt.error is not None and not 0.0 < doubt.error < 0.5:
            yield f"--error: {doubt.error:g} is out of range; allowed: above 0 and below 0.5"
        if doubt.posterior is None and doubt.particles is not None:
            yield "--particles: belongs to --posterior, which is not there"

    def rule(self) -> UntilClear | None:
        """Return when to stop early."""
        from sim.study.compare import checked_outcome
        from sim.study.comparing.sequential import UntilClear

        doubt = self.doubt
        if not doubt.until_clear:
            return None
        usual = UntilClear()
        outcome = doubt.decide_by or usual.outcome
        faulty = doubt.error is None or not 0.0 < doubt.error < 0.5  # said already
        rule = UntilClear(outcome, usual.error if faulty else doubt.error or usual.error)
        try:
            return checked_outcome(rule)
        except InputError as fault:
            raise InputError(f"--decide-by: {line}" for line in fault.problems) from None

    def matters(self) -> dict[str, float]:
        """Return the smallest differences that matter, by outcome."""
        from sim.study.compare import checked_matters

        try:
            return checked_matters(dict(_halves(words) for words in self.asked.matters))
        except InputError as fault:
            raise InputError(f"--matters: {line}" for line in fault.problems) from None

    def drawn(self) -> Posterior | None:
        """Return the parameter sets to play with, none without a posterior."""
        from sim.populations import USUAL_PARTICLES, draw_posterior

        doubt = self.doubt
        if doubt.posterior is None:
            return None
        return draw_posterior(
            doubt.posterior, USUAL_PARTICLES if doubt.particles is None else doubt.particles
        )


def read(
    files: list[Path], changes: list[str], words: CompareWords
) -> tuple[list[Alternative], CompareOptions]:
    """Read the scenarios and all that the command line says, or name every fault of both."""
    from sim.study.compare import CompareOptions
    from sim.study.comparing.alternatives import design_of, read_alternatives

    asked = words.asked
    problems = list(words.faults())
    days = asked.days if not any(line.startswith("--days") for line in problems) else None
    alternatives = _tried(problems, lambda: read_alternatives(files, changes, days))
    rule = _tried(problems, words.rule)
    matters = _tried(problems, words.matters)
    posterior = _tried(problems, words.drawn)
    if alternatives and not problems:
        _tried(problems, lambda: design_of(alternatives, asked.groups, asked.seed, posterior))
    if problems or alternatives is None:
        raise InputError(problems)
    options = CompareOptions(
        asked.groups, asked.seed, posterior, rule, matters, asked.threads, asked.force_new
    )
    return alternatives, options


def _halves(words: str) -> tuple[str, str]:
    name, _, value = words.partition("=")
    return name.strip(), value


def _tried(problems: list[str], read_one: Callable[[], Found]) -> Found | None:
    try:
        return read_one()
    except InputError as fault:
        problems += fault.problems
        return None


def _folder_faults(out: Path) -> Iterator[str]:
    import os

    above = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not above.is_dir():
        yield f"--out: {above} is a file, not a folder"
    elif not os.access(above, os.W_OK | os.X_OK):
        yield f"--out: {out}: cannot be written to"
