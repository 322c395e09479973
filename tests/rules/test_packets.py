"""Red packets: every fen is split, luck is as published, money comes back as measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.draws import SHARE, group_key, uniforms
from sim.ensemble import simulate
from sim.models import Community, Member
from sim.scenario import parse_scenario
from sim.trace import CLAIMED

SHARES = st.floats(0, 1)
LUCK = st.floats(0, 1, exclude_min=True, exclude_max=True)
PACKETS = st.integers(1, 100).flatmap(
    lambda shares: st.tuples(st.integers(shares, 20_000 * shares), st.just(shares))
)


@given(PACKETS, st.lists(LUCK, min_size=100, max_size=100))
def test_lucky_shares_are_at_least_a_fen_and_sum_to_the_packet(
    packet: tuple[int, int], luck: list[float]
) -> None:
    left, shares = packet
    claimed = 0
    for k in range(shares, 0, -1):
        fen = rules.lucky_share_fen(luck[k - 1], left, k)
        assert 1 <= fen <= left - (k - 1)
        assert k == 1 or fen <= max(1, 2 * left // k)
        left -= fen
        claimed += fen
    assert (left, claimed) == (0, packet[0])


@given(PACKETS)
def test_equal_shares_differ_by_the_odd_fen_of_the_last(packet: tuple[int, int]) -> None:
    left, shares = packet
    fens = []
    for k in range(shares, 0, -1):
        fens.append(rules.equal_share_fen(left, k))
        left -= fens[-1]
    assert left == 0
    assert min(fens) >= 1
    assert max(fens) - min(fens) <= 1
    assert fens == sorted(fens)


@given(st.integers(2, 100), st.integers(0, 3_000), st.data())
def test_a_lucky_share_is_uniform_on_its_published_range(
    shares: int, more: int, data: st.DataObject
) -> None:
    left = shares + more
    most = max(1, min(math.floor(2 * left / shares), left - (shares - 1)))
    fen = data.draw(st.integers(1, most))
    assert rules.lucky_share_fen((fen - 0.5) / most, left, shares) == fen
    assert rules.lucky_share_fen(1e-12, left, shares) == 1
    assert rules.lucky_share_fen(1 - 1e-12, left, shares) == most


def test_the_last_of_25_is_the_luckiest_as_often_as_published() -> None:
    packets, last = 20_000, 0
    for packet in range(packets):
        left, best, best_at, tied = 10_000, 0, 0, False
        key = int(group_key(3, packet))
        for taken in range(25):
            u, _, _, _ = uniforms(key, taken, 0, 0, SHARE, 0)
            fen = rules.lucky_share_fen(u, left, 25 - taken)
            left -= fen
            tied = fen == best or (tied and fen < best)
            if fen > best:
                best, best_at = fen, taken
        last += best_at == 24 and not tied
    error = math.sqrt(0.094 * 0.906 / packets)
    assert abs(last / packets - 0.094) < 3 * error, f"{last / packets:.4f} +- {error:.4f}"


@given(SHARES, SHARES, SHARES)
def test_appetite_moves_claiming_around_the_average(
    average: float, appetite: float, more: float
) -> None:
    low, high = sorted((appetite, more))
    chance = rules.claim_probability(average, low)
    assert 0 <= chance <= rules.claim_probability(average, high) <= 1
    assert rules.claim_probability(average, 0.5) == average
    assert rules.claim_probability(0.0, appetite) == 0


@given(st.floats(0, 1e6), SHARES, st.integers(1, 20_000), SHARES, SHARES)
def test_money_received_makes_sending_likelier_not_packets_bigger(
    received: float, ratio: float, packet: int, familiarity: float, stranger: float
) -> None:
    chance = rules.send_probability(received, ratio, packet, familiarity, stranger)
    assert 0 <= chance <= 1
    assert chance <= rules.send_probability(received + 100, ratio, packet, familiarity, stranger)
    assert chance <= rules.send_probability(received, ratio, packet, familiarity, 1.0) + 1e-12
    assert rules.send_probability(received, 0.0, packet, familiarity, stranger) == 0
    if ratio * received < packet:  # the published slope: yuan sent by yuan received
        sent = packet * rules.send_probability(received, ratio, packet, 1.0, stranger)
        assert sent == pytest.approx(ratio * received, abs=1e-9)
        among_strangers = packet * rules.send_probability(received, ratio, packet, 0.0, stranger)
        assert among_strangers == pytest.approx(stranger * ratio * received, abs=1e-9)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 5))
def test_money_gladdens_by_its_logarithm(fen: float, more: float, gain: float) -> None:
    assert 0 <= rules.money_gain(fen, gain) <= rules.money_gain(fen + more, gain)
    assert rules.money_gain(fen, 0.0) == 0
    assert rules.money_gain(100 * (math.e - 1), gain) == pytest.approx(gain)


@pytest.mark.parametrize(("ratio", "luckiest"), [(0.18, 1.0), (0.3, 1.0), (0.0, 1.0)])
def test_groups_send_back_what_the_rule_says(ratio: float, luckiest: float) -> None:
    paid = parse_scenario(
        {
            "group": {"size": 60},
            "run": {"days": 4},
            "look": {"habit_floor_share": 0.5},
            "packets": {
                "return_ratio": ratio, "luckiest_ratio": luckiest, "stranger_share": 1.0,
                "member_fen": 500, "member_shares": 5,
            },
            "policies": {"red_packets": {"fen_per_day": 4_000, "shares": 20, "hour": 19}},
        }
    )  # fmt: skip
    daily = simulate([paid], 150, seed=2).daily
    claimed, sent = int(daily["claimed_fen"].sum()), int(daily["member_fen"].sum())
    packets = sent / 500
    assert claimed > 150 * 4_000
    error = 500 * math.sqrt(max(1.0, packets)) / claimed
    assert abs(sent / claimed - ratio) < 4 * error, f"{sent / claimed:.4f} +- {error:.4f}"


def test_the_luckiest_sends_more_often_than_the_others() -> None:
    gratitude: dict[int, float] = {}

    class Grateful(Member):
        def send_back(self, *situation: object) -> None:
            gratitude[self.slot] = gratitude.get(self.slot, 0.0) + self.gratitude_fen
            self.gratitude_fen = 0.0

    scenario = parse_scenario(
        {
            "group": {"size": 40},
            "arrivals": {"per_day": 0},
            "look": {"habit_floor_share": 0.8, "rate_per_day": 20},
            "packets": {"claim_probability": 1, "luckiest_ratio": 1.5},
            "run": {"days": 4},
            "policies": {"red_packets": {"fen_per_day": 1_000, "shares": 5, "until_day": 1}},
        }
    )
    community = Community(scenario, member_class=Grateful)
    community.run()
    _, events = community.logs()
    claims = events[events["event"] == CLAIMED]
    assert len(claims) == 5
    assert claims["fen"].sum() == 1_000
    won = dict(zip(claims["member"].tolist(), claims["fen"].tolist(), strict=True))
    best = max(won, key=lambda member: won[member])
    expected = {member: fen * (1.5 if member == best else 1.0) for member, fen in won.items()}
    assert {m: fen for m, fen in gratitude.items() if fen} == expected


def test_shares_are_drawn_by_packet_and_share_alone() -> None:
    u = np.array([uniforms(1, taken, 3, 5, SHARE, 0)[0] for taken in range(4)])
    assert len(set(u)) == 4


@given(SHARES, st.integers(0, 40_000), st.integers(0, 40_000), st.floats(0, 1e5))
def test_more_money_lifts_more(mood: float, fen: int, more: int, half: float) -> None:
    low, high = sorted((fen, more))
    lifted = rules.lifted_mood(mood, low, half)
    assert mood <= lifted <= rules.lifted_mood(mood, high, half) <= 1
    assert rules.lifted_mood(mood, 0, half) == mood
    assert rules.lifted_mood(mood, 1, 0.0) == 1  # 0: any claim lifts wholly


@given(st.floats(0, 10), st.integers(0, 40_000), st.integers(0, 40_000), st.floats(0, 100))
def test_more_money_is_thanked_for_more(own: float, fen: int, more: int, ratio: float) -> None:
    low, high = sorted((fen, more))
    drive = rules.thanks_drive(own, low, 100.0, ratio)
    assert 0 <= drive <= rules.thanks_drive(own, high, 100.0, ratio) * (1 + 1e-12)
    assert rules.thanks_drive(own, high, 100.0, ratio) <= own * ratio * (1 + 1e-12)
    assert rules.thanks_drive(own, fen, 100.0, 0.0) == 0  # off
    assert rules.thanks_drive(own, 0, 100.0, ratio) == 0


@given(SHARES, SHARES, SHARES)
def test_a_race_calls_on_those_who_drifted_away(
    share: float, attention: float, evenness: float
) -> None:
    drawn = rules.race_share(share, attention, evenness)
    assert share * attention - 1e-12 <= drawn <= share
    assert rules.race_share(share, attention, 0.0) == share * attention  # off
    assert rules.race_share(share, attention, 1.0) == share
