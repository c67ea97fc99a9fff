"""The one message that confirms a BAJA or an ALTA, sent by the number that it was written to."""

from datetime import timedelta

from messaging import task_queue
from messaging.models import Message, Sender
from templates_app.models import MessageType

# US law presumes that a confirmation answers the opt-out only if it comes within five minutes
# (TCPA, 47 CFR 64.1200(a)(12)). Later than that none is sent.
CONFIRMED_WITHIN = timedelta(minutes=5)


def queue_confirmation(*, ask: Message, kind: MessageType, sender: Sender) -> None:
    """Queue the confirmation, once for each appointment. The workspace's door is open.

    The claim sends it despite the suppression, only through `sender`, and only while the opt-out
    still stands. It costs a credit like every message; without credits none is sent.
    """
    _message, is_new = Message.objects.within(ask.workspace_id).get_or_create(
        patient_id=ask.patient_id,
        type=kind,
        defaults={
            "workspace_id": ask.workspace_id,
            "campaign_id": ask.campaign_id,
            "channel": sender.channel,
            "sender": sender,
        },
    )
    if is_new:
        task_queue.queue_dispatch()
