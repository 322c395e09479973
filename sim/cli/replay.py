"""``qunlab replay``: play any row of a study once more and compare it to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sim.cli.options import Json, SweepFolder, option
from sim.cli.run import keep_log
from sim.cli.terminal import print_json, tell
from sim.ensemble import simulate_log
from sim.study.replay import Replay
from sim.study.replay import replay as play_again

DIFFERS = 1


def replay(
    folder: SweepFolder,
    row: Annotated[int, typer.Argument(help="Number of the row in design order, from 0.")],
    log: Annotated[
        Path | None, option("Write its messages and events there.", metavar="DIR")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play one row of a sweep again, from the store alone, and compare it to the bit.

    The number stands in the column row of an export: point times replications plus replication.
    Exit code 1 when the row comes out otherwise.

    Example: qunlab replay results/scale_vs_activity 1234 --log results/row_1234
    """
    found = play_again(folder, row)
    verdict = _verdict(found)
    if as_json:
        print_json(_as_json(found, verdict))
    else:
        for name, value in found.played.items():
            other = f" (the store has {_shown(found.stored.get(name))})"
            tell(f"{name}: {_shown(value)}{other if name in found.differing else ''}")
        tell(f"scenario {found.digest}: {verdict}")
    if log:
        simulated = simulate_log([found.scenario], [found.replication], found.seed)
        seeded = found.scenario.with_values({"run.seed": found.seed})
        keep_log(log, simulated, [found.scenario], seeded)
        tell(f"log: {log}", err=as_json)
    if found.differing:
        raise typer.Exit(DIFFERS)


def _verdict(found: Replay) -> str:
    code = "" if found.same_code else "; the store was made by other code"
    if not len(found.stored):
        return f"not in the store yet, so there is nothing to compare{code}"
    if found.differing:
        return f"differs in {', '.join(found.differing)}{code}"
    return f"the same as in the store, to the bit{code}"


def _shown(value: Any) -> str:
    return "-" if pd.isna(value) else str(value)


def _as_json(found: Replay, verdict: str) -> dict[str, Any]:
    return {
        "row": found.row,
        "point": found.point,
        "replication": found.replication,
        "seed": found.seed,
        "scenario": found.digest,
        "verdict": verdict,
        "differing": list(found.differing),
        "same_code": found.same_code,
        "played": {
            name: None if _shown(value) == "-" else getattr(value, "item", lambda v=value: v)()
            for name, value in found.played.items()
        },
    }
