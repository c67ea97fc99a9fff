"""The home page: one answer, today's work, patients' words. The results: all figures."""
