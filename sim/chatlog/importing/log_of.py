"""The gathered rows as the three tables of a message log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog.importing.gathering import EVENTS, TYPE_CODE, TYPES, Gathering, Rows
from sim.chatlog.importing.people import NOBODY
from sim.chatlog.importing.pseudonyms import Pseudonyms
from sim.chatlog.log import ChatLog

KINDS = ("chat", "question", "answer", "content")
Integers = npt.NDArray[np.int64]


def frames_of(
    gathering: Gathering, pseudonyms: Pseudonyms, names: list[str], until: float | None
) -> ChatLog:
    """Write down what was gathered as a message log.

    A message of an operator has member -1, type bot and the operator's number; nobody addresses
    operators. The kind is question, content (a link), answer (to a question, by the export's own
    reply), or chat.
    """
    groups = _group_frame(gathering, pseudonyms, names, until)
    labels = list(groups["group"])
    messages = _message_frame(gathering, labels)
    events = _event_frame(gathering, labels)
    return ChatLog(messages, groups.sort_values("group", ignore_index=True), events, "imported")


def rounded(log: ChatLog, minutes: int) -> ChatLog:
    """Take all times of a log down to whole so many minutes; its rows stay in their order."""
    seconds = 60.0 * minutes

    def down(frame: pd.DataFrame | None, *columns: str) -> pd.DataFrame:
        assert frame is not None
        return frame.assign(**{name: frame[name] // seconds * seconds for name in columns})

    groups = down(log.groups, "created", "closed")
    return replace(
        log, messages=down(log.messages, "ts"), events=down(log.events, "ts"), groups=groups
    )


def _message_frame(gathering: Gathering, labels: list[str]) -> pd.DataFrame:
    rows = gathering.messages
    person, operator = _people(gathering, np.array(rows.person, dtype=np.int64))
    targets = [gathering.target(row) for row in range(len(rows.ts))]
    target = np.fromiter((who for who, _ in targets), np.int64, len(targets))
    is_answer = np.fromiter((answers for _, answers in targets), np.bool_, len(targets))
    types = np.array(rows.type, dtype=np.int64)
    is_team = operator >= 0
    asked, linked = types == TYPE_CODE["question"], types == TYPE_CODE["link"]
    kind = np.select([asked, is_answer, linked], [1, 2, 3], 0)
    types[is_team & (types != TYPE_CODE["closure"])] = TYPE_CODE["bot"]
    person[(types == TYPE_CODE["bot"]) | (types == TYPE_CODE["closure"])] = NOBODY
    frame = pd.DataFrame(
        {
            "group": pd.Categorical.from_codes(_groups(gathering, rows), labels),
            "member": person,
            "ts": np.array(rows.ts, dtype=np.float64),
            "reply_to": _people(gathering, target)[0],
            "thread": np.array(rows.thread, dtype=np.int64),
            "type": pd.Categorical.from_codes(types, TYPES),
            "kind": pd.Categorical.from_codes(kind, KINDS),
            "operator": operator,
        }
    )
    return _in_order(frame)


def _event_frame(gathering: Gathering, labels: list[str]) -> pd.DataFrame:
    rows = gathering.events
    people = [gathering.person_of_event(row) for row in range(len(rows.ts))]
    member, operator = _people(gathering, np.array(people, dtype=np.int64))
    codes = np.array(rows.type, dtype=np.int64)
    unknown = np.full(len(rows.ts), -1, dtype=np.int64)
    frame = pd.DataFrame(
        {
            "group": pd.Categorical.from_codes(_groups(gathering, rows), labels),
            "ts": np.array(rows.ts, dtype=np.float64),
            "event": pd.Categorical.from_codes(codes, EVENTS),
            "member": member,
            "operator": operator,
            "packet": unknown,
            "fen": unknown,
            "shares": unknown,
        }
    )
    return _in_order(frame)


def _people(gathering: Gathering, person: Integers) -> tuple[Integers, Integers]:
    """Return members' numbers and operators' numbers, each -1 where it is the other."""
    count = len(gathering.people.numbers)
    operators = np.full(count + 1, -1, dtype=np.int64)
    for index, number in gathering.people.operator_of.items():
        operators[index] = number
    numbers = np.array([*gathering.people.numbers, -1], dtype=np.int64)
    numbers[operators >= 0] = -1
    return numbers[person], operators[person]  # -1, nobody, takes the last


def _group_frame(
    gathering: Gathering, pseudonyms: Pseudonyms, names: list[str], until: float | None
) -> pd.DataFrame:
    first = _beginnings(gathering)
    labels, created, closed = [], [], []
    for index, group in enumerate(gathering.groups):
        labels.append(names[index] or pseudonyms.group(group.platform, group.key))
        born = group.created if group.created is not None else np.nan
        end = until or group.observed_until or max(gathering.ends[i] for i in group.inputs)
        end = end if np.isfinite(end) else np.nan
        # What was said before it was created, or after its export, is no reading of a clock.
        created.append(np.nan if born > first[index] or born > end else born)
        closed.append(end)
    return pd.DataFrame({"group": labels, "created": created, "closed": closed})


def _groups(gathering: Gathering, rows: Rows) -> Integers:
    return np.array(gathering.whole, dtype=np.int64)[np.array(rows.group, dtype=np.int64)]


def _beginnings(gathering: Gathering) -> npt.NDArray[np.float64]:
    """Return when anything was first heard of each group."""
    first = np.full(len(gathering.groups), np.inf)
    for rows in (gathering.messages, gathering.events):
        np.minimum.at(first, _groups(gathering, rows), np.array(rows.ts))
    return first


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["group", "ts"], kind="stable", ignore_index=True)
