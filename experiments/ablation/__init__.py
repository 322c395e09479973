"""Which patterns of real rooms break without which mechanism of the model."""
