"""A member: one look after another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim import rules
from sim.agents.speaking import Speaker
from sim.draws import BASELINE, FIRST, uniforms

if TYPE_CHECKING:
    from sim.models import Community


class Member(Speaker):
    """One member of a community. Subclass it and override a step of `look` to change behaviour.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member; traits are drawn by it.

    Examples
    --------
    >>> class Silent(Member):
    ...     def drives(self, *situation):
    ...         return 0.0, 0.0
    """

    def __init__(self, model: Community, slot: int) -> None:
        super().__init__(model, slot)
        self.looks = 0
        self.look_day = -1

    def look(self, t: float, origin: str) -> None:
        """Play one look: recover, read, claim, feed the needs, learn, speak, leave or stay.

        Parameters
        ----------
        t : float
            Hours since creation.
        origin : str
            "baseline", "reaction" or "join".
        """
        model = self.model
        talk, day = model.conversation, model.day
        first = not self.looked
        self.looked = True
        if origin == "reaction":
            self.reaction_hours = math.inf
            cause, author, count, number = self.reaction
            author, block = author + 1, 4 * number
        else:
            cause, author, count, block = BASELINE, 0, self.looks, 0
        if first:
            cause, author, count, block = FIRST, 0, 0, 0
        u_speak, u_exit, u_stay, u_budget = uniforms(
            model.key, self.slot, author, count, cause, block
        )
        said = (self.slot, author, count, cause, block + 1)  # of what a look seldom needs
        sent = (self.slot, author, count, cause, block + 2)
        fresh_budget = -1.0
        if origin == "baseline":
            self.looks += 1
            fresh_budget = rules.budget(u_budget)
        was_attentive = 0.0 if self.muted else self.attention
        day["looks"] += 1
        if self.look_day != model.local_day:
            self.look_day = model.local_day
            day["looking_members"] += 1
            self.fade_ties(t)
        self.recover(t)
        familiarity = rules.tie_strength(self.tied)
        met = self.seen
        taken = self.read(talk)
        day["reads"] += taken.read
        self.seen = talk.total
        won = self.claim(t, talk, met) if talk.packets else 0
        relief = self.feed(taken, won)
        self.tire(taken)
        self.learn(relief, taken.replies)
        untolerated = taken.ads * (1.0 - self.ad_tolerance)
        self.judge_team(taken, untolerated)
        self.speak(t, familiarity, first, taken, u_speak, said)
        self.send_back(t, talk, familiarity, sent)
        self.leave_or_mute(t, u_exit, familiarity, untolerated)
        self.stay(t, talk, u_stay)
        self.settle(t, fresh_budget)
        model.attentive += (0.0 if self.muted else self.attention) - was_attentive
