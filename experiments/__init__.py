"""Research with the simulator that the installed package does not carry."""
