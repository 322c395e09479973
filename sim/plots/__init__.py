"""Pictures of frames: each function takes a tidy frame and the words around it, gives a figure."""

from sim.plots.charts import comparison, front, heat_maps, intervals, measures_by, survival_curves
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
