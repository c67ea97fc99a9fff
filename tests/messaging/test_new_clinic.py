"""What the people of a new or a stopped clinic see, and how they try their texts on themselves."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from core.ids import uuid7
from messaging.dispatch import new_senders
from messaging.inbox import answers
from messaging.models import Conversation
from messaging.text_previews import self_tests
from messaging.text_previews.self_tests import SelfTestOrder
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    ConversationFactory,
    FirstContactFactory,
    MessageFactory,
    PatientFactory,
    TemplateFactory,
    UnvettedWorkspaceFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.world import shared_sender
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

PHONE = "+593987654321"
NOTICE = "Your clinic is new here."


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(
        workspace=UnvettedWorkspaceFactory.create(), phone=PHONE, language="en"
    )
    client.force_login(user)
    return user


def prove(user: User) -> None:
    User.objects.filter(pk=user.pk).update(proven_phone=user.phone)


def test_home_of_new_clinic_explains_the_limits(client: Client, owner: User) -> None:
    FirstContactFactory.create_batch(3, workspace=owner.workspace)

    page = client.get(reverse("home")).content.decode()

    assert NOTICE in page
    assert "at most 20 patients (3 so far)" in page
    assert reverse("phone_confirm") in page


def test_home_of_vetted_clinic_shows_no_limits(client: Client, owner: User) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(vetted_at=timezone.now())

    assert NOTICE not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("role", [Role.OWNER, Role.RECEPTIONIST])
def test_all_members_of_a_stopped_clinic_see_the_banner(client: Client, role: Role) -> None:
    workspace = WorkspaceFactory.create(
        sending_stopped_at=timezone.now(), sending_stopped_because="Phishing was seen"
    )
    client.force_login(UserFactory.create(workspace=workspace, role=role, language="en"))

    page = client.get(reverse("home")).content.decode()

    assert "Our team has stopped the messages of your clinic." in page
    assert ("Phishing was seen" in page) is (role == Role.OWNER)


def test_patient_page_explains_why_message_waits(client: Client, owner: User) -> None:
    patient = PatientFactory.create(workspace=owner.workspace)
    MessageFactory.create(workspace=owner.workspace, patient=patient, error=new_senders.OWN_WORDS)

    page = client.get(reverse("patient_story", args=[patient.pk])).content.decode()

    assert "patients get only the texts that came with your account" in page


def text(user: User, content: str = "Hola {{firstName}}") -> str:
    template = TemplateFactory.create(workspace=user.workspace, content=content)
    return reverse("template_test", args=[template.pk])


def test_self_test_asks_to_confirm_the_phone(client: Client, owner: User) -> None:
    shared_sender()
    page = text(owner)

    answer = client.post(page, {"channel": Channel.SMS})

    assert answer["Location"].startswith(f"{reverse('phone_confirm')}?next=")
    prove(owner)
    assert "?test=" in client.post(page, {"channel": Channel.SMS})["Location"]


def test_self_test_of_text_with_link_is_refused(client: Client, owner: User) -> None:
    shared_sender()
    prove(owner)

    answer = client.post(text(owner, "Entre a evil.example"), {"channel": Channel.SMS})

    assert "none is sent" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_self_test_is_not_sent_to_a_changed_phone(owner: User, simulator: Simulation) -> None:
    shared_sender()
    prove(owner)
    template = TemplateFactory.create(workspace=owner.workspace)
    order = SelfTestOrder(uuid7(), template.workspace_id, template.pk, Channel.SMS, owner.pk)
    User.objects.filter(pk=owner.pk).update(phone="+593987654322")

    self_tests.send_self_test(order)

    assert simulator.told() == []


@pytest.mark.parametrize("text", ["Mire evil.example", "Mire evil [punto] com"])
def test_answer_of_new_clinic_contains_no_link(owner: User, text: str) -> None:
    shared_sender()
    conversation: Conversation = ConversationFactory.create(
        workspace=owner.workspace, patient__phone=PHONE, patient__workspace=owner.workspace
    )

    with tenancy.within(conversation.workspace_id), pytest.raises(ProblemError, match="link"):
        answers.send_answer(
            conversation=Conversation.objects.select_related("patient__workspace").get(
                pk=conversation.pk
            ),
            channel=Channel.SMS,
            text=text,
            by=owner,
            key=uuid4(),
        )


@pytest.mark.parametrize("page", ["https://evil.example", "//evil.example", "javascript:x"])
def test_next_page_after_confirming_must_be_ours(client: Client, owner: User, page: str) -> None:
    shared_sender()

    answer = client.post(f"{reverse('phone_send_code')}?next={page}")

    assert answer["Location"] == reverse("phone_confirm")
