"""Baselines of `sim.gym` on the same groups: nothing, random, a checklist; what a step costs."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from sim.ensemble import simulate
from sim.gym import ChecklistAgent, GroupEnv, Orders, RandomAgent, Seen
from sim.report.levers import FEN_PER_CNY
from sim.report.uncertainty import three
from sim.state import Array
from sim.stats.intervals import Estimate, estimate

QUALITY = 0.7  # of every post: what the checklist's preset says, for all agents
COLUMNS = (
    *("return", "people talking a day", "members at the end", "cost, CNY"),
    "return less that of nothing, same groups",
)


class Agent(Protocol):
    """Whoever orders a day by what it sees."""

    def act(self, seen: Seen) -> Orders:
        """Return a day's orders."""


class NoAgent:
    """Orders nothing."""

    def __init__(self, env: GroupEnv) -> None:
        self._orders = env.nothing()

    def act(self, _seen: Seen) -> Orders:
        """Return the empty orders of a day."""
        return self._orders


class OpenAgent(RandomAgent):
    """Orders by lot, but lets everybody write and come in."""

    def act(self, seen: Seen) -> Orders:
        """Return a day's orders."""
        return super().act(seen) | {"hushed": 0, "closed": 0}


AGENTS: dict[str, Callable[[GroupEnv], Agent]] = {
    "nothing": NoAgent,
    "random": RandomAgent,
    "random, open": OpenAgent,
    "checklist": ChecklistAgent,
}


def episode(env: GroupEnv, agent: Agent, seed: int) -> tuple[float, ...]:
    """Play an episode; return a number for each of `COLUMNS` but the last."""
    seen, _ = env.reset(seed=seed)
    total, ended, info = 0.0, False, dict[str, Any]()
    while not ended:
        seen, reward, dead, over, info = env.step(agent.act(seen))
        total, ended = total + reward, dead or over
    found = info["outcomes"]
    talking = found["posting_members_per_day"]
    return total, talking, found["members_end"], found["cost_fen"] / FEN_PER_CNY


def baselines(groups: int) -> dict[str, list[Estimate]]:
    """Play every agent on the groups of the same seeds, 1 ... `groups`."""
    env = GroupEnv(quality=QUALITY)
    played: dict[str, Array] = {}
    for name, made in AGENTS.items():
        agent = made(env)
        played[name] = np.array([episode(env, agent, seed) for seed in range(1, groups + 1)])
    nothing = played["nothing"][:, :1]
    return {
        name: [estimate(column) for column in np.hstack([rows, rows[:, :1] - nothing]).T]
        for name, rows in played.items()
    }


def seconds_a_day(groups: int) -> tuple[float, float]:
    """Return the processor seconds of a group's day in a step, and in `simulate` on one thread."""
    env = GroupEnv()
    begun = time.process_time()
    for seed in range(1, groups + 1):
        episode(env, NoAgent(env), seed)
    stepped = time.process_time()
    simulate([replace(env.scenario, policies=())], groups, 1, threads=1)
    days = groups * env.scenario.days
    return (stepped - begun) / days, (time.process_time() - stepped) / days


def written(played: dict[str, list[Estimate]]) -> str:
    """Write the table: means with 95 % intervals."""
    lines = ["| agent | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS)]
    for name, row in played.items():
        cells = (f"{three(one.value)} ({three(one.lower)} to {three(one.upper)})" for one in row)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(given: Sequence[str] | None = None) -> None:
    """Print the table of docs/gym.md, and what a step costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=100, help="episodes an agent, at least 2")
    groups = max(2, parser.parse_args(given).groups)
    print(written(baselines(groups)))
    step, day = seconds_a_day(groups)
    print(f"a step takes {three(1e3 * step)} ms, a group's day in simulate {three(1e3 * day)} ms")


if __name__ == "__main__":
    main()
