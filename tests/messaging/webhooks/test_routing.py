"""Whose patient wrote: decided by what was quoted, else by who asked last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from messaging.models import MessageStatus, Sender, SenderStop
from messaging.webhooks import hidden_numbers as hidden
from messaging.webhooks import processing
from patients.models import Patient
from templates_app.models import Channel
from tests.factories import CampaignFactory, PatientFactory, SenderFactory, WorkspaceFactory
from tests.messaging.webhooks.calls import (
    INBOUND,
    PATIENT,
    post,
    receive_text,
    text_fields,
    whatsapp_fields,
)
from tests.messaging.webhooks.rows import (
    call_errors,
    create_delivered_ask,
    inbox_of,
    is_suppressed,
    reload_message,
)

pytestmark = pytest.mark.django_db


def test_reply_is_assigned_to_the_newest_ask_to_the_address(sender: Sender) -> None:
    workspace = WorkspaceFactory.create()
    campaign = CampaignFactory.create(workspace=workspace)
    patients = [
        PatientFactory.create(workspace=workspace, campaign=campaign, phone=PATIENT)
        for _ in range(2)
    ]
    older, newer = (
        create_delivered_ask(sender, hours_ago=hours, patient=patient)
        for hours, patient in zip((50, 2), patients, strict=True)
    )
    receive_text(text_fields("4"))

    assert (reload_message(older).rating, reload_message(newer).rating) == (None, 4)


def test_reply_to_a_reminder_is_assigned_to_its_ask(sender: Sender) -> None:
    ask = create_delivered_ask(sender, hours_ago=24 * 31)
    create_delivered_ask(sender, hours_ago=1, patient=ask.patient, type="REMINDER")
    receive_text(text_fields("4"))

    assert reload_message(ask).rating == 4


def test_quoted_message_decides(sender: Sender) -> None:
    older, _newer = (
        create_delivered_ask(sender, hours_ago=50),
        create_delivered_ask(sender, hours_ago=2),
    )
    receive_text(text_fields("4", OriginalRepliedMessageSid=str(older.external_id)))

    assert reload_message(older).rating == 4


def test_reply_that_quotes_a_follow_up_is_assigned_to_its_ask(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    thanks = create_delivered_ask(whatsapp, patient=ask.patient, type="FOLLOWUP_HAPPY", hours_ago=1)
    receive_text(whatsapp_fields("5", OriginalRepliedMessageSid=str(thanks.external_id)))

    assert reload_message(ask).rating == 5


def test_reply_is_not_assigned_if_two_clinics_asked(sender: Sender) -> None:
    asks = [create_delivered_ask(sender, hours_ago=hours) for hours in (60, 2)]
    receive_text(text_fields("1, me trataron muy mal"))

    assert [reload_message(ask).rating for ask in asks] == [None, None]
    assert not any(inbox_of(ask) for ask in asks)
    assert call_errors() == ["ambiguous"]


def test_clinic_that_asked_last_week_is_not_considered(sender: Sender) -> None:
    create_delivered_ask(sender, hours_ago=100)
    ask = create_delivered_ask(sender, hours_ago=2)
    receive_text(text_fields("5"))

    assert reload_message(ask).rating == 5


def test_clinic_that_was_answered_yesterday_is_not_considered(sender: Sender) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    create_delivered_ask(
        sender, hours_ago=30, replied_at=yesterday, status=MessageStatus.REPLIED, rating=5
    )
    ask = create_delivered_ask(sender, hours_ago=2)
    receive_text(text_fields("4"))

    assert reload_message(ask).rating == 4


def test_clinic_that_was_answered_just_now_is_considered(sender: Sender) -> None:
    just_now = timezone.now() - timedelta(minutes=5)
    create_delivered_ask(
        sender, hours_ago=30, replied_at=just_now, status=MessageStatus.REPLIED, rating=5
    )
    ask = create_delivered_ask(sender, hours_ago=2)
    receive_text(text_fields("mejor un 3"))

    assert reload_message(ask).rating is None
    assert call_errors() == ["ambiguous"]


@pytest.mark.usefixtures("sender")
def test_ask_by_another_sender_is_not_considered() -> None:
    create_delivered_ask(SenderFactory.create(workspace=None))
    receive_text(text_fields("5"))

    assert call_errors() == ["nobody was asked at this address"]


@pytest.mark.parametrize("status", [MessageStatus.PENDING, MessageStatus.CANCELLED])
def test_unsent_ask_is_not_considered(status: MessageStatus, sender: Sender) -> None:
    create_delivered_ask(sender, status=status, attempt=0, sent_at=None)
    receive_text(text_fields("5"))

    assert call_errors() == ["nobody was asked at this address"]


def test_ask_sent_after_the_reply_is_not_considered(sender: Sender) -> None:
    post(INBOUND, text_fields("5"))
    create_delivered_ask(sender, hours_ago=-0.1)
    processing.process()

    assert call_errors() == ["nobody was asked at this address"]


def test_reply_a_month_later_is_not_assigned(sender: Sender) -> None:
    create_delivered_ask(sender, hours_ago=24 * 31)
    receive_text(text_fields("5"))

    assert call_errors() == ["nobody was asked at this address"]


def test_reply_of_an_erased_patient_is_not_stored(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(
            data_deleted_at=timezone.now(), phone="", email="", name=""
        )
    receive_text(text_fields("5", OriginalRepliedMessageSid=str(ask.external_id)))

    assert not inbox_of(ask)
    assert call_errors() == ["the patient was erased"]


def test_reply_of_an_unknown_number_is_kept_with_an_error() -> None:
    receive_text(text_fields("5"))

    assert call_errors() == ["unknown sender"]


def test_reply_by_messaging_service_finds_its_sender() -> None:
    service = SenderFactory.create(workspace=None, address="MG" + "0" * 32)
    ask = create_delivered_ask(service)
    receive_text(text_fields("5", MessagingServiceSid=service.address))

    assert reload_message(ask).rating == 5


class TestWhatsApp:
    def test_button_is_a_rating(self, whatsapp: Sender) -> None:
        ask = create_delivered_ask(whatsapp)
        receive_text(whatsapp_fields("Excelente", ButtonText="Excelente", ButtonPayload="5"))

        assert (reload_message(ask).rating, reload_message(ask).comment) == (5, "")
        assert inbox_of(ask)[0].channel == Channel.WHATSAPP

    def test_sms_to_the_same_number_is_another_conversation(
        self, whatsapp: Sender, sender: Sender
    ) -> None:
        ask, text = create_delivered_ask(whatsapp), create_delivered_ask(sender, hours_ago=1)
        receive_text(whatsapp_fields("5"))

        assert (reload_message(ask).rating, reload_message(text).rating) == (5, None)

    def test_hidden_number_with_quote_is_assigned(self, whatsapp: Sender) -> None:
        ask = create_delivered_ask(whatsapp)
        hidden = {"From": "whatsapp:EC.1a2b3c", "ExternalUserId": "EC.1a2b3c"}
        receive_text(whatsapp_fields("5", OriginalRepliedMessageSid=str(ask.external_id)) | hidden)

        assert reload_message(ask).rating == 5

    def test_hidden_number_can_opt_out(self, whatsapp: Sender) -> None:
        ask = create_delivered_ask(whatsapp)
        said = whatsapp_fields("BAJA", OriginalRepliedMessageSid=str(ask.external_id))
        receive_text(said | {"From": "whatsapp:EC.1a2b3c"})

        assert is_suppressed(ask)
        with tenancy.platform("test"):
            assert SenderStop.objects.get().address == PATIENT

    def test_hidden_number_without_quote_is_not_assigned(self, whatsapp: Sender) -> None:
        create_delivered_ask(whatsapp)
        create_delivered_ask(whatsapp, patient=PatientFactory.create())
        receive_text(whatsapp_fields("5") | {"From": "whatsapp:EC.1a2b3c"})

        assert call_errors() == [hidden.UNKNOWN_HIDDEN_NUMBER]
