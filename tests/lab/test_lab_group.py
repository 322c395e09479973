from __future__ import annotations

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from nicegui import ui
from visits import PATIENT, texts, until, with_user

from sim.lab.forms import Slider
from sim.lab.group import TICK_SECONDS
from sim.lab.watching import Watch

SMALL = "days=5&b=group.size%3D12%3B+policies.red_packets.fen_per_day%3D2000"
AT_NIGHT = f"group?{SMALL}&hour=14"
FORKED = f"{AT_NIGHT}&at_day=2&fork=policies.cadence.posts_per_day%3D6"


def shown(user) -> str:
    with user:
        return "".join(one.content for one in user.find(kind=ui.html).elements)


def test_an_hour_a_day_and_the_next_event() -> None:
    async def act(user) -> None:
        await until(user, "day 0, 23:00")
        user.find(marker="chevron_right").click()
        await until(user, "day 1, 00:00")
        user.find(marker="keyboard_double_arrow_right").click()
        await until(user, "day 2, 00:00")
        user.find(marker="chevron_left").click()
        await until(user, "day 1, 23:00")
        user.find(marker="skip_next").click()
        world = Watch.read(_query()).worlds()[0]
        hour = world.next_event(38)
        await until(user, f"day {(hour + 9) // 24}, {world.clock(hour)}")
        chat = shown(user)
        for line in world.lines(hour):
            assert line.text in chat
        assert f"group.advance({hour})" in "".join(texts(user))

    with_user(act, AT_NIGHT)


def _query() -> dict[str, str]:
    return {"days": "5", "b": "group.size=12; policies.red_packets.fen_per_day=2000"}


def test_it_plays_until_it_is_paused() -> None:
    async def act(user) -> None:
        await until(user, "day 0, 23:00")
        user.find(marker="play_arrow").click()
        await until(user, "day 1, 01:00")
        user.find(marker="play_arrow").click()
        with user:
            timers = user.find(kind=ui.timer).elements
        assert not any(timer.active for timer in timers if timer.interval == TICK_SECONDS)

    with_user(act, AT_NIGHT)


def test_a_fork_opens_a_second_world_and_says_its_command() -> None:
    async def act(user) -> None:
        await until(user, "day 0, 23:00")
        with user:
            sliders = user.find(kind=Slider).elements  # levers before time
            min(sliders, key=lambda one: one.id).value = 4
        await until(user, "B · with the change")
        assert "--at-day 1 --set policies.cadence.posts_per_day=1" in "".join(texts(user))
        user.find("one world again").click()
        await user.should_not_see("B · with the change", **PATIENT)

    async def by_address(user) -> None:
        await user.should_see("B · 改了之后", **PATIENT)
        assert "--at-day 2 --set policies.cadence.posts_per_day=6" in "".join(texts(user))

    with_user(act, AT_NIGHT)
    with_user(by_address, FORKED, **{"accept-language": "zh-CN"})


def test_a_wrong_hour_is_told() -> None:
    async def act(user) -> None:
        await until(user, "day 0, ")
        assert any("hour" in str(one) for one in user.notify.messages)

    with_user(act, "group?hour=-3")
