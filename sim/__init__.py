"""Qunlab: a laboratory for chat communities.

Everything a study needs is a name of this package, loaded when it is first used::

    from sim import Ensemble, Params, load_scenario
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "InputError": "sim.errors",
    "Params": "sim.params",
    "Scenario": "sim.scenario",
    "load_scenario": "sim.scenario",
    "Ensemble": "sim.ensemble",
    "Community": "sim.models",
    "Member": "sim.agents",
    "Trace": "sim.trace",
}
"""Public name -> the module it is written in."""

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
