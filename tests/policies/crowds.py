"""Groups of members as a policy sees them, day by day, and small plays of both engines."""

from __future__ import annotations

import dataclasses
import tomllib

import numpy as np
from hypothesis import strategies as st

from sim.operators import checked
from sim.people import People
from sim.policies import Reactive
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.scenario.toml import to_toml
from sim.state import ACT_DTYPE, CALL, PAIR, PAY, REMOVE, Actions, Array, Ledger, Observation

MONTHS = 24.0 * 90


@dataclasses.dataclass
class Crowd:
    """Members of a few groups, who stay as they are but for what a policy does to them."""

    sizes: list[int]
    columns: dict[str, Array]
    books: dict[str, Array]

    def seen(self, time_hours: float, group: int | None = None) -> Observation:
        """Show all groups, or one as if there were no other."""
        groups = np.repeat(np.arange(len(self.sizes)), self.sizes)
        slot = np.concatenate([np.arange(size) for size in self.sizes]).astype(np.int64)
        rows = np.flatnonzero(
            (self.columns["joined_hours"] < time_hours) | (self.columns["joined_hours"] == 0.0)
        )
        rows = rows if group is None else rows[groups[rows] == group]
        at = groups[rows] if group is None else groups[rows] - group
        people = People(at, slot[rows], time_hours, rows, self.columns)
        kept = slice(None) if group is None else slice(group, group + 1)
        count = len(self.sizes) if group is None else 1
        own = Ledger(**{name: book[kept] for name, book in self.books.items()})
        named = {
            name: np.zeros(count, np.int64)
            for name in (field.name for field in dataclasses.fields(Observation))
            if name not in ("time_hours", "ledger", "people_of")
        }
        return Observation(time_hours, ledger=own, people_of=lambda: people, **named)

    def take(self, acts: Array) -> None:
        """Note acts in the book and at whom they were done."""
        first = np.concatenate([[0], np.cumsum(self.sizes)])
        removed = acts["kind"] == REMOVE
        for act in acts:
            for slot in {int(act["to"]), int(act["other"]) if act["kind"] == PAIR else -1} - {-1}:
                self.columns["last_act_hours"][first[act["group"]] + slot] = act["time_hours"]
            self.books["paid_fen"][act["group"]] += act["fen"] * (act["kind"] == PAY)
            self.books["posts"][act["group"]] += act["kind"] == CALL
        gone = first[acts["group"][removed]] + acts["to"][removed]
        self.columns["present"][gone], self.columns["removed"][gone] = 0, 1


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    """Draw a few groups, of members who joined and spoke within three months."""
    sizes = draw(st.lists(st.integers(0, 30), min_size=1, max_size=3))
    count = sum(sizes)
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    joined = chance.choice([0.0, 1.0], count) * chance.uniform(0, MONTHS, count)
    spoke = np.where(chance.random(count) < 0.6, chance.uniform(joined, MONTHS), -np.inf)
    columns = {
        "present": (chance.random(count) < 0.8).astype(np.uint8),
        "removed": np.zeros(count, np.int64),
        "role": chance.choice([0, 0, 0, 1, 8, 31], count),
        "joined_hours": joined,
        "last_post_hours": spoke,
        "last_act_hours": np.full(count, -np.inf),
        "recent": np.where(spoke > 0, chance.exponential(3.0, count), 0.0),
        "recent_hours": np.maximum(spoke, 0.0),
        "posts": np.where(spoke > 0, chance.integers(1, 9, count), 0),
        "orders": chance.integers(0, 2, count),
    }
    books = {field.name: np.zeros(len(sizes), np.int64) for field in dataclasses.fields(Ledger)}
    return Crowd(sizes, columns, books)


def acted(policy: Reactive, crowd: Crowd, days: int, every_hours: int = 24) -> Array:
    """Let a policy act day by day; every act passes the border to the engines, and what is done in
    a group does not depend on the others.
    """
    done = [np.zeros(0, ACT_DTYPE)]
    for hour in range(0, 24 * days, every_hours):
        seen = crowd.seen(float(hour))
        acts = policy.act(seen).acts
        kept = checked(Actions(acts), "it", seen.groups, hour, hour + 1.0).acts
        assert kept.tobytes() == acts.tobytes()
        for group in range(seen.groups):
            own = policy.act(crowd.seen(float(hour), group)).acts
            own["group"] = group
            assert sorted(own.tolist()) == sorted(acts[acts["group"] == group].tolist())
        crowd.take(acts)
        done.append(acts)
    return np.concatenate(done)


def rests(acts: Array) -> list[float]:
    """List the hours between two acts to the same member, whatever they are but prizes."""
    times: dict[tuple[int, int], list[float]] = {}
    for act in acts[acts["kind"] != PAY]:
        pair = {int(act["to"]), int(act["other"])} if act["kind"] == PAIR else {int(act["to"])}
        for slot in pair - {-1}:
            times.setdefault((int(act["group"]), slot), []).append(float(act["time_hours"]))
    return [gap for hours in times.values() for gap in np.diff(hours).tolist()]


def most_a_day(acts: Array) -> int:
    """Return the most acts of a group at one instant."""
    of = np.unique(acts[["group", "time_hours"]], return_counts=True)[1]
    return int(of.max(initial=0))


def shown_again(use: str, policy: Reactive) -> bool:
    """Say whether a policy read from the file of its scenario is equal to itself."""
    scenario = Scenario(policies=(NamedPolicy(use, use, policy),))
    return parse_scenario(tomllib.loads(to_toml(scenario))).policies[0].policy == policy
