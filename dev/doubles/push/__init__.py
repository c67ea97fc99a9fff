"""A push service, with browsers that decrypt what it gets. Tests and the demo use it."""
