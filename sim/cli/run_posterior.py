"""``qunlab run --posterior``: groups dealt to the parameter sets of a posterior."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Mix


def dealt_to_sets(mix: Mix, name: str, fixed: Collection[str]) -> Mix:
    """Play each type of groups with parameter sets drawn by weight from a posterior (a
    population's, or NAME.posterior.csv); keys of the command line, of the file above its base and
    of types stay.
    """
    from sim.populations import draw_posterior, weights_of

    drawn = draw_posterior(name)
    kept = {*fixed, *(mix.own if mix.base else ())}.union(*(one.keys for one in mix.types))
    sets = drawn.without(kept)
    return mix.crossed(sets, [float(weight) for weight in weights_of([*sets])], ())
