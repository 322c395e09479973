"""Studies: a design (a table of scenarios), a store of rows, and the run that fills it."""
