"""Counts of requests: what benches compare, and what quotas are measured against."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counts:
    # By method and path, such as `GET /v4/accounts/{account}/locations/{location}/reviews`.
    requests: Counter[str] = field(default_factory=Counter)
    # By status, or `reset` and `dropped`.
    answers: Counter[str] = field(default_factory=Counter)
    pushes: Counter[str] = field(default_factory=Counter)
    # By what the quota is for and the minute.
    per_minute: Counter[tuple[str, int]] = field(default_factory=Counter)

    def clear(self) -> None:
        for counter in (self.requests, self.answers, self.pushes):
            counter.clear()
        self.per_minute.clear()

    def spend(self, what: str, now: float, limit: int) -> bool:
        """Count a request against a quota of so many a minute. Return whether it is within it."""
        key = what, int(now // 60)
        self.per_minute[key] += 1
        return self.per_minute[key] <= limit

    def shown(self) -> dict[str, Any]:
        busiest: dict[str, int] = {}
        for (what, _minute), count in self.per_minute.items():
            busiest[what] = max(count, busiest.get(what, 0))
        return {
            "total": sum(self.requests.values()),
            "requests": dict(sorted(self.requests.items())),
            "answers": dict(sorted(self.answers.items())),
            "pushes": dict(sorted(self.pushes.items())),
            "busiest_minute": {what: busiest[what] for what in sorted(busiest)},
        }
