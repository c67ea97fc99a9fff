"""Compare Stripe's data with ours every night, and write a row for each difference.

The platform's staff see the rows. Repairing one reads the object from Stripe, as an event does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

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
NOTHING = "nothing"


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
    found = list(find_differences(now))
    with tenancy.platform(PLATFORM_REASON):
        open_ones = {(each.kind, each.reference): each for each in BillingDifference.objects.open()}
        for each in found:
            known = open_ones.pop((each.kind, each.reference), None)
            row = known or BillingDifference(kind=each.kind, reference=each.reference)
            row.customer, row.ours, row.theirs = each.customer, each.ours[:200], each.theirs[:200]
            row.seen_at = now
            row.save()
        for gone in open_ones.values():
            gone.close(now)
        if found:
            log.error("billing_differs", differences=len(found))
        return list(BillingDifference.objects.open().order_by("id"))


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
    with stripe_client() as client:
        theirs, errors = stripe_objects.list_all_subscriptions(client)
        customers = dict(_customers(client))
        paid = list(_payments(client, since=now - PAYMENTS_SINCE))
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
            yield _subscription(error.reference, error.customer, NOTHING, str(error))
        yield from _compare_payments(ours, paid)


def _customers(client: StripeClient) -> Iterator[tuple[str, str]]:
    """Each customer with the workspace that its metadata names."""
    for customer in client.v1.customers.list({"limit": 100}).auto_paging_iter():
        metadata = customer.metadata.to_dict() if customer.metadata else {}
        yield customer.id, metadata.get("workspace_id", "")


def _payments(client: StripeClient, *, since: datetime) -> Iterator[StripePayment]:
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
            yield _customer(customer, f"workspace {workspace.pk}", theirs.get(customer))
    for customer, named in theirs.items():
        if named and customer not in ours:
            yield _customer(customer, NOTHING, named)


def _customer(customer: str, ours: str, named: str | None) -> Difference:
    their_state = NOTHING if named is None else f"workspace {named or '?'}"
    return Difference(DifferenceKind.CUSTOMER, customer, customer, ours, their_state)


def _compare_subscriptions(
    ours: dict[str | None, Workspace], theirs: list[Subscription], *, unreadable: set[str]
) -> Iterator[Difference]:
    rights = {
        (right.workspace_id, right.reference): right
        for right in Entitlement.objects.filter(source=EntitlementSource.PAYMENT).exclude(
            reference=""
        )
    }
    by_customer: dict[str, list[Subscription]] = {}
    for each in theirs:
        by_customer.setdefault(each.customer, []).append(each)
    for customer, found in by_customer.items():
        workspace = ours.get(customer)
        for each in found:
            right = rights.pop((workspace.pk, each.id), None) if workspace else None
            our_state, their_state = _describe_entitlement(right), _describe_subscription(each)
            if workspace is None or our_state != their_state:
                yield _subscription(each.id, customer, our_state, their_state)
        if workspace and (difference := _compare_mirror(workspace, found)):
            yield difference
        running = sorted((each.created, each.id) for each in found if each.is_live)
        if len(running) > 1:
            their_state = ", ".join(each for _created, each in running)
            yield _subscription(running[-1][1], customer, "one subscription", their_state)
    for right in rights.values():
        if right.reference in unreadable:
            continue
        yield _subscription(right.reference, "", _describe_entitlement(right), NOTHING)


def _subscription(reference: str, customer: str, ours: str, theirs: str) -> Difference:
    return Difference(DifferenceKind.SUBSCRIPTION, reference, customer, ours, theirs)


def _compare_mirror(workspace: Workspace, found: list[Subscription]) -> Difference | None:
    chosen = subscriptions.main_subscription(found)
    assert chosen
    our_state = f"{workspace.stripe_subscription_id} {workspace.subscription_status}"
    their_state = f"{chosen.id} {chosen.status}"
    if our_state == their_state:
        return None
    return _subscription(f"{chosen.id} on its workspace", chosen.customer, our_state, their_state)


def _describe_subscription(subscription: Subscription) -> str:
    if not subscription.has_begun:
        return NOTHING
    return f"{subscription.plan} until {subscriptions.rights_until(subscription)}"


def _describe_entitlement(right: Entitlement | None) -> str:
    return f"{right.plan} until {right.ends_at}" if right else NOTHING


def _compare_payments(
    ours: dict[str | None, Workspace], theirs: list[StripePayment]
) -> Iterator[Difference]:
    known = Payment.objects.in_bulk([each.id for each in theirs], field_name="payment_intent")
    for each in theirs:
        payment = known.get(each.id)
        their_state = (
            f"{each.amount} {each.currency}, {each.refunded} refunded, {each.disputed} disputed"
        )
        our_state = (
            f"{payment.amount} {payment.currency}, {payment.refunded} refunded,"
            f" {payment.disputed} disputed"
            if payment
            else NOTHING
        )
        if our_state != their_state or each.customer not in ours:
            yield Difference(DifferenceKind.PAYMENT, each.id, each.customer, our_state, their_state)
