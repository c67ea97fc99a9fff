"""Delete texts of messages, patients and erasures once the periods of the workspace are over.

The periods, with their defaults, are fields of `workspaces.models.Workspace`.

Rows stay without their texts, so no figure changes. `patients.past_asks` keeps a digest of who was
asked and when, so that a list that is uploaded again asks nobody twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from core import sql, tenancy
from core.retention import KeepsData, RetentionRule
from messaging.models import Message, MessageStatus
from messaging.privacy import anonymization
from patients.models import Patient

BATCH_SIZE = 500
LONG_AGO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")

# Sent or given up, and not answered. Channels without receipts (e-mail) end with SENT.
FINISHED = [
    MessageStatus.FAILED,
    MessageStatus.DELIVERED,
    MessageStatus.SENT,
    MessageStatus.CANCELLED,
]


def _old_sent(workspace: KeepsData, now: datetime) -> QuerySet[Message]:
    return _messages_with_text(workspace).filter(sent_at__lt=_message_cutoff(workspace, now))


def _old_unsent(workspace: KeepsData, now: datetime) -> QuerySet[Message]:
    before = _message_cutoff(workspace, now)
    return _messages_with_text(workspace).filter(sent_at=None, updated_at__lt=before)


def _messages_with_text(workspace: KeepsData) -> QuerySet[Message]:
    return Message.objects.within(workspace.pk).filter(status__in=FINISHED).exclude(content="")


def _message_cutoff(workspace: KeepsData, now: datetime) -> datetime:
    return now - timedelta(days=workspace.keep_messages_days)


def _count_texts(workspace: KeepsData, now: datetime) -> int:
    return _old_sent(workspace, now).count() + _old_unsent(workspace, now).count()


def _empty_texts(workspace: KeepsData, now: datetime) -> int:
    sent = _empty_messages(lambda: _old_sent(workspace, now), workspace)
    return sent + _empty_messages(lambda: _old_unsent(workspace, now), workspace)


def _empty_messages(old: Callable[[], QuerySet[Message]], workspace: KeepsData) -> int:
    """Empty the texts in batches. Each begins where the last ended, so no row is read twice."""

    def empty_some(last: Message | None) -> Sequence[Message]:
        after = (last and last.sent_at) or LONG_AGO
        with tenancy.within(workspace.pk):
            batch = list(
                old()
                .filter(Q(sent_at__gte=after) | Q(sent_at=None))
                .order_by("sent_at")
                .select_for_update(skip_locked=True, no_key=True)
                .only("pk", "sent_at")[:BATCH_SIZE]
            )
            # `updated_at` stays, because the sweeper recognises recent failures by it.
            Message.objects.filter(pk__in=[message.pk for message in batch]).update(
                content="", content_values=None, error=anonymization.ERROR_TO_KEEP
            )
        return batch

    return sql.handle_in_batches(empty_some, size=BATCH_SIZE)


def _old_patients(workspace: KeepsData, now: datetime) -> QuerySet[Patient]:
    """Return the patients to anonymize. Erased ones have a time of their own, see `erasure`."""
    before = now - timedelta(days=workspace.keep_patients_days)
    old = Patient.objects.within(workspace.pk).filter(appointment_time__lt=before)
    return old.filter(anonymised_at=None, data_deleted_at=None)


def _count_patients(workspace: KeepsData, now: datetime) -> int:
    return _old_patients(workspace, now).count()


def _anonymize_patients(workspace: KeepsData, now: datetime) -> int:
    def anonymize_some(last: Patient | None) -> Sequence[Patient]:
        after = last.appointment_time if last else LONG_AGO
        with tenancy.within(workspace.pk):
            later = _old_patients(workspace, now).filter(appointment_time__gte=after)
            batch = anonymization.lock_patients(
                later.order_by("appointment_time"), limit=BATCH_SIZE
            )
            anonymization.anonymize_patients(batch, now=now)
        return batch

    return sql.handle_in_batches(anonymize_some, size=BATCH_SIZE)


def _count_erasures(workspace: KeepsData, now: datetime) -> int:
    return anonymization.count_due_erasures(workspace.pk, now=now)


def _finish_erasures(workspace: KeepsData, now: datetime) -> int:
    return anonymization.finish_erasures(workspace_id=workspace.pk, now=now)


TEXTS = RetentionRule("texts of messages", count=_count_texts, delete=_empty_texts)
PATIENTS = RetentionRule("patients", count=_count_patients, delete=_anonymize_patients)
ERASURES = RetentionRule("erased patients for good", count=_count_erasures, delete=_finish_erasures)
