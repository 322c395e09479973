"""``qunlab lab``: move levers and watch two plans, in the browser and offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import option, option_faults, refuse_without

HERE = "127.0.0.1"
USUAL_PORT, LAST_PORT = 8420, 65_535


def lab(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[PATH]", help="A scenario, a sweep's folder or an export."),
    ] = None,
    port: Annotated[int | None, option("Port; default: 8420, or a free one.")] = None,
    host: Annotated[
        str, option("Address to listen on; another than this machine's needs the token shown.")
    ] = HERE,
    no_browser: Annotated[bool, option("Open no browser.", "--no-browser")] = False,
) -> None:
    """Move levers in the browser and watch hundreds of groups answer: plan B beside plan A.

    All is played on this machine, without any request to others; Ctrl-C ends it.

    Example: qunlab lab

    Example: qunlab lab first.toml --port 8080 --no-browser

    Example: qunlab lab results/scale_vs_activity
    """
    refuse_without("nicegui", 'pip install "qunlab[lab]"')
    option_faults(("--port", port, 1, LAST_PORT)).refuse()
    from sim.cli.sweep import compile_once
    from sim.lab.app import open_pages, serve, tab_for
    from sim.scenario import load_scenario
    from sim.serving.guard import free_port

    tab = tab_for(given)
    if given and given.suffix == ".toml":
        load_scenario(given)  # says what is wrong with it, and whose code it loads
    port = free_port(host, *([port] if port else [USUAL_PORT, 0]))
    compile_once()
    open_pages(given)
    serve(tab, host, port, not no_browser)
