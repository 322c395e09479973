"""The clock's known answers: hazard is spent as it should be, and silence never absorbs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim import rules
from sim.ensemble import simulate, simulate_log
from sim.members import hour_factors
from sim.models import Community, Member
from sim.scenario import Scenario, parse_scenario
from sim.state import Array

FIXED = {
    "look.rate_sigma": 0,
    "look.habit_floor_share": 1,
    "look.fatigue_weight": 0,
    "look.first_hours": 0.01,
    "rhythm.day_depth": 0,
    "rhythm.weekend_share": 1,
    "rhythm.shift_sigma_hours": 0,
    "reaction.draw_probability": 0,
    "reaction.call_probability": 0,
    "reaction.stay_probability": 0,
    "reaction.packet_share": 0,
    "reaction.everyone_share": 0,
    "speak.propensity": 0,
    "arrivals.per_day": 0,
    "leaving.mute_probability": 0,
    "leaving.leave_probability": 0,
}
"""Every member looks at one constant rate, and nothing else happens."""

SPOKEN = {
    "speak.propensity": 0.1,
    "speak.propensity_sigma": 0,
    "speak.need_push": 0,
    "speak.audience": 0,
    "speak.loafing": 0,
    "speak.stranger_share": 1,
    "speak.fatigue_weight": 0,
    "speak.answer_ratio": 0,
    "speak.first_ratio": 1,
    "speak.probability_max": 0.1,
    "speak.first_probability_max": 0.1,
    "operator.answer_probability": 0,
}
"""At every look a member speaks with the same probability, one in twenty."""


def fixed(size: int, days: float, rate_per_day: float, **values: float) -> Scenario:
    return parse_scenario(
        {"group": {"size": size}, "run": {"days": days}, "look": {"rate_per_day": rate_per_day}},
        values={**FIXED, **values},
    )


def test_a_constant_rate_gives_exponential_gaps() -> None:
    times: dict[int, list[float]] = {}

    class Timed(Member):
        def look(self, t: float, origin: str) -> None:
            times.setdefault(self.slot, []).append(t)
            super().look(t, origin)

    Community(fixed(80, 4, 24), 1, member_class=Timed).run()
    assert min(len(mine) for mine in times.values()) > 41
    gaps = np.concatenate([np.diff(mine)[:40] for mine in times.values()])
    assert stats.kstest(gaps, "expon").pvalue > 1e-3  # one an hour
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 4 / math.sqrt(len(gaps))


def test_many_groups_count_as_poisson_members_do() -> None:
    looks = simulate([fixed(20, 6, 12)], 500, seed=1).daily["looks"][:, 1:6].astype(float)
    expected = 20 * 12
    assert abs(looks.mean() - expected) < 4 * math.sqrt(expected / looks.size)
    dispersion = ((looks - expected) ** 2).sum() / expected
    assert 1e-3 < stats.chi2.cdf(dispersion, looks.size) < 1 - 1e-3
    days = looks - looks.mean(axis=0)
    assert abs(np.mean(days[:, 1:] * days[:, :-1])) < 4 * expected / math.sqrt(looks.size)


def test_thinned_looks_leave_exponential_gaps_between_messages() -> None:
    _, messages, _ = simulate_log([fixed(20, 6, 24, **SPOKEN)], 20, seed=4)
    assert np.all(messages["member"] >= 0)
    per_hour = 20 * 0.05
    gaps = np.concatenate(
        [np.diff(messages["time_hours"][messages["group"] == g])[:60] for g in range(20)]
    )
    assert len(gaps) == 20 * 60
    assert stats.kstest(gaps, "expon", args=(0, 1 / per_hour)).pvalue > 1e-3


def test_looks_follow_the_hours_of_the_week() -> None:
    rhythm = {"rhythm.day_depth": 1.2, "rhythm.peak_hour": 21.3, "rhythm.weekend_share": 0.5}
    scenario = fixed(50, 14, 20, **SPOKEN | rhythm).with_values({"group.start_weekday": 2})
    _, messages, _ = simulate_log([scenario], 40, seed=2)
    start = 2 * 24 + scenario.params.group.start_hour
    hours = messages["time_hours"][messages["time_hours"] >= 168]  # past the first looks
    seen = np.bincount((hours + start).astype(int) % 168, minlength=168)
    expected = hour_factors(scenario.params)
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 1e-3


def halved(budget: float) -> Member:
    """Set a member by hand: rate 1 an hour, a budget, and the rate halved at half past."""
    community = Community(fixed(1, 1, 24))
    community.factors = dict.fromkeys(range(-3, 4), 1.0)
    (member,) = community.members.values()
    member.rate, member.left_over = 1.0, budget
    member.spend_hour()
    member.attention_after = lambda habit, fatigue: 0.5  # type: ignore[method-assign]
    member.settle(0.5, -1.0)
    return member


@pytest.mark.parametrize("budget", [0.51, 0.6, 0.74, 0.76, 0.9, 0.999, 1.2, 3.0])
def test_a_rate_halved_in_mid_hour_plans_the_next_look_exactly(budget: float) -> None:
    member = halved(budget)
    at = 0.5 + (budget - 0.5) / 0.5
    if at < 1.0:
        assert member.planned_hours == pytest.approx(at, abs=1e-12)
    else:
        assert member.planned_hours == math.inf
        assert member.left_over == pytest.approx(budget - 0.75, abs=1e-12)


def test_a_rate_halved_in_mid_hour_has_the_exact_mean() -> None:
    """Mean time of the first look within the hour, an hour without one counted as 1."""
    many = 2_000
    total = 0.0
    for n in range(many):
        budget = rules.budget((n + 0.5) / many)
        total += budget if budget < 0.5 else min(1.0, halved(budget).planned_hours)
    exact = (1 - math.exp(-0.5)) + math.exp(-0.5) * 2 * (1 - math.exp(-0.25))
    assert total / many == pytest.approx(exact, abs=1e-3)


def test_no_look_comes_before_its_hazard_ran_out() -> None:
    early: list[float] = []

    class Watched(Member):
        def look(self, t: float, origin: str) -> None:
            if origin == "baseline":
                since = max(self.settled_hours, float(self.model.hour))
                spent = self.rate * self.model.factors[self.shift] * (t - since)
                early.append(self.budget - spent)
            super().look(t, origin)

    tiring = {
        "look.rate_per_day": 40, "look.habit_floor_share": 1, "look.fatigue_weight": 20,
        "reading.fatigue_per_message": 0.5, "reading.fatigue_days": 0.1,
        "reaction.draw_probability": 0.5, "reaction.draw_minutes": 10, "speak.propensity": 0.5,
    }  # fmt: skip
    scenario = parse_scenario({"group": {"size": 60}, "run": {"days": 3}}, values=tiring)
    Community(scenario, member_class=Watched).run()
    assert len(early) > 200
    assert np.abs(early).max() < 1e-9


def quiet_days(**values: float) -> Array:
    """Play tired, muted groups without interest for sixty days."""
    dull = {
        "look.habit_floor_share": 0.01, "habit.interest_power": 20, "habit.gain": 0.0,
        "habit.reply_reward": 0.0, "leaving.mute_probability": 1.0, "look.mute_share": 0.25,
        "leaving.leave_probability": 0.0, "arrivals.per_day": 0.0,
    }  # fmt: skip
    scenario = parse_scenario(
        {"group": {"size": 100}, "run": {"days": 60}}, values={**dull, **values}
    )
    return simulate([scenario], 60, seed=3)


def test_a_group_of_the_tired_and_muted_is_still_looked_at() -> None:
    daily = quiet_days().daily
    late = daily["looks"][:, 40:60].sum(axis=1)
    expected = 100 * 6 * 0.01 * 20  # nobody muted
    assert np.all(late > 0)
    assert 0.2 * expected < late.mean() < 1.2 * expected


def test_silent_groups_revive() -> None:
    life = quiet_days(**{"speak.propensity": 0.02}).life
    week = 1  # of SILENCE_DAYS: a silence is entered when a message ends it
    revived = life["silence_start_hours"][:, week] >= 0
    assert revived.mean() > 0.3
    assert np.all(life["last_hours"][revived] > life["silence_start_hours"][revived, week] + 168)
    assert np.all(life["ended_hours"] == -1)
