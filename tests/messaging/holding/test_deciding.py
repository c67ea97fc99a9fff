"""The decision about a hold: its pages, who may decide, and what ends a hold."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import doubtful_opt_outs, opt_outs
from messaging.dispatch.claiming import claim_batch
from messaging.models import Conversation, Sender
from patients.models import SuppressionReason
from patients.suppressions import suppress_address
from tests.concurrency import run_concurrently
from tests.factories import (
    ConversationFactory,
    PatientFactory,
    UserFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.holding.holds import (
    create_ask,
    create_follow_up,
    decide,
    holds_of,
    owner_of,
    suppressed_addresses,
)
from tests.messaging.webhooks.calls import PATIENT, receive_text, text_fields
from tests.messaging.webhooks.rows import reload_message
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_hold_added_during_claim_keeps_message_waiting(sender: Sender) -> None:
    """Either the message is sent before the hold is stored, or it waits."""
    ask = create_ask(sender)
    waiting = create_follow_up(ask)

    def doubt() -> None:
        with tenancy.platform("test"):
            doubtful_opt_outs.hold_doubtful_text(patient=ask.patient, senders=[sender])

    run_concurrently(doubt, lambda: claim_batch(sender=sender, limit=1))

    assert reload_message(waiting).status in ("PENDING", "SENDING")
    if reload_message(waiting).status == "PENDING":
        assert claim_batch(sender=sender, limit=1, now=timezone.now() + timedelta(minutes=2)) == []


def test_inbox_and_patient_page_offer_the_decision(client: Client, sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
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
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    client.force_login(owner_of(ask.workspace))
    with tenancy.within(ask.workspace_id):
        talk = Conversation.objects.get(patient=ask.patient)

    page = client.post(reverse("inbox_close", args=[talk.pk]), follow=True)

    assert "Decide first" in page.content.decode()
    with tenancy.within(ask.workspace_id):
        assert Conversation.objects.get(pk=talk.pk).closed_at is None


def test_second_decision_finds_nothing_left_to_decide(client: Client, sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("go_on", ask)

    assert decide("stop", ask).status_code != 200
    assert suppressed_addresses(ask.workspace) == set()


def test_doctor_decides_only_for_own_patients(client: Client) -> None:
    patient = PatientFactory.create()
    ConversationFactory.create(workspace=patient.workspace, patient=patient)
    client.force_login(UserFactory.create(workspace=patient.workspace, role=Role.DOCTOR))

    assert client.post(reverse("hold_stop", args=[patient.pk])).status_code == 404


def test_opt_out_on_the_page_decides_the_hold(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    with tenancy.platform("test"):
        opt_outs.stop_patient(patient=ask.patient, reason=SuppressionReason.LINK)

    assert holds_of(ask.workspace) == [(PATIENT, "STOP", True)]


def test_undeliverable_number_is_held_too(sender: Sender) -> None:
    ask = create_ask(sender)
    with tenancy.platform("test"):
        suppress_address(
            workspace_id=ask.workspace_id, address=PATIENT, reason=SuppressionReason.UNREACHABLE
        )
    receive_text(text_fields(DOUBTFUL))

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]
