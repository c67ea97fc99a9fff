"""For good: what named a person is gone, what the clinic learned from the visit stays.

Figures live on as rows without anybody in them: status, rating, times, doctor, kind of appointment.
So no statistic changes, and no patient is asked twice because a message is missing.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from core import tenancy
from integrations.webhooks import retention
from messaging.models import (
    Feedback,
    HiddenNumber,
    InboundMessage,
    Message,
    MessageStatus,
    Quote,
    RecoveryStep,
    SenderStop,
)
from messaging.privacy import residual_data
from patients import consent, past_asks
from patients.erasure import addresses_of, erasure_grace
from patients.models import Hold, Patient, Suppression, SuppressionReason, new_token

AT_ONCE = 50
IN_FLIGHT = [MessageStatus.SENDING, MessageStatus.UNKNOWN]

# What the provider said may repeat the number; why nothing was sent is our own word, and counted.
WITHOUT_ERROR = Case(When(status=MessageStatus.CANCELLED, then=F("error")), default=Value(""))


def finish_erasures(workspace_id: UUID, *, now: datetime | None = None) -> int:
    """Whose grace is over. Small transactions, so that a kill costs one of them, and rows that
    somebody else holds are left for the next time."""
    now = now or timezone.now()
    done, last = 0, AT_ONCE
    while last == AT_ONCE:
        with tenancy.platform("anonymise"):
            patients = take(_over(workspace_id, now), limit=AT_ONCE)
            if patients:
                _forget_traces(workspace_id, patients)
                forget(patients, now=now)
        last = len(patients)
        done += last
    return done


def due(workspace_id: UUID, *, now: datetime) -> int:
    return _over(workspace_id, now).filter(anonymised_at=None).count()


def _over(workspace_id: UUID, now: datetime) -> QuerySet[Patient]:
    return Patient.objects.within(workspace_id).filter(data_deleted_at__lte=now - erasure_grace())


def take(patients: QuerySet[Patient], *, limit: int) -> list[Patient]:
    """Not while a message is on its way: its answer would be written into what was emptied."""
    free = patients.filter(anonymised_at=None).exclude(messages__status__in=IN_FLIGHT)
    return list(free.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])


def forget(patients: Sequence[Patient], *, now: datetime) -> None:
    """The rows of these patients, whose locks and whose workspace's door the caller holds."""
    keys = [one.pk for one in patients]
    past_asks.remember_past_asks(patients, now=now)
    # Not `updated_at`: by that the sweeper tells what has failed a moment ago.
    Quote.objects.filter(message__patient__in=keys).delete()
    Message.objects.filter(patient__in=keys).update(
        content="", content_values=None, comment="", external_id=None, error=WITHOUT_ERROR
    )
    InboundMessage.objects.filter(patient__in=keys).update(
        body="",
        external_id=Concat(Value("forgotten:"), Cast("id", CharField())),
        updated_at=now,
    )
    Feedback.objects.filter(patient__in=keys).update(comment="", updated_at=now)
    RecoveryStep.objects.filter(feedback__patient__in=keys).update(text="", updated_at=now)
    for workspace_id in {one.workspace_id for one in patients}:
        retention.erase_comments(workspace_id=workspace_id, patients=keys)
        _forget_hidden_numbers(workspace_id, patients)
    for one in patients:
        one.name = one.phone = one.email = one.consent_words = one.consent_by = ""
        one.row_number = None
        one.token = new_token()
        one.data_deleted_at = one.data_deleted_at or now
        one.anonymised_at = one.updated_at = now
    Patient.objects.bulk_update(
        patients,
        [
            *("name", "phone", "email", "consent_words", "consent_by", "row_number", "token"),
            *("data_deleted_at", "anonymised_at", "updated_at"),
        ],
    )


def _forget_hidden_numbers(workspace_id: UUID, patients: Sequence[Patient]) -> None:
    """Of phones that no other patient of the clinic has."""
    keys, phones = [one.pk for one in patients], {one.phone for one in patients} - {""}
    others = Patient.objects.within(workspace_id).filter(phone__in=phones).exclude(pk__in=keys)
    gone = phones - set(others.values_list("phone", flat=True))
    HiddenNumber.objects.within(workspace_id).filter(address__in=gone).delete()


def _forget_traces(workspace_id: UUID, patients: Sequence[Patient]) -> None:
    addresses, keys = addresses_of(patients), [one.pk for one in patients]
    erased = Suppression.objects.within(workspace_id).filter(
        digest__in=[consent.hash_address(address) for address in addresses],
        reason=SuppressionReason.ERASURE,
    )
    # Not of an address that somebody else has as well: there the hold still has to be found.
    Hold.objects.within(workspace_id).filter(digest__in=erased.values("digest")).update(
        address="", updated_at=timezone.now()
    )
    erased.update(address="", note="", updated_at=timezone.now())
    _forget_stops(addresses)
    names = {one.name for one in patients}
    residual_data.forget_in_lists(workspace_id, residual_data.Marks.of(addresses, names))
    messages = Message.objects.filter(patient__in=keys)
    answers = InboundMessage.objects.filter(patient__in=keys)
    residual_data.forget_calls(
        messages=list(messages.values_list("pk", flat=True)),
        sids=list(answers.values_list("external_id", flat=True)),
        addresses=addresses,
        users=list(
            HiddenNumber.objects.within(workspace_id)
            .filter(address__in=addresses)
            .values_list("user_id", flat=True)
        ),
    )


def _forget_stops(addresses: set[str]) -> None:
    """A STOP to a number that clinics share holds on, as a digest."""
    for stop in SenderStop.objects.filter(address__in=addresses):
        stop.address = consent.hash_address(stop.address)
        stop.save(update_fields=["address", "updated_at"])
