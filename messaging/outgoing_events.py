"""What a clinic's own systems are told of its messages: states and times, never words."""

from collections.abc import Mapping
from typing import Any

from integrations.webhooks.outbox import OutgoingEvent, enqueue_event
from messaging.models import Feedback, Message

# By the names of the API. What the provider said of an error may repeat a number: its code alone.
TOLD = (
    *("id", "campaign_id", "patient_id", "type", "channel", "status", "attempt"),
    *("sent_at", "delivered_at", "error_code"),
)
# The same of a message `m`, for statements that tell what they have changed.
RETURNED = ", ".join(f"m.{name}" for name in ("workspace_id", *TOLD))


def event_from_row(event: str, row: Mapping[str, Any]) -> OutgoingEvent:
    return OutgoingEvent(event, row["workspace_id"], {name: row[name] for name in TOLD})


def event_from_message(event: str, message: Message) -> OutgoingEvent:
    told = {name: getattr(message, name) for name in TOLD}
    return OutgoingEvent(event, message.workspace_id, told)


def enqueue_rating_received(ask: Message, *, before: int | None) -> None:
    enqueue_event(
        "rating.received",
        workspace_id=ask.workspace_id,
        data={
            "message_id": ask.pk,
            "campaign_id": ask.campaign_id,
            "patient_id": ask.patient_id,
            "channel": ask.channel,
            "rating": ask.rating,
            "previous_rating": before,
            "replied_at": ask.replied_at,
        },
    )


def enqueue_feedback_received(feedback: Feedback, *, ask: Message) -> None:
    """The one that carries words, which an erasure takes out again (see `announcing.keeping`)."""
    enqueue_event(
        "feedback.received",
        workspace_id=feedback.workspace_id,
        data={
            "id": feedback.pk,
            "message_id": ask.pk,
            "campaign_id": ask.campaign_id,
            "patient_id": feedback.patient_id,
            "rating": feedback.rating,
            "comment": feedback.comment,
            "created_at": feedback.created_at,
        },
    )
