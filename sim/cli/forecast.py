"""``qunlab forecast``: the chance that a group falls silent, from all days it was seen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from sim.chatlog import ChatLog, read_log
from sim.cli.options import (
    DRAWN,
    SHOWN,
    Drawn,
    GroupsFile,
    PageFolder,
    Shown,
    option,
    option_faults,
)
from sim.cli.terminal import print_rows, screen
from sim.errors import InputError
from sim.forecast import (
    BASE_RATE,
    BEGINS,
    HORIZONS_DAYS,
    LABELS,
    MODEL,
    PAST_90,
    REGRESSION,
    STAYS,
    WEEK_TWO,
    Logistic,
    Record,
    measured_record,
    model_forecast,
    outlook,
    shipped_record,
)
from sim.language import N_, _
from sim.lives.guardrails import GUARDRAILS, guarded, most_beyond
from sim.lives.human_log import human_log
from sim.populations import find_population, read_population
from sim.progress import progress_line
from sim.report.answer import Answer, Option, three
from sim.report.pages import Outlook, write_page
from sim.report.verdict import answer_of_outlook, answer_of_record
from sim.validation.rooms import read_rooms, shipped_windows

GROUPS_SHOWN = 40
FEWEST_ROOMS, MOST_ROOMS = 200, 100_000
DATASET = "fcc_gitter"
PARTICLES_MOST = 20
KINDS = (("auc", 2), ("brier", 3))
"""Measures that are printed, and their decimals."""


def forecast(
    log: Annotated[
        Path | None,
        typer.Argument(help="A Parquet file of messages, or a folder as --log writes it."),
    ] = None,
    groups: GroupsFile = None,
    population: Annotated[str, option("Whose simulated rooms the model learns from.")] = (
        "learner_rooms"
    ),
    rooms: Annotated[int, option("Simulated rooms.")] = 4000,
    skill: Annotated[
        bool, option("Print how good the forecasts were, at every age.", "--skill")
    ] = False,
    data: Annotated[
        Path | None, option("Real rooms to measure both forecasts on anew.", metavar="DIR")
    ] = None,
    watch: Annotated[
        bool, option("Only say which guardrails groups have crossed when the log ends.", "--watch")
    ] = False,
    guardrails: Annotated[
        Path | None, option("Of --watch: guardrails as 'qunlab power --json' has them.")
    ] = None,
    seed: Annotated[int, option("Seed of simulation and resamples.")] = 1,
    out: PageFolder = None,
    drawn: Drawn = DRAWN,
    shown: Shown = SHOWN,
) -> None:
    """Forecast which groups fall silent within 2, 4 and 12 weeks of the last day seen.

    A group is silent once no member has written for 7 days. Two chances stand side by side: a
    logistic regression learnt from real rooms, and the model; both are given all days seen, the
    last week apart. The one that did better on rooms it had not seen stands first.

    Example: qunlab forecast results/log

    Example: qunlab forecast --skill

    Example: qunlab forecast results/log --watch --guardrails test.json
    """
    if not FEWEST_ROOMS <= rooms <= MOST_ROOMS:
        raise InputError([f"--rooms: {rooms} is outside {FEWEST_ROOMS}-{MOST_ROOMS}"])
    if log is None and not skill:
        raise InputError(["LOG: missing; name a log, or ask with --skill how good forecasts were"])
    faults = option_faults(out=out)
    files = drawn.files(faults)
    faults.refuse()
    if (log is None and watch) or (guardrails and not watch):
        raise InputError(["--guardrails: belongs to --watch, and --watch to a LOG"])
    chat = read_log(log, groups) if log else None
    if chat and watch:
        _show_watched(chat, guardrails, shown)
        return
    real = read_rooms(data, DATASET)[2] if data else None
    record, found, notes = shipped_record(), None, list[str]()
    if chat or real:
        model, name = _model(population, rooms, seed)
        record = measured_record(real, model, seed, str(data)) if real else record
        found = outlook(chat, record, model) if chat else None
        notes.append(f"seed {seed}; {rooms} simulated rooms of {name}")
        if chat and (never := human_log(chat).never_used):
            notes.append(f"groups without a forecast, since no member ever wrote there: {never}")
    notes = [*_notes(record, found), *notes]
    if out and log and found is not None:
        write_page(out, log.stem, Outlook(found, record, notes), files)
    whole = {
        "groups": [] if found is None else found,
        "skill": record.frame,
        "notes": notes,
        "meanings": LABELS,
    }
    more = _("More: --all (every group), --skill (how good forecasts were), --json.")
    answer = partial(answer_of_outlook, found, record)
    if is_skill := skill or found is None:
        more = _("More: --all (every forecast, its Brier score, the share that came true), --json.")
        answer = partial(answer_of_record, record)
    shown.give(lambda: whole, partial(_show, found, record, notes, is_skill), answer, more)


def _show_watched(chat: ChatLog, file: Path | None, shown: Shown) -> None:
    """Say which guardrails groups of one arm have crossed, and whether that stops the arm."""
    days, bounds = 4 * 7, {one.name: one.usual for one in GUARDRAILS}
    if file:
        try:
            read = json.loads(file.read_bytes())
            bounds |= {one["name"]: float(one["at"]) for one in read["guardrails"]}
            days = int(read["days"])
        except (OSError, ValueError, LookupError, TypeError):
            raise InputError(
                [f"--guardrails: {file}: not what 'qunlab power --json' says"]
            ) from None
    values, rows, options = guarded(chat), list[dict[str, Any]](), list[Option]()
    for one in GUARDRAILS:
        known = values.get(one.name, pd.Series(dtype=float)).dropna()
        beyond, most = known[one.crossed(known, bounds[one.name])], most_beyond(len(known), days)
        rows.append({"name": one.name, "at": bounds[one.name], "known": len(known), "most": most})
        rows[-1] |= {"beyond": list(beyond.index), "stops": len(beyond) > most}
        told = _("{beyond} of {known}", beyond=len(beyond), known=len(known))
        told = told if len(known) else _("not in this log: ask members")
        words = f"{_(one.text)} {one.sign} {three(100 * bounds[one.name])} %"
        options.append(Option(words, -1, (told, str(most), ", ".join(map(str, beyond.index[:3])))))
    unseen = sum(not row["known"] for row in rows)
    verdict = _("Go on: no guardrail is crossed.")
    if unseen:
        verdict = _(
            "{seen} of {all} guardrails can be seen in this log, none crossed; ask members about "
            "{unseen}.",
            seen=len(rows) - unseen,
            all=len(rows),
            unseen=unseen,
        )
    if any(row["stops"] for row in rows):
        verdict = _("Stop: more groups than chance explains are beyond a guardrail.")
    elif any(row["beyond"] for row in rows):
        verdict = _("Go on, and look at these groups: some guardrails are crossed.")
    heads = (_("groups beyond"), _("stop above"), _("which"))
    answer = Answer(verdict, option_heads=heads, options=tuple(options))
    replace(shown, every=False).give(lambda: {"guardrails": rows}, lambda: None, lambda: answer)


def _model(population: str, rooms: int, seed: int) -> tuple[dict[str, Logistic], str]:
    chosen = read_population(find_population(population))
    window_days = shipped_windows(DATASET).drawn(rooms, seed)
    with progress_line(1, N_("simulating rooms of the population")) as shown:
        scenarios = chosen.scenarios(PARTICLES_MOST)
        return model_forecast(scenarios, window_days, seed, shown), chosen.name


def _notes(record: Record, found: pd.DataFrame | None) -> Iterator[str]:
    """Say what the numbers mean and how far they can be trusted."""
    if found is not None:
        yield N_(
            "silent: no member message for 7 days, up to the last day seen (until when a log was "
            "watched is said at its import, else it ends with its last message)"
        )
        yield N_(
            "silent now: a silent week has begun already; the chance is that nobody writes until "
            "then either"
        )
        if young := found["horizon_days"].isna().sum():
            yield f"{young} groups are under a day old: a forecast needs 1 day"
        if old := (found["seen_days"] > HORIZONS_DAYS[-1]).sum():
            yield (
                f"{old} groups are older than {HORIZONS_DAYS[-1]} days, the oldest age at "
                "which forecasts were judged: take their chances as rough"
            )
    yield N_(
        "AUC: how often, of two groups, the one that fell silent had the higher chance; 0.5 is "
        "guessing; Brier score: mean squared error of the chances, lower is better; of the share: "
        "where each group is given the share that came true of the other rooms of its age"
    )
    yield (
        f"measured on {record.origin}; the regression on rooms it had not seen, the model with "
        "parameters searched on all of them; other kinds of groups may differ"
    )


def _show(found: pd.DataFrame | None, record: Record, notes: list[str], every: bool) -> None:
    console, ages = screen(), set[float](HORIZONS_DAYS)
    if found is not None:
        _print_groups(console, found, record)
        if len(found) > GROUPS_SHOWN:
            console.print(f"{len(found) - GROUPS_SHOWN} more groups; --json prints them all.")
        ages = ages if every else set(found["horizon_days"].dropna())
    console.print("How good forecasts were, by the age at which they were made (95 % intervals)")
    _print_skill(console, record, ages)
    for note in notes:
        console.print(f"Note: {note}.")


def _print_groups(console: Console, found: pd.DataFrame, record: Record) -> None:
    titles = {BEGINS[weeks]: f"silent week in {weeks} weeks" for weeks in BEGINS}
    young = {WEEK_TWO: N_("silent in days 8-14"), PAST_90: N_("silent past day 90")}
    asked = [label for label in young if found[f"{label}_regression"].notna().any()]
    titles |= {label: young[label] for label in asked}
    heads = (*N_(("group", "seen", "last message", "posters", "member messages")), *titles.values())
    silenced = dict(zip(BEGINS.values(), STAYS.values(), strict=True))
    rows = []
    for row in found.head(GROUPS_SHOWN).to_dict("records"):
        cells = ["-"] * (len(heads) - 2)
        if not math.isnan(row["horizon_days"]):
            counts = f"{row['posters']:.0f}", f"{row['messages']:.0f}"
            chances = [_chances(row, label, silenced.get(label), record) for label in titles]
            cells = [f"{row['silent_days']:.1f} d ago", *counts, *chances]
        rows.append([str(row["group"]), _("{days:.1f} d", days=row["seen_days"]), *cells])
    print_rows(console, heads, rows, words=("group", *titles.values()))


def _chances(row: dict[str, float], label: str, silenced: str | None, record: Record) -> str:
    if row["silent_now"] and silenced:
        return f"silent now; stays so: {_chances(row, silenced, None, record)}"
    if math.isnan(row[f"{label}_regression"]):
        return "-"
    names = [*N_(("regression", "model"))]
    if record.leader(label, row["horizon_days"]) == MODEL:
        names.reverse()
    return _(", ").join(f"{row[f'{label}_{name}']:.0%} {_(name)}" for name in names)


def _print_skill(console: Console, record: Record, ages: set[float]) -> None:
    shown = []
    for label in LABELS:
        for age in sorted(ages):
            rows = record.of(label, age)
            if rows.empty:
                continue
            own, model = rows.loc[REGRESSION], rows.loc[MODEL]
            spans = [_span(one, *kind) for kind in KINDS for one in (own, model)]
            first = _("model" if record.leader(label, age) == MODEL else "regression")
            share = f"{rows.loc[BASE_RATE, 'brier']:.3f}"
            cells = [label.replace("_", " "), _("{days:g} d", days=age), f"{own['rooms']:.0f}"]
            shown.append([*cells, f"{own['share']:.0%}", *spans, share, first])
    heads = (
        *N_(("forecast", "age", "rooms", "came true", "AUC regression", "AUC model")),
        *N_(("Brier regression", "Brier model", "Brier of the share", "read first")),
    )
    print_rows(console, heads, shown, words=("forecast", "read first"))


def _span(row: pd.Series, name: str, places: int) -> str:
    ends = (f"{row[f'{name}_{end}']:.{places}f}" for end in ("low", "high"))
    return f"{row[name]:.{places}f} ({' to '.join(ends)})"
