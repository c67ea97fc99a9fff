"""The account at Stripe: its records, its clock and the events that were not delivered yet."""

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
DAY = 86_400

# An object as in Stripe's JSON, with the ids of other objects. It has only the fields that the
# product or the pages read.
Record = dict[str, Any]


@dataclass
class Clock:
    """The machine's time, unless a test sets one."""

    moment: int | None = None

    def now(self) -> int:
        return int(time.time()) if self.moment is None else self.moment


@dataclass(frozen=True)
class Answer:
    """The response to a request with an idempotency key, returned when it is repeated."""

    request: str
    status: int
    body: Record


@dataclass
class Account:
    url: str = "http://localhost"
    clock: Clock = field(default_factory=Clock)
    # Ids come from it: with the same seed the demo gets the same ids.
    dice: random.Random = field(default_factory=random.SystemRandom)
    on_event: Callable[[Record], None] = lambda _event: None
    records: dict[str, Record] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    undelivered: deque[str] = field(default_factory=deque)
    # Subscriptions whose next charge is declined, with any card.
    failing: set[str] = field(default_factory=set)

    def now(self) -> int:
        return self.clock.now()

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{''.join(self.dice.choices(LETTERS, k=24))}"

    def clear(self) -> None:
        self.clock.moment = None
        for collection in (self.records, self.answers, self.undelivered, self.failing):
            collection.clear()

    def create(self, kind: str, prefix: str, event: str = "", **values: Any) -> Record:
        """Add a record with a new id, unless the values have one."""
        record = {
            "id": self.new_id(prefix),
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **values,
        }
        self.records[record["id"]] = record
        if event:
            self.emit(event, record)
        return record

    def of(self, kind: str, **values: object) -> Iterator[Record]:
        """Yield the records of a kind that have these values, the oldest first."""
        for record in [*self.records.values()]:
            if record["object"] == kind and all(record.get(k) == v for k, v in values.items()):
                yield record

    def get(self, kind: str, wanted: str, *, param: str = "id") -> Record:
        record = self.records.get(wanted)
        if not record or record["object"] != kind:
            raise RefusedError.unknown(kind, wanted, param)
        return record

    def change(self, record: Record, event: str = "", **values: Any) -> Record:
        """Change a record. Emit the event only if something differs."""
        previous = {k: copy.deepcopy(record[k]) for k, v in values.items() if record[k] != v}
        record.update(values)
        if event and previous:
            self.emit(event, record, previous)
        return record

    def emit(self, kind: str, record: Record, previous: Record | None = None) -> None:
        data: Record = {"object": copy.deepcopy(record)}
        if previous:
            data["previous_attributes"] = previous
        event = self.create(
            "event", "evt", type=kind, api_version=API_VERSION, data=data, pending_webhooks=1
        )
        self.undelivered.append(event["id"])
        self.on_event(event)
