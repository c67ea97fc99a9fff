from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.errors import ProblemError
from core.ids import uuid7
from templates_app.actions import TemplateDetails, change_template
from templates_app.models import ApprovedText, Template
from tests.concurrency import run_concurrently
from tests.factories import TemplateFactory, UserFactory
from tests.templates_app.conftest import actions_of, texts_of, versions_of
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

NEW = "Hola {{firstName}}, ¿qué tal? {{ratingLink}}"


@pytest.fixture
def text(owner: User) -> Template:
    template: Template = TemplateFactory.create(
        workspace=owner.workspace, name="Pregunta", is_default=True
    )
    return template


def open_edit_form(client: Client, text: Template) -> dict[str, Any]:
    """Open the form and return its initial values."""
    form = client.get(reverse("template_edit", args=[text.pk])).context["form"]
    return {field.name: field.value() or "" for field in form}


def save_text(client: Client, text: Template, **typed: str) -> Any:
    address = reverse("template_edit", args=[text.pk])
    return client.post(address, open_edit_form(client, text) | typed)


def test_change_adds_version_and_keeps_old_one(client: Client, owner: User, text: Template) -> None:
    response = save_text(client, text, content=NEW)

    assert response["Location"] == reverse("template", args=[text.pk])
    (now,) = texts_of(owner)
    assert (now.content, now.version, now.variables) == (NEW, 2, ["firstName", "ratingLink"])
    first, second = versions_of(text)
    assert (first.content, first.saved_by_name) == (text.content, "Reputation Manager")
    assert first.created_at == text.created_at
    assert (second.content, second.saved_by_name) == (NEW, "Dra. Dueña")
    assert actions_of(owner) == ["template.change"]


def test_new_name_adds_no_version(client: Client, owner: User, text: Template) -> None:
    save_text(client, text, name="Pregunta de siempre")

    assert [(now.name, now.version) for now in texts_of(owner)] == [("Pregunta de siempre", 1)]
    assert versions_of(text) == []


def test_unchanged_text_is_not_recorded(client: Client, owner: User, text: Template) -> None:
    assert save_text(client, text).status_code == 302
    assert texts_of(owner)[0].version == 1
    assert actions_of(owner) == []


def test_line_ends_of_browser_are_normalized(client: Client, owner: User, text: Template) -> None:
    save_text(client, text, content="Hola\r\n\r\n" + "x" * 1594)

    assert texts_of(owner)[0].content == "Hola\n\n" + "x" * 1594


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("content", "Hola {{nombre}}", "“{{nombre}}” is no variable. Did you mean {{name}}?"),
        ("content", "Hola {{firstNme}}", "Did you mean {{firstName}}?"),
        ("content", "Hola {{zzz}}", "“{{zzz}}” is no variable. Choose one from the list."),
        ("content", "Hola {firstName}}", "Did you mean {{firstName}}?"),
        ("content", "x" * 1601, "1601"),
        ("content", "  ", "required"),
        ("content", "Hola \x00", "Null characters"),
        ("subject", "Su cita, {{nmae}}", "Did you mean {{name}}?"),
        ("name", "", "required"),
    ],
)
def test_invalid_field_shows_error_and_keeps_input(
    client: Client, text: Template, field: str, value: str, told: str
) -> None:
    response = save_text(client, text, **{"description": "Lo escrito", field: value})

    assert list(response.context["form"].errors) == [field]
    assert told in " ".join(response.context["form"].errors[field])
    assert "Lo escrito" in response.content.decode()
    assert versions_of(text) == []


def test_outdated_form_is_refused_and_keeps_input(
    client: Client, owner: User, text: Template
) -> None:
    address = reverse("template_edit", args=[text.pk])
    mine, theirs = open_edit_form(client, text), open_edit_form(client, text)
    client.post(address, theirs | {"content": "Lo de la otra"})

    response = client.post(address, mine | {"content": "Lo mío"})

    assert "Someone changed this text while you were writing." in response.content.decode()
    assert "Lo mío" in response.content.decode()
    assert texts_of(owner)[0].content == "Lo de la otra"
    again = {"content": "Lo mío", "seen": response.context["form"]["seen"].value()}
    client.post(address, mine | again)
    assert texts_of(owner)[0].content == "Lo mío"


@pytest.mark.parametrize("seen", ["", "yesterday", "2020-01-01T00:00:00+00:00"])
def test_form_without_seen_is_refused(
    client: Client, owner: User, text: Template, seen: str
) -> None:
    assert save_text(client, text, content=NEW, seen=seen).status_code == 200
    assert texts_of(owner)[0].content == text.content


