from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from campaigns.models import CampaignStatus as Stage
from core import tenancy
from messaging.models import Feedback, Message, MessageStatus, Sender, SenderStop
from messaging.webhooks import inbox, processing
from patients.addresses import hash_address
from patients.models import Suppression, SuppressionReason
from tests.factories import SenderFactory, SuppressionFactory, WorkspaceFactory
from tests.messaging.webhooks.calls import (
    FORM,
    INBOUND,
    PATIENT,
    US,
    post,
    receive_text,
    sign,
    text_fields,
)
from tests.messaging.webhooks.rows import (
    call_errors,
    create_delivered_ask,
    follow_ups,
    inbox_of,
    is_suppressed,
    list_clarifications,
    reload_message,
    stored_calls,
    waits_for_member,
)

pytestmark = pytest.mark.django_db


def test_rating_is_stored_with_its_comment(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("5, la doctora muy amable", MessageSid="SM7"))

    rated = reload_message(ask)
    assert (rated.status, rated.rating) == (MessageStatus.REPLIED, 5)
    assert rated.comment == "la doctora muy amable"
    (kept,) = inbox_of(ask)
    assert (kept.external_id, kept.intent, kept.rating) == ("SM7", "rating", 5)
    assert (kept.message, kept.sender, kept.channel) == (ask, sender, "SMS")
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]
    assert call_errors() == [""]


def test_low_rating_opens_a_case(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("2"))

    assert follow_ups(ask) == ["FOLLOWUP_UNHAPPY"]
    with tenancy.within(ask.workspace_id):
        assert Feedback.objects.get().rating == 2


def test_call_repeated_with_another_token_is_not_stored_again(sender: Sender) -> None:
    create_delivered_ask(sender)
    five = text_fields("5")
    for number in range(5):
        post(INBOUND, five, **{"I-Twilio-Idempotency-Token": f"forged {number}"})

    assert len(stored_calls()) == 1


def test_repeated_reply_counts_once(sender: Sender) -> None:
    ask, five = create_delivered_ask(sender), text_fields("5")
    receive_text(five)
    post(INBOUND, five, **{"I-Twilio-Idempotency-Token": "another delivery"})
    processing.process()

    assert len(inbox_of(ask)) == 1


def test_text_without_rating_waits_for_a_member(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("¿A qué hora abren mañana?"))

    (kept,) = inbox_of(ask)
    assert (kept.intent, kept.body) == ("other", "¿A qué hora abren mañana?")
    assert waits_for_member(ask)
    assert (reload_message(ask).status, reload_message(ask).rating) == (MessageStatus.REPLIED, None)


def test_text_before_the_rating_does_not_shorten_the_time_to_change_it(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("Buenas tardes"))
    with tenancy.platform("test"):
        early = timezone.now() - timedelta(hours=1)
        Message.objects.filter(pk=ask.pk).update(replied_at=early)
    receive_text(text_fields("4"))
    receive_text(text_fields("5"))

    assert reload_message(ask).rating == 5


def test_text_after_the_rating_is_its_comment(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("5"))
    receive_text(text_fields("La recepcionista fue un amor"))

    assert reload_message(ask).comment == "La recepcionista fue un amor"
    assert not waits_for_member(ask)


def test_text_days_after_the_rating_waits_for_a_member(sender: Sender) -> None:
    ask = create_delivered_ask(sender, hours_ago=60)
    receive_text(text_fields("5"))
    with tenancy.platform("test"):
        Message.objects.filter(pk=ask.pk).update(replied_at=timezone.now() - timedelta(days=2))
    receive_text(text_fields("Me duele otra vez"))

    assert reload_message(ask).comment == ""
    assert waits_for_member(ask)


def test_picture_is_recorded(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("", NumMedia="2", MediaUrl0="https://api.twilio.com/x"))

    assert inbox_of(ask)[0].body == "📎"


