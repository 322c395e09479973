"""Qunlab: a laboratory for chat communities.

Everything a study needs is a name of this package, loaded when it is first used::

    from sim import load_scenario, simulate
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sim.agents import Member as Member
    from sim.ensemble import Ensemble as Ensemble
    from sim.ensemble import simulate as simulate
    from sim.ensemble import simulate_log as simulate_log
    from sim.errors import InputError as InputError
    from sim.models import Community as Community
    from sim.outcomes import Outcome as Outcome
    from sim.params import Params as Params
    from sim.policies import Policy as Policy
    from sim.populations import draw_posterior as draw_posterior
    from sim.report import write_report as write_report
    from sim.scenario import Scenario as Scenario
    from sim.scenario import load_scenario as load_scenario
    from sim.state import Actions as Actions
    from sim.state import Observation as Observation
    from sim.state import Setting as Setting
    from sim.study.compare import CompareOptions as CompareOptions
    from sim.study.compare import Comparison as Comparison
    from sim.study.compare import compare as compare
    from sim.study.crossing import crossed as crossed
    from sim.study.design import Design as Design
    from sim.study.design import load_design as load_design
    from sim.study.design import parse_design as parse_design
    from sim.study.discovering.discover import discover as discover
    from sim.study.export import export as export
    from sim.study.factors import load_study_file as load_study_file
    from sim.study.factors import study_file as study_file
    from sim.study.optimise import Search as Search
    from sim.study.optimise import optimise as optimise
    from sim.study.origin import citation as citation
    from sim.study.replay import replay as replay
    from sim.study.sensitivity import sensitivity as sensitivity
    from sim.study.shards import merge as merge
    from sim.study.sweep import sweep as sweep
    from sim.trace import Trace as Trace

_HOME = {
    "Actions": "sim.state",
    "Community": "sim.models",
    "CompareOptions": "sim.study.compare",
    "Comparison": "sim.study.compare",
    "Design": "sim.study.design",
    "Ensemble": "sim.ensemble",
    "InputError": "sim.errors",
    "Member": "sim.agents",
    "Observation": "sim.state",
    "Outcome": "sim.outcomes",
    "Params": "sim.params",
    "Policy": "sim.policies",
    "Scenario": "sim.scenario",
    "Search": "sim.study.optimise",
    "Setting": "sim.state",
    "Trace": "sim.trace",
    "citation": "sim.study.origin",
    "compare": "sim.study.compare",
    "crossed": "sim.study.crossing",
    "discover": "sim.study.discovering",
    "draw_posterior": "sim.populations",
    "export": "sim.study.export",
    "load_design": "sim.study.design",
    "load_scenario": "sim.scenario",
    "load_study_file": "sim.study.factors",
    "merge": "sim.study.shards",
    "optimise": "sim.study.optimise",
    "parse_design": "sim.study.design",
    "replay": "sim.study.replay",
    "sensitivity": "sim.study.sensitivity",
    "simulate": "sim.ensemble",
    "simulate_log": "sim.ensemble",
    "study_file": "sim.study.factors",
    "sweep": "sim.study.sweep",
    "write_report": "sim.report",
}
"""Public name -> the module it is written in."""

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
