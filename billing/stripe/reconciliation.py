"""Once a night what Stripe says is laid beside what we say. Where they differ a row says so, for
the platform's staff; to repair it is to read the thing from Stripe as an event would."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone
from stripe import StripeClient

from billing.models import BillingDifference, DifferenceKind, Payment
from billing.stripe import stripe_objects, subscriptions, sync
from billing.stripe.client import StripeFailedError, is_on, stripe_client
from billing.stripe.stripe_objects import NotUnderstoodError, Paid, Subscription
from billing.stripe.sync import NotOursError, OvertakenError
from core import tenancy
from workspaces.models import Entitlement, EntitlementSource, Workspace

log = structlog.get_logger("billing")

DOOR = "billing reconciliation"
PAYMENTS_OF = timedelta(days=7)
NOTHING = "nothing"


@dataclass(frozen=True)
class Found:
    kind: DifferenceKind
    reference: str
    customer: str
    ours: str
    theirs: str


def reconcile(*, now: datetime | None = None) -> list[BillingDifference]:
    """Compare, note what differs, close what no longer does. Those that are open."""
    now = now or timezone.now()
    if not is_on():
        return []
    found = list(differences(now))
    with tenancy.platform(DOOR):
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


def repair(difference: BillingDifference, *, now: datetime | None = None) -> None:
    """As if Stripe had told of it just now. Raises what is in the way."""
    now = now or timezone.now()
    if difference.kind == DifferenceKind.PAYMENT:
        sync.sync_payment(difference.reference, now=now)
    else:
        sync.sync_customer(difference.customer, now=now)


def repair_all(found: list[BillingDifference], *, now: datetime | None = None) -> list[str]:
    """What could not be repaired, and why."""
    failures = []
    for difference in found:
        try:
            repair(difference, now=now)
        except (StripeFailedError, NotOursError, NotUnderstoodError, OvertakenError) as why:
            failures.append(f"{difference}: {why}")
    return failures


def differences(now: datetime) -> Iterator[Found]:
    with stripe_client() as client:
        theirs, riddles = stripe_objects.all_subscriptions(client)
        customers = dict(_customers(client))
        paid = list(_payments(client, since=now - PAYMENTS_OF))
    with tenancy.platform(DOOR):
        ours = {
            workspace.stripe_customer_id: workspace
            for workspace in Workspace.objects.exclude(stripe_customer_id=None)
        }
        yield from _of_customers(ours, customers)
        yield from _of_subscriptions(ours, theirs, but={each.reference for each in riddles})
        for riddle in riddles:
            yield _subscription(riddle.reference, riddle.customer, NOTHING, str(riddle))
        yield from _of_payments(ours, paid)


def _customers(client: StripeClient) -> Iterator[tuple[str, str]]:
    """With the workspace that each names."""
    for customer in client.v1.customers.list({"limit": 100}).auto_paging_iter():
        told = customer.metadata.to_dict() if customer.metadata else {}
        yield customer.id, told.get("workspace_id", "")


def _payments(client: StripeClient, *, since: datetime) -> Iterator[Paid]:
    listed = client.v1.payment_intents.list(
        {"created": {"gte": int(since.timestamp())}, "limit": 100}
    )
    for intent in listed.auto_paging_iter():
        if paid := stripe_objects.paid(client, intent):
            yield paid


def _of_customers(ours: dict[str | None, Workspace], theirs: dict[str, str]) -> Iterator[Found]:
    for customer, workspace in ours.items():
        if customer and theirs.get(customer) != str(workspace.pk):
            said = theirs.get(customer)
            yield _customer(customer, f"workspace {workspace.pk}", said)
    for customer, named in theirs.items():
        if named and customer not in ours:
            yield _customer(customer, NOTHING, named)


def _customer(customer: str, ours: str, named: str | None) -> Found:
    said = NOTHING if named is None else f"workspace {named or '?'}"
    return Found(DifferenceKind.CUSTOMER, customer, customer, ours, said)


def _of_subscriptions(
    ours: dict[str | None, Workspace], theirs: list[Subscription], *, but: set[str]
) -> Iterator[Found]:
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
            said, says = _told_by(right), _told(each)
            if workspace is None or said != says:
                yield _subscription(each.id, customer, said, says)
        if workspace and (difference := _of_mirror(workspace, found)):
            yield difference
        living = sorted((each.created, each.id) for each in found if each.is_live)
        if len(living) > 1:
            says = ", ".join(each for _created, each in living)
            yield _subscription(living[-1][1], customer, "one subscription", says)
    for right in rights.values():
        if right.reference in but:
            continue
        yield _subscription(right.reference, "", _told_by(right), NOTHING)


def _subscription(reference: str, customer: str, ours: str, theirs: str) -> Found:
    return Found(DifferenceKind.SUBSCRIPTION, reference, customer, ours, theirs)


def _of_mirror(workspace: Workspace, found: list[Subscription]) -> Found | None:
    chosen = subscriptions.foremost(found)
    assert chosen
    said = f"{workspace.stripe_subscription_id} {workspace.subscription_status}"
    says = f"{chosen.id} {chosen.status}"
    if said == says:
        return None
    return _subscription(f"{chosen.id} on its workspace", chosen.customer, said, says)


def _told(subscription: Subscription) -> str:
    if not subscription.has_begun:
        return NOTHING
    return f"{subscription.plan} until {subscriptions.rights_until(subscription)}"


def _told_by(right: Entitlement | None) -> str:
    return f"{right.plan} until {right.ends_at}" if right else NOTHING


def _of_payments(ours: dict[str | None, Workspace], theirs: list[Paid]) -> Iterator[Found]:
    known = Payment.objects.in_bulk([each.id for each in theirs], field_name="payment_intent")
    for each in theirs:
        payment = known.get(each.id)
        says = f"{each.amount} {each.currency}, {each.refunded} refunded, {each.disputed} disputed"
        said = (
            f"{payment.amount} {payment.currency}, {payment.refunded} refunded,"
            f" {payment.disputed} disputed"
            if payment
            else NOTHING
        )
        if said != says or each.customer not in ours:
            yield Found(DifferenceKind.PAYMENT, each.id, each.customer, said, says)
