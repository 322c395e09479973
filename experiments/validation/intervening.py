"""What an experimenter does to groups between two hours: remove members, have one answered.

A run is played to a whole hour, changed here, and played on with the same random seeds. Beside the
same run left alone this shows an effect; a difference between groups of one run is only a
correlation.
"""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.ensemble import Ensemble
from sim.kernels.layout import IN_RING
from sim.state import RING, Array
from sim.trace import EVENT_DTYPE, LEAVE


def remove_members(block: Ensemble, slots: Array) -> None:
    """Let members (positions in the block's arrays; the absent stay as they are) leave now, at a
    whole hour before the end, as they would of their own accord at the end of a look.
    """
    a = block.arrays
    people = a["members"]
    gone = np.unique(slots)
    gone = gone[people["present"][gone] == 1]
    of = group_of(block, gone)
    heard = people["muted"][gone] == 0
    people["present"][gone] = 0
    a["reaction"][gone] = np.inf
    _count(a["groups"], of, heard, people["attention"][gone])
    people["attention"][gone] = a["rate"][gone] = 0.0
    for g in np.unique(of):
        _follow(block, int(g), int((of == g).sum()))
    _log(block, gone, of)


def have_answered(block: Ensemble, slots: Array) -> None:
    """Let operators answer the newest message, among the group's newest 64, of each member
    (position in the arrays) within this hour, at a whole hour before the end; it counts as any
    answer does.
    """
    a = block.arrays
    for slot, g in zip(slots, group_of(block, slots), strict=True):
        number, total = int(a["said"][slot]), int(a["groups"]["total"][g])
        if number >= 0 and number > total - RING:
            a["ring"]["wanted"][g, number & IN_RING] = 1
            a["groups"]["team_visit_hours"][g] = float(block.hour)


def group_of(block: Ensemble, slots: Array) -> Array:
    """Return the group of each member slot of a block."""
    first = block.arrays["groups"]["first_slot"]
    return np.asarray(np.searchsorted(first, slots, "right") - 1)


def _count(groups: Array, of: Array, heard: Array, attention: Array) -> None:
    number = len(groups)
    left = np.bincount(of, minlength=number)
    groups["present"] -= left
    groups["left"] += left
    groups["hearing"] -= np.bincount(of[heard], minlength=number)
    # one after the other, as looks do: a sum first would round differently
    np.subtract.at(groups["attentive"], of[heard], attention[heard])


def _follow(block: Ensemble, g: int, left: int) -> None:
    """Take the factors that hang on the audience anew, and write the day's row."""
    a = block.arrays
    group = a["groups"][g]
    p = a["params"][group["point"]]
    group["audience"] = rules.audience_factor(int(group["hearing"]), p["speak_audience"])
    group["loafing"] = rules.loafing_factor(
        int(group["present"]), p["speak_loafing"], p["speak_identifiability"]
    )
    a["daily"]["leaves"][g, (block.hour + int(group["start_hour"])) // 24] += left
    if group["present"] == 0:
        group["over"] = 1
        a["life"]["ended_hours"][g] = float(block.hour)


def _log(block: Ensemble, gone: Array, of: Array) -> None:
    a = block.arrays
    if not len(a["event_log"]):
        return
    rows = np.zeros(len(gone), EVENT_DTYPE)
    rows["group"], rows["time_hours"], rows["event"] = of, float(block.hour), LEAVE
    rows["member"], rows["packet"] = gone - a["groups"]["first_slot"][of], -1
    written = int(a["logged"][1])
    a["event_log"][written : written + len(rows)] = rows
    a["logged"][1] += len(rows)
