"""Process stored calls. Any number of workers may do this at once, with the same result."""

import time

from messaging.bounces import processing as bounces
from messaging.webhooks import inbound, inbox, status


def process(*, seconds: float = 10.0) -> None:
    """Process until nothing waits or the time is up: texts first, then bounces, then receipts."""
    until = time.monotonic() + seconds
    inbox.match_again()
    while time.monotonic() < until:
        while time.monotonic() < until and inbound.process_oldest():
            pass
        while time.monotonic() < until and bounces.process_oldest():
            pass
        if not status.process_batch():
            return
