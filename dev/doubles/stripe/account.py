"""One account at Stripe: what is in it, what time it is there, and what has happened."""

import copy
import random
import string
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dev.doubles.stripe.problems import RefusedError

API_VERSION = "2026-10-28.endive"
LETTERS = string.ascii_letters + string.digits
ANSWERS_KEPT = 2000

# An object as its JSON is; references are ids.
Record = dict[str, Any]


@dataclass
class Clock:
    """The machine's, unless a test brings its own."""

    moment: int | None = None

    def now(self) -> int:
        return int(time.time()) if self.moment is None else self.moment


@dataclass(frozen=True)
class Answer:
    """What a request with an idempotency key got, and gets again."""

    request: str
    status: int
    body: Record


@dataclass
class Account:
    url: str = "http://localhost"
    clock: Clock = field(default_factory=Clock)
    # Ids come from it: the same dice, the same story, the same ids.
    dice: random.Random = field(default_factory=random.SystemRandom)
    heard: Callable[[Record], None] = lambda _event: None
    records: dict[str, Record] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    # Events that nobody has taken yet, in the order in which they happened.
    untold: deque[str] = field(default_factory=deque)
    # Subscriptions whose next charge is declined, whatever the card.
    failing: set[str] = field(default_factory=set)

    def now(self) -> int:
        return self.clock.now()

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{''.join(self.dice.choices(LETTERS, k=24))}"

    def clear(self) -> None:
        self.clock.moment = None
        for kept in (self.records, self.answers, self.untold, self.failing):
            kept.clear()

    def add(self, record: Record, event: str = "") -> Record:
        self.records[record["id"]] = record
        if event:
            self.tell(event, record)
        return record

    def of(self, kind: str, **values: object) -> Iterator[Record]:
        """All of a kind that have these values, the oldest first."""
        for record in [*self.records.values()]:
            if record["object"] == kind and all(record.get(k) == v for k, v in values.items()):
                yield record

    def get(self, kind: str, wanted: str, *, param: str = "id") -> Record:
        record = self.records.get(wanted)
        if not record or record["object"] != kind:
            raise RefusedError.unknown(kind, wanted, param)
        return record

    def change(self, record: Record, event: str = "", **values: Any) -> Record:
        """Tells what was there before, and nothing where nothing differs."""
        previous = {k: copy.deepcopy(record[k]) for k, v in values.items() if record[k] != v}
        record.update(values)
        if event and previous:
            self.tell(event, record, previous)
        return record

    def tell(self, kind: str, record: Record, previous: Record | None = None) -> None:
        data: Record = {"object": copy.deepcopy(record)}
        if previous:
            data["previous_attributes"] = previous
        event: Record = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.records[event["id"]] = event
        self.untold.append(event["id"])
        self.heard(event)

    def remember(self, key: str, answer: Answer) -> None:
        self.answers[key] = answer
        if len(self.answers) > ANSWERS_KEPT:
            del self.answers[next(iter(self.answers))]
