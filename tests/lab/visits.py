"""A simulated user of the lab's pages."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from browsing import PATIENCE_SECONDS
from nicegui import ui
from nicegui.testing import user_simulation

PAGES = Path(__file__).with_name("lab_pages.py")
PATIENT = {"retries": 10 * PATIENCE_SECONDS}  # of should_see, a tenth of a second each


def with_user(act, address: str, **headers: str) -> None:
    async def run() -> None:
        async with user_simulation(main_file=PAGES) as user:
            user.http_client.headers.update(headers)
            await user.open(f"/{address.removeprefix('/')}")
            await act(user)

    kept = dict(sys.modules)  # at its end the simulation takes the modules of pages out, `sim` too
    try:
        asyncio.run(run())
    finally:
        sys.modules.update(kept)


def texts(user) -> list[str]:
    with user:
        return [one.text for one in user.find(kind=ui.label).elements]


async def until(user, words: str) -> None:
    """Wait until a text stands on the page, however busy the machine is."""
    await until_so(lambda: any(words in text for text in texts(user)), lambda: texts(user))


async def until_so(holds, told=lambda: "") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, told()
        await asyncio.sleep(0.05)
