"""What operators can see of the groups in a block of memory."""

from __future__ import annotations

import numpy as np

from sim.state import UTTERANCES, Array, Ledger, Observation

NO_LEDGER = Ledger(*(np.zeros(0),) * 4)


def observe(hour: int, start: slice, arrays: dict[str, Array]) -> Observation:
    """Gather what operators see of one scenario's groups of a block at a whole hour since creation,
    without a ledger; each policy is handed its own.
    """
    groups = arrays["groups"][start]
    clock = hour + groups["start_hour"]
    last_day = arrays["daily"].shape[1] - 1
    day = arrays["daily"][start, min(int(clock[0]) // 24, last_day)]
    said = day[UTTERANCES[0]].copy()
    for kind in UTTERANCES[1:]:
        said += day[kind]
    return Observation(
        time_hours=float(hour),
        hour_of_day=clock % 24,
        weekday=(groups["start_weekday"] + clock // 24) % 7,
        members=groups["present"].copy(),
        joined=groups["joined"].copy(),
        left=groups["left"].copy(),
        messages=groups["member_messages"].copy(),
        questions_open=groups["questions_open"].copy(),
        messages_today=said,
        posting_members_today=day["posting_members"].copy(),
        silent_hours=hour - groups["last_message_hours"],
        shares_open=groups["shares_open"].copy(),
        claims=groups["claims"].copy(),
        ledger=NO_LEDGER,
    )
