"""The rules of the house stand from creation on, in both engines."""

from __future__ import annotations

from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.rules import Rules
from sim.state import Setting


@given(st.booleans(), st.floats(0, 1), st.booleans())
def test_what_holds_is_ordered_and_nothing_else(shown: bool, share: float, own: bool) -> None:
    plan = checked(Rules(shown, share, own).plan(Setting(days=9.0)), "rules", 1, 0.0, 216.0)
    held = {"rules_shown": shown, "removal_share": share, "personal_filter": own}
    assert {name: column[0] for name, column in plan.standing().items()} == {
        name: how for name, how in held.items() if how
    }
    assert not len(plan.acts)


def test_both_engines_remove_and_filter_alike() -> None:
    spam = {"screen.spammers": 0.5, "speak.propensity": 0.5}
    fields = {"removal_share": 0.7, "personal_filter": True}
    daily = played_alike({"rules": fields}, 4.0, **spam).daily
    assert daily["removed_messages"].sum() > 5
    without = played_alike({"rules": {"shown": False}}, 4.0, **spam).daily
    assert without["removed_messages"].sum() == 0
    assert daily["ad"].sum() < without["ad"].sum()
