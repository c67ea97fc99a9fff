"""The states of a subscription: Stripe's, ours, and which of them count as what."""

from workspaces.models import SubscriptionStatus

# Stripe's statuses and ours. `unpaid` comes after Stripe's last attempt to charge.
STATUSES = {
    "trialing": SubscriptionStatus.TRIALING,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.PAST_DUE,
    "canceled": SubscriptionStatus.CANCELLED,
    "incomplete": SubscriptionStatus.INACTIVE,
    "incomplete_expired": SubscriptionStatus.INACTIVE,
    "paused": SubscriptionStatus.INACTIVE,
}

# The clinic has its plan from the subscription. While a payment is overdue, it has a grace period.
LIVE = frozenset(
    {SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE}
)

# Of Stripe's own: the subscription may charge, now or when it goes on, so that a clinic must change
# this one and not buy a second. A paused one does not give a plan, but it is one of these.
MAY_CHARGE = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})
