from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from nicegui import ui
from visits import PATIENT, texts, until, until_so, with_user

from sim.cli.terminal import in_a_line
from sim.errors import InputError
from sim.lab import policy_lab
from sim.lab.app import Guard, tab_for
from sim.lab.choices import Choices
from sim.lab.levers import levers_by_head

SMALL = Choices(people="", days=5, groups=20).put("group.size", 12)


def test_cards_are_filled_and_a_lever_moves_them() -> None:
    async def act(user) -> None:
        await until(user, "20 of 20")
        before = texts(user)
        assert "groups alive of 100" in before
        assert any(one.startswith("size 12 → ") and "A: 100 → " in one for one in before)
        assert any(one.startswith("of members, %: ") for one in before)
        assert not any(one.startswith("So far") for one in before)
        with user:
            sliders = sorted(user.find(kind=ui.slider).elements, key=lambda one: one.id)
            sliders[0].value = 5
        await until(user, "group.size=80")  # the command below
        await until(user, "20 of 20")
        user.find("Pin B as A").click()
        await until(user, "--first group.size=80")

    with_user(act, SMALL.address())


def test_the_browsers_language_comes_first() -> None:
    async def chinese(user) -> None:
        await user.should_see("每天说话的人数", **PATIENT)
        await user.should_see("English", **PATIENT)

    async def english(user) -> None:
        await user.should_see("people talking a day", **PATIENT)

    with_user(chinese, SMALL.address(), **{"accept-language": "zh-CN,zh;q=0.9"})
    with_user(english, SMALL.address() + "&lang=en", **{"accept-language": "zh-CN"})


def test_what_the_browser_says_by_itself_is_in_the_pages_language() -> None:
    async def act(user) -> None:
        own = (await user.http_client.get("/cases")).text
        assert '<html lang="zh-CN"' in own
        assert "正在尝试重新连接" in own
        assert "Trying to reconnect" in (await user.http_client.get("/cases?lang=en")).text
        lost = await user.http_client.get("/nothing")
        assert lost.status_code == 404
        assert '<a href="/">回到方案实验</a>' in lost.text

    with_user(act, "/cases", **{"accept-language": "zh-CN"})


def test_a_case_and_undo() -> None:
    async def act(user) -> None:
        with user:
            case = min(user.find(kind=ui.select).elements, key=lambda one: one.id)
            case.value = "shop-ads"
        await until(user, "preset=shop_ads")
        user.find(marker="undo").click()
        await until(user, "--with group.size=12 ")

    with_user(act, SMALL.address())


def test_a_wrong_address_is_told_and_nothing_else() -> None:
    async def act(user) -> None:
        await user.should_see("people talking a day", **PATIENT)
        assert any("group.size" in str(one) for one in user.notify.messages)

    with_user(act, "?b=group.size%3D0&groups=20&days=2")


def test_what_of_an_address_holds_is_kept() -> None:
    async def act(user) -> None:
        await until(user, "20 of 20")
        told = str(user.notify.messages)
        assert "days" in told
        assert "preset: not known here" in told
        assert "case" not in told
        (lab,) = (one for one in policy_lab.RUNNING if one.client is user.client)
        assert lab.moves.now == Choices(groups=20).put("group.size", 12)
        with user, lab.page.speaking():
            lab.show(replace(lab.shown, wanted=99))
        assert any(one.startswith("So far: ") for one in texts(user))

    with_user(act, "?days=0&groups=20&b=group.size%3D12;nothing.such%3D1&preset=x&case=none")


def test_a_case_is_opened_by_its_name() -> None:
    async def act(user) -> None:
        await until(user, "preset=shop_ads")
        with user:
            case = min(user.find(kind=ui.select).elements, key=lambda one: one.id)
        assert (case.value, "shop-ads" in case.options[case.value]) == ("shop-ads", True)
        case.value = ""
        await until(user, "are the same as yet")

    with_user(act, "?case=shop-ads")


@pytest.mark.parametrize("wrong", [OSError(28, "No space left on device"), MemoryError()])
def test_what_the_machine_refuses_is_said_in_a_line(wrong, monkeypatch) -> None:
    monkeypatch.setattr(policy_lab, "write_tables", Mock(side_effect=wrong))

    async def act(user) -> None:
        await until(user, "20 of 20")
        user.find("table_view").click()
        await until_so(lambda: in_a_line(wrong) in user.notify.messages)

    with_user(act, SMALL.address())


def test_what_is_not_allowed_is_told_and_taken_back() -> None:
    async def act(user) -> None:
        with user:
            (lab,) = (one for one in policy_lab.RUNNING if one.client is user.client)
        lever = levers_by_head()["policies.cadence"][0]
        with lab.page.speaking():
            lab.set(lever, 1000.0)
        assert any("out of range" in str(one) for one in user.notify.messages)
        assert lab.moves.now == SMALL
        with lab.page.speaking():
            lab.set(lever, 3.0)
        assert dict(lab.moves.now.b)[lever.key] == 3.0
        lab.undo()
        assert lab.moves.now == SMALL

    with_user(act, SMALL.address())


def test_quick_moves_leave_one_run(monkeypatch) -> None:
    alive: list[str] = []
    usual = policy_lab.play

    def counted(alternatives, *given):
        alive.append(alternatives[1].name)
        try:
            yield from usual(alternatives, *given)
        finally:
            alive.remove(alternatives[1].name)

    monkeypatch.setattr(policy_lab, "play", counted)
    long = Choices(people="", groups=100).put("group.size", 50)

    async def act(user) -> None:
        with user:
            slider = min(user.find(kind=ui.slider).elements, key=lambda one: one.id)
        for at in range(20):
            slider.value = at % 10
            await asyncio.sleep(0.15 * (at % 3 == 0))  # some are begun, some are not
        slider.value = slider._props["max"]
        await until_so(lambda: alive == ["group.size=500"], lambda: str(alive))
        slider.value = 0
        await until_so(lambda: alive == ["group.size=10"], lambda: str(alive))
        await until(user, "100 of 100")
        await until_so(lambda: not alive, lambda: str(alive))

    with_user(act, long.address())
    policy_lab.stop_all()
    assert threading.active_count() < 20


def test_a_tab_opens_with_a_scenario_alone(tmp_path) -> None:
    assert tab_for(None).path == "/"
    assert tab_for(Path("mine.toml")).path == "/"
    with pytest.raises(InputError):
        tab_for(tmp_path)


def answer_to(query: str, cookie: str = "") -> list[dict]:
    sent: list[dict] = []

    async def inside(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "query_string": query.encode(), "headers": []}
    scope["headers"] = [(b"cookie", cookie.encode())] if cookie else []
    asyncio.run(Guard(inside, "secret")(scope, None, send))
    return sent


def test_a_host_for_others_needs_the_token() -> None:
    assert answer_to("")[0]["status"] == 403
    assert answer_to("token=wrong", "qunlab_token=no")[0]["status"] == 403
    let_in = answer_to("token=secret")[0]
    assert let_in["status"] == 200
    assert b"qunlab_token=secret" in dict(let_in["headers"])[b"set-cookie"]
    assert answer_to("", "qunlab_token=secret")[0]["status"] == 200
