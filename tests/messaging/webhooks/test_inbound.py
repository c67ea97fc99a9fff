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
from tests.messaging.webhooks.calls import FORM, INBOUND, PATIENT, US, answer, post, say, sign
from tests.messaging.webhooks.rows import (
    asked,
    errors,
    events,
    follow_ups,
    fresh,
    inbox_of,
    is_suppressed,
    questions_about_the_number,
    waits,
)

pytestmark = pytest.mark.django_db


def test_a_rating_is_taken_with_its_comment(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("5, la doctora muy amable", MessageSid="SM7"))

    rated = fresh(ask)
    assert (rated.status, rated.rating) == (MessageStatus.REPLIED, 5)
    assert rated.comment == "la doctora muy amable"
    (kept,) = inbox_of(ask)
    assert (kept.external_id, kept.intent, kept.rating) == ("SM7", "rating", 5)
    assert (kept.message, kept.sender, kept.channel) == (ask, sender, "SMS")
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]
    assert errors() == [""]


def test_a_low_rating_opens_a_recovery(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("2"))

    assert follow_ups(ask) == ["FOLLOWUP_UNHAPPY"]
    with tenancy.within(ask.workspace_id):
        assert Feedback.objects.get().rating == 2


def test_captured_call_under_another_token_is_not_stored_again(sender: Sender) -> None:
    asked(sender)
    five = answer("5")
    for number in range(5):
        post(INBOUND, five, **{"I-Twilio-Idempotency-Token": f"forged {number}"})

    assert len(events()) == 1


def test_the_same_answer_twice_counts_once(sender: Sender) -> None:
    ask, five = asked(sender), answer("5")
    say(five)
    post(INBOUND, five, **{"I-Twilio-Idempotency-Token": "another delivery"})
    processing.process()

    assert len(inbox_of(ask)) == 1


def test_another_text_waits_for_a_person(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("¿A qué hora abren mañana?"))

    (kept,) = inbox_of(ask)
    assert (kept.intent, kept.body) == ("other", "¿A qué hora abren mañana?")
    assert waits(ask)
    assert (fresh(ask).status, fresh(ask).rating) == (MessageStatus.REPLIED, None)


def test_a_text_before_the_rating_does_not_use_up_the_time_to_change_it(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("Buenas tardes"))
    with tenancy.platform("test"):
        early = timezone.now() - timedelta(hours=1)
        Message.objects.filter(pk=ask.pk).update(replied_at=early)
    say(answer("4"))
    say(answer("5"))

    assert fresh(ask).rating == 5


def test_a_text_after_the_rating_is_its_comment(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("5"))
    say(answer("La recepcionista fue un amor"))

    assert fresh(ask).comment == "La recepcionista fue un amor"
    assert not waits(ask)


def test_days_after_the_rating_a_person_had_better_read_it(sender: Sender) -> None:
    ask = asked(sender, hours_ago=60)
    say(answer("5"))
    with tenancy.platform("test"):
        Message.objects.filter(pk=ask.pk).update(replied_at=timezone.now() - timedelta(days=2))
    say(answer("Me duele otra vez"))

    assert fresh(ask).comment == ""
    assert waits(ask)


def test_a_picture_is_noted(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("", NumMedia="2", MediaUrl0="https://api.twilio.com/x"))

    assert inbox_of(ask)[0].body == "📎"


def test_help_is_kept_and_nothing_else(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("AYUDA"))

    assert [kept.intent for kept in inbox_of(ask)] == ["help"]
    assert not is_suppressed(ask)


def test_a_number_off_the_scale_is_asked_about_once_more(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("10"))

    [question] = questions_about_the_number(ask)
    assert (question.status, question.channel) == (MessageStatus.PENDING, "SMS")
    assert (fresh(ask).status, fresh(ask).rating) == (MessageStatus.REPLIED, None)
    assert not waits(ask)

    say(answer("5"))
    assert fresh(ask).rating == 5
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]


def test_a_second_number_off_the_scale_waits_for_a_person(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("10"))
    say(answer("un 10!"))

    assert len(questions_about_the_number(ask)) == 1
    assert waits(ask)


def test_who_has_rated_is_not_asked_once_more(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("5"))
    say(answer("10"))

    assert not questions_about_the_number(ask)
    assert fresh(ask).comment == "10"


@pytest.mark.parametrize("hindrance", ["opted out", "no consent", "campaign cancelled"])
def test_who_cannot_be_asked_once_more_waits_for_a_person(sender: Sender, hindrance: str) -> None:
    ask = asked(sender)
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
    say(answer("10"))

    assert not questions_about_the_number(ask)
    assert waits(ask)


@pytest.mark.parametrize(
    "said",
    [
        answer("BAJA"),
        answer("2 y no me escriban más"),
        answer("hola", OptOutType="STOP"),
        answer("Dejar de recibir", ButtonPayload="STOP", ButtonText="Dejar de recibir"),
    ],
    ids=["a word", "beside a rating", "by Twilio's word", "by a button"],
)
def test_a_stop_is_for_good(said: dict[str, str], sender: Sender) -> None:
    ask = asked(sender)
    say(said)

    assert is_suppressed(ask)
    assert fresh(ask).rating is None
    assert fresh(ask).patient.opted_out_at
    assert inbox_of(ask)[0].intent == "opt_out"
    with tenancy.within(ask.workspace_id):
        addresses = Suppression.objects.values_list("address", flat=True)
        assert set(addresses) == {PATIENT, "ana@example.com"}, "everything this clinic has of them"


