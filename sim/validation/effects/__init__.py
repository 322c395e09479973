"""Observed correlation beside intervention effect, of the same simulated groups and luck."""
