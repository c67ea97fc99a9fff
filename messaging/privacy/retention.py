"""How long a workspace keeps what patients said and who they were.

Texts go, figures stay: a row without its words still counts on every dashboard. Whom a forgotten
row had asked, and when, stays known by a digest (`patients.past_asks`), so that a list that is sent
again asks nobody twice.
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
from messaging.privacy.residual_data import without_samples
from patients import past_asks
from patients.models import Import, ImportProblem, Patient
from workspaces.models import Workspace

AT_ONCE = 500
FOREVER_AGO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")

# Handed over or given up, and not answered. SENT is where a channel without receipts ends (e-mail).
FINISHED = [
    MessageStatus.FAILED,
    MessageStatus.DELIVERED,
    MessageStatus.SENT,
    MessageStatus.CANCELLED,
]


@dataclass(frozen=True)
class RetentionReach:
    """What is over its time in one workspace."""

    workspace: UUID
    name: str
    texts: int
    patients: int
    list_rows: int
    erasures: int
    audit_origins: int

    @property
    def is_nothing(self) -> bool:
        people = self.texts or self.patients or self.list_rows or self.erasures
        return not (people or self.audit_origins)


def reaches(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionReach]:
    """What `run` would do, workspace by workspace."""
    now = now or timezone.now()
    for workspace in _workspaces(workspace_id):
        with tenancy.within(workspace.pk):
            yield reach_of(workspace, now=now)


def reach_of(workspace: Workspace, *, now: datetime) -> RetentionReach:
    """By the days that stand on this object, saved or not. The caller holds its door."""
    return RetentionReach(
        workspace=workspace.pk,
        name=workspace.name,
        texts=_sent(workspace, now).count() + _unsent(workspace, now).count(),
        patients=_patients(workspace, now).count(),
        list_rows=_refused_rows(workspace, now).count(),
        erasures=anonymization.due(workspace.pk, now=now),
        audit_origins=audit.with_old_origins(workspace.pk, now=now).count(),
    )


def run_retention(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionReach]:
    """In small transactions: a kill loses nothing, and a second run beside it does no harm."""
    now = now or timezone.now()
    for workspace in _workspaces(workspace_id):
        with tenancy.within(workspace.pk):
            past_asks.forget_over(workspace.pk, now=now)
        yield RetentionReach(
            workspace=workspace.pk,
            name=workspace.name,
            texts=_empty(workspace, _sent, now) + _empty(workspace, _unsent, now),
            patients=_forget_patients(workspace, now),
            list_rows=_forget_lists(workspace, now),
            erasures=anonymization.finish_erasures(workspace_id=workspace.pk, now=now),
            audit_origins=_forget_origins(workspace, now),
        )


def _forget_origins(workspace: Workspace, now: datetime) -> int:
    with tenancy.within(workspace.pk):
        return audit.delete_old_origins(workspace.pk, now=now)


def _workspaces(only: UUID | None) -> list[Workspace]:
    with tenancy.platform("retention"):
        chosen = Workspace.objects.filter(pk=only) if only else Workspace.objects.all()
        return list(chosen.order_by("pk"))


def _sent(workspace: Workspace, now: datetime) -> QuerySet[Message]:
    return _texts(workspace).filter(sent_at__lt=_messages_before(workspace, now))


def _unsent(workspace: Workspace, now: datetime) -> QuerySet[Message]:
    before = _messages_before(workspace, now)
    return _texts(workspace).filter(sent_at=None, updated_at__lt=before)


def _texts(workspace: Workspace) -> QuerySet[Message]:
    return Message.objects.within(workspace).filter(status__in=FINISHED).exclude(content="")


def _patients(workspace: Workspace, now: datetime) -> QuerySet[Patient]:
    """Whoever is erased has a time of their own."""
    before = now - timedelta(days=workspace.keep_patients_days)
    seen = Patient.objects.within(workspace).filter(appointment_time__lt=before)
    return seen.filter(anonymised_at=None, data_deleted_at=None)


def _lists(workspace: Workspace, now: datetime) -> QuerySet[Import]:
    lists = Import.objects.within(workspace)
    return lists.filter(created_at__lt=_messages_before(workspace, now))


def _refused_rows(workspace: Workspace, now: datetime) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.within(workspace).filter(source__in=_lists(workspace, now))


def _messages_before(workspace: Workspace, now: datetime) -> datetime:
    return now - timedelta(days=workspace.keep_messages_days)


def _empty(
    workspace: Workspace,
    texts: Callable[[Workspace, datetime], QuerySet[Message]],
    now: datetime,
) -> int:
    """From where the last batch ended: a run reads each message once, however many it emptied."""
    done, last, after = 0, AT_ONCE, FOREVER_AGO
    while last == AT_ONCE:
        with tenancy.within(workspace.pk):
            later = texts(workspace, now).filter(Q(sent_at__gte=after) | Q(sent_at=None))
            found = list(
                later.order_by("sent_at")
                .select_for_update(skip_locked=True, no_key=True)
                .only("pk", "sent_at")[:AT_ONCE]
            )
            # Not `updated_at`: by that the sweeper tells what has failed a moment ago.
            Message.objects.filter(pk__in=[one.pk for one in found]).update(
                content="", content_values=None, error=anonymization.WITHOUT_ERROR
            )
        last = len(found)
        done += last
        after = found[-1].sent_at or after if found else after
    return done


def _forget_patients(workspace: Workspace, now: datetime) -> int:
    done, last, after = 0, AT_ONCE, FOREVER_AGO
    while last == AT_ONCE:
        with tenancy.within(workspace.pk):
            later = _patients(workspace, now).filter(appointment_time__gte=after)
            found = anonymization.take(later.order_by("appointment_time"), limit=AT_ONCE)
            anonymization.forget(found, now=now)
        last = len(found)
        done += last
        after = found[-1].appointment_time if found else after
    return done


def _forget_lists(workspace: Workspace, now: datetime) -> int:
    """What was shown of a file, and its rows that were not taken: their figures stay as well."""
    done, last = 0, AT_ONCE
    while last == AT_ONCE:
        with tenancy.within(workspace.pk):
            rows = _refused_rows(workspace, now).values_list("pk", flat=True)[:AT_ONCE]
            last, _by_model = ImportProblem.objects.filter(pk__in=list(rows)).delete()
        done += last
    with tenancy.within(workspace.pk):
        _lists(workspace, now).exclude(statuses=[]).update(statuses=[])
        shown = _lists(workspace, now).exclude(preview=[], survey={})
        for listed in shown.select_for_update(skip_locked=True, no_key=True).only("survey"):
            bare = without_samples(listed.survey)
            Import.objects.filter(pk=listed.pk).exclude(preview=[], survey=bare).update(
                preview=[], survey=bare
            )
    return done
