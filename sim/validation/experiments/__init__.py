"""Small simulations for patterns that no log of the real rooms shows: packets, lurkers, windows."""
