"""What messages cost is read from the provider, once it knows; nothing is read into a wrong row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from billing.credit_prices import CreditPrices, credit_prices
from billing.models import EntryKind
from core import tenancy
from messaging.costs import fetching
from messaging.costs.fetching import cost_of, fetch_costs
from messaging.costs.report import ClinicCosts, CostReport, build_report
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.models import CostDay, Message
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
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
from tests.messaging.world import messages, running_campaign, seen, shared_sender
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

EACH_SMS = Decimal("0.0532")
NEXT_MORNING = timedelta(days=1, hours=7)


def days() -> dict[str, CostDay]:
    with tenancy.platform("test"):
        return {str(one.day): one for one in CostDay.objects.all()}


def sent(count: int = 1, **fields: Any) -> list[Message]:
    shared_sender()
    campaign = running_campaign()
    for _ in range(count):
        seen(campaign, **fields)
    plan_messages()
    run_dispatch()
    return messages()


def tomorrow() -> datetime:
    """When the day of what was sent a moment ago is first read."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + NEXT_MORNING


def test_price_is_null_at_first_and_read_the_next_time(simulator: Simulation) -> None:
    simulator.faults(price_ms=60_000, queued_ms=1, sent_ms=1)
    [message] = sent(phone="+593991234567")
    today = str(datetime.now(UTC).date())

    fetch_costs(now=tomorrow())
    assert messages()[0].cost is None
    assert (days()[today].passes, days()[today].unpriced) == (1, 1)

    simulator.faults(price_ms=0)
    assert fetch_costs(now=tomorrow() + timedelta(hours=12)) == 0
    fetch_costs(now=tomorrow() + timedelta(days=1))

    [message] = messages()
    assert (message.cost, message.cost_currency) == (EACH_SMS * (message.segments or 1), "USD")
    assert (days()[today].passes, days()[today].unpriced) == (2, 0)
    assert days()[today].next_pass_at is None


def test_failed_message_costs_what_the_provider_says(simulator: Simulation) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    shared_sender("WHATSAPP", address="whatsapp:+12025550124")
    campaign = running_campaign()
    # Free text outside of the 24 hours: taken, and failed afterwards.
    seen(campaign, preferred_channel="WHATSAPP", phone="+593987650037")
    plan_messages()
    run_dispatch()

    fetch_costs(now=tomorrow())

    assert messages()[0].cost == Decimal("0.001")


def test_reading_goes_on_where_it_ended_and_twice_is_once(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAGE", 2)
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    sent(5)
    today = str(datetime.now(UTC).date())

    assert fetch_costs(now=tomorrow(), pages=1) == 1
    assert (days()[today].passes, days()[today].next_page != "") == (0, True)
    assert sum(message.cost is not None for message in messages()) == 2
    assert fetch_costs(now=tomorrow(), pages=1) == 1
    assert fetch_costs(now=tomorrow(), pages=1) == 1
    assert (days()[today].passes, days()[today].next_page) == (1, "")
    before = [(one.cost, one.updated_at) for one in messages()]
    assert all(cost for cost, _changed in before)

    fetch_costs(now=tomorrow() + timedelta(days=1))
    assert [(one.cost, one.updated_at) for one in messages()] == before


def test_page_that_another_worker_read_meanwhile_is_not_counted_twice(
    simulator: Simulation,
) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    sent()
    fetching._create_days(tomorrow())
    day = fetching._next_due_day(tomorrow())
    assert day
    page = fetching.CostPage([fetching.MessageCost("SM" + "0" * 32, Decimal(1), "USD")], 0, "")

    assert fetching._save_page(day, page, tomorrow())
    assert not fetching._save_page(day, page, tomorrow())
    assert days()[str(day.day)].other_costs == {"USD": "1"}


def test_what_is_no_message_of_ours_is_kept_apart(simulator: Simulation) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    [message] = sent(phone="+593991234567")
    with tenancy.platform("test"):
        Message.objects.update(external_id="SM" + "9" * 32)

    fetch_costs(now=tomorrow())

    assert messages()[0].cost is None
    [day] = [day for day in days().values() if day.other_costs]
    assert day.other_costs == {"USD": str(EACH_SMS * (message.segments or 1))}


def test_provider_out_of_reach_loses_no_day(simulator: Simulation) -> None:
    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        assert fetch_costs(now=tomorrow()) == 0
    assert {day.passes for day in days().values()} == {0}
    assert len(days()) == fetching.DAYS_BACK


def test_place_in_the_list_that_is_gone_is_begun_anew(simulator: Simulation) -> None:
    fetching._create_days(tomorrow())
    with tenancy.platform("test"):
        CostDay.objects.update(next_page="https://api.twilio.com/2010-04-01/Gone.json")

    assert fetch_costs(now=tomorrow()) == 0

    assert "" in {day.next_page for day in days().values()}


def test_without_an_account_nothing_is_read() -> None:
    assert fetch_costs(now=tomorrow()) == 0
    assert days() == {}


@pytest.mark.parametrize(
    ("price", "cost"),
    [
        ("-0.00750", Decimal("0.00750")),
        ("0", Decimal(0)),
        ("0.01", Decimal("-0.01")),
        (None, None),
        ("", None),
    ],
)
def test_price_is_turned_into_a_cost(price: str | None, cost: Decimal | None) -> None:
    assert cost_of(price) == cost


# What the report says, on rows counted by hand.

NOW = timezone.now()


def costly(workspace: Workspace, cost: str | None, currency: str = "USD", **fields: Any) -> None:
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


def reported() -> CostReport:
    with tenancy.platform("test"):
        return build_report(starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))


