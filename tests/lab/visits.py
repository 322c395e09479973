"""A simulated user of the lab's pages."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nicegui import ui
from nicegui.testing import user_simulation

PAGES = Path(__file__).with_name("lab_pages.py")


def with_user(act, address: str, **headers: str) -> None:
    async def run() -> None:
        async with user_simulation(main_file=PAGES) as user:
            user.http_client.headers.update(headers)
            await user.open(address)
            await act(user)

    asyncio.run(run())


def texts(user) -> list[str]:
    with user:
        return [one.text for one in user.find(kind=ui.label).elements]


async def until(user, words: str, seconds: float = 20.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if any(words in text for text in texts(user)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError((words, texts(user)))
