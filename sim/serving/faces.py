"""The two faces of the tools: the Model Context Protocol over stdio, and JSON over HTTP."""

from __future__ import annotations

import json
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sim import __version__
from sim.errors import InputError
from sim.language import _
from sim.serving.calls import DESCRIBED, answer
from sim.serving.folders import Folders
from sim.serving.guard import HERE, Guard

ABOUT = (
    "Qunlab simulates chat-group communities. Look keys up with params, then run or compare "
    "scenarios: 'configs/base.toml' is shipped, 'changes' set keys, as ['group.size=60']. "
    "Figures are what the model says of its assumptions. Each answer names the command that "
    "prints the same."
)
WRONG, NOT_YOURS = 400, 403
TOKEN = "token"


class Protocol(MCPServer[Any]):
    """The tools for clients of the Model Context Protocol."""

    def __init__(self, folders: Folders) -> None:
        tools = [*DESCRIBED.values()]
        super().__init__(
            "qunlab", instructions=ABOUT, version=__version__, tools=tools, log_level="WARNING"
        )
        self.folders = folders

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult:
        """Answer a call with JSON; what is wrong with it is an error of its lines."""
        told = context.report_progress if context else None
        try:
            if name not in DESCRIBED:
                raise InputError([_("{name!r}: no such tool", name=name[:60])])
            found = await answer(name, arguments, self.folders, told)
        except InputError as wrong:
            raise ToolError(str(wrong)) from None
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=found)


def endpoint(folders: Folders, token: str = "") -> Starlette:
    """Return the tools as JSON over HTTP: GET what is looked up, POST what is played."""

    async def listed(_request: Request) -> JSONResponse:
        return JSONResponse({name: one.parameters for name, one in DESCRIBED.items()})

    async def called(request: Request) -> JSONResponse:
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            told = _("a page of another site may not ask this")
            return JSONResponse({"errors": [told]}, NOT_YOURS)
        try:
            given = await _given(request)
            name = request.url.path.split("/")[1]
            return JSONResponse(await answer(name, given, folders))
        except InputError as wrong:
            return JSONResponse({"errors": wrong.problems}, WRONG)

    looked_up = [Route(path, called) for path in ("/params", "/cases", "/cases/{case}")]
    played = [Route(f"/{name}", called, methods=["POST"]) for name in DESCRIBED]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=[*HERE])
    if token:
        guard = Middleware(Guard, token=token)
    routes = [Route("/", listed), *looked_up, *played]
    return Starlette(False, routes, [guard], {HTTPException: _unserved})


async def _unserved(request: Request, fault: Any) -> JSONResponse:
    """Answer what no route takes, or not so."""
    asked = f"{request.method} {request.url.path[:60]}"
    told = _("{asked}: not served; GET / lists what is; what is played is sent by POST")
    return JSONResponse({"errors": [told.format(asked=asked)]}, fault.status_code, fault.headers)


async def _given(request: Request) -> dict[str, Any]:
    """Read what a call is given: of GET the query; of POST a JSON object, said to be one, which a
    page of another site cannot send unasked.
    """
    if request.method != "POST":
        given = dict(request.query_params) | request.path_params
        return {name: value for name, value in given.items() if name != TOKEN}
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise InputError([_("send JSON, with the header Content-Type: application/json")])
    try:
        sent = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise InputError([_("the request is not a JSON object")])
    return sent
