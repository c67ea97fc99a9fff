"""What the editor shows is what would arrive, and what it says about it is true."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.text_previews.previews import Preview
from templates_app import sample_values, template_list
from templates_app.actions import install_defaults
from templates_app.models import Template
from tests.factories import (
    PatientFactory,
    PracticeFactory,
    SenderFactory,
    TemplateFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

ASK = "Hola {{firstName}}, ¿cómo fue en {{practice}}? {{ratingLink}} Baja: {{optOutLink}}"


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


def post_preview(client: Client, content: str = ASK, **said: Any) -> Any:
    typed = {"type": "INITIAL", "language": "es", "channel": "SMS", "content": content}
    response = client.post(reverse("template_preview"), typed | said)
    assert response.status_code == 200
    return response


def preview(client: Client, content: str = ASK, **said: Any) -> Preview:
    found: Preview = post_preview(client, content, **said).context["preview"]
    return found


def hints(client: Client, content: str, **said: Any) -> str:
    return " ".join(hint.sentence for hint in preview(client, content, **said).hints)


def test_preview_equals_the_sent_message_but_for_the_link(client: Client) -> None:
    sender = shared_sender(two_way=False)
    campaign = running_campaign()
    patient = create_patient(campaign, name="PÉREZ, JUAN", doctor_name="Dra. Ruiz")
    content = "Hola {{firstName}}: ¿{{doctor}} le atendió el {{date}}? Opine: {{reviewLink}}"
    TemplateFactory.create(workspace=campaign.workspace, content=content, is_default=True)
    plan_messages()
    (sent,) = claim_batch(sender=sender, limit=10)
    client.force_login(UserFactory.create(workspace=campaign.workspace))

    body = preview(client, content, patient=str(patient.pk)).body

    assert "Hola Juan: ¿Dra. Ruiz le atendió el" in body
    assert body == sent.body.replace(patient.token, sample_values.PLACEHOLDER_KEY)
    assert len(sample_values.PLACEHOLDER_KEY) == len(patient.token)
    assert len(find_messages()) == 1


def test_newest_patients_are_offered_and_the_newest_is_used(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    for number in range(10):
        PatientFactory.create(
            workspace=owner.workspace, campaign__practice=practice, name=f"Nombre{number} Uno"
        )
    PatientFactory.create(workspace=owner.workspace, name="")

    page = post_preview(client).content.decode()

    assert re.findall(r"<option[^>]*>(Nombre\d)", page) == [f"Nombre{n}" for n in range(9, 1, -1)]
    assert "Hola Nombre9" in page


def test_doctor_is_offered_own_patients_only(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    PatientFactory.create(workspace=doctor.workspace, name="Ajena Total")
    PatientFactory.create(
        workspace=doctor.workspace, campaign__created_by=doctor, name="Propia Mía"
    )
    client.force_login(doctor)

    page = post_preview(client).content.decode()

    assert "Propia Mía" in page
    assert "Ajena" not in page


def test_patient_of_another_workspace_is_not_used(client: Client, owner: User) -> None:
    foreign = PatientFactory.create(name="Secreto Ajeno")

    assert "Secreto" not in post_preview(client, patient=str(foreign.pk)).content.decode()


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_without_patients_list_and_preview_have_the_same_length(
    client: Client, owner: User, language: str
) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        install_defaults(workspace=owner.workspace)
        texts = list(Template.objects.filter(language=language, channel="SMS"))
    assert texts
    for text in texts:
        line = template_list.template_line(text, practice="", plain=False, is_sent_as_sms=True)
        found = preview(client, text.content, type=text.type, language=language)
        assert found.length == line.length


def test_typed_html_is_escaped(client: Client, owner: User) -> None:
    page = post_preview(client, "<script>alert(1)</script> {{firstName}}").content.decode()

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "said",
    [
        {"type": "ANSWERS"},
        {"language": "xx"},
        {"channel": "FAX"},
        {"patient": "1"},
        {"template": "x"},
    ],
)
def test_invalid_preview_is_refused(client: Client, owner: User, said: dict[str, str]) -> None:
    typed = {"type": "INITIAL", "language": "es", "channel": "", "content": ASK} | said

    assert client.post(reverse("template_preview"), typed).status_code == 400


def test_empty_text_has_no_preview(client: Client, owner: User) -> None:
    found = preview(client, "  ")

    assert (found.body, found.hints) == ("", [])


def test_very_long_text_is_cut(client: Client, owner: User) -> None:
    assert "longer than 1600" in hints(client, "Hola " * 4000)


def test_hint_names_the_accent_and_its_cost(client: Client, owner: User) -> None:
    dear = "Cuéntenos cómo le fue, " + "x" * 110
    assert (
        "ó: such letters cost room. With plain letters it would be 2 segments instead of 3."
        in hints(client, dear)
    )
    assert "such letters" not in hints(client, dear.replace("ó", "o"))
    assert "such letters" not in hints(client, dear, channel="WHATSAPP")


def test_workspace_with_plain_letters_gets_plain_letters(client: Client) -> None:
    plain = UserFactory.create(workspace=WorkspaceFactory.create(plain_letters=True))
    client.force_login(plain)

    found = preview(client, "¿Cómo fue? 😀" + "x" * 160)

    assert found.body.startswith("¿Como fue?")
    assert found.length
    assert found.length.encoding == "UCS-2"


ADDED = "the link to the stars is added"
SAY_HOW = "Say how to stop"


@pytest.mark.parametrize(
    ("content", "two_way", "told"),
    [
        ("Del 1 al 5. BAJA para salir", True, {ADDED: False, SAY_HOW: False}),
        ("Del 1 al 5. BAJA para salir", False, {ADDED: True, SAY_HOW: True}),
        ("Del 1 al 5", True, {ADDED: False, SAY_HOW: True}),
        ("{{ratingLink}} {{optOutLink}}", False, {ADDED: False, SAY_HOW: False}),
    ],
)
def test_ask_without_answer_or_opt_out_gets_a_hint(
    client: Client, owner: User, content: str, two_way: bool, told: dict[str, bool]
) -> None:
    SenderFactory.create(workspace=owner.workspace, two_way=two_way)

    said = hints(client, content)
    assert {words: words in said for words in told} == told
    assert hints(client, content, type="FOLLOWUP_HAPPY") == ""


def test_opt_out_keyword_is_not_enough_in_an_email(client: Client, owner: User) -> None:
    SenderFactory.create(workspace=owner.workspace, channel="EMAIL", two_way=True)

    assert SAY_HOW in hints(client, "{{ratingLink}} BAJA", channel="EMAIL")


def test_unknown_variable_gets_a_hint(client: Client, owner: User) -> None:
    assert "Did you mean {{doctor}}?" in hints(client, ASK + "{{docter}}")


def test_whatsapp_hint_tells_the_approval(client: Client, owner: User) -> None:
    assert "only in words that Meta has approved" in hints(client, ASK, channel="WHATSAPP")
    text = TemplateFactory.create(
        workspace=owner.workspace, channel="WHATSAPP", whatsapp_content_sid="HX" + "0" * 32
    )
    said = {"channel": "WHATSAPP", "template": str(text.pk)}

    assert "Meta approved this text for WhatsApp" in hints(client, text.content, **said)
    assert "keep the approved words until Meta approves these" in hints(client, ASK, **said)


def test_text_for_all_channels_is_shown_where_no_other_is_used(client: Client, owner: User) -> None:
    text = TemplateFactory.create(workspace=owner.workspace, is_default=True)
    TemplateFactory.create(workspace=owner.workspace, channel="SMS", is_default=True)
    said = {"channel": "", "template": str(text.pk)}

    assert [code for code, _label in post_preview(client, **said).context["channels"]] == [
        "WHATSAPP",
        "EMAIL",
    ]
    assert preview(client, **said, shown_on="SMS").channel == "WHATSAPP"
    assert preview(client, channel="", shown_on="EMAIL").channel == "EMAIL"


def test_receptionist_is_refused(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.RECEPTIONIST))

    assert client.post(reverse("template_preview")).status_code == 403
