"""What counts as delivered, answered and opted out: one definition for every figure.

The SQL fragments are conditions on the columns of one message, as `counting.MESSAGES_OF_DAYS`
selects them. The Qs, for lists, and the functions below say the same about a `Message`. A test
compares them on generated messages.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q

from messaging.models import Message, MessageStatus
from templates_app.models import Channel

# There are no receipts for e-mail, so it counts as delivered once the mail server has accepted it.
# A bounce or a complaint changes the message to FAILED, and then it does not count any more.
# An answer proves the delivery on every channel, even if no receipt ever came.
DELIVERED = "(status IN ('DELIVERED', 'REPLIED') OR (channel = 'EMAIL' AND status = 'SENT'))"
DELIVERED_Q = Q(status__in=[MessageStatus.DELIVERED, MessageStatus.REPLIED]) | Q(
    channel=Channel.EMAIL, status=MessageStatus.SENT
)

# When the message was delivered; NULL if that was never reported.
ARRIVED_AT = "coalesce(delivered_at, CASE WHEN channel = 'EMAIL' THEN sent_at END)"

# The patient wrote something back, even a STOP, or rated on the page.
ANSWERED = "status = 'REPLIED'"
ANSWERED_Q = Q(status=MessageStatus.REPLIED)

# An opt-out is written to all appointments that a person ever had. Only messages that were sent
# shortly before it count, or one STOP would be counted once for each of their visits.
OPT_OUT_FOLLOWS_WITHIN = timedelta(days=30)
OPTED_OUT = "opted_out_at BETWEEN sent_at AND sent_at + interval '720 hours'"
OPTED_OUT_Q = Q(
    patient__opted_out_at__gte=F("sent_at"),
    patient__opted_out_at__lte=F("sent_at") + OPT_OUT_FOLLOWS_WITHIN,
)


def is_delivered(message: Message) -> bool:
    if message.channel == Channel.EMAIL and message.status == MessageStatus.SENT:
        return True
    return message.status in (MessageStatus.DELIVERED, MessageStatus.REPLIED)


def arrived_at(message: Message) -> datetime | None:
    if message.channel == Channel.EMAIL:
        return message.delivered_at or message.sent_at
    return message.delivered_at


def is_answered(message: Message) -> bool:
    return message.status == MessageStatus.REPLIED


def is_followed_by_opt_out(message: Message, opted_out_at: datetime | None) -> bool:
    if message.sent_at is None or opted_out_at is None:
        return False
    return message.sent_at <= opted_out_at <= message.sent_at + OPT_OUT_FOLLOWS_WITHIN
