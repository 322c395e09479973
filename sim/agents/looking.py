"""When a member looks: the budget of hazard, the rate, and looks in reaction to messages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim import rules
from sim.draws import FIRST
from sim.members import FATIGUE, HABIT, first_uniforms

if TYPE_CHECKING:
    from sim.models import Community


class Looker(mesa.Agent):  # type: ignore[misc]
    """One who looks at random instants, at an own rate, and in reaction to messages.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member; luck is drawn by it.
    base_rate : float
        Looks an hour of a fully attentive member.
    shift : int
        Hours by which the own day is late, -3 ... 3.
    """

    model: Community

    def __init__(self, model: Community, slot: int, base_rate: float, shift: int) -> None:
        super().__init__(model)
        self.slot, self.base_rate, self.shift = slot, base_rate, shift
        self.habit = self.fatigue = 0.0
        self.habit_pace = 1.0
        self.muted = self.looked = False
        self.last_hours = self.settled_hours = 0.0
        self.attention = self.rate = 0.0
        self.first_delay_uniform, u_budget = first_uniforms(model.key, slot)
        self.budget = rules.budget(u_budget)
        self.left_over = self.budget  # of the budget, at the end of the hour
        self.planned_hours = self.reaction_hours = math.inf
        self.reaction: tuple[int, int, int, int] = (FIRST, 0, 0, 0)

    def react(self, at: float, cause: int, author: int, count: int, number: int) -> None:
        """Plan a look in reaction to a message, unless an earlier one is planned."""
        if at >= self.reaction_hours:
            return
        self.reaction_hours = at
        self.reaction = (cause, author, count, number)
        self.model.queue_look(at, self, "reaction")

    def attention_after(self, habit: float, fatigue: float) -> float:
        """Return the share of the own look rate that is left."""
        p = self.model.p
        return rules.attention(
            habit,
            p.look_habit_floor_share,
            fatigue,
            p.look_fatigue_weight,
            p.look_mute_share if self.muted else 1.0,
        )

    def settle(self, t: float, fresh_budget: float) -> None:
        """Settle the hazard spent so far, take the new rate, and test the rest of the hour."""
        model = self.model
        factor = model.factors[self.shift]
        since = max(self.settled_hours, float(model.hour))
        if fresh_budget >= 0.0:
            self.budget = fresh_budget
        else:
            self.budget = max(0.0, self.budget - self.rate * factor * (t - since))
        self.settled_hours = t
        present = self.slot in model.members
        self.attention = self.attention_after(self.habit, self.fatigue) if present else 0.0
        self.rate = self.base_rate * self.attention
        self.left_over = self.budget - self.rate * factor * (model.hour_end - t)
        self.planned_hours = math.inf  # what the old rate had planned no longer stands
        self.plan_look(t, factor)

    def spend_hour(self) -> None:
        """Spend an hour of the budget; plan the look when it runs out."""
        factor = self.model.factors[self.shift]
        self.budget = self.left_over
        self.left_over = self.budget - self.rate * factor
        self.plan_look(float(self.model.hour), factor)

    def plan_look(self, since: float, factor: float) -> None:
        """Plan a look at the instant the budget runs out, when that is in this hour."""
        if self.left_over >= 0.0:
            return
        at = since + self.budget / (self.rate * factor)
        if at >= self.model.hour_end:  # rounding: the next hour begins with this look
            self.left_over = 0.0
            return
        self.planned_hours = at
        self.model.queue_look(at, self, "baseline")

    def follow_fading(self, hour: float) -> None:
        """Take the rate anew at local midnight, from what has faded."""
        if not self.looked:
            return
        fading, hours = self.model.fading, hour - self.last_hours
        self.attention = self.attention_after(
            self.habit * rules.kept_after(hours * fading[HABIT] * self.habit_pace),
            self.fatigue * rules.kept_after(hours * fading[FATIGUE]),
        )
        self.rate = self.base_rate * self.attention
        if not self.muted:
            self.model.attentive += self.attention
