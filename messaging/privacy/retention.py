"""Delete texts and anonymize patients when the time is over that a workspace keeps them.

Rows stay without their texts, so no figure changes. `patients.past_asks` keeps a digest of who was
asked and when, so that a list that is uploaded again asks nobody twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from core import audit, tenancy
from messaging.models import Message, MessageStatus
from messaging.privacy import anonymization
from messaging.privacy.residual_data import remove_samples
from patients import past_asks
from patients.models import Import, ImportProblem, Patient
from workspaces.models import Workspace

BATCH_SIZE = 500
LONG_AGO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")

# Sent or given up, and not answered. Channels without receipts (e-mail) end with SENT.
FINISHED = [
    MessageStatus.FAILED,
    MessageStatus.DELIVERED,
    MessageStatus.SENT,
    MessageStatus.CANCELLED,
]


@dataclass(frozen=True)
class RetentionCounts:
    """How many rows of one workspace are kept too long, or were just deleted."""

    workspace: UUID
    name: str
    texts: int
    patients: int
    list_rows: int
    erasures: int
    audit_origins: int

    @property
    def is_empty(self) -> bool:
        people = self.texts or self.patients or self.list_rows or self.erasures
        return not (people or self.audit_origins)


def preview_retention(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionCounts]:
    """Yield what `run_retention` would do for each workspace. Nothing is changed."""
    now = now or timezone.now()
    for workspace in _find_workspaces(workspace_id):
        with tenancy.within(workspace.pk):
            yield count_over_time(workspace, now=now)


def count_over_time(workspace: Workspace, *, now: datetime) -> RetentionCounts:
    """Count by the days on this object, which need not be saved. Call this within its tenancy."""
    return RetentionCounts(
        workspace=workspace.pk,
        name=workspace.name,
        texts=_old_sent(workspace, now).count() + _old_unsent(workspace, now).count(),
        patients=_old_patients(workspace, now).count(),
        list_rows=_old_refused_rows(workspace, now).count(),
        erasures=anonymization.count_due_erasures(workspace.pk, now=now),
        audit_origins=audit.with_old_origins(workspace.pk, now=now).count(),
    )


def run_retention(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionCounts]:
    """Delete what is kept too long, and yield the counts for each workspace.

    Each batch is a transaction of its own, so a killed run loses nothing, and two runs at once do
    no harm.
    """
    now = now or timezone.now()
    for workspace in _find_workspaces(workspace_id):
        with tenancy.within(workspace.pk):
            past_asks.forget_over(workspace.pk, now=now)
        yield RetentionCounts(
            workspace=workspace.pk,
            name=workspace.name,
            texts=_empty_messages(workspace, _old_sent, now)
            + _empty_messages(workspace, _old_unsent, now),
            patients=_anonymize_old_patients(workspace, now),
            list_rows=_erase_old_lists(workspace, now),
            erasures=anonymization.finish_erasures(workspace_id=workspace.pk, now=now),
            audit_origins=_delete_origins(workspace, now),
        )


def _delete_origins(workspace: Workspace, now: datetime) -> int:
    with tenancy.within(workspace.pk):
        return audit.delete_old_origins(workspace.pk, now=now)


def _find_workspaces(only: UUID | None) -> list[Workspace]:
    with tenancy.platform("retention"):
        chosen = Workspace.objects.filter(pk=only) if only else Workspace.objects.all()
        return list(chosen.order_by("pk"))


def _old_sent(workspace: Workspace, now: datetime) -> QuerySet[Message]:
    return _messages_with_text(workspace).filter(sent_at__lt=_message_cutoff(workspace, now))


def _old_unsent(workspace: Workspace, now: datetime) -> QuerySet[Message]:
    before = _message_cutoff(workspace, now)
    return _messages_with_text(workspace).filter(sent_at=None, updated_at__lt=before)


def _messages_with_text(workspace: Workspace) -> QuerySet[Message]:
    return Message.objects.within(workspace).filter(status__in=FINISHED).exclude(content="")


def _old_patients(workspace: Workspace, now: datetime) -> QuerySet[Patient]:
    """Return the patients to anonymize. Erased ones have a time of their own, see `erasure`."""
    before = now - timedelta(days=workspace.keep_patients_days)
    old = Patient.objects.within(workspace).filter(appointment_time__lt=before)
    return old.filter(anonymised_at=None, data_deleted_at=None)


def _old_lists(workspace: Workspace, now: datetime) -> QuerySet[Import]:
    lists = Import.objects.within(workspace)
    return lists.filter(created_at__lt=_message_cutoff(workspace, now))


def _old_refused_rows(workspace: Workspace, now: datetime) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.within(workspace).filter(source__in=_old_lists(workspace, now))


def _message_cutoff(workspace: Workspace, now: datetime) -> datetime:
    return now - timedelta(days=workspace.keep_messages_days)


def _empty_messages(
    workspace: Workspace,
    texts: Callable[[Workspace, datetime], QuerySet[Message]],
    now: datetime,
) -> int:
    """Empty the texts in batches. Each begins where the last ended, so no row is read twice."""
    done, size, after = 0, BATCH_SIZE, LONG_AGO
    while size == BATCH_SIZE:
        with tenancy.within(workspace.pk):
            later = texts(workspace, now).filter(Q(sent_at__gte=after) | Q(sent_at=None))
            batch = list(
                later.order_by("sent_at")
                .select_for_update(skip_locked=True, no_key=True)
                .only("pk", "sent_at")[:BATCH_SIZE]
            )
            # `updated_at` stays, because the sweeper recognises recent failures by it.
            Message.objects.filter(pk__in=[message.pk for message in batch]).update(
                content="", content_values=None, error=anonymization.ERROR_TO_KEEP
            )
        size = len(batch)
        done += size
        after = batch[-1].sent_at or after if batch else after
    return done


def _anonymize_old_patients(workspace: Workspace, now: datetime) -> int:
    done, size, after = 0, BATCH_SIZE, LONG_AGO
    while size == BATCH_SIZE:
        with tenancy.within(workspace.pk):
            later = _old_patients(workspace, now).filter(appointment_time__gte=after)
            batch = anonymization.lock_patients(
                later.order_by("appointment_time"), limit=BATCH_SIZE
            )
            anonymization.anonymize_patients(batch, now=now)
        size = len(batch)
        done += size
        after = batch[-1].appointment_time if batch else after
    return done


def _erase_old_lists(workspace: Workspace, now: datetime) -> int:
    """Delete refused rows of old lists and the samples shown of them. Their counts stay."""
    done, size = 0, BATCH_SIZE
    while size == BATCH_SIZE:
        with tenancy.within(workspace.pk):
            rows = _old_refused_rows(workspace, now).values_list("pk", flat=True)[:BATCH_SIZE]
            size, _by_model = ImportProblem.objects.filter(pk__in=list(rows)).delete()
        done += size
    with tenancy.within(workspace.pk):
        _old_lists(workspace, now).exclude(statuses=[]).update(statuses=[])
        with_samples = _old_lists(workspace, now).exclude(preview=[], survey={})
        for source in with_samples.select_for_update(skip_locked=True, no_key=True).only("survey"):
            bare = remove_samples(source.survey)
            Import.objects.filter(pk=source.pk).exclude(preview=[], survey=bare).update(
                preview=[], survey=bare
            )
    return done
