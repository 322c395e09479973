"""Estimates with their intervals, survival curves, the Pareto front: arithmetic of arrays alone."""
