"""Keep within Google's quotas: requests of our project, and edits of one location.

All clinics share the project's quota, so the budgets are in Redis and all workers share them. A
bucket refills at a rate that keeps every minute below the quota: what it holds, and what comes into
it in a minute, are together the quota.
"""

from dataclasses import dataclass

from core import token_buckets

# docs/google.md, "Requests", shows what these are enough for.
REQUESTS_A_MINUTE = 300
EDITS_A_MINUTE = 10


@dataclass(frozen=True)
class Budget:
    key: str
    a_minute: int
    # How many may be taken at once.
    burst: int

    @property
    def rate(self) -> float:
        """Return how many come back in a second."""
        return (self.a_minute - self.burst) / 60

    def take(self, *, leave: int = 0) -> float:
        """Take one. Return 0, or after how many seconds to ask again."""
        grant = token_buckets.take(self.key, rate=self.rate, room=self.burst, keep=leave)
        return 0 if grant.tokens else max(grant.wait, 0.01)


# Of the requests that may be taken at once, background work leaves so many to people who wait.
LEFT_TO_PEOPLE = 10


def requests_of_api(api: str) -> Budget:
    """Return the budget of one of Google's APIs: each has its own quota."""
    return Budget(f"google-requests:{api}", REQUESTS_A_MINUTE, burst=30)


def edits_of_location(location: str) -> Budget:
    """Return the budget of `locations/2`."""
    return Budget(f"google-edits:{location}", EDITS_A_MINUTE, burst=4)
