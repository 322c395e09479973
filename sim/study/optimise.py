"""Optimise: the Pareto front of levers under a budget, with uncertain parameters."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError, readable
from sim.files import write_whole
from sim.lives.outcomes import AIM, main_outcomes
from sim.populations import LEVER, SOURCE
from sim.progress import Progress
from sim.state import Array
from sim.stats.intervals import components
from sim.stats.paired import pareto_front
from sim.study.manifest import digest_of
from sim.study.origin import definitions, origin, why_missing
from sim.study.rows import ERROR
from sim.study.store import read_manifest
from sim.study.study_file import LEVERS, UNCERTAIN, StudyFile, needed
from sim.study.sweep import play

AIMS: Mapping[str, bool] = {one.name: one.more_is_better for one in main_outcomes(AIM)}
"""What is optimised by default, and whether more of it is better (dead less often: survival)."""

SETTINGS = "optimise.json"
CONFIRMED = "confirmed"
COST = "cost_fen"
WORST_SHARE = 0.1
NEW_SEED = 1_000_003
"""Added to the study's seed, so that the front is not what the search took for good by chance."""


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
        Of the search; the study has its own.

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
        starts = range(0, self.trials, self.population)
        return [min(self.population, self.trials - start) for start in starts]


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
    optuna = needed("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    levers = [key for key, group in study.groups.items() if group == LEVERS]
    if not levers:
        raise InputError(["levers: missing; an optimisation needs at least one"])
    sets = parameter_sets(study, chosen.sets)
    folder, names = Path(folder), dict.fromkeys((*aims, COST))
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
        tables = play_settings(study, settings, sets, place, names, threads)
        scored = pd.DataFrame({name: table.mean(axis=(0, 2)) for name, table in tables.items()})
        for one, row in zip(asked, scored.itertuples(index=False), strict=True):
            over = float(getattr(row, COST)) - chosen.budget_fen
            one.set_constraint("budget", over if math.isfinite(over) else -1.0)
            quest.tell(one, [float(getattr(row, name)) for name in aims])
        tried.append(pd.concat([pd.DataFrame(settings), scored], axis=1))
        if progress is not None:
            progress(sum(map(len, tried)), chosen.trials)
    trials = pd.concat(tried, ignore_index=True)
    front = _confirmed(study, trials, sets, folder, chosen.budget_fen, aims, threads)
    held = read_manifest(folder / (CONFIRMED if len(front) else "generation-000"))
    entries = origin(held) | {name: str(value) for name, value in noted.items()}
    entries |= definitions(names)
    return Optimum(front, trials, len(sets), held.replications, entries)


def parameter_sets(study: StudyFile, count: int) -> list[dict[str, Any]]:
    """Draw the uncertain parameters once: a Latin hypercube, a posterior's particles by weight."""
    uncertain = [key for key, group in study.groups.items() if group == UNCERTAIN]
    if not uncertain:
        return [{}]
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(study.factors), rng=study.seed).random(count)
    return [{key: study.values(row)[key] for key in uncertain} for row in shares]


def _suggest(trial: Any, study: StudyFile, key: str) -> Any:
    factor = study.factors[key]
    if factor.values:
        return factor.values[trial.suggest_categorical(key, list(range(len(factor.values))))]
    return factor.at(min(float(trial.suggest_float(key, 0.0, 1.0)), 1.0 - 1e-12))


def play_settings(
    study: StudyFile,
    settings: Sequence[Mapping[str, Any]],
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    names: Collection[str],
    threads: int | None,
) -> dict[str, Array]:
    """Play settings with every parameter set: outcome to array [replication, setting, set]."""
    design = study.design([{**setting, **one} for setting in settings for one in sets])
    rows = play(design, folder, threads).to_frame([*names, ERROR])
    shape = (len(settings), len(sets), design.replications)
    tables = {}
    for name in names:
        if why := why_missing(rows, name):
            raise InputError([f"{folder}: {why}"])
        values = rows[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(shape)
        tables[name] = values.transpose(2, 0, 1)
    return tables


def _confirmed(
    study: StudyFile,
    trials: pd.DataFrame,
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    budget_fen: float,
    aims: Mapping[str, bool],
    threads: int | None,
) -> pd.DataFrame:
    """Play what the search thinks best with new seeds, and keep what is still on the front."""
    levers = [key for key in trials if key in study.groups]
    allowed = trials[trials[COST] <= budget_fen].drop_duplicates(levers)
    if allowed.empty:
        return pd.DataFrame(columns=levers)
    names = dict.fromkeys((*aims, COST))
    signs = {name: 1.0 if more else -1.0 for name, more in aims.items()}
    means = np.stack([sign * allowed[name].to_numpy() for name, sign in signs.items()])
    best = [
        not ((means >= one[:, None]).all(axis=0) & (means > one[:, None]).any(axis=0)).any()
        for one in means.T
    ]
    settings = allowed[best][levers].to_dict("records")
    again = replace(study, shared=study.shared | {"seed": study.seed + NEW_SEED})
    tables = play_settings(again, settings, sets, folder / CONFIRMED, names, threads)
    front = pd.DataFrame(settings)
    for name, table in tables.items():
        each = table.mean(axis=2)
        n = len(each)
        front[name] = each.mean(axis=0)
        front[f"{name}_error"] = each.std(axis=0, ddof=1) / math.sqrt(n) if n > 1 else math.nan
        spreads = [components(table[:, at, :].T).parameter_sd for at in range(len(front))]
        front[f"{name}_parameter_sd"] = spreads if n > 1 else math.nan
        more = aims.get(name, False)
        front[f"{name}_worst_tenth"] = [worst_tenth(one, more) for one in table.mean(axis=0)]
    front["within_budget"] = front[COST] <= budget_fen
    keep = pareto_front([sign * tables[name].mean(axis=2) for name, sign in signs.items()])
    return front[keep].reset_index(drop=True)


def worst_tenth(values: Array, more_is_better: bool) -> float:
    """Average the worst tenth of the parameter sets (one at least)."""
    ordered = np.sort(values) if more_is_better else np.sort(values)[::-1]
    return float(ordered[: max(1, round(WORST_SHARE * len(ordered)))].mean())


def _note(
    folder: Path, study: StudyFile, chosen: Search, aims: Mapping[str, bool], version: str
) -> dict[str, Any]:
    """Write what the search is, or refuse a folder of another one."""
    noted = {
        "optuna": version,
        "population": chosen.population,
        "sets": chosen.sets,
        "budget_fen": chosen.budget_fen if math.isfinite(chosen.budget_fen) else None,
        "seed": chosen.seed,
        "aims": dict(aims),
        "factors": {key: repr(factor) for key, factor in study.factors.items() if key != LEVER},
    }
    if study.posterior is not None:
        noted[SOURCE] = digest_of(study.posterior)
    path = folder / SETTINGS
    try:
        old = json.loads(readable(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        old = None
    except (OSError, ValueError):
        raise InputError([f"{path}: cannot be read; choose another folder"]) from None
    if old is not None and old != noted:
        other = [key for key in noted if old.get(key) != noted[key]]
        raise InputError([f"{folder}: holds a search with another {', '.join(other)}"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if old is None:
            write_whole(path, (json.dumps(noted, indent=1) + "\n").encode())
    except (PermissionError, FileExistsError, NotADirectoryError) as fault:
        raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from None
    return noted
