"""Confirm an opt-out (BAJA) or an opt-in (ALTA) once, by the sender that it was written to."""

from datetime import timedelta

from messaging import task_queue
from messaging.models import Message, Sender
from templates_app.models import MessageType

# US law allows one confirmation within five minutes of the opt-out (TCPA, 47 CFR 64.1200(a)(12)).
# Later none is sent.
CONFIRMED_WITHIN = timedelta(minutes=5)


def queue_confirmation(*, ask: Message, kind: MessageType, sender: Sender) -> None:
    """Queue the confirmation, once for each appointment.

    The claim sends it despite the suppression, only through `sender`, and only while the opt-out
    is in force. It costs a credit like every message. The caller has opened the workspace's door.
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
