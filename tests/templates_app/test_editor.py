from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.errors import ProblemError
from core.ids import uuid7
from templates_app.actions import TemplateWords, change_template
from templates_app.models import Template
from tests.at_once import at_once
from tests.factories import TemplateFactory, UserFactory
from tests.templates_app.conftest import acts_of, texts_of, versions_of
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

NEW = "Hola {{firstName}}, ¿qué tal? {{ratingLink}}"


@pytest.fixture
def text(owner: User) -> Template:
    template: Template = TemplateFactory.create(
        workspace=owner.workspace, name="Pregunta", is_default=True
    )
    return template


def opened(client: Client, text: Template) -> dict[str, Any]:
    """The fields as the form showed them."""
    form = client.get(reverse("template_edit", args=[text.pk])).context["form"]
    return {field.name: field.value() or "" for field in form}


def saved(client: Client, text: Template, **typed: str) -> Any:
    address = reverse("template_edit", args=[text.pk])
    return client.post(address, opened(client, text) | typed)


def test_a_change_makes_a_version_and_keeps_the_one_before(
    client: Client, owner: User, text: Template
) -> None:
    response = saved(client, text, content=NEW)

    assert response["Location"] == reverse("template", args=[text.pk])
    (now,) = texts_of(owner)
    assert (now.content, now.version, now.variables) == (NEW, 2, ["firstName", "ratingLink"])
    first, second = versions_of(text)
    assert (first.content, first.saved_by_name) == (text.content, "Reputation Manager")
    assert first.created_at == text.created_at
    assert (second.content, second.saved_by_name) == (NEW, "Dra. Dueña")
    assert acts_of(owner) == ["template.change"]


def test_a_new_name_is_no_new_version(client: Client, owner: User, text: Template) -> None:
    saved(client, text, name="Pregunta de siempre")

    assert [(now.name, now.version) for now in texts_of(owner)] == [("Pregunta de siempre", 1)]
    assert versions_of(text) == []


def test_what_changes_nothing_leaves_no_trace(client: Client, owner: User, text: Template) -> None:
    assert saved(client, text).status_code == 302
    assert texts_of(owner)[0].version == 1
    assert acts_of(owner) == []


def test_a_browsers_line_ends_are_not_paid_for(client: Client, owner: User, text: Template) -> None:
    saved(client, text, content="Hola\r\n\r\n" + "x" * 1594)

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
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client: Client, text: Template, field: str, value: str, told: str
) -> None:
    response = saved(client, text, **{"description": "Lo escrito", field: value})

    assert list(response.context["form"].errors) == [field]
    assert told in " ".join(response.context["form"].errors[field])
    assert "Lo escrito" in response.content.decode()
    assert versions_of(text) == []


def test_a_form_that_was_overtaken_is_refused_and_keeps_what_was_typed(
    client: Client, owner: User, text: Template
) -> None:
    address = reverse("template_edit", args=[text.pk])
    mine, theirs = opened(client, text), opened(client, text)
    client.post(address, theirs | {"content": "Lo de la otra"})

    response = client.post(address, mine | {"content": "Lo mío"})

    assert "Someone changed this text while you were writing." in response.content.decode()
    assert "Lo mío" in response.content.decode()
    assert texts_of(owner)[0].content == "Lo de la otra"
    again = {"content": "Lo mío", "seen": response.context["form"]["seen"].value()}
    client.post(address, mine | again)
    assert texts_of(owner)[0].content == "Lo mío"


@pytest.mark.parametrize("seen", ["", "yesterday", "2020-01-01T00:00:00+00:00"])
def test_a_form_that_hides_when_it_was_opened_is_refused(
    client: Client, owner: User, text: Template, seen: str
) -> None:
    assert saved(client, text, content=NEW, seen=seen).status_code == 200
    assert texts_of(owner)[0].content == text.content


