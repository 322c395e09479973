"""``qunlab forecast``: the chance that a group falls silent, from its first days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.tables import print_rows, screen
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.validation.forecast.outlook import Record

GROUPS_SHOWN = 40
FEWEST_ROOMS, MOST_ROOMS = 200, 100_000
DATASET = "fcc_gitter"
PARTICLES_MOST = 20
SAID = {"silent_week2": "silent in days 8-14", "silent_past_day_90": "silent past day 90"}


def forecast(
    log: Annotated[
        Path, typer.Argument(help="A Parquet file of messages, or a folder as --log writes it.")
    ],
    groups: Annotated[
        Path | None, typer.Option("--groups", help="CSV of the groups: group, created, closed.")
    ] = None,
    population: Annotated[
        str, typer.Option(help="Whose simulated rooms the model learns from.")
    ] = "learner_rooms",
    rooms: Annotated[int, typer.Option(help="Simulated rooms.")] = 4000,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Real rooms to measure both forecasts on anew."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of simulation and resamples.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Forecast which groups fall silent, from the first 1, 3 or 7 days they have had.

    Two probabilities stand side by side: a logistic regression on early posters and messages of
    real rooms, and the model given the same days. The one that did better on rooms it had not
    seen stands first; the note below the table says how good either was.

    Example: qunlab forecast results/log

    Example: qunlab forecast rooms.parquet --groups rooms.csv
    """
    from sim.chatlog import read_log
    from sim.progress import progress_line
    from sim.validation.forecast.early import HORIZONS_DAYS
    from sim.validation.forecast.model import model_forecasts
    from sim.validation.forecast.outlook import measured_record, outlook, shipped_record
    from sim.validation.populations import find_population, read_population
    from sim.validation.real import read_rooms
    from sim.validation.windows import shipped_windows

    if not FEWEST_ROOMS <= rooms <= MOST_ROOMS:
        raise InputError([f"--rooms: {rooms} is outside {FEWEST_ROOMS}-{MOST_ROOMS}"])
    chosen = read_population(find_population(population))
    chat = read_log(log, groups)
    window_days = shipped_windows(DATASET).drawn(rooms, seed)
    with progress_line(1, "simulating rooms of the population") as shown:
        models = model_forecasts(
            chosen.scenarios(PARTICLES_MOST), HORIZONS_DAYS, window_days, seed, shown
        )
    if data is None:
        record = shipped_record()
    else:
        _, real, prepared = read_rooms(data, DATASET)
        record = measured_record(real, prepared, models, seed, str(data))
    found = outlook(chat, record, models)
    notes = [*_notes(record, found), f"seed {seed}; {rooms} simulated rooms of {chosen.name}."]
    if as_json:
        typer.echo(_as_json(found, record, notes))
    else:
        _show(found, record, notes)


def _notes(record: Record, found: pd.DataFrame) -> list[str]:
    """Say what each number means, which forecast stands first, and how good both have been."""
    from sim.validation.forecast.baseline import REGRESSION
    from sim.validation.forecast.early import LABELS
    from sim.validation.forecast.outlook import MODEL

    notes = [f"{SAID[label]}: {meaning}" for label, meaning in LABELS.items()]
    young = int(found["horizon_days"].isna().sum())
    if young:
        notes.append(f"{young} groups are under a day old: a forecast needs 1 day")
    for horizon in sorted(found["horizon_days"].dropna().unique()):
        for label in LABELS:
            rows = record.of(label, horizon)
            own, less = rows.loc[REGRESSION], rows.loc[MODEL]
            beats = record.leader(label, horizon) == MODEL
            worse = less["brier_less_low"] > 0.0
            verdict = "beats" if beats else "loses to" if worse else "is not told apart from"
            first = "the model" if beats else "the regression"
            notes.append(
                f"{SAID[label]}, from {horizon:g} d: AUC {own['auc']:.2f} regression, "
                f"{less['auc']:.2f} model; Brier score {own['brier']:.3f} and {less['brier']:.3f}, "
                f"difference {less['brier_less']:+.3f} ({less['brier_less_low']:+.3f} to "
                f"{less['brier_less_high']:+.3f}): the model {verdict} the regression, {first} "
                "stands first"
            )
    notes.append(
        f"measured on {record.origin}; the regression on rooms it had not seen, the model with "
        "parameters searched on all of them; other kinds of groups may differ"
    )
    return notes


def _order(record: Record, label: str, horizon_days: float) -> tuple[str, str]:
    from sim.validation.forecast.outlook import MODEL

    leads = horizon_days == horizon_days and record.leader(label, horizon_days) == MODEL
    return (MODEL, "regression") if leads else ("regression", MODEL)


def _show(found: pd.DataFrame, record: Record, notes: list[str]) -> None:
    console, rows = screen(), []
    for row in found.head(GROUPS_SHOWN).to_dict("records"):
        horizon = row["horizon_days"]
        if horizon != horizon:
            rows.append([str(row["group"]), f"{row['seen_days']:.1f} d", *["-"] * 5])
            continue
        chances = []
        for label in SAID:
            first, second = _order(record, label, horizon)
            chances.append(
                f"{row[f'{label}_{first}']:.0%} {first}, {row[f'{label}_{second}']:.0%} {second}"
            )
        rows.append([
            str(row["group"]), f"{row['seen_days']:.1f} d", f"first {horizon:g} d",
            f"{row['posters']:.0f}", f"{row['messages']:.0f}", *chances,
        ])  # fmt: skip
    heads = ("group", "seen for", "judged on", "posters", "messages", *SAID.values())
    print_rows(console, heads, rows, words=("group", *SAID.values()))
    if len(found) > GROUPS_SHOWN:
        console.print(f"{len(found) - GROUPS_SHOWN} more groups; --json prints them all.")
    for note in notes:
        console.print(f"Note: {note.rstrip('.')}.")


def _as_json(found: pd.DataFrame, record: Record, notes: list[str]) -> str:
    def plain(frame: pd.DataFrame) -> list[dict[str, object]]:
        rows = frame.to_dict("records")
        return [{k: None if v != v else v for k, v in row.items()} for row in rows]

    answer = {"groups": plain(found), "skill": plain(record.frame), "notes": notes}
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)
