"""What one can do: verbs. Each is a plain function `verb(tx, ...)` that the desk runs in a transaction."""
