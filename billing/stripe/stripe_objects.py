"""Read subscriptions and payments from Stripe and convert them to our own types.

They are read anew for each event: the object in an event may be out of date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from stripe import Invoice, PaymentIntent, Price, StripeClient
from stripe import Subscription as StripeSubscription

from billing.stripe.client import id_of
from billing.stripe.subscription_states import LIVE, STATUSES
from workspaces import plans
from workspaces.models import Plan, SubscriptionStatus

REFUND_WITHOUT_EFFECT = {"failed", "canceled"}
DISPUTE_WITH_EFFECT = {"needs_response", "under_review", "lost"}
PAGE_SIZE = 100


class NotUnderstoodError(Exception):
    """Stripe's answer has a status or a price that we do not know."""

    def __init__(self, why: str, *, reference: str = "", customer: str = "") -> None:
        super().__init__(why)
        self.reference, self.customer = reference, customer


@dataclass(frozen=True)
class UnpaidInvoice:
    """The oldest unpaid invoice of a subscription."""

    invoice: str
    since: datetime
    amount: int
    currency: str


@dataclass(frozen=True)
class Subscription:
    id: str
    customer: str
    workspace: str
    plan: Plan
    status: SubscriptionStatus
    has_begun: bool
    created: datetime
    starts_at: datetime
    period_end: datetime
    ends_at: datetime | None  # if it is known that it ends
    cancels: bool
    trial_end: datetime | None
    is_paid: bool
    owed: UnpaidInvoice | None

    @property
    def billing_anchor(self) -> datetime:
        """When paying begins."""
        return self.trial_end or self.starts_at

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


@dataclass(frozen=True)
class ReturnedMoney:
    """A refund, or a dispute."""

    id: str
    amount: int
    at: datetime
    has_effect: bool


@dataclass(frozen=True)
class StripePayment:
    """A successful payment, what it was for, and how much of it went back."""

    id: str
    customer: str
    workspace: str
    amount: int
    currency: str
    at: datetime
    credits: int
    invoice: str
    subscription: Subscription | None
    customer_subscriptions: tuple[
        Subscription, ...
    ]  # all of the customer's, where it paid for one of them
    covered_period: tuple[datetime, datetime] | None
    is_change: bool
    refunds: tuple[ReturnedMoney, ...]
    disputes: tuple[ReturnedMoney, ...]

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds if refund.has_effect)

    @property
    def disputed(self) -> int:
        return sum(dispute.amount for dispute in self.disputes if dispute.has_effect)


def list_subscriptions(client: StripeClient, customer: str) -> list[Subscription]:
    """Return all subscriptions that the customer ever had, the oldest first."""
    listed = client.v1.subscriptions.list(
        {
            "customer": customer,
            "status": "all",
            "limit": PAGE_SIZE,
            "expand": ["data.latest_invoice"],
        }
    )
    found = [_subscription(client, each) for each in listed.auto_paging_iter()]
    return sorted(found, key=lambda each: (each.created, each.id))


def list_all_subscriptions(
    client: StripeClient,
) -> tuple[list[Subscription], list[NotUnderstoodError]]:
    """Return the subscriptions of all customers, and an error for each that is not understood."""
    listed = client.v1.subscriptions.list(
        {"status": "all", "limit": PAGE_SIZE, "expand": ["data.latest_invoice"]}
    )
    understood, errors = [], []
    for each in listed.auto_paging_iter():
        try:
            understood.append(_subscription(client, each))
        except NotUnderstoodError as error:
            errors.append(error)
    return understood, errors


def read_payment(client: StripeClient, payment_intent: str) -> StripePayment | None:
    """Return None while nothing was paid."""
    return payment_from_intent(client, client.v1.payment_intents.retrieve(payment_intent))


def list_payments_of_invoice(client: StripeClient, invoice: str) -> list[str]:
    listed = client.v1.invoice_payments.list({"invoice": invoice, "limit": PAGE_SIZE})
    ids = (id_of(each.payment.payment_intent) for each in listed.auto_paging_iter())
    return [each for each in ids if each]


def payment_from_intent(client: StripeClient, intent: PaymentIntent) -> StripePayment | None:
    if intent.status != "succeeded":
        return None
    metadata = intent.metadata.to_dict()
    invoice = _invoice_of(client, intent.id)
    siblings = _subscriptions_of_customer(client, invoice)
    subscription = siblings.get(_subscription_named(invoice))
    return StripePayment(
        id=intent.id,
        customer=id_of(intent.customer),
        workspace=metadata.get("workspace_id", ""),
        amount=intent.amount_received,
        currency=intent.currency,
        at=_to_datetime(intent.created),
        credits=int(metadata.get("credits", 0)),
        invoice=invoice.id if invoice else "",
        subscription=subscription,
        customer_subscriptions=tuple(siblings.values()),
        covered_period=_covered_period(invoice) if invoice and subscription else None,
        is_change=bool(invoice and invoice.billing_reason == "subscription_update"),
        refunds=_refunds(client, intent.id),
        disputes=_disputes(client, intent.id),
    )


