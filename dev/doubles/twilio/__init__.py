"""A pretended network: Twilio's API, the phones of patients and a mailbox, on this machine only.

It runs as a process of its own (`python -m dev.doubles.twilio`), knows nothing of the product but
the addresses it is given, and touches no database. `docs/simulator.md` has every knob.
"""
