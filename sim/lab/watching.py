"""One group, hour by hour: what is watched, as an address, and what is seen of it at an hour.

The engine plays the group with its log; members are read off the same engine at the hour. What is
seen of a day is what its row of the trace has, of a member what a `sim.agents.Member` has.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

import networkx as nx
import numpy as np

from sim.allowed import Allowed
from sim.ensemble import Ensemble, Place, simulate_log
from sim.lab.choices import WORLDS, B, Choices, Plan, only_own_code, plan_of
from sim.language import N_, _
from sim.scenario import Scenario, forked
from sim.scenario.toml import literal
from sim.state import KINDS, UTTERANCES, Array
from sim.study.compare import changes_of
from sim.trace import CLAIMED, EVENTS, JOIN, REFUNDED, SENT, TOOK_PART, end_hours

WHERE = {name: Allowed(int, 0, 100_000) for name in ("group", "hour", "at_day")}
SAID = N_({
    "chat": "chat · small talk", "question": "ask · question about what the group is for",
    "answer": "reply · answer with information", "content": "share · something worth reading",
    "activity": "act · call to take part", "greeting": "hello · greeting",
    "ad": "ad · advertisement", "packet": "packet · red packet",
    "join": "{who} joined", "leave": "{who} left", "mute": "{who} muted the group",
    "unmute": "{who} hears the group again", "call": "{who} took part in what the team asked for",
    "remove": "the team removed {who}", "return": "{who} came back", "pay": "the team paid {who}",
})  # fmt: skip
"""What stands for the words of a message of each kind (nobody's speech is made up); notices."""
TIED, TIES_MOST = 0.1, 1200  # above it a tie counts, as in the density of ties
SIZE = 1000.0  # of the disc: ECharts sets lines of small coordinates straight


@dataclass(frozen=True)
class Watch:
    """What is watched, and when.

    Attributes
    ----------
    choices : Choices
        Plan B's people, levers, days and seed are the group's.
    group, hour : int
        Which replication; hours since creation.
    fork : tuple
        What the team changes at the midnight that begins day `at_day`; empty: only one world.
    at_day : int
        0 is the day of creation.

    Examples
    --------
    >>> Watch(Choices(), hour=20).changed({"policies.cadence.posts_per_day": 4}).at_day
    2
    """

    choices: Choices
    group: int = 0
    hour: int = 0
    fork: Plan = ()
    at_day: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str], files: tuple[str, ...] = WORLDS) -> Watch:
        """Read an address, which anybody may have written; `InputError` with what is wrong."""
        told = {name: changes_of(f"{name}={query[name]}")[name] for name in WHERE if name in query}
        found = {name: WHERE[name].checked(name, value) for name, value in told.items()}
        fork = plan_of(changes_of(query.get("fork", "")))
        watch = cls(Choices.read(query, files), fork=fork, **found)  # type: ignore[arg-type]
        watch.scenarios()
        return watch

    def address(self) -> str:
        """Return the query of an address."""
        told = [(name, str(getattr(self, name))) for name in WHERE if getattr(self, name)]
        fork = self.change()
        return f"?{urlencode([*self.choices.query(), *told, *([('fork', fork)] if fork else [])])}"

    def change(self) -> str:
        """Write what the team changes as ``--with`` takes it."""
        return replace(self.choices, people="", b=self.fork).text(B)

    def scenarios(self) -> list[Scenario]:
        """Return the scenario, and what it is with the team's change."""
        plain = self.choices.scenario()
        with only_own_code(self.choices.file):
            return [plain, *([forked(plain, dict(self.fork), self.at_day)] if self.fork else [])]

    def worlds(self) -> list[World]:
        """Return them ready to be played."""
        return [World(one, self.group, self.choices.seed) for one in self.scenarios()]

    def changed(self, changes: Mapping[str, Any]) -> Watch:
        """Let the team do otherwise from the next midnight on, or from this one; not, for none."""
        clock = self.hour + self.choices.scenario().params.group.start_hour
        fork = plan_of(dict(self.fork) | dict(changes)) if changes else ()
        return replace(self, fork=fork, at_day=-(-clock // 24) if fork and self.hour else 0)

    def commands(self, member: int) -> list[str]:
        """Write what prints the same: the chat and the days, a member, what the change makes."""
        now = self.choices
        people = {"people": now.people} if now.people else {}
        values, changes = {"run.days": now.days} | people | dict(now.b), dict(self.fork)
        words = [
            "qunlab",
            "run",
            now.file,
            "--groups",
            str(self.group + 1),
            "--seed",
            f"{now.seed}",
        ]
        words += [*_set(values), "--log", "results/log"]
        fork = f"forked(base, {changes!r}, {self.at_day})" if changes else "base"
        code = (
            "from sim.ensemble import Ensemble, Place; from sim.scenario import forked, "
            f"load_scenario; base = load_scenario({now.file!r}, {values!r}); "
            f"group = Ensemble([Place(0, {fork}, {self.group}, {now.seed})]); "
            f"group.advance({self.hour}); me = group.arrays['members'][{member}]; "
            "print(dict(zip(me.dtype.names, me)))"
        )
        told = [words, ["python", "-c", code]]
        if changes:
            both = replace(now, a=now.b, b=plan_of(dict(now.b) | changes))
            both = replace(both, groups=max(2, self.group + 1))
            told.append([*shlex.split(both.command()), "--out", "results/fork"])
            at_day = ["--at-day", str(self.at_day)]
            told.append(
                ["qunlab", "fork", "results/fork", str(self.group), *at_day, *_set(changes)]
            )
        return [shlex.join(one) for one in told]


def _set(values: Mapping[str, Any]) -> list[str]:
    return [word for key, one in values.items() for word in ("--set", f"{key}={literal(one)}")]


class Line(NamedTuple):
    """A line of the chat: a message (`reply_to` as in a log), a red packet with the parts taken
    (member, fen, seconds since it was sent), or a notice; a member below 0 is the team.
    """

    time_hours: float
    member: int
    kind: str
    reply_to: int = -1
    fen: int = 0
    shares: int = 0
    claims: tuple[tuple[int, int, float], ...] = ()

    @property
    def text(self) -> str:
        """What stands for its words, or the notice."""
        return _(SAID[self.kind], who=name_of(self.member))


class Seen(NamedTuple):
    """What is seen at an hour: members by slot, as the engine has them, and the days' rows, that of
    the day under way as far as it has come.
    """

    hour: int
    day: int
    members: Array
    posts: Array
    daily: Array

    def today(self, *names: str) -> int:
        """Count something of the day under way."""
        return int(sum(self.daily[self.day][name] for name in names))

    def figures(self) -> dict[str, int]:
        """Count what stands above the chat."""
        counts = {name: self.today(name) for name in ("posting_members", "claims")}
        return {"members": int(self.members["present"].sum()), "messages": self.today(*UTTERANCES),
                **counts}  # fmt: skip

    def level(self, name: str) -> Array:
        """Return a level of each member; ``need`` is what is unmet, 0 to 1."""
        if name == "need":
            return np.asarray((self.members["weight"] * self.members["hunger"]).sum(axis=1))
        return np.asarray(self.members[name])

    def ties(self) -> list[tuple[int, int, float]]:
        """List the ties of those present to others present, the strongest first."""
        slot, place = np.nonzero(self.members["tie"] > TIED)
        other, weight = self.members["tie_to"][slot, place], self.members["tie"][slot, place]
        both = np.flatnonzero(self.members["present"][slot] & self.members["present"][other])
        both = both[np.argsort(-weight[both], kind="stable")][:TIES_MOST]
        return list(zip(*(one[both].tolist() for one in (slot, other, weight)), strict=True))


class World:
    """A group as it is played: a scenario of `Watch.scenarios`, the replication, the seed."""

    def __init__(self, scenario: Scenario, group: int, seed: int) -> None:
        self.scenario, self.group, self.seed = scenario, group, seed
        self.start, self.end = scenario.params.group.start_hour, int(np.ceil(end_hours(scenario)))
        self._played = self._fresh()  # as far as it was last looked at

    def _fresh(self) -> Ensemble:
        return Ensemble([Place(0, self.scenario, self.group, self.seed)])

    def at(self, hour: int) -> Seen:
        """Play to an hour, from the start when it is gone by, and look."""
        if self._played.hour > hour:
            self._played = self._fresh()
        self._played.advance(hour)
        a, day = self._played.arrays, (max(hour - 1, 0) + self.start) // 24
        return Seen(hour, day, a["members"], a["posts"], a["daily"][0])

    def clock(self, hours: float) -> str:
        """Write a time as a clock shows it."""
        hour, minute = divmod(int(60 * (hours + self.start) + 1e-6) % (24 * 60), 60)
        return f"{hour:02d}:{minute:02d}"

    @cached_property
    def log(self) -> tuple[Array, Array]:
        """All its messages and events."""
        return simulate_log([self.scenario], [self.group], self.seed, threads=1)[1:]

    @cached_property
    def _rows(self) -> tuple[Array, Array, Array]:
        """Times and rows of all lines in order, events after messages; times of what is no talk."""
        messages, events = self.log
        noted = ~np.isin(events["event"], (CLAIMED, REFUNDED))
        noted &= (events["event"] != JOIN) | (events["time_hours"] > 0)
        rows = np.append(np.arange(len(messages)), len(messages) + np.flatnonzero(noted))
        times = np.append(messages["time_hours"], events["time_hours"][noted])
        apart = np.append(messages["member"] < 0, events["event"][noted] != TOOK_PART)
        order = np.argsort(times, kind="stable")
        return times[order], rows[order], times[order][apart[order]]

    def next_event(self, hour: int) -> int:
        """Return the hour after the team's next act, packet, or coming and going of a member."""
        later = self._rows[2][np.searchsorted(self._rows[2], hour) :]
        return min(int(later[0]) + 1 if len(later) else self.end, self.end)

    def lines(self, hour: int, most: int = 60) -> list[Line]:
        """List the newest lines of the chat before an hour."""
        times, rows, _apart = self._rows
        end = int(np.searchsorted(times, hour))
        return [self._line(row, hour) for row in rows[max(0, end - most) : end].tolist()]

    def _line(self, row: int, hour: int) -> Line:
        messages, events = self.log
        if row < len(messages):
            _group, time, member, reply_to, kind = messages[row].item()
            return Line(time, member, KINDS[kind], reply_to)
        _group, time, event, member, packet, fen, shares = events[row - len(messages)].item()
        mine = (events["packet"] == packet) & (events["event"] == CLAIMED) & (event == SENT)
        taken = events[mine & (events["time_hours"] < hour)]
        seconds = 3600 * (taken["time_hours"] - time)
        claims = zip(taken["member"].tolist(), taken["fen"].tolist(), seconds.tolist(), strict=True)
        return Line(time, member, EVENTS[event], -1, fen, shares, tuple(claims))

    def by_hour(self, seen: Seen) -> tuple[Array, Array]:
        """Count the messages of members and of the team in each hour of the day under way."""
        at = self.log[0]["time_hours"] + self.start - 24 * seen.day
        today = (at >= 0) & (self.log[0]["time_hours"] < seen.hour)
        hours, team = at[today].astype(np.int64), self.log[0]["member"][today] < 0
        most = max(0, seen.hour + self.start - 24 * seen.day)
        return np.bincount(hours[~team], minlength=most), np.bincount(hours[team], minlength=most)

    @cached_property
    def places(self) -> Array:
        """Lay members out on a disc, whom ties hold together near each other: [slot, 2]."""
        whole = self._fresh()
        whole.advance()
        members = whole.arrays["members"]
        slot, place = np.nonzero(members["tie"] > TIED)
        graph = nx.empty_graph(len(members))
        graph.add_edges_from(np.column_stack([slot, members["tie_to"][slot, place]]).tolist())
        found = nx.spring_layout(graph, iterations=30, seed=1)
        at = np.array([found[number] for number in range(len(members))])
        far = np.hypot(*at.T)[:, None]
        return np.asarray(SIZE * at / far * np.sqrt(far.argsort(axis=0).argsort(axis=0) / len(far)))


def name_of(member: int) -> str:
    """Name a member by its number, or the team."""
    return _("member {number}", number=member) if member >= 0 else _("the team")
