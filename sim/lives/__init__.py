"""What became of groups, simulated or real: their outcomes, deaths and patterns."""
