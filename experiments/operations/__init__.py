"""What operators do to simulated groups: tables, claims that rest on them, what they hang on."""
