"""`GroupEnv`: one group as a Gymnasium environment, a step a day; two agents to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sim import state
from sim.allowed import LARGEST_INTEGER, Allowed
from sim.ensemble import Ensemble, Place, Room
from sim.errors import Faults, InputError
from sim.lives.outcomes import Run, outcome_named, outcomes
from sim.operators import ledger_of, observe, planned
from sim.policies.prune import Prune
from sim.scenario import Forked, NamedPolicy, Scenario, load_scenario, parse_scenario
from sim.scenario.loading import configs
from sim.state import POSTED, Actions, Observation, merge
from sim.trace import Trace

try:
    import gymnasium
    from gymnasium import spaces
    from gymnasium.wrappers.utils import create_zero_array
except ImportError:
    command = 'pip install "qunlab[gym]"'
    raise InputError([f"sim.gym needs Gymnasium; install it with: {command}"]) from None

DAY_HOURS, MOST_SILENT_DAYS = 24, 365
NAME, CHECKLIST, OWN, ID = "agent", "sop_checklist", "own_", "Qunlab/Group-v0"
ALLOWED = {"quality": Allowed(float, 0, 3), "posts_most": Allowed(int, 1, 50),
           "packet_fen_most": Allowed(int, 1, state.MOST_SHARES * state.MOST_FEN_A_SHARE),
           "silence_days": Allowed(float, 0.5, 3650)}  # fmt: skip
NAMES = {
    "members": ("members", "joined", "left", "posting_members_today", "own_removed"),
    "messages": ("messages", "messages_today", "exchanges_today", "own_posts"),
    "fen": ("income_fen", "own_spent_fen", "own_paid_fen"), "packets": ("own_packets",),
    "shares": ("shares_open", "claims"), "calls": ("calls_open",), "answers": ("call_answers",),
    "questions": ("questions_open",), "orders": ("orders",), "minutes": ("own_minutes",),
    "hours": ("time_hours", "silent_hours"), "hour": ("hour_of_day",),
    "weekday, 0: Monday": ("weekday",),
}  # fmt: skip
UNITS = {name: unit for unit, names in NAMES.items() for name in names}
"""What is observed, by name, and its unit: as `sim.state.Observation` says it; what begins with
`own_` is what the agent has done so far, as `sim.state.Ledger` says it."""

COUNTED = {"posting_members": ("posting_members",), "messages": state.UTTERANCES,
           "joined": ("joins",), "left": ("leaves",), "income_fen": ("income_fen",)}  # fmt: skip
"""Counts of `sim.trace.DAY_COUNTS` that a `Day` adds up, by its fields."""

Seen = dict[str, Any]
Orders = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """What happened within the 24 hours of a step, for a reward.

    Attributes
    ----------
    number : int
        0 for the first one.
    members : int
        Present at its end.
    posting_members : int
        Who wrote for the first time of a local day; summed over all steps, `posting_member_days`.
    messages : int
        Of members.
    joined, left : int
        Members who came, and who left of their own accord.
    cost_fen : int
        As the outcome of that name: wages for the team's minutes, and what members were paid.
    income_fen : int
        Paid by members for orders delivered.
    refused : int
        Orders of the agent that the platform does not allow and that were not carried out.
    """

    number: int
    members: int
    posting_members: int
    messages: int
    joined: int
    left: int
    cost_fen: int
    income_fen: int
    refused: int


def member_messages(day: Day) -> float:
    """Reward each message of a member with 1: a plain choice, and an assumption.

    Examples
    --------
    >>> member_messages(Day(0, 9, 2, 5, 0, 1, 300, 0, 0))
    5.0
    """
    return float(day.messages)


class _Team:
    """A policy whose acts come from outside: a day's orders, carried out hour by hour."""

    sees_people: ClassVar[bool] = True

    def __init__(self) -> None:
        self.today = Actions.none()

    def act(self, seen: Observation) -> Actions:
        """Return what was ordered for this hour, and what stands."""
        acts = self.today.acts
        return replace(self.today, acts=acts[np.floor(acts["time_hours"]) == seen.time_hours])


