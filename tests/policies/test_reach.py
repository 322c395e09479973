"""What each act changes before anybody's next look: never how active a member is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from sim.ensemble import Ensemble, Place
from sim.people import Chosen
from sim.scenario import NamedPolicy, Scenario
from sim.state import HOST, Actions, Array, Call, Setting, merge

ONE = Chosen(np.array([0]), np.array([2]))
FROZEN = Scenario().with_values(
    {
        "group.size": 6,
        "run.days": 3,
        "arrivals.per_day": 0,
        "acts.letter_reach_probability": 1,
        "acts.come_back_probability": 1,
        "operator.shill_seen_probability": 0,
    }
)
HOUR, AT = 30, 30.9999  # of the act; nobody looks in the instant that is left

MESSAGE = (
    "groups.total groups.newest_team groups.team_messages groups.team_useful ring news "
    "daily.operator_posts ledger.posts ledger.minutes ledger.last_act_hours reaction members.cause "
    "members.author members.count members.number"
)
LETTER = (
    "groups.levers groups.deeds members.letter people.letters people.last_act_hours daily.letters "
    "ledger.letters ledger.minutes ledger.last_act_hours reaction members.cause members.author "
    "members.count members.number"
)
CALLED = (
    "calls groups.levers groups.calls groups.calls_open groups.newest_talk "
    "groups.call_answers daily.calls members.answered members.streak"
)
GONE = (
    "groups.present groups.hearing groups.loafing groups.audience groups.attentive members.present"
)
CHANGES: dict[str, tuple[Actions, str]] = {
    "post": (Actions.posts([0], AT, "content"), MESSAGE),
    "post to one": (
        Actions.posts([0], AT, "content", to=2),
        f"{MESSAGE} members.addressed people.last_act_hours",
    ),
    "shill": (
        Actions.shills([0], AT, "chat"),
        MESSAGE.replace("newest_team", "newest_talk").replace("groups.team_useful ", "")
        + " daily.shill_messages",
    ),
    "letter": (Actions.letters(ONE, AT, 1.5), LETTER),
    "letter to one who left": (
        Actions.letters(Chosen(ONE.group, np.array([5])), AT, 1.5),
        f"{LETTER} {GONE} groups.left members.seen members.turn daily.returns",
    ),
    "letter to nobody": (Actions.letters(Chosen(ONE.group, np.array([6])), AT), "groups.deeds"),
    "removal": (
        Actions.removals(ONE, AT),
        f"{GONE} members.attention rate left reaction people.removed people.last_act_hours "
        "groups.deeds daily.removals daily.operator_deeds "
        "ledger.removed ledger.minutes ledger.last_act_hours",
    ),
    "pair": (
        Actions.pairs(ONE, [4], AT),
        f"{LETTER} members.tie members.tie_to members.tied members.ties_hours daily.pairs",
    ),
    "payment": (
        Actions.payments(ONE, AT, 500),
        "groups.levers groups.deeds members.letter people.paid_fen people.last_act_hours "
        "daily.payments daily.paid_fen daily.operator_deeds "
        "groups.paid_hours ledger.paid_fen ledger.minutes ledger.last_act_hours",
    ),
    "handover": (
        Actions.handovers([0], AT, 0.2),
        "groups.deeds members.trust daily.operator_deeds ledger.minutes ledger.last_act_hours",
    ),
    "role": (
        Actions.roles([0], AT, [2], HOST),
        "groups.deeds members.role daily.operator_deeds ledger.minutes ledger.last_act_hours",
    ),
    "call": (
        Actions.calls([0], AT, Call("check_in")),
        f"{MESSAGE} {CALLED}",
    ),
    "close": (
        merge([Actions.calls([0], AT, Call("check_in")), Actions.closes([0], AT, "check_in")]),
        f"{MESSAGE} {CALLED} daily.operator_deeds",
    ),
}
"""By the act: what it may change, as array.field."""
ACTIVITY = {
    f"members.{name}"
    for name in (
        *("habit", "fatigue", "propensity", "base_rate", "verdict", "mood", "hunger", "exposure"),
        *("expectation", "habit_pace", "interest", "weight", "appetite", "ad_tolerance"),
    )
}


@dataclass(frozen=True)
class Once:
    given: Any

    def plan(self, setting: Setting) -> Any:
        return self.given


def frozen(actions: Actions) -> dict[str, Array]:
    """Play the hour of some acts in a group where nobody looks; return copies of all arrays."""
    scenario = replace(FROZEN, policies=(NamedPolicy("once", "once", Once(actions)),))
    block = Ensemble([Place(0, scenario, 0, 3)])
    a = block.arrays
    a["reaction"][:], a["rate"][:], a["left"][:] = np.inf, 0.0, 1.0
    block.advance(HOUR)
    a["members"]["looked"] = 1
    a["members"]["attention"] = 0.5
    a["members"]["present"][5] = 0
    for name in ("present", "hearing"):
        a["groups"][name] -= 1
    a["groups"]["left"] += 1
    a["groups"]["attentive"] = 2.5
    block.advance(HOUR + 1)
    a["reaction"][np.isfinite(a["reaction"])] = 0.0  # that a look is planned, not when
    return {name: a[name].copy() for name in ORDERED}


ORDERED = (
    *("groups", "members", "reaction", "rate", "left", "posts", "ring", "news", "open_packets"),
    *("ledger", "people", "daily", "life"),
)
HOW = {"groups.act_next", "groups.act_end"}  # how the act itself is kept


def changed(before: dict[str, Array], after: dict[str, Array]) -> set[str]:
    """Name the arrays, or their fields, that differ."""
    found = set()
    for name, old in before.items():
        whole = name in ("ring", "news", "open_packets") or old.dtype.names is None
        for field in [None] if whole else old.dtype.names or ():
            one, other = (old, after[name]) if field is None else (old[field], after[name][field])
            if one.tobytes() != other.tobytes():
                found.add(name if field is None else f"{name}.{field}")
    return found - HOW


@pytest.mark.parametrize("act", CHANGES)
def test_an_act_changes_only_what_is_listed_before_the_next_look(act: str) -> None:
    actions, allowed = CHANGES[act]
    found = changed(frozen(Actions.none()), frozen(actions))
    assert found <= set(allowed.split())
    assert not found & ACTIVITY
    assert found
