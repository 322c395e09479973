"""Policies of question 14: somebody is lost on day 30."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import lever
from sim.policies.cadence import Cadence
from sim.state import Actions, Observation, Setting

DAY, HANDOVER_LOSS = 30, 0.2


@dataclass(frozen=True)
class Loss:
    """Lose somebody on day 30: members, or the operator's answers, or trust by a new operator."""

    whom: str = lever("core", "who", choices=("core", "lot", "audience", "operator", "replaced"))
    number: int = lever(5, "members lost, of core or lot", range=(1, 100), unit="members")

    every_hours: ClassVar[int] = 24
    sees_people: ClassVar[bool] = True

    def act(self, seen: Observation) -> Actions:
        """Return who is removed, or that the team is silent, or another one."""
        now, here = seen.time_hours, seen.people.here()
        if self.whom == "operator":
            over = np.full(seen.groups, now >= 24 * DAY)
            return Actions(Actions.none().acts, unanswered=over)
        if now != 24 * DAY:
            return Actions.none()
        if self.whom == "replaced":
            return Actions.handovers(np.arange(seen.groups), now, HANDOVER_LOSS)
        if self.whom == "audience":
            gone = here.where((here.posts == 0) & (here.lots < 0.5))
        else:
            core = self.whom == "core"
            gone = here.most("posts", self.number) if core else here.by_lot(self.number)
        return Actions.removals(gone, now)


class Until(Cadence):
    """Post as a cadence does, until day 30."""

    def plan(self, setting: Setting) -> Actions:
        """Return the posts before that day."""
        acts = super().plan(setting).acts
        return Actions(acts[acts["time_hours"] < setting.time_at(DAY, 0.0)])
