"""The people of a `Community`: members who look, read, speak and learn, and the operator team."""

from sim.agents.member import Member
from sim.agents.operator import Operator

__all__ = ["Member", "Operator"]
