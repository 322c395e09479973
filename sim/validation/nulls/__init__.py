"""Two rivals without a mind: independent Poisson members, and a plain self-exciting group."""

from sim.validation.nulls.hawkes import HAWKES, hawkes_talk
from sim.validation.nulls.poisson import POISSON, poisson_talk
from sim.validation.nulls.rooms import Null, null_rooms

NULLS = (
    Null("independent Poisson members", POISSON, poisson_talk),
    Null("self-exciting group (Hawkes)", HAWKES, hawkes_talk),
)

__all__ = ["NULLS", "Null", "null_rooms"]
