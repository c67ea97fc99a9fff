"""Write a customer's subscriptions as entitlements, monthly credits and notices.

Everything written follows from the current state only, so it may be written again at any time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing import credits
from billing.models import NoticeKind
from billing.months import month_of
from billing.stripe import notices
from billing.stripe.stripe_objects import Subscription
from core import audit
from workspaces.models import Entitlement, EntitlementSource, SubscriptionStatus, Workspace

GRACE = timedelta(days=7)
TRIAL_ENDS_SOON = timedelta(days=3)
READ_AGAIN = timedelta(hours=6)
SHORTEST = timedelta(microseconds=1)

MIRRORED = (
    "stripe_subscription_id",
    "subscription_status",
    "current_period_end",
    "cancel_at_period_end",
    "past_due_since",
)


def write_subscriptions(
    workspace: Workspace, found: Sequence[Subscription], *, now: datetime
) -> None:
    """Write all of them. The caller holds the workspace's lock and platform access."""
    for subscription in found:
        _write_entitlement(workspace, subscription)
        if subscription.status == SubscriptionStatus.ACTIVE and subscription.is_paid:
            _grant_month(workspace, subscription, now)
        _notify(workspace, subscription, now)
    _copy_to_workspace(workspace, found, now=now)


def rights_until(subscription: Subscription) -> datetime | None:
    """Return when the rights end, or None while it is paid."""
    ends = subscription.ends_at
    if subscription.status == SubscriptionStatus.PAST_DUE and subscription.owed:
        grace = subscription.owed.since + GRACE
        ends = min(ends, grace) if ends else grace
    return max(ends, subscription.starts_at + SHORTEST) if ends else None


def main_subscription(found: Sequence[Subscription]) -> Subscription | None:
    """Return the subscription that pages show: the newest that runs, or else the newest."""
    return max(found, key=lambda each: (each.is_live, each.created, each.id), default=None)


def _write_entitlement(workspace: Workspace, subscription: Subscription) -> None:
    if not subscription.has_begun:
        Entitlement.objects.filter(workspace=workspace, reference=subscription.id).delete()
        return
    Entitlement.objects.update_or_create(
        workspace=workspace,
        reference=subscription.id,
        defaults={
            "source": EntitlementSource.PAYMENT,
            "plan": subscription.plan,
            "starts_at": subscription.starts_at,
            "ends_at": rights_until(subscription),
        },
    )


def _grant_month(workspace: Workspace, subscription: Subscription, now: datetime) -> None:
    month = month_of(subscription.billing_anchor, now)
    if month is not None:
        credits.grant_monthly_credits(
            workspace=workspace,
            plan=subscription.plan,
            reference=subscription.id,
            starts_at=month.starts_at,
            ends_at=month.ends_at,
            now=now,
        )


def _notify(workspace: Workspace, subscription: Subscription, now: datetime) -> None:
    owed, trial_end = subscription.owed, subscription.trial_end
    if owed and now < owed.since + GRACE:
        notices.queue_notice(
            workspace,
            NoticeKind.PAYMENT_FAILED,
            cause=f"failed:{owed.invoice}",
            amount=owed.amount,
            currency=owed.currency,
            until=(owed.since + GRACE).isoformat(),
        )
    is_trial = subscription.status == SubscriptionStatus.TRIALING and not subscription.cancels
    if is_trial and trial_end and now < trial_end <= now + TRIAL_ENDS_SOON:
        notices.trial_ends(
            workspace, cause=subscription.id, plan=subscription.plan, at=trial_end, charges=True
        )


def _copy_to_workspace(
    workspace: Workspace, found: Sequence[Subscription], *, now: datetime
) -> None:
    """Copy to the workspace what pages, lists and tasks read without asking Stripe."""
    before = audit.snapshot(workspace, list(MIRRORED))
    chosen = main_subscription(found)
    workspace.stripe_subscription_id = chosen.id if chosen else None
    workspace.subscription_status = chosen.status if chosen else SubscriptionStatus.INACTIVE
    workspace.current_period_end = chosen.period_end if chosen else None
    workspace.cancel_at_period_end = bool(chosen and chosen.is_live and chosen.cancels)
    workspace.past_due_since = chosen.owed.since if chosen and chosen.owed else None
    workspace.credits_next_at = _next_credits(chosen, now)
    workspace.save(update_fields=[*MIRRORED, "credits_next_at", "updated_at"])
    old, new = audit.changed_values(workspace, before)
    if new:
        audit.record(
            "subscription.change",
            workspace,
            by=None,
            workspace_id=workspace.pk,
            name=str(chosen.plan.label) if chosen else "",
            old=old,
            new=new,
        )


def _next_credits(chosen: Subscription | None, now: datetime) -> datetime | None:
    """When to read the subscription again for its credits.

    An event says that a month is paid. It is read again some hours later in case that was lost.
    """
    if chosen is None or chosen.status != SubscriptionStatus.ACTIVE:
        return None
    month = month_of(chosen.billing_anchor, now)
    if month is None:
        return chosen.billing_anchor
    return month.ends_at if chosen.is_paid else now + READ_AGAIN
