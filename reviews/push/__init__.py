"""Pushes of Google's Pub/Sub: a hint that a location has new or changed reviews."""
