"""Periodic tasks: the next month's credits, warnings before a trial ends, the end of grace."""

from datetime import datetime

import structlog
from django.utils import timezone

from billing.models import NoticeKind
from billing.stripe import notices, sync
from billing.stripe.client import StripeAwayError, is_on
from billing.stripe.subscription_states import LIVE
from billing.stripe.subscriptions import GRACE, TRIAL_ENDS_SOON
from core import tenancy
from workspaces.models import Entitlement, EntitlementSource, SubscriptionStatus, Workspace

log = structlog.get_logger("billing")

MAX_WORKSPACES = 200
NEWS_FOR = TRIAL_ENDS_SOON


def grant_monthly_credits(*, now: datetime | None = None) -> int:
    """Read the subscriptions whose next month's credits are due. Return how many workspaces.

    These are yearly plans, which have no event each month, and months whose event was lost.
    """
    now = now or timezone.now()
    if not is_on():
        return 0
    with tenancy.platform("billing clock"):
        due = list(
            Workspace.objects.filter(credits_next_at__lte=now, stripe_customer_id__isnull=False)
            .order_by("credits_next_at")
            .values_list("stripe_customer_id", flat=True)[:MAX_WORKSPACES]
        )
    for customer in due:
        try:
            sync.sync_customer(str(customer), now=now)
        except StripeAwayError:
            break
        except Exception:  # a failure for one clinic must not delay the others
            log.exception("month_not_given", customer=customer)
    return len(due)


def warn_of_trial_ends(*, now: datetime | None = None) -> int:
    """Notify owners three days before a trial without a subscription ends. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("billing clock"):
        ending = (
            Entitlement.objects.filter(
                source=EntitlementSource.TRIAL, ends_at__gt=now, ends_at__lte=now + TRIAL_ENDS_SOON
            )
            .exclude(workspace__subscription_status__in=LIVE)
            .select_related("workspace")
        )
        notified = 0
        for trial in ending:
            assert trial.ends_at
            notified += notices.trial_ends(
                trial.workspace,
                cause=str(trial.pk),
                plan=trial.plan,
                at=trial.ends_at,
                charges=False,
            )
    return notified


def notify_of_ended_grace(*, now: datetime | None = None) -> int:
    """Notify owners whose days of grace are over. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("billing clock"):
        ended = Workspace.objects.filter(
            subscription_status=SubscriptionStatus.PAST_DUE,
            past_due_since__lte=now - GRACE,
            past_due_since__gt=now - GRACE - NEWS_FOR,
        )
        notified = 0
        for workspace in ended:
            assert workspace.past_due_since
            notified += notices.queue_notice(
                workspace,
                NoticeKind.GRACE_OVER,
                cause=f"grace-over:{workspace.past_due_since.isoformat()}",
            )
    return notified
