"""Who knows whom at creation: networkx graphs and users' edge lists turned into arrays."""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.errors import InputError, readable
from sim.params import Params
from sim.state import Array

SLOTS = 12
"""Ties a member can keep; `ties.kept` may use fewer."""

MOST_FAULTS = 20

DRAWN = ("strangers", "small_world", "cliques")
"""Graphs that need no file."""


def tied_to(params: Params, key: int) -> Array:
    """Say whom the first members know [size, 12], -1: nobody, not to be written to; by
    `ties.graph`: strangers, small_world (Watts and Strogatz 1998, rewiring 0.1), cliques (of degree
    + 1) or an edge list ``member,member[,weight]``. One graph a key, size and degree.
    """
    size, ties = params.group.size, params.ties
    if ties.graph == "strangers" or ties.kept == 0:
        return np.full((size, SLOTS), -1, np.int16)
    if is_listed(params):
        return _listed(ties.graph, size, ties.kept, ties.initial_weight)[0]
    degree = min(ties.degree, ties.kept, size - 1)
    return _drawn(ties.graph, size, degree, ties.kept, key % 2**31)


def tie_weights(params: Params, to: Array) -> Array:
    """Say how strong the ties to those of `tied_to` are: array [size, 12], 0 for nobody."""
    ties = params.ties
    if is_listed(params) and ties.kept > 0:
        return _listed(ties.graph, params.group.size, ties.kept, ties.initial_weight)[1]
    return np.where(to >= 0, ties.initial_weight, 0.0)


def is_listed(params: Params) -> bool:
    """Say whether ties come from a user's own edge list."""
    return params.ties.graph not in DRAWN


def sum_of_ties(weight: Array) -> Array:
    """Add up each member's ties, place by place, as both engines do at a look."""
    total = np.zeros(len(weight))
    for place in range(weight.shape[1]):
        total += weight[:, place]
    return total


@lru_cache(maxsize=1024)
def _drawn(graph: str, size: int, degree: int, kept: int, seed: int) -> Array:
    """Draw who is tied to whom: small enough to keep thousands, since drawing is slow."""
    import networkx

    if degree <= 0:
        edges = []
    elif graph == "small_world":
        even = max(2, degree - degree % 2)
        world = networkx.watts_strogatz_graph(size, min(even, size - 1), 0.1, seed=seed)
        edges = sorted(world.edges)
    else:
        circles = math.ceil(size / (degree + 1))
        friends = networkx.relaxed_caveman_graph(circles, degree + 1, 0.0, seed=seed)
        edges = sorted((a, b) for a, b in friends.edges if a < size and b < size)
    tie_to, _ = _arrays([(a, b, 1.0) for a, b in edges], size, kept)
    small = tie_to.astype(np.min_scalar_type(-size))
    small.flags.writeable = False
    return small


@lru_cache(maxsize=64)
def _listed(path: str, size: int, kept: int, weight: float) -> tuple[Array, Array]:
    edges: list[tuple[int, int, float]] = []
    problems: list[str] = []
    try:
        rows = list(csv.reader(readable(Path(path)).read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"ties.graph: cannot read {path}: {error}"]) from error
    for line, row in enumerate(rows, start=1):
        try:
            a, b = int(row[0]), int(row[1])
            tie = float(row[2]) if len(row) > 2 else weight
        except (ValueError, IndexError):
            if line > 1:  # the first line may name the columns
                problems.append(f"ties.graph: {path} line {line}: wants member,member[,weight]")
            continue
        if not (0 <= a < size and 0 <= b < size and a != b and 0 <= tie <= 10):
            problems.append(
                f"ties.graph: {path} line {line}: members are two of 0-{size - 1}, weight 0-10"
            )
        edges.append((a, b, tie))
    if len(problems) > MOST_FAULTS:
        more = f"ties.graph: {path}: {len(problems) - MOST_FAULTS} more lines are wrong"
        problems = [*problems[:MOST_FAULTS], more]
    if problems:
        raise InputError(problems)
    return _arrays(edges, size, kept)


def _arrays(edges: list[tuple[int, int, float]], size: int, kept: int) -> tuple[Array, Array]:
    heard: list[dict[int, float]] = [{} for _ in range(size)]
    for a, b, weight in edges:
        heard[a][b] = weight
        heard[b][a] = weight
    tie_to = np.full((size, SLOTS), -1, np.int64)
    weights = np.zeros((size, SLOTS))
    for member, ties in enumerate(heard):
        strongest = sorted(ties.items(), key=lambda tie: (-tie[1], tie[0]))[:kept]
        for slot, (other, weight) in enumerate(strongest):
            tie_to[member, slot] = other
            weights[member, slot] = weight
    tie_to.flags.writeable = False
    weights.flags.writeable = False
    return tie_to, weights
