"""Opening Stripe's pages for plans, packs and the portal, and the errors when that fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test.utils import override_settings
from django.utils import translation
from stripe import HTTPClient

from billing.stripe import invoices, portal, prices
from billing.stripe.client import StripeAwayError
from core import tenancy
from core.errors import ProblemError
from tests.billing.stripe.clinic import Clinic, open_clinic
from tests.concurrency import run_concurrently
from tests.dev.doubles.stripe.stage import StripeDouble
from workspaces import plans
from workspaces.models import Plan, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_pause_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def count_customers(clinic: Clinic) -> int:
    return len(clinic.stripe.client.v1.customers.list({"limit": 100}).data)


def open_portal(clinic: Clinic) -> str:
    with tenancy.within(clinic.workspace.pk):
        return portal.open_portal(workspace=clinic.workspace, by=clinic.owner)


def test_plan_and_pack_pages_share_one_customer_with_the_workspace_name(clinic: Clinic) -> None:
    clinic.open_checkout(Plan.STARTER)
    clinic.open_pack_checkout()

    assert count_customers(clinic) == 1
    customer = clinic.stripe.client.v1.customers.retrieve(clinic.customer)
    assert (customer.name, customer.email) == (clinic.workspace.name, clinic.owner.email)
    assert customer.metadata
    assert customer.metadata.to_dict() == {"workspace_id": str(clinic.workspace.pk)}


@pytest.mark.parametrize("language", ["es", "en"])
def test_stripe_pages_use_the_language_of_our_pages(clinic: Clinic, language: str) -> None:
    """The language of the browser does not matter, because ours may differ from it."""
    sessions = clinic.stripe.client.v1.checkout.sessions
    with translation.override(language):
        pages = [clinic.open_pack_checkout(), clinic.open_checkout(Plan.STARTER)]
        portal_locale = portal.portal_locale()

    assert {sessions.retrieve(page.rpartition("/")[2]).locale for page in pages} == {language}
    assert portal_locale == language


def test_promotion_codes_are_allowed_for_plans_but_not_for_packs(clinic: Clinic) -> None:
    sessions = clinic.stripe.client.v1.checkout.sessions
    takes = [
        sessions.retrieve(page.rpartition("/")[2]).allow_promotion_codes
        for page in (clinic.open_checkout(Plan.STARTER), clinic.open_pack_checkout())
    ]

    assert [bool(each) for each in takes] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_concurrent_purchases_create_one_customer(stripe_double: StripeDouble) -> None:
    clinic = open_clinic(stripe_double)

    run_concurrently(*[clinic.open_pack_checkout] * 3)

    assert count_customers(clinic) == 1


def test_lost_response_does_not_create_a_second_customer(clinic: Clinic) -> None:
    clinic.stripe.lose_answers(times=1)

    clinic.open_pack_checkout()

    assert count_customers(clinic) == 1


def test_customer_deleted_at_stripe_is_created_again(clinic: Clinic) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=clinic.workspace.pk).update(stripe_customer_id="cus_gone")

    clinic.buy_pack(500)
    clinic.receive_events()

    assert clinic.customer != "cus_gone"
    assert clinic.credits() == 50 + 500


def test_new_checkout_page_expires_the_open_one(clinic: Clinic) -> None:
    first, second = clinic.open_checkout(Plan.STARTER), clinic.open_checkout(Plan.PROFESSIONAL)

    sessions = clinic.stripe.client.v1.checkout.sessions
    states = [sessions.retrieve(page.rpartition("/")[2]).status for page in (first, second)]
    assert states == ["expired", "open"]


def test_subscriber_is_sent_to_the_portal_to_change_the_plan(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER)  # its events were not received yet

    page = clinic.open_checkout(Plan.PROFESSIONAL)

    assert "/portal/" in page or "/p/session" in page
    assert len(clinic.subscriptions()) == 1


def test_portal_is_refused_before_the_first_purchase(clinic: Clinic) -> None:
    with pytest.raises(ProblemError, match="choose a plan"):
        open_portal(clinic)

    clinic.subscribe()

    assert open_portal(clinic).startswith("http")


def test_enterprise_plan_cannot_be_bought(clinic: Clinic) -> None:
    with pytest.raises(ProblemError, match="by agreement"):
        clinic.open_checkout(Plan.ENTERPRISE)


@pytest.mark.parametrize(
    "act",
    [
        lambda clinic: clinic.open_checkout(Plan.STARTER),
        lambda clinic: clinic.open_pack_checkout(),
        open_portal,
        lambda clinic: invoices.list_invoices(clinic.workspace),
    ],
    ids=["plan", "pack", "portal", "invoices"],
)
class TestEachStripeCall:
    def test_fails_while_stripe_is_down_and_works_afterwards(
        self, clinic: Clinic, act: Callable[[Clinic], object]
    ) -> None:
        clinic.buy_pack()
        clinic.stripe.down(True)

        with pytest.raises(StripeAwayError, match="nothing was charged"):
            act(clinic)

        clinic.stripe.down(False)
        act(clinic)

    def test_is_refused_without_a_secret_key(
        self, clinic: Clinic, act: Callable[[Clinic], object]
    ) -> None:
        clinic.buy_pack()

        with (
            override_settings(STRIPE_SECRET_KEY=""),
            pytest.raises(ProblemError, match="not set up"),
        ):
            act(clinic)


def test_invoices_are_listed_with_links_to_pdf_and_page(clinic: Clinic) -> None:
    clinic.subscribe()

    (line,) = invoices.list_invoices(clinic.workspace)

    assert line.status == "paid"
    assert line.amount >= 29_00
    assert line.number
    assert line.pdf_url
    assert line.page_url


def test_event_of_a_payment_drops_the_cached_invoices(
    clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    clinic.subscribe()
    assert len(invoices.list_invoices(clinic.workspace)) == 1
    clinic.buy_pack()

    with django_capture_on_commit_callbacks(execute=True):
        clinic.receive_events()

    assert len(invoices.list_invoices(clinic.workspace)) == 2


def test_workspace_without_customer_has_no_invoices_and_stripe_is_not_called(
    clinic: Clinic,
) -> None:
    clinic.stripe.down(True)

    assert invoices.list_invoices(clinic.workspace) == []


def test_changed_price_replaces_the_published_one(
    stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices.publish_prices(language="es")
    assert prices.publish_prices(language="es") == []
    keys = [pack.lookup_key for pack in plans.PACKS]
    (old,) = stripe_double.client.v1.prices.list({"lookup_keys": keys[:1]}).data
    assert old.metadata.to_dict() == {"credits": "500"}

    dearer = plans.Pack(500, plans.Price(25_00, keys[0]))
    monkeypatch.setattr(prices, "PACKS", (dearer, *plans.PACKS[1:]))
    (did,) = prices.publish_prices(language="es")

    assert keys[0] in did
    listed = stripe_double.client.v1.prices.list({"lookup_keys": keys[:1], "active": True}).data
    assert [price.unit_amount for price in listed] == [25_00]
    assert not stripe_double.client.v1.prices.retrieve(old.id).active


def test_command_publishes_prices_and_one_portal_configuration(
    stripe_double: StripeDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("billing", "prices")
    call_command("billing", "prices")

    assert "portal bpc_" in capsys.readouterr().out
    configurations = stripe_double.client.v1.billing_portal.configurations.list({"active": True})
    ours = [each for each in configurations.data if each.metadata and each.metadata.to_dict()]
    assert len(ours) == 1
