"""The kinds of Stripe events that we process. Events of other kinds are only stored."""

OF_SUBSCRIPTIONS = {
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "invoice.marked_uncollectible",
}
OF_PAYMENTS = {
    "payment_intent.succeeded",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
}
OF_BOTH = {
    "invoice.paid",
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
}
KNOWN = OF_SUBSCRIPTIONS | OF_PAYMENTS | OF_BOTH