def test_same_change_submitted_twice_adds_one_version(
    client: Client, owner: User, text: Template
) -> None:
    sent = open_edit_form(client, text) | {"content": NEW}

    answers = [client.post(reverse("template_edit", args=[text.pk]), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert texts_of(owner)[0].version == 2
    assert actions_of(owner) == ["template.change"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_saves_keep_both_versions() -> None:
    text = TemplateFactory.create()
    by = UserFactory.create(workspace=text.workspace)

    def say(words: str) -> str:
        with tenancy.within(text.workspace_id):
            try:
                seen = text.updated_at
                change_template(
                    template=text, details=TemplateDetails("P", words), by=by, seen_at=seen
                )
            except ProblemError:
                return "refused"
        return "saved"

    assert sorted(run_concurrently(partial(say, "Uno"), partial(say, "Dos"))) == [
        "refused",
        "saved",
    ]
    assert [version.version for version in versions_of(text)] == [1, 2]


def test_old_version_is_compared_and_restored_as_new_one(
    client: Client, owner: User, text: Template
) -> None:
    save_text(client, text, content="Hola <b>{{firstName}}</b>")
    first, second = versions_of(text)

    page = client.get(reverse("template_version", args=[first.pk])).content.decode()
    assert "<b>" not in page.split('class="diff"')[1].split("</p>")[0]
    assert "&lt;<" in page or "&lt;b" in page

    client.post(reverse("template_restore", args=[first.pk]))

    (now,) = texts_of(owner)
    assert (now.content, now.version) == (text.content, 3)
    assert [v.content for v in versions_of(text)] == [text.content, second.content, text.content]
    assert actions_of(owner) == ["template.change", "template.restore"]


def test_present_version_cannot_be_restored(client: Client, owner: User, text: Template) -> None:
    save_text(client, text, content=NEW)

    client.post(reverse("template_restore", args=[versions_of(text)[1].pk]))

    assert texts_of(owner)[0].version == 2


def test_edited_text_keeps_the_approved_words_and_their_variables(
    client: Client, owner: User
) -> None:
    sid = "HX" + "1" * 32
    text = TemplateFactory.create(workspace=owner.workspace, whatsapp_content_sid=sid)

    response = save_text(client, text, content="{{practice}} le saluda, {{firstName}}")

    assert texts_of(owner)[0].whatsapp_content_sid == sid
    with tenancy.within(text.workspace_id):
        assert ApprovedText.objects.get(content_sid=sid).variables == ["firstName"]
    page = client.get(response["Location"]).content.decode()
    assert "First messages on WhatsApp keep the words that Meta approved" in page


def new_text_data(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()),
        "type": "INITIAL",
        "language": "pt",
        "channel": "WHATSAPP",
        "name": "Pergunta",
        "content": "Olá {{firstName}}",
        **changes,
    }


def test_text_is_created_for_another_language_and_channel(client: Client, owner: User) -> None:
    sent = new_text_data(subject="Não se vê")

    answers = [client.post(reverse("template_new"), sent) for _ in range(2)]

    (made,) = texts_of(owner)
    assert {a["Location"] for a in answers} == {reverse("template", args=[made.pk])}
    assert (made.language, made.channel, made.subject) == ("pt", "WHATSAPP", "")
    assert not made.is_default
    assert [version.version for version in versions_of(made)] == [1]
    assert actions_of(owner) == ["template.create"]


@pytest.mark.parametrize(
    "wrong", [{"type": "ANSWER"}, {"language": "qu"}, {"channel": "FAX"}, {"content": "{{x}}"}]
)
def test_text_of_unknown_kind_is_refused(
    client: Client, owner: User, wrong: dict[str, str]
) -> None:
    response = client.post(reverse("template_new"), new_text_data(**wrong))

    assert list(response.context["form"].errors) == list(wrong)
    assert texts_of(owner) == []


def test_forged_key_creates_text_with_new_id(client: Client, owner: User) -> None:
    foreign = TemplateFactory.create(name="Ajena")

    client.post(reverse("template_new"), new_text_data(key=str(foreign.pk)))

    (made,) = texts_of(owner)
    assert made.pk != foreign.pk
    assert made.name == "Pergunta"


def test_new_text_can_start_as_copy(client: Client, owner: User, text: Template) -> None:
    page = client.get(reverse("template_new"), {"like": str(text.pk)})

    assert page.context["form"]["content"].value() == text.content
    foreign = TemplateFactory.create()
    assert client.get(reverse("template_new"), {"like": str(foreign.pk)}).status_code == 404


def test_new_default_replaces_old_one(client: Client, owner: User, text: Template) -> None:
    client.post(reverse("template_new"), new_text_data(language="es", channel="", as_default="on"))

    before, now = texts_of(owner)
    assert (before.is_default, now.is_default) == (False, True)
    assert actions_of(owner) == ["template.create", "template.default"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_choices_leave_one_default() -> None:
    owner = UserFactory.create()
    TemplateFactory.create(workspace=owner.workspace, is_default=True)
    rivals = [TemplateFactory.create(workspace=owner.workspace) for _ in range(2)]
    client = Client()
    client.force_login(owner)

    run_concurrently(
        *(partial(client.post, reverse("template_default", args=[r.pk])) for r in rivals)
    )

    assert len(texts_of(owner, is_default=True)) == 1


def test_channel_stops_using_its_own_text(client: Client, owner: User, text: Template) -> None:
    by_sms = TemplateFactory.create(workspace=owner.workspace, channel="SMS", is_default=True)

    assert client.post(reverse("template_stop_using", args=[by_sms.pk])).status_code == 302
    assert client.post(reverse("template_stop_using", args=[text.pk])).status_code == 409

    assert [now.pk for now in texts_of(owner, is_default=True)] == [text.pk]


def test_only_unused_text_can_be_deleted(client: Client, owner: User, text: Template) -> None:
    spare = TemplateFactory.create(workspace=owner.workspace)
    save_text(client, spare, content=NEW)

    assert client.post(reverse("template_delete", args=[text.pk])).status_code == 409
    assert client.post(reverse("template_delete", args=[spare.pk])).status_code == 302

    assert [now.pk for now in texts_of(owner)] == [text.pk]
    assert actions_of(owner)[-1] == "template.delete"


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [(Role.DOCTOR, 200, 403), (Role.RECEPTIONIST, 403, 403)]
)
def test_only_owner_can_change_texts(client: Client, role: Role, reads: int, writes: int) -> None:
    member = UserFactory.create(role=role, language="en")
    text = TemplateFactory.create(workspace=member.workspace)
    client.force_login(member)

    assert client.get(reverse("templates")).status_code == reads
    assert client.get(reverse("template", args=[text.pk])).status_code == reads
    for name in ("template_edit", "template_delete", "template_default", "template_test"):
        assert client.post(reverse(name, args=[text.pk])).status_code == writes
    assert client.get(reverse("template_new")).status_code == writes
