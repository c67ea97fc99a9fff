"""Answers that people write go through the same dispatch as every message, to the simulator."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone, translation

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from messaging.dispatch.sending import run_dispatch
from messaging.dispatch.sweeping import sweep_unsettled
from messaging.inbox import answers, conversations
from messaging.models import Conversation, Message, Sender, SenderStop
from patients.addresses import hash_address
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    SuppressionFactory,
    UserFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Con gusto, {{firstName}}: abrimos a las 8. á€"


@pytest.fixture
def patient(simulator: Simulation) -> Patient:
    for channel in Channel:
        shared_sender(channel)
    return create_patient(running_campaign(), email="ana@example.com", asked_at=timezone.now())


@pytest.fixture
def conversation(patient: Patient) -> Conversation:
    found: Conversation = ConversationFactory.create(workspace=patient.workspace, patient=patient)
    return found


@pytest.fixture
def owner(patient: Patient) -> User:
    user: User = UserFactory.create(workspace=patient.workspace, name="Ana Ruiz")
    return user


def receive_text(
    patient: Patient, *, hours_ago: float, channel: Channel = Channel.WHATSAPP
) -> None:
    InboundMessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        channel=channel,
        received_at=timezone.now() - timedelta(hours=hours_ago),
    )


def send_answer(
    conversation: Conversation,
    owner: User,
    channel: Channel = Channel.SMS,
    key: UUID | None = None,
) -> Message:
    with tenancy.within(conversation.workspace_id):
        found = Conversation.objects.select_related("patient__workspace").get(pk=conversation.pk)
        return answers.send_answer(
            conversation=found, channel=channel, text=TEXT, by=owner, key=key or uuid4()
        )


def count_credits(workspace: Workspace) -> int:
    with tenancy.within(workspace.pk):
        return Workspace.objects.get(pk=workspace.pk).message_credits


def test_answer_is_sent_as_typed_and_costs_a_credit(
    conversation: Conversation, owner: User, simulator: Simulation
) -> None:
    before = count_credits(conversation.workspace)
    send_answer(conversation, owner)
    run_dispatch()

    (sent,) = find_messages(type="ANSWER")
    assert (sent.status, sent.content, sent.written_by) == ("SENT", TEXT, "Ana Ruiz")
    assert [one["body"] for one in simulator.told()] == [TEXT]
    assert count_credits(conversation.workspace) == before - 1


def test_form_sent_twice_sends_one_answer(conversation: Conversation, owner: User) -> None:
    key = uuid4()
    send_answer(conversation, owner, key=key)
    send_answer(conversation, owner, key=key)

    assert len(find_messages(type="ANSWER")) == 1


def test_two_answers_are_two_messages(conversation: Conversation, owner: User) -> None:
    send_answer(conversation, owner)
    send_answer(conversation, owner)

    assert len(find_messages(type="ANSWER")) == 2


@pytest.mark.parametrize(
    "status", [CampaignStatus.PAUSED, CampaignStatus.CANCELLED, CampaignStatus.COMPLETED]
)
def test_answer_is_sent_although_the_campaign_has_ended(
    status: CampaignStatus, conversation: Conversation, owner: User
) -> None:
    with tenancy.within(conversation.workspace_id):
        Campaign.objects.filter(pk=conversation.patient.campaign_id).update(status=status)
    send_answer(conversation, owner)
    sweep_unsettled()
    run_dispatch()

    (sent,) = find_messages(type="ANSWER")
    assert sent.status == "SENT"


def test_answer_by_mail_names_the_practice_in_the_subject(
    conversation: Conversation, owner: User, simulator: Simulation
) -> None:
    send_answer(conversation, owner, Channel.EMAIL)
    run_dispatch()

    [mail] = simulator.control("GET", "mails")["mails"]
    assert conversation.patient.campaign.practice.name in mail["subject"]
    assert TEXT in str(mail)


def test_opted_out_patient_cannot_be_answered(conversation: Conversation, owner: User) -> None:
    with tenancy.within(conversation.workspace_id):
        suppress_address(
            workspace_id=conversation.workspace_id,
            address=conversation.patient.phone,
            reason=SuppressionReason.REPLY,
        )
    with pytest.raises(ProblemError):
        send_answer(conversation, owner)
    assert find_messages(type="ANSWER") == []


def test_address_that_was_erased_before_gets_no_answer(
    conversation: Conversation, owner: User, patient: Patient
) -> None:
    with tenancy.within(patient.workspace_id):
        SuppressionFactory.create(
            workspace=patient.workspace,
            address="",
            digest=hash_address(patient.phone),
            reason=SuppressionReason.ERASURE,
        )

    with translation.override("en"), pytest.raises(ProblemError, match="does not want messages"):
        send_answer(conversation, owner)


def test_stopped_sender_is_not_offered_but_other_channels_are(patient: Patient) -> None:
    with tenancy.platform("test"):
        SenderStop.objects.create(
            sender=Sender.objects.get(channel=Channel.SMS), address=patient.phone
        )

    with translation.override("en"), tenancy.within(patient.workspace_id):
        channels = answers.answer_channels(patient, now=timezone.now())

    why_not = {channel.channel: channel.why_not for channel in channels}
    assert why_not[Channel.SMS] == "This patient does not want messages. Call them instead."
    assert not why_not[Channel.EMAIL]


def test_opt_out_cancels_a_waiting_answer(conversation: Conversation, owner: User) -> None:
    send_answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        suppress_address(
            workspace_id=conversation.workspace_id,
            address=conversation.patient.phone,
            reason=SuppressionReason.REPLY,
        )
    run_dispatch()

    (kept,) = find_messages(type="ANSWER")
    assert kept.status == "CANCELLED"


def test_whatsapp_answer_is_allowed_for_a_day_after_the_patients_text(
    conversation: Conversation, owner: User
) -> None:
    receive_text(conversation.patient, hours_ago=25)
    with pytest.raises(ProblemError, match="24"):
        send_answer(conversation, owner, Channel.WHATSAPP)

    receive_text(conversation.patient, hours_ago=1)
    assert send_answer(conversation, owner, Channel.WHATSAPP)


def test_whatsapp_answer_is_cancelled_when_the_day_ends_while_it_waits(
    conversation: Conversation, owner: User
) -> None:
    receive_text(conversation.patient, hours_ago=23.9)
    send_answer(conversation, owner, Channel.WHATSAPP)
    with tenancy.within(conversation.workspace_id):
        conversation.patient.inbound_messages.update(
            received_at=timezone.now() - timedelta(hours=25)
        )
    run_dispatch()

    (kept,) = find_messages(type="ANSWER")
    assert kept.status == "CANCELLED"


def test_answering_without_credits_is_an_obstacle(conversation: Conversation, owner: User) -> None:
    conversation.patient.workspace.message_credits = 0
    with tenancy.within(conversation.workspace_id):
        assert answers.find_obstacle(conversation.patient)


def test_channel_of_the_last_text_is_the_best(conversation: Conversation) -> None:
    receive_text(conversation.patient, hours_ago=2, channel=Channel.SMS)
    receive_text(conversation.patient, hours_ago=1, channel=Channel.WHATSAPP)
    with tenancy.within(conversation.workspace_id):
        ways = answers.answer_channels(conversation.patient, now=timezone.now())
        assert answers.best_channel(conversation.patient, ways) == Channel.WHATSAPP


def test_answered_patient_waits_again_after_the_next_text(
    conversation: Conversation, owner: User
) -> None:
    send_answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        found = Conversation.objects.get(pk=conversation.pk)
        assert found.waiting_since is None
        conversations.close_conversation(conversation=found, by=owner)
        again = conversations.open_conversation(patient=conversation.patient, at=timezone.now())

    assert again.waiting_since
    assert again.closed_at is None


def test_audit_event_of_an_answer_has_no_text(conversation: Conversation, owner: User) -> None:
    send_answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        (event,) = AuditEvent.objects.filter(action="conversation.answer")
        assert (event.new, event.entity_name) == ({}, "")
