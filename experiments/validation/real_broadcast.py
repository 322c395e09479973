"""The real side of a broadcast: rooms counted as they were when a post of their team came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog, read_log
from sim.errors import InputError
from sim.lives.human_log import HumanLog, human_log
from sim.validation.broadcast import counted, reached
from sim.validation.rooms import Utterances


def broadcast_counts(folder: Path, dataset: str, posts: Path) -> pd.DataFrame:
    """Return rooms, and those where a member wrote within a day, by cell."""
    log = read_log(folder / f"{dataset}.parquet", folder / f"{dataset}_groups.csv")
    return counts_of(log, pd.read_csv(posts))


def counts_of(log: ChatLog, posts: pd.DataFrame) -> pd.DataFrame:
    """Count the rooms of a log at the posts (``group``, ``ts``, ``type``), one a room."""
    prepared = human_log(without(log, posts))
    at = posts.set_index("group")["ts"].astype(np.float64)
    number = {name: room for room, name in enumerate(prepared.names)}
    chosen = [name for name in at.index if name in number]
    return counted(reached(_talk_of(prepared, [number[name] for name in chosen]),
                           at[chosen].to_numpy() / 3600.0))  # fmt: skip


def without(log: ChatLog, posts: pd.DataFrame) -> ChatLog:
    """Take the posts of a team out of the messages of a log.

    Raises
    ------
    InputError
        When a post is not among the messages, or a room has two.
    """
    keys = ["group", "ts", "type"]
    rows = log.messages.assign(group=log.messages["group"].astype("str"),
                               type=log.messages["type"].astype("str"))  # fmt: skip
    of_team = rows.merge(posts[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    is_post = (of_team["_merge"] == "both").to_numpy()
    if is_post.sum() != len(posts) or posts["group"].duplicated().any():
        raise InputError([f"{is_post.sum()} of {len(posts)} posts are one row of the log each"])
    return replace(log, messages=log.messages[~is_post])


def _talk_of(log: HumanLog, rooms: list[int]) -> Utterances:
    """Return the messages of some rooms, numbered in this order, in hours of UTC."""
    place = np.full(log.n_groups, -1)
    place[rooms] = np.arange(len(rooms))
    inside = place[log.group] >= 0
    return Utterances(place[log.group][inside], log.member[inside], log.ts[inside] / 3600.0)
