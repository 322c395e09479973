"""Qunlab: a laboratory for chat communities.

Everything a study needs is a name of this package, loaded when it is first used::

    from sim import load_scenario, simulate
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sim.agents import Member as Member
    from sim.ensemble import Ensemble as Ensemble
    from sim.ensemble import simulate as simulate
    from sim.ensemble import simulate_log as simulate_log
    from sim.errors import InputError as InputError
    from sim.lives.outcome import Outcome as Outcome
    from sim.models import Community as Community
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
    from sim.study.design import Design as Design
    from sim.study.design import crossed as crossed
    from sim.study.design import load_design as load_design
    from sim.study.design import parse_design as parse_design
    from sim.study.discover import discover as discover
    from sim.study.export import export as export
    from sim.study.optimise import Search as Search
    from sim.study.optimise import optimise as optimise
    from sim.study.origin import citation as citation
    from sim.study.replay import replay as replay
    from sim.study.sensitivity import sensitivity as sensitivity
    from sim.study.store import merge as merge
    from sim.study.study_file import load_study_file as load_study_file
    from sim.study.study_file import study_file as study_file
    from sim.study.sweep import sweep as sweep
    from sim.trace import Trace as Trace


def _homes() -> dict[str, str]:
    """Map each public name to its module, off the imports above, the one list of both."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    (listed,) = (node for node in tree.body if isinstance(node, ast.If))
    lines = (node for node in listed.body if isinstance(node, ast.ImportFrom))
    return {name.name: str(line.module) for line in lines for name in line.names}


_HOME = _homes()
__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
