"""What an HTTP status of a provider means."""

from http import HTTPStatus

from messaging.models import AssistantOutcome

# Anthropic answers 529 when it is overloaded.
OVERLOADED = 529


def outcome_of_status(status: int) -> AssistantOutcome:
    """Return how a call with this status ended. Providers do not bill any of them."""
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, OVERLOADED}:
        return AssistantOutcome.BUSY
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AssistantOutcome.AWAY
    return AssistantOutcome.REJECTED
