"""A clinic without trust writes to its members, and with our texts to a few strangers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.channels import OutgoingMessage
from messaging.dispatch import new_senders
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Message, Sender
from patients.models import FirstContact, Patient
from templates_app.actions import install_defaults
from templates_app.models import Channel, MessageType, Template
from tests.concurrency import run_concurrently
from tests.factories import (
    InboundMessageFactory,
    MessageFactory,
    TemplateFactory,
    UnvettedWorkspaceFactory,
    UserFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import SenderFlag, User, Workspace
from workspaces.vetting import limits

pytestmark = pytest.mark.django_db

PHISHING = "Su cuenta fue bloqueada. Verifique sus datos en https://evil.example"


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


@pytest.fixture
def campaign() -> Campaign:
    return new_clinic()


@pytest.fixture
def stranger_limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """A lower limit, so that a test needs few rows."""
    monkeypatch.setattr(limits, "STRANGERS_BEFORE_TRUST", 3)
    return 3


def new_clinic() -> Campaign:
    """Create a clinic that has just signed up, with the default texts."""
    workspace = UnvettedWorkspaceFactory.create()
    with tenancy.platform("test"):
        install_defaults(workspace=workspace)
    return running_campaign(workspace)


def due(campaign: Campaign, count: int = 1, **fields: Any) -> list[Message]:
    return [
        MessageFactory.create(
            workspace=campaign.workspace,
            patient=create_patient(campaign, asked_at=timezone.now()),
            **fields,
        )
        for _ in range(count)
    ]


def use_text(campaign: Campaign, content: str, **filters: Any) -> None:
    with tenancy.platform("test"):
        Template.objects.filter(workspace=campaign.workspace, is_default=True, **filters).update(
            content=content
        )


def change(workspace: Workspace, **fields: Any) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=workspace.pk).update(**fields)


def why_waiting() -> set[str]:
    return {message.error for message in find_messages(status="PENDING")}


def claim_later(sender: Sender, *, minutes: float = 11) -> list[OutgoingMessage]:
    return claim_batch(sender=sender, limit=100, now=timezone.now() + timedelta(minutes=minutes))


def test_own_text_to_strangers_waits(sender: Sender, campaign: Campaign) -> None:
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    due(campaign, 5)

    assert claim_batch(sender=sender, limit=100) == []
    assert why_waiting() == {new_senders.OWN_WORDS}


def test_text_with_link_waits_even_for_a_confirmed_number(
    sender: Sender, campaign: Campaign
) -> None:
    use_text(campaign, PHISHING)
    [message] = due(campaign)
    confirm_phone(message.patient)

    assert claim_batch(sender=sender, limit=100) == []
    assert why_waiting() == {new_senders.A_LINK}


def confirm_phone(patient: Patient, **fields: Any) -> User:
    member: User = UserFactory.create(
        workspace=patient.workspace, phone=patient.phone, proven_phone=patient.phone, **fields
    )
    return member


def test_own_text_to_a_confirmed_number_is_sent_and_counts_no_stranger(
    sender: Sender, campaign: Campaign
) -> None:
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    [message, _stranger] = due(campaign, 2)
    confirm_phone(message.patient)

    assert [taken.to for taken in claim_batch(sender=sender, limit=100)] == [message.patient.phone]
    with tenancy.platform("test"):
        assert FirstContact.objects.count() == 0


@pytest.mark.parametrize(
    "fields", [{"proven_phone": ""}, {"proven_phone": "+593999999999"}, {"is_active": False}]
)
def test_unconfirmed_number_is_a_stranger(
    sender: Sender, campaign: Campaign, fields: dict[str, Any]
) -> None:
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    [message] = due(campaign)
    member = confirm_phone(message.patient)
    with tenancy.platform("test"):
        User.objects.filter(pk=member.pk).update(**fields)

    assert claim_batch(sender=sender, limit=100) == []


def test_number_of_another_clinics_member_is_a_stranger(sender: Sender, campaign: Campaign) -> None:
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    [message] = due(campaign)
    UserFactory.create(phone=message.patient.phone, proven_phone=message.patient.phone)

    assert claim_batch(sender=sender, limit=100) == []


def test_confirmed_email_of_a_member_is_no_stranger(campaign: Campaign) -> None:
    mail = shared_sender(Channel.EMAIL)
    use_text(campaign, "Hola {{firstName}}")
    member = UserFactory.create(workspace=campaign.workspace)
    patient = create_patient(
        campaign, asked_at=timezone.now(), email=member.email, preferred_channel=Channel.EMAIL
    )
    MessageFactory.create(workspace=campaign.workspace, patient=patient, channel=Channel.EMAIL)

    assert [taken.to for taken in claim_batch(sender=mail, limit=100)] == [member.email]


def test_strangers_beyond_the_limit_wait(
    sender: Sender, campaign: Campaign, stranger_limit: int
) -> None:
    due(campaign, 5)

    assert len(claim_batch(sender=sender, limit=100)) == stranger_limit
    assert claim_later(sender) == []
    assert why_waiting() == {new_senders.NO_ROOM}
    with tenancy.platform("test"):
        assert FirstContact.objects.count() == stranger_limit
        assert [flag.about for flag in SenderFlag.objects.all()] == [new_senders.NO_ROOM]


def test_erased_patient_still_counts_as_stranger(
    sender: Sender, campaign: Campaign, stranger_limit: int
) -> None:
    due(campaign, stranger_limit)
    claim_batch(sender=sender, limit=100)
    with tenancy.platform("test"):
        Patient.objects.update(phone="", email="", name="", data_deleted_at=timezone.now())
    due(campaign)

    assert claim_batch(sender=sender, limit=100) == []


def test_same_stranger_is_counted_once(
    sender: Sender, campaign: Campaign, stranger_limit: int
) -> None:
    asked = due(campaign, stranger_limit)
    claim_batch(sender=sender, limit=100)
    MessageFactory.create(
        workspace=campaign.workspace, patient=asked[0].patient, type=MessageType.FOLLOWUP_HAPPY
    )

    assert [taken.to for taken in claim_batch(sender=sender, limit=100)] == [asked[0].patient.phone]


@pytest.mark.django_db(transaction=True)
def test_concurrent_claims_keep_the_limit_of_strangers(stranger_limit: int) -> None:
    sender, campaign = shared_sender(), new_clinic()
    due(campaign, 12)

    taken = run_concurrently(*[lambda: claim_batch(sender=sender, limit=6)] * 2)

    assert sum(map(len, taken)) == stranger_limit


@pytest.mark.django_db(transaction=True)
def test_concurrent_claims_of_several_clinics_do_not_deadlock(stranger_limit: int) -> None:
    sender = shared_sender()
    clinics = [new_clinic(), running_campaign(), new_clinic(), running_campaign()]
    for campaign in clinics:
        due(campaign, 8)

    taken = run_concurrently(*[lambda: claim_batch(sender=sender, limit=16)] * 2)

    sent = [message for one in taken for message in one]
    for campaign in (clinics[0], clinics[2]):
        theirs = [one for one in sent if one.workspace_id == campaign.workspace_id]
        assert len(theirs) <= stranger_limit


@pytest.mark.parametrize(
    "trusted", [{"plan": "STARTER"}, {"vetted_at": datetime.fromisoformat("2026-01-01T00:00Z")}]
)
def test_waiting_message_is_sent_once_clinic_is_trusted(
    sender: Sender, campaign: Campaign, trusted: dict[str, Any]
) -> None:
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    due(campaign, 5)
    claim_batch(sender=sender, limit=100)

    change(campaign.workspace, **trusted)

    assert claim_batch(sender=sender, limit=100) == []  # not before they are looked at again
    with tenancy.platform("test"):
        assert new_senders.release_waiting(campaign.workspace_id, now=timezone.now()) == 5
    assert len(claim_batch(sender=sender, limit=100)) == 5
    assert {message.error for message in find_messages()} == {""}


def test_message_that_waited_too_long_is_cancelled(sender: Sender, campaign: Campaign) -> None:
    use_text(campaign, "Gracias", type=MessageType.FOLLOWUP_HAPPY)
    [message] = due(campaign, type=MessageType.FOLLOWUP_HAPPY)
    with tenancy.platform("test"):
        Message.objects.update(created_at=timezone.now() - timedelta(days=4))

    assert claim_batch(sender=sender, limit=100) == []
    [kept] = find_messages(pk=message.pk)
    assert (kept.status, kept.error) == ("CANCELLED", "too old")


def test_clinic_that_has_just_paid_has_a_daily_limit(
    sender: Sender, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STRANGERS_A_DAY_IN_FIRST_DAYS", 2)
    use_text(campaign, "Hola {{firstName}}, ¿cómo le fue?")
    change(campaign.workspace, first_paid_at=timezone.now())
    due(campaign, 5)

    assert len(claim_batch(sender=sender, limit=100)) == 2
    assert why_waiting() == {new_senders.FIRST_DAYS}
    assert len(claim_later(sender, minutes=24 * 60 + 5)) == 2


def test_stopped_clinic_plans_and_sends_nothing(sender: Sender) -> None:
    campaign = running_campaign()
    due(campaign)
    create_patient(campaign)
    change(
        campaign.workspace, sending_stopped_at=timezone.now(), sending_stopped_because="Phishing"
    )

    assert plan_messages() == 0
    assert claim_batch(sender=sender, limit=100) == []
    assert [message.status for message in find_messages()] == ["PENDING"]

    change(campaign.workspace, sending_stopped_at=None, sending_stopped_because="")
    assert plan_messages() == 1
    assert len(claim_batch(sender=sender, limit=100)) == 2


@pytest.mark.parametrize(
    ("written", "has_written", "leaves"),
    [
        ("Sí, los sábados de 8 a 12.", True, True),
        ("Sí, los sábados de 8 a 12.", False, False),
        ("Entre a evil . example", True, False),
    ],
)
def test_follow_up_without_link_is_sent_to_patient_who_wrote(
    sender: Sender, campaign: Campaign, written: str, has_written: bool, leaves: bool
) -> None:
    patient = create_patient(campaign, asked_at=timezone.now())
    if has_written:
        InboundMessageFactory.create(workspace=campaign.workspace, patient=patient)
    MessageFactory.create(
        workspace=campaign.workspace, patient=patient, type=MessageType.ANSWER, content=written
    )

    assert bool(claim_batch(sender=sender, limit=100)) is leaves


def test_value_with_a_web_address_is_omitted_from_the_text(sender: Sender) -> None:
    """Forms and lists refuse such names, but older rows may have them."""
    campaign = running_campaign()
    text = "{{name}} / {{doctor}} / {{appointmentType}} / {{practice}} / fin"
    TemplateFactory.create(workspace=campaign.workspace, content=text, is_default=True)
    patient = create_patient(
        campaign,
        name="evil.example/pague",
        doctor_name="Su cuenta fue bloqueada",
        appointment_type="evil[.]example",
        asked_at=timezone.now(),
    )
    with tenancy.platform("test"):
        campaign.workspace.practices.update(name="ｅｖｉｌ.example")
    MessageFactory.create(workspace=campaign.workspace, patient=patient)

    [taken] = claim_batch(sender=sender, limit=100)

    assert taken.body.endswith("su clínica / fin")
    assert not {"evil", "ｅｖｉｌ", "bloqueada", "example"} & set(
        taken.body.replace(".", " ").split()
    )


def test_trusted_clinics_need_no_further_query(
    sender: Sender, django_assert_max_num_queries: Any
) -> None:
    campaign = running_campaign()
    due(campaign, 3)

    with django_assert_max_num_queries(20) as trusted:
        assert len(claim_batch(sender=sender, limit=100)) == 3

    assert not any("firstcontact" in query["sql"] for query in trusted.captured_queries)
