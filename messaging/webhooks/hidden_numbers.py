"""Find the phone of WhatsApp users who hide it: by their id, once a message has shown both."""

from collections.abc import Sequence
from dataclasses import replace

from core.sql import execute
from messaging.models import HiddenNumber, Message, MessageStatus, Sender
from messaging.webhooks.answers import ANSWERED_WITHIN, WHATSAPP, PatientAnswer
from templates_app.models import MessageType

# The error of a call from an unknown id. Once the id is known, the call is processed again.
UNKNOWN_HIDDEN_NUMBER = "a hidden number that no patient is known by"

# By the partial index of calls with an error.
PROCESS_AGAIN = """
UPDATE core_incomingwebhook SET processed_at = NULL, error = ''
WHERE error = %(error)s AND kind = 'inbound'
  AND (payload->'fields'->>'ExternalUserId' = %(user)s
       OR payload->'fields'->>'From' = %(sent_from)s)
"""


def with_phone(answer: PatientAnswer, senders: Sequence[Sender]) -> PatientAnswer:
    """Return the answer with the phone of its id, or with the only phone that it can be from.

    An answer that quotes one of our messages stays as it is: the quote identifies the patient.
    """
    if answer.person or not answer.user_id or _quotes_ours(answer):
        return answer
    known = HiddenNumber.objects.filter(sender__in=senders, user_id=answer.user_id)
    phone = known.order_by("-updated_at").values_list("address", flat=True).first()
    return replace(answer, person=phone or _only_phone_asked(answer, senders))


def store_phone(answer: PatientAnswer, ask: Message, senders: Sequence[Sender]) -> None:
    """Store the phone of the id, and process the calls again that could not be tied before.

    `answer` is as it came, before `with_phone`. A message that quotes ours or shows the phone
    overrides an earlier guess. The caller has opened the platform door.
    """
    phone = answer.person or ask.patient.phone
    if not answer.user_id or not phone:
        return
    is_news = False
    for sender in senders:
        if sender.workspace_id not in (None, ask.workspace_id):
            continue
        known, is_new = HiddenNumber.objects.get_or_create(
            workspace_id=ask.workspace_id,
            sender=sender,
            user_id=answer.user_id,
            defaults={"address": phone},
        )
        if known.address != phone and (answer.person or answer.replied_to):
            known.address = phone
            known.save(update_fields=["address", "updated_at"])
        is_news = is_news or is_new
    # An earlier opt-out must not be processed after this opt-in, which took it back.
    if is_news and answer.meaning.intent != "opt_in":
        execute(
            PROCESS_AGAIN,
            error=UNKNOWN_HIDDEN_NUMBER,
            user=answer.user_id,
            sent_from=WHATSAPP + answer.user_id,
        )


def _quotes_ours(answer: PatientAnswer) -> bool:
    quoted = answer.replied_to
    return bool(quoted) and Message.objects.filter(external_id=quoted).exists()


def _only_phone_asked(answer: PatientAnswer, senders: Sequence[Sender]) -> str:
    """Return the phone if only one person was asked by these senders, has not answered, and has no
    known id; else an empty string."""
    others = HiddenNumber.objects.filter(sender__in=senders).values("address")
    waiting = (
        Message.objects.filter(
            sender__in=senders,
            type=MessageType.INITIAL,
            status__in=[
                MessageStatus.SENDING,
                MessageStatus.UNKNOWN,
                MessageStatus.SENT,
                MessageStatus.DELIVERED,
            ],
            replied_at=None,
            created_at__range=(answer.at - ANSWERED_WITHIN, answer.at),
            patient__data_deleted_at=None,
        )
        .exclude(patient__phone="")
        .exclude(patient__phone__in=others)
    )
    # Two rows are enough to see that there is more than one.
    phones = list(waiting.values_list("patient__phone", flat=True).order_by().distinct()[:2])
    return phones[0] if len(phones) == 1 else ""