def _subscription(client: StripeClient, theirs: StripeSubscription) -> Subscription:
    item, latest = theirs["items"].data[0], theirs.latest_invoice
    status, plan = STATUSES.get(theirs.status), _plan_of(item.price)
    if status is None or plan is None:
        raise NotUnderstoodError(
            f"a subscription that is {theirs.status}, at the price {item.price.id}",
            reference=theirs.id,
            customer=id_of(theirs.customer),
        )
    is_past_due = status == SubscriptionStatus.PAST_DUE
    return Subscription(
        id=theirs.id,
        customer=id_of(theirs.customer),
        workspace=theirs.metadata.to_dict().get("workspace_id", ""),
        plan=plan,
        status=status,
        has_begun=theirs.status not in ("incomplete", "incomplete_expired"),
        created=_to_datetime(theirs.created),
        starts_at=_to_datetime(theirs.start_date),
        period_end=_to_datetime(item.current_period_end),
        ends_at=_ends_at(theirs, item.current_period_end),
        cancels=theirs.cancel_at_period_end or theirs.cancel_at is not None,
        trial_end=_to_datetime(theirs.trial_end) if theirs.trial_end else None,
        is_paid=isinstance(latest, Invoice) and latest.status == "paid",
        owed=_unpaid_invoice(client, theirs, item.current_period_start) if is_past_due else None,
    )


def _plan_of(price: Price) -> Plan | None:
    named = price.metadata.to_dict().get("plan", "")
    return Plan(named) if named in Plan.values else plans.plan_of_price(price.lookup_key or "")


def _ends_at(theirs: StripeSubscription, period_end: int) -> datetime | None:
    if theirs.ended_at:
        return _to_datetime(theirs.ended_at)
    if theirs.status == "paused":  # the trial ended without a card
        return _to_datetime(theirs.trial_end or period_end)
    if theirs.cancel_at:
        return _to_datetime(theirs.cancel_at)
    return _to_datetime(period_end) if theirs.cancel_at_period_end else None


def _unpaid_invoice(
    client: StripeClient, theirs: StripeSubscription, period_start: int
) -> UnpaidInvoice:
    listed = client.v1.invoices.list(
        {"subscription": theirs.id, "status": "open", "limit": PAGE_SIZE}
    ).data
    if not listed:  # Stripe has stopped charging and marked them uncollectible
        return UnpaidInvoice(
            id_of(theirs.latest_invoice), _to_datetime(period_start), 0, theirs.currency
        )
    oldest = min(listed, key=lambda invoice: (invoice.created, invoice.id))
    since = oldest.status_transitions.finalized_at or oldest.created
    return UnpaidInvoice(oldest.id, _to_datetime(since), oldest.amount_due, oldest.currency)


def _invoice_of(client: StripeClient, payment_intent: str) -> Invoice | None:
    listed = client.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": payment_intent},
            "expand": ["data.invoice"],
        }
    ).data
    found = [each.invoice for each in listed if isinstance(each.invoice, Invoice)]
    return found[0] if found else None


def _subscriptions_of_customer(
    client: StripeClient, invoice: Invoice | None
) -> dict[str, Subscription]:
    if invoice is None or not _subscription_named(invoice):
        return {}
    return {each.id: each for each in list_subscriptions(client, id_of(invoice.customer))}


def _subscription_named(invoice: Invoice | None) -> str:
    details = invoice.parent.subscription_details if invoice and invoice.parent else None
    return id_of(details.subscription) if details else ""


def _covered_period(invoice: Invoice) -> tuple[datetime, datetime]:
    periods = [line.period for line in invoice.lines.data]
    if not periods:
        return _to_datetime(invoice.period_start), _to_datetime(invoice.period_end)
    return (
        _to_datetime(min(period.start for period in periods)),
        _to_datetime(max(period.end for period in periods)),
    )


def _refunds(client: StripeClient, payment_intent: str) -> tuple[ReturnedMoney, ...]:
    listed = client.v1.refunds.list({"payment_intent": payment_intent, "limit": PAGE_SIZE})
    return _in_order(
        ReturnedMoney(
            each.id,
            each.amount,
            _to_datetime(each.created),
            each.status not in REFUND_WITHOUT_EFFECT,
        )
        for each in listed.auto_paging_iter()
    )


def _disputes(client: StripeClient, payment_intent: str) -> tuple[ReturnedMoney, ...]:
    listed = client.v1.disputes.list({"payment_intent": payment_intent, "limit": PAGE_SIZE})
    return _in_order(
        ReturnedMoney(
            each.id, each.amount, _to_datetime(each.created), each.status in DISPUTE_WITH_EFFECT
        )
        for each in listed.auto_paging_iter()
    )


def _in_order(found: Iterator[ReturnedMoney]) -> tuple[ReturnedMoney, ...]:
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def _to_datetime(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
