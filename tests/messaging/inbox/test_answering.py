"""Answers of people, through the same pipeline as everything else, against the simulator."""

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
from patients import consent
from patients.models import Patient, SuppressionReason
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    SuppressionFactory,
    UserFactory,
)
from tests.messaging.world import messages, running_campaign, seen, shared_sender
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Con gusto, {{firstName}}: abrimos a las 8. á€"


@pytest.fixture
def patient(simulator: Simulation) -> Patient:
    for channel in Channel:
        shared_sender(channel)
    return seen(running_campaign(), email="ana@example.com", asked_at=timezone.now())


@pytest.fixture
def conversation(patient: Patient) -> Conversation:
    found: Conversation = ConversationFactory.create(workspace=patient.workspace, patient=patient)
    return found


@pytest.fixture
def owner(patient: Patient) -> User:
    user: User = UserFactory.create(workspace=patient.workspace, name="Ana Ruiz")
    return user


def wrote(patient: Patient, *, hours_ago: float, channel: Channel = Channel.WHATSAPP) -> None:
    InboundMessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        channel=channel,
        received_at=timezone.now() - timedelta(hours=hours_ago),
    )


def answer(
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


def credits(workspace: Workspace) -> int:
    with tenancy.within(workspace.pk):
        return Workspace.objects.get(pk=workspace.pk).message_credits


def test_an_answer_arrives_as_it_was_typed_and_costs_a_credit(
    conversation: Conversation, owner: User, simulator: Simulation
) -> None:
    before = credits(conversation.workspace)
    answer(conversation, owner)
    run_dispatch()

    (sent,) = messages(type="ANSWER")
    assert (sent.status, sent.content, sent.written_by) == ("SENT", TEXT, "Ana Ruiz")
    assert [one["body"] for one in simulator.told()] == [TEXT]
    assert credits(conversation.workspace) == before - 1


def test_the_form_sent_twice_answers_once(conversation: Conversation, owner: User) -> None:
    key = uuid4()
    answer(conversation, owner, key=key)
    answer(conversation, owner, key=key)

    assert len(messages(type="ANSWER")) == 1


def test_two_answers_are_two(conversation: Conversation, owner: User) -> None:
    answer(conversation, owner)
    answer(conversation, owner)

    assert len(messages(type="ANSWER")) == 2


@pytest.mark.parametrize(
    "status", [CampaignStatus.PAUSED, CampaignStatus.CANCELLED, CampaignStatus.COMPLETED]
)
def test_a_person_is_answered_whatever_became_of_the_campaign(
    status: CampaignStatus, conversation: Conversation, owner: User
) -> None:
    with tenancy.within(conversation.workspace_id):
        Campaign.objects.filter(pk=conversation.patient.campaign_id).update(status=status)
    answer(conversation, owner)
    sweep_unsettled()
    run_dispatch()

    (sent,) = messages(type="ANSWER")
    assert sent.status == "SENT"


def test_by_mail_it_says_whom_it_is_from(
    conversation: Conversation, owner: User, simulator: Simulation
) -> None:
    answer(conversation, owner, Channel.EMAIL)
    run_dispatch()

    [mail] = simulator.control("GET", "mails")["mails"]
    assert conversation.patient.campaign.practice.name in mail["subject"]
    assert TEXT in str(mail)


def test_whoever_opted_out_gets_no_answer(conversation: Conversation, owner: User) -> None:
    with tenancy.within(conversation.workspace_id):
        consent.suppress_address(
            workspace_id=conversation.workspace_id,
            address=conversation.patient.phone,
            reason=SuppressionReason.REPLY,
        )
    with pytest.raises(ProblemError):
        answer(conversation, owner)
    assert messages(type="ANSWER") == []


def test_address_that_was_erased_before_gets_no_answer(
    conversation: Conversation, owner: User, patient: Patient
) -> None:
    with tenancy.within(patient.workspace_id):
        SuppressionFactory.create(
            workspace=patient.workspace,
            address="",
            digest=consent.hash_address(patient.phone),
            reason=SuppressionReason.ERASURE,
        )

    with translation.override("en"), pytest.raises(ProblemError, match="does not want messages"):
        answer(conversation, owner)


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


def test_an_opt_out_overtakes_an_answer_that_waits(conversation: Conversation, owner: User) -> None:
    answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        consent.suppress_address(
            workspace_id=conversation.workspace_id,
            address=conversation.patient.phone,
            reason=SuppressionReason.REPLY,
        )
    run_dispatch()

    (kept,) = messages(type="ANSWER")
    assert kept.status == "CANCELLED"


def test_on_whatsapp_only_for_a_day_after_their_word(
    conversation: Conversation, owner: User
) -> None:
    wrote(conversation.patient, hours_ago=25)
    with pytest.raises(ProblemError, match="24"):
        answer(conversation, owner, Channel.WHATSAPP)

    wrote(conversation.patient, hours_ago=1)
    assert answer(conversation, owner, Channel.WHATSAPP)


def test_the_day_ends_while_an_answer_waits(conversation: Conversation, owner: User) -> None:
    wrote(conversation.patient, hours_ago=23.9)
    answer(conversation, owner, Channel.WHATSAPP)
    with tenancy.within(conversation.workspace_id):
        conversation.patient.inbound_messages.update(
            received_at=timezone.now() - timedelta(hours=25)
        )
    run_dispatch()

    (kept,) = messages(type="ANSWER")
    assert kept.status == "CANCELLED"


def test_without_credits_nobody_is_promised_an_answer(
    conversation: Conversation, owner: User
) -> None:
    conversation.patient.workspace.message_credits = 0
    with tenancy.within(conversation.workspace_id):
        assert answers.hindrance(conversation.patient)


def test_the_way_of_the_last_word_is_offered_first(conversation: Conversation) -> None:
    wrote(conversation.patient, hours_ago=2, channel=Channel.SMS)
    wrote(conversation.patient, hours_ago=1, channel=Channel.WHATSAPP)
    with tenancy.within(conversation.workspace_id):
        ways = answers.answer_channels(conversation.patient, now=timezone.now())
        assert answers.best_channel(conversation.patient, ways) == Channel.WHATSAPP


def test_who_was_answered_waits_no_more_until_they_write_again(
    conversation: Conversation, owner: User
) -> None:
    answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        found = Conversation.objects.get(pk=conversation.pk)
        assert found.waiting_since is None
        conversations.close_conversation(conversation=found, by=owner)
        again = conversations.open_conversation(patient=conversation.patient, at=timezone.now())

    assert again.waiting_since
    assert again.closed_at is None


def test_the_trail_does_not_repeat_what_was_said(conversation: Conversation, owner: User) -> None:
    answer(conversation, owner)
    with tenancy.within(conversation.workspace_id):
        (event,) = AuditEvent.objects.filter(action="conversation.answer")
        assert (event.new, event.entity_name) == ({}, "")
