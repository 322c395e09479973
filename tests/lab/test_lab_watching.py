from __future__ import annotations

import shlex
from urllib.parse import parse_qsl

import numpy as np
import pytest

from sim.cli.run import read_scenario
from sim.ensemble import simulate
from sim.errors import InputError
from sim.lab.choices import Choices
from sim.lab.playing import ACTS
from sim.lab.watching import SAID, Watch, World, name_of
from sim.language import in_language
from sim.models import Community
from sim.scenario import digest
from sim.state import KINDS, UTTERANCES
from sim.trace import EVENTS, LEAVE

PACKETS = "policies.red_packets.fen_per_day"
LIVELY = Choices(days=8, seed=3).put("group.size", 30).put(PACKETS, 2000)
FORK = {"policies.cadence.posts_per_day": 6}


@pytest.fixture(scope="module")
def world() -> World:
    return World(LIVELY.scenario(), 1, LIVELY.seed)


def test_what_is_shown_of_a_day_equals_the_trace(world: World) -> None:
    trace = simulate([world.scenario], [1], LIVELY.seed)
    messages, events = world.log
    for day in (0, 3, 6):
        midnight = 24 * (day + 1) - world.start
        seen, row = world.at(midnight), trace.daily[0, day]
        assert seen.day == day
        assert all(row[name] == seen.today(name) for name in (*KINDS, *ACTS))
        assert seen.figures()["messages"] == sum(row[kind] for kind in UTTERANCES)
        assert seen.figures()["posting_members"] == row["posting_members"]
        members, team = world.by_hour(seen)
        assert members.sum() == sum(row[kind] for kind in UTTERANCES)
        assert team.sum() == row["operator_posts"] + row["operator_answers"]
        ties = np.sum(world.at(midnight).members["tie"] > 0.1)
        assert len(seen.ties()) <= ties
        leaves = (events["event"] == LEAVE) & (events["time_hours"] < midnight)
        joined = (events["event"] == EVENTS.index("join")) & (events["time_hours"] < midnight)
        assert seen.figures()["members"] == joined.sum() - leaves.sum()
    assert len(world.lines(24, most=10_000)) >= np.sum(messages["time_hours"] < 24)


def test_a_member_is_what_a_community_has(world: World) -> None:
    community = Community(world.scenario, 1, LIVELY.seed)
    for hour in (5, 50, 120):
        community.run(hour)
        seen = world.at(hour)
        for slot, member in community.everyone.items():
            me = seen.members[slot]
            for name in ("habit", "fatigue", "trust", "verdict", "seen"):
                assert me[name] == getattr(member, name)
            assert me["hunger"].tolist() == member.hunger
            assert seen.posts[slot] == member.posts
            need = sum(w * h for w, h in zip(member.weights, member.hunger, strict=True))
            assert seen.level("need")[slot] == pytest.approx(need)
        tied = {(a, b) for a, b, _ in seen.ties()}
        assert tied == {
            (slot, other)
            for slot, member in community.members.items()
            for other, tie in zip(member.tie_to, member.ties, strict=True)
            if tie > 0.1 and other in community.members
        }


def test_going_back_shows_the_same(world: World) -> None:
    first = world.at(30)
    kept = first.members.copy()
    world.at(100)
    assert (world.at(30).members == kept).all()


def test_lines_are_the_log_and_packets_race(world: World) -> None:
    lines = world.lines(world.end, most=10_000)
    assert [one.time_hours for one in lines] == sorted(one.time_hours for one in lines)
    messages, _events = world.log
    assert sum(one.kind in UTTERANCES for one in lines) == len(messages)
    packets = [one for one in lines if one.shares]
    assert packets
    seconds = [second for _member, _fen, second in packets[0].claims]
    assert seconds == sorted(seconds)
    assert sum(fen for _member, fen, _second in packets[0].claims) <= packets[0].fen
    early = world.lines(int(packets[0].time_hours) + 1)
    assert len(next(one for one in early if one.shares).claims) <= len(packets[0].claims)


def test_the_next_event_is_no_members_talk(world: World) -> None:
    hour = world.next_event(10)
    told = [one for one in world.lines(hour, 10_000) if one.time_hours >= hour - 1]
    assert any(one.member < 0 or one.kind not in UTTERANCES for one in told)
    assert world.next_event(world.end) == world.end


def test_texts_stand_for_every_kind_in_both_languages() -> None:
    assert SAID.keys() >= {*KINDS, *EVENTS} - {"claim", "refund"}
    with in_language("zh"):
        assert name_of(-1) == "运营团队"
        assert name_of(7) == "成员 7"


def test_an_address_reads_back() -> None:
    watch = Watch(LIVELY, group=2, hour=50).changed(FORK)
    assert watch.at_day == 3
    assert Watch.read(dict(parse_qsl(watch.address()[1:]))) == watch
    with pytest.raises(InputError):
        Watch.read({"fork": "group.size=3", "at_day": "2"})
    with pytest.raises(InputError):
        Watch.read({"hour": "-1"})


def test_a_fork_is_the_same_until_its_midnight() -> None:
    watch = Watch(LIVELY, hour=50).changed(FORK)
    plain, other = watch.worlds()
    from_hour = watch.scenarios()[1].from_hour
    assert from_hour >= 50
    assert plain.lines(from_hour) == other.lines(from_hour)
    assert plain.lines(plain.end) != other.lines(other.end)
    assert watch.changed({}).scenarios() == [LIVELY.scenario()]


def test_the_commands_play_the_same() -> None:
    case = Choices(people="mothers", days=5).put("preset", "shop_ads").put("group.size", 20)
    watch = Watch(case, group=1, hour=30).changed(FORK)
    run, member, compare, fork = (shlex.split(one) for one in watch.commands(3))
    changes = [run[at + 1] for at, word in enumerate(run) if word == "--set"]
    read = read_scenario(run[2], changes, {}, None, None).types[0].scenario
    assert digest(read) == digest(case.scenario())
    names: dict[str, object] = {}
    exec(member[2], names)
    assert names["me"] == watch.worlds()[1].at(30).members[3]
    assert compare[compare.index("--groups") + 1] == "2"
    assert fork[fork.index("--at-day") + 1] == "2"
    assert fork[-1] == "policies.cadence.posts_per_day=6"
