"""Floor 5 for programs: messages, unhappy patients, and the figures."""
