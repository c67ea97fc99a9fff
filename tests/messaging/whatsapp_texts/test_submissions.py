"""Who may submit which text, what is refused before Meta sees it, and what the pages say."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from core import tenancy
from core.errors import ProblemError
from messaging.whatsapp_texts.submissions import SubmissionPlan, missing_parts
from templates_app import actions
from templates_app.models import ApprovalRequest, RequestState, Template
from templates_app.whatsapp import requests
from templates_app.whatsapp.status import status_of
from tests.admin_pages import audit_events, list_page
from tests.concurrency import run_concurrently
from tests.factories import (
    ApprovalRequestFactory,
    ApprovedTextFactory,
    SenderFactory,
    StaffFactory,
    TemplateFactory,
    UserFactory,
)
from tests.messaging.whatsapp_texts.conftest import (
    ASK,
    NEW_ASK,
    read_request,
    read_template,
    submit,
    write_text,
)
from workspaces.models import ReviewInvites, User

pytestmark = pytest.mark.django_db

UTILITY = {"category": "UTILITY", "with_buttons": "on"}


def page_of(client: Client, template: Template, name: str = "template") -> str:
    return client.get(reverse(name, args=[template.pk])).content.decode()


def press_submit(client: Client, template: Template) -> None:
    client.post(reverse("template_submit", args=[template.pk]), UTILITY)


def share_a_number() -> None:
    SenderFactory.create(
        workspace=None, channel="WHATSAPP", address="whatsapp:+12025550111", two_way=True
    )


@pytest.mark.usefixtures("own_sender")
def test_clinic_with_its_own_number_submits_at_once(client: Client, owner: User) -> None:
    template = write_text(owner)
    assert "Submit to Meta" in page_of(client, template)

    press_submit(client, template)
    press_submit(client, template)

    request = read_request()
    assert (request.state, request.version, request.category) == ("QUEUED", 1, "UTILITY")
    assert request.requested_by == owner.name
    assert "being submitted" in page_of(client, template)
    assert [event.action for event in audit_events(owner.workspace)] == ["template.whatsapp_submit"]


def test_text_on_the_shared_number_waits_for_our_team(client: Client, owner: User) -> None:
    share_a_number()
    template = write_text(owner)
    assert "our team reads your words" in page_of(client, template, "template_submit")

    press_submit(client, template)

    assert read_request().state == RequestState.HELD
    assert "waits for our team" in page_of(client, template)


def test_our_own_words_need_no_reading_on_the_shared_number(owner: User) -> None:
    share_a_number()
    assert owner.workspace
    template = write_text(owner)
    with tenancy.within(owner.workspace.pk):
        actions.install_defaults(workspace=owner.workspace)
        ours = owner.workspace.templates.get(
            type="INITIAL", language="es", channel="", is_default=True
        )
        assert not SubmissionPlan(ours).is_read_first
        assert SubmissionPlan(ours).problems == []
        assert SubmissionPlan(template).is_read_first


def test_staff_release_and_decline(client: Client, owner: User) -> None:
    held = {"state": "HELD", "approved_text": None, "workspace": owner.workspace}
    released, declined = (ApprovalRequestFactory.create(**held) for _ in range(2))
    client.force_login(StaffFactory.create())

    chosen = {"action": "release", "_selected_action": [str(released.pk)]}
    client.post(list_page(ApprovalRequest), chosen)
    chosen = {"action": "decline", "_selected_action": [str(declined.pk)]}
    assert 'name="reason"' in client.post(list_page(ApprovalRequest), chosen).content.decode()
    chosen |= {"declined": "yes", "reason": "Write who you are"}
    client.post(list_page(ApprovalRequest), chosen)

    assert read_request(pk=released.pk).state == RequestState.QUEUED
    assert read_request(pk=declined.pk).state == RequestState.REFUSED
    client.force_login(owner)
    assert declined.template
    assert "Write who you are" in page_of(client, declined.template)


@pytest.mark.usefixtures("own_sender")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{{firstName}}, gracias por venir. ¿Cómo fue, del 1 al 5? BAJA: no.", "begin with"),
        ("Hola {{firstName}}, gracias por venir. ¿Cómo fue, del 1 al 5?", "Say how to stop"),
    ],
)
def test_text_that_meta_or_the_product_refuses_is_not_submitted(
    client: Client, owner: User, content: str, said: str
) -> None:
    template = write_text(owner, content)

    assert said in page_of(client, template, "template_submit")
    press_submit(client, template)

    with tenancy.platform("test"):
        assert not ApprovalRequest.objects.exists()


def test_promises_to_patients_are_kept_in_approved_words(owner: User) -> None:
    one_way = SenderFactory.build(channel="WHATSAPP", two_way=False)
    ask = TemplateFactory.build(workspace=owner.workspace, content=ASK)
    assert any("ratingLink" in part for part in missing_parts(ask, one_way))
    thanks = TemplateFactory.build(workspace=owner.workspace, type="FOLLOWUP_HAPPY", content="Hola")
    assert any("reviewLink" in part for part in missing_parts(thanks, None))

    sorry = TemplateFactory.build(
        workspace=owner.workspace, type="FOLLOWUP_UNHAPPY", content="Perdón: {{feedbackLink}} ya"
    )
    assert any("reviewLink" in part for part in missing_parts(sorry, None))
    sorry.workspace.review_invites = ReviewInvites.HAPPY_ONLY
    assert missing_parts(sorry, None) == []


@pytest.mark.usefixtures("own_sender")
def test_text_edited_in_review_cannot_be_submitted_twice(client: Client, owner: User) -> None:
    template = write_text(owner)
    request = ApprovalRequestFactory.create(workspace=owner.workspace, template=template, body="x")

    assert "while version 1 is being reviewed" in page_of(client, template)
    with pytest.raises(ProblemError, match="is being reviewed"):
        submit(owner, template)
    client.post(reverse("template_withdraw", args=[template.pk]))
    assert read_request(pk=request.pk).state == RequestState.WITHDRAWN

    press_submit(client, template)
    assert read_request(state="QUEUED").template_id == template.pk


def test_rejected_words_cannot_be_submitted_again(owner: User) -> None:
    template = write_text(owner)
    rejected = submit(owner, template)
    text = ApprovedTextFactory.create(workspace=owner.workspace, status="rejected")
    with tenancy.platform("test"):
        for state in ("CREATED", "SUBMITTED", "REJECTED"):
            rejected.approved_text = text
            requests.move_request(rejected, RequestState(state))

    with pytest.raises(ProblemError, match="exactly these words"):
        submit(owner, template)

    with tenancy.platform("test"):
        Template.objects.filter(pk=template.pk).update(content=NEW_ASK)
    assert submit(owner, template).state == RequestState.QUEUED


def test_state_cannot_be_skipped(owner: User) -> None:
    request = submit(owner, write_text(owner))

    with tenancy.platform("test"), pytest.raises(ValueError, match="not followed by"):
        requests.move_request(request, RequestState.APPROVED)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_request(owner: User) -> None:
    template = write_text(owner)

    made = run_concurrently(*[partial(submit, owner, template)] * 3)

    assert len({request.pk for request in made}) == 1


def test_status_says_what_to_do_next(owner: User) -> None:
    template = write_text(owner)
    text = ApprovedTextFactory.create(
        workspace=owner.workspace,
        status="rejected",
        rejection_reason="INVALID_FORMAT",
        category="MARKETING",
        previous_category="UTILITY",
    )
    ApprovalRequestFactory.create(
        workspace=owner.workspace,
        template=template,
        approved_text=text,
        state="REJECTED",
        closed_at="2026-03-02T12:00Z",
    )

    with tenancy.within(template.workspace_id):
        status = status_of(template)

    with override("en"):
        said = " ".join(str(advice.sentence) for advice in status.advice)
    assert "rejected version 1" in said
    assert "INVALID_FORMAT. Something about the variables" in said
    assert "files this text as marketing" in said
    assert status.chip
    assert status.chip.tone == "bad"


def test_deleted_text_gives_up_its_template_at_meta(owner: User) -> None:
    template = write_text(owner)
    request = ApprovalRequestFactory.create(workspace=owner.workspace, template=template)

    with tenancy.platform("test"):
        actions.delete_template(template=template, by=owner)

    request = read_request(pk=request.pk)
    assert (request.state, request.template_id) == ("WITHDRAWN", None)


def test_receptionist_cannot_submit(client: Client, owner: User) -> None:
    template = write_text(owner)
    client.force_login(UserFactory.create(workspace=owner.workspace, role="RECEPTIONIST"))

    press_submit(client, template)

    with tenancy.platform("test"):
        assert not ApprovalRequest.objects.exists()
    assert read_template(template).whatsapp_content_sid == ""


def test_api_returns_the_last_submission(client: Client, owner: User) -> None:
    template = write_text(owner)
    text = ApprovedTextFactory.create(
        workspace=owner.workspace, status="pending", category="MARKETING"
    )
    ApprovalRequestFactory.create(workspace=owner.workspace, template=template, approved_text=text)

    answer = client.get(reverse("api_template", args=[template.pk])).json()

    assert (answer["whatsapp"]["state"], answer["whatsapp"]["category"]) == (
        "SUBMITTED",
        "MARKETING",
    )
