"""The parameters themselves, section by section; `sim.params` is their table."""

from sim.sections.declaring import Parameter
from sim.sections.group import Arrivals, Group, OperatorTeam, Packets, Ties
from sim.sections.member import (
    Habit,
    Leaving,
    Look,
    Needs,
    Novelty,
    Reaction,
    Reading,
    Rhythm,
    Speak,
    Trust,
)

__all__ = [
    "Arrivals",
    "Group",
    "Habit",
    "Leaving",
    "Look",
    "Needs",
    "Novelty",
    "OperatorTeam",
    "Packets",
    "Parameter",
    "Reaction",
    "Reading",
    "Rhythm",
    "Speak",
    "Ties",
    "Trust",
]
