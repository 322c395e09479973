"""The compiled engine: many groups as arrays, played through the rules. No Mesa, no frames."""
