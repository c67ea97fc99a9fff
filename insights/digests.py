"""The weekly digest: a mail to the owners on Monday morning in the time zone of the clinic."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from insights import reading
from insights.filters import EVERYTHING
from insights.models import Digest
from insights.periods import Period
from messaging.models import Conversation, Feedback, Message, RecoveryStatus
from workspaces.mail import owners_of, send_to_people
from workspaces.models import Workspace
from workspaces.practices import workspace_time_zone

MORNING = time(8)
WEEK = timedelta(days=7)
# After a breakdown the digest is still sent until Wednesday; later it would be no news.
SEND_WITHIN = timedelta(days=3)


def queue_due_digests(*, now: datetime | None = None) -> int:
    """Queue a digest for each clinic that sent anything in the last two weeks, once a week.

    Return how many were queued.
    """
    now = now or timezone.now()
    with tenancy.platform("digests"):
        sent = Message.objects.filter(workspace=OuterRef("pk"), sent_at__gt=now - 2 * WEEK)
        return sum(
            _queue_if_due(clinic, now) for clinic in list(Workspace.objects.filter(Exists(sent)))
        )


def _queue_if_due(clinic: Workspace, now: datetime) -> bool:
    """Return whether the digest of last week was due and had not been queued before."""
    local = now.astimezone(workspace_time_zone(clinic))
    monday = local.date() - timedelta(days=local.weekday())
    morning = datetime.combine(monday, MORNING, local.tzinfo)
    if not morning <= local < morning + SEND_WITHIN:
        return False
    _digest, is_new = Digest.objects.get_or_create(workspace=clinic, week=monday - WEEK)
    if is_new:
        _queue_on_commit(clinic.pk, monday - WEEK)
    return is_new


def _queue_on_commit(workspace_id: UUID, week: date) -> None:
    transaction.on_commit(
        lambda: current_app.send_task(
            "insights.tasks.send_digest", args=[str(workspace_id), week.isoformat()]
        ),
        robust=True,
    )


def send_digest(*, workspace_id: UUID, week: date) -> None:
    """Mail the figures of a week and the week before to the owners. No names, no comments."""
    period = Period(week, week + timedelta(days=6))
    with tenancy.within(workspace_id):
        workspace = Workspace.objects.get(pk=workspace_id)
        for owner in owners_of(workspace):
            now, before = (
                reading.read_figures(workspace, days, EVERYTHING, visible_to=owner)
                for days in (period, period.before)
            )
            unhappy = Feedback.objects.within(workspace_id).exclude(status=RecoveryStatus.RESOLVED)
            send_to_people(
                [owner],
                "insights/mail/week",
                language=workspace.language,
                clinic=workspace.name,
                period=period,
                now=now,
                before=before,
                unhappy=unhappy.count(),
                waiting=Conversation.objects.waiting().count(),
                link=settings.SITE_URL + reverse("home"),
            )
