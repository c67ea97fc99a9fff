"""Events have their effect once, in the end and together with being done."""

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
    events,
    ledger,
    open_clinic,
    payments,
    rights,
    waiting,
)
from tests.concurrency import run_concurrently
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import PaymentEventFactory, StaffFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pause_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0)


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(StaffFactory.create())
    return client


def forget_the_customer(clinic: Clinic) -> str:
    """As if it were another installation's."""
    customer = clinic.customer
    with tenancy.platform("test"):
        Workspace.objects.update(stripe_customer_id=None)
    return customer


def test_stripe_away_leaves_everything_as_it_was_and_then_heals(clinic: Clinic) -> None:
    clinic.subscribe()
    deliver(clinic.stripe.events())
    clinic.stripe.down(True)

    processing.process_events()

    assert clinic.credits() == 50
    assert rights(clinic) == []
    tried = [event for event in events() if event.attempts]
    assert "Stripe is away" in tried[-1].error
    assert tried[-1].processed_at is None

    clinic.stripe.down(False)
    processing.process_events()
    assert [event.key for event in waiting()] == [tried[-1].key], "it waits its pause"
    processing.process_events(now=timezone.now() + calls.FIRST_PAUSE)
    assert not waiting()
    assert events(key=tried[-1].key)[0].error == ""
    assert clinic.credits() == 50 + 500


def test_a_stripe_that_hangs_is_left_alone_for_a_minute(clinic: Clinic) -> None:
    clinic.buy_pack()
    clinic.subscribe()
    deliver(clinic.stripe.events())
    clinic.stripe.down(True)
    processing.process_unless_away()
    tried = sum(event.attempts for event in events())

    processing.process_unless_away()

    assert sum(event.attempts for event in events()) == tried == 1


@pytest.mark.parametrize("status", [500, 503])
def test_what_stripe_refuses_once_is_asked_again_at_once(clinic: Clinic, status: int) -> None:
    clinic.buy_pack()
    deliver(clinic.stripe.events())

    clinic.stripe.refuse(status)
    processing.process_events()

    assert clinic.credits() == 50 + 500


def test_an_event_of_an_unknown_customer_is_kept_with_its_error(
    clinic: Clinic, staff: Client
) -> None:
    clinic.buy_pack()
    customer = forget_the_customer(clinic)

    clinic.hear()

    kept = waiting()
    assert kept
    assert {event.error for event in kept} == {f"unknown customer {customer}"}
    assert clinic.credits() == 50
    page = staff.get(list_page(PaymentEvent), {"error__isempty": "0"})
    assert page.status_code == 200
    assert f"unknown customer {customer}" in page.content.decode()


def test_a_failed_event_is_tried_again_with_growing_pauses_and_then_given_up(
    clinic: Clinic,
) -> None:
    clinic.buy_pack()
    forget_the_customer(clinic)
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


def test_staff_have_it_processed_once_more_and_that_is_on_record(
    clinic: Clinic, staff: Client
) -> None:
    clinic.buy_pack()
    customer = forget_the_customer(clinic)
    clinic.hear()
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=clinic.workspace.pk).update(stripe_customer_id=customer)

    response = run_action(staff, "replay", *waiting())
    processing.process_events()

    assert last_message_level(response) == "success"
    assert not waiting()
    assert clinic.credits() == 50 + 500
    assert "payment.replay" in {act.action for act in audit_events(clinic.workspace)}


def test_staff_without_the_right_may_look_and_not_replay(clinic: Clinic, client: Client) -> None:
    event = PaymentEventFactory.create(processed_at=timezone.now())
    looker = StaffFactory.create(is_superuser=False)
    looker.user_permissions.add(Permission.objects.get(codename="view_paymentevent"))
    client.force_login(looker)

    run_action(client, "replay", event)

    assert events(pk=event.pk)[0].processed_at


def test_a_thing_that_names_another_workspace_is_not_applied(clinic: Clinic) -> None:
    other = open_clinic(clinic.stripe)
    payment = clinic.buy_pack()
    clinic.stripe.client.v1.payment_intents.update(
        payment, {"metadata": {"workspace_id": str(other.workspace.pk)}}
    )

    clinic.hear()

    assert payments(clinic) == payments(other) == []
    assert all("and not" in event.error for event in waiting())
    assert waiting()


def test_a_fault_of_ours_keeps_the_event_and_holds_up_no_other(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = PaymentEventFactory.create(kind="charge.refunded", payload={"data": {"object": []}})
    clinic.buy_pack()

    clinic.hear()

    (event,) = waiting()
    assert event.pk == broken.pk
    assert event.error.startswith("not processed")
    assert clinic.credits() == 50 + 500


def test_an_answer_that_was_overtaken_is_asked_for_again(clinic: Clinic) -> None:
    """Two ask; the one that asked first writes last, and must not write what was."""
    subscription = clinic.subscribe()
    clinic.hear()
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
def test_many_workers_give_the_same_event_one_effect(stripe_double: StripeDouble) -> None:
    clinic = open_clinic(stripe_double)
    clinic.buy_pack()
    clinic.subscribe()
    told = stripe_double.events()

    run_concurrently(*[lambda: deliver(told)] * 3)
    run_concurrently(*[processing.process_events] * 4)
    now = timezone.now() + calls.FIRST_PAUSE
    processing.process_events(now=now)

    assert len(events()) == len(told)
    assert not waiting()
    assert clinic.credits() == 50 + 500 + 500
    assert len([cause for cause in ledger(clinic) if cause != "opening"]) == 2


def test_old_events_are_forgotten_and_those_that_wait_are_not() -> None:
    done = PaymentEventFactory.create(processed_at=timezone.now())
    stuck = PaymentEventFactory.create()

    assert inbox.prune_events(now=timezone.now() + timedelta(days=399)) == 0
    assert inbox.prune_events(now=timezone.now() + timedelta(days=401)) == 1

    assert [event.pk for event in events()] == [stuck.pk] != [done.pk]
