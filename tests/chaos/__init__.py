"""Kill, empty and restart parts of the running product, and check its promises afterwards.

`make chaos` runs `python -m tests.chaos` for minutes, a test for seconds. Processes and servers are
real; only Twilio is simulated.
"""
