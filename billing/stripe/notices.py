"""Mails about money, to the owners. What has to be told is a row, written with what it tells of, so
it is told once and in the end, whether or not the mail server is there just then."""

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
from workspaces.models import Plan, Workspace

NEWS_FOR = timedelta(days=3)
FORGOTTEN_AFTER = timedelta(minutes=1)
AT_ONCE = 100

LETTERS = {
    NoticeKind.RECEIPT: "billing/mail/receipt",
    NoticeKind.PAYMENT_FAILED: "billing/mail/payment_failed",
    NoticeKind.GRACE_OVER: "billing/mail/grace_over",
    NoticeKind.TRIAL_ENDING: "billing/mail/trial_ending",
}


def note(workspace: Workspace, kind: NoticeKind, *, cause: str, **facts: Any) -> bool:
    """False if it was noted before."""
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
    """`charges`: a card is there, so it goes on by itself."""
    return note(
        workspace,
        NoticeKind.TRIAL_ENDING,
        cause=f"trial:{cause}:{at.isoformat()}",
        plan=plan,
        until=at.isoformat(),
        charges=charges,
    )


def send(notice_id: UUID) -> bool:
    """Whoever holds the row sends it; with the mail server away it stays as it was."""
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
            mail.owners_of(notice.workspace),
            LETTERS[NoticeKind(notice.kind)],
            language=notice.workspace.language,
            clinic=notice.workspace.name,
            link=settings.SITE_URL + reverse("billing"),
            **_readable(notice.facts),
        )
    return True


def send_waiting(*, now: datetime | None = None) -> int:
    """What a lost wake-up or a mail server that was away left behind, while it is news."""
    now = now or timezone.now()
    with tenancy.platform("billing notices"):
        waiting = list(
            BillingNotice.objects.filter(
                sent_at=None, created_at__gt=now - NEWS_FOR, created_at__lt=now - FORGOTTEN_AFTER
            )
            .order_by("id")
            .values_list("pk", flat=True)[:AT_ONCE]
        )
    sent = 0
    for notice_id in waiting:
        try:
            sent += send(notice_id)
        except OSError:  # said in the log by the mail itself
            continue
    return sent


def _readable(facts: dict[str, Any]) -> dict[str, Any]:
    """As the letters show them."""
    told = dict(facts)
    for moment in ("at", "until"):
        if moment in told:
            told[moment] = parse_datetime(told[moment])
    if told.get("plan"):
        told["plan"] = Plan(told["plan"]).label
    if "amount" in told:
        told["price"] = money(told["amount"], told["currency"])
    return told


def money(cents: int, currency: str) -> str:
    """The same in every language: whoever pays in dollars reads the dollar's point."""
    return f"{currency.upper()} {cents / 100:,.2f}"
