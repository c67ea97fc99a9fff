"""A text for every channel is not used on channels with a text of their own; pages show it."""

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from templates_app.actions import install_defaults
from templates_app.models import Template
from tests.core.api.calling import ApiClient
from tests.factories import TemplateFactory
from tests.templates_app.conftest import actions_of, texts_of
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(owner: User) -> Template:
    """Return a new text for every channel, beside the default texts."""
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        install_defaults(workspace=owner.workspace)
    text: Template = TemplateFactory.create(workspace=owner.workspace, name="Cálida")
    return text


def in_use(owner: User) -> dict[str, str]:
    return {
        text.channel: text.name
        for text in texts_of(owner, type="INITIAL", language="es", is_default=True)
    }


def test_page_names_texts_that_stay_in_use(client: Client, owner: User, fresh: Template) -> None:
    names = in_use(owner)

    page = client.get(reverse("template", args=[fresh.pk])).content.decode()

    html = page.split("changes nothing on these channels")[1].split("</ul>")[0]
    assert "SMS: <a" in html
    assert names["SMS"] in html
    assert names["EMAIL"] in html
    assert "WhatsApp:" not in html
    assert "Use it on every channel" in page


def test_new_default_keeps_texts_of_single_channels_and_names_them(
    client: Client, owner: User, fresh: Template
) -> None:
    before = in_use(owner)

    response = client.post(reverse("template_default", args=[fresh.pk]), follow=True)

    assert in_use(owner) == before | {"": "Cálida"}
    html = response.content.decode()
    assert "but not on the channels that have a text of their own" in html
    assert before["SMS"] in html


def test_text_used_everywhere_replaces_texts_of_single_channels(
    client: Client, owner: User, fresh: Template
) -> None:
    url = reverse("template_default", args=[fresh.pk])

    response = client.post(url, {"everywhere": "on"}, follow=True)

    assert in_use(owner) == {"": "Cálida"}
    assert "is used from now on.</p>" in response.content.decode()
    assert "Use it on every channel" not in response.content.decode()
    assert actions_of(owner)[-3:] == ["template.default"] * 3
    others = texts_of(owner, type="REMINDER", language="es", is_default=True)
    assert "SMS" in {text.channel for text in others}
    assert texts_of(owner, type="INITIAL", language="en", channel="SMS", is_default=True)


def test_default_text_can_replace_texts_of_single_channels(
    client: Client, owner: User, fresh: Template
) -> None:
    url = reverse("template_default", args=[fresh.pk])
    client.post(url)
    page = client.get(reverse("template", args=[fresh.pk])).content.decode()
    assert "which is sent there in place of this one" in page

    client.post(url, {"everywhere": "on"})

    assert in_use(owner) == {"": "Cálida"}


def test_text_of_one_channel_replaces_no_other(
    client: Client, owner: User, fresh: Template
) -> None:
    short = TemplateFactory.create(workspace=owner.workspace, channel="SMS", name="Breve")
    before = in_use(owner)

    client.post(reverse("template_default", args=[short.pk]), {"everywhere": "on"})

    assert in_use(owner) == before | {"SMS": "Breve"}


def test_new_text_may_be_used_on_every_channel_at_once(
    client: Client, owner: User, fresh: Template
) -> None:
    written = {
        "type": "INITIAL",
        "language": "es",
        "channel": "",
        "name": "Única",
        "content": "Hola {{firstName}}, ¿cómo le fue?",
        "as_default": "on",
    }
    client.post(reverse("template_new"), written | {"name": "Sola"})
    assert in_use(owner)[""] == "Sola"
    assert "SMS" in in_use(owner)

    client.post(reverse("template_new"), written | {"everywhere": "on"})
    assert in_use(owner) == {"": "Única"}


def test_preview_names_texts_that_are_sent_instead(
    client: Client, owner: User, fresh: Template
) -> None:
    typed = {"type": "INITIAL", "language": "es", "channel": "", "content": fresh.content}

    page = client.post(reverse("template_preview"), typed).content.decode()
    assert f"SMS: “{in_use(owner)['SMS']}”" in page

    of_sms = client.post(reverse("template_preview"), typed | {"channel": "SMS"})
    assert "in place of this one" not in of_sms.content.decode()


@pytest.mark.parametrize(
    ("body", "left"), [(None, {"", "SMS"}), ({"everywhere": True}, {""}), ({}, {"", "SMS"})]
)
def test_api_call_can_use_text_on_every_channel(
    body: dict[str, bool] | None, left: set[str]
) -> None:
    api_client = ApiClient()
    TemplateFactory.create(workspace=api_client.workspace, channel="SMS", is_default=True)
    text = TemplateFactory.create(workspace=api_client.workspace)

    path = f"templates/{text.pk}/default/"
    response = api_client.post(path) if body is None else api_client.post(path, body)

    assert response.status_code == 200
    used = api_client.get("templates/?is_default=true").json()["results"]
    assert {text["channel"] for text in used} == left
