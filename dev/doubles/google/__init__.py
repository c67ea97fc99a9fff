"""A local double of Google: OAuth, the Business Profile APIs, and the public page of a place.

It runs as a process of its own (`python -m dev.doubles.google`), imports nothing of the product and
uses no database. One address replaces all of Google's hosts. `docs/google.md` describes it.
"""
