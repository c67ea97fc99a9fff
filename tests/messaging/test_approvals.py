"""What Meta approved is read from Twilio, kept, looked at again, and shown beside our own words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.dispatch.composing import texts_of
from templates_app import approvals
from templates_app.approvals import read_types
from templates_app.approved import (
    ApprovedBody,
    name_variables,
    numbered_variables_in,
    warnings_about,
)
from templates_app.models import ApprovedText, Template
from tests.admin_pages import change_page, form_data, list_page
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    ApprovedTextFactory,
    PracticeFactory,
    StaffFactory,
    TemplateFactory,
    UserFactory,
)
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)

SID = "HX" + "b2" * 16
BODY = "Hola {{1}}: ¿cómo estuvo su cita en {{2}}? Toque un número."


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    return user


def a_text(user: User, **fields: Any) -> Template:
    template: Template = TemplateFactory.create(
        workspace=user.workspace,
        **{
            "content": "Hola {{firstName}}, ¿cómo fue en {{practice}}?",
            "variables": ["firstName", "practice"],
            "whatsapp_content_sid": SID,
        }
        | fields,
    )
    return template


def kept(**filters: Any) -> ApprovedText:
    with tenancy.platform("test"):
        return ApprovedText.objects.get(**filters)


def test_sid_entered_in_the_admin_is_looked_up(client: Client, simulator: Simulation) -> None:
    simulator.control(
        "PUT",
        f"contents/{SID}",
        {"body": BODY, "buttons": ["1", "5"], "variables": {"1": "Ana"}, "category": "MARKETING"},
    )
    client.force_login(StaffFactory.create())
    template = TemplateFactory.create()

    client.post(change_page(template), form_data(client, template, whatsapp_content_sid=SID))
    text = kept()
    assert (text.content_sid, text.body) == (SID, "")
    assert text.is_being_checked
    approvals.check_text(text.pk)

    text = kept()
    assert (text.body, text.buttons, text.samples) == (BODY, ["1", "5"], {"1": "Ana"})
    assert (text.status, text.category, text.content_type) == (
        "approved",
        "MARKETING",
        "twilio/quick-reply",
    )
    assert not text.is_being_checked
    page = client.get(change_page(template)).content.decode()
    assert "Hola {{1}}: ¿cómo estuvo su cita" in page


def test_invalid_sid_is_refused(client: Client) -> None:
    client.force_login(StaffFactory.create())
    template = TemplateFactory.create()

    client.post(change_page(template), form_data(client, template, whatsapp_content_sid="HX12"))

    with tenancy.platform("test"):
        assert Template.objects.get(pk=template.pk).whatsapp_content_sid == ""
        assert not ApprovedText.objects.exists()


def test_admin_action_checks_several_texts(client: Client, owner: User) -> None:
    client.force_login(StaffFactory.create())
    template = a_text(owner)

    client.post(
        list_page(Template),
        {"action": "check_approval", "_selected_action": [str(template.pk)]},
    )

    assert kept().asked_at


def test_unknown_sid_is_shown_and_earlier_text_is_kept(simulator: Simulation) -> None:
    text = ApprovedTextFactory.create(content_sid="HX" + "d4" * 16)

    approvals.check_text(text.pk)

    text = kept()
    assert (text.error, text.body[:8]) == ("not found", "Hola {{1")
    assert text.checked_at


def test_task_reads_new_sids_and_checks_undecided_ones_again(
    simulator: Simulation, owner: User
) -> None:
    simulator.control("PUT", f"contents/{SID}", {"body": BODY, "status": "pending"})
    a_text(owner)
    assert approvals.check_due() == 1
    assert kept().status == "pending"
    assert approvals.check_due() == 0

    simulator.control("PUT", f"contents/{SID}", {"body": BODY, "status": "approved"})
    assert approvals.check_due(now=timezone.now() + timedelta(minutes=16)) == 1
    assert kept().status == "approved"
    assert approvals.check_due(now=timezone.now() + timedelta(minutes=16)) == 0
    assert approvals.check_due(now=timezone.now() + timedelta(days=1, minutes=1)) == 1


def test_task_stops_when_twilio_cannot_be_reached(simulator: Simulation, owner: User) -> None:
    a_text(owner)
    a_text(owner, whatsapp_content_sid="HX" + "c3" * 16)

    with override_settings(TWILIO_CONTENT_BASE_URL="http://127.0.0.1:9"):
        assert approvals.check_due() == 0
    with tenancy.platform("test"):
        assert ApprovedText.objects.filter(checked_at=None).count() == 1


def test_twilio_is_not_called_without_an_account(owner: User) -> None:
    a_text(owner)

    assert approvals.check_due() == 0


def test_page_shows_approved_text_and_differences(client: Client, owner: User) -> None:
    template = a_text(owner)
    ApprovedTextFactory.create(
        workspace=owner.workspace, content_sid=SID, body=BODY, buttons=["1", "5"]
    )

    page = client.get(reverse("template", args=[template.pk])).content.decode()

    assert "What Meta approved for WhatsApp" in page
    assert "<ins>" in page
    assert "estuvo su cita" in page
    assert "{{firstName}}" in page
    assert "{{1}}" not in page.split("What Meta approved")[1].split("</section>")[0]
    assert "in the approved text" not in page


def test_page_and_form_warn_of_another_number_of_variables(client: Client, owner: User) -> None:
    template = a_text(owner)
    ApprovedTextFactory.create(workspace=owner.workspace, content_sid=SID, body=BODY + " {{3}}")
    warning = "Variables: 3 in the approved text, 2 in ours."

    for name in ("template", "template_edit"):
        assert warning in client.get(reverse(name, args=[template.pk])).content.decode()
    typed = {
        "type": "INITIAL",
        "language": "es",
        "channel": "WHATSAPP",
        "content": template.content,
        "template": str(template.pk),
    }
    assert warning in client.post(reverse("template_preview"), typed).content.decode()


def test_page_warns_of_rejected_text() -> None:
    text = ApprovedTextFactory.build(status="rejected", rejection_reason="Reads like an ad")

    told = " ".join(warnings_about(text, ["firstName"]))

    assert "Reads like an ad" in told
    assert len(warnings_about(text, ["firstName"])) == 2


def test_preview_shows_the_words_of_a_first_message(client: Client, owner: User) -> None:
    template = a_text(owner)
    ApprovedTextFactory.create(
        workspace=owner.workspace, content_sid=SID, body=BODY, buttons=["1", "5"]
    )
    typed = {
        "type": "INITIAL",
        "language": "es",
        "channel": "WHATSAPP",
        "content": template.content,
        "template": str(template.pk),
    }

    preview = client.post(reverse("template_preview"), typed).context["preview"]
    assert "¿cómo estuvo su cita en" in preview.approved_body
    assert "{{" not in preview.approved_body
    assert "¿cómo fue en" in preview.body

    by_sms = client.post(reverse("template_preview"), typed | {"channel": "SMS"})
    assert by_sms.context["preview"].approved_body == ""
    changed = typed | {"content": "Hola {{practice}}, {{firstName}}"}
    while_edited = client.post(reverse("template_preview"), changed).context["preview"]
    assert while_edited.approved_body == preview.approved_body


def test_preview_says_that_an_approved_text_without_the_review_link_is_not_used(
    client: Client, owner: User
) -> None:
    assert owner.workspace
    PracticeFactory.create(workspace=owner.workspace, google_place_id="ChIJN1t_tDeuEmsRUsoyG8")
    template = a_text(
        owner,
        type="FOLLOWUP_UNHAPPY",
        content="Perdón, {{firstName}}. {{feedbackLink}}",
        variables=["firstName", "feedbackLink"],
    )
    ApprovedTextFactory.create(
        workspace=owner.workspace, content_sid=SID, body="Perdón, {{1}}: {{2}}"
    )
    typed = {
        "type": "FOLLOWUP_UNHAPPY",
        "language": "es",
        "channel": "WHATSAPP",
        "content": template.content,
        "template": str(template.pk),
    }

    preview = client.post(reverse("template_preview"), typed).context["preview"]

    assert preview.approved_body == ""
    (bad,) = [hint.sentence for hint in preview.hints if hint.tone == "bad"]
    assert "is not used" in bad
    assert not any("keep the approved words" in hint.sentence for hint in preview.hints)


def test_check_by_a_member_is_awaited_by_the_page(
    client: Client, owner: User, simulator: Simulation
) -> None:
    simulator.control("PUT", f"contents/{SID}", {"body": BODY})
    template = a_text(owner)
    check = reverse("template_check_approval", args=[template.pk])

    response = client.post(check, headers={"HX-Request": "true"}, follow=True)
    assert "Asking Twilio" in response.content.decode()
    assert 'hx-trigger="every 2s"' in response.content.decode()

    approvals.check_text(kept().pk)
    again = client.get(reverse("template_approval", args=[template.pk])).content.decode()
    assert "every 2s" not in again
    assert "estuvo su cita" in again


def test_approved_texts_of_a_batch_are_read_with_one_query(owner: User) -> None:
    template = a_text(owner, is_default=True)
    ApprovedTextFactory.create(workspace=owner.workspace, content_sid=SID, body=BODY)

    with tenancy.platform("test"), CaptureQueriesContext(connection) as asked:
        texts = texts_of({template.workspace_id}, set())

    assert len(asked) == 1
    [wording] = texts.values()
    assert (wording.template_id, wording.version) == (template.pk, 1)
    assert wording.approved == ApprovedBody(BODY, {})


@pytest.mark.parametrize(
    ("types", "read"),
    [
        ({"twilio/text": {"body": "Hola"}}, ("twilio/text", "Hola", [])),
        (
            {
                "twilio/text": {"body": "Sin botones"},
                "twilio/quick-reply": {"body": "Con", "actions": [{"title": "5", "id": "5"}]},
            },
            ("twilio/quick-reply", "Con", ["5"]),
        ),
        (
            {"twilio/card": {"title": "Su visita", "subtitle": "BAJA", "actions": []}},
            ("twilio/card", "Su visita\nBAJA", []),
        ),
        ({"twilio/list-picker": {"body": "Elija", "items": [{"item": "Bien"}]}},
         ("twilio/list-picker", "Elija", ["Bien"])),
        ({"twilio/new": {"body": "Algo"}}, ("twilio/new", "Algo", [])),
        ({"twilio/location": {"latitude": 1}}, ("", "", [])),
        ({}, ("", "", [])),
    ],
)  # fmt: skip
def test_richest_content_type_is_read(
    types: dict[str, Any], read: tuple[str, str, list[str]]
) -> None:
    assert read_types(types) == read


def test_variables_are_counted_named_and_filled() -> None:
    body = "{{1}}, {{ 2 }} y {{1}}: {{x}}"

    assert numbered_variables_in(body) == ["1", "2", "x"]
    assert name_variables(body, ["firstName"]) == "{{firstName}}, {{ 2 }} y {{firstName}}: {{x}}"
    assert ApprovedBody(body, {"2": "Bo"}).fill({"1": "Ana {{2}}"}) == (
        "Ana {{2}}, Bo y Ana {{2}}: {{x}}"
    )
