"""Dump and load the state of the double, without the oldest events."""

import json
from itertools import islice
from typing import Any

from dev.doubles.stripe.account import Account, Record

EVENTS_KEPT = 1000


def dump(account: Account) -> dict[str, Any]:
    """Return the state without old events that were delivered."""
    old = islice(account.of("event"), max(0, sum(1 for _ in account.of("event")) - EVENTS_KEPT))
    dropped = {event["id"] for event in old} - {*account.undelivered}
    return {
        "url": account.url,
        "records": [each for each in account.records.values() if each["id"] not in dropped],
        "undelivered": [*account.undelivered],
        "failing": [*account.failing],
    }


def load(account: Account, text: str) -> None:
    """Load the state. Links in it get the present address, because the port may be another one."""
    kept = json.loads(text)
    if kept["url"] != account.url:
        kept = json.loads(text.replace(f'"{kept["url"]}/', f'"{account.url}/'))
    records: list[Record] = kept["records"]
    account.records.update({record["id"]: record for record in records})
    account.undelivered.extend(each for each in kept["undelivered"] if each in account.records)
    account.failing.update(kept["failing"])
