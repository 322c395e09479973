"""What the rows of a comparison say: paired differences, deaths, lives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.outcomes import OUTCOMES, Outcome
from sim.outcomes.table import DEATH_COLUMNS, TRUTH
from sim.populations import LEVER, weights_of
from sim.state import Array
from sim.study.choices import PREFIX
from sim.study.comparing.alternatives import ALTERNATIVE
from sim.study.comparing.paired import PairedDifference, mcnemar_p, paired_difference
from sim.study.comparing.variance import FEWEST_PAIRS
from sim.study.manifest import Manifest

NO_CLEAR_DIFFERENCE = "no clear difference"
NOT_KNOWN = "not known"
UNCERTAIN = "clear on average, uncertain over parameters"
TOO_SMALL = "clear, but too small to matter"
BETTER, MORE = " is better", " has more"
"""Endings of an answer that names one of two alternatives."""

DAYS, ENDED = "lifetime_days", "lifetime_observed"
DEATH_NAMES = tuple(outcome.name for outcome in DEATH_COLUMNS)


@dataclass(frozen=True)
class Played:
    """The rows of a comparison, laid out by alternative, particle and replication."""

    names: tuple[str, ...]  # of the alternatives
    weights: Array  # [particle], summing to 1; one without a posterior
    rows: pd.DataFrame  # of the first `replications` replications
    replications: int

    def values(self, name: str) -> Array:
        """Return a column: array [alternative, particle, replication], NaN where missing."""
        whole = np.full((len(self.names) * len(self.weights), self.replications), np.nan)
        places = self.rows["point"].to_numpy(), self.rows["replication"].to_numpy()
        whole[places] = self.rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return whole.reshape(len(self.names), len(self.weights), self.replications)

    def gaps(self, name: str) -> Array:
        """Return the differences from the first alternative: array [alternative - 1, pair]."""
        values = self.values(name)
        return np.asarray(np.einsum("k,akr->ar", self.weights, values[1:] - values[:1]))


def played(manifest: Manifest, rows: pd.DataFrame, replications: int | None = None) -> Played:
    """Lay out the rows of a store that `design_of` designed, perhaps of its first replications."""
    number = manifest.replications if replications is None else replications
    particles = manifest.levers.get(LEVER)
    weights = weights_of(particles) if particles else np.ones(1)
    names = tuple(manifest.levers[PREFIX + ALTERNATIVE])
    return Played(names, weights, rows[rows["replication"] < number], number)


def outcome_table(found: Played, matters: Mapping[str, float]) -> pd.DataFrame:
    """Compare every outcome of each alternative with the first one's, a row each.

    `matters` holds the smallest differences that matter, where not the usual;
    ``probability_better`` is NaN where neither direction is better.
    """
    chosen = [one for one in OUTCOMES if one.name not in DEATH_NAMES and one.name in found.rows]
    return _table(found, chosen, matters, _nothing)


def death_table(found: Played, matters: Mapping[str, float]) -> pd.DataFrame:
    """Compare the shares of dead groups by every definition, as `outcome_table` does.

    With discordant pairs and the exact ``mcnemar_p`` (NaN with several particles).
    """

    def discordant(values: Array, place: int) -> dict[str, float]:
        only_first = int((values[0] > values[place]).sum())
        only_second = int((values[0] < values[place]).sum())
        alone = values.shape[1] == 1 and not np.isnan(values[[0, place]]).all()
        return {
            "dead_in_first_only": only_first,
            "dead_in_second_only": only_second,
            "mcnemar_p": mcnemar_p(only_first, only_second) if alone else math.nan,
        }

    chosen = [one for one in DEATH_COLUMNS if one.name in found.rows]
    return _table(found, chosen, matters, discordant)


def _table(
    found: Played,
    outcomes: Sequence[Outcome],
    matters: Mapping[str, float],
    extra: Callable[[Array, int], dict[str, float]],
) -> pd.DataFrame:
    rows, names = [], found.names
    for outcome in outcomes:
        values = found.values(outcome.name)
        for place in range(1, len(found.names)):
            pair = paired_difference(values[0], values[place], found.weights, outcome.unit == TRUTH)
            usual = outcome.smallest_that_matters(pair.first, pair.second)
            least = matters.get(outcome.name, usual)
            rows.append(
                {
                    "outcome": outcome.name,
                    "unit": outcome.unit,
                    "better": outcome.better,
                    "alternative": found.names[place],
                    "against": found.names[0],
                    **pair.__dict__,
                    **extra(values, place),
                    "probability_better": _probability_better(pair, outcome.better),
                    "answer": answer(pair, outcome.better, (names[0], names[place]), least),
                    "matters": least,
                    "definition": outcome.definition,
                }
            )
    return pd.DataFrame(rows)


def answer(
    pair: PairedDifference, better: str, names: tuple[str, str], matters: float = 0.0
) -> str:
    """Say who is better (or has more; `better` is more, less or empty), or why nobody can say."""
    first, second = names
    if pair.pairs < FEWEST_PAIRS:
        return NOT_KNOWN
    if not pair.told_apart:
        return NO_CLEAR_DIFFERENCE
    if pair.parameter_sd > 0.0 and pair.lower <= 0.0 <= pair.upper:
        return UNCERTAIN
    if abs(pair.difference) < matters * (1.0 - 1e-9):
        return TOO_SMALL
    more = pair.difference > 0.0
    if not better:
        return f"{second if more else first}{MORE}"
    return f"{second if more == (better == 'more') else first}{BETTER}"


def is_clear(said: str) -> bool:
    """Say whether an answer finds a clear difference, however small."""
    return said.endswith((BETTER, MORE, TOO_SMALL))


def _probability_better(pair: PairedDifference, better: str) -> float:
    if not better:
        return math.nan
    return pair.probability_more if better == "more" else 1.0 - pair.probability_more


def _nothing(values: Array, place: int) -> dict[str, float]:  # noqa: ARG001
    return {}
