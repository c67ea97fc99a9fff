"""Ways to Stripe's pages: for a plan, a pack, a change; and what is said when there is no way."""

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
def _no_pause_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def customers(clinic: Clinic) -> int:
    return len(clinic.stripe.client.v1.customers.list({"limit": 100}).data)


def manage(clinic: Clinic) -> str:
    with tenancy.within(clinic.workspace.pk):
        return portal.open_portal(workspace=clinic.workspace, by=clinic.owner)


def test_a_workspace_is_one_customer_that_bears_its_name(clinic: Clinic) -> None:
    clinic.page_for(Plan.STARTER)
    clinic.page_for_pack()

    assert customers(clinic) == 1
    customer = clinic.stripe.client.v1.customers.retrieve(clinic.customer)
    assert (customer.name, customer.email) == (clinic.workspace.name, clinic.owner.email)
    assert customer.metadata
    assert customer.metadata.to_dict() == {"workspace_id": str(clinic.workspace.pk)}


@pytest.mark.parametrize("language", ["es", "en"])
def test_stripes_page_speaks_the_language_that_the_person_reads(
    clinic: Clinic, language: str
) -> None:
    """Not the browser's: someone with an English browser reads our pages in Spanish."""
    sessions = clinic.stripe.client.v1.checkout.sessions
    with translation.override(language):
        pages = [clinic.page_for_pack(), clinic.page_for(Plan.STARTER)]
        portal_locale = portal.portal_locale()

    assert {sessions.retrieve(page.rpartition("/")[2]).locale for page in pages} == {language}
    assert portal_locale == language


def test_a_plan_takes_a_promotion_code_and_a_pack_takes_none(clinic: Clinic) -> None:
    sessions = clinic.stripe.client.v1.checkout.sessions
    takes = [
        sessions.retrieve(page.rpartition("/")[2]).allow_promotion_codes
        for page in (clinic.page_for(Plan.STARTER), clinic.page_for_pack())
    ]

    assert [bool(each) for each in takes] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_two_who_buy_at_the_same_moment_are_one_customer(stripe_double: StripeDouble) -> None:
    clinic = open_clinic(stripe_double)

    run_concurrently(*[clinic.page_for_pack] * 3)

    assert customers(clinic) == 1


def test_an_answer_that_was_lost_makes_no_second_customer(clinic: Clinic) -> None:
    clinic.stripe.lose_answers(times=1)

    clinic.page_for_pack()

    assert customers(clinic) == 1


def test_a_customer_that_stripe_no_longer_has_is_made_anew(clinic: Clinic) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=clinic.workspace.pk).update(stripe_customer_id="cus_gone")

    clinic.buy_pack(500)
    clinic.hear()

    assert clinic.customer != "cus_gone"
    assert clinic.credits() == 50 + 500


def test_a_page_left_open_cannot_become_a_second_subscription(clinic: Clinic) -> None:
    first, second = clinic.page_for(Plan.STARTER), clinic.page_for(Plan.PROFESSIONAL)

    sessions = clinic.stripe.client.v1.checkout.sessions
    states = [sessions.retrieve(page.rpartition("/")[2]).status for page in (first, second)]
    assert states == ["expired", "open"]


def test_who_subscribes_already_is_led_to_the_change(clinic: Clinic) -> None:
    clinic.subscribe(Plan.STARTER)  # not even heard of yet

    page = clinic.page_for(Plan.PROFESSIONAL)

    assert "/portal/" in page or "/p/session" in page
    assert len(clinic.subscriptions()) == 1


def test_the_portal_is_for_customers(clinic: Clinic) -> None:
    with pytest.raises(ProblemError, match="choose a plan"):
        manage(clinic)

    clinic.subscribe()

    assert manage(clinic).startswith("http")


def test_a_plan_by_agreement_is_not_sold(clinic: Clinic) -> None:
    with pytest.raises(ProblemError, match="by agreement"):
        clinic.page_for(Plan.ENTERPRISE)


@pytest.mark.parametrize(
    "act",
    [
        lambda clinic: clinic.page_for(Plan.STARTER),
        lambda clinic: clinic.page_for_pack(),
        manage,
        lambda clinic: invoices.list_invoices(clinic.workspace),
    ],
    ids=["plan", "pack", "portal", "invoices"],
)
class TestStripeIsAway:
    def test_it_is_said_and_nothing_is_half_done(
        self, clinic: Clinic, act: Callable[[Clinic], object]
    ) -> None:
        clinic.buy_pack()
        clinic.stripe.down(True)

        with pytest.raises(StripeAwayError, match="nothing was charged"):
            act(clinic)

        clinic.stripe.down(False)
        act(clinic)

    def test_without_a_key_payments_are_off(
        self, clinic: Clinic, act: Callable[[Clinic], object]
    ) -> None:
        clinic.buy_pack()

        with (
            override_settings(STRIPE_SECRET_KEY=""),
            pytest.raises(ProblemError, match="not set up"),
        ):
            act(clinic)


def test_invoices_are_listed_with_their_papers(clinic: Clinic) -> None:
    clinic.subscribe()

    (line,) = invoices.list_invoices(clinic.workspace)

    assert line.status == "paid"
    assert line.amount >= 29_00
    assert line.number
    assert line.pdf_url
    assert line.page_url


def test_a_new_invoice_is_listed_as_soon_as_its_payment_was_heard_of(
    clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    clinic.subscribe()
    assert len(invoices.list_invoices(clinic.workspace)) == 1
    clinic.buy_pack()

    with django_capture_on_commit_callbacks(execute=True):
        clinic.hear()

    assert len(invoices.list_invoices(clinic.workspace)) == 2


def test_who_never_bought_has_no_invoices_and_asks_nobody(clinic: Clinic) -> None:
    clinic.stripe.down(True)

    assert invoices.list_invoices(clinic.workspace) == []


def test_prices_are_published_once_and_follow_the_table(
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


def test_the_command_publishes_prices_and_the_portal(
    stripe_double: StripeDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("billing", "prices")
    call_command("billing", "prices")

    assert "portal bpc_" in capsys.readouterr().out
    configurations = stripe_double.client.v1.billing_portal.configurations.list({"active": True})
    ours = [each for each in configurations.data if each.metadata and each.metadata.to_dict()]
    assert len(ours) == 1
