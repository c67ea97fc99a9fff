"""The costs of messages are fetched from the provider once it knows them, each into its own row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test.utils import override_settings

from core import tenancy
from messaging.costs import fetching
from messaging.costs.fetching import cost_of, fetch_costs
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.models import CostDay, Message
from tests.dev.doubles.simulation import Simulation
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db(transaction=True)

EACH_SMS = Decimal("0.0532")
NEXT_MORNING = timedelta(days=1, hours=7)


def read_days() -> dict[str, CostDay]:
    with tenancy.platform("test"):
        return {str(one.day): one for one in CostDay.objects.all()}


def send_messages(count: int = 1, **fields: Any) -> list[Message]:
    shared_sender()
    campaign = running_campaign()
    for _ in range(count):
        create_patient(campaign, **fields)
    plan_messages()
    run_dispatch()
    return find_messages()


def next_morning() -> datetime:
    """When the day of what was sent a moment ago is first read."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + NEXT_MORNING


def test_price_that_is_unknown_is_read_in_the_next_pass(simulator: Simulation) -> None:
    simulator.faults(price_ms=60_000, queued_ms=1, sent_ms=1)
    [message] = send_messages(phone="+593991234567")
    today = str(datetime.now(UTC).date())

    fetch_costs(now=next_morning())
    assert find_messages()[0].cost is None
    assert (read_days()[today].passes, read_days()[today].unpriced) == (1, 1)

    simulator.faults(price_ms=0)
    assert fetch_costs(now=next_morning() + timedelta(hours=12)) == 0
    fetch_costs(now=next_morning() + timedelta(days=1))

    [message] = find_messages()
    assert (message.cost, message.cost_currency) == (EACH_SMS * (message.segments or 1), "USD")
    assert (read_days()[today].passes, read_days()[today].unpriced) == (2, 0)
    assert read_days()[today].next_pass_at is None


def test_failed_message_costs_what_the_provider_says(simulator: Simulation) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    shared_sender("WHATSAPP", address="whatsapp:+12025550124")
    campaign = running_campaign()
    # Free text outside of the 24 hours: taken, and failed afterwards.
    create_patient(campaign, preferred_channel="WHATSAPP", phone="+593987650037")
    plan_messages()
    run_dispatch()

    fetch_costs(now=next_morning())

    assert find_messages()[0].cost == Decimal("0.001")


def test_run_continues_and_reading_twice_changes_nothing(
    simulator: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAGE_SIZE", 2)
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    send_messages(5)
    today = str(datetime.now(UTC).date())

    assert fetch_costs(now=next_morning(), pages=1) == 1
    assert (read_days()[today].passes, read_days()[today].next_page != "") == (0, True)
    assert sum(message.cost is not None for message in find_messages()) == 2
    assert fetch_costs(now=next_morning(), pages=1) == 1
    assert fetch_costs(now=next_morning(), pages=1) == 1
    assert (read_days()[today].passes, read_days()[today].next_page) == (1, "")
    before = [(one.cost, one.updated_at) for one in find_messages()]
    assert all(cost for cost, _changed in before)

    fetch_costs(now=next_morning() + timedelta(days=1))
    assert [(one.cost, one.updated_at) for one in find_messages()] == before


def test_page_saved_by_another_worker_is_not_counted_twice(
    simulator: Simulation,
) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    send_messages()
    fetching._create_days(next_morning())
    day = fetching._next_due_day(next_morning())
    assert day
    page = fetching.CostPage([fetching.MessageCost("SM" + "0" * 32, Decimal(1), "USD")], 0, "")

    assert fetching._save_page(day, page, next_morning())
    assert not fetching._save_page(day, page, next_morning())
    assert read_days()[str(day.day)].other_costs == {"USD": "1"}


def test_costs_without_a_message_are_summed_separately(simulator: Simulation) -> None:
    simulator.faults(price_ms=0, queued_ms=1, sent_ms=1)
    [message] = send_messages(phone="+593991234567")
    with tenancy.platform("test"):
        Message.objects.update(external_id="SM" + "9" * 32)

    fetch_costs(now=next_morning())

    assert find_messages()[0].cost is None
    [day] = [day for day in read_days().values() if day.other_costs]
    assert day.other_costs == {"USD": str(EACH_SMS * (message.segments or 1))}


def test_unreachable_provider_loses_no_day(simulator: Simulation) -> None:
    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        assert fetch_costs(now=next_morning()) == 0
    assert {day.passes for day in read_days().values()} == {0}
    assert len(read_days()) == fetching.DAYS_BACK


def test_day_restarts_when_its_saved_page_is_gone(simulator: Simulation) -> None:
    fetching._create_days(next_morning())
    with tenancy.platform("test"):
        CostDay.objects.update(next_page="https://api.twilio.com/2010-04-01/Gone.json")

    assert fetch_costs(now=next_morning()) == 0

    assert "" in {day.next_page for day in read_days().values()}


def test_without_an_account_nothing_is_fetched() -> None:
    assert fetch_costs(now=next_morning()) == 0
    assert read_days() == {}


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
def test_price_becomes_a_cost(price: str | None, cost: Decimal | None) -> None:
    assert cost_of(price) == cost


# What the report says, on rows counted by hand.
