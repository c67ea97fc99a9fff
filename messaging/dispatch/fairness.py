"""Whose turn it is: who has had least of a sender lately goes first.

So a clinic with ten messages waits behind nobody's thousands, and two with thousands share evenly.
An emptied Redis only makes all equal.
"""

import time
from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heapreplace
from typing import Any
from uuid import UUID

from messaging.dispatch.rates import redis

# In seconds. What was before is forgotten: nobody's busy morning costs them the afternoon.
LATELY = 600


def had(sender_id: UUID) -> dict[UUID, int]:
    """How many messages each workspace has had lately."""
    counted: Any = redis().hgetall(_key(sender_id))
    return {UUID(key.decode()): int(count) for key, count in counted.items()}


def count(sender_id: UUID, messages: Counter[UUID]) -> None:
    key = _key(sender_id)
    with redis().pipeline(transaction=False) as several:
        for workspace_id, number in messages.items():
            several.hincrby(key, str(workspace_id), number)
        several.expire(key, 2 * LATELY)
        several.execute()


def shares(had: Mapping[UUID, int], limit: int) -> Counter[UUID]:
    """How many of `limit` each gets, so that all end as level as can be."""
    levels = [(count, workspace_id) for workspace_id, count in had.items()]
    heapify(levels)
    given: Counter[UUID] = Counter()
    for _ in range(limit if levels else 0):
        level, workspace_id = levels[0]
        given[workspace_id] += 1
        heapreplace(levels, (level + 1, workspace_id))
    return given


def _key(sender_id: UUID) -> str:
    return f"had:{sender_id}:{int(time.time()) // LATELY}"