def of(workspace: Workspace) -> ClinicCosts:
    [clinic] = [clinic for clinic in reported().clinics if clinic.id == workspace.pk]
    return clinic


def bought(workspace: Workspace, *, credits: int, cents: int, **fields: Any) -> None:
    payment = PaymentFactory.create(
        workspace=workspace, credits=credits, amount=cents, currency="usd", **fields
    )
    CreditEntryFactory.create(
        workspace=workspace, kind=EntryKind.PURCHASE, amount=credits, cause=payment.cause
    )


def prices_of(workspace: Workspace, *, days_ago: int = 0) -> CreditPrices:
    since, until = NOW - timedelta(days=days_ago + 1), NOW + timedelta(days=1 - days_ago)
    with tenancy.platform("test"):
        return credit_prices([workspace.pk], since=since, until=until)[workspace.pk]


def spend(workspace: Workspace, credits: int) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-credits)


def test_costs_are_summed_by_campaign_and_channel() -> None:
    clinic = WorkspaceFactory.create()
    bought(clinic, credits=500, cents=20_00)
    spend(clinic, 50)  # those that it opened with; more below
    spend(clinic, 50)
    one = CampaignFactory.create(workspace=clinic, name="A")
    two = CampaignFactory.create(workspace=clinic, name="B")
    costly(clinic, "0.05", campaign=one)
    costly(clinic, "0.10", campaign=one)
    costly(clinic, "0.016", campaign=one, channel="WHATSAPP")
    costly(clinic, "0.001", campaign=one, status="FAILED")
    costly(clinic, None, campaign=two, channel="EMAIL", status="SENT")
    costly(clinic, None, campaign=two, status="PENDING", sent_at=None)

    found = of(clinic)

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


def test_currencies_are_never_added_up() -> None:
    clinic = WorkspaceFactory.create()
    bought(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    costly(clinic, "0.05")
    costly(clinic, "0.04", "EUR")

    found = of(clinic)

    assert dict(found.total.line.costs) == {"USD": Decimal("0.05"), "EUR": Decimal("0.04")}
    assert found.total.margin is None
    [sms] = reported().channels
    assert dict(sms.line.costs) == {"USD": Decimal("0.05"), "EUR": Decimal("0.04")}


def test_margin_needs_all_prices() -> None:
    clinic = WorkspaceFactory.create()
    bought(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    costly(clinic, "0.05")
    assert of(clinic).total.margin is not None

    costly(clinic, None)

    assert of(clinic).total.line.unpriced == 1
    assert of(clinic).total.margin is None


def test_credits_granted_by_hand_have_no_price() -> None:
    clinic = WorkspaceFactory.create()
    CreditEntryFactory.create(workspace=clinic, amount=200)
    spend(clinic, 80)
    costly(clinic, "0.05")

    found = of(clinic)

    assert (found.prices.spent, found.prices.unknown) == (80, 30)
    assert (found.prices.is_known, found.total.worth, found.total.margin) == (False, None, None)


def test_credits_of_another_month_do_not_count() -> None:
    clinic = WorkspaceFactory.create(message_credits=0)
    bought(clinic, credits=100, cents=10_00)
    spend(clinic, 10)

    assert prices_of(clinic).spent == 10
    assert prices_of(clinic, days_ago=40).spent == 0
    assert prices_of(clinic, days_ago=40).each is None


def test_message_that_never_reached_the_provider_lacks_no_price() -> None:
    clinic = WorkspaceFactory.create()
    costly(clinic, None, status="FAILED", sent_at=None)

    assert of(clinic).total.line.unpriced == 0


def test_refunded_pack_is_worth_what_was_kept() -> None:
    clinic = WorkspaceFactory.create(message_credits=0)
    bought(clinic, credits=100, cents=10_00, refunded=5_00)
    spend(clinic, 10)

    prices = prices_of(clinic)

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

    prices = prices_of(clinic)

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

    prices = prices_of(clinic)

    assert prices.each == Decimal("290") / 6000


def test_staff_see_the_report_and_clinics_do_not(client: Client) -> None:
    clinic = WorkspaceFactory.create(name="Clínica Los Ceibos")
    bought(clinic, credits=100, cents=10_00)
    spend(clinic, 100)
    costly(clinic, "0.05")
    page = reverse("admin:messaging_costs")

    client.force_login(UserFactory.create(workspace=clinic))
    assert client.get(page).status_code == 403
    client.force_login(StaffFactory.create())
    said = client.get(page).content.decode()
    assert "Clínica Los Ceibos" in said
    assert "USD" in said
    assert page in client.get(reverse("admin:messaging_costday_changelist")).content.decode()
    assert client.get(page, {"month": "2020-01"}).status_code == 200


def test_report_asks_as_much_for_many_clinics_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(4):
        clinic = WorkspaceFactory.create()
        bought(clinic, credits=100, cents=10_00)
        costly(clinic, "0.05")
        costly(clinic, "0.05")

    with tenancy.platform("test"), django_assert_max_num_queries(4):
        build_report(starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))
