"""Estimates of a sweep's rows: over replications, and over parameter sets where there are any.

The replication is what is independent: points share its random seeds, and so compare in pairs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.language import N_, _
from sim.lives.outcomes import TRUTH, Outcome, outcome_named
from sim.lives.outcomes import summary as summary_of_rows
from sim.populations import LEVER, SOURCE, times_of, weights_of
from sim.populations import PARTICLE as CHOICE
from sim.stats.intervals import (
    WILSON_METHOD,
    Estimate,
    Floats,
    components,
    estimate,
    pooled_share,
    share_difference,
    weighted_estimate,
    wilson_interval,
)
from sim.study.manifest import Manifest, text_digest

BOTH_METHOD = "t over replications and parameter sets, 95 %"
PARAMETER_SD = "parameter_sd"
PARTICLE = "particle"
"""Column of rows that were played with several parameter sets: the name of the set."""


def particles_of(manifest: Manifest) -> list[str]:
    """Name the parameter sets that every point of a study met; none where it has no posterior."""
    return list(manifest.choices.get(CHOICE, ())) if SOURCE in manifest.files else []


def by_particle(rows: pd.DataFrame, manifest: Manifest) -> tuple[pd.DataFrame, Manifest]:
    """Number the points as the sweep file has them, with a column ``particle`` in place of the
    lever (no change without a posterior); a point's digest is that of its scenarios together.
    """
    names = particles_of(manifest)
    if LEVER not in manifest.levers or not names:
        return rows, manifest
    each = len(names)
    own = rows.drop(columns=LEVER).assign(point=rows["point"] // each)
    own.insert(2, PARTICLE, rows[LEVER])
    starts = range(0, len(manifest.scenarios), each)
    together = ["".join(manifest.scenarios[at : at + each]) for at in starts]
    levers = {key: values for key, values in manifest.levers.items() if key != LEVER}
    table = [row[:-1] for row in manifest.table[::each]]
    scenarios = [text_digest(text)[:20] for text in together]
    return own, replace(manifest, levers=levers, table=table, scenarios=scenarios)


def over_particles(rows: pd.DataFrame) -> pd.DataFrame:
    """Average rows of `by_particle` over the parameter sets by weight, numbers and truths as
    floats: one row a point and replication; what is missing with one set is missing.
    """
    if PARTICLE not in rows:
        return rows
    keys = ["point", "replication"]
    numbers = [name for name in rows if rows[name].dtype.kind in "ifb" and name not in keys]
    words = [name for name in rows if name not in (*numbers, *keys, PARTICLE)]
    names = list(dict.fromkeys(rows[PARTICLE]))
    weight = rows[PARTICLE].map(dict(zip(names, weights_of(names), strict=True))).astype(float)
    weighted = pd.DataFrame({name: as_numbers(rows[name]) * weight for name in numbers})
    grouped = weighted.groupby([rows[key] for key in keys])
    found = grouped.sum(min_count=len(names)) if len(rows) else grouped.sum()
    levers = [name for name in numbers if "." in name]
    first = rows.groupby(keys)[[*words, *levers]].first()
    return pd.concat([first, found.drop(columns=levers)], axis=1).reset_index()


def by_weight(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat every row as often as its parameter set was drawn.

    >>> by_weight(pd.DataFrame({"particle": ["0 x1", "4 x2"], "days": [3, 5]}))["days"].tolist()
    [3, 5, 5]
    """
    if PARTICLE not in rows:
        return rows
    return rows.loc[rows.index.repeat(rows[PARTICLE].map(times_of).astype(int))]


