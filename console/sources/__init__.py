"""Where alarms come from: one module or folder a kind."""
