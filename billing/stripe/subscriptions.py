"""What Stripe says of a customer's subscriptions becomes rights, monthly credits and mails.

Whatever is written follows from the present state alone, so it may be written again at any time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing import credits
from billing.models import NoticeKind
from billing.stripe import notices
from billing.stripe.months import month_of
from billing.stripe.stripe_objects import Subscription
from core import audit
from workspaces.models import Entitlement, EntitlementSource, SubscriptionStatus, Workspace

GRACE = timedelta(days=7)
TRIAL_ENDS_SOON = timedelta(days=3)
LOOK_AGAIN = timedelta(hours=6)
NO_TIME = timedelta(microseconds=1)

TOLD = (
    "stripe_subscription_id",
    "subscription_status",
    "current_period_end",
    "cancel_at_period_end",
    "past_due_since",
)


def write(workspace: Workspace, found: Sequence[Subscription], *, now: datetime) -> None:
    """The caller holds the workspace's row and the platform's door."""
    for subscription in found:
        _write_right(workspace, subscription)
        if subscription.status == SubscriptionStatus.ACTIVE and subscription.is_paid:
            _give_month(workspace, subscription, now)
        _tell(workspace, subscription, now)
    _mirror(workspace, found, now=now)


def rights_until(subscription: Subscription) -> datetime | None:
    """None while it is paid."""
    ends = subscription.ends_at
    if subscription.status == SubscriptionStatus.PAST_DUE and subscription.owed:
        grace = subscription.owed.since + GRACE
        ends = min(ends, grace) if ends else grace
    return max(ends, subscription.starts_at + NO_TIME) if ends else None


def foremost(found: Sequence[Subscription]) -> Subscription | None:
    """The one that pages speak of: the newest that lives, else the newest."""
    return max(found, key=lambda each: (each.is_live, each.created, each.id), default=None)


def _write_right(workspace: Workspace, subscription: Subscription) -> None:
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


def _give_month(workspace: Workspace, subscription: Subscription, now: datetime) -> None:
    month = month_of(subscription.anchor, now)
    if month is not None:
        credits.give_month(
            workspace=workspace,
            plan=subscription.plan,
            reference=subscription.id,
            starts_at=month.starts_at,
            ends_at=month.ends_at,
            now=now,
        )


def _tell(workspace: Workspace, subscription: Subscription, now: datetime) -> None:
    owed, trial_end = subscription.owed, subscription.trial_end
    if owed and now < owed.since + GRACE:
        notices.note(
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


def _mirror(workspace: Workspace, found: Sequence[Subscription], *, now: datetime) -> None:
    """What pages, lists and the clock read without asking Stripe."""
    before = audit.snapshot(workspace, list(TOLD))
    chosen = foremost(found)
    workspace.stripe_subscription_id = chosen.id if chosen else None
    workspace.subscription_status = chosen.status if chosen else SubscriptionStatus.INACTIVE
    workspace.current_period_end = chosen.period_end if chosen else None
    workspace.cancel_at_period_end = bool(chosen and chosen.is_live and chosen.cancels)
    workspace.past_due_since = chosen.owed.since if chosen and chosen.owed else None
    workspace.credits_next_at = _next_credits(chosen, now)
    workspace.save(update_fields=[*TOLD, "credits_next_at", "updated_at"])
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
    """Once a month is paid an event says so; the clock looks again in case that one was lost."""
    if chosen is None or chosen.status != SubscriptionStatus.ACTIVE:
        return None
    month = month_of(chosen.anchor, now)
    if month is None:
        return chosen.anchor
    return month.ends_at if chosen.is_paid else now + LOOK_AGAIN