def summary(
    rows: pd.DataFrame, by: Sequence[str] = (), names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Average rows of `by_particle` as `sim.lives.outcomes.summary` does; with several parameter
    sets the means are weighted, ``parameter_sd`` is added, and the interval holds both
    uncertainties.
    """
    plain = summary_of_rows(rows, by, names)
    if PARTICLE not in rows or plain.empty:
        return plain
    parts = [_of_one(rows, name, by) for name in dict.fromkeys(plain["outcome"])]
    keys = [*by, "outcome"]
    kept = plain[[*keys, "unit", "n"]].merge(pd.concat(parts), on=keys, how="left")
    return kept[[*plain.columns, PARAMETER_SD]]


def _of_one(rows: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    """Split the uncertainty of one outcome in every group."""
    keys = [*by] or ["_all"]
    held = rows if by else rows.assign(_all=0)
    values = held[[*keys, PARTICLE, "replication"]].assign(value=as_numbers(rows[name]))
    grouped = values.groupby([*keys, PARTICLE, "replication"], observed=True, sort=False)
    table = grouped["value"].mean().unstack("replication")
    truth = outcome_named(name).unit == TRUTH
    found = []
    for key, part in table.groupby(level=keys, observed=True):
        weights = weights_of(list(part.index.get_level_values(PARTICLE)))
        whole = components(part.dropna(axis=1).to_numpy(dtype=np.float64), weights)
        (lower, upper), method = whole.interval, BOTH_METHOD
        if truth and whole.mean in (0.0, 1.0):
            n = whole.replications
            (lower, upper), method = map(float, wilson_interval(whole.mean * n, n)), WILSON_METHOD
        elif truth:
            lower, upper = max(0.0, lower), min(1.0, upper)
        row = dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
        row |= {"outcome": name, "mean": whole.mean, "lower": lower, "upper": upper}
        row |= {"method": method, "monte_carlo_error": whole.monte_carlo_error}
        found.append(row | {PARAMETER_SD: whole.parameter_sd})
    frame = pd.DataFrame(found)
    return frame if by else frame.drop(columns="_all")


def complete(rows: pd.DataFrame, points: int) -> pd.DataFrame:
    """Keep the replications that were played at every point: only these compare points fairly."""
    played = rows.groupby("replication")["point"].transform("size")
    return rows[played == points]


def by_replication(rows: pd.DataFrame, name: str, lever: str) -> pd.DataFrame:
    """Average an outcome of complete replications: replications down (within each parameter set,
    where rows have several), the lever's values across; NaN where it is missing throughout.
    """
    keys = _independent(rows)
    values = rows[keys].assign(lever=rows[lever], value=as_numbers(rows[name]))
    return values.groupby([*keys, "lever"], sort=False)["value"].mean().unstack("lever")


def in_replications(rows: pd.DataFrame, name: str) -> pd.Series:
    """Average an outcome within each replication (and parameter set) over all points."""
    keys = _independent(rows)
    values = rows[keys].assign(value=as_numbers(rows[name]))
    return values.groupby(keys, sort=False)["value"].mean()


def _independent(rows: pd.DataFrame) -> list[str]:
    return [PARTICLE, "replication"] if PARTICLE in rows else ["replication"]


def as_numbers(column: pd.Series) -> Floats:
    """Return an outcome as floats: truths 0 and 1, missing values NaN."""
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def mean_of(values: pd.Series) -> Estimate:
    """Average one value a replication, or a replication and parameter set, by weight."""
    if values.index.nlevels == 1:
        return estimate(values)
    table = values.unstack("replication").dropna(axis=1)
    return weighted_estimate(table.to_numpy(dtype=np.float64), weights_of(list(table.index)))


def difference(
    table: pd.DataFrame, first: Hashable, second: Hashable, shares: bool = False
) -> Estimate:
    """Compare two columns of `by_replication` within each replication: first less second; shares
    of one parameter set by `share_difference`.
    """
    gaps = table[first] - table[second]
    return share_difference(gaps) if shares and gaps.index.nlevels == 1 else mean_of(gaps)


def best_first(table: pd.DataFrame, more_is_better: bool = True) -> list[Any]:
    """Order a lever's values by their means, the best first; unknown ones are left out."""
    found = pd.Series({one: mean_of(table[one]).value for one in table}).dropna()
    return list(found.sort_values(ascending=not more_is_better, kind="stable").index)


def rivals(table: pd.DataFrame, ranked: Sequence[Any]) -> list[Any]:
    """List the values that do not clearly differ from the first of a ranking."""
    return [one for one in ranked[1:] if not difference(table, ranked[0], one).clear]


def share_of(rows: pd.DataFrame, name: str) -> tuple[Estimate, int]:
    """Give the share of a truth, and how many know it, as `pooled_share`; over several parameter
    sets as `mean_of`, unless there is no case at all or nothing but cases.
    """
    share, known = pooled_share(as_numbers(rows[name]), rows["replication"].to_numpy())
    if PARTICLE not in rows:
        return share, known
    over = mean_of(in_replications(rows, name))
    if over.value in (0.0, 1.0) or not known:
        return replace(share, value=over.value), known
    return replace(over, lower=max(0.0, over.lower), upper=min(1.0, over.upper)), known


SIGNIFICANT = 3
FEWEST_FIGURES = 2
MOST_FIGURES = 4
DIGITS = 3
NO_WIDTH = 1e-9
UNITS = N_({"": "", "%": " %", "CNY": " CNY"})


def in_print(outcome: Outcome, found: Estimate, signed: bool = False) -> str:
    """Write an estimate of an outcome with its interval; a gain of a share is in points."""
    unit = N_(" points") if signed and outcome.printed == "%" else UNITS[outcome.printed]
    low, high = (outcome.scale * end for end in found.interval)
    return write(outcome.scale * found.value, (low, high), unit, signed)


def write(value: float, interval: tuple[float, float], unit: str = "", signed: bool = False) -> str:
    """Write a number with its interval (NaN: none) in brackets, to the digits that it leaves."""
    if math.isnan(value):
        return "not known"
    if any(map(math.isnan, interval)):
        return f"{figure(value, signed=signed)}{unit} (one replication: no interval)"
    lower, upper = interval
    places = decimals(value, (upper - lower) / 2)
    low, high = (_fixed(end, places) for end in interval)
    number = _fixed(value, places, signed)
    if low == _fixed(value, places) == high:
        return f"{number}{_(unit)}"
    return _("{number} ({low} to {high})", number=f"{number}{_(unit)}", low=low, high=high)


def short(value: float, interval: tuple[float, float], most_decimals: int = 9) -> str:
    """Write a number with its interval for a cell of a table."""
    if math.isnan(value):
        return "–"
    if any(map(math.isnan, interval)):
        return figure(value)
    places = min(most_decimals, decimals(value, (interval[1] - interval[0]) / 2))
    low, high = (_fixed(end, places) for end in interval)
    return f"{_fixed(value, places)} ({low}{'–' if interval[0] >= 0 else ' to '}{high})"


def decimals(value: float, half: float) -> int:
    """Say how many decimals a number deserves: one figure of its interval's half width, or one more
    (four at most) where that gives the number itself two figures.

    >>> decimals(23.28, 0.35), decimals(3.65, 1.15), decimals(2137.0, 0.2)
    (1, 1, 0)
    """
    if not half > NO_WIDTH * abs(value):
        return len(figure(value).partition(".")[2])
    leading = math.floor(math.log10(max(abs(value), half)))
    least = FEWEST_FIGURES - 1 - math.floor(math.log10(abs(value))) if value else 0
    by_width = -math.floor(math.log10(half))
    wanted = max(by_width, min(least, by_width + 1))
    return max(0, min(wanted, MOST_FIGURES - 1 - leading))


def figure(value: float, signed: bool = False) -> str:
    """Write a number by itself, to three figures."""
    if math.isnan(value):
        return "–"
    sign = "+" if signed and value > 0 else ""
    return sign + (f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.{SIGNIFICANT}g}")


def meanings(outcomes: Sequence[Outcome]) -> str:
    """Define outcomes in one paragraph."""
    each = [
        _("{allowed}: {meaning}", allowed=_(one.heading.partition(" (")[0]), meaning=_(one.meaning))
        for one in outcomes
    ]
    return _("{text}.", text=capital(_("; ").join(each)))


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


def listed(words: Sequence[str], most: int = 3) -> str:
    """Join words as a sentence does."""
    if len(words) > most + 1:
        shown = _(", ").join(words[:most])
        return _("{words} and {number} more", words=shown, number=len(words) - most)
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}", first=_(", ").join(words[:-1]), last=words[-1])


