"""The wiring of the console."""
