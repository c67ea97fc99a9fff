"""A local double of Twilio: its API, the phones of patients, and a mail server.

It runs as a process of its own (`python -m dev.doubles.twilio`), imports nothing of the product and
uses no database. `docs/simulator.md` describes every option.
"""
