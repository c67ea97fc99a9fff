"""Floor 4 for programs: patients, the lists that they come in, and who is never written to."""
