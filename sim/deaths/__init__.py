"""Who is dead, by every definition at once, from the lives of simulated or of real groups."""

from sim.deaths.definitions import DEATHS, HEADLINE, NEVER_STARTED, Death
from sim.deaths.lives import CREATION, FIRST_MESSAGE, ORIGINS, Lives, lives_since
from sim.deaths.silences import Lifetimes, Revival, hazard, lifetimes, revival
from sim.deaths.tables import death_table, deaths

__all__ = [
    "CREATION",
    "DEATHS",
    "FIRST_MESSAGE",
    "HEADLINE",
    "NEVER_STARTED",
    "ORIGINS",
    "Death",
    "Lifetimes",
    "Lives",
    "Revival",
    "death_table",
    "deaths",
    "hazard",
    "lifetimes",
    "lives_since",
    "revival",
]