def test_help_is_stored_without_further_effect(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("AYUDA"))

    assert [kept.intent for kept in inbox_of(ask)] == ["help"]
    assert not is_suppressed(ask)


def test_number_off_the_scale_queues_a_clarification(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("10"))

    [question] = list_clarifications(ask)
    assert (question.status, question.channel) == (MessageStatus.PENDING, "SMS")
    assert (reload_message(ask).status, reload_message(ask).rating) == (MessageStatus.REPLIED, None)
    assert not waits_for_member(ask)

    receive_text(text_fields("5"))
    assert reload_message(ask).rating == 5
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]


def test_second_number_off_the_scale_waits_for_a_member(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("10"))
    receive_text(text_fields("un 10!"))

    assert len(list_clarifications(ask)) == 1
    assert waits_for_member(ask)


def test_no_clarification_is_queued_after_a_rating(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("5"))
    receive_text(text_fields("10"))

    assert not list_clarifications(ask)
    assert reload_message(ask).comment == "10"


@pytest.mark.parametrize("hindrance", ["opted out", "no consent", "campaign cancelled"])
def test_number_off_the_scale_waits_for_a_member_if_patient_may_not_be_asked(
    sender: Sender, hindrance: str
) -> None:
    ask = create_delivered_ask(sender)
    with tenancy.platform("test"):
        match hindrance:
            case "opted out":
                ask.patient.opted_out_at = timezone.now()
                ask.patient.save()
            case "campaign cancelled":
                ask.campaign.status = Stage.CANCELLED
                ask.campaign.save()
            case "no consent":
                ask.patient.has_consent = False
                ask.patient.save()
    receive_text(text_fields("10"))

    assert not list_clarifications(ask)
    assert waits_for_member(ask)