def test_the_same_change_sent_twice_is_one(client: Client, owner: User, text: Template) -> None:
    sent = opened(client, text) | {"content": NEW}

    answers = [client.post(reverse("template_edit", args=[text.pk]), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert texts_of(owner)[0].version == 2
    assert acts_of(owner) == ["template.change"]


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_lose_no_version() -> None:
    text = TemplateFactory.create()
    by = UserFactory.create(workspace=text.workspace)

    def say(words: str) -> str:
        with tenancy.within(text.workspace_id):
            try:
                seen = text.updated_at
                change_template(template=text, words=TemplateWords("P", words), by=by, seen_at=seen)
            except ProblemError:
                return "refused"
        return "saved"

    assert sorted(at_once(partial(say, "Uno"), partial(say, "Dos"))) == ["refused", "saved"]
    assert [version.version for version in versions_of(text)] == [1, 2]


def test_an_old_version_is_compared_and_restored_as_a_new_one(
    client: Client, owner: User, text: Template
) -> None:
    saved(client, text, content="Hola <b>{{firstName}}</b>")
    first, second = versions_of(text)

    page = client.get(reverse("template_version", args=[first.pk])).content.decode()
    assert "<b>" not in page.split('class="diff"')[1].split("</p>")[0]
    assert "&lt;<" in page or "&lt;b" in page

    client.post(reverse("template_restore", args=[first.pk]))

    (now,) = texts_of(owner)
    assert (now.content, now.version) == (text.content, 3)
    assert [v.content for v in versions_of(text)] == [text.content, second.content, text.content]
    assert acts_of(owner) == ["template.change", "template.restore"]


def test_the_present_version_is_not_restored_again(
    client: Client, owner: User, text: Template
) -> None:
    saved(client, text, content=NEW)

    client.post(reverse("template_restore", args=[versions_of(text)[1].pk]))

    assert texts_of(owner)[0].version == 2


@pytest.mark.parametrize(
    ("content", "sid"),
    [
        ("Buenas, {{firstName}}: ¿cómo le fue del 1 al 5?", "HX" + "1" * 32),
        ("{{practice}} le saluda, {{firstName}}", ""),
    ],
)
def test_metas_approval_lasts_while_its_gaps_are_filled_in_the_same_order(
    client: Client, owner: User, content: str, sid: str
) -> None:
    text = TemplateFactory.create(workspace=owner.workspace, whatsapp_content_sid="HX" + "1" * 32)

    response = saved(client, text, content=content)

    assert texts_of(owner)[0].whatsapp_content_sid == sid
    page = client.get(response["Location"]).content.decode()
    assert ("Meta’s approval for WhatsApp ended" in page) is (sid == "")


def written(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()),
        "type": "INITIAL",
        "language": "pt",
        "channel": "WHATSAPP",
        "name": "Pergunta",
        "content": "Olá {{firstName}}",
        **changes,
    }


def test_a_text_is_written_for_another_language_and_channel(client: Client, owner: User) -> None:
    sent = written(subject="Não se vê")

    answers = [client.post(reverse("template_new"), sent) for _ in range(2)]

    (made,) = texts_of(owner)
    assert {a["Location"] for a in answers} == {reverse("template", args=[made.pk])}
    assert (made.language, made.channel, made.subject) == ("pt", "WHATSAPP", "")
    assert not made.is_default
    assert [version.version for version in versions_of(made)] == [1]
    assert acts_of(owner) == ["template.create"]


@pytest.mark.parametrize(
    "wrong", [{"type": "ANSWER"}, {"language": "qu"}, {"channel": "FAX"}, {"content": "{{x}}"}]
)
def test_a_text_of_no_kind_is_refused(client: Client, owner: User, wrong: dict[str, str]) -> None:
    response = client.post(reverse("template_new"), written(**wrong))

    assert list(response.context["form"].errors) == list(wrong)
    assert texts_of(owner) == []


def test_a_forged_key_tells_nothing_and_takes_nothing(client: Client, owner: User) -> None:
    foreign = TemplateFactory.create(name="Ajena")

    client.post(reverse("template_new"), written(key=str(foreign.pk)))

    (made,) = texts_of(owner)
    assert made.pk != foreign.pk
    assert made.name == "Pergunta"


def test_a_new_text_starts_as_a_copy_of_another(
    client: Client, owner: User, text: Template
) -> None:
    page = client.get(reverse("template_new"), {"like": str(text.pk)})

    assert page.context["form"]["content"].value() == text.content
    foreign = TemplateFactory.create()
    assert client.get(reverse("template_new"), {"like": str(foreign.pk)}).status_code == 404


def test_a_text_used_from_now_on_takes_the_place_of_the_other(
    client: Client, owner: User, text: Template
) -> None:
    client.post(reverse("template_new"), written(language="es", channel="", as_default="on"))

    before, now = texts_of(owner)
    assert (before.is_default, now.is_default) == (False, True)
    assert acts_of(owner) == ["template.create", "template.default"]


@pytest.mark.django_db(transaction=True)
def test_two_texts_chosen_at_once_leave_one_in_use() -> None:
    owner = UserFactory.create()
    TemplateFactory.create(workspace=owner.workspace, is_default=True)
    rivals = [TemplateFactory.create(workspace=owner.workspace) for _ in range(2)]
    client = Client()
    client.force_login(owner)

    at_once(*(partial(client.post, reverse("template_default", args=[r.pk])) for r in rivals))

    assert len(texts_of(owner, is_default=True)) == 1


def test_a_channel_gives_its_own_text_up(client: Client, owner: User, text: Template) -> None:
    by_sms = TemplateFactory.create(workspace=owner.workspace, channel="SMS", is_default=True)

    assert client.post(reverse("template_step_back", args=[by_sms.pk])).status_code == 302
    assert client.post(reverse("template_step_back", args=[text.pk])).status_code == 409

    assert [now.pk for now in texts_of(owner, is_default=True)] == [text.pk]


def test_only_a_text_that_nobody_uses_is_deleted(
    client: Client, owner: User, text: Template
) -> None:
    spare = TemplateFactory.create(workspace=owner.workspace)
    saved(client, spare, content=NEW)

    assert client.post(reverse("template_delete", args=[text.pk])).status_code == 409
    assert client.post(reverse("template_delete", args=[spare.pk])).status_code == 302

    assert [now.pk for now in texts_of(owner)] == [text.pk]
    assert acts_of(owner)[-1] == "template.delete"


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [(Role.DOCTOR, 200, 403), (Role.RECEPTIONIST, 403, 403)]
)
def test_the_words_are_the_owners(client: Client, role: Role, reads: int, writes: int) -> None:
    member = UserFactory.create(role=role, language="en")
    text = TemplateFactory.create(workspace=member.workspace)
    client.force_login(member)

    assert client.get(reverse("templates")).status_code == reads
    assert client.get(reverse("template", args=[text.pk])).status_code == reads
    for name in ("template_edit", "template_delete", "template_default", "template_test"):
        assert client.post(reverse(name, args=[text.pk])).status_code == writes
    assert client.get(reverse("template_new")).status_code == writes
