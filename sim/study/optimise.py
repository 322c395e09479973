"""Optimise: levers that no others beat in every aim at once, under a budget and parameter doubt."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.state import Array
from sim.study.factors import LEVERS, UNCERTAIN, StudyFile, play
from sim.study.files import digest_of
from sim.study.particles import LEVER, SOURCE
from sim.study.store import write_whole

NEEDS = 'this needs Optuna; install it with: pip install "qunlab[analysis]"'
AIMS: Mapping[str, bool] = {
    "posting_members_per_day": True,
    "satisfaction": True,
    "dead_silent_week2": False,
    "cost_fen": False,
}
"""What is optimised by default, and whether more of it is better (dead less often: survival)."""

COST = "cost_fen"
WORST_SHARE = 0.1
TOLD_APART_ERRORS = 2.0
SETTINGS = "optimise.json"
CONFIRMED = "confirmed"
FRESH_LUCK = 1_000_003

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
    """What a search found.

    Attributes
    ----------
    front : pandas.DataFrame
        One row a setting that no other is told apart to beat: the levers; of each aim the mean over
        parameter sets, ``..._error`` (Monte-Carlo) and ``..._worst_tenth``; ``within_budget``. All
        played anew with luck that the search had not seen.
    trials : pandas.DataFrame
        Every setting tried, in order, with the aims as the search saw them.
    sets : int
        Parameter sets behind each mean.
    replications : int

    Examples
    --------
    >>> Optimum.__dataclass_fields__["front"].name
    'front'
    """

    front: pd.DataFrame
    trials: pd.DataFrame
    sets: int
    replications: int


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
    _note(folder, study, chosen, aims, optuna.__version__)
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
        scored = _scores(study, settings, sets, place, aims, threads)
        for one, row in zip(asked, scored.itertuples(index=False), strict=True):
            over = float(getattr(row, COST)) - chosen.budget_fen
            one.set_constraint("budget", over if math.isfinite(over) else -1.0)
            quest.tell(one, [float(getattr(row, name)) for name in aims])
        tried.append(pd.concat([pd.DataFrame(settings), scored], axis=1))
        if progress is not None:
            progress(sum(map(len, tried)), chosen.trials)
    trials = pd.concat(tried, ignore_index=True)
    front = _confirmed(study, trials, sets, folder, chosen, aims, threads)
    replications = study.design([study.values([0.5] * len(study.factors))]).replications
    return Optimum(front, trials, len(sets), replications)


def parameter_sets(study: StudyFile, count: int) -> list[dict[str, Any]]:
    """Draw the uncertain parameters once: a Latin hypercube, a posterior's particles by weight.

    Examples
    --------
    >>> from sim.study.factors import study_file
    >>> parameter_sets(study_file({"scenario": {}, "levers": {"group.size": [5, 9]}}), 8)
    [{}]
    """
    uncertain = [key for key, group in study.groups.items() if group == UNCERTAIN]
    if not uncertain:
        return [{}]
    from scipy.stats import qmc

    seed = int(study.shared.get("seed", 1))
    shares = qmc.LatinHypercube(len(study.factors), rng=seed).random(count)
    return [{key: study.values(row)[key] for key in uncertain} for row in shares]


def worst_tenth(values: Array, more_is_better: bool) -> float:
    """Average the worst tenth of the parameter sets (one at least).

    Examples
    --------
    >>> worst_tenth(np.arange(20.0), True), worst_tenth(np.arange(20.0), False)
    (0.5, 18.5)
    """
    ordered = np.sort(values) if more_is_better else np.sort(values)[::-1]
    return float(ordered[: max(1, round(WORST_SHARE * len(ordered)))].mean())


def on_front(gains: Sequence[Array]) -> Array:
    """Say which settings no other is told apart to beat.

    Parameters
    ----------
    gains : sequence of array [replication, setting]
        One an aim, more is better; settings share their luck.

    Returns
    -------
    array of bool

    Examples
    --------
    >>> on_front([np.array([[1.0, 0.0, 3.0], [1.1, 0.1, 3.2]]), np.array([[2.0, 1.0, 0.0]] * 2)])
    array([ True, False,  True])
    """
    means = np.stack([gain.mean(axis=0) for gain in gains])
    front: Array = np.ones(means.shape[1], dtype=bool)
    for at in range(means.shape[1]):
        for other in np.flatnonzero((means >= means[:, [at]]).all(axis=0)):
            if any(_told_apart(gain[:, other] - gain[:, at]) for gain in gains):
                front[at] = False
    return front


def _told_apart(gaps: Array) -> bool:
    mean = float(gaps.mean())
    if len(gaps) < 2:
        return False
    return mean > 0 and mean >= TOLD_APART_ERRORS * float(gaps.std(ddof=1)) / math.sqrt(len(gaps))


def _scores(
    study: StudyFile,
    settings: Sequence[Mapping[str, Any]],
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    aims: Mapping[str, bool],
    threads: int | None,
) -> pd.DataFrame:
    """Average each outcome over parameter sets and replications."""
    tables = _tables(study, settings, sets, folder, (*aims, COST), threads)
    return pd.DataFrame({name: table.mean(axis=(0, 2)) for name, table in tables.items()})


def _tables(
    study: StudyFile,
    settings: Sequence[Mapping[str, Any]],
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    names: Sequence[str],
    threads: int | None,
) -> dict[str, Array]:
    """Play settings with every parameter set: outcome to array [replication, setting, set]."""
    design = study.design([{**setting, **one} for setting in settings for one in sets])
    wanted = list(dict.fromkeys(names))
    rows = play(design, folder, threads).to_frame([*wanted, "error"])
    shape = (len(settings), len(sets), design.replications)
    tables = {}
    for name in wanted:
        values = rows[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(shape)
        if np.isnan(values).any():
            raise InputError(
                [f"{folder}: {name} is missing in {np.isnan(values).sum()} communities; longer "
                 "days may help, or another aim"]
            )  # fmt: skip
        tables[name] = values.transpose(2, 0, 1)
    return tables


def _confirmed(
    study: StudyFile,
    trials: pd.DataFrame,
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    chosen: Search,
    aims: Mapping[str, bool],
    threads: int | None,
) -> pd.DataFrame:
    """Play what the search thinks best with new luck, and keep what is still on the front."""
    levers = [key for key in trials if key in study.groups]
    allowed = trials[trials[COST] <= chosen.budget_fen].drop_duplicates(levers)
    if allowed.empty:
        return pd.DataFrame(columns=levers)
    signs = {name: 1.0 if more else -1.0 for name, more in aims.items()}
    means = np.stack([signs[name] * allowed[name].to_numpy() for name in aims])
    best = [
        not ((means >= means[:, [at]]).all(axis=0) & (means > means[:, [at]]).any(axis=0)).any()
        for at in range(means.shape[1])
    ]
    settings = [
        {key: getattr(value, "item", lambda v=value: v)() for key, value in row.items()}
        for row in allowed[best][levers].to_dict("records")
    ]
    seed = int(study.shared.get("seed", 1)) + FRESH_LUCK
    again = replace(study, shared=study.shared | {"seed": seed})
    tables = _tables(again, settings, sets, folder / CONFIRMED, (*aims, COST), threads)
    front = pd.DataFrame(settings)
    for name, table in tables.items():
        by_luck = table.mean(axis=2)
        n = len(by_luck)
        front[name] = by_luck.mean(axis=0)
        front[f"{name}_error"] = by_luck.std(axis=0, ddof=1) / math.sqrt(n) if n > 1 else math.nan
        more = aims.get(name, False)
        front[f"{name}_worst_tenth"] = [worst_tenth(one, more) for one in table.mean(axis=0)]
    front["within_budget"] = front[COST] <= chosen.budget_fen
    keep = on_front([signs[name] * tables[name].mean(axis=2) for name in aims])
    return front[keep].reset_index(drop=True)


def _suggest(trial: Any, study: StudyFile, key: str) -> Any:
    factor = study.factors[key]
    if factor.values:
        return factor.values[trial.suggest_categorical(key, list(range(len(factor.values))))]
    return factor.at(min(float(trial.suggest_float(key, 0.0, 1.0)), 1.0 - 1e-12))


def _note(
    folder: Path, study: StudyFile, chosen: Search, aims: Mapping[str, bool], version: str
) -> None:
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
        old = json.loads(path.read_text(encoding="utf-8"))
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


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InputError([NEEDS]) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
