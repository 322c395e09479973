"""How simulated rooms are judged: the same counts, windows and errors as those of real rooms."""
