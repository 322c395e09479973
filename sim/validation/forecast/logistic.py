"""Logistic regression by iteratively reweighted least squares, with a little ridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.validation.windows import Floats

RIDGE = 1e-3
ITERATIONS_MOST = 100


@dataclass(frozen=True)
class Logistic:
    """A fitted regression.

    Attributes
    ----------
    intercept : float
    slopes : ndarray, shape [feature]
        Per unit of each feature.

    Examples
    --------
    >>> Logistic(0.0, np.array([1.0])).probability(np.array([[0.0]])).tolist()
    [0.5]
    """

    intercept: float
    slopes: Floats

    def probability(self, features: Floats) -> Floats:
        """Return the probability of a 1 for each row of features.

        Parameters
        ----------
        features : ndarray, shape [row, feature]
        """
        return _logistic(self.intercept + features @ self.slopes)


def fit_logistic(features: Floats, labels: Floats, ridge: float = RIDGE) -> Logistic:
    """Fit a logistic regression (Newton's method; Green 1984).

    Features are standardised inside; the ridge acts on standardised slopes, never on the
    intercept, and keeps them finite where the labels are separable.

    Parameters
    ----------
    features : ndarray, shape [row, feature]
    labels : ndarray, shape [row]
        0 or 1. Rows of one label only give its share, held within half a row of 0 and 1.
    ridge : float
        Above 0 where labels may be separable.

    Returns
    -------
    Logistic
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
