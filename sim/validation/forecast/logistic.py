"""Logistic regression by iteratively reweighted least squares, with a little ridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.validation.windows import Floats

RIDGE = 1e-3
ITERATIONS_MOST = 100


@dataclass(frozen=True)
class Logistic:
    """A fitted regression."""

    intercept: float
    slopes: Floats  # [feature], per unit of each

    def probability(self, features: Floats) -> Floats:
        """Return the probability of a 1 for features [row, feature]: array [row]."""
        return _logistic(self.intercept + features @ self.slopes)


def fit_logistic(features: Floats, labels: Floats, ridge: float = RIDGE) -> Logistic:
    """Fit a logistic regression to features [row, feature], labels 0 or 1 (Newton; Green 1984).

    The ridge acts on standardised slopes only, finite where labels are separable; one label alone
    gives its share, held within half a row of 0 and 1.
    """
    rows, count = features.shape
    share = np.clip(labels.mean() if rows else 0.5, 0.5 / max(rows, 1), 1 - 0.5 / max(rows, 1))
    base = float(np.log(share / (1 - share)))
    if not rows or labels.min() == labels.max():
        return Logistic(base, np.zeros(count))
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = np.column_stack([np.ones(rows), (features - centre) / spread])
    penalty = np.full(count + 1, ridge)
    penalty[0] = 0.0
    beta = np.zeros(count + 1)
    beta[0] = base
    for _ in range(ITERATIONS_MOST):
        p = _logistic(x @ beta)
        gradient = x.T @ (labels - p) - penalty * beta
        curvature = (x.T * (p * (1 - p))) @ x + np.diag(penalty) + 1e-12 * np.eye(count + 1)
        step = np.linalg.solve(curvature, gradient)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    slopes = beta[1:] / spread
    return Logistic(float(beta[0] - slopes @ centre), slopes)


def _logistic(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x), dtype=np.float64)
