"""How the shipped populations were made: searched, calibrated, and fitted again from banks."""
