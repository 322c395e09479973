"""How first posters of real rooms thin out: with the age of the room, and with its silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.state import Array

AGE_DAYS = np.array([0, 1, 3, 7, 14, 30, 60, 90, 180, 400, np.inf])
SILENT_DAYS = np.array([0, 1 / 24, 1 / 4, 1, 3, 7, 14, 30, np.inf])
ROUNDS = 300


def exposed(talk: pd.DataFrame, window_days: float) -> pd.DataFrame:
    """Cut a room's days since its first message where its age or its silence changes bins."""
    at = talk["age"].to_numpy()
    begins, ends = at, np.append(at[1:], window_days)
    cuts = [np.broadcast_to(AGE_DAYS, (len(at), len(AGE_DAYS))), begins[:, None] + SILENT_DAYS]
    edges = np.sort(np.clip(np.hstack([*cuts, ends[:, None]]), begins[:, None], ends[:, None]))
    days = np.diff(edges)
    middle = edges[:, :-1] + days / 2
    found = pd.DataFrame(
        {
            "age": np.searchsorted(AGE_DAYS, middle.ravel()) - 1,
            "silence": np.searchsorted(SILENT_DAYS, (middle - begins[:, None]).ravel()) - 1,
            "days": days.ravel(),
        }
    )
    return found[found["days"] > 0].groupby(["age", "silence"], as_index=False).sum()


def met(talk: pd.DataFrame) -> pd.DataFrame:
    """Say in which bins each first poster but the room's first came."""
    silence = np.maximum(talk["age"].diff().to_numpy()[1:], 1e-9)
    later = talk.iloc[1:]
    found = pd.DataFrame(
        {
            "age": np.searchsorted(AGE_DAYS, np.maximum(later["age"], 1e-9)) - 1,
            "silence": np.searchsorted(SILENT_DAYS, silence) - 1,
            "posters": (~talk["member"].duplicated()).to_numpy()[1:].astype(float),
        }
    )
    return found.groupby(["age", "silence"], as_index=False).sum()


def effects(cells: pd.DataFrame) -> dict[str, Array]:
    """Fit rate = room x age x silence, by maximal Poisson likelihood."""
    names = ["room", "age", "silence"]
    codes = {name: cells[name].to_numpy() for name in names}
    rate = {name: np.ones(code.max() + 1) for name, code in codes.items()}
    posters, days = cells["posters"].to_numpy(), cells["days"].to_numpy()
    for _ in range(ROUNDS):
        for name in names:
            expected = days * np.prod([rate[one][codes[one]] for one in names], axis=0)
            counted = np.bincount(codes[name], posters, len(rate[name]))
            due = np.bincount(codes[name], expected, len(rate[name]))
            rate[name] = rate[name] * np.divide(counted, due, out=np.ones_like(due), where=due > 0)
    return rate


def cells_of(data_dir: Path) -> pd.DataFrame:
    groups = pd.read_csv(data_dir / "fcc_gitter_groups.csv").dropna(subset=["created"])
    rows = pd.read_parquet(data_dir / "fcc_gitter.parquet")
    rows = rows[~rows["type"].isin(["bot", "closure", "join", "leave"])]
    closed = groups["closed"].fillna(rows["ts"].max())
    of_room = dict(iter(rows.astype({"group": str}).groupby("group")))
    found = []
    for room, name in enumerate(groups["group"]):
        begin, end = groups["created"].iloc[room], closed.iloc[room]
        talk = of_room.get(name)
        if talk is None or len(talk) > 5000:
            continue
        talk = talk[(talk["ts"] >= begin) & (talk["ts"] <= end)].sort_values("ts")
        talk = talk.assign(age=(talk["ts"] - begin) / 86400.0)
        if len(talk):
            both = exposed(talk, (end - begin) / 86400.0).merge(
                met(talk), on=["age", "silence"], how="outer"
            )
            found.append(both.assign(room=len(found)))
    return pd.concat(found).fillna({"days": 1e-9, "posters": 0.0})


def test_first_posters_thin_out_as_powers_of_age_and_silence(data_dir: Path) -> None:
    cells = cells_of(data_dir)
    rate = effects(cells)
    age = rate["age"] / rate["age"][4]
    ages = np.sqrt(np.maximum(AGE_DAYS[:9], 0.3) * AGE_DAYS[1:10])
    slope = np.polyfit(np.log(ages), np.log(age[:9]), 1)[0]
    silence = rate["silence"] / rate["silence"][3]
    assert slope == pytest.approx(-0.45, abs=0.01)
    np.testing.assert_allclose(silence[4:], [0.76, 0.63, 0.44, 0.22], atol=0.01)