class GroupEnv(gymnasium.Env[Seen, Orders]):
    """One group whose team is the agent; a step is 24 hours, the first ones from creation on.

    An action is a dictionary of whole numbers (`action_space`):

    * `posts` [post, 3]: the kind (0: none; n: the n-th of `sim.state.POSTED`), the local clock hour
      0 ... 23, whether it calls on all members;
    * `packet`: fen (0: none), shares, local clock hour;
    * `remove_silent_days`: who has been silent for so many days is removed, at most 20 members a
      day, as `Prune` does without notice; 0: nobody;
    * `hushed`, `closed`: 1: for these 24 hours nobody can write, or come in.

    An order that the platform does not allow (a packet of fewer fen than shares) is not carried out
    and is named in ``info["refused"]``. What is observed is what operators see, never needs or
    fatigue: `UNITS` has names and units.

    An episode is `terminated` when the group is dead: nobody is left, or no member has written for
    `silence_days`; `truncated` at the scenario's horizon. ``info["day"]`` has the fields of the
    `Day`; with the last step ``info["outcomes"]`` has all outcomes, of a group that died of the
    whole local days until then. ``reset(seed=7)`` founds the group of ``simulate([scenario], 1,
    seed=7)``; the same acts give the same numbers to the bit.

    Parameters
    ----------
    scenario : Scenario or path, optional
        The group, and policies that act beside the agent; by default the shipped community, for
        14 days and without any.
    reward : callable
        Turns a `Day` into a number; by default the messages of members.
    quality : float
        0 ... 3, of every post; 1 is a member's average message. It costs nothing in the model, so
        it is what the team can do, no act.
    posts_most : int
        1 ... 50 posts a day.
    packet_fen_most : int
        1 ... 2,000,000 fen in a packet.
    silence_days : float
        0.5 ... 3650 days without a message of a member after which the group counts as dead.

    Raises
    ------
    InputError
        Whatever is not allowed; an action that is not in the action space.

    Examples
    --------
    >>> from sim.scenario import Scenario
    >>> small = Scenario().with_values({"group.size": 6, "run.days": 2})
    >>> env = GroupEnv(small, reward=lambda day: day.posting_members - 0.01 * day.cost_fen)
    >>> seen, info = env.reset(seed=7)
    >>> seen["members"].tolist(), UNITS["members"]
    ([6.0], 'members')
    >>> orders = env.nothing()
    >>> orders["posts"][0] = 1, 20, 0  # content, at 20:00
    >>> seen, reward, dead, over, info = env.step(orders)
    >>> seen["own_posts"].tolist(), info["day"]["number"], dead, over
    ([1.0], 0, False, False)
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # as Gymnasium declares it

    def __init__(self, scenario: Scenario | Path | str | None = None,
                 reward: Callable[[Day], float] = member_messages, quality: float = 1.0,
                 posts_most: int = 8, packet_fen_most: int = 2_000,
                 silence_days: float = 7.0) -> None:  # fmt: skip
        given = quality, posts_most, packet_fen_most, silence_days
        faults = Faults()
        for (name, allowed), value in zip(ALLOWED.items(), given, strict=True):
            with faults.gathered():
                allowed.checked(name, value)
        faults.refuse()
        if scenario is None:
            scenario = replace(load_scenario(configs() / "base.toml"), policies=())
        elif not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        if isinstance(scenario, Forked):
            raise InputError(["scenario: a fork is played by `simulate` alone"])
        self._team = _Team()
        agent = NamedPolicy(NAME, NAME, self._team)
        self.scenario = replace(scenario, policies=(*scenario.policies, agent))
        self._number = self.scenario.policies.index(agent)
        self._reward, self._quality, self._silence_days = reward, quality, silence_days
        self._room = Room()
        self._found(scenario.seed)
        known = spaces.Box(0.0, np.inf, (1,), np.float64)
        self.observation_space: spaces.Dict[Any] = spaces.Dict(dict.fromkeys(UNITS, known))
        choices = np.array([[len(POSTED) + 1, DAY_HOURS, 2]] * posts_most)
        packet = [packet_fen_most + 1, state.MOST_SHARES + 1, DAY_HOURS]
        self.action_space: spaces.Dict[Any] = spaces.Dict({
            "posts": spaces.MultiDiscrete(choices), "packet": spaces.MultiDiscrete(packet),
            "remove_silent_days": spaces.Discrete(MOST_SILENT_DAYS + 1),
            "hushed": spaces.Discrete(2), "closed": spaces.Discrete(2),
        })  # fmt: skip

    def nothing(self) -> Orders:
        """Return the action that orders nothing, to be filled in."""
        return dict(create_zero_array(self.action_space))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None,
              ) -> tuple[Seen, dict[str, Any]]:  # fmt: skip
        """Found a group; ``info["seed"]`` says which one."""
        super().reset(seed=seed, options=options)
        played = int(self.np_random.integers(LARGEST_INTEGER)) if seed is None else seed
        self._found(played)
        self._ended = False
        return self._shown(), {"seed": played}

    def _found(self, seed: int) -> None:
        self._team.today, self._ended = Actions.none(), True
        self._block = Ensemble([Place(0, self.scenario, 0, seed)], room=self._room)
        self._before = dict.fromkeys((*COUNTED, "cost_fen"), 0)

    def step(self, action: Orders) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        """Carry a day's orders out."""
        if self._ended:
            raise InputError(["step: the group has ended or was never begun; call reset"])
        if not self.action_space.contains(action):
            raise InputError([f"action: not in the action space {self.action_space}"])
        block = self._block
        self._team.today, refused = self._ordered(action, self._seen())
        block.advance(block.hour + DAY_HOURS)
        before, self._before = self._before, self._counts()
        new = {name: count - before[name] for name, count in self._before.items()}
        number, members = (block.hour - 1) // DAY_HOURS, int(block.arrays["groups"]["present"][0])
        day = Day(number=number, members=members, refused=len(refused), **new)
        silent_days = self._seen().silent_hours[0] / DAY_HOURS
        dead = not members or bool(silent_days >= self._silence_days)
        over = bool(block.hour >= block.arrays["groups"]["end_hours"][0])
        self._ended = dead or over
        info: dict[str, Any] = {"day": asdict(day), "refused": refused}
        if self._ended:
            info["outcomes"] = outcomes(self.trace(), [self.scenario]).iloc[0].to_dict()
        return self._shown(), float(self._reward(day)), dead, over, info

    def trace(self) -> Trace:
        """Return what the group has left: up to the last midnight, at the horizon up to the end."""
        group, hours = self._block.arrays["groups"][0], float(self._block.hour)
        if hours < group["end_hours"]:
            hours = max(0.0, hours - (hours + group["start_hour"]) % DAY_HOURS)
        return self._until(hours)

    def _until(self, hours: float) -> Trace:
        """Return the trace of the local days begun before an hour, observed until then."""
        trace, group = self._block.trace(), self._block.arrays["groups"][0]
        hours = min(hours, float(group["end_hours"]))
        days = max(1, int(np.ceil((hours + group["start_hour"]) / DAY_HOURS)))
        life = trace.life.copy()
        life["observed_hours"] = hours
        return replace(trace, daily=trace.daily[:, :days], days=np.array([days]), life=life)

    def _counts(self) -> dict[str, int]:
        """Count what adds up over days, so far."""
        run = Run(self._until(float(self._block.hour)), [self.scenario])
        counts = {name: int(run.total(*counts)[0]) for name, counts in COUNTED.items()}
        return counts | {"cost_fen": int(outcome_named("cost_fen").value(run)[0])}

    def _seen(self) -> Observation:
        book = ledger_of(self._block.arrays["ledger"][:, self._number])
        return observe(self._block.hour, slice(0, 1), self._block.arrays).by(book)

    def _shown(self) -> Seen:
        """Show what operators see, each an array of one number."""
        seen = self._seen()
        known = vars(seen) | {OWN + name: own for name, own in vars(seen.ledger).items()}
        return {name: np.array(known[name], np.float64).reshape(1) for name in UNITS}

    def _ordered(self, action: Orders, seen: Observation) -> tuple[Actions, list[str]]:
        """Turn an action into a day's orders, and say what of it the platform refuses."""

        def at(hour: int) -> float:
            return seen.time_hours + float((hour - seen.hour_of_day[0]) % DAY_HOURS)

        stands = {name: np.ones(1, int) for name in ("hushed", "closed") if action[name]}
        made = [Actions(Actions.none().acts, **stands)]
        for kind, hour, everyone in action["posts"]:
            said = (POSTED[kind - 1], self._quality, bool(everyone))
            made += [Actions.posts([0], at(hour), *said)] if kind else []
        if days := int(action["remove_silent_days"]):
            made.append(Prune(silent_days=days, notice_days=0).act(seen))
        fen, shares, hour = (int(number) for number in action["packet"])
        try:
            made += [Actions.packets([0], at(hour), fen, shares)] if fen else []
        except ValueError as fault:
            return merge(made), [f"packet: {fault}"]
        return merge(made), []


