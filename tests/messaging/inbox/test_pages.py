from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.models import CannedAnswer, Conversation, Message
from tests.factories import (
    CampaignFactory,
    CannedAnswerFactory,
    ConversationFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
)
from tests.messaging.world import shared_sender
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    shared_sender()
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def create_conversation(
    user: User, *, name: str = "Zoila Paz", created_by: User | None = None, **fields: Any
) -> Conversation:
    campaign = CampaignFactory.create(workspace=user.workspace, created_by=created_by)
    patient = PatientFactory.create(workspace=user.workspace, campaign=campaign, name=name)
    InboundMessageFactory.create(
        workspace=user.workspace, patient=patient, body="¿Atienden el sábado?"
    )
    conversation: Conversation = ConversationFactory.create(
        workspace=user.workspace, patient=patient, **fields
    )
    return conversation


def find_answers(conversation: Conversation) -> list[Message]:
    with tenancy.within(conversation.workspace_id):
        return list(Message.objects.filter(patient=conversation.patient_id, type="ANSWER"))


def find_canned_answers(user: User) -> list[CannedAnswer]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return list(CannedAnswer.objects.all())


def test_inbox_shows_waiting_patients_and_their_last_text(client: Client, owner: User) -> None:
    create_conversation(owner)
    create_conversation(owner, name="Rosa Vera", waiting_since=None)
    page = client.get(reverse("inbox")).content.decode()

    assert "Zoila Paz" in page
    assert "¿Atienden el sábado?" in page
    assert "Rosa Vera" not in page
    assert "Rosa Vera" in client.get(reverse("inbox"), {"state": "open"}).content.decode()


def test_htmx_request_gets_the_list_alone(client: Client, owner: User) -> None:
    create_conversation(owner)
    part = client.get(reverse("inbox"), headers={"HX-Request": "true"}).content.decode()

    assert "Zoila Paz" in part
    assert "<html" not in part


def test_thread_is_in_order_of_time_with_message_states(client: Client, owner: User) -> None:
    conversation = create_conversation(owner)
    MessageFactory.create(
        workspace=owner.workspace,
        patient=conversation.patient,
        campaign=conversation.patient.campaign,
        content="¿Cómo fue su visita?",
        status="DELIVERED",
        sent_at=timezone.now() - timedelta(hours=1),
        delivered_at=timezone.now(),
    )
    page = client.get(reverse("inbox_conversation", args=[conversation.pk])).content.decode()

    thread = page[page.index('class="thread"') :]
    assert thread.index("¿Cómo fue su visita?") < thread.index("¿Atienden el sábado?")
    assert "delivered" in thread


def test_answer_is_queued_and_shown_in_the_thread(client: Client, owner: User) -> None:
    conversation = create_conversation(owner)
    form = {"key": uuid4(), "channel": "SMS", "text": "Sí, de 8 a 12."}
    page = client.post(reverse("inbox_answer", args=[conversation.pk]), form, follow=True)

    assert "Sí, de 8 a 12." in page.content.decode()
    assert [answer.content for answer in find_answers(conversation)] == ["Sí, de 8 a 12."]


def test_refused_answer_names_the_obstacle(client: Client, owner: User) -> None:
    conversation = create_conversation(owner)
    with tenancy.within(conversation.workspace_id):
        conversation.patient.opted_out_at = timezone.now()
        conversation.patient.save()
    form = {"key": uuid4(), "channel": "SMS", "text": "Sí, de 8 a 12."}
    page = client.post(reverse("inbox_answer", args=[conversation.pk]), form).content.decode()

    assert "does not want messages" in page
    assert find_answers(conversation) == []


def test_doctor_sees_own_patients_and_reception_none(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own, others = (
        create_conversation(owner, created_by=doctor),
        create_conversation(owner, name="Rosa Vera"),
    )
    client.force_login(doctor)

    assert "Rosa Vera" not in client.get(reverse("inbox")).content.decode()
    assert client.get(reverse("inbox_conversation", args=[own.pk])).status_code == 200
    assert client.get(reverse("inbox_conversation", args=[others.pk])).status_code == 404

    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))
    assert client.get(reverse("inbox")).status_code == 403


def test_closed_conversation_moves_to_the_closed_list(client: Client, owner: User) -> None:
    conversation = create_conversation(owner)
    client.post(reverse("inbox_close", args=[conversation.pk]))

    assert "Zoila Paz" not in client.get(reverse("inbox")).content.decode()
    assert "Zoila Paz" in client.get(reverse("inbox"), {"state": "closed"}).content.decode()


def test_canned_answer_is_filled_with_the_patients_name(client: Client, owner: User) -> None:
    conversation = create_conversation(owner)
    CannedAnswerFactory.create(workspace=owner.workspace, content="Con gusto, {{firstName}}.")

    page = client.get(reverse("inbox_conversation", args=[conversation.pk])).content.decode()
    assert "Con gusto, Zoila." in page


def test_canned_answer_is_added_changed_and_removed(client: Client, owner: User) -> None:
    client.post(reverse("canned_answers"), {"name": "Horario", "content": "De 8 a 12."})
    (kept,) = find_canned_answers(owner)
    client.post(
        reverse("canned_answer", args=[kept.pk]), {"name": "Horario", "content": "De 8 a 13."}
    )
    assert [answer.content for answer in find_canned_answers(owner)] == ["De 8 a 13."]
    client.post(reverse("canned_answer_remove", args=[kept.pk]))
    assert find_canned_answers(owner) == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("horario", "Hola", "of that name"),
        ("Factura", "Hola {{firstNme}}", "Did you mean"),
        ("", "Hola", "required"),
    ],
)
def test_invalid_canned_answer_is_refused(
    name: str, content: str, sentence: str, client: Client, owner: User
) -> None:
    CannedAnswerFactory.create(workspace=owner.workspace, name="Horario")
    page = client.post(reverse("canned_answers"), {"name": name, "content": content})

    assert sentence in page.content.decode()


def test_inbox_says_how_long_the_first_one_waits(client: Client, owner: User) -> None:
    now = timezone.now()
    create_conversation(owner, waiting_since=now - timedelta(days=4))
    create_conversation(owner, name="Rosa Vera", waiting_since=now - timedelta(hours=1))
    page = client.get(reverse("inbox")).content.decode()

    assert "2 patients wait for an answer, the first one for 4 days now." in page
    assert page.index("Zoila Paz") < page.index("Rosa Vera")
    assert "Waits for 4 days" in page
    assert "SMS" in page


def test_live_list_brings_the_sentence_of_the_head_along(client: Client, owner: User) -> None:
    create_conversation(owner)
    part = client.get(reverse("inbox"), headers={"HX-Request": "true"}).content.decode()

    assert 'id="inbox-answer" hx-swap-oob="true"' in part
    assert "hx-swap-oob" not in client.get(reverse("inbox")).content.decode()
