"""Fetch public reviews from Google: changes every hour and after a push, everything every week.

- `due`: which locations are due; leases, next times, pauses after failures
- `running`: several locations side by side, until nothing is due or the time is up
- `changes`, `sweep`: what is asked of Google for one location
- `storing`: one statement that stores a page, and what follows from new and changed reviews
- `capacity`: how many requests all of this takes
"""
