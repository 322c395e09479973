"""The screen: rules shown, spam, removal and personal filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.ensemble import simulate, simulate_log
from sim.lives.outcomes import outcomes
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import Actions, Setting
from sim.trace import JOIN

SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Screening:
    """Orders that stand from creation on."""

    rules_shown: int = 0
    removal_share: float = 0.0
    personal_filter: int = 0

    def plan(self, setting: Setting) -> Actions:
        """Return the orders."""
        none = Actions.none().acts
        ordered = {name: np.array(value) for name, value in vars(self).items()}
        return Actions(none, **ordered)


def group(orders: Screening | None = None, days: float = 10.0, **values: Any) -> Scenario:
    """Return a lively group of eighty with orders that stand."""
    keys = {key.replace("__", "."): value for key, value in values.items()}
    lively = {"look.rate_per_day": 12.0, "speak.propensity": 0.05, "arrivals.per_day": 0.0}
    table = {"group": {"size": 80}, "run": {"days": days}}
    scenario = parse_scenario(table, values={**lively, **keys})
    named = (NamedPolicy("screening", "test:Screening", orders),) if orders else ()
    return Scenario("screen", scenario.params, named, days)


@given(SHARES, SHARES)
def test_spam_is_a_share_and_rules_never_add_to_it(probability: float, left: float) -> None:
    assert rules.spam_share(probability, 0, left) == probability
    assert 0.0 <= rules.spam_share(probability, 1, left) <= probability


@given(st.floats(0, 1, exclude_max=True), SHARES, SHARES, st.floats(0, 0.5))
def test_ads_are_removed_wherever_what_is_off_the_topic_is(
    u: float, share: float, match: float, distance: float
) -> None:
    assert not rules.is_removed(u, 0.0, 1, match, distance)
    assert rules.is_removed(u, share, 1, match, distance) == (u < share)
    if rules.is_removed(u, share, 0, match, distance):
        assert rules.is_removed(u, share, 1, match, distance)
    assert not rules.is_removed(u, share, 0, 1.0, distance)


@given(SHARES, SHARES)
def test_a_filter_hides_what_fits_less_and_nothing_at_0(match: float, least: float) -> None:
    assert rules.is_hidden(match, least) == (match < least)
    assert not rules.is_hidden(match, 0.0)


def test_orders_that_order_nothing_change_nothing() -> None:
    spam = {"screen__spammers": 0.2}
    _, said, done = simulate_log([group(Screening(), **spam)], 4, 2)
    _, alone, happened = simulate_log([group(**spam)], 4, 2)
    assert said.tobytes() == alone.tobytes()
    assert done.tobytes() == happened.tobytes()


def test_spammers_post_ads_fewer_with_rules_and_none_get_through_removal() -> None:
    orders = [None, Screening(rules_shown=1), Screening(removal_share=1.0)]
    points = [group(order, screen__spammers=0.2) for order in orders]
    table = outcomes(simulate(points, 20, 1), points)
    free, ruled, clean = (table[20 * n : 20 * n + 20] for n in range(3))
    assert free["messages_ad"].mean() > ruled["messages_ad"].mean() > 0
    assert (clean["messages_ad"] == 0).all()
    assert (clean["messages_removed"] > 0).all()
    assert (free["messages_removed"] == 0).all()


def test_removal_keeps_openers_to_the_topic() -> None:
    values = {"group__topic_breadth": 1.0, "screen__distance": 0.25}
    points = [group(Screening(removal_share=share), **values) for share in (0.0, 0.5, 1.0)]
    table = outcomes(simulate(points, 20, 1), points)
    removed = [table["messages_removed"][20 * n : 20 * n + 20].mean() for n in range(3)]
    assert removed[0] == 0 < removed[1] < removed[2]


def test_rules_raise_speaking_at_the_first_look_by_about_their_ratio() -> None:
    """The ratio is set by Matias (2019), so this is no test of it; later looks are not raised."""
    values = {"arrivals.per_day": 10.0, "arrivals.burst_ratio": 0.0}
    plain = parse_scenario({"group": {"size": 100}, "run": {"days": 20}}, values=values)
    shown = NamedPolicy("screening", "test:Screening", Screening(rules_shown=1))
    points = [plain, Scenario("rules", plain.params, (shown,), plain.days)]
    trace, messages, events = simulate_log(points, 60, 1)
    joins = events[(events["event"] == JOIN) & (events["time_hours"] > 0.0)]
    said = set(messages[["group", "member", "time_hours"]].tolist())
    at_first = [row in said for row in joins[["group", "member", "time_hours"]].tolist()]
    spoke = [np.array(at_first)[trace.point[joins["group"]] == point].mean() for point in (0, 1)]
    assert 1.2 <= spoke[1] / spoke[0] <= 1.9


def test_a_personal_filter_costs_readers_less() -> None:
    """Messages that do not fit neither cost nor feed: the verdict rises in a broad, busy group."""
    values = {"group__topic_breadth": 1.0, "speak__propensity": 0.3}
    points = [group(order, **values) for order in (None, Screening(personal_filter=1))]
    table = outcomes(simulate(points, 20, 1), points)
    assert table["satisfaction"][20:].mean() > table["satisfaction"][:20].mean()
