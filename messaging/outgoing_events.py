"""Outgoing webhook events about messages. They have states and times, but no texts."""

from collections.abc import Mapping
from typing import Any

from integrations.webhooks.outbox import OutgoingEvent, enqueue_event
from messaging.models import Feedback, Message

# Named as in the API. `error` is left out, because a provider may repeat the phone in it.
FIELDS = (
    *("id", "campaign_id", "patient_id", "type", "channel", "status", "attempt"),
    *("sent_at", "delivered_at", "error_code"),
)
# The same as SQL, for RETURNING of statements about a message `m`.
RETURNED = ", ".join(f"m.{name}" for name in ("workspace_id", *FIELDS))


def event_from_row(event: str, row: Mapping[str, Any]) -> OutgoingEvent:
    return OutgoingEvent(event, row["workspace_id"], {name: row[name] for name in FIELDS})


def event_from_message(event: str, message: Message) -> OutgoingEvent:
    data = {name: getattr(message, name) for name in FIELDS}
    return OutgoingEvent(event, message.workspace_id, data)


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
    """The only event with a text, which an erasure removes: `integrations.webhooks.retention`."""
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
            "topics": feedback.labels.topics,
            "urgency": feedback.labels.urgency,
            "created_at": feedback.created_at,
        },
    )
