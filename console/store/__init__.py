"""How things last: the only place that knows SQLAlchemy."""
