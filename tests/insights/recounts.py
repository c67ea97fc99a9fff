"""The figures as a patient reader of the glossary would count them, one message at a time."""

from collections import Counter
from dataclasses import fields
from datetime import date, timedelta

from core import tenancy
from insights.figures import Figures
from messaging.models import Message, MessageStatus
from templates_app.models import MessageType
from workspaces.models import Workspace

NEVER_LEFT = {
    MessageStatus.PENDING,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.CANCELLED,
    MessageStatus.FAILED,
}
ARRIVED = {
    "SMS": {MessageStatus.DELIVERED, MessageStatus.REPLIED},
    "WHATSAPP": {MessageStatus.DELIVERED, MessageStatus.REPLIED},
    "EMAIL": {MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.REPLIED},
}
NAMES = [field.name for field in fields(Figures)]


def messages_of(workspace: Workspace) -> list[Message]:
    with tenancy.platform("test"):
        return list(
            Message.objects.filter(workspace=workspace).select_related(
                "patient", "campaign__practice"
            )
        )


def day_of(message: Message) -> date:
    moment = message.sent_at or message.created_at
    return moment.astimezone(message.campaign.practice.zone).date()


def figures_of(message: Message) -> Figures:
    left = message.sent_at is not None or message.status not in NEVER_LEFT
    if message.type != MessageType.INITIAL:
        return Figures(credits=int(left))
    counts: dict[str, int] = Counter(credits=left, asked=left)
    counts["failed"] = message.status == MessageStatus.FAILED
    if left:
        counts["delivered"] = message.status in ARRIVED[message.channel]
        counts["answered"] = message.status == MessageStatus.REPLIED
        counts["clicked"] = message.patient.review_clicks > 0
        counts["opted_out"] = counts["delivered"] and left_soon_after(message)
    if message.rating:
        counts[f"rated_{message.rating}"] = 1
    if message.delivered_at and message.sent_at and message.delivered_at >= message.sent_at:
        counts["deliveries_timed"] = 1
        counts["delivery_ms"] = milliseconds(message.delivered_at - message.sent_at)
    arrived = message.delivered_at or (message.sent_at if message.channel == "EMAIL" else None)
    if (
        message.status == MessageStatus.REPLIED
        and arrived
        and message.replied_at
        and message.replied_at >= arrived
    ):
        counts["responses_timed"] = 1
        counts["response_ms"] = milliseconds(message.replied_at - arrived)
    return Figures(**{name: int(counts[name]) for name in NAMES})


def left_soon_after(message: Message) -> bool:
    left, sent = message.patient.opted_out_at, message.sent_at
    return bool(left and sent and sent <= left <= sent + timedelta(days=30))


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def counts(message: Message) -> bool:
    """What waits, is on its way or was called off is in no figure."""
    return message.sent_at is not None or message.status not in NEVER_LEFT - {MessageStatus.FAILED}
