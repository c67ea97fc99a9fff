"""WhatsApp users who hide their phone: whose id it is, kept from the first message that tells."""

from collections.abc import Sequence
from dataclasses import replace

from messaging.models import HiddenNumber, Message, Sender
from messaging.webhooks.answers import WHATSAPP, Answer
from workspaces.sql import execute

# Why a call of such a person waits in the quarantine. Once the id is known it is processed again.
NOT_TIED = "a hidden number that no patient is known by"

# By the partial index of calls that nothing could be made of.
PROCESS_AGAIN = """
UPDATE messaging_webhookevent SET processed_at = NULL, error = ''
WHERE error = %(not_tied)s AND kind = 'inbound'
  AND (payload->'fields'->>'ExternalUserId' = %(user)s
       OR payload->'fields'->>'From' = %(sent_from)s)
"""


def with_phone(answer: Answer, senders: Sequence[Sender]) -> Answer:
    """The same answer with the phone that this id is known by, if it is."""
    if answer.person or not answer.user_id:
        return answer
    known = HiddenNumber.objects.filter(sender__in=senders, user_id=answer.user_id)
    found = known.order_by("-updated_at").values_list("address", flat=True).first()
    return replace(answer, person=found or "")


def remember(answer: Answer, ask: Message, senders: Sequence[Sender]) -> None:
    """Tie the id to the patient's phone, and read again what could not be tied before.

    The caller holds the platform's door. A message that quotes ours, or shows the phone, is
    believed over an earlier guess.
    """
    if not answer.user_id or not ask.patient.phone:
        return
    is_certain = bool(answer.replied_to)
    is_news = False
    for sender in senders:
        if sender.workspace_id not in (None, ask.workspace_id):
            continue
        known, is_new = HiddenNumber.objects.get_or_create(
            workspace_id=ask.workspace_id,
            sender=sender,
            user_id=answer.user_id,
            defaults={"address": ask.patient.phone},
        )
        if is_certain and known.address != ask.patient.phone:
            known.address = ask.patient.phone
            known.save(update_fields=["address", "updated_at"])
        is_news = is_news or is_new
    # Who comes back with the same word has thought of what was written before.
    if is_news and answer.meaning.intent != "opt_in":
        execute(
            PROCESS_AGAIN,
            not_tied=NOT_TIED,
            user=answer.user_id,
            sent_from=WHATSAPP + answer.user_id,
        )
