"""On Monday morning, by the clinic's clock, its owners read how last week went."""

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from messaging import waking
from messaging.models import Digest, Message
from workspaces import tenancy
from workspaces.models import Workspace
from workspaces.practices import home_zone

MORNING = time(8)
WEEK = timedelta(days=7)
# Whoever opens the machine on Wednesday still reads it; after that it is no news.
NEWS_FOR = timedelta(days=3)


def send_due(*, now: datetime | None = None) -> int:
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
        waking.tell_of_last_week(clinic.pk, monday - WEEK)
    return is_new
