"""What an owner sees of the plan, the credits and the bill; the others see none of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from pytest_django import Settings

from billing import credits
from billing.models import EntryKind
from core import tenancy
from tests.factories import (
    CreditEntryFactory,
    EntitlementFactory,
    PracticeFactory,
    UserFactory,
)
from workspaces import banners
from workspaces.models import EntitlementSource, LimitName, Plan, Role, User, Workspace
from workspaces.plans import PACKS, PLANS

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PAGES = ["billing", "billing_invoices", "billing_credits"]
ACTS = ["billing_subscribe", "billing_pack", "billing_portal"]


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", workspace__plan=Plan.FREE)
    client.force_login(user)
    return user


def the(user: User) -> Workspace:
    assert user.workspace
    return user.workspace


def page(client: Client, name: str = "billing", **query: str) -> str:
    return client.get(reverse(name), query).content.decode()


def change(workspace: Workspace, **fields: Any) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=workspace.pk).update(**fields)


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_the_bill_is_the_owners_alone(client: Client, role: Role, name: str) -> None:
    client.force_login(UserFactory.create(role=role))

    assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse(name)).status_code == 403
    assert reverse("billing") not in client.get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("right", "workspace", "said"),
    [
        (None, {}, "Free of charge."),
        (None, {"plan": Plan.ENTERPRISE}, "As agreed with us."),
        (
            {"source": EntitlementSource.TRIAL, "ends_at": timezone.now() + 9 * DAY},
            {},
            "Trial until",
        ),
        (
            {"source": EntitlementSource.ADMIN, "ends_at": timezone.now() + 9 * DAY},
            {},
            "Granted by us until",
        ),
        ({"source": EntitlementSource.ADMIN}, {}, "Granted by us."),
        (
            {"source": EntitlementSource.PAYMENT},
            {"subscription_status": "ACTIVE", "current_period_end": timezone.now() + 9 * DAY},
            "Paid; renewed on",
        ),
        (
            {"source": EntitlementSource.PAYMENT, "ends_at": timezone.now() + 9 * DAY},
            {"subscription_status": "ACTIVE", "cancel_at_period_end": True},
            "it is not renewed",
        ),
        (
            {"source": EntitlementSource.PAYMENT, "ends_at": timezone.now() + 5 * DAY},
            {"subscription_status": "PAST_DUE"},
            "The last payment failed; it holds until",
        ),
    ],
)
def test_the_page_says_which_plan_holds_and_why(
    client: Client,
    owner: User,
    right: dict[str, Any] | None,
    workspace: dict[str, Any],
    said: str,
) -> None:
    change(the(owner), **workspace)
    if right:
        EntitlementFactory.create(workspace=owner.workspace, plan=Plan.PROFESSIONAL, **right)

    assert said in page(client)


def test_the_page_says_what_is_used_and_which_credits_end_when(client: Client, owner: User) -> None:
    UserFactory.create(workspace=owner.workspace)
    ends_at = timezone.now() + 20 * DAY
    CreditEntryFactory.create(
        workspace=owner.workspace,
        amount=500,
        cause=f"month:sub_1:{timezone.now():%Y-%m-%dT%H:%M:%SZ}:STARTER",
        expires_at=ends_at,
    )
    CreditEntryFactory.create(workspace=owner.workspace, kind=EntryKind.DEBIT, amount=-60)

    said = page(client)

    assert "2 of 1" in said
    assert "What is above the plan stays as it is" in said
    assert "Credits of the Starter plan, month from" in said
    assert said.index(">440<") < said.index("do not expire")
    assert "enough for 57 days" in said  # 490 left, 60 in the first week
    assert "60 credits" in said  # this week's bar


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
def test_the_larger_plan_stands_out_and_the_present_one_is_not_chosen_again(
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

    said = page(client)

    assert buttons(said) == expected
    assert said.count("Yours") == (source == EntitlementSource.PAYMENT)
    assert ("A smaller plan begins when" in said) == ("Change to Starter" in expected)


def test_a_plan_agreed_by_hand_is_not_sold_once_more(client: Client, on_sale: User) -> None:
    change(the(on_sale), plan=Plan.STARTER)

    assert buttons(page(client)) == {"Choose Professional": True}


def test_bought_credits_are_named_by_their_day_without_stripes_reference(
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
        said = page(client, name)
        assert "Credits bought" in said
        assert "in_1Qh" not in said
        assert "Por la demora de mayo" in said
    assert date_format(timezone.localtime(), "DATE_FORMAT") in page(client)
    lines = client.get(reverse("billing_credits"), {"as": "csv"}).getvalue()
    assert b"in_1Qh" not in lines


def test_without_payments_nothing_is_for_sale_and_the_page_says_whom_to_ask(
    client: Client, owner: User, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY = ""

    said = page(client)

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


def test_the_page_stands_while_stripe_is_away(
    client: Client, owner: User, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE_URL = "sk_test_1", "http://127.0.0.1:1"
    change(the(owner), stripe_customer_id="cus_1")

    whole = page(client)
    invoices = page(client, "billing_invoices")

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
def test_what_is_not_for_sale_is_refused(
    client: Client, owner: User, name: str, typed: dict[str, str]
) -> None:
    response = client.post(reverse(name), typed)

    assert response.status_code == 409
    assert "Choose one of the" in response.content.decode()


def test_the_movements_are_told_in_words_and_as_a_file(client: Client, owner: User) -> None:
    workspace = the(owner)
    with tenancy.within(workspace.pk):
        credits.grant_credits(
            workspace=workspace, amount=7, cause="admin:1", by=None, note="=SUM(A1)"
        )
        credits.credit_purchase(workspace=workspace, amount=500, cause="pack:pi_1")
        credits.take_back(workspace=workspace, of="pack:pi_1", at_most=20, cause="refund:re_1")
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-3, cause="claim:1")
    CreditEntryFactory.create(amount=77, cause="foreign")

    said = page(client, "billing_credits")
    file = b"".join(
        client.get(reverse("billing_credits"), {"as": "csv"}).streaming_content  # type: ignore[attr-defined]
    ).decode()

    for words in ("Credits to begin with", "Granted by us", "Credits bought", "Messages sent"):
        assert words in said
        assert words in file
    assert "Taken back after a refund" in said
    assert "foreign" not in file
    assert "'=SUM(A1)" in file
    assert (
        "Messages sent" not in page(client, "billing_credits", kind="PURCHASE").split("<table")[1]
    )


def test_the_prices_are_public_and_those_of_the_table(client: Client) -> None:
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


def test_an_owner_is_led_from_the_prices_to_the_choice(client: Client, owner: User) -> None:
    assert f"{reverse('billing')}?pay=monthly#plans" in page(client, "pricing")


def over_the_limits(workspace: Workspace) -> None:
    PracticeFactory.create_batch(2, workspace=workspace)


def in_its_last_days(workspace: Workspace) -> None:
    EntitlementFactory.create(
        workspace=workspace,
        plan=Plan.PROFESSIONAL,
        source=EntitlementSource.TRIAL,
        ends_at=timezone.now() + 4 * DAY,
    )


def past_due(workspace: Workspace) -> None:
    change(workspace, subscription_status="PAST_DUE")
    EntitlementFactory.create(
        workspace=workspace,
        plan=Plan.STARTER,
        source=EntitlementSource.PAYMENT,
        ends_at=timezone.now() + 6 * DAY,
    )


def grace_is_over(workspace: Workspace) -> None:
    change(workspace, subscription_status="PAST_DUE")


def nearly_empty(workspace: Workspace) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-40)


def empty(workspace: Workspace) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-50)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (over_the_limits, "The Free plan has room for 1 practice and you have 2."),
        (in_its_last_days, "Your trial of the Professional plan ends on"),
        (past_due, "Your last payment failed. Pay by"),
        (grace_is_over, "so the limits of the Free plan hold."),
        (nearly_empty, "10 credits are left."),
        (empty, "There are no credits left"),
    ],
)
def test_the_owner_is_told_on_every_page_and_nobody_else(
    client: Client, owner: User, happens: Callable[[Workspace], None], said: str
) -> None:
    happens(the(owner))

    assert said in page(client, "profile")
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR))
    assert escape(said) not in page(client, "profile")


def test_nothing_is_told_while_all_is_well(client: Client, owner: User) -> None:
    EntitlementFactory.create(
        workspace=owner.workspace, source=EntitlementSource.TRIAL, ends_at=timezone.now() + 6 * DAY
    )
    EntitlementFactory.create(workspace=owner.workspace, plan="", limit=LimitName.USERS, extra=2)

    assert 'class="alert' not in page(client, "profile").split("<main")[1].split("</main")[0]


def test_what_is_told_costs_one_query(owner: User) -> None:
    workspace = the(owner)
    for happens in (over_the_limits, in_its_last_days, past_due, nearly_empty):
        happens(workspace)

    with tenancy.within(workspace.pk):
        workspace.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told = banners.list_banners(workspace)

    # The trial's limits hold, so that nothing is above them.
    assert len(told) == 3
    assert len(queries) == 1
