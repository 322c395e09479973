"""Pictures of frames: each function takes a tidy frame and the words around it, gives a figure."""

from sim.plots.comparing import comparison
from sim.plots.curves import survival_curves
from sim.plots.estimates import intervals
from sim.plots.frontier import front, measures_by
from sim.plots.heat import heat_maps
from sim.plots.style import Words, chinese_font, needs_chinese, png

__all__ = [
    "Words",
    "chinese_font",
    "comparison",
    "front",
    "heat_maps",
    "intervals",
    "measures_by",
    "needs_chinese",
    "png",
    "survival_curves",
]
