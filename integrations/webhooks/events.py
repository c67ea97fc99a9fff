"""The events that a clinic's own systems can subscribe to. Each app declares its own.

The names are permanent: integrators build on them.
"""

from core.registry import Label, declared_by_apps

# Sent on demand to one endpoint, so nobody subscribes to it.
TEST = "webhook.test"


def subscribable_events() -> dict[str, Label]:
    """Return every event that an endpoint can subscribe to, with its label."""
    return {
        name: label for name, label in declared_by_apps("webhook_events").items() if name != TEST
    }


def event_label(event: str) -> Label:
    return declared_by_apps("webhook_events").get(event, event)
