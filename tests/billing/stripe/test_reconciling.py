"""Differences between Stripe's objects and our rows, and their repair."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from billing.models import BillingDifference, DifferenceKind, Payment
from billing.stripe import reconciliation
from core import tenancy
from tests.admin_pages import last_message_level, run_action
from tests.billing.stripe.clinic import Clinic, open_clinic, payments
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import EntitlementFactory, PaymentFactory, StaffFactory, WorkspaceFactory
from workspaces.models import Entitlement, EntitlementSource, Plan, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def find_differences() -> set[tuple[str, str]]:
    return {(each.kind, each.reference) for each in reconciliation.reconcile()}


def test_no_difference_is_found_after_all_events(clinic: Clinic) -> None:
    clinic.subscribe()
    payment = clinic.buy_pack()
    clinic.stripe.refund(payment, 500)
    clinic.receive_events()

    assert find_differences() == set()


def test_objects_of_lost_events_are_found_and_repaired(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    payment = clinic.buy_pack()
    clinic.stripe.events()  # all lost

    differences = reconciliation.reconcile()
    references = {each.reference for each in differences}
    assert {subscription, payment} <= references

    assert reconciliation.repair_all(differences) == []
    assert find_differences() == set()
    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50 + 500 + 500
    with tenancy.platform("test"):
        assert not BillingDifference.objects.open().exists()
        assert BillingDifference.objects.exists(), "they are closed, not gone"


def test_difference_found_again_is_not_stored_twice(clinic: Clinic) -> None:
    clinic.buy_pack()
    clinic.stripe.events()

    first, second = reconciliation.reconcile(), reconciliation.reconcile()

    assert [each.pk for each in first] == [each.pk for each in second]


def test_entitlement_with_another_end_is_found(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.receive_events()
    with tenancy.platform("test"):
        Entitlement.objects.filter(reference=subscription).update(
            ends_at=timezone.now() + timedelta(days=1)
        )

    assert find_differences() == {(DifferenceKind.SUBSCRIPTION, subscription)}


def test_payment_with_another_amount_is_found(clinic: Clinic) -> None:
    payment = clinic.buy_pack()
    clinic.receive_events()
    with tenancy.platform("test"):
        Payment.objects.update(amount=1)

    assert find_differences() == {(DifferenceKind.PAYMENT, payment)}


def test_customer_unknown_to_stripe_is_found(clinic: Clinic) -> None:
    WorkspaceFactory.create(stripe_customer_id="cus_invented")

    assert find_differences() == {(DifferenceKind.CUSTOMER, "cus_invented")}


def test_customer_without_a_workspace_is_found(clinic: Clinic) -> None:
    clinic.open_pack_checkout()
    customer = clinic.customer
    with tenancy.platform("test"):
        Workspace.objects.update(stripe_customer_id=None)

    assert find_differences() == {(DifferenceKind.CUSTOMER, customer)}


def test_entitlement_without_a_subscription_is_found(stripe_double: StripeDouble) -> None:
    EntitlementFactory.create(
        source=EntitlementSource.PAYMENT, plan=Plan.STARTER, reference="sub_invented"
    )

    assert find_differences() == {(DifferenceKind.SUBSCRIPTION, "sub_invented")}


def test_second_running_subscription_of_a_workspace_is_found(clinic: Clinic) -> None:
    client = clinic.stripe.client
    clinic.subscribe(Plan.STARTER)
    (price,) = client.v1.prices.list({"lookup_keys": ["starter_monthly"]}).data
    second = client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": clinic.customer,
            "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": "http://localhost:8000/",
        }
    )
    clinic.stripe.pay(second.id)
    clinic.receive_events()

    ((kind, reference),) = find_differences()
    assert (kind, reference) == (DifferenceKind.SUBSCRIPTION, clinic.subscriptions()[-1])


def test_command_lists_and_repairs_differences(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = clinic.buy_pack()
    clinic.stripe.events()

    with pytest.raises(CommandError, match="1 things differ"):
        call_command("billing", "reconcile", "--json")
    assert payment in capsys.readouterr().out

    call_command("billing", "reconcile", "--repair")
    assert "say the same" in capsys.readouterr().out
    assert clinic.credits() == 50 + 500


def test_staff_can_repair_a_difference_in_the_admin(clinic: Clinic, client: Client) -> None:
    client.force_login(StaffFactory.create())
    clinic.buy_pack()
    clinic.stripe.events()
    (difference,) = reconciliation.reconcile()

    response = run_action(client, "repair", difference)

    assert last_message_level(response) == "success"
    assert len(payments(clinic)) == 1
    assert find_differences() == set()


def test_failed_repair_returns_its_reason(stripe_double: StripeDouble) -> None:
    PaymentFactory.create()
    EntitlementFactory.create(
        source=EntitlementSource.PAYMENT, plan=Plan.STARTER, reference="sub_invented"
    )

    (failure,) = reconciliation.repair_all(reconciliation.reconcile())

    assert "no customer" in failure
