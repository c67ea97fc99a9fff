"""Guess which ask a public review came from. Google does not say who wrote it."""
