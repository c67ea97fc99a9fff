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
from tests.messaging.webhooks.calls import INBOUND, PATIENT, answer, on_whatsapp, post, say
from tests.messaging.webhooks.rows import asked, errors, fresh, inbox_of, is_suppressed

pytestmark = pytest.mark.django_db


def test_the_newest_ask_to_that_address_is_answered(sender: Sender) -> None:
    workspace = WorkspaceFactory.create()
    campaign = CampaignFactory.create(workspace=workspace)
    patients = [
        PatientFactory.create(workspace=workspace, campaign=campaign, phone=PATIENT)
        for _ in range(2)
    ]
    older, newer = (
        asked(sender, hours_ago=hours, patient=patient)
        for hours, patient in zip((50, 2), patients, strict=True)
    )
    say(answer("4"))

    assert (fresh(older).rating, fresh(newer).rating) == (None, 4)


def test_a_reminder_leads_to_its_ask(sender: Sender) -> None:
    ask = asked(sender, hours_ago=24 * 31)
    asked(sender, hours_ago=1, patient=ask.patient, type="REMINDER")
    say(answer("4"))

    assert fresh(ask).rating == 4


def test_what_was_quoted_decides(sender: Sender) -> None:
    older, _newer = asked(sender, hours_ago=50), asked(sender, hours_ago=2)
    say(answer("4", OriginalRepliedMessageSid=str(older.external_id)))

    assert fresh(older).rating == 4


def test_a_quoted_follow_up_leads_to_its_ask(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    thanks = asked(whatsapp, patient=ask.patient, type="FOLLOWUP_HAPPY", hours_ago=1)
    say(on_whatsapp("5", OriginalRepliedMessageSid=str(thanks.external_id)))

    assert fresh(ask).rating == 5


def test_two_clinics_by_one_number_cannot_be_told_apart(sender: Sender) -> None:
    asks = [asked(sender, hours_ago=hours) for hours in (60, 2)]
    say(answer("1, me trataron muy mal"))

    assert [fresh(ask).rating for ask in asks] == [None, None]
    assert not any(inbox_of(ask) for ask in asks)
    assert errors() == ["ambiguous"]


def test_a_clinic_that_asked_last_week_is_not_meant(sender: Sender) -> None:
    asked(sender, hours_ago=100)
    ask = asked(sender, hours_ago=2)
    say(answer("5"))

    assert fresh(ask).rating == 5


def test_a_clinic_that_was_answered_yesterday_is_not_meant(sender: Sender) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    asked(sender, hours_ago=30, replied_at=yesterday, status=MessageStatus.REPLIED, rating=5)
    ask = asked(sender, hours_ago=2)
    say(answer("4"))

    assert fresh(ask).rating == 4


def test_a_clinic_that_was_answered_just_now_may_be_meant(sender: Sender) -> None:
    just_now = timezone.now() - timedelta(minutes=5)
    asked(sender, hours_ago=30, replied_at=just_now, status=MessageStatus.REPLIED, rating=5)
    ask = asked(sender, hours_ago=2)
    say(answer("mejor un 3"))

    assert fresh(ask).rating is None
    assert errors() == ["ambiguous"]


@pytest.mark.usefixtures("sender")
def test_an_ask_through_another_number_is_not_meant() -> None:
    asked(SenderFactory.create(workspace=None))
    say(answer("5"))

    assert errors() == ["nobody was asked at this address"]


@pytest.mark.parametrize("status", [MessageStatus.PENDING, MessageStatus.CANCELLED])
def test_an_ask_that_never_left_is_not_meant(status: MessageStatus, sender: Sender) -> None:
    asked(sender, status=status, attempt=0, sent_at=None)
    say(answer("5"))

    assert errors() == ["nobody was asked at this address"]


def test_an_ask_that_came_after_the_answer_is_not_meant(sender: Sender) -> None:
    post(INBOUND, answer("5"))
    asked(sender, hours_ago=-0.1)
    processing.process()

    assert errors() == ["nobody was asked at this address"]


def test_a_month_later_nobody_is_meant(sender: Sender) -> None:
    asked(sender, hours_ago=24 * 31)
    say(answer("5"))

    assert errors() == ["nobody was asked at this address"]


def test_an_erased_patient_is_not_written_down_again(sender: Sender) -> None:
    ask = asked(sender)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(
            data_deleted_at=timezone.now(), phone="", email="", name=""
        )
    say(answer("5", OriginalRepliedMessageSid=str(ask.external_id)))

    assert not inbox_of(ask)
    assert errors() == ["the patient was erased"]


def test_a_number_of_nobodys_goes_to_the_quarantine() -> None:
    say(answer("5"))

    assert errors() == ["unknown sender"]


def test_a_messaging_service_is_a_sender_too() -> None:
    service = SenderFactory.create(workspace=None, address="MG" + "0" * 32)
    ask = asked(service)
    say(answer("5", MessagingServiceSid=service.address))

    assert fresh(ask).rating == 5


class TestWhatsApp:
    def test_a_button_rates(self, whatsapp: Sender) -> None:
        ask = asked(whatsapp)
        say(on_whatsapp("Excelente", ButtonText="Excelente", ButtonPayload="5"))

        assert (fresh(ask).rating, fresh(ask).comment) == (5, "")
        assert inbox_of(ask)[0].channel == Channel.WHATSAPP

    def test_an_sms_to_the_same_number_is_another_conversation(
        self, whatsapp: Sender, sender: Sender
    ) -> None:
        ask, text = asked(whatsapp), asked(sender, hours_ago=1)
        say(on_whatsapp("5"))

        assert (fresh(ask).rating, fresh(text).rating) == (5, None)

    def test_who_hides_their_number_answers_by_what_they_quote(self, whatsapp: Sender) -> None:
        ask = asked(whatsapp)
        hidden = {"From": "whatsapp:EC.1a2b3c", "ExternalUserId": "EC.1a2b3c"}
        say(on_whatsapp("5", OriginalRepliedMessageSid=str(ask.external_id)) | hidden)

        assert fresh(ask).rating == 5

    def test_who_hides_their_number_can_leave(self, whatsapp: Sender) -> None:
        ask = asked(whatsapp)
        said = on_whatsapp("BAJA", OriginalRepliedMessageSid=str(ask.external_id))
        say(said | {"From": "whatsapp:EC.1a2b3c"})

        assert is_suppressed(ask)
        with tenancy.platform("test"):
            assert SenderStop.objects.get().address == PATIENT

    def test_who_hides_their_number_and_quotes_nothing_is_nobody(self, whatsapp: Sender) -> None:
        asked(whatsapp)
        asked(whatsapp, patient=PatientFactory.create())
        say(on_whatsapp("5") | {"From": "whatsapp:EC.1a2b3c"})

        assert errors() == [hidden.UNKNOWN_HIDDEN_NUMBER]
