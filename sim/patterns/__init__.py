"""What a group's message log shows: one number a pattern, real and simulated logs alike."""

from sim.patterns.table import CREATION_PATTERNS, PATTERNS, knows_creation, patterns, per_group

__all__ = ["CREATION_PATTERNS", "PATTERNS", "knows_creation", "patterns", "per_group"]
