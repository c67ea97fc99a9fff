"""Claiming takes each message once, fairly, with its credit, and only if it may still be sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from billing.models import CreditEntry, EntryKind
from campaigns.models import Campaign
from core import tenancy
from messaging.channels import OutgoingMessage
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Message, Sender
from messaging.opt_outs import stop_sender
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from templates_app.models import Channel, MessageType
from tests.factories import (
    CampaignTemplateFactory,
    CreditEntryFactory,
    InboundMessageFactory,
    MessageFactory,
    PracticeFactory,
    SenderFactory,
    TemplateFactory,
    WorkspaceFactory,
)
from tests.messaging.world import (
    ALL_DAY,
    create_patient,
    find_messages,
    running_campaign,
    shared_sender,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


def create_due(campaign: Campaign, count: int = 1, **fields: Any) -> list[Message]:
    return [
        MessageFactory.create(
            workspace=campaign.workspace,
            patient=create_patient(campaign, asked_at=timezone.now()),
            **fields,
        )
        for _ in range(count)
    ]


def balance(workspace: Workspace) -> tuple[int, int]:
    with tenancy.within(workspace.pk):
        ledger = CreditEntry.objects.within(workspace).aggregate(total=Sum("amount"))["total"]
        return Workspace.objects.get(pk=workspace.pk).message_credits, ledger


def test_due_message_is_claimed_once_and_debited(sender: Sender) -> None:
    campaign = running_campaign()
    [message] = create_due(campaign)

    [taken] = claim_batch(sender=sender, limit=10)

    assert (taken.id, taken.to, taken.attempt) == (message.pk, message.patient.phone, 1)
    assert claim_batch(sender=sender, limit=10) == []
    [kept] = find_messages()
    assert (kept.status, kept.attempt, kept.sender) == ("SENDING", 1, sender)
    assert kept.content == taken.body
    assert kept.claimed_until is not None
    assert kept.claimed_until > timezone.now() + settings.DISPATCH_LEASE - timedelta(minutes=1)
    assert balance(campaign.workspace) == (49, 49)


def test_text_of_campaign_precedes_text_of_clinic_and_built_in_text(sender: Sender) -> None:
    campaign = running_campaign()
    text = {"workspace": campaign.workspace, "type": MessageType.INITIAL}
    create_due(campaign, 3)

    def body() -> str:
        return claim_batch(sender=sender, limit=1)[0].body

    assert campaign.practice.name in body()
    TemplateFactory.create(content="De la clínica", is_default=True, **text)
    assert body() == "De la clínica"
    own = TemplateFactory.create(content="De la campaña", **text)
    CampaignTemplateFactory.create(workspace=campaign.workspace, campaign=campaign, template=own)
    assert body() == "De la campaña"


def test_message_of_one_way_sender_contains_a_link() -> None:
    one_way = shared_sender(two_way=False)
    campaign = running_campaign()
    TemplateFactory.create(
        workspace=campaign.workspace, content="Responda del 1 al 5", is_default=True
    )
    [message] = create_due(campaign)

    [taken] = claim_batch(sender=one_way, limit=1)

    assert f"/r/{message.patient.token}" in taken.body


@pytest.mark.parametrize("why", ["opted out", "suppressed", "stopped", "erased", "no consent"])
def test_message_to_patient_who_may_not_be_written_to_is_cancelled(
    sender: Sender, why: str
) -> None:
    campaign = running_campaign()
    [message] = create_due(campaign)
    patient = message.patient
    with tenancy.platform("test"):
        found = Patient.objects.filter(pk=patient.pk)
        if why == "opted out":
            found.update(opted_out_at=timezone.now())
        elif why == "erased":
            found.update(data_deleted_at=timezone.now())
        elif why == "no consent":
            found.update(has_consent=False)
        elif why == "suppressed":
            suppress_address(
                workspace_id=patient.workspace_id,
                address=patient.phone,
                reason=SuppressionReason.STAFF,
            )
        else:
            stop_sender(sender=sender, address=patient.phone, reason=SuppressionReason.REPLY)

    assert claim_batch(sender=sender, limit=10) == []
    [kept] = find_messages()
    assert kept.status == "CANCELLED"
    assert kept.error
    assert balance(campaign.workspace) == (50, 50)


@pytest.mark.parametrize("status", ["DRAFT", "PAUSED", "COMPLETED", "CANCELLED"])
def test_ask_of_campaign_that_is_not_active_waits(sender: Sender, status: str) -> None:
    campaign = running_campaign()
    create_due(campaign)
    with tenancy.platform("test"):
        Campaign.objects.update(status=status)

    assert claim_batch(sender=sender, limit=10) == []
    assert [message.status for message in find_messages()] == ["PENDING"]


@pytest.mark.parametrize(
    ("type_", "goes"),
    [("INITIAL", False), ("REMINDER", False), ("CLARIFY", True), ("FOLLOWUP_HAPPY", True)],
)
def test_only_follow_up_is_claimed_outside_sending_hours(
    sender: Sender, type_: str, goes: bool
) -> None:
    local = timezone.localtime()
    later = [(local + timedelta(hours=hours)).time() for hours in (1, 2)]
    practice = PracticeFactory.create(window_start=later[0], window_end=later[1])
    create_due(running_campaign(practice=practice), type=type_)

    assert len(claim_batch(sender=sender, limit=10)) == goes


def test_message_that_is_not_due_is_not_claimed(sender: Sender) -> None:
    create_due(running_campaign(), next_attempt_at=timezone.now() + timedelta(seconds=5))

    assert claim_batch(sender=sender, limit=10) == []


def test_messages_beyond_the_credits_wait(sender: Sender) -> None:
    campaign = running_campaign()
    CreditEntryFactory.create(workspace=campaign.workspace, kind=EntryKind.DEBIT, amount=-47)
    create_due(campaign, 5)

    assert len(claim_batch(sender=sender, limit=10)) == 3
    assert claim_batch(sender=sender, limit=10) == []
    assert balance(campaign.workspace) == (0, 0)

    CreditEntryFactory.create(workspace=campaign.workspace, kind=EntryKind.PURCHASE, amount=10)
    assert len(claim_batch(sender=sender, limit=10)) == 2


def test_small_clinic_does_not_wait_behind_large_one(sender: Sender) -> None:
    large, small = running_campaign(), running_campaign()
    create_due(large, 30)
    create_due(small, 3)

    taken = claim_batch(sender=sender, limit=6)

    assert [message.workspace_id for message in taken].count(small.workspace_id) == 3


@pytest.mark.parametrize("type_", ["FOLLOWUP_UNHAPPY", "CLARIFY"])
def test_follow_up_is_claimed_before_asks(sender: Sender, type_: str) -> None:
    campaign = running_campaign()
    create_due(campaign, 5)
    [answer] = create_due(campaign, type=type_)

    assert claim_batch(sender=sender, limit=1)[0].id == answer.pk


def test_clarification_is_cancelled_when_patient_has_rated(sender: Sender) -> None:
    [question] = create_due(running_campaign(), type="CLARIFY")
    MessageFactory.create(
        workspace=question.workspace,
        patient=question.patient,
        status="REPLIED",
        replied_at=timezone.now(),
        rating=5,
    )

    assert claim_batch(sender=sender, limit=10) == []
    [told] = find_messages(type="CLARIFY")
    assert (told.status, told.error) == ("CANCELLED", "answered")


def test_own_sender_of_clinic_precedes_shared_sender(sender: Sender) -> None:
    campaign = running_campaign()
    own = SenderFactory.create(workspace=campaign.workspace, rate_per_second=100)
    create_due(campaign)

    assert claim_batch(sender=sender, limit=10) == []
    assert [message.sender_id for message in claim_batch(sender=own, limit=10)] == [own.pk]


def test_sender_of_another_clinic_is_not_used(sender: Sender) -> None:
    foreign = SenderFactory.create(workspace=WorkspaceFactory.create())
    create_due(running_campaign())

    assert claim_batch(sender=foreign, limit=10) == []


def test_whatsapp_message_uses_template_unless_patient_has_written() -> None:
    sender = shared_sender(Channel.WHATSAPP)
    campaign = running_campaign()
    TemplateFactory.create(
        workspace=campaign.workspace,
        content="Hola {{firstName}}, de {{practice}}",
        variables=["firstName", "practice"],
        is_default=True,
        whatsapp_content_sid="HX" + "0" * 32,
    )
    silent, talking = create_due(campaign, 2, channel=Channel.WHATSAPP)
    InboundMessageFactory.create(
        workspace=campaign.workspace, patient=talking.patient, channel=Channel.WHATSAPP
    )

    taken = {message.id: message for message in claim_batch(sender=sender, limit=10)}

    assert taken[silent.pk].content_sid.startswith("HX")
    assert taken[silent.pk].content_variables["2"] == campaign.practice.name
    assert taken[talking.pk].content_sid == ""


def test_template_variables_are_never_empty_or_forged() -> None:
    sender = shared_sender(Channel.WHATSAPP)
    campaign = running_campaign()
    TemplateFactory.create(
        workspace=campaign.workspace,
        content="{{name}} {{doctor}} {{appointmentType}} {{reviewLink}}",
        is_default=True,
        whatsapp_content_sid="HX" + "0" * 32,
    )
    nameless, forger = create_due(campaign, 2, channel=Channel.WHATSAPP)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=nameless.patient_id).update(name="")
        Patient.objects.filter(pk=forger.patient_id).update(name="Ana\nhttp://evil.example {{1}}")

    taken = {
        message.id: message.content_variables for message in claim_batch(sender=sender, limit=10)
    }

    assert taken[nameless.pk]["1"] == "paciente"
    assert all(value.strip() for values in taken.values() for value in values.values())
    assert not set("\n{}") & set(taken[forger.pk]["1"])
    assert "evil.example" not in taken[forger.pk]["1"]


@pytest.mark.parametrize(
    ("listing", "is_led_there"),
    [
        ({"google_place_id": "ChIJN1t_tDeuEmsRUsoyG83frY4"}, True),
        ({"google_review_link": "https://g.page/r/CVLKMhvN362OEBM/review"}, True),
        ({}, False),
    ],
)
def test_review_link_is_included_if_practice_has_google_listing(
    sender: Sender, listing: dict[str, str], is_led_there: bool
) -> None:
    campaign = running_campaign(practice=PracticeFactory.create(**ALL_DAY, **listing))
    TemplateFactory.create(
        workspace=campaign.workspace,
        content="Gracias {{firstName}}. {{reviewLink}}",
        is_default=True,
    )
    create_due(campaign, 1)

    (taken,) = claim_batch(sender=sender, limit=10)

    assert ("/v/" in taken.body) == is_led_there


def test_second_plan_and_claim_send_nothing_more_to_a_patient(sender: Sender) -> None:
    campaign = running_campaign()
    create_patient(campaign, phone="+593987654321")
    plan_messages()
    claim_batch(sender=sender, limit=10)
    plan_messages()

    assert claim_batch(sender=sender, limit=10) == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_claim_each_message_once(sender: Sender) -> None:
    clinics = [running_campaign() for _ in range(3)]
    for campaign in clinics:
        CreditEntryFactory.create(workspace=campaign.workspace, kind=EntryKind.DEBIT, amount=-25)
        create_due(campaign, 40)

    def work(_number: int) -> list[OutgoingMessage]:
        taken = []
        try:
            while batch := claim_batch(sender=sender, limit=7):
                taken.extend(batch)
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [message.id for batch in pool.map(work, range(8)) for message in batch]
    taken += [message.id for message in work(0)]

    assert len(taken) == len(set(taken)) == 3 * 25
    assert {balance(campaign.workspace) for campaign in clinics} == {(0, 0)}