class RandomAgent:
    """Orders anything that the action space has, by lot.

    Examples
    --------
    >>> env = GroupEnv()
    >>> agent = RandomAgent(env, seed=1)
    >>> agent.act(env.reset(seed=1)[0]) in env.action_space
    True
    """

    def __init__(self, env: GroupEnv, seed: int = 0) -> None:
        self._space = env.action_space
        self._space.seed(seed)

    def act(self, _seen: Seen) -> Orders:
        """Return a day's orders."""
        return self._space.sample()


class ChecklistAgent:
    """Works a checklist off: posts and packets of planning policies, at the full hour; by default
    those of the preset `sop_checklist` (greetings, content, ads, a packet).

    Parameters
    ----------
    env : GroupEnv
    checklist : Scenario, optional
        Whose policies are the checklist.

    Examples
    --------
    >>> env = GroupEnv()
    >>> orders = ChecklistAgent(env).act(env.reset(seed=1)[0])
    >>> (orders["posts"][:, 0] > 0).sum().item(), orders["packet"].tolist()
    (7, [1000, 20, 19])
    """

    def __init__(self, env: GroupEnv, checklist: Scenario | None = None) -> None:
        listed = checklist or parse_scenario({"preset": CHECKLIST})
        self._env = env
        self._acts = planned(replace(env.scenario, policies=listed.policies)).acts

    def act(self, seen: Seen) -> Orders:
        """Return a day's orders."""
        orders, post = self._env.nothing(), 0
        today = self._acts["time_hours"] // DAY_HOURS == seen["time_hours"][0] // DAY_HOURS
        for one in self._acts[today]:
            hour = int(self._env.scenario.setting().hour_of_day(one["time_hours"]))
            if one["kind"] == state.PACKET:
                orders["packet"][:] = one["fen"], one["shares"], hour
            elif post == len(orders["posts"]):
                raise InputError([f"checklist: more than {post} posts a day; raise posts_most"])
            else:
                kind = POSTED.index(state.KINDS[one["kind"]]) + 1
                orders["posts"][post] = kind, hour, one["everyone"]
                post += 1
        return orders


def register() -> None:
    """Name the environment ``Qunlab/Group-v0`` for `gymnasium.make` and `gymnasium.make_vec`.

    Examples
    --------
    >>> register()
    >>> type(gymnasium.make("Qunlab/Group-v0").unwrapped).__name__
    'GroupEnv'
    """
    if ID not in gymnasium.registry:
        gymnasium.register(ID, entry_point=f"{__name__}:{GroupEnv.__name__}")
