"""``qunlab serve``: the commands for programs, over the Model Context Protocol or as JSON."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.lab import HERE, LAST_PORT
from sim.cli.options import option, option_faults, refuse_without
from sim.cli.terminal import tell
from sim.language import _


def serve(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FOLDER]...",
            help="All that may be read and written; none: only what is shipped is read.",
        ),
    ] = None,
    mcp: Annotated[
        bool, option("Speak the Model Context Protocol on standard input and output.", "--mcp")
    ] = False,
    port: Annotated[int | None, option("Answer JSON over HTTP at this port.")] = None,
    host: Annotated[
        str, option("Address to listen on; another than this machine's needs the token shown.")
    ] = HERE,
) -> None:
    """Serve run, compare, forecast, cases and params to programs, such as language models.

    Figures are those that the commands print with --json; code of your own is not run.

    Example: qunlab serve results --mcp

    Example: qunlab serve --port 8421
    """
    refuse_without("mcp", 'pip install "qunlab[serve]"')
    faults = option_faults(("--port", port, 1, LAST_PORT))
    if mcp == (port is not None):
        faults.append(_("choose one of them: --mcp or --port N"))
    faults += [
        _("{folder}: no such folder", folder=place) for place in folders or () if not place.is_dir()
    ]
    faults.refuse()
    from sim.serving.guard import HERE as THIS_MACHINE
    from sim.serving.guard import free_port

    at = 0 if port is None else free_port(host, port)
    from sim.serving.calls import compile_first
    from sim.serving.faces import Protocol, endpoint
    from sim.serving.folders import Folders

    given = Folders(tuple(place.resolve() for place in folders or ()))
    threading.Thread(target=compile_first, daemon=True).start()
    if mcp:
        Protocol(given).run("stdio")
        return
    import uvicorn

    token = "" if host in THIS_MACHINE else secrets.token_urlsafe(16)
    query = f"?token={token}" if token else ""
    told = _("JSON at {address} (Ctrl-C ends it).", address=f"http://{host}:{at}/{query}")
    tell(told, err=True)
    uvicorn.run(endpoint(given, token), host=host, port=at, log_level="warning")
