"""What a run amounts to: one row a group with every outcome, its summary, what a packet buys."""

from sim.outcomes.outcome import Outcome, Run
from sim.outcomes.packet_worth import PacketWorth, what_a_packet_buys
from sim.outcomes.summary import summary
from sim.outcomes.table import OUTCOMES, daily_frame, outcomes
from sim.outcomes.talk import gini

__all__ = [
    "OUTCOMES",
    "Outcome",
    "PacketWorth",
    "Run",
    "daily_frame",
    "gini",
    "outcomes",
    "summary",
    "what_a_packet_buys",
]