def test_a_stop_to_a_shared_number_is_for_all_who_wrote_by_it(sender: Sender) -> None:
    ask, another = asked(sender, hours_ago=1), asked(sender, hours_ago=200)
    elsewhere = asked(SenderFactory.create(workspace=None), hours_ago=300)
    say(answer("STOP"))

    assert is_suppressed(ask)
    assert is_suppressed(another)
    assert not is_suppressed(elsewhere)
    with tenancy.platform("test"):
        assert [stop.address for stop in SenderStop.objects.filter(sender=sender)] == [PATIENT]


def test_a_stop_to_a_clinics_own_number_is_for_that_clinic() -> None:
    workspace = WorkspaceFactory.create()
    own = SenderFactory.create(workspace=workspace, address=US)
    ask = asked(own, workspace=workspace)
    other = asked(SenderFactory.create(workspace=None))
    say(answer("STOP"))

    assert is_suppressed(ask)
    assert not is_suppressed(other)


@pytest.mark.parametrize("hours_ago", [1, 24 * 40])
def test_a_stop_works_even_when_nobody_knows_whom_it_is_for(hours_ago: int, sender: Sender) -> None:
    asks = [asked(sender, hours_ago=hours_ago) for _ in range(2)]
    say(answer("STOP"))

    assert all(is_suppressed(ask) for ask in asks)
    assert not any(inbox_of(ask) for ask in asks)
    assert errors() == [""]


def test_a_stop_to_a_number_that_is_no_longer_ours_still_counts(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("STOP", To="+15005550099"))

    assert is_suppressed(ask)


def test_start_takes_the_stop_back(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("STOP"))
    say(answer("START"))

    assert not is_suppressed(ask)
    assert fresh(ask).patient.opted_out_at is None
    with tenancy.platform("test"):
        assert not Suppression.objects.exists()
        assert not SenderStop.objects.exists()


def test_start_to_one_clinic_does_not_undo_what_was_told_to_another(sender: Sender) -> None:
    here, there = asked(sender, hours_ago=1), asked(sender, hours_ago=200)
    SuppressionFactory.create(
        workspace=there.workspace,
        address=PATIENT,
        digest=hash_address(PATIENT),
        reason=SuppressionReason.LINK,
    )
    say(answer("START"))

    assert is_suppressed(there)
    assert not is_suppressed(here)


def test_what_one_person_wrote_is_read_in_order(sender: Sender) -> None:
    ask = asked(sender)
    for said in ("1", "STOP", "START", "4"):
        post(INBOUND, answer(said))
    processing.process()

    assert [kept.body for kept in inbox_of(ask)] == ["1", "STOP", "START", "4"]
    assert fresh(ask).rating == 4
    assert not is_suppressed(ask)


def test_stop_is_read_before_long_texts_of_others_that_came_earlier(sender: Sender) -> None:
    long = "no me parece bien lo que pasó en la recepción, " * 20
    for stranger in range(3):
        post(INBOUND, answer(long, MessageSid=f"SMlong{stranger}", From=f"+59398700000{stranger}"))
    post(INBOUND, answer("BAJA", MessageSid="SMstop", From="+593987111111"))

    with tenancy.platform("test"):
        first = inbox.lock_oldest_inbound()

    assert first
    assert inbox.fields_of(first)["Body"] == "BAJA"


def test_stop_after_a_long_text_of_the_same_person_is_read_after_it(sender: Sender) -> None:
    post(INBOUND, answer("Llegué a las 9 y me atendieron a las 11. " * 5, MessageSid="SM1"))
    post(INBOUND, answer("BAJA", MessageSid="SM2"))

    with tenancy.platform("test"):
        first = inbox.lock_oldest_inbound()

    assert first
    assert inbox.fields_of(first)["MessageSid"] == "SM1"


def test_a_call_without_a_sid_is_kept_for_inspection(sender: Sender) -> None:
    asked(sender)
    say(answer("5", MessageSid=""))

    assert errors() == ["malformed: no SID"]


def test_a_repeated_field_is_not_guessed_at(sender: Sender) -> None:
    asked(sender)
    body = "MessageSid=SM1&MessageSid=SM2&Body=5"
    signature = sign(INBOUND, QueryDict(body))
    Client().post(INBOUND, body, content_type=FORM, headers={"X-Twilio-Signature": signature})
    processing.process()

    assert errors() == ["malformed: no SID"]


QUESTION = "¿Me pueden reagendar para el jueves?"


@pytest.mark.parametrize("texts", [("5", QUESTION), (f"5, {QUESTION}",), ("2", QUESTION)])
def test_question_with_or_after_a_rating_waits_for_a_person(
    sender: Sender, texts: tuple[str, ...]
) -> None:
    ask = asked(sender)
    for text in texts:
        say(answer(text))

    assert waits(ask)
    assert "reagendar" in fresh(ask).comment
    assert fresh(ask).rating == int(texts[0][0])
