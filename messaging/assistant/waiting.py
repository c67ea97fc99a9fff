"""How long a member waits for what the assistant writes."""

from django.conf import settings

# A task that no worker has taken by then is dropped: nobody waits for its text any more.
TASK_EXPIRES = 20
MARGIN_SECONDS = 10


def patience(*, calls: int = 1) -> int:
    """Return how many seconds the page waits: for a worker, for the provider, and some more."""
    return int(settings.AI_TIMEOUT_SECONDS) * calls + TASK_EXPIRES + MARGIN_SECONDS
