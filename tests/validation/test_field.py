"""Experiments for field patterns: known answers on made-up claims, lifetimes and weeks."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario import parse_scenario
from sim.trace import CLAIMED, EVENT_DTYPE, SENT
from sim.validation import field
from sim.validation.field import FIELDS, packet_estimates
from sim.validation.rooms import Utterances


def log_of(rows) -> np.ndarray:
    """Rows of (group, hours, event, member, packet, fen, shares) as an event log."""
    return np.array(rows, EVENT_DTYPE)


def test_claims_know_what_was_sent_within_a_day_and_who_was_luckiest() -> None:
    events = log_of(
        [
            (0, 1.0, SENT, -1, 0, 300, 2),
            (0, 2.0, CLAIMED, 4, 0, 100, 0),
            (0, 3.0, CLAIMED, 5, 0, 200, 0),
            (0, 4.0, SENT, 5, 1, 1000, 5),
            (0, 5.0, CLAIMED, 4, 1, 50, 0),  # of a member's packet: not counted
            (0, 27.5, SENT, 4, 2, 700, 5),  # more than 24 h after the claim
            (1, 1.0, SENT, -1, 0, 300, 3),
            (1, 2.0, CLAIMED, 4, 0, 100, 0),  # never emptied: nobody is luckiest
        ]
    )
    claims = field.claims_of(events)
    assert claims.received_fen.tolist() == [100, 200, 100]
    assert claims.sent_fen.tolist() == [0, 1000, 0]
    assert claims.is_luckiest.tolist() == [False, True, False]
    assert claims.is_emptied.tolist() == [True, True, False]


def made_up(slope: float, extra: float = 1.0) -> field.Claims:
    rng = np.random.default_rng(1)
    packet = np.repeat(np.arange(4000), 5)
    received = rng.integers(1, 1000, len(packet)).astype(float)
    largest = np.maximum.reduceat(received, np.arange(0, len(packet), 5))
    luckiest = received == largest[packet]
    mood = rng.random(4000)[packet] / 4  # differs between packets: the fixed effect takes it
    chance = np.where(luckiest, extra, 1.0) * slope * received / 1000 + mood * (extra == 1.0)
    sent = 1000.0 * (rng.random(len(packet)) < chance)
    return field.Claims(packet // 40, packet, received, sent, luckiest, received > 0)


def test_the_slope_within_packets_is_found_whatever_packets_differ_in() -> None:
    found = field.return_slope(made_up(0.18))
    assert abs(found.value - 0.18) < 3 * found.error
    assert 0.003 < found.error < 0.02
    extensive = field.extensive_share(made_up(0.18))
    assert extensive.value == pytest.approx(1.0)
    assert extensive.error == pytest.approx(0.0, abs=1e-9)


def test_the_luckiest_sends_by_its_ratio_more_per_fen() -> None:
    found = field.luckiest_ratio(made_up(0.2, extra=1.5))
    assert abs(found.value - 1.5) < 3 * found.error
    assert found.error < 0.15


def test_without_claims_nothing_is_estimated() -> None:
    claims = field.claims_of(np.zeros(0, EVENT_DTYPE))
    assert np.isnan(field.return_slope(claims).value)
    assert np.isnan(field.luckiest_ratio(claims).value)
    assert np.isnan(field.extensive_share(claims).value)


def test_of_two_claimers_the_last_is_the_luckiest_half_the_time() -> None:
    found = field.last_is_luckiest(2000, 3, fen=10_001, shares=2)
    assert abs(found.value - 0.5) < 3 * found.error


def test_of_25_claimers_the_last_is_the_luckiest_as_published() -> None:
    found = field.last_is_luckiest(4000, 3)
    assert abs(found.value - 0.094) < 3 * found.error


def test_the_model_sends_back_what_its_parameters_say() -> None:
    even = {"return_ratio": 0.3, "stranger_share": 1.0, "luckiest_ratio": 1.0}
    plain = parse_scenario({"packets": even})
    found = packet_estimates(plain, 2)
    assert abs(found["return"].value - 0.3) < 0.05
    off = packet_estimates(plain.with_values({"packets.return_ratio": 0.0}), 2)
    assert off["return"].value == 0.0


def test_lifetimes_within_a_window_ask_for_an_early_first_message() -> None:
    said = Utterances(
        np.array([0, 0, 0, 1, 2, 2]),
        np.zeros(6, np.int64),
        24.0 * np.array([0.5, 10.0, 50.0, 14.5, 12.0, 43.0]),
    )
    lived = field.lifetimes(said, np.array([0.0, 10.0, 10.0]))
    assert lived == pytest.approx([9.5, np.nan, 31.0], nan_ok=True)


def test_a_constant_hazard_neither_falls_nor_rises() -> None:
    fall = field.hazard_ratio(np.exp(np.array([-0.7])), np.exp(np.array([-3.0])))
    assert fall[0] == pytest.approx(1.0)


def test_weekends_and_peaks_of_a_known_week() -> None:
    week = np.ones(168)
    week[5 * 24 : 6 * 24] = 0.5
    week[20::24] = 4.0
    total = week.sum()
    assert field.weekend_share(week, 5) == pytest.approx((23 * 0.5 + 4) / total)
    assert field.weekend_share(week, 6) == pytest.approx(27 / total)
    assert field.peak_over_trough(week) == pytest.approx(28 / 6.5)
    assert np.isnan(field.peak_over_trough(np.zeros(168)))


def test_members_who_never_speak_are_all_lurkers() -> None:
    mute = parse_scenario({"speak": {"propensity": 0.0}})
    shares = field.lurker_shares(mute, 2, 1)
    assert list(shares) == list(field.TYPES)
    assert {one.value for one in shares.values()} == {1.0}


def test_every_field_pattern_has_a_source_and_a_band_or_an_exact_value() -> None:
    for one in FIELDS.values():
        assert one.source
        assert not (np.isnan(one.low) and np.isnan(one.high)) or one.source == "exact rule"


def test_a_ratio_of_groups_that_are_all_alike_has_no_error() -> None:
    found = field.jackknifed([np.ones(4), np.ones(4), np.ones(4), np.full(4, 2.0)])
    assert (found.value, found.error) == (2.0, 0.0)
