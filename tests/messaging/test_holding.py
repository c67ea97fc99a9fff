"""What may be an opt-out holds back every automatic message until a person has decided."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from messaging import doubtful_opt_outs, opt_outs
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Conversation, Message, Sender
from patients.addresses import hash_address
from patients.models import Hold, Patient, Suppression, SuppressionReason
from patients.suppressions import suppress_address
from tests.concurrency import run_concurrently
from tests.factories import (
    ConversationFactory,
    HoldFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.webhooks.calls import PATIENT, TOKEN, US, answer, say
from tests.messaging.webhooks.rows import fresh, waits
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _account(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.SITE_URL = "https://opiniones.example.com"


@pytest.fixture
def sender() -> Sender:
    return shared_sender(address=US)


def asked(sender: Sender, patient: Patient | None = None, **fields: Any) -> Message:
    """A patient of a clinic who was asked two hours ago, and has the ask."""
    patient = patient or create_patient(running_campaign(), phone=PATIENT, asked_at=timezone.now())
    at = timezone.now() - 2 * HOUR
    values = {"status": "DELIVERED", "attempt": 1, "sent_at": at, "sender": sender} | fields
    made: Message = MessageFactory.create(workspace=patient.workspace, patient=patient, **values)
    with tenancy.platform("test"):
        Message.objects.filter(pk=made.pk).update(created_at=at)
    return made


def holds_of(workspace: Workspace) -> list[tuple[str, str, bool]]:
    with tenancy.within(workspace.pk):
        rows = Hold.objects.within(workspace).order_by("pk")
        return list(rows.values_list("address", "decision", "has_text"))


def owner_of(workspace: Workspace) -> User:
    made: User = UserFactory.create(workspace=workspace, role=Role.OWNER, language="en")
    return made


def decide(what: str, ask: Message) -> Any:
    client = Client()
    client.force_login(owner_of(ask.workspace))
    return client.post(reverse(f"hold_{what}", args=[ask.patient_id]), follow=True)


def suppressed(workspace: Workspace) -> set[str]:
    with tenancy.within(workspace.pk):
        return set(Suppression.objects.within(workspace).values_list("address", flat=True))


def follow_up(ask: Message, **fields: Any) -> Message:
    made: Message = MessageFactory.create(
        workspace=ask.workspace, patient=ask.patient, type="FOLLOWUP_HAPPY", **fields
    )
    return made


def test_doubtful_text_holds_every_address_and_goes_to_the_inbox(sender: Sender) -> None:
    ask = asked(sender)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(email="ana@example.com")

    say(answer(DOUBTFUL))

    assert set(holds_of(ask.workspace)) == {(PATIENT, "", True), ("ana@example.com", "", True)}
    assert waits(ask)
    assert fresh(ask).patient.opted_out_at is None


def test_another_appointment_of_a_held_person_is_not_planned(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(asked_at=timezone.now() - 40 * 24 * HOUR)
    other = create_patient(running_campaign(ask.workspace), phone=PATIENT)

    assert plan_messages() == 0

    decide("go_on", ask)
    assert plan_messages() == 1
    assert find_messages(patient=other, type="INITIAL")


def test_waiting_message_stays_pending_and_goes_after_the_release(sender: Sender) -> None:
    ask = asked(sender)
    waiting = follow_up(ask)
    say(answer(DOUBTFUL))

    assert claim_batch(sender=sender, limit=10) == []
    held = fresh(waiting)
    assert (held.status, held.attempt, held.error) == ("PENDING", 0, "")
    # It is put off, so that it does not keep the claim from what stands behind it.
    assert held.next_attempt_at > timezone.now()

    decide("go_on", ask)
    [taken] = claim_batch(sender=sender, limit=10, now=timezone.now() + timedelta(minutes=2))
    assert taken.id == waiting.pk


def test_held_messages_do_not_starve_those_behind_them(sender: Sender) -> None:
    campaign = running_campaign()
    for which in range(3):
        patient = create_patient(campaign, asked_at=timezone.now())
        HoldFactory.create(
            workspace=campaign.workspace,
            address=patient.phone,
            digest=hash_address(patient.phone),
        )
        MessageFactory.create(
            workspace=campaign.workspace,
            patient=patient,
            next_attempt_at=timezone.now() - timedelta(minutes=9 - which),
        )
    free = MessageFactory.create(
        workspace=campaign.workspace, patient=create_patient(campaign, asked_at=timezone.now())
    )

    assert claim_batch(sender=sender, limit=3) == []
    assert [one.id for one in claim_batch(sender=sender, limit=3)] == [free.pk]


def test_hold_nobody_decides_never_expires_and_late_follow_up_is_dropped(sender: Sender) -> None:
    ask = asked(sender)
    waiting = follow_up(ask)
    say(answer(DOUBTFUL))

    later = timezone.now() + 20 * 24 * HOUR
    assert claim_batch(sender=sender, limit=10, now=later) == []
    assert fresh(waiting).status == "PENDING"

    decide("go_on", ask)
    assert claim_batch(sender=sender, limit=10, now=later + HOUR) == []
    assert (fresh(waiting).status, fresh(waiting).error) == ("CANCELLED", "too old")


def test_stop_suppresses_and_cancels_what_waits(sender: Sender) -> None:
    ask = asked(sender)
    waiting = follow_up(ask)
    say(answer(DOUBTFUL))

    page = decide("stop", ask)

    assert page.status_code == 200
    assert suppressed(ask.workspace) == {PATIENT}
    assert fresh(ask).patient.opted_out_at
    assert claim_batch(sender=sender, limit=10) == []
    assert fresh(waiting).status == "CANCELLED"
    # Staff judged; nobody asked for a confirmation, so none is sent.
    assert not find_messages(type="CONFIRM_STOP")


def test_stop_taken_back_holds_again(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    decide("stop", ask)

    decide("undo", ask)

    assert suppressed(ask.workspace) == set()
    assert fresh(ask).patient.opted_out_at is None
    assert holds_of(ask.workspace) == [(PATIENT, "", True)]
    with tenancy.within(ask.workspace_id):
        acts = AuditEvent.objects.filter(action__startswith="hold.").order_by("at", "pk")
        assert [one.action for one in acts] == ["hold.stop", "hold.undo"]
        assert PATIENT not in str([(one.old, one.new, one.entity_name) for one in acts])


def test_go_on_taken_back_holds_again(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    decide("go_on", ask)
    assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", True)]

    decide("undo", ask)

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]


def test_clear_opt_out_ends_the_doubt_and_staff_cannot_take_it_back(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    say(answer("BAJA"))

    assert holds_of(ask.workspace) == [(PATIENT, "STOP", True)]
    assert suppressed(ask.workspace) == {PATIENT}
    assert decide("undo", ask).status_code != 200
    assert suppressed(ask.workspace) == {PATIENT}


def test_opt_in_releases_the_hold(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    say(answer("ALTA"))

    assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", True)]


def test_second_doubt_after_a_release_holds_again(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    decide("go_on", ask)

    say(answer(DOUBTFUL))

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]


def test_suppressed_person_is_not_held_on_top(sender: Sender) -> None:
    ask = asked(sender)
    say(answer("BAJA"))
    say(answer(DOUBTFUL))

    assert holds_of(ask.workspace) == []
    assert suppressed(ask.workspace) == {PATIENT}


class TestSharedSender:
    """A doubt reaches as far as a STOP, and the clinic that has the text decides for all."""

    @pytest.fixture
    def other(self, sender: Sender) -> Message:
        """Of another clinic, which wrote to the same phone four days ago."""
        ask = asked(sender)
        with tenancy.platform("test"):
            before = timezone.now() - 4 * 24 * HOUR
            Message.objects.filter(pk=ask.pk).update(created_at=before)
        return ask

    @pytest.fixture
    def ask(self, sender: Sender, other: Message) -> Message:
        """Of the clinic that wrote last, so that the text is taken to be for it."""
        assert other
        return asked(sender)

    def test_clinics_that_wrote_there_are_held_without_the_text(
        self, ask: Message, other: Message
    ) -> None:
        say(answer(DOUBTFUL))

        assert holds_of(ask.workspace) == [(PATIENT, "", True)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]
        with tenancy.within(other.workspace_id):
            assert not Conversation.objects.exists()

    def test_clinic_that_never_wrote_there_is_held_at_the_claim(
        self, sender: Sender, ask: Message
    ) -> None:
        say(answer(DOUBTFUL))
        third = running_campaign()
        waiting = MessageFactory.create(
            workspace=third.workspace,
            patient=create_patient(third, phone=PATIENT, asked_at=timezone.now()),
        )

        assert claim_batch(sender=sender, limit=10) == []
        assert fresh(waiting).status == "PENDING"
        assert holds_of(third.workspace) == []

        decide("go_on", ask)
        in_two = timezone.now() + timedelta(minutes=2)
        assert [one.id for one in claim_batch(sender=sender, limit=10, now=in_two)] == [waiting.pk]

    def test_stop_reaches_every_clinic(self, ask: Message, other: Message) -> None:
        say(answer(DOUBTFUL))
        decide("stop", ask)

        assert suppressed(ask.workspace) == suppressed(other.workspace) == {PATIENT}
        assert holds_of(other.workspace) == [(PATIENT, "STOP", False)]

    def test_go_on_releases_every_clinic(self, ask: Message, other: Message) -> None:
        say(answer(DOUBTFUL))
        decide("go_on", ask)

        assert holds_of(other.workspace) == [(PATIENT, "GO_ON", False)]

    def test_clinic_without_the_text_decides_for_itself_alone(
        self, ask: Message, other: Message
    ) -> None:
        say(answer(DOUBTFUL))
        decide("go_on", other)

        assert holds_of(other.workspace) == [(PATIENT, "GO_ON", False)]
        assert holds_of(ask.workspace) == [(PATIENT, "", True)]

    def test_stop_taken_back_holds_every_clinic_again(self, ask: Message, other: Message) -> None:
        say(answer(DOUBTFUL))
        decide("stop", ask)
        decide("undo", ask)

        assert suppressed(ask.workspace) == suppressed(other.workspace) == set()
        assert holds_of(ask.workspace) == [(PATIENT, "", True)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]

    def test_text_that_may_be_for_two_clinics_holds_both(
        self, sender: Sender, other: Message
    ) -> None:
        asked(sender)
        ask = asked(sender)

        say(answer(DOUBTFUL))

        assert holds_of(other.workspace) == [(PATIENT, "", False)]
        assert holds_of(ask.workspace) == [(PATIENT, "", False)]
        decide("go_on", ask)
        assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", False)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]


@pytest.mark.django_db(transaction=True)
def test_hold_beside_a_claim_never_lets_the_message_pass_unseen(sender: Sender) -> None:
    """Whichever is first: the message left before the hold stood, or it waits."""
    ask = asked(sender)
    waiting = follow_up(ask)

    def doubt() -> None:
        with tenancy.platform("test"):
            doubtful_opt_outs.hold_doubtful_text(patient=ask.patient, senders=[sender])

    run_concurrently(doubt, lambda: claim_batch(sender=sender, limit=1))

    assert fresh(waiting).status in ("PENDING", "SENDING")
    if fresh(waiting).status == "PENDING":
        assert claim_batch(sender=sender, limit=1, now=timezone.now() + timedelta(minutes=2)) == []


def test_inbox_and_patient_page_offer_the_decision(client: Client, sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    client.force_login(owner_of(ask.workspace))
    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)

    inbox = client.get(reverse("inbox"), {"state": "held"}).content.decode()
    conversation = client.get(reverse("inbox_conversation", args=[talk.pk])).content.decode()
    patient = client.get(reverse("patient", args=[ask.patient_id])).content.decode()

    assert "May want no messages" in inbox
    for page in (conversation, patient):
        assert reverse("hold_stop", args=[ask.patient_id]) in page
        assert reverse("hold_go_on", args=[ask.patient_id]) in page


def test_conversation_is_not_closed_before_the_decision(client: Client, sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    client.force_login(owner_of(ask.workspace))
    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)

    page = client.post(reverse("inbox_close", args=[talk.pk]), follow=True)

    assert "Decide first" in page.content.decode()
    with tenancy.within(ask.workspace_id):
        assert Conversation.objects.get(pk=talk.pk).closed_at is None


def test_second_decision_finds_nothing_left_to_decide(client: Client, sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    decide("go_on", ask)

    assert decide("stop", ask).status_code != 200
    assert suppressed(ask.workspace) == set()


def test_doctor_decides_for_own_patients_alone(client: Client) -> None:
    patient = PatientFactory.create()
    ConversationFactory.create(workspace=patient.workspace, patient=patient)
    client.force_login(UserFactory.create(workspace=patient.workspace, role=Role.DOCTOR))

    assert client.post(reverse("hold_stop", args=[patient.pk])).status_code == 404


def test_stop_by_the_page_settles_a_hold(sender: Sender) -> None:
    ask = asked(sender)
    say(answer(DOUBTFUL))
    with tenancy.platform("test"):
        opt_outs.stop_patient(patient=ask.patient, reason=SuppressionReason.LINK)

    assert holds_of(ask.workspace) == [(PATIENT, "STOP", True)]


def test_dead_number_is_held_like_any_other(sender: Sender) -> None:
    ask = asked(sender)
    with tenancy.platform("test"):
        suppress_address(
            workspace_id=ask.workspace_id, address=PATIENT, reason=SuppressionReason.UNREACHABLE
        )
    say(answer(DOUBTFUL))

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]
