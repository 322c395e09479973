"""What a member does at a look: pure scalar functions, each written once and compiled.

Both engines, `sim.models.Community` and `sim.ensemble.Ensemble`, call these same functions.
"""

from sim.rules.acts import *
from sim.rules.calls import *
from sim.rules.desk import *
from sim.rules.growth import *
from sim.rules.looking import *
from sim.rules.packets import *
from sim.rules.reading import *
from sim.rules.roles import *
from sim.rules.screen import *
from sim.rules.shop import *
from sim.rules.speaking import *
from sim.rules.traits import *
from sim.rules.wants import *

__all__ = sorted(
    name for name, found in globals().items()
    if str(getattr(found, "__module__", "")).startswith("sim.rules.")
)  # fmt: skip
