"""What one would write first: a Celery task for each message, with the synchronous client."""

from functools import cache
from typing import Any
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from billing.models import CreditEntry, EntryKind
from core import tenancy
from messaging.channels.twilio import PUBLIC_API, VALID_FOR
from messaging.dispatch.claiming import status_callback
from messaging.dispatch.composing import BUILT_IN, patient_link
from messaging.models import Message, MessageStatus, Sender
from templates_app.rendering import first_name, render_template_text

QUEUE = "one_task_each"
TASK = "bench.send_one"


class Elsewhere(TwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    def request(self, method: str, url: str, **rest: Any) -> Response:
        there = settings.TWILIO_API_BASE_URL + url.removeprefix(PUBLIC_API)
        return super().request(method, there, **rest)


@cache
def client() -> Client:
    """One for all tasks of the process, so that connections stay open."""
    return Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=Elsewhere())


@shared_task(name=TASK, acks_late=False)
def send_one(message_id: str) -> None:
    message = _claim(UUID(message_id))
    made = client().messages.create(
        to=message.patient.phone,
        from_=message.sender.address if message.sender else None,
        body=message.content,
        status_callback=status_callback(message.pk, message.attempt),
        validity_period=VALID_FOR,
    )
    with tenancy.platform("bench"):
        Message.objects.filter(pk=message.pk, attempt=message.attempt).update(
            status=MessageStatus.SENT,
            external_id=made.sid,
            segments=int(made.num_segments),
            sent_at=timezone.now(),
            claimed_until=None,
            updated_at=timezone.now(),
        )


def _claim(message_id: UUID) -> Message:
    with tenancy.platform("bench"):
        message = (
            Message.objects.select_for_update(of=("self",))
            .select_related("patient", "campaign__practice")
            .get(pk=message_id, status=MessageStatus.PENDING)
        )
        message.status = MessageStatus.SENDING
        message.sender = Sender.objects.get(workspace=None, channel=message.channel)
        message.attempt += 1
        message.claimed_until = timezone.now() + settings.DISPATCH_LEASE
        message.content = _text(message)
        message.save(
            update_fields=[
                *("status", "sender", "attempt", "claimed_until", "content", "updated_at")
            ]
        )
        CreditEntry.objects.create(
            workspace_id=message.workspace_id,
            kind=EntryKind.DEBIT,
            amount=-1,
            cause=f"{message.pk}:{message.attempt}",
        )
    return message


def _text(message: Message) -> str:
    patient = message.patient
    return render_template_text(
        BUILT_IN[message.type, patient.language].content,
        {
            "firstName": first_name(patient.name),
            "practice": message.campaign.practice.name,
            "ratingLink": patient_link("patient_rate", patient.token),
            "optOutLink": patient_link("patient_stop", patient.token),
        },
    )
