"""What time alone brings: another month's credits, a trial's last days, the end of the grace."""

from datetime import datetime

import structlog
from django.utils import timezone

from billing.models import NoticeKind
from billing.stripe import notices, sync
from billing.stripe.client import StripeAwayError, is_on
from billing.stripe.subscriptions import GRACE, TRIAL_ENDS_SOON
from core import tenancy
from workspaces.models import Entitlement, EntitlementSource, SubscriptionStatus, Workspace

log = structlog.get_logger("billing")

# The twelfth of a year, and a month whose event was lost: Stripe says whether it is paid.
AT_ONCE = 200
NEWS_FOR = TRIAL_ENDS_SOON
PAYING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING, SubscriptionStatus.PAST_DUE)


def give_months(*, now: datetime | None = None) -> int:
    """How many workspaces were looked at."""
    now = now or timezone.now()
    if not is_on():
        return 0
    with tenancy.platform("billing clock"):
        due = list(
            Workspace.objects.filter(credits_next_at__lte=now, stripe_customer_id__isnull=False)
            .order_by("credits_next_at")
            .values_list("stripe_customer_id", flat=True)[:AT_ONCE]
        )
    for customer in due:
        try:
            sync.sync_customer(str(customer), now=now)
        except StripeAwayError:
            break
        except Exception:  # one clinic's trouble must not keep the others waiting
            log.exception("month_not_given", customer=customer)
    return len(due)


def warn_of_trials(*, now: datetime | None = None) -> int:
    """Who tries everything and pays for nothing hears of the end three days before."""
    now = now or timezone.now()
    with tenancy.platform("billing clock"):
        ending = (
            Entitlement.objects.filter(
                source=EntitlementSource.TRIAL, ends_at__gt=now, ends_at__lte=now + TRIAL_ENDS_SOON
            )
            .exclude(workspace__subscription_status__in=PAYING)
            .select_related("workspace")
        )
        told = 0
        for trial in ending:
            assert trial.ends_at
            told += notices.trial_ends(
                trial.workspace,
                cause=str(trial.pk),
                plan=trial.plan,
                at=trial.ends_at,
                charges=False,
            )
    return told


def tell_of_ended_grace(*, now: datetime | None = None) -> int:
    """The rights ended by themselves; the owners hear of it."""
    now = now or timezone.now()
    with tenancy.platform("billing clock"):
        over = Workspace.objects.filter(
            subscription_status=SubscriptionStatus.PAST_DUE,
            past_due_since__lte=now - GRACE,
            past_due_since__gt=now - GRACE - NEWS_FOR,
        )
        told = 0
        for workspace in over:
            assert workspace.past_due_since
            told += notices.note(
                workspace,
                NoticeKind.GRACE_OVER,
                cause=f"grace-over:{workspace.past_due_since.isoformat()}",
            )
    return told
