"""Programs are answered what the commands print, over the protocol and over HTTP, and no more."""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
import time
from functools import cache
from pathlib import Path

import anyio
import pytest

pytest.importorskip("mcp", reason="the extra serve is not installed")

from mcp import Client, StdioServerParameters
from starlette.testclient import TestClient

from sim import cli
from sim.errors import InputError
from sim.serving import calls
from sim.serving.calls import TOOLS, answer
from sim.serving.faces import Protocol, endpoint
from sim.serving.folders import Folders

PROJECT = Path(__file__).resolve().parents[2]
TOY = {"groups": 3, "days": 8, "full": True}
BASE = "configs/base.toml"
TIMED = ("seconds",)
SMALL = "[group]\nsize = 12\n"
MOTHERS = "mothers"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = (tmp_path / "served").resolve()
    place.mkdir()
    (place / "small.toml").write_text(SMALL)
    return place


def over_protocol(folders: Folders, *asked: tuple[str, dict]) -> list:
    """What a client of the protocol is answered, one call after the other."""

    async def ask() -> list:
        async with Client(Protocol(folders)) as client:
            return [await client.call_tool(name, given) for name, given in asked]

    return anyio.run(ask)


def as_printed(line: str, capsys: pytest.CaptureFixture[str], *more: str) -> object:
    """What the command of an answer prints."""
    assert cli.main([*shlex.split(line)[1:], *more]) == 0
    return untimed(json.loads(capsys.readouterr().out))


def untimed(found: object) -> object:
    if isinstance(found, dict):
        return {name: one for name, one in found.items() if name not in TIMED}
    return found


def test_every_tool_answers_what_its_command_prints(folder, capsys, monkeypatch) -> None:
    monkeypatch.setattr(cli.forecast, "_model", cache(cli.forecast._model))  # its slow part, once
    asked = (
        ("run", {"scenario": "small.toml", "log": "log", "changes": ["run.seed=5"], **TOY}),
        ("compare", {"files": ["small.toml"], "changes": ["group.size=9"], "out": "two", **TOY}),
        ("forecast", {"log": "log", "rooms": 200, "full": True}),
        ("cases", {"full": True}),
        ("cases", {"case": "mothers", "groups": 2, "full": True}),
        ("params", {"word": "red packet"}),
        ("params", {"word": "speak", "population": "wechat_mixed"}),
    )
    assert {name for name, _given in asked} == set(TOOLS)
    for (name, _given), result in zip(
        asked, over_protocol(Folders((folder,)), *asked), strict=True
    ):
        assert not result.is_error, result
        found = result.structured_content
        assert json.loads(result.content[0].text) == found
        assert untimed(found["answer"]) == as_printed(found["command"], capsys), name
        assert found["sentences"] or name == "params"
    assert {path.name for path in folder.iterdir()} == {"small.toml", "log", "two"}


