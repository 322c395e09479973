"""Ideas are asked for on their day; who answered is praised once, and rested before the next."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import people, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.participation import Participation
from sim.state import CALL, CONTENT, GREETING, IDEA, OWN
from tests.policies.test_policies import observed

POLICIES = st.builds(
    Participation,
    every_days=st.integers(1, 5),
    open_days=st.integers(1, 3),
    fen=st.integers(0, 300),
    honoured=st.integers(0, 3),
    pause_days=st.floats(0, 4),
    adopted=st.booleans(),
    quality=st.floats(0, 3),
)
MEMBERS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 3), st.floats(-60, 0),
              st.floats(-200, 0) | st.just(-np.inf)),
    max_size=12,
)  # fmt: skip


@given(POLICIES, MEMBERS, st.integers(0, 20))
def test_praise_goes_to_those_who_took_part_and_are_rested(
    policy: Participation, members: list[tuple[float, ...]], day: int
) -> None:
    now = 24.0 * day
    members = sorted(members)
    group = [int(member[0]) for member in members]
    columns = {name: [member[at] for member in members]
               for at, name in enumerate(("present", "answered_calls"), 1)}  # fmt: skip
    columns["last_post_hours"] = [now + member[3] for member in members]
    columns["last_act_hours"] = [now + member[4] for member in members]
    who = people(group, now, **columns)
    seen = dataclasses.replace(observed([0.0] * 2), time_hours=now, people_of=lambda: who)
    acts = checked(policy.act(seen), "participation", 2, now, now + 1).acts
    calls = acts[acts["kind"] == CALL]
    assert calls["group"].tolist() == ([0, 1] if day % policy.every_days == 0 else [])
    assert (calls["other"] == IDEA).all()
    assert (calls["fen"] == policy.fen).all()
    praised, made = acts[acts["kind"] == GREETING], acts[acts["kind"] == CONTENT]
    ends = day >= policy.open_days and (day - policy.open_days) % policy.every_days == 0
    for at in range(2):
        fit = who.where(
            (who.group == at) & who.present & (who.answered_calls > 0)
            & (who.last_post_hours >= now - 24 * policy.open_days)
            & (now - who.last_act_hours >= 24 * policy.pause_days)
        )  # fmt: skip
        best = sorted(range(len(fit)), key=lambda n: (-fit.answered_calls[n], fit.slot[n]))
        named = sorted(int(fit.slot[n]) for n in best[: policy.honoured]) if ends else []
        assert praised["to"][praised["group"] == at].tolist() == named
        assert made["to"][made["group"] == at].tolist() == named * policy.adopted
    assert (made["topic"] == OWN).all()


@settings(max_examples=6)
@given(POLICIES)
def test_both_engines_play_it_alike(policy: Participation) -> None:
    one = played("participation", policy, 6.0)
    assert one.books["spent_fen"].sum() == one.daily["calls_fen"].sum()


def test_nobody_is_praised_twice_within_the_pause() -> None:
    policy = Participation(every_days=1, open_days=1, honoured=2, pause_days=3.0, adopted=False)
    one = played("participation", policy, 9.0)
    said, _ = one.logs()
    praise = said[(said["kind"] == GREETING) & (said["member"] < 0) & (said["reply_to"] >= 0)]
    assert len(praise) > 2
    for slot in set(praise["reply_to"].tolist()):
        assert (np.diff(praise["time_hours"][praise["reply_to"] == slot]) >= 72).all()
