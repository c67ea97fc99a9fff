"""What is for sale, to whom, and the public page of prices."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from billing.models import EntryKind
from tests.billing.pages.pages import DAY, open_page, update_workspace, workspace_of
from tests.factories import (
    CreditEntryFactory,
    EntitlementFactory,
)
from workspaces.models import EntitlementSource, Plan, User
from workspaces.plans import PACKS, PLANS

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_sale(owner: User, settings: Settings) -> User:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    return owner


def buttons(said: str) -> dict[str, bool]:
    """What the plans offer to press, and whether it stands out."""
    plans = said[said.index('id="plans"') : said.index('id="packs"')]
    found = re.findall(r'<button class="button( button-primary)?">([^<]+)</button>', plans)
    return {words: bool(primary) for primary, words in found}


@pytest.mark.parametrize(
    ("plan", "source", "expected"),
    [
        (Plan.FREE, None, {"Choose Starter": True, "Choose Professional": False}),
        (
            Plan.PROFESSIONAL,
            EntitlementSource.TRIAL,
            {"Choose Starter": False, "Choose Professional": True},
        ),
        (
            Plan.STARTER,
            EntitlementSource.PAYMENT,
            {
                "Pay by the month or the year, or cancel": False,
                "Change to Professional": True,
            },
        ),
        (
            Plan.PROFESSIONAL,
            EntitlementSource.PAYMENT,
            {"Change to Starter": False, "Pay by the month or the year, or cancel": False},
        ),
        (
            Plan.ENTERPRISE,
            EntitlementSource.ADMIN,
            {"Choose Starter": False, "Choose Professional": False},
        ),
    ],
)
def test_larger_plan_is_highlighted_and_present_one_not_offered(
    client: Client,
    on_sale: User,
    plan: Plan,
    source: EntitlementSource | None,
    expected: dict[str, bool],
) -> None:
    if source:
        ends_at = timezone.now() + 9 * DAY if source == EntitlementSource.TRIAL else None
        EntitlementFactory.create(
            workspace=on_sale.workspace, plan=plan, source=source, ends_at=ends_at
        )

    said = open_page(client)

    assert buttons(said) == expected
    assert said.count("Yours") == (source == EntitlementSource.PAYMENT)
    assert ("A smaller plan begins when" in said) == ("Change to Starter" in expected)


def test_plan_agreed_by_hand_is_not_offered(client: Client, on_sale: User) -> None:
    update_workspace(workspace_of(on_sale), plan=Plan.STARTER)

    assert buttons(open_page(client)) == {"Choose Professional": True}


def test_bought_credits_show_their_day_without_stripe_reference(
    client: Client, owner: User
) -> None:
    CreditEntryFactory.create(
        workspace=owner.workspace,
        kind=EntryKind.PURCHASE,
        amount=500,
        cause="payment:pi_3Qx",
        note="in_1QhTestTest",
    )
    CreditEntryFactory.create(
        workspace=owner.workspace, amount=5, cause="admin:1", note="Por la demora de mayo"
    )

    for name in ("billing", "billing_credits"):
        said = open_page(client, name)
        assert "Credits bought" in said
        assert "in_1Qh" not in said
        assert "Por la demora de mayo" in said
    assert date_format(timezone.localtime(), "DATE_FORMAT") in open_page(client)
    lines = client.get(reverse("billing_credits"), {"as": "csv"}).getvalue()
    assert b"in_1Qh" not in lines


def test_without_payments_page_sells_nothing_and_shows_contact(
    client: Client, owner: User, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY = ""

    said = open_page(client)

    assert "another plan or more credits are set up by hand" in said
    assert reverse("billing_subscribe") not in said
    assert reverse("billing_invoices") not in said
    for name, typed in [
        ("billing_subscribe", {"plan": "STARTER", "pay": "monthly"}),
        ("billing_pack", {"pack": "credits_500"}),
    ]:
        response = client.post(reverse(name), typed)
        assert response.status_code == 409
        assert "Payments are not set up here" in response.content.decode()


def test_page_works_while_stripe_is_down(client: Client, owner: User, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE_URL = "sk_test_1", "http://127.0.0.1:1"
    update_workspace(workspace_of(owner), stripe_customer_id="cus_1")

    whole = open_page(client)
    invoices = open_page(client, "billing_invoices")

    assert reverse("billing_invoices") in whole
    assert "Choose Starter" in whole
    assert "The invoices are not here at the moment" in invoices
    assert "Try again in a few minutes" in invoices


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("billing_subscribe", {"plan": "GOLD", "pay": "monthly"}),
        ("billing_subscribe", {"plan": "ENTERPRISE", "pay": "monthly"}),
        ("billing_subscribe", {"plan": "STARTER", "pay": "never"}),
        ("billing_subscribe", {}),
        ("billing_pack", {"pack": "starter_monthly"}),
        ("billing_pack", {}),
    ],
)
def test_unknown_article_is_refused(
    client: Client, owner: User, name: str, typed: dict[str, str]
) -> None:
    response = client.post(reverse(name), typed)

    assert response.status_code == 409
    assert "Choose one of the" in response.content.decode()


def test_pricing_page_is_public_and_matches_the_table(client: Client) -> None:
    monthly = client.get("/pricing/", headers={"accept-language": "en"}).content.decode()
    yearly = client.get("/pricing/?pay=yearly", headers={"accept-language": "en"}).content.decode()

    for terms in PLANS.values():
        assert str(terms.plan.label) in monthly
        if terms.monthly and terms.yearly:
            assert f"{terms.monthly.amount // 100} USD" in monthly
            assert f"{terms.yearly.amount // 100} USD" in yearly
    for pack in PACKS:
        assert f"{pack.price.amount // 100} USD" in monthly
    assert reverse("account_signup") in monthly


def test_owner_is_redirected_from_pricing_to_billing(client: Client, owner: User) -> None:
    assert f"{reverse('billing')}?pay=monthly#plans" in open_page(client, "pricing")
