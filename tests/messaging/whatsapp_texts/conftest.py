from typing import Any

import pytest
from django.test import Client

from core import tenancy
from templates_app.models import ApprovalRequest, ApprovedText, Category, Template
from templates_app.whatsapp import requests
from templates_app.whatsapp.requests import SubmissionChoices
from tests.factories import SenderFactory, TemplateFactory, UserFactory
from workspaces.models import User

ASK = "Hola {{firstName}}, gracias por su visita a {{practice}}. ¿Cómo fue, del 1 al 5? BAJA: no."
NEW_ASK = "Buenas, {{firstName}}: ¿qué tal su visita a {{practice}}, del 1 al 5? BAJA para salir."


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def own_sender(owner: User) -> None:
    SenderFactory.create(
        workspace=owner.workspace, channel="WHATSAPP", address="whatsapp:+12025550199", two_way=True
    )


def write_text(user: User, content: str = ASK, **fields: Any) -> Template:
    template: Template = TemplateFactory.create(
        workspace=user.workspace,
        content=content,
        variables=["firstName", "practice"],
        name="Pregunta",
        **fields,
    )
    return template


def submit(user: User, template: Template, *, is_held: bool = False) -> ApprovalRequest:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return requests.request_approval(
            template=template,
            by=user,
            choices=SubmissionChoices(category=Category.UTILITY, with_buttons=True),
            is_held=is_held,
        )


def read_request(**filters: Any) -> ApprovalRequest:
    with tenancy.platform("test"):
        return ApprovalRequest.objects.select_related("approved_text").get(**filters)


def read_template(template: Template) -> Template:
    with tenancy.platform("test"):
        return Template.objects.get(pk=template.pk)


def read_text(request: ApprovalRequest) -> ApprovedText:
    text = read_request(pk=request.pk).approved_text
    assert text
    return text
