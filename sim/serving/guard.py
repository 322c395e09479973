"""Who may ask a server of ours: this machine, and elsewhere who brings its token."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from sim.errors import InputError
from sim.language import _

HERE = ("127.0.0.1", "localhost")
TOKEN = "qunlab_token"

Message = dict[str, Any]


def free_port(host: str, *ports: int) -> int:
    """Return the first of some ports that is free, 0 being any; `InputError` where none is."""
    told = ""
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.create_server((host, port), family=family) as tried:
                return int(tried.getsockname()[1])
        except OSError as fault:
            told = f"--host, --port: {host}:{port}: {fault.strerror}"
            if fault.errno == errno.EADDRINUSE:
                told = _("--port: {port} is taken by another program; name another", port=port)
    raise InputError([told])


class Guard:
    """Lets in who brings the token, in the address at first, then in a cookie."""

    def __init__(self, inside: Callable[..., Awaitable[None]], token: str) -> None:
        self.inside, self.token = inside, token

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answer 403 to others."""
        if scope["type"] not in ("http", "websocket"):
            await self.inside(scope, receive, send)
            return
        cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
        held = cookies[TOKEN].value if TOKEN in cookies else ""
        named = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        right = self.token.encode()
        if not any(secrets.compare_digest(one.encode(), right) for one in (held, named)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"403: the address needs its token"})
            return

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and named:
                cookie = f"{TOKEN}={self.token}; Path=/; HttpOnly; SameSite=Strict"
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        await self.inside(scope, receive, kept)
