"""``qunlab run --posterior``: groups dealt to the parameter sets of a posterior."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Mix


def dealt_to_sets(mix: Mix, name: str, fixed: Collection[str]) -> Mix:
    """Play each type of groups with parameter sets drawn from a posterior, by weight.

    Parameters
    ----------
    mix : Mix
        As the file and the command line give it.
    name : str
        Of a population, or a file ``NAME.posterior.csv``.
    fixed : collection of str
        Keys of the command line, which stay. So do those that a file sets above the file it
        stands on, and those that types of groups set.

    Returns
    -------
    Mix

    Raises
    ------
    InputError
        No such posterior, every fault of it.
    """
    from sim.study.particles import draw_posterior, weights_of

    drawn = draw_posterior(name)
    kept = {*fixed, *(mix.own if mix.base else ())}.union(*(one.keys for one in mix.types))
    sets = drawn.without(kept)
    return mix.crossed(sets, [float(weight) for weight in weights_of([*sets])], ())
