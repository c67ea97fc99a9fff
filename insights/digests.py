"""The weekly digest: on Monday morning in the time zone of the clinic, to those who want it."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from insights import reading
from insights.filters import EVERYTHING
from insights.models import Digest
from insights.periods import Period
from messaging.models import Message
from messaging.waiting import open_cases, waiting_conversations
from workspaces.models import User, Workspace
from workspaces.notifications.kinds import Facts
from workspaces.notifications.notifying import notify
from workspaces.practices import workspace_time_zone

MORNING = time(8)
WEEK = timedelta(days=7)
# After a breakdown the digest is still sent until Wednesday; later it would be no news.
SEND_WITHIN = timedelta(days=3)


def queue_due_digests(*, now: datetime | None = None) -> int:
    """Tell the members of each clinic that sent anything in the last two weeks, once a week.

    Return how many clinics.
    """
    now = now or timezone.now()
    with tenancy.platform("digests"):
        sent = Message.objects.filter(workspace=OuterRef("pk"), sent_at__gt=now - 2 * WEEK)
        return sum(
            _tell_if_due(clinic, now) for clinic in list(Workspace.objects.filter(Exists(sent)))
        )


def _tell_if_due(clinic: Workspace, now: datetime) -> bool:
    """Return whether the digest of last week was due and nobody had been told of it before."""
    local = now.astimezone(workspace_time_zone(clinic))
    monday = local.date() - timedelta(days=local.weekday())
    morning = datetime.combine(monday, MORNING, local.tzinfo)
    if not morning <= local < morning + SEND_WITHIN:
        return False
    week = monday - WEEK
    _digest, is_new = Digest.objects.get_or_create(workspace=clinic, week=week)
    if is_new:
        notify(
            "insights.week",
            workspace=clinic,
            cause=week.isoformat(),
            path=reverse("home"),
            facts={"week": week.isoformat(), "clinic": clinic.name},
            now=now,
        )
    return is_new


def build_context(reader: User, facts: Facts) -> Facts:
    """Return the figures of the week and of the week before that the reader may see."""
    workspace = reader.workspace
    assert workspace
    week = date.fromisoformat(facts["week"])
    period = Period(week, week + timedelta(days=6))
    figures, before = (
        reading.read_figures(workspace, days, EVERYTHING, visible_to=reader)
        for days in (period, period.before)
    )
    return {
        "clinic": workspace.name,
        "period": period,
        "now": figures,
        "before": before,
        "unhappy": open_cases(workspace, visible_to=reader).count(),
        "waiting": waiting_conversations(workspace, visible_to=reader).count(),
    }
