"""Anonymize patients for good: delete what identifies a person, keep what statistics count.

An AppConfig above this app names functions in a mapping `deleted_with_patients`. They get the keys
of the patients and delete what else is about them.

The rows stay, with status, rating, times, doctor and type of appointment. So no figure changes, and
no patient is asked twice because a message is missing.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.module_loading import import_string

from core import sql, tenancy
from core.registry import declared_by_apps
from integrations.webhooks import retention
from messaging.assistant import ledger, stored_summaries
from messaging.models import (
    ConversationNote,
    Feedback,
    HiddenNumber,
    InboundAttachment,
    InboundMessage,
    Message,
    MessageStatus,
    Quote,
    RecoveryStep,
    SenderStop,
    TextLabels,
)
from messaging.privacy import residual_data
from patients import past_asks
from patients.addresses import hash_address
from patients.erasure import addresses_of, erasure_grace
from patients.models import Hold, Patient, Suppression, SuppressionReason, new_token

BATCH_SIZE = 50
IN_FLIGHT = [MessageStatus.SENDING, MessageStatus.UNKNOWN]

# A provider's error text may repeat the phone number. The reason of a cancelled message is our own
# word, and figures count it.
ERROR_TO_KEEP = Case(When(status=MessageStatus.CANCELLED, then=F("error")), default=Value(""))


def finish_erasures(workspace_id: UUID, *, now: datetime | None = None) -> int:
    """Anonymize the erased patients whose grace is over. Return how many.

    Each batch is a transaction of its own, so a killed worker loses one batch. Rows that are locked
    are left for the next run.
    """
    moment = now or timezone.now()

    def finish_some(_last: Patient | None) -> Sequence[Patient]:
        with tenancy.platform("anonymise"):
            patients = lock_patients(_past_grace(workspace_id, moment), limit=BATCH_SIZE)
            if patients:
                _anonymize_traces(workspace_id, patients)
                anonymize_patients(patients, now=moment)
        return patients

    return sql.handle_in_batches(finish_some, size=BATCH_SIZE)


def count_due_erasures(workspace_id: UUID, *, now: datetime) -> int:
    return _past_grace(workspace_id, now).filter(anonymised_at=None).count()


def _past_grace(workspace_id: UUID, now: datetime) -> QuerySet[Patient]:
    return Patient.objects.within(workspace_id).filter(data_deleted_at__lte=now - erasure_grace())


def lock_patients(patients: QuerySet[Patient], *, limit: int) -> list[Patient]:
    """Lock patients to anonymize, without those whose message is on its way.

    The answer to such a message would be written into rows that are already anonymous.
    """
    not_in_flight = patients.filter(anonymised_at=None).exclude(messages__status__in=IN_FLIGHT)
    return list(
        not_in_flight.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit]
    )


def anonymize_patients(patients: Sequence[Patient], *, now: datetime) -> None:
    """Anonymize these patients. The caller has locked them and may write in their workspace."""
    keys = [patient.pk for patient in patients]
    past_asks.remember_past_asks(patients, now=now)
    # `updated_at` stays, because the sweeper recognises recent failures by it.
    Quote.objects.filter(message__patient__in=keys).delete()
    Message.objects.filter(patient__in=keys).update(
        content="", content_values=None, comment="", external_id=None, error=ERROR_TO_KEEP
    )
    InboundMessage.objects.filter(patient__in=keys).update(
        body="",
        external_id=Concat(Value("forgotten:"), Cast("id", CharField())),
        updated_at=now,
    )
    # Labels are about words that are gone, and a correction of a member is made from them.
    TextLabels.objects.filter(patient__in=keys).delete()
    Feedback.objects.filter(patient__in=keys).update(comment="", updated_at=now)
    RecoveryStep.objects.filter(feedback__patient__in=keys).update(text="", updated_at=now)
    InboundAttachment.objects.filter(inbound__patient__in=keys).delete()
    ConversationNote.objects.filter(conversation__patient__in=keys).delete()
    for delete in declared_by_apps("deleted_with_patients").values():
        import_string(str(delete))(keys)
    for workspace_id in {patient.workspace_id for patient in patients}:
        ledger.forget_patients(workspace_id, keys, now=now)
        stored_summaries.delete_summaries(workspace_id, keys)
        retention.erase_comments(workspace_id=workspace_id, patients=keys)
        _delete_hidden_numbers(workspace_id, patients)
    for patient in patients:
        patient.name = patient.phone = patient.email = patient.consent_words = (
            patient.consent_by
        ) = ""
        patient.row_number = None
        patient.token = new_token()
        patient.data_deleted_at = patient.data_deleted_at or now
        patient.anonymised_at = patient.updated_at = now
    Patient.objects.bulk_update(
        patients,
        [
            *("name", "phone", "email", "consent_words", "consent_by", "row_number", "token"),
            *("data_deleted_at", "anonymised_at", "updated_at"),
        ],
    )


def _delete_hidden_numbers(workspace_id: UUID, patients: Sequence[Patient]) -> None:
    """Delete the hidden WhatsApp numbers of phones that no other patient of the clinic has."""
    keys, phones = (
        [patient.pk for patient in patients],
        {patient.phone for patient in patients} - {""},
    )
    others = Patient.objects.within(workspace_id).filter(phone__in=phones).exclude(pk__in=keys)
    unused = phones - set(others.values_list("phone", flat=True))
    HiddenNumber.objects.within(workspace_id).filter(address__in=unused).delete()


def _anonymize_traces(workspace_id: UUID, patients: Sequence[Patient]) -> None:
    addresses, keys = addresses_of(patients), [patient.pk for patient in patients]
    erased = Suppression.objects.within(workspace_id).filter(
        digest__in=[hash_address(address) for address in addresses],
        reason=SuppressionReason.ERASURE,
    )
    # Only of addresses that were erased: another patient with the same address needs the hold.
    Hold.objects.within(workspace_id).filter(digest__in=erased.values("digest")).update(
        address="", updated_at=timezone.now()
    )
    erased.update(address="", note="", updated_at=timezone.now())
    _hash_sender_stops(addresses)
    names = {patient.name for patient in patients}
    residual_data.erase_from_lists(
        workspace_id, residual_data.SearchTerms.from_addresses(addresses, names)
    )
    messages = Message.objects.filter(patient__in=keys)
    answers = InboundMessage.objects.filter(patient__in=keys)
    residual_data.delete_provider_calls(
        messages=list(messages.values_list("pk", flat=True)),
        sids=list(answers.values_list("external_id", flat=True)),
        addresses=addresses,
        users=list(
            HiddenNumber.objects.within(workspace_id)
            .filter(address__in=addresses)
            .values_list("user_id", flat=True)
        ),
    )


def _hash_sender_stops(addresses: set[str]) -> None:
    """Replace the address of a STOP to a shared number by its digest, so that it still counts."""
    for stop in SenderStop.objects.filter(address__in=addresses):
        stop.address = hash_address(stop.address)
        stop.save(update_fields=["address", "updated_at"])
