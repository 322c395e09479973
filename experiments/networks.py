"""Networks of a group as networkx knows them: who answered whom, and who is tied to whom."""

from __future__ import annotations

import networkx
import numpy as np

from sim import Community, Scenario, simulate_log
from sim.stats.intervals import Estimate, estimate


def answers_of(scenario: Scenario, groups: int) -> list[networkx.DiGraph]:
    """Play groups and return of each who answered whom, with all members as nodes."""
    trace, said, _ = simulate_log([scenario], groups, scenario.seed)
    said = said[(said["member"] >= 0) & (said["reply_to"] >= 0)]
    found = [networkx.empty_graph(n, networkx.DiGraph) for n in np.diff(trace.first_slot).tolist()]
    for group, member, to in said[["group", "member", "reply_to"]].tolist():
        found[group].add_edge(member, to)
    return found


def connected(network: networkx.DiGraph) -> float:
    """Return the share of members in the largest part in which answers reach from one to all."""
    return max(map(len, networkx.weakly_connected_components(network))) / len(network)


def ties_of(scenario: Scenario) -> networkx.DiGraph:
    """Play one group in Mesa and return its ties at the end, with weights."""
    one, network = Community(scenario), networkx.DiGraph(name=scenario.name)
    one.run()
    for slot, member in one.everyone.items():
        network.add_node(slot, posts=member.posts, habit=float(member.habit))
    for slot, member in one.everyone.items():
        for other, weight in zip(member.tie_to, member.ties, strict=True):
            if other >= 0:
                network.add_edge(slot, other, weight=float(weight))
    return network


def measures_of(networks: list[networkx.DiGraph]) -> dict[str, Estimate]:
    """Average measures of networks over groups, with 95 % intervals."""
    whole = [one for one in networks if one.size()]
    return {
        "largest_part_share": estimate([connected(one) for one in networks]),
        "reciprocity": estimate([networkx.overall_reciprocity(one) for one in whole]),
        "clustering": estimate([networkx.average_clustering(one) for one in networks]),
    }
