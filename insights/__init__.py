"""What the clinic learns: figures by day, kept incrementally, equal to a recount at any time."""
