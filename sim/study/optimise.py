"""Optimise: levers that no others beat in every aim at once, under a budget and parameter doubt."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError, readable
from sim.populations import LEVER, SOURCE
from sim.study.factors import LEVERS, UNCERTAIN, StudyFile
from sim.study.files import digest_of
from sim.study.origin import definitions, origin
from sim.study.robust import CONFIRMED, COST, confirmed, scores_of
from sim.study.store import read_manifest, write_whole

NEEDS = 'this needs Optuna; install it with: pip install "qunlab[analysis]"'
AIMS: Mapping[str, bool] = {
    "posting_members_per_day": True,
    "satisfaction": True,
    "dead_silent_week2": False,
    "cost_fen": False,
}
"""What is optimised by default, and whether more of it is better (dead less often: survival)."""

SETTINGS = "optimise.json"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Search:
    """How a search is made.

    Attributes
    ----------
    trials : int
        Lever settings tried, a multiple of `population` or cut to it at the end.
    population : int
        Of each generation of NSGA-II (Deb 2002).
    sets : int
        Parameter sets that each setting is played with, where anything is uncertain.
    budget_fen : float
        Most that a community may cost, mean over parameter sets.
    seed : int
        Of the search; the study's seed is that of the luck.

    Examples
    --------
    >>> Search(trials=40, population=16).generations
    [16, 16, 8]
    """

    trials: int = 96
    population: int = 24
    sets: int = 10
    budget_fen: float = math.inf
    seed: int = 1

    @property
    def generations(self) -> list[int]:
        """Number of trials in each generation."""
        whole, rest = divmod(self.trials, self.population)
        return [self.population] * whole + [rest] * bool(rest)


@dataclass(frozen=True)
class Optimum:
    """What a search found."""

    # settings of the Pareto front: levers; each aim's mean, _error, _parameter_sd, _worst_tenth;
    # within_budget; all played anew with new seeds
    front: pd.DataFrame
    trials: pd.DataFrame  # every setting tried, in order, with the aims as the search saw them
    sets: int  # parameter sets behind each mean
    replications: int
    # all that decides the front's numbers, and the aims' definitions
    origin: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return the front: one row a setting."""
        return self.front


def optimise(
    study: StudyFile,
    folder: str | Path,
    search: Search | None = None,
    aims: Mapping[str, bool] = AIMS,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Optimum:
    """Search the levers for the front between several aims, under a budget.

    Every generation is a store within the folder, ``generation-000`` and so on. The search is a
    function of its seed and of what the stores hold, so the same call continues after any stop.

    Parameters
    ----------
    study : StudyFile
        Its ``[uncertain]`` or its posterior is drawn once; every setting meets the same sets.
    folder : str or Path
    search : Search, optional
    aims : mapping of str to bool
        Outcome to whether more is better.
    threads : int, optional
    progress : callable, optional
        Called with the trials done and all trials.

    Returns
    -------
    Optimum

    Raises
    ------
    InputError
        Optuna is not installed; no levers; the folder holds another search; a missing outcome.
    """
    chosen = search or Search()
    optuna = _optuna()
    levers = [key for key, group in study.groups.items() if group == LEVERS]
    if not levers:
        raise InputError(["levers: missing; an optimisation needs at least one"])
    sets = parameter_sets(study, chosen.sets)
    folder = Path(folder)
    noted = _note(folder, study, chosen, aims, optuna.__version__)
    directions = ["maximize" if more else "minimize" for more in aims.values()]
    quest = optuna.create_study(directions=directions)
    tried: list[pd.DataFrame] = []
    for number, size in enumerate(chosen.generations):
        quest.sampler = optuna.samplers.NSGAIISampler(
            population_size=chosen.population, seed=chosen.seed * 10_007 + number
        )
        asked = [quest.ask() for _ in range(size)]
        settings = [{key: _suggest(one, study, key) for key in levers} for one in asked]
        place = folder / f"generation-{number:03d}"
        scored = scores_of(study, settings, sets, place, aims, threads)
        for one, row in zip(asked, scored.itertuples(index=False), strict=True):
            over = float(getattr(row, COST)) - chosen.budget_fen
            one.set_constraint("budget", over if math.isfinite(over) else -1.0)
            quest.tell(one, [float(getattr(row, name)) for name in aims])
        tried.append(pd.concat([pd.DataFrame(settings), scored], axis=1))
        if progress is not None:
            progress(sum(map(len, tried)), chosen.trials)
    trials = pd.concat(tried, ignore_index=True)
    front = confirmed(study, trials, sets, folder, chosen.budget_fen, aims, threads)
    last = folder / CONFIRMED
    held = read_manifest(last if len(front) else folder / "generation-000")
    said = origin(held) | {name: str(value) for name, value in noted.items()}
    return Optimum(front, trials, len(sets), held.replications, said | definitions([*aims, COST]))


def parameter_sets(study: StudyFile, count: int) -> list[dict[str, Any]]:
    """Draw the uncertain parameters once: a Latin hypercube, a posterior's particles by weight."""
    uncertain = [key for key, group in study.groups.items() if group == UNCERTAIN]
    if not uncertain:
        return [{}]
    from scipy.stats import qmc

    seed = int(study.shared.get("seed", 1))
    shares = qmc.LatinHypercube(len(study.factors), rng=seed).random(count)
    return [{key: study.values(row)[key] for key in uncertain} for row in shares]


def _suggest(trial: Any, study: StudyFile, key: str) -> Any:
    factor = study.factors[key]
    if factor.values:
        return factor.values[trial.suggest_categorical(key, list(range(len(factor.values))))]
    return factor.at(min(float(trial.suggest_float(key, 0.0, 1.0)), 1.0 - 1e-12))


def _note(
    folder: Path, study: StudyFile, chosen: Search, aims: Mapping[str, bool], version: str
) -> dict[str, Any]:
    """Write what the search is, or refuse a folder of another one."""
    said = {
        "optuna": version,
        "population": chosen.population,
        "sets": chosen.sets,
        "budget_fen": chosen.budget_fen if math.isfinite(chosen.budget_fen) else None,
        "seed": chosen.seed,
        "aims": dict(aims),
        "factors": {key: repr(factor) for key, factor in study.factors.items() if key != LEVER},
    }
    if study.posterior is not None:
        said[SOURCE] = digest_of(study.posterior)
    path = folder / SETTINGS
    try:
        old = json.loads(readable(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        old = None
    except (OSError, ValueError):
        raise InputError([f"{path}: cannot be read; choose another folder"]) from None
    if old is not None and old != said:
        other = [key for key in said if old.get(key) != said[key]]
        raise InputError([f"{folder}: holds a search with another {', '.join(other)}"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if old is None:
            write_whole(path, (json.dumps(said, indent=1) + "\n").encode())
    except (PermissionError, FileExistsError, NotADirectoryError) as fault:
        raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from None
    return said


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InputError([NEEDS]) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
