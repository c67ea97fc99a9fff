"""Making it good: what is done about patients who were not happy."""
