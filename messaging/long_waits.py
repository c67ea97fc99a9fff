"""Tell members of patients who have waited too long for an answer.

Patients whose wait gets too long within the same hour are one piece of news. The hour is the cause
of the notification, so each patient is told of once, and neither a second run nor a run that was
killed changes that. Whom a member has put aside is no news.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.models import Conversation
from messaging.waiting import waiting_conversations
from workspaces.models import User, Workspace
from workspaces.notifications.kinds import Facts
from workspaces.notifications.notifying import notify

TOO_LONG = timedelta(hours=4)
HOUR = timedelta(hours=1)
# After a breakdown, hours that nobody was told of are told later, unless they are older.
NEWS_FOR = timedelta(hours=4)
DONE_KEY = "long_waits:{}"


def tell_of_long_waits(*, now: datetime | None = None) -> int:
    """Tell of the hours that are over. Return how many notifications are new."""
    now = now or timezone.now()
    last = (now - TOO_LONG).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    done_key = DONE_KEY.format(last.isoformat())
    # The hours change once an hour. The schedule runs more often, in case a run is lost.
    if cache.get(done_key):
        return 0
    with tenancy.platform("patients who wait"):
        waiting = Conversation.objects.waiting().filter(
            waiting_since__lt=last, waiting_since__gte=last - NEWS_FOR
        )
        hours = waiting.annotate(hour=TruncHour("waiting_since", tzinfo=UTC)).values_list(
            "workspace_id", "hour"
        )
        by_clinic = defaultdict(set)
        for workspace_id, hour in hours.distinct().order_by():
            by_clinic[workspace_id].add(hour)
    told = sum(_tell_clinic(pk, sorted(hours), now) for pk, hours in by_clinic.items())
    cache.set(done_key, 1, timeout=NEWS_FOR.total_seconds())
    return told


def _tell_clinic(workspace_id: UUID, hours: list[datetime], now: datetime) -> int:
    with tenancy.within(workspace_id):
        workspace = Workspace.objects.get(pk=workspace_id)
        return sum(_tell_of_hour(workspace, hour, now) for hour in hours)


def _tell_of_hour(workspace: Workspace, hour: datetime, now: datetime) -> int:
    def facts_for(member: User) -> Facts | None:
        seen = waiting_conversations(workspace, visible_to=member)
        count = seen.filter(waiting_since__gte=hour, waiting_since__lt=hour + HOUR).count()
        return {"count": count, "hours": TOO_LONG // HOUR} if count else None

    return notify(
        "inbox.waiting",
        workspace=workspace,
        cause=hour.isoformat(),
        path=reverse("inbox"),
        facts=facts_for,
        now=now,
    )
