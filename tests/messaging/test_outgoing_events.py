"""Each thing that happens is announced where it happens: once, in its order, and no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from billing.models import EntryKind
from campaigns import actions
from core import tenancy
from integrations.models import WebhookDelivery
from messaging import opt_outs, ratings
from messaging.channels import ProviderTrace, SendOutcome, SendResult
from messaging.dispatch import campaign_completion, credit_warnings, sweeping
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.settling import settle_batch
from messaging.models import Message, MessageStatus, Sender
from messaging.webhooks import inbox, processing
from patients import erasure, suppressions
from patients.imports import worker
from patients.lists.problems import ListProblem
from patients.models import SuppressionReason
from patients.suppressions import suppress_address
from tests.factories import (
    CreditEntryFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
    WebhookEndpointFactory,
    WorkspaceFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from tests.patients.imports.lists import import_list, make_rows, upload_list
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    """It listens to everything."""
    made: Workspace = WorkspaceFactory.create()
    WebhookEndpointFactory.create(workspace=made)
    return made


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


def emitted_events(workspace: Workspace) -> list[WebhookDelivery]:
    with tenancy.platform("test"):
        return list(WebhookDelivery.objects.within(workspace).order_by("position"))


def events(workspace: Workspace) -> list[str]:
    return [one.event for one in emitted_events(workspace)]


def ask(workspace: Workspace, **fields: Any) -> Message:
    values = {"status": MessageStatus.DELIVERED, "attempt": 1} | fields
    made: Message = MessageFactory.create(workspace=workspace, **values)
    return made


def reports(message: Message, *said: str, **fields: str) -> None:
    """All at once, as after a worker was away."""
    for status in said:
        call = {"MessageSid": "SM1", "MessageStatus": status, **fields}
        inbox.store_status(call, message=message.pk, attempt=None)
    processing.process()


def settle_message(sender: Sender, outcome: SendOutcome) -> Message:
    plan_messages()
    [claimed] = claim_batch(sender=sender, limit=1)
    settle_batch([(claimed, outcome)])
    [message] = find_messages(pk=claimed.id)
    return message


def test_each_step_of_a_message_emits_one_event(workspace: Workspace, sender: Sender) -> None:
    patient = create_patient(running_campaign(workspace))
    message = settle_message(sender, SendOutcome(SendResult.ACCEPTED, external_id="SM1"))
    reports(message, "sent", "delivered", "delivered", "read")

    assert events(workspace) == ["message.sent", "message.delivered"]
    sent, delivered = (one.data for one in emitted_events(workspace))
    assert sent == {
        "id": str(message.pk),
        "campaign_id": str(message.campaign_id),
        "patient_id": str(patient.pk),
        "type": "INITIAL",
        "channel": "SMS",
        "status": "SENT",
        "attempt": 1,
        "sent_at": sent["sent_at"],
        "delivered_at": None,
        "error_code": "",
    }
    assert (delivered["status"], delivered["delivered_at"] is None) == ("DELIVERED", False)


def test_receipts_before_the_settling_emit_the_same_events(
    workspace: Workspace, sender: Sender
) -> None:
    create_patient(running_campaign(workspace))
    plan_messages()
    [claimed] = claim_batch(sender=sender, limit=1)
    [message] = find_messages()
    reports(message, "delivered", "sent")
    settle_batch([(claimed, SendOutcome(SendResult.ACCEPTED, external_id="SM1"))])

    assert events(workspace) == ["message.sent", "message.delivered"]


@pytest.mark.parametrize("fate", [SendResult.RETRY, SendResult.PAUSED, SendResult.UNKNOWN])
def test_unsent_message_emits_no_event(
    workspace: Workspace, sender: Sender, fate: SendResult
) -> None:
    create_patient(running_campaign(workspace))
    settle_message(sender, SendOutcome(fate))

    assert events(workspace) == []


def test_refused_message_emits_failure_with_code_but_without_text(
    workspace: Workspace, sender: Sender
) -> None:
    create_patient(running_campaign(workspace))
    settle_message(
        sender, SendOutcome(SendResult.REJECTED, code="21614", reason="+593998877665 is no mobile")
    )

    [failed] = emitted_events(workspace)
    assert (failed.event, failed.data["error_code"]) == ("message.failed", "21614")
    assert "593998877665" not in str(failed.data)


def test_reported_failure_emits_an_event(workspace: Workspace, sender: Sender) -> None:
    create_patient(running_campaign(workspace))
    message = settle_message(sender, SendOutcome(SendResult.ACCEPTED, external_id="SM1"))
    reports(message, "undelivered", ErrorCode="30003")

    assert events(workspace) == ["message.sent", "message.failed"]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (ProviderTrace(can_tell=True, external_ids=("SM1",)), ["message.sent"]),
        (ProviderTrace(can_tell=True), ["message.failed"]),
    ],
    ids=["found", "no trace"],
)
def test_result_of_the_sweeper_emits_an_event(
    workspace: Workspace, sender: Sender, trace: ProviderTrace, expected: list[str]
) -> None:
    create_patient(running_campaign(workspace))
    message = settle_message(sender, SendOutcome(SendResult.UNKNOWN))
    later = timezone.now() + settings.DISPATCH_SILENCE + timedelta(minutes=5)
    lost = sweeping.UnansweredMessage(
        id=message.pk,
        attempt=1,
        channel="SMS",
        content=message.content,
        claimed_at=message.updated_at,
        sender=sender.address,
        resend_unknown=False,
        address=message.patient.phone,
    )

    sweeping.resolve_message(lost, trace, now=later)

    assert events(workspace) == expected


def test_rating_and_changed_rating_emit_events(workspace: Workspace) -> None:
    rated = ask(workspace)
    with tenancy.within(workspace.pk):
        for rating in (2, 2, 5):
            ratings.record_rating(ask=rated, rating=rating, comment="Me llamo Zenobia.")

    assert events(workspace) == ["rating.received", "rating.received"]
    first, second = (one.data for one in emitted_events(workspace))
    assert (first["rating"], first["previous_rating"]) == (2, None)
    assert (second["rating"], second["previous_rating"]) == (5, 2)
    assert "Zenobia" not in f"{first}{second}"


def test_private_comment_emits_an_event_that_erasure_empties(workspace: Workspace) -> None:
    unhappy = ask(workspace)
    with tenancy.within(workspace.pk):
        ratings.give_feedback(ask=unhappy, comment="Esperé mucho.")
    [feedback] = emitted_events(workspace)
    assert (feedback.event, feedback.data["comment"]) == ("feedback.received", "Esperé mucho.")
    assert feedback.data["message_id"] == str(unhappy.pk)

    with tenancy.within(workspace.pk):
        erasure.erase_patients(patients=[unhappy.patient], by=None)

    [feedback] = emitted_events(workspace)
    assert (feedback.data["comment"], feedback.data["rating"]) == ("", 3)


def test_opt_out_emits_one_event_for_each_appointment(workspace: Workspace) -> None:
    phone = "+593991234567"
    patients = {str(create_patient(running_campaign(workspace), phone=phone).pk) for _ in range(2)}
    PatientFactory.create(phone=phone)  # somebody else's
    with tenancy.within(workspace.pk):
        for _ in range(2):
            suppress_address(
                workspace_id=workspace.pk, address=phone, reason=SuppressionReason.REPLY
            )

    assert events(workspace) == ["patient.opted_out"] * 2
    assert {one.data["id"] for one in emitted_events(workspace)} == patients
    assert {one.data["reason"] for one in emitted_events(workspace)} == {"REPLY"}
    assert phone not in str([one.data for one in emitted_events(workspace)])


def test_unreachable_number_emits_no_opt_out(workspace: Workspace) -> None:
    patient = create_patient(running_campaign(workspace))
    with tenancy.within(workspace.pk):
        suppress_address(
            workspace_id=workspace.pk, address=patient.phone, reason=SuppressionReason.UNREACHABLE
        )

    assert events(workspace) == []


def test_stop_to_shared_number_emits_an_event_for_each_clinic(
    workspace: Workspace, sender: Sender
) -> None:
    other = WorkspaceFactory.create()
    WebhookEndpointFactory.create(workspace=other)
    phone = "+593991234567"
    for clinic in (workspace, other):
        patient = create_patient(running_campaign(clinic), phone=phone)
        MessageFactory.create(workspace=clinic, patient=patient, sender=sender)
    with tenancy.platform("test"):
        opt_outs.stop_sender(sender=sender, address=phone, reason=SuppressionReason.REPLY)

    assert events(workspace) == events(other) == ["patient.opted_out"]


def test_addresses_suppressed_by_a_member_emit_events(workspace: Workspace) -> None:
    campaign = running_campaign(workspace)
    phones = [f"+59399123456{number}" for number in range(3)]
    for phone in phones:
        create_patient(campaign, phone=phone)
    with tenancy.within(workspace.pk):
        suppressions.add(
            workspace=workspace,
            typed="\n".join(phones),
            note="",
            by=UserFactory.create(workspace=workspace),
        )

    assert events(workspace) == ["patient.opted_out"] * 3


def test_finished_import_emits_its_counts(workspace: Workspace) -> None:
    listed = import_list(running_campaign(workspace), make_rows(3))

    [finished] = emitted_events(workspace)
    assert finished.event == "import.finished"
    figures = {name: finished.data[name] for name in ("id", "status", "rows_total", "rows_new")}
    assert figures == {"id": str(listed.pk), "status": "DONE", "rows_total": 3, "rows_new": 3}


def test_failed_import_emits_its_problem(workspace: Workspace) -> None:
    listed = upload_list(running_campaign(workspace), make_rows(3))
    for _ in range(2):
        worker.fail(
            workspace_id=workspace.pk, import_id=listed.pk, problem=ListProblem("unexpected")
        )

    [finished] = emitted_events(workspace)
    assert (finished.data["status"], finished.data["problem"]) == ("FAILED", "unexpected")


def test_low_credits_emit_an_event_at_each_level(workspace: Workspace) -> None:
    for spent in (-45, -5):
        CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=spent)
        credit_warnings.warn_of_low_credits()
        credit_warnings.warn_of_low_credits()

    assert [one.data for one in emitted_events(workspace)] == [
        {"message_credits": 5, "percent_left": 20},
        {"message_credits": 0, "percent_left": 0},
    ]


def test_completed_campaign_emits_an_event(workspace: Workspace) -> None:
    campaign = running_campaign(workspace)
    create_patient(campaign, hours_ago=24 * 30)
    assert campaign_completion.complete_finished_campaigns() == 1

    [completed] = emitted_events(workspace)
    assert completed.event == "campaign.completed"
    assert completed.data["id"] == str(campaign.pk)


def test_cancelled_campaign_emits_no_event(workspace: Workspace) -> None:
    campaign = running_campaign(workspace)
    with tenancy.within(workspace.pk):
        actions.cancel_campaign(campaign=campaign, by=UserFactory.create(workspace=workspace))

    assert events(workspace) == []
