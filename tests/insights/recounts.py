"""The figures counted in Python, one message at a time, to compare the SQL with."""

from collections import Counter
from dataclasses import fields
from datetime import date, timedelta

from core import tenancy
from insights.figures import Figures
from messaging.models import Message, MessageStatus
from templates_app.models import MessageType
from workspaces.models import Workspace

NOT_SENT = {
    MessageStatus.PENDING,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.CANCELLED,
    MessageStatus.FAILED,
}
DELIVERED = {
    "SMS": {MessageStatus.DELIVERED, MessageStatus.REPLIED},
    "WHATSAPP": {MessageStatus.DELIVERED, MessageStatus.REPLIED},
    "EMAIL": {MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.REPLIED},
}
NAMES = [field.name for field in fields(Figures)]


def load_messages(workspace: Workspace) -> list[Message]:
    with tenancy.platform("test"):
        return list(
            Message.objects.filter(workspace=workspace).select_related(
                "patient", "campaign__practice"
            )
        )


def local_day(message: Message) -> date:
    moment = message.sent_at or message.created_at
    return moment.astimezone(message.campaign.practice.zone).date()


def count_figures(message: Message) -> Figures:
    was_sent = message.sent_at is not None or message.status not in NOT_SENT
    if message.type != MessageType.INITIAL:
        return Figures(credits=int(was_sent))
    counts: dict[str, int] = Counter(credits=was_sent, asked=was_sent)
    counts["failed"] = message.status == MessageStatus.FAILED
    if was_sent:
        counts["delivered"] = message.status in DELIVERED[message.channel]
        counts["answered"] = message.status == MessageStatus.REPLIED
        counts["clicked"] = message.patient.review_clicks > 0
        counts["opted_out"] = counts["delivered"] and opted_out_soon_after(message)
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


def opted_out_soon_after(message: Message) -> bool:
    opted_out, sent = message.patient.opted_out_at, message.sent_at
    return bool(opted_out and sent and sent <= opted_out <= sent + timedelta(days=30))


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def is_counted(message: Message) -> bool:
    """Messages that are waiting, being sent or cancelled are in no figure."""
    return message.sent_at is not None or message.status not in NOT_SENT - {MessageStatus.FAILED}
