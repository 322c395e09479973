"""A server that is killed: what was stored is there again, and no export lies anywhere."""

from __future__ import annotations

import re
import shutil
import socket
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from browsing import Visit
from serving import free_port, served
from test_lab_browser import SMALL, played
from test_lab_mine import chat, holders

from sim.compiling import cache_folder
from sim.lab.choices import Choices

DOOR = r"/mine/[0-9a-f-]{36}"


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def half_sent(address: str, content: bytes) -> socket.socket:
    """Post a part of an export, and keep the connection open."""
    door = re.search(DOOR, urlopen(f"{address}/mine").read().decode())[0]
    to = urlsplit(address)
    connection = socket.create_connection((to.hostname, to.port))
    head = f"POST {door}?name=a.txt HTTP/1.1\r\nHost: {to.netloc}\r\n"
    connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode())
    connection.sendall(content[: 9 * len(content) // 10])
    return connection


def test_a_kill_loses_nothing_stored_and_leaves_no_upload(store, browser, tmp_path) -> None:
    """One export is half received, another one being read, when the server is killed."""
    room, port = tmp_path / "room", free_port()
    shutil.copytree(store, room / "grown")
    part = sorted((room / "grown").glob("part-*.parquet"))[-1]
    whole, sought = part.read_bytes(), ("TMPDIR", "HOME", "XDG_CACHE_HOME")
    part.unlink()
    own = {name: str(room) for name in sought} | {
        "QUNLAB_CACHE_DIR": str(cache_folder().parents[1])
    }
    export = tmp_path / "mine.txt"
    export.write_text(chat(28, 2000))
    with served("grown", cwd=str(room), port=port, **own) as server:
        growing = Visit(browser, f"{server.address}/map?outcome=messages")
        growing.sees("16 of 32 groups")
        part.write_bytes(whole)  # as a sweep does that goes on
        growing.sees("32 of 32 groups")
        policy = Visit(browser, f"{server.address}/{SMALL}")
        cards, saved = played(policy), []
        policy.page.on("download", lambda one: saved.append(one))
        policy.page.get_by_role("button", name="save both plans as scenario files").click()
        while len(saved) < 2:
            policy.page.wait_for_timeout(50)
        for one in saved:
            one.save_as(tmp_path / "saved" / one.suggested_filename)
        assert growing.wrong == policy.wrong == []
        kept = digests(room / "grown")
        connection = half_sent(server.address, export.read_bytes())
        mine = Visit(browser, f"{server.address}/mine")
        mine.page.locator("input[type=file]").set_input_files(export)
        mine.sees("Reading the log")
        server.process.kill()
        server.process.wait()
        connection.close()
    assert holders(room) == []
    assert digests(room / "grown") == kept
    choices = Choices.read(dict(parse_qsl(SMALL[1:], keep_blank_values=True)))
    for side in "ab":
        assert (tmp_path / "saved" / f"{side}.toml").read_text("utf-8") == choices.file_of(side)
    with served("grown", cwd=str(room), port=port, **own) as again:
        Visit(browser, growing.page.url).sees("32 of 32 groups")
        assert played(Visit(browser, policy.page.url)) == cards
        again.ends_in_order()
