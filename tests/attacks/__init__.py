"""Attacks on the whole product, each with a bystander whose service must not suffer from it.

`make attack` runs them all at once, on loopback alone and for a bounded time, and prints what was
tried and what held. The suite has each attack as a test of its own as well, beside the code that
stops it.
"""