def each(n: pd.Series) -> str:
    """Say how many communities are in a cell."""
    low, high = int(n.min()), int(n.max())
    if low == high:
        return _("n = {low} a cell", low=f"{low:,}")
    return _("n = {low} to {high} a cell", low=f"{low:,}", high=f"{high:,}")


def _fixed(value: float, places: int, signed: bool = False) -> str:
    rounded = round(value, places) + 0.0  # no minus before a zero
    return f"{rounded:{'+' if signed else ''},.{places}f}"


def three(value: float) -> str:
    """Write a number with at most three digits that count.

    >>> three(2712.4), three(0.6666), three(97.0), three(18295), three(0)
    ('2,710', '0.667', '97', '18,300', '0')
    """
    if not math.isfinite(value) or not value:
        return "0" if value == 0.0 else "–"
    places = DIGITS - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(0, places)}f}"
    return text.rstrip("0").rstrip(".") if places > 0 else text


def alike(values: Sequence[float]) -> list[str]:
    """Write the numbers of a column: the same decimals in each, at most three digits that count;
    what that would write as 0 has one digit.

    >>> alike([2.9, 3.27, 0.601]), alike([97, 100]), alike([909, 0.04])
    (['2.90', '3.27', '0.60'], ['97', '100'], ['909', '0.04'])
    """
    known = [value for value in values if math.isfinite(value) and value]
    largest = max(map(abs, known), default=1.0)
    places = max(0, DIGITS - 1 - math.floor(math.log10(largest)))
    most = max((len(three(value).partition(".")[2]) for value in known), default=0)
    places, written = min(places, most), []
    for value in values:
        text = f"{value:,.{places}f}" if abs(value) < 10**DIGITS else three(value)
        if value in known and not re.search("[1-9]", text):
            text = f"{value:.{-math.floor(math.log10(abs(value)))}f}"
        written.append(text if math.isfinite(value) else "–")
    return written


def spanned(number: str, low: str, high: str) -> str:
    """Write a number with its interval, where that is known and wider than what is written.

    >>> spanned("97", "92", "99"), spanned("99", "99", "99"), spanned("3", "–", "–")
    ('97 (92 to 99)', '99', '3')
    """
    if "–" in (low, high) or low == number == high:
        return number
    return _("{number} ({low} to {high})", number=number, low=low, high=high)
