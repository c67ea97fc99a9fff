"""The effect of an error code in a receipt on the sender."""

import pytest

from core import tenancy
from messaging.models import MessageStatus, Sender
from templates_app.models import Channel
from tests.factories import MessageFactory, SenderFactory, WorkspaceFactory
from tests.messaging.webhooks.calls import receive_status
from tests.messaging.world import shared_sender
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def reload_sender() -> Sender:
    with tenancy.platform("test"):
        return Sender.objects.get()


def report_failures(code: str, *clinics: Workspace, sender: Sender, attempt: int = 1) -> None:
    """For each of the clinics, let a message be accepted and then fail with this code."""
    for clinic in clinics:
        message = MessageFactory.create(
            workspace=clinic,
            sender=sender,
            channel=Channel.WHATSAPP,
            status=MessageStatus.SENT,
            attempt=attempt,
        )
        receive_status(message.pk, "failed", sid=f"SM{message.pk.hex}", ErrorCode=code)


@pytest.mark.parametrize("code", ["30002", "20003"])
def test_account_code_in_a_receipt_pauses_a_shared_sender(code: str) -> None:
    sender = shared_sender(Channel.WHATSAPP)

    report_failures(code, WorkspaceFactory.create(), sender=sender)

    assert reload_sender().paused_at is not None


@pytest.mark.parametrize("code", ["21408", "21612", "63027", "63028", "63041"])
def test_code_about_one_message_never_pauses(code: str) -> None:
    sender = shared_sender(Channel.WHATSAPP)
    clinics = [WorkspaceFactory.create() for _ in range(3)]

    report_failures(code, *clinics, *clinics, sender=sender)

    assert reload_sender().paused_at is None


def test_one_clinics_refusals_do_not_pause_a_shared_sender() -> None:
    sender = shared_sender(Channel.WHATSAPP)
    clinic = WorkspaceFactory.create()

    report_failures("63020", clinic, clinic, clinic, clinic, sender=sender)

    assert reload_sender().paused_at is None


def test_refusals_of_several_clinics_and_patients_pause_a_shared_sender() -> None:
    sender = shared_sender(Channel.WHATSAPP)
    north, south = WorkspaceFactory.create(), WorkspaceFactory.create()

    report_failures("63020", north, south, sender=sender)
    assert reload_sender().paused_at is None

    report_failures("63020", south, sender=sender)
    assert reload_sender().paused_at is not None


def test_refusal_of_a_second_attempt_does_not_count() -> None:
    sender = shared_sender(Channel.WHATSAPP)
    clinics = [WorkspaceFactory.create() for _ in range(4)]

    report_failures("63020", *clinics, sender=sender, attempt=2)

    assert reload_sender().paused_at is None


def test_clinics_own_sender_pauses_after_one_refusal() -> None:
    clinic = WorkspaceFactory.create()
    sender = SenderFactory.create(workspace=clinic, channel=Channel.WHATSAPP)

    report_failures("63020", clinic, sender=sender)

    assert reload_sender().paused_at is not None
    assert reload_sender().next_probe_at is not None
