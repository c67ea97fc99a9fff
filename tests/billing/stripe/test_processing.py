"""Each event is applied once, in the transaction that marks it as processed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from stripe import HTTPClient, StripeClient

from billing.models import PaymentEvent
from billing.stripe import inbox, processing, sync
from billing.stripe.sync import StripeAnswer, read_subscriptions
from core import tenancy
from core.webhook_intake import calls
from tests.admin_pages import audit_events, last_message_level, list_page, run_action
from tests.billing.stripe.clinic import (
    Clinic,
    deliver,
    entitlements_of,
    events,
    ledger,
    open_clinic,
    payments,
    unprocessed_events,
)
from tests.concurrency import run_concurrently
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import PaymentEventFactory, StaffFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pause_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(StaffFactory.create())
    return client


def remove_customer_id(clinic: Clinic) -> str:
    """Make the customer unknown, as if it belonged to another installation."""
    customer = clinic.customer
    with tenancy.platform("test"):
        Workspace.objects.update(stripe_customer_id=None)
    return customer


def test_event_waits_while_stripe_is_down_and_is_processed_later(clinic: Clinic) -> None:
    clinic.subscribe()
    deliver(clinic.stripe.events())
    clinic.stripe.down(True)

    processing.process_events()

    assert clinic.credits() == 50
    assert entitlements_of(clinic) == []
    tried = [event for event in events() if event.attempts]
    assert "Stripe is away" in tried[-1].error
    assert tried[-1].processed_at is None

    clinic.stripe.down(False)
    processing.process_events()
    assert [event.key for event in unprocessed_events()] == [tried[-1].key], "it waits its pause"
    processing.process_events(now=timezone.now() + calls.FIRST_PAUSE)
    assert not unprocessed_events()
    assert events(key=tried[-1].key)[0].error == ""
    assert clinic.credits() == 50 + 500


def test_stripe_is_not_called_again_within_a_minute_of_a_failure(clinic: Clinic) -> None:
    clinic.buy_pack()
    clinic.subscribe()
    deliver(clinic.stripe.events())
    clinic.stripe.down(True)
    processing.process_unless_away()
    tried = sum(event.attempts for event in events())

    processing.process_unless_away()

    assert sum(event.attempts for event in events()) == tried == 1


@pytest.mark.parametrize("status", [500, 503])
def test_server_error_of_stripe_is_retried_at_once(clinic: Clinic, status: int) -> None:
    clinic.buy_pack()
    deliver(clinic.stripe.events())

    clinic.stripe.refuse(status)
    processing.process_events()

    assert clinic.credits() == 50 + 500


def test_event_of_unknown_customer_is_kept_with_its_error(clinic: Clinic, staff: Client) -> None:
    clinic.buy_pack()
    customer = remove_customer_id(clinic)

    clinic.receive_events()

    kept = unprocessed_events()
    assert kept
    assert {event.error for event in kept} == {f"unknown customer {customer}"}
    assert clinic.credits() == 50
    page = staff.get(list_page(PaymentEvent), {"error__isempty": "0"})
    assert page.status_code == 200
    assert f"unknown customer {customer}" in page.content.decode()


def test_failed_event_is_retried_with_growing_pauses_up_to_a_limit(
    clinic: Clinic,
) -> None:
    clinic.buy_pack()
    remove_customer_id(clinic)
    deliver(each for each in clinic.stripe.events() if each.type == "payment_intent.succeeded")
    now, pauses = timezone.now(), []

    while True:
        processing.process_events(now=now)
        (event,) = events()
        if event.next_try_at is None:
            break
        pauses.append(event.next_try_at - now)
        now = event.next_try_at

    assert pauses[0] == calls.FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == calls.LONGEST_PAUSE
    assert event.attempts == calls.MAX_ATTEMPTS
    assert event.processed_at is None


def test_replay_in_the_admin_processes_event_and_is_audited(clinic: Clinic, staff: Client) -> None:
    clinic.buy_pack()
    customer = remove_customer_id(clinic)
    clinic.receive_events()
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=clinic.workspace.pk).update(stripe_customer_id=customer)

    response = run_action(staff, "replay", *unprocessed_events())
    processing.process_events()

    assert last_message_level(response) == "success"
    assert not unprocessed_events()
    assert clinic.credits() == 50 + 500
    assert "payment.replay" in {act.action for act in audit_events(clinic.workspace)}


def test_staff_with_view_permission_cannot_replay(clinic: Clinic, client: Client) -> None:
    event = PaymentEventFactory.create(processed_at=timezone.now())
    looker = StaffFactory.create(is_superuser=False)
    looker.user_permissions.add(Permission.objects.get(codename="view_paymentevent"))
    client.force_login(looker)

    run_action(client, "replay", event)

    assert events(pk=event.pk)[0].processed_at


def test_payment_whose_metadata_names_another_workspace_is_not_stored(clinic: Clinic) -> None:
    other = open_clinic(clinic.stripe)
    payment = clinic.buy_pack()
    clinic.stripe.client.v1.payment_intents.update(
        payment, {"metadata": {"workspace_id": str(other.workspace.pk)}}
    )

    clinic.receive_events()

    assert payments(clinic) == payments(other) == []
    assert all("and not" in event.error for event in unprocessed_events())
    assert unprocessed_events()


def test_event_that_raises_is_kept_and_others_are_processed(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = PaymentEventFactory.create(kind="charge.refunded", payload={"data": {"object": []}})
    clinic.buy_pack()

    clinic.receive_events()

    (event,) = unprocessed_events()
    assert event.pk == broken.pk
    assert event.error.startswith("not processed")
    assert clinic.credits() == 50 + 500


def test_stale_response_is_not_written_and_requested_again(clinic: Clinic) -> None:
    """Of two workers, the one that read first writes last. It must not write the older state."""
    subscription = clinic.subscribe()
    clinic.receive_events()
    customer, now = clinic.customer, timezone.now()
    answers = 0

    def ask(client: StripeClient) -> StripeAnswer:
        nonlocal answers
        answers += 1
        answer = read_subscriptions(client, customer)
        if answers == 1:
            clinic.stripe.cancel(subscription)
            sync.sync_customer(customer, now=now)
        return answer

    sync.sync_objects(ask, now=now)

    assert answers == 2
    assert clinic.workspace.subscription_status == "CANCELLED"


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_apply_each_event_once(stripe_double: StripeDouble) -> None:
    clinic = open_clinic(stripe_double)
    clinic.buy_pack()
    clinic.subscribe()
    told = stripe_double.events()

    run_concurrently(*[lambda: deliver(told)] * 3)
    run_concurrently(*[processing.process_events] * 4)
    now = timezone.now() + calls.FIRST_PAUSE
    processing.process_events(now=now)

    assert len(events()) == len(told)
    assert not unprocessed_events()
    assert clinic.credits() == 50 + 500 + 500
    assert len([cause for cause in ledger(clinic) if cause != "opening"]) == 2


def test_old_processed_events_are_deleted_but_waiting_ones_are_kept() -> None:
    done = PaymentEventFactory.create(processed_at=timezone.now())
    stuck = PaymentEventFactory.create()

    assert inbox.prune_events(now=timezone.now() + timedelta(days=399)) == 0
    assert inbox.prune_events(now=timezone.now() + timedelta(days=401)) == 1

    assert [event.pk for event in events()] == [stuck.pk] != [done.pk]
