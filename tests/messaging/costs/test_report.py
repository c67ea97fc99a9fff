"""The report on costs sums what messages cost and what their credits brought."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.credit_prices import CreditPrices, credit_prices
from billing.models import EntryKind
from core import tenancy
from messaging.costs.report import ClinicCosts, CostReport, build_report
from templates_app.models import Channel
from tests.factories import (
    CampaignFactory,
    CreditEntryFactory,
    MessageFactory,
    PatientFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


def create_message(
    workspace: Workspace, cost: str | None, currency: str = "USD", **fields: Any
) -> None:
    campaign = fields.pop("campaign", None) or CampaignFactory.create(workspace=workspace)
    MessageFactory.create(
        workspace=workspace,
        campaign=campaign,
        patient=PatientFactory.create(workspace=workspace, campaign=campaign),
        **{
            "status": "DELIVERED",
            "sent_at": timezone.now(),
            "cost": cost and Decimal(cost),
            "cost_currency": currency if cost else "",
        }
        | fields,
    )


def read_report() -> CostReport:
    with tenancy.platform("test"):
        return build_report(starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))


def read_clinic(workspace: Workspace) -> ClinicCosts:
    [clinic] = [clinic for clinic in read_report().clinics if clinic.id == workspace.pk]
    return clinic


def buy_credits(workspace: Workspace, *, credits: int, cents: int, **fields: Any) -> None:
    payment = PaymentFactory.create(
        workspace=workspace, credits=credits, amount=cents, currency="usd", **fields
    )
    CreditEntryFactory.create(
        workspace=workspace, kind=EntryKind.PURCHASE, amount=credits, cause=payment.cause
    )


def read_prices(workspace: Workspace, *, days_ago: int = 0) -> CreditPrices:
    since, until = NOW - timedelta(days=days_ago + 1), NOW + timedelta(days=1 - days_ago)
    with tenancy.platform("test"):
        return credit_prices([workspace.pk], since=since, until=until)[workspace.pk]


def spend(workspace: Workspace, credits: int) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-credits)


def test_costs_are_summed_by_campaign_and_channel() -> None:
    clinic = WorkspaceFactory.create()
    buy_credits(clinic, credits=500, cents=20_00)
    spend(clinic, 50)  # those that it opened with; more below
    spend(clinic, 50)
    one = CampaignFactory.create(workspace=clinic, name="A")
    two = CampaignFactory.create(workspace=clinic, name="B")
    create_message(clinic, "0.05", campaign=one)
    create_message(clinic, "0.10", campaign=one)
    create_message(clinic, "0.016", campaign=one, channel="WHATSAPP")
    create_message(clinic, "0.001", campaign=one, status="FAILED")
    create_message(clinic, None, campaign=two, channel="EMAIL", status="SENT")
    create_message(clinic, None, campaign=two, status="PENDING", sent_at=None)

    found = read_clinic(clinic)

    assert [
        (row.label, row.channel, row.line.messages, row.line.costs.get("USD")) for row in found.rows
    ] == [
        ("A", "SMS", 3, Decimal("0.151")),
        ("A", "WhatsApp", 1, Decimal("0.016")),
        ("B", str(Channel.EMAIL.label), 1, None),
    ]
    assert found.rows[0].line.failed_at_a_cost == 1
    # Fifty of the hundred spent were free, the others 4 cents each: 2 cents on average.
    assert found.prices.each == Decimal("0.02")
    assert found.total.worth == Decimal("0.10")
    assert found.total.margin == Decimal("0.10") - Decimal("0.167")


def test_currencies_are_summed_separately() -> None:
    clinic = WorkspaceFactory.create()
    buy_credits(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    create_message(clinic, "0.05")
    create_message(clinic, "0.04", "EUR")

    found = read_clinic(clinic)

    assert dict(found.total.line.costs) == {"USD": Decimal("0.05"), "EUR": Decimal("0.04")}
    assert found.total.margin is None
    [sms] = read_report().channels
    assert dict(sms.line.costs) == {"USD": Decimal("0.05"), "EUR": Decimal("0.04")}


def test_margin_needs_all_prices() -> None:
    clinic = WorkspaceFactory.create()
    buy_credits(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    create_message(clinic, "0.05")
    assert read_clinic(clinic).total.margin is not None

    create_message(clinic, None)

    assert read_clinic(clinic).total.line.unpriced == 1
    assert read_clinic(clinic).total.margin is None


def test_credits_granted_by_hand_have_no_price() -> None:
    clinic = WorkspaceFactory.create()
    CreditEntryFactory.create(workspace=clinic, amount=200)
    spend(clinic, 80)
    create_message(clinic, "0.05")

    found = read_clinic(clinic)

    assert (found.prices.spent, found.prices.unknown) == (80, 30)
    assert (found.prices.is_known, found.total.worth, found.total.margin) == (False, None, None)


def test_credits_of_another_month_do_not_count() -> None:
    clinic = WorkspaceFactory.create(message_credits=0)
    buy_credits(clinic, credits=100, cents=10_00)
    spend(clinic, 10)

    assert read_prices(clinic).spent == 10
    assert read_prices(clinic, days_ago=40).spent == 0
    assert read_prices(clinic, days_ago=40).each is None


def test_message_that_never_reached_the_provider_needs_no_price() -> None:
    clinic = WorkspaceFactory.create()
    create_message(clinic, None, status="FAILED", sent_at=None)

    assert read_clinic(clinic).total.line.unpriced == 0


def test_refunded_pack_is_worth_what_was_kept() -> None:
    clinic = WorkspaceFactory.create(message_credits=0)
    buy_credits(clinic, credits=100, cents=10_00, refunded=5_00)
    spend(clinic, 10)

    prices = read_prices(clinic)

    assert prices.each == Decimal("0.05")


def test_credits_of_a_plan_cost_what_the_subscription_brought() -> None:
    clinic = WorkspaceFactory.create(message_credits=0, stripe_subscription_id="sub_1")
    now = timezone.now()
    for month in (60, 30):
        PaymentFactory.create(
            workspace=clinic,
            kind="SUBSCRIPTION",
            subscription="sub_1",
            credits=0,
            amount=29_00,
            paid_at=now - timedelta(days=month),
        )
        CreditEntryFactory.create(
            workspace=clinic,
            amount=500,
            cause=f"month:sub_1:{month}:STARTER",
            expires_at=now + timedelta(days=30 - month, hours=1),
        )
    spend(clinic, 100)

    prices = read_prices(clinic)

    assert prices.each == Decimal("58") / 1000


def test_year_paid_at_once_is_spread_over_its_months() -> None:
    now = timezone.now()
    clinic = WorkspaceFactory.create(
        message_credits=0,
        stripe_subscription_id="sub_2",
        subscription_status="ACTIVE",
        current_period_end=now + timedelta(days=30.4 * 11),
    )
    PaymentFactory.create(
        workspace=clinic,
        kind="SUBSCRIPTION",
        subscription="sub_2",
        credits=0,
        amount=290_00,
        paid_at=now,
    )
    CreditEntryFactory.create(
        workspace=clinic,
        amount=500,
        cause="month:sub_2:now:STARTER",
        expires_at=now + timedelta(minutes=5),
    )
    spend(clinic, 100)

    prices = read_prices(clinic)

    assert prices.each == Decimal("290") / 6000


def test_staff_see_the_report_and_clinics_do_not(client: Client) -> None:
    clinic = WorkspaceFactory.create(name="Clínica Los Ceibos")
    buy_credits(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    create_message(clinic, "0.05")
    page = reverse("admin:messaging_costs")

    client.force_login(UserFactory.create(workspace=clinic))
    assert client.get(page).status_code == 403
    client.force_login(StaffFactory.create())
    said = client.get(page).content.decode()
    assert "Clínica Los Ceibos" in said
    assert "USD" in said
    assert page in client.get(reverse("admin:messaging_costday_changelist")).content.decode()
    assert client.get(page, {"month": "2020-01"}).status_code == 200


def test_query_count_does_not_grow_with_the_clinics(
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(4):
        clinic = WorkspaceFactory.create()
        buy_credits(clinic, credits=100, cents=10_00)
        create_message(clinic, "0.05")
        create_message(clinic, "0.05")

    with tenancy.platform("test"), django_assert_max_num_queries(4):
        build_report(starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))
