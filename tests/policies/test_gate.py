"""What a gate asks is ordered from creation on, and asks it of both engines' candidates."""

from __future__ import annotations

import dataclasses

from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.gate import Gate
from sim.state import Setting

GATES = st.builds(
    Gate,
    fee_fen=st.integers(0, 10_000_000),
    work_share=st.floats(0, 1),
    review_share=st.floats(0, 1),
    narrowness=st.floats(0, 1),
    referral=st.booleans(),
)


@given(GATES)
def test_what_is_asked_stands_and_nothing_else(gate: Gate) -> None:
    plan = checked(gate.plan(Setting(days=9.0)), "gate", 1, 0.0, 216.0)
    asked = {name: ask for name, ask in dataclasses.asdict(gate).items() if ask}
    assert {name: column[0] for name, column in plan.standing().items()} == asked
    assert not len(plan.acts)


def test_both_engines_turn_candidates_away_and_take_fees() -> None:
    asked = {"fee_fen": 2000, "work_share": 1.0, "review_share": 0.3, "narrowness": 0.5}
    daily = played_alike({"gate": asked}, 4.0, **{"arrivals.per_day": 10.0}).daily
    assert daily["turned_away"].sum() > 10
    assert daily["gate_fees_fen"].sum() >= 2000 * daily["joins"].sum() > 0
    closed = played_alike({"gate": {"referral": True}}, 4.0, **{"arrivals.per_day": 10.0})
    assert closed.daily["joins"].sum() == 0 < closed.daily["turned_away"].sum()
