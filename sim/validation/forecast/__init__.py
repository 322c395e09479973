"""Forecasts from a room's first days: what was known, what came, how good a forecast was."""
