"""The panels of the screen: one folder each, found by their SPEC."""
