"""Mails about money to the owners.

Each is a BillingNotice row, written in the transaction of what it is about. So it is sent once, and
later if the mail server is away.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from billing.models import BillingNotice, NoticeKind
from core import tenancy
from workspaces import mail
from workspaces.access import Can
from workspaces.models import Plan, Workspace

NEWS_FOR = timedelta(days=3)
RESENT_AFTER = timedelta(minutes=1)
BATCH = 100

TEMPLATES = {
    NoticeKind.RECEIPT: "billing/mail/receipt",
    NoticeKind.PAYMENT_FAILED: "billing/mail/payment_failed",
    NoticeKind.GRACE_OVER: "billing/mail/grace_over",
    NoticeKind.TRIAL_ENDING: "billing/mail/trial_ending",
}


def queue_notice(workspace: Workspace, kind: NoticeKind, *, cause: str, **facts: Any) -> bool:
    """Store a notice and queue its mail. Return False if there is one with this cause."""
    notice, is_new = BillingNotice.objects.get_or_create(
        workspace=workspace, cause=cause, defaults={"kind": kind, "facts": facts}
    )
    if is_new:
        transaction.on_commit(
            lambda: current_app.send_task(
                "billing.tasks.send_billing_notice", args=[str(notice.pk)], expires=60
            ),
            robust=True,
        )
    return is_new


def trial_ends(workspace: Workspace, *, cause: str, plan: str, at: datetime, charges: bool) -> bool:
    """`charges`: there is a card, so the subscription continues by itself."""
    return queue_notice(
        workspace,
        NoticeKind.TRIAL_ENDING,
        cause=f"trial:{cause}:{at.isoformat()}",
        plan=plan,
        until=at.isoformat(),
        charges=charges,
    )


def send_notice(notice_id: UUID) -> bool:
    """Send a notice under a lock on its row. If the mail server is away, nothing changes."""
    with tenancy.platform("billing notices"):
        notice = (
            BillingNotice.objects.select_related("workspace")
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=notice_id, sent_at=None)
            .first()
        )
        if notice is None:
            return False
        notice.sent_at = timezone.now()
        notice.save(update_fields=["sent_at", "updated_at"])
        mail.send_to_people(
            mail.members_who_may(notice.workspace, Can.MANAGE_BILLING),
            TEMPLATES[NoticeKind(notice.kind)],
            language=notice.workspace.language,
            clinic=notice.workspace.name,
            link=settings.SITE_URL + reverse("billing"),
            **_template_values(notice.facts),
        )
    return True


def send_waiting(*, now: datetime | None = None) -> int:
    """Send the notices whose task was lost or failed, unless they are too old. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("billing notices"):
        waiting = list(
            BillingNotice.objects.filter(
                sent_at=None, created_at__gt=now - NEWS_FOR, created_at__lt=now - RESENT_AFTER
            )
            .order_by("id")
            .values_list("pk", flat=True)[:BATCH]
        )
    sent = 0
    for notice_id in waiting:
        try:
            sent += send_notice(notice_id)
        except OSError:  # the mail module has logged it
            continue
    return sent


def _template_values(facts: dict[str, Any]) -> dict[str, Any]:
    """Convert stored facts to what the templates show."""
    values = dict(facts)
    for moment in ("at", "until"):
        if moment in values:
            values[moment] = parse_datetime(values[moment])
    if values.get("plan"):
        values["plan"] = Plan(values["plan"]).label
    return values
