"""How patients answered each version of a text."""
