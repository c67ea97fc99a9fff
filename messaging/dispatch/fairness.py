"""Share a sender fairly: the workspace with the fewest messages lately goes first.

So a clinic with ten messages does not wait behind another's thousands, and two clinics with
thousands share evenly. The counts are in Redis; if they are lost, all workspaces begin equal. Where
more workspaces wait than a batch has messages, `claim_statements` orders them by the same counts.
"""

import time
from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heapreplace
from operator import itemgetter
from typing import Any
from uuid import UUID

from core.token_buckets import redis

# In seconds. Older messages do not count, so a busy morning costs nobody the afternoon.
LATELY = 600


def recent_counts(sender_id: UUID) -> dict[UUID, int]:
    """Return how many messages of each workspace this sender has taken lately."""
    counted: Any = redis().hgetall(_key(sender_id))
    return {UUID(key.decode()): int(count) for key, count in counted.items()}


def add_counts(sender_id: UUID, messages: Counter[UUID]) -> None:
    """Add the messages of a batch to the recent counts of their workspaces."""
    key = _key(sender_id)
    with redis().pipeline(transaction=False) as pipeline:
        for workspace_id, number in messages.items():
            pipeline.hincrby(key, str(workspace_id), number)
        pipeline.expire(key, 2 * LATELY)
        pipeline.execute()


def divide_batch(recent: Mapping[UUID, int], limit: int) -> Counter[UUID]:
    """Divide `limit` messages among the workspaces so that their counts end nearly equal.

    Each message goes to the workspace with the lowest count, which the heap keeps in front.
    """
    levels = [(count, workspace_id) for workspace_id, count in recent.items()]
    heapify(levels)
    shares: Counter[UUID] = Counter()
    for _ in range(limit if levels else 0):
        level, workspace_id = levels[0]
        shares[workspace_id] += 1
        heapreplace(levels, (level + 1, workspace_id))
    return shares


def take_turns(rows: list[dict[str, Any]], recent: dict[UUID, int]) -> list[dict[str, Any]]:
    """Let the workspaces take turns, beginning with the one that had the fewest messages."""
    turns, sorted_by_turn = Counter(recent), []
    for row in sorted(rows, key=itemgetter("type", "id")):
        sorted_by_turn.append((turns[row["workspace_id"]], row))
        turns[row["workspace_id"]] += 1
    return [row for _turn, row in sorted(sorted_by_turn, key=itemgetter(0))]


def _key(sender_id: UUID) -> str:
    # The key changes every ten minutes, so all workspaces begin equal again.
    return f"recent-messages:{sender_id}:{int(time.time()) // LATELY}"