@pytest.mark.parametrize(
    "said",
    [
        text_fields("BAJA"),
        text_fields("2 y no me escriban más"),
        text_fields("hola", OptOutType="STOP"),
        text_fields("Dejar de recibir", ButtonPayload="STOP", ButtonText="Dejar de recibir"),
    ],
    ids=["a word", "beside a rating", "by Twilio's word", "by a button"],
)
def test_stop_suppresses_the_address(said: dict[str, str], sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(said)

    assert is_suppressed(ask)
    assert reload_message(ask).rating is None
    assert reload_message(ask).patient.opted_out_at
    assert inbox_of(ask)[0].intent == "opt_out"
    with tenancy.within(ask.workspace_id):
        addresses = Suppression.objects.values_list("address", flat=True)
        assert set(addresses) == {PATIENT, "ana@example.com"}, "everything this clinic has of them"


def test_stop_to_shared_number_suppresses_at_every_clinic_that_wrote(sender: Sender) -> None:
    ask, another = (
        create_delivered_ask(sender, hours_ago=1),
        create_delivered_ask(sender, hours_ago=200),
    )
    elsewhere = create_delivered_ask(SenderFactory.create(workspace=None), hours_ago=300)
    receive_text(text_fields("STOP"))

    assert is_suppressed(ask)
    assert is_suppressed(another)
    assert not is_suppressed(elsewhere)
    with tenancy.platform("test"):
        assert [stop.address for stop in SenderStop.objects.filter(sender=sender)] == [PATIENT]


def test_stop_to_own_number_suppresses_only_at_that_clinic() -> None:
    workspace = WorkspaceFactory.create()
    own = SenderFactory.create(workspace=workspace, address=US)
    ask = create_delivered_ask(own, workspace=workspace)
    other = create_delivered_ask(SenderFactory.create(workspace=None))
    receive_text(text_fields("STOP"))

    assert is_suppressed(ask)
    assert not is_suppressed(other)


@pytest.mark.parametrize("hours_ago", [1, 24 * 40])
def test_stop_that_could_be_for_two_clinics_suppresses_at_both(
    hours_ago: int, sender: Sender
) -> None:
    asks = [create_delivered_ask(sender, hours_ago=hours_ago) for _ in range(2)]
    receive_text(text_fields("STOP"))

    assert all(is_suppressed(ask) for ask in asks)
    assert not any(inbox_of(ask) for ask in asks)
    assert call_errors() == [""]


def test_stop_to_a_former_number_suppresses(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("STOP", To="+15005550099"))

    assert is_suppressed(ask)


def test_start_removes_the_suppression(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    receive_text(text_fields("STOP"))
    receive_text(text_fields("START"))

    assert not is_suppressed(ask)
    assert reload_message(ask).patient.opted_out_at is None
    with tenancy.platform("test"):
        assert not Suppression.objects.exists()
        assert not SenderStop.objects.exists()


def test_start_does_not_undo_opt_out_by_link_at_another_clinic(sender: Sender) -> None:
    here, there = (
        create_delivered_ask(sender, hours_ago=1),
        create_delivered_ask(sender, hours_ago=200),
    )
    SuppressionFactory.create(
        workspace=there.workspace,
        address=PATIENT,
        digest=hash_address(PATIENT),
        reason=SuppressionReason.LINK,
    )
    receive_text(text_fields("START"))

    assert is_suppressed(there)
    assert not is_suppressed(here)


def test_texts_of_one_person_are_processed_in_order(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    for said in ("1", "STOP", "START", "4"):
        post(INBOUND, text_fields(said))
    processing.process()

    assert [kept.body for kept in inbox_of(ask)] == ["1", "STOP", "START", "4"]
    assert reload_message(ask).rating == 4
    assert not is_suppressed(ask)


def test_stop_is_processed_before_earlier_long_texts_of_others(sender: Sender) -> None:
    long = "no me parece bien lo que pasó en la recepción, " * 20
    for stranger in range(3):
        post(
            INBOUND,
            text_fields(long, MessageSid=f"SMlong{stranger}", From=f"+59398700000{stranger}"),
        )
    post(INBOUND, text_fields("BAJA", MessageSid="SMstop", From="+593987111111"))

    with tenancy.platform("test"):
        first = inbox.lock_oldest_inbound()

    assert first
    assert inbox.fields_of(first)["Body"] == "BAJA"


def test_stop_is_processed_after_earlier_long_text_of_the_same_person(sender: Sender) -> None:
    post(INBOUND, text_fields("Llegué a las 9 y me atendieron a las 11. " * 5, MessageSid="SM1"))
    post(INBOUND, text_fields("BAJA", MessageSid="SM2"))

    with tenancy.platform("test"):
        first = inbox.lock_oldest_inbound()

    assert first
    assert inbox.fields_of(first)["MessageSid"] == "SM1"


def test_call_without_sid_is_kept_with_an_error(sender: Sender) -> None:
    create_delivered_ask(sender)
    receive_text(text_fields("5", MessageSid=""))

    assert call_errors() == ["malformed: no SID"]


def test_call_with_a_repeated_sid_is_kept_with_an_error(sender: Sender) -> None:
    create_delivered_ask(sender)
    body = "MessageSid=SM1&MessageSid=SM2&Body=5"
    signature = sign(INBOUND, QueryDict(body))
    Client().post(INBOUND, body, content_type=FORM, headers={"X-Twilio-Signature": signature})
    processing.process()

    assert call_errors() == ["malformed: no SID"]


QUESTION = "¿Me pueden reagendar para el jueves?"


@pytest.mark.parametrize("texts", [("5", QUESTION), (f"5, {QUESTION}",), ("2", QUESTION)])
def test_question_with_or_after_a_rating_waits_for_a_member(
    sender: Sender, texts: tuple[str, ...]
) -> None:
    ask = create_delivered_ask(sender)
    for text in texts:
        receive_text(text_fields(text))

    assert waits_for_member(ask)
    assert "reagendar" in reload_message(ask).comment
    assert reload_message(ask).rating == int(texts[0][0])
