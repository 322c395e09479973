"""Pictures of frames: each function takes a tidy frame and the words around it, gives a figure."""

from sim.plots.answer import cost_and_gain, lives, share_maps, story
from sim.plots.charts import front, intervals, measures_by
from sim.plots.style import KINDS, Words, chinese_fonts, rendered

__all__ = [
    "KINDS",
    "Words",
    "chinese_fonts",
    "cost_and_gain",
    "front",
    "intervals",
    "lives",
    "measures_by",
    "rendered",
    "share_maps",
    "story",
]
