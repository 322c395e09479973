"""Policies on single members go together: both engines play any of them at once alike."""

from __future__ import annotations

import dataclasses
from collections import Counter

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from sim.policies import Policy
from tests.policies.both_engines import played_alike
from tests.policies.test_honour import HONOURS
from tests.policies.test_matching import MATCHINGS
from tests.policies.test_private_offers import OFFERS
from tests.policies.test_prune import PRUNES
from tests.policies.test_recall import RECALLS
from tests.policies.test_welcome import WELCOMES

SOON = {"silent_days": 1, "pause_days": 1, "notice_days": 1, "new_days": 1, "from_day": 0}
SOON |= {"after_hours": 0, "within_days": 3, "every_days": 1}  # in a few days all can happen
ALL = st.fixed_dictionaries(
    {},
    optional={
        "welcome": WELCOMES,
        "recall": RECALLS,
        "prune": PRUNES,
        "matching": MATCHINGS,
        "honour": HONOURS,
        "private_offers": OFFERS,
    },
)
COUNTED = ("letters", "removals", "pairs", "payments", "calls", "operator_posts")


def test_any_of_them_together_are_alike_in_both_engines() -> None:
    happened: Counter[str] = Counter()

    @seed(0)
    @settings(max_examples=40)
    @given(ALL)
    def agree(policies: dict[str, Policy]) -> None:
        tables = {
            name: {
                field.name: SOON.get(field.name, getattr(policy, field.name))
                for field in dataclasses.fields(policy)  # type: ignore[arg-type]
            }
            for name, policy in policies.items()
        }
        trace = played_alike(tables, 5.0, **{"arrivals.per_day": 4.0})
        for name in COUNTED:
            happened[name] += int(trace.daily[name].sum())

    agree()
    assert min(happened[name] for name in COUNTED) >= 20, happened
