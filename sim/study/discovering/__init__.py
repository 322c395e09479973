"""Discover: where in the space of levers something happens, as boxes in plain words."""

from sim.study.discovering.boxes import Cases, Limit
from sim.study.discovering.discover import discover
from sim.study.discovering.found import Discovery, FoundBox
from sim.study.discovering.prim import PeeledBox, peel

__all__ = ["Cases", "Discovery", "FoundBox", "Limit", "PeeledBox", "discover", "peel"]
