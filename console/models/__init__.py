"""What things are: frozen dataclasses, enums, transition tables, rules and events. Pure Python."""
