"""From plan to settling, with the simulator: each outcome of a message and its consequences."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Sum
from django.test.utils import override_settings
from django.utils import timezone

from billing.models import CreditEntry
from core import tenancy
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.dispatch.sweeping import sweep_unsettled
from messaging.models import Message, Sender
from patients.models import Suppression
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.factories import TemplateFactory
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Workspace

SILENCE = settings.DISPATCH_SILENCE

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = "HX" + "ab" * 16


def send_ask_to(phone: str, **fields: Any) -> Message:
    """Plan, claim, send and settle an ask to this number."""
    channel = fields.get("preferred_channel", Channel.SMS)
    shared_sender(channel)
    create_patient(running_campaign(), phone=phone, **fields)
    plan_messages()
    run_dispatch()
    return find_messages()[0]


def sweep_after(now_plus: timedelta) -> Message:
    sweep_unsettled(now=timezone.now() + now_plus)
    with tenancy.platform("test"):
        Message.objects.filter(status="PENDING").update(next_attempt_at=timezone.now())
    run_dispatch()
    return find_messages()[0]


def credits_of(message: Message) -> int:
    with tenancy.platform("test"):
        workspace = Workspace.objects.get(pk=message.workspace_id)
        ledger = CreditEntry.objects.filter(workspace=workspace).aggregate(total=Sum("amount"))
        assert workspace.message_credits == ledger["total"]
        return workspace.message_credits


def suppressed(message: Message) -> list[str]:
    with tenancy.platform("test"):
        return [row.reason for row in Suppression.objects.filter(address=message.patient.phone)]


def test_accepted_message_is_sent_and_costs_one_credit(simulator: Simulation) -> None:
    message = send_ask_to("+593987654321")

    [told] = simulator.told()
    assert (message.status, message.external_id) == ("SENT", told["sid"])
    assert (told["to"], told["body"]) == ("+593987654321", message.content)
    assert message.sent_at is not None
    assert message.claimed_until is None
    assert credits_of(message) == 49


@pytest.mark.parametrize(
    ("ending", "code", "reasons"),
    [
        ("0011", "21211", ["UNREACHABLE"]),
        ("0012", "21614", ["UNREACHABLE"]),
        ("0015", "21610", ["CARRIER"]),
    ],
)
def test_refused_message_fails_without_cost_and_suppresses_address(
    simulator: Simulation, ending: str, code: str, reasons: list[str]
) -> None:
    message = send_ask_to(f"+59398765{ending}")

    assert (message.status, message.error_code) == ("FAILED", code)
    assert message.error
    assert credits_of(message) == 50
    assert suppressed(message) == reasons
    assert simulator.told() == []


@pytest.mark.parametrize(("ending", "code"), [("0013", "21408"), ("0014", "21612")])
def test_number_that_cannot_be_reached_does_not_pause_the_sender(
    simulator: Simulation, ending: str, code: str
) -> None:
    message = send_ask_to(f"+59398765{ending}")

    assert (message.status, message.error_code) == ("FAILED", code)
    assert credits_of(message) == 50
    assert suppressed(message) == []
    with tenancy.platform("test"):
        assert Sender.objects.get().paused_at is None


def test_wrong_credentials_pause_the_sender(simulator: Simulation) -> None:
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        message = send_ask_to("+593987654321")

    with tenancy.platform("test"):
        assert Sender.objects.get().paused_at is not None
    assert (message.status, credits_of(message)) == ("PENDING", 50)


def test_throttled_message_is_sent_later(simulator: Simulation) -> None:
    simulator.faults(rate_429=1, retry_after=7)
    message = send_ask_to("+593987654321")
    assert (message.status, credits_of(message)) == ("PENDING", 50)
    assert message.next_attempt_at > timezone.now() + timedelta(seconds=5)

    simulator.faults(rate_429=0)
    with tenancy.platform("test"):
        Message.objects.update(next_attempt_at=timezone.now())
    run_dispatch()

    assert (find_messages()[0].status, credits_of(message)) == ("SENT", 49)
    assert len(simulator.told()) == 1


def test_message_stays_pending_if_provider_refuses_the_connection(simulator: Simulation) -> None:
    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        message = send_ask_to("+593987654321")

    assert (message.status, credits_of(message)) == ("PENDING", 50)


@pytest.mark.parametrize(
    "fault",
    [{"rate_drop": 1}, {"rate_500": 1, "recorded_share": 1}, {"rate_503": 1, "recorded_share": 1}],
)
def test_message_with_lost_response_is_found_in_the_list(
    simulator: Simulation, fault: dict[str, float]
) -> None:
    simulator.faults(**fault)
    message = send_ask_to("+593987654321")
    assert (message.status, credits_of(message)) == ("UNKNOWN", 49)

    simulator.faults(**dict.fromkeys(fault, 0))
    message = sweep_after(timedelta(minutes=3))

    [told] = simulator.told()
    assert (message.status, message.external_id) == ("SENT", told["sid"])
    assert credits_of(message) == 49


@pytest.mark.parametrize("fault", [{"rate_reset": 1}, {"rate_500": 1, "recorded_share": 0}])
def test_message_not_in_the_list_is_sent_again_after_ten_minutes(
    simulator: Simulation, fault: dict[str, float]
) -> None:
    simulator.faults(**fault)
    message = send_ask_to("+593987654321")
    assert message.status == "UNKNOWN"

    simulator.faults(**dict.fromkeys(fault, 0))
    assert sweep_after(SILENCE - timedelta(minutes=1)).status == "UNKNOWN"
    assert sweep_after(SILENCE + timedelta(minutes=1)).status == "SENT"
    assert len(simulator.told()) == 1
    assert credits_of(message) == 49


def test_message_not_in_the_list_fails_if_clinic_allows_no_second_send(
    simulator: Simulation,
) -> None:
    simulator.faults(rate_reset=1)
    message = send_ask_to("+593987654321")
    with tenancy.platform("test"):
        Workspace.objects.update(resend_unknown=False)
    simulator.faults(rate_reset=0)

    message = sweep_after(SILENCE + timedelta(minutes=1))

    assert (message.status, message.error_code) == ("FAILED", "no_trace")
    assert credits_of(message) == 50
    assert simulator.told() == []


def test_message_stays_unknown_while_provider_cannot_be_reached(simulator: Simulation) -> None:
    simulator.faults(rate_drop=1)
    send_ask_to("+593987654321")

    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        message = sweep_after(timedelta(hours=5))

    assert (message.status, credits_of(message)) == ("UNKNOWN", 49)


def test_message_of_a_dead_worker_is_resolved(simulator: Simulation) -> None:
    """The worker may have died before the send, or between the send and the settling."""
    message = send_ask_to("+593987654321")
    with tenancy.platform("test"):
        Message.objects.update(
            status="SENDING", external_id=None, sent_at=None, claimed_until=timezone.now()
        )

    message = sweep_after(timedelta(minutes=3))

    assert (message.status, message.external_id) == ("SENT", simulator.told()[0]["sid"])


def test_whatsapp_ask_is_sent_with_its_template(simulator: Simulation) -> None:
    shared_sender(Channel.WHATSAPP, address="whatsapp:+12025550124")
    campaign = running_campaign()
    TemplateFactory.create(
        workspace=campaign.workspace,
        content="Hola {{firstName}}",
        is_default=True,
        whatsapp_content_sid=CONTENT,
    )
    create_patient(campaign, preferred_channel=Channel.WHATSAPP)
    plan_messages()
    run_dispatch()

    [told] = simulator.told()
    assert told["to"].startswith("whatsapp:+593")
    assert told["from"] == "whatsapp:+12025550124"
    assert told["content_sid"] == CONTENT
    assert find_messages()[0].status == "SENT"


def test_email_contains_opt_out_link(simulator: Simulation) -> None:
    shared_sender(Channel.EMAIL, address="hola@example.com")
    campaign = running_campaign()
    patient = create_patient(campaign, phone="", email="ana@example.com")
    plan_messages()
    run_dispatch()

    [mail] = simulator.control("GET", "mails")["mails"]
    assert mail["to"] == "ana@example.com"
    assert f"/o/{patient.token}" in str(mail)
    [message] = find_messages()
    assert message.status == "SENT"
    assert message.external_id


def test_mail_is_retried_while_server_is_down(simulator: Simulation) -> None:
    shared_sender(Channel.EMAIL, address="hola@example.com")
    create_patient(running_campaign(), phone="", email="ana@example.com")
    plan_messages()

    with override_settings(EMAIL_PORT=9):
        run_dispatch()

    assert [message.status for message in find_messages()] == ["PENDING"]


def test_hundreds_of_messages_are_sent_once_each(simulator: Simulation) -> None:
    shared_sender()
    campaign = running_campaign()
    with tenancy.platform("test"):
        CreditEntry.objects.create(
            workspace=campaign.workspace, kind="PURCHASE", amount=450, cause="test"
        )
    for _ in range(300):
        create_patient(campaign)
    plan_messages()

    assert run_dispatch(batch=50) == 300

    told = simulator.control("GET", "messages")
    assert (told["total"], set(told["per_to"].values())) == (300, {1})
    assert {message.status for message in find_messages()} == {"SENT"}


def test_sender_keeps_its_rate(simulator: Simulation) -> None:
    shared_sender(rate_per_second=5)
    campaign = running_campaign()
    for _ in range(20):
        create_patient(campaign)
    plan_messages()

    assert 5 <= run_dispatch() <= 6
