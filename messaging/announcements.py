"""What a clinic's own systems are told of its messages: states and times, never words."""

from collections.abc import Mapping
from typing import Any

from messaging.models import Feedback, Message
from workspaces import announcing
from workspaces.announcing import Event, Happening

# By the names of the API. What the provider said of an error may repeat a number: its code alone.
TOLD = (
    *("id", "campaign_id", "patient_id", "type", "channel", "status", "attempt"),
    *("sent_at", "delivered_at", "error_code"),
)
# The same of a message `m`, for statements that tell what they have changed.
RETURNED = ", ".join(f"m.{name}" for name in ("workspace_id", *TOLD))


def of_row(event: Event, row: Mapping[str, Any]) -> Happening:
    return Happening(event, row["workspace_id"], {name: row[name] for name in TOLD})


def of_message(event: Event, message: Message) -> Happening:
    told = {name: getattr(message, name) for name in TOLD}
    return Happening(event, message.workspace_id, told)


def rated(ask: Message, *, before: int | None) -> None:
    announcing.announce(
        Event.RATING_RECEIVED,
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


def commented(feedback: Feedback, *, ask: Message) -> None:
    """The one that carries words, which an erasure takes out again (see `announcing.keeping`)."""
    announcing.announce(
        Event.FEEDBACK_RECEIVED,
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
