"""Tell members of patients who have waited too long for an answer.

Patients whose wait gets too long within the same hour are one piece of news. The hour is the cause
of the notification, so each patient is told of once, and neither a second run nor a run that was
killed changes that. Conversations that a member has put aside are left out. Patients are counted
again when it is sent, because it may have waited for the end of the quiet hours.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
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
# After a breakdown the missed hours are told later. Older ones are no news any more.
NEWS_FOR = timedelta(hours=4)
DONE_KEY = "long_waits:{}"

log = structlog.get_logger("alerts")


def tell_of_long_waits(*, now: datetime | None = None) -> int:
    """Tell of the hours that are over. Return how many notifications are new."""
    now = now or timezone.now()
    last = (now - TOO_LONG).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    done_key = DONE_KEY.format(last.isoformat())
    # The hours change once an hour. The schedule runs more often, in case a run is lost.
    if cache.get(done_key):
        return 0
    told = 0
    failed = False
    for workspace_id, hours in _hours_to_tell_of(last).items():
        try:
            told += _tell_clinic(workspace_id, sorted(hours), now)
        except Exception:  # a failure for one clinic must not keep the news from the others
            log.exception("long_waits_not_told", workspace_id=str(workspace_id))
            failed = True
    if not failed:  # else the next run tries again, and tells nobody twice
        cache.set(done_key, 1, timeout=NEWS_FOR.total_seconds())
    return told


def _hours_to_tell_of(last: datetime) -> dict[UUID, set[datetime]]:
    """Return the hours before `last` since which patients of each clinic wait."""
    with tenancy.platform("patients who wait"):
        waiting = Conversation.objects.waiting().filter(
            waiting_since__lt=last, waiting_since__gte=last - NEWS_FOR
        )
        hours = waiting.annotate(hour=TruncHour("waiting_since", tzinfo=UTC)).values_list(
            "workspace_id", "hour"
        )
        by_clinic: dict[UUID, set[datetime]] = defaultdict(set)
        for workspace_id, hour in hours.distinct().order_by():
            by_clinic[workspace_id].add(hour)
    return by_clinic


def _tell_clinic(workspace_id: UUID, hours: list[datetime], now: datetime) -> int:
    with tenancy.within(workspace_id):
        workspace = Workspace.objects.get(pk=workspace_id)
        return sum(_tell_of_hour(workspace, hour, now) for hour in hours)


def _tell_of_hour(workspace: Workspace, hour: datetime, now: datetime) -> int:
    def facts_for(member: User) -> Facts | None:
        return _describe_hour(workspace, hour, member)

    return notify(
        "inbox.waiting",
        workspace=workspace,
        cause=hour.isoformat(),
        path=reverse("inbox"),
        facts=facts_for,
        now=now,
    )


def _describe_hour(workspace: Workspace, hour: datetime, member: User) -> Facts | None:
    """Return how many of the patients that this member sees have waited since this hour."""
    seen = waiting_conversations(workspace, visible_to=member)
    count = seen.filter(waiting_since__gte=hour, waiting_since__lt=hour + HOUR).count()
    if not count:
        return None
    return {"count": count, "hours": TOO_LONG // HOUR, "since": hour.isoformat()}


def count_again(member: User, facts: Facts) -> Facts | None:
    """Return the facts as they are now, or None if nobody waits any more."""
    if "since" not in facts:  # stored by an older version
        return facts
    assert member.workspace
    return _describe_hour(member.workspace, datetime.fromisoformat(facts["since"]), member)
