"""The whole product as it runs, while everything it stands on is killed, emptied and restarted.

`python -m tests.chaos` is the storm and its verdict: `make chaos` runs it long, a test runs it
short. Nothing is replaced: real processes on servers of their own, and the simulator as Twilio.
"""
