"""What Stripe says beside what we say, and how the two come together again."""

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


def found() -> set[tuple[str, str]]:
    return {(each.kind, each.reference) for each in reconciliation.reconcile()}


def test_whoever_heard_everything_says_the_same(clinic: Clinic) -> None:
    clinic.subscribe()
    payment = clinic.buy_pack()
    clinic.stripe.refund(payment, 500)
    clinic.hear()

    assert found() == set()


def test_what_was_never_heard_is_found_and_repaired(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    payment = clinic.buy_pack()
    clinic.stripe.events()  # all lost

    differences = reconciliation.reconcile()
    references = {each.reference for each in differences}
    assert {subscription, payment} <= references

    assert reconciliation.repair_all(differences) == []
    assert found() == set()
    assert clinic.plan() == Plan.STARTER
    assert clinic.credits() == 50 + 500 + 500
    with tenancy.platform("test"):
        assert not BillingDifference.objects.open().exists()
        assert BillingDifference.objects.exists(), "they are closed, not gone"


def test_a_difference_that_stays_is_one(clinic: Clinic) -> None:
    clinic.buy_pack()
    clinic.stripe.events()

    first, second = reconciliation.reconcile(), reconciliation.reconcile()

    assert [each.pk for each in first] == [each.pk for each in second]


def test_a_right_that_ended_differently_is_found(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.hear()
    with tenancy.platform("test"):
        Entitlement.objects.filter(reference=subscription).update(
            ends_at=timezone.now() + timedelta(days=1)
        )

    assert found() == {(DifferenceKind.SUBSCRIPTION, subscription)}


def test_a_payment_with_another_amount_is_found(clinic: Clinic) -> None:
    payment = clinic.buy_pack()
    clinic.hear()
    with tenancy.platform("test"):
        Payment.objects.update(amount=1)

    assert found() == {(DifferenceKind.PAYMENT, payment)}


def test_a_customer_that_stripe_does_not_know_is_found(clinic: Clinic) -> None:
    WorkspaceFactory.create(stripe_customer_id="cus_invented")

    assert found() == {(DifferenceKind.CUSTOMER, "cus_invented")}


def test_a_customer_of_nobody_is_found(clinic: Clinic) -> None:
    clinic.page_for_pack()
    customer = clinic.customer
    with tenancy.platform("test"):
        Workspace.objects.update(stripe_customer_id=None)

    assert found() == {(DifferenceKind.CUSTOMER, customer)}


def test_a_right_that_nobody_pays_for_is_found(stripe_double: StripeDouble) -> None:
    EntitlementFactory.create(
        source=EntitlementSource.PAYMENT, plan=Plan.STARTER, reference="sub_invented"
    )

    assert found() == {(DifferenceKind.SUBSCRIPTION, "sub_invented")}


def test_two_living_subscriptions_of_one_workspace_are_told(clinic: Clinic) -> None:
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
    clinic.hear()

    ((kind, reference),) = found()
    assert (kind, reference) == (DifferenceKind.SUBSCRIPTION, clinic.subscriptions()[-1])


def test_the_command_says_what_differs_and_repairs_it(
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


def test_staff_repair_it_in_the_admin(clinic: Clinic, client: Client) -> None:
    client.force_login(StaffFactory.create())
    clinic.buy_pack()
    clinic.stripe.events()
    (difference,) = reconciliation.reconcile()

    response = run_action(client, "repair", difference)

    assert last_message_level(response) == "success"
    assert len(payments(clinic)) == 1
    assert found() == set()


def test_what_cannot_be_repaired_says_why(stripe_double: StripeDouble) -> None:
    PaymentFactory.create()
    EntitlementFactory.create(
        source=EntitlementSource.PAYMENT, plan=Plan.STARTER, reference="sub_invented"
    )

    (failure,) = reconciliation.repair_all(reconciliation.reconcile())

    assert "no customer" in failure
