"""On Monday morning, by the clinic's clock, its owners read how last week went."""

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
from workspaces.practices import home_zone

MORNING = time(8)
WEEK = timedelta(days=7)
# Whoever opens the machine on Wednesday still reads it; after that it is no news.
NEWS_FOR = timedelta(days=3)


def queue_due_digests(*, now: datetime | None = None) -> int:
    """Each clinic that asked somebody in the last two weeks, once a week. How many were told."""
    now = now or timezone.now()
    with tenancy.platform("digests"):
        asked = Message.objects.filter(workspace=OuterRef("pk"), sent_at__gt=now - 2 * WEEK)
        clinics = list(Workspace.objects.filter(Exists(asked)))
        told = [clinic.pk for clinic in clinics if _is_first(clinic, now)]
    return len(told)


def _is_first(clinic: Workspace, now: datetime) -> bool:
    local = now.astimezone(home_zone(clinic))
    monday = local.date() - timedelta(days=local.weekday())
    morning = datetime.combine(monday, MORNING, local.tzinfo)
    if not morning <= local < morning + NEWS_FOR:
        return False
    _digest, is_new = Digest.objects.get_or_create(workspace=clinic, week=monday - WEEK)
    if is_new:
        _send_soon(clinic.pk, monday - WEEK)
    return is_new


def _send_soon(workspace_id: UUID, week: date) -> None:
    transaction.on_commit(
        lambda: current_app.send_task(
            "insights.tasks.tell_of_last_week", args=[str(workspace_id), week.isoformat()]
        ),
        robust=True,
    )


def send_digest(*, workspace_id: UUID, week: date) -> None:
    """Mail the owners the figures of a week and of the week before, without names or comments."""
    period = Period(week, week + timedelta(days=6))
    with tenancy.within(workspace_id):
        workspace = Workspace.objects.get(pk=workspace_id)
        for owner in owners_of(workspace):
            now, before = (
                reading.figures(workspace, each, EVERYTHING, visible_to=owner)
                for each in (period, period.before)
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
                waiting=Conversation.objects.filter(waiting_since__isnull=False).count(),
                link=settings.SITE_URL + reverse("home"),
            )
