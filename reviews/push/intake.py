"""Store a push once, and make its locations due."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.webhook_intake import calls
from reviews.push.payloads import Push
from reviews.sync import due

PROVIDER = "google"
# Pub/Sub repeats a push for a week at most.
KEPT_FOR = timedelta(days=8)


@transaction.atomic
def take_push(push: Push) -> int:
    """Make the locations of a push due, in whichever workspaces they are. Return how many.

    Only ids are kept. The push is a hint: a repeated, late or lost one does no harm, because Google
    is asked for what is there now, hourly in any case.
    """
    now = timezone.now()
    is_new = calls.store(
        provider=PROVIDER,
        kind=push.kind,
        key=push.message_id,
        payload={"locations": list(push.locations)},
        processed_at=now,
    )
    return due.make_due(list(push.locations), now=now) if is_new and push.locations else 0


def prune_pushes() -> int:
    return calls.prune([PROVIDER], keep_for=KEPT_FOR)
