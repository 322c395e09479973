"""Comparing scenarios: alternatives on the same luck, paired differences, when to stop."""
