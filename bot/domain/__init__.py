"""The pure centre: decides what is said and remembered. No I/O, no clock, no randomness."""