def test_an_answer_is_short_unless_all_is_asked_for_and_in_the_language_asked() -> None:
    given = {"scenario": BASE, "groups": 3, "days": 8, "size": 9, "changes": ["desk.hands=0"]}
    both = over_protocol(Folders(), ("run", given), ("run", {**given, "language": "zh"}))
    english, chinese = (one.structured_content for one in both)
    assert "answer" not in english
    assert "of 100 groups still talk" in english["sentences"][0]
    assert "天后还有人说话" in chinese["sentences"][0]
    assert english["command"] == chinese["command"]
    (wrong,) = over_protocol(Folders(), ("run", {"scenario": "x.toml", "language": "zh"}))
    assert "scenario：x.toml：" in wrong.content[0].text


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("run", {"scenario": "../secret.toml"}, "neither shipped nor below"),
        ("run", {"scenario": "link.toml"}, "neither shipped nor below"),
        ("run", {"scenario": "based.toml"}, "neither shipped nor below"),
        ("run", {"scenario": "menu.toml"}, "neither shipped nor below"),
        ("run", {"scenario": "small.toml", "people": "../secret.toml"}, "neither shipped nor"),
        ("run", {"scenario": "small.toml", "changes": ["people=../secret.toml"]}, "neither"),
        ("run", {"scenario": "small.toml", "log": "../log"}, "neither shipped nor below"),
        ("compare", {"files": ["small.toml", "/etc/passwd"]}, "neither shipped nor below"),
        ("compare", {"files": ["small.toml"], "changes": ["preset=../secret.toml"]}, "neither"),
        ("forecast", {"log": "/etc"}, "neither shipped nor below"),
        ("params", {"population": "../secret.toml"}, "neither shipped nor below"),
        ("run", {"scenario": "coded.toml"}, "holds code"),
        ("run", {"scenario": "measured.toml"}, "holds code"),
        ("compare", {"files": ["coded.toml"], "first": "group.size=9"}, "holds code"),
        ("params", {"population": "coded.toml"}, "holds code"),
        ("run", {"scenario": "small.toml", "changes": ["policies.x.use=own.py:X"]}, "holds code"),
        ("run", {"scenario": "small.toml", "groups": 10_001}, "too much for one call"),
        ("compare", {"files": [BASE], "groups": 5_000, "days": 365.0}, "too much for one call"),
        ("cases", {"case": "mothers", "groups": 9_999}, "too much for one call"),
        ("forecast", {"log": "log", "rooms": 20_000}, "log: no such file"),
        ("run", {"scenario": "nosuch.toml"}, "nosuch.toml: no such file"),
        ("forecast", {"log": "", "rooms": 20_000}, "too much for one call"),
        ("cases", {"case": "mother"}, "did you mean"),
        ("run", {"scenario": BASE, "grops": 3}, "did you mean 'groups'?"),
        ("run", {"scenario": BASE, "days": -1.0}, "days"),
        ("run", {"scenario": BASE, "size": "many"}, "size: "),
        ("run", {}, "scenario: "),
        ("nothing", {}, "no such tool"),
        ("run", {"scenario": BASE, "language": "fr"}, "language: "),
    ],
)
def test_what_is_wrong_is_said_in_lines_and_nothing_is_written(folder, name, given, told) -> None:
    secret = folder.parent / "secret.toml"
    secret.write_text("[group]\nsize = 77777\n")
    (folder / "link.toml").symlink_to(secret)
    (folder / "based.toml").write_text('base = "../secret.toml"\n')
    (folder / "menu.toml").write_text('[policies.timetable]\nfile = "../secret.toml"\n')
    (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    (folder / "coded.toml").write_text('[policies.mine]\nuse = "own.py:X"\n')
    (folder / "measured.toml").write_text('outcomes = ["own.py:X"]\n')
    before = sorted(folder.parent.rglob("*"))
    (result,) = over_protocol(Folders((folder,)), (name, given))
    said = result.content[0].text
    assert result.is_error, said
    assert told in said
    assert "Traceback" not in said
    assert "77777" not in said
    assert sorted(folder.parent.rglob("*")) == before


def test_progress_is_told_and_who_stops_waiting_ends_the_work() -> None:
    given = {"files": [BASE], "changes": ["group.size=90"], "groups": 4_000, "days": 20}

    async def ask() -> list[tuple[int, int]]:
        heard = []
        with anyio.CancelScope() as waiting:

            async def told(done: int, total: int) -> None:
                heard.append((done, total))
                waiting.cancel()

            await answer("compare", given, Folders(), told)
        assert waiting.cancelled_caught
        return heard

    ((done, total),) = anyio.run(ask)
    assert 0 < done < total
    start = time.monotonic()
    assert calls.one_at_a_time.acquire(timeout=30)
    calls.one_at_a_time.release()
    assert time.monotonic() - start < 20


def test_over_stdio_nothing_but_the_protocol_is_on_standard_output(folder) -> None:
    words = ["-m", "sim", "serve", str(folder), "--mcp"]
    told = []

    async def ask() -> tuple:
        server = StdioServerParameters(
            command=sys.executable, args=words, cwd=PROJECT, env=dict(os.environ)
        )

        async def progress(done: float, total: float | None, _words: str | None) -> None:
            told.append((done, total))

        given = {"scenario": "small.toml", "groups": 2, "days": 1}
        async with Client(server) as client:
            tools = await client.list_tools()
            found = await client.call_tool("run", given, progress_callback=progress)
            wrong = await client.call_tool("run", {"scenario": "/etc/passwd"})
            return tools.tools, found, wrong

    tools, found, wrong = anyio.run(ask)
    assert [tool.name for tool in tools] == list(TOOLS)
    schema = tools[0].input_schema
    assert schema["required"] == ["scenario"]
    assert schema["properties"]["size"]["description"].startswith("Members at creation")
    assert found.structured_content["command"].startswith(f"qunlab run {folder}/small.toml")
    assert wrong.is_error
    assert told


@pytest.fixture
def http(folder: Path) -> TestClient:
    return TestClient(endpoint(Folders((folder,))), base_url="http://127.0.0.1:8421")


def test_the_endpoint_answers_the_same_as_the_protocol(http, folder, capsys) -> None:
    posted = http.post("/run", json={"scenario": "small.toml", **TOY}).json()
    assert untimed(posted["answer"]) == as_printed(posted["command"], capsys)
    assert http.get("/params?word=speak").json()["answer"] == as_printed(
        "qunlab params speak --json", capsys
    )
    assert http.get(f"/cases/{MOTHERS}?groups=2").json()["sentences"]
    assert set(http.get("/").json()) == set(TOOLS)


def test_the_endpoint_refuses_what_it_should(http) -> None:
    refused = http.post("/run", json={"scenario": "/etc/passwd"})
    assert refused.status_code == 400
    assert "neither shipped" in refused.json()["errors"][0]
    for body in (b"[1]", b"{", b"[" * 100_000, b"\xff"):
        told = http.post("/run", content=body, headers={"Content-Type": "application/json"})
        assert told.status_code == 400
    simple = {"Content-Type": "text/plain"}  # what another site's page can send unasked
    assert http.post("/run", content=b"{}", headers=simple).status_code == 400
    another = {"Sec-Fetch-Site": "cross-site"}
    assert http.get(f"/cases/{MOTHERS}", headers=another).status_code == 403
    assert http.get("/params", headers={"Host": "evil.example"}).status_code == 400
    for path, status in (("/run", 405), ("/nosuch", 404)):
        told = http.get(path)
        assert told.status_code == status
        assert f"GET {path}: not served" in told.json()["errors"][0]


def test_another_host_needs_the_token(folder) -> None:
    client = TestClient(endpoint(Folders(), "secret"), base_url="http://10.0.0.1")
    assert client.get("/params?word=speak").status_code == 403
    assert client.get("/params?word=speak&token=secret").status_code == 200


def test_the_command_says_what_it_needs(capsys, tmp_path) -> None:
    for words, told in (
        ([], "--mcp or --port"),
        (["--mcp", "--port", "8421"], "--mcp or --port"),
        ([str(tmp_path / "absent"), "--mcp"], "absent"),
        (["--port", "0"], "--port"),
    ):
        assert cli.main(["serve", *words]) == 2
        assert told in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "lab"])
def test_a_port_that_is_taken_is_said_in_a_line(capsys, command) -> None:
    pytest.importorskip("nicegui", reason="the extra lab is not installed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert cli.main([command, "--port", port]) == 2
    said = capsys.readouterr()
    assert said.err.strip().endswith(f"--port: {port} is taken by another program; name another")
    assert len(said.err.splitlines()) == 1
    assert "http" not in said.out + said.err
    assert cli.main([command, "--port", "8421", "--host", "no such host"]) == 2


def test_an_unforeseen_fault_is_no_traceback(monkeypatch) -> None:
    monkeypatch.setattr(calls.Tool, "call", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(InputError, match="full"):
        anyio.run(answer, "params", {"word": "speak"}, Folders())
