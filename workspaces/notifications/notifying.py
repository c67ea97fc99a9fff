"""Store what members are to be told, in the transaction of what happened."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone

from workspaces.models import Notification, PushSubscription, User, Workspace
from workspaces.notifications import choices
from workspaces.notifications.kinds import Facts, NotificationKind, all_kinds
from workspaces.practices import workspace_time_zone

FactsFor = Callable[[User], Facts | None]
# The workers of a busy installation take a task that is queued twice only once.
TASK = "workspaces.tasks.deliver_notifications"
TASK_EXPIRES = timedelta(minutes=1)


def notify(
    kind_name: str,
    *,
    workspace: Workspace,
    cause: str,
    path: str,
    facts: Facts | FactsFor,
    now: datetime | None = None,
) -> int:
    """Store a mail or pushes for each member who wants this kind. Return how many are new.

    Call it inside the transaction of what happened and within the workspace's tenancy: then both
    are stored or neither. The same cause is stored once, so a repeated task tells nobody twice.
    `facts` must be plain JSON without names or words of patients. A function returns the facts for
    one member, or None if this is not for them.
    """
    now, kind = now or timezone.now(), all_kinds()[kind_name]
    facts_of = _facts_of_members(kind, workspace, facts)
    if not facts_of:
        return 0
    members = list(facts_of)
    channels = choices.read_channels([kind], members)
    quiet = choices.read_quiet_times(members)
    zone = workspace_time_zone(workspace)
    browsers = _active_browsers([m for m in members if channels[m, kind_name].by_push])
    rows = []
    for member, own_facts in facts_of.items():
        is_urgent = kind.is_urgent(own_facts)
        due_at = now if is_urgent else quiet[member].first_moment_from(now, zone)
        targets = [None] if channels[member, kind_name].by_mail else []
        rows += [
            Notification(
                workspace=workspace,
                user=member,
                kind=kind_name,
                cause=cause,
                subscription=target,
                path=path,
                facts=own_facts,
                due_at=due_at,
            )
            for target in [*targets, *browsers.get(member.pk, [])]
        ]
    return _store(rows)


def _facts_of_members(
    kind: NotificationKind, workspace: Workspace, facts: Facts | FactsFor
) -> dict[User, Facts]:
    def pairs() -> Iterator[tuple[User, Facts]]:
        for member in User.objects.within(workspace).filter(is_active=True).order_by("pk"):
            if not kind.may_be_told_to(member):
                continue
            own = facts(member) if callable(facts) else facts
            if own is not None:
                yield member, own

    return dict(pairs())


def _active_browsers(members: Collection[User]) -> dict[object, list[PushSubscription]]:
    found: dict[object, list[PushSubscription]] = {}
    if members:
        for browser in PushSubscription.objects.active().filter(user__in=members):
            found.setdefault(browser.user_id, []).append(browser)
    return found


def _store(rows: list[Notification]) -> int:
    if not rows:
        return 0
    before = timezone.now()
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # PostgreSQL does not say which rows were in the table already.
    stored = Notification.objects.filter(pk__in=[row.pk for row in rows]).count()
    if stored and any(row.due_at <= before for row in rows):
        queue_delivery()
    return stored


def queue_delivery() -> None:
    """Queue the delivery of what is due. If the task is lost, the schedule does it."""
    transaction.on_commit(
        lambda: current_app.send_task(TASK, expires=TASK_EXPIRES.total_seconds()), robust=True
    )
