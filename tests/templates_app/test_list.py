import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from templates_app.actions import install_defaults
from templates_app.template_list import TemplateGroup
from tests.factories import CampaignTemplateFactory, TemplateFactory
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def groups(client: Client, **asked: str) -> list[TemplateGroup]:
    listed: list[TemplateGroup] = client.get(reverse("templates"), asked).context["groups"]
    return listed


def lengths(client: Client) -> dict[str, int | None]:
    asks = groups(client)[0].lines
    return {line.template.channel: line.length.count if line.length else None for line in asks}


def test_texts_of_one_language_are_grouped_by_type(client: Client, owner: User) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        install_defaults(workspace=owner.workspace)

    found = groups(client)

    assert [group.type for group in found] == [
        "INITIAL",
        "REMINDER",
        "CLARIFY",
        "FOLLOWUP_HAPPY",
        "FOLLOWUP_UNHAPPY",
    ]
    languages = {line.template.language for group in found for line in group.lines}
    assert languages == {"es"}
    english = groups(client, language="en")
    assert {line.template.language for g in english for line in g.lines} == {"en"}
    assert groups(client, language="'; --") == found


def test_only_texts_sent_by_sms_have_segments(client: Client, owner: User) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        install_defaults(workspace=owner.workspace)

    assert lengths(client) == {"": None, "EMAIL": None, "SMS": 1}


def test_length_is_counted_with_plain_letters_of_workspace(client: Client, owner: User) -> None:
    assert owner.workspace
    TemplateFactory.create(workspace=owner.workspace, channel="SMS", content="á" * 100)
    assert lengths(client) == {"SMS": 2}

    with tenancy.platform("test"):
        Workspace.objects.filter(pk=owner.workspace.pk).update(plain_letters=True)

    assert lengths(client) == {"SMS": 1}


def test_list_loads_campaigns_that_chose_a_text(client: Client, owner: User) -> None:
    own = CampaignTemplateFactory.create(workspace=owner.workspace, campaign__name="Odontología")

    said = client.get(reverse("campaigns_texts")).content.decode()

    assert f'id="users-{own.template_id}"' in said
    assert "Odontología" in said
    page = client.get(reverse("campaigns_of_text", args=[own.template_id])).content.decode()
    assert "Odontología" in page
