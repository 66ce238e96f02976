"""What the console promises, as sentences that are checked."""
