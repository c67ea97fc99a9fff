"""Compare Stripe's data with ours every night, and write a row for each difference.

The platform's staff see the rows. Repairing one reads the object from Stripe, as an event does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.utils import timezone
from stripe import StripeClient

from billing.models import BillingDifference, DifferenceKind, Payment
from billing.stripe import stripe_objects, subscriptions, sync
from billing.stripe.client import StripeFailedError, is_on, stripe_client
from billing.stripe.stripe_objects import NotUnderstoodError, StripePayment, Subscription
from billing.stripe.sync import NotOursError, OvertakenError
from core import tenancy
from workspaces.models import Entitlement, EntitlementSource, Workspace

log = structlog.get_logger("billing")

PLATFORM_REASON = "billing reconciliation"
PAYMENTS_SINCE = timedelta(days=7)
ABSENT = "nothing"
MAX_STATE = 200


@dataclass(frozen=True)
class Difference:
    kind: DifferenceKind
    reference: str
    customer: str
    ours: str
    theirs: str


def reconcile(*, now: datetime | None = None) -> list[BillingDifference]:
    """Compare, write what differs, close what no longer does. Return the open differences."""
    now = now or timezone.now()
    if not is_on():
        return []
    differences = list(find_differences(now))
    if differences:
        log.error("billing_differs", differences=len(differences))
    with tenancy.platform(PLATFORM_REASON):
        _store_differences(differences, now)
        return list(BillingDifference.objects.open().order_by("id"))


def _store_differences(differences: Iterable[Difference], now: datetime) -> None:
    """Write a row for each difference, once, and close the rows of those that are gone."""
    open_rows = {(row.kind, row.reference): row for row in BillingDifference.objects.open()}
    for found in differences:
        row = open_rows.pop((found.kind, found.reference), None) or BillingDifference(
            kind=found.kind, reference=found.reference
        )
        row.customer = found.customer
        row.ours, row.theirs = found.ours[:MAX_STATE], found.theirs[:MAX_STATE]
        row.seen_at = now
        row.save()
    for row in open_rows.values():
        row.close(now)


def repair_difference(difference: BillingDifference, *, now: datetime | None = None) -> None:
    """Read the object from Stripe as an event would. Raise what prevents it."""
    now = now or timezone.now()
    if difference.kind == DifferenceKind.PAYMENT:
        sync.sync_payment(difference.reference, now=now)
    else:
        sync.sync_customer(difference.customer, now=now)


def repair_all(found: list[BillingDifference], *, now: datetime | None = None) -> list[str]:
    """Repair all. Return a line for each that could not be repaired."""
    failures = []
    for difference in found:
        try:
            repair_difference(difference, now=now)
        except (StripeFailedError, NotOursError, NotUnderstoodError, OvertakenError) as why:
            failures.append(f"{difference}: {why}")
    return failures


def find_differences(now: datetime) -> Iterator[Difference]:
    """Read everything from Stripe first, so that no transaction is open while we wait for it."""
    with stripe_client() as client:
        theirs, errors = stripe_objects.list_all_subscriptions(client)
        customers = dict(_list_customers(client))
        paid = list(_list_payments(client, since=now - PAYMENTS_SINCE))
    with tenancy.platform(PLATFORM_REASON):
        ours = {
            workspace.stripe_customer_id: workspace
            for workspace in Workspace.objects.exclude(stripe_customer_id=None)
        }
        yield from _compare_customers(ours, customers)
        yield from _compare_subscriptions(
            ours, theirs, unreadable={each.reference for each in errors}
        )
        for error in errors:
            yield _subscription_difference(error.reference, error.customer, ABSENT, str(error))
        yield from _compare_payments(ours, paid)


def _list_customers(client: StripeClient) -> Iterator[tuple[str, str]]:
    """Yield the id of each customer with the id of the workspace that its metadata names."""
    for customer in client.v1.customers.list({"limit": 100}).auto_paging_iter():
        metadata = customer.metadata.to_dict() if customer.metadata else {}
        yield customer.id, metadata.get("workspace_id", "")


def _list_payments(client: StripeClient, *, since: datetime) -> Iterator[StripePayment]:
    listed = client.v1.payment_intents.list(
        {"created": {"gte": int(since.timestamp())}, "limit": 100}
    )
    for intent in listed.auto_paging_iter():
        if paid := stripe_objects.payment_from_intent(client, intent):
            yield paid


def _compare_customers(
    ours: dict[str | None, Workspace], theirs: dict[str, str]
) -> Iterator[Difference]:
    for customer, workspace in ours.items():
        if customer and theirs.get(customer) != str(workspace.pk):
            yield _customer_difference(customer, f"workspace {workspace.pk}", theirs.get(customer))
    for customer, named in theirs.items():
        if named and customer not in ours:
            yield _customer_difference(customer, ABSENT, named)


def _customer_difference(customer: str, ours: str, named: str | None) -> Difference:
    """Describe a customer that names another workspace, none (""), or is unknown there (None)."""
    their_state = ABSENT if named is None else f"workspace {named or '?'}"
    return Difference(DifferenceKind.CUSTOMER, customer, customer, ours, their_state)


def _compare_subscriptions(
    ours: dict[str | None, Workspace], theirs: list[Subscription], *, unreadable: set[str]
) -> Iterator[Difference]:
    """Compare each subscription with the entitlement that it gives, in both directions."""
    entitlements = _paid_entitlements()
    by_customer: dict[str, list[Subscription]] = defaultdict(list)
    for subscription in theirs:
        by_customer[subscription.customer].append(subscription)
    for customer, subscriptions_there in by_customer.items():
        workspace = ours.get(customer)
        for each in subscriptions_there:
            given = entitlements.pop((workspace.pk, each.id), None) if workspace else None
            our_state, their_state = _describe_entitlement(given), _describe_subscription(each)
            if workspace is None or our_state != their_state:
                yield _subscription_difference(each.id, customer, our_state, their_state)
        if workspace and (difference := _compare_mirror(workspace, subscriptions_there)):
            yield difference
        yield from _find_double_subscription(customer, subscriptions_there)
    for left in entitlements.values():
        if left.reference not in unreadable:
            yield _subscription_difference(left.reference, "", _describe_entitlement(left), ABSENT)


def _paid_entitlements() -> dict[tuple[UUID, str], Entitlement]:
    """Return the entitlements that subscriptions have given, by workspace and subscription."""
    rows = Entitlement.objects.filter(source=EntitlementSource.PAYMENT).exclude(reference="")
    return {(row.workspace_id, row.reference): row for row in rows}


def _find_double_subscription(
    customer: str, theirs: Iterable[Subscription]
) -> Iterator[Difference]:
    """Yield a difference if a customer pays more than one subscription. The newest is named."""
    running = sorted((each.created, each.id) for each in theirs if each.is_live)
    if len(running) > 1:
        their_state = ", ".join(id_ for _created, id_ in running)
        yield _subscription_difference(running[-1][1], customer, "one subscription", their_state)


def _subscription_difference(reference: str, customer: str, ours: str, theirs: str) -> Difference:
    return Difference(DifferenceKind.SUBSCRIPTION, reference, customer, ours, theirs)


def _compare_mirror(workspace: Workspace, found: list[Subscription]) -> Difference | None:
    """Compare the customer's main subscription with the copy of its state on the workspace."""
    chosen = subscriptions.main_subscription(found)
    assert chosen
    our_state = f"{workspace.stripe_subscription_id} {workspace.subscription_status}"
    their_state = f"{chosen.id} {chosen.status}"
    if our_state == their_state:
        return None
    return _subscription_difference(
        f"{chosen.id} on its workspace", chosen.customer, our_state, their_state
    )


def _describe_subscription(subscription: Subscription) -> str:
    if not subscription.has_begun:
        return ABSENT
    return f"{subscription.plan} until {subscriptions.rights_until(subscription)}"


def _describe_entitlement(right: Entitlement | None) -> str:
    return f"{right.plan} until {right.ends_at}" if right else ABSENT


def _compare_payments(
    ours: dict[str | None, Workspace], theirs: list[StripePayment]
) -> Iterator[Difference]:
    known = Payment.objects.in_bulk([each.id for each in theirs], field_name="payment_intent")
    for each in theirs:
        our_state, their_state = _describe_payment(known.get(each.id)), _describe_payment(each)
        if our_state != their_state or each.customer not in ours:
            yield Difference(DifferenceKind.PAYMENT, each.id, each.customer, our_state, their_state)


def _describe_payment(payment: Payment | StripePayment | None) -> str:
    if payment is None:
        return ABSENT
    return (
        f"{payment.amount} {payment.currency}, {payment.refunded} refunded,"
        f" {payment.disputed} disputed"
    )
