"""From the button to Meta's answer, over a Twilio that loses answers, and workers that die."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import requests as http
from django.utils import timezone

from core import tenancy
from templates_app import approvals
from templates_app.models import ApprovalRequest, ApprovedText, RequestState
from templates_app.whatsapp import cleaning, decisions, submitting, twilio_contents
from tests.dev.doubles.simulation import Simulation
from tests.factories import StaffFactory, UserFactory
from tests.messaging.whatsapp_texts.conftest import (
    NEW_ASK,
    read_request,
    read_template,
    read_text,
    submit,
    write_text,
)
from tests.notifications import deliver_all
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def decide(simulator: Simulation, request: ApprovalRequest, action: str, reason: str = "") -> None:
    """Press a button on Meta's desk, then let the product ask."""
    text = read_text(request)
    form = {"sid": text.content_sid, "action": action, "reason": reason}
    http.post(f"{simulator.url}/templates", data=form, timeout=5, allow_redirects=False)
    approvals.check_text(text.pk)


def contents_named(name: str) -> str:
    return twilio_contents.find_content(name)


def mail_subjects(simulator: Simulation) -> list[str]:
    """Deliver what the members are to be told, and return the subjects of all mails."""
    deliver_all()
    return [mail["subject"].strip() for mail in simulator.control("GET", "mails")["mails"]]


def test_text_is_submitted_approved_and_used(simulator: Simulation, owner: User) -> None:
    template = write_text(owner)
    request = submit(owner, template)

    assert submitting.submit_due() == 1
    request = read_request()
    text = read_text(request)
    assert (request.state, text.status, text.category) == ("SUBMITTED", "received", "UTILITY")
    assert (
        text.body == "Hola {{1}}, gracias por su visita a {{2}}. ¿Cómo fue, del 1 al 5? BAJA: no."
    )
    assert (text.buttons, text.samples["1"]) == (["1", "2", "3", "4", "5"], "Juan")
    assert read_template(template).whatsapp_content_sid == ""

    decide(simulator, request, "approve")
    assert read_request().state == RequestState.APPROVED
    assert read_template(template).whatsapp_content_sid == text.content_sid
    assert decisions.tell_news() == 1
    assert decisions.tell_news() == 0
    assert mail_subjects(simulator) == ["Meta approved your WhatsApp text “Pregunta”"]


def test_rejection_is_stored_with_its_reason_and_mailed(simulator: Simulation, owner: User) -> None:
    template = write_text(owner)
    request = submit(owner, template)
    submitting.submit_due()

    decide(simulator, request, "reject", "PROMOTIONAL: reads like an ad")

    request = read_request()
    assert (request.state, request.rejection_reason) == (
        "REJECTED",
        "PROMOTIONAL: reads like an ad",
    )
    assert read_template(template).whatsapp_content_sid == ""
    decisions.tell_news()
    (subject,) = mail_subjects(simulator)
    assert subject.startswith("Meta rejected")


def test_new_version_replaces_the_approved_one_only_when_it_is_approved(
    simulator: Simulation, owner: User
) -> None:
    template = write_text(owner)
    first = submit(owner, template)
    submitting.submit_due()
    decide(simulator, first, "approve")
    with tenancy.platform("test"):
        template = read_template(template)
        template.content, template.version = NEW_ASK, 2
        template.save()
    second = submit(owner, template)
    submitting.submit_due()
    old_sid = read_text(first).content_sid
    assert read_template(template).whatsapp_content_sid == old_sid

    decide(simulator, second, "approve")

    assert read_template(template).whatsapp_content_sid == read_text(second).content_sid
    assert read_request(pk=first.pk).state == RequestState.REPLACED
    assert cleaning.delete_unused_contents() == 0
    assert cleaning.delete_unused_contents(now=timezone.now() + timedelta(days=8)) == 1
    assert contents_named(first.name) == ""
    assert read_text(first).retired_at
    assert read_text(second).retired_at is None


def test_changed_category_is_kept_and_mailed(simulator: Simulation, owner: User) -> None:
    request = submit(owner, write_text(owner))
    submitting.submit_due()
    decide(simulator, request, "approve")
    decisions.tell_news()
    deliver_all()

    decide(simulator, request, "recategorise")

    text = read_text(request)
    assert (text.previous_category, text.category) == ("UTILITY", "MARKETING")
    assert decisions.tell_news() == 1
    assert mail_subjects(simulator)[-1].startswith("Meta changed the category")


def test_paused_text_is_mailed_and_keeps_its_request(simulator: Simulation, owner: User) -> None:
    request = submit(owner, write_text(owner))
    submitting.submit_due()
    decide(simulator, request, "approve")
    decisions.tell_news()
    deliver_all()

    decide(simulator, request, "pause")

    assert read_request().state == RequestState.APPROVED
    assert not read_text(request).may_be_sent
    decisions.tell_news()
    assert mail_subjects(simulator)[-1].startswith("Meta stopped")


def test_lost_answer_to_the_creation_makes_no_second_content(
    simulator: Simulation, owner: User
) -> None:
    """The worker dies between "created at Twilio" and "stored here"."""
    request = submit(owner, write_text(owner))
    with (
        patch.object(submitting, "_store_created", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        submitting.submit_due()
    made = contents_named(request.name)
    assert made
    assert read_request().state == RequestState.QUEUED

    assert submitting.submit_due() == 0  # the first worker may still be at it
    submitting.submit_due(now=timezone.now() + timedelta(minutes=3))

    assert read_request().state == RequestState.SUBMITTED
    assert read_text(request).content_sid == made


def test_lost_answer_to_the_submission_is_found_again(simulator: Simulation, owner: User) -> None:
    request = submit(owner, write_text(owner))
    with (
        patch.object(submitting, "_store_submitted", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        submitting.submit_due()
    assert read_request().state == RequestState.CREATED

    submitting.submit_due(now=timezone.now() + timedelta(minutes=3))

    assert read_request().state == RequestState.SUBMITTED
    assert read_text(request).status == "received"


def test_unreachable_twilio_is_tried_again_and_then_given_up(
    simulator: Simulation, owner: User, settings: Any
) -> None:
    submit(owner, write_text(owner))
    settings.TWILIO_CONTENT_BASE_URL = "http://127.0.0.1:9"

    now = timezone.now()
    assert submitting.submit_due(now=now) == 0
    request = read_request()
    assert (request.state, request.error, request.attempts) == ("QUEUED", "unreachable", 1)
    assert request.next_attempt_at == now + timedelta(minutes=2)
    for attempt in range(2, submitting.MAX_ATTEMPTS + 1):
        submitting.submit_due(now=now + timedelta(hours=2 * attempt))

    assert read_request().state == RequestState.REFUSED


def test_refusal_of_twilio_ends_the_request(simulator: Simulation, owner: User) -> None:
    request = submit(owner, write_text(owner))
    with tenancy.platform("test"):
        ApprovalRequest.objects.filter(pk=request.pk).update(name="Not Allowed")

    submitting.submit_due()

    request = read_request()
    assert (request.state, "not valid" in request.error) == ("REFUSED", True)


def test_request_withdrawn_during_the_creation_is_not_submitted(
    simulator: Simulation, owner: User
) -> None:
    request = submit(owner, write_text(owner))
    create = twilio_contents.create_content

    def create_slowly(content: Any) -> str:
        sid = create(content)
        with tenancy.platform("test"):
            ApprovalRequest.objects.filter(pk=request.pk).update(
                state=RequestState.WITHDRAWN, closed_at=timezone.now()
            )
        return sid

    with patch.object(twilio_contents, "create_content", create_slowly):
        submitting.submit_due()

    assert read_request().state == RequestState.WITHDRAWN
    assert cleaning.delete_unused_contents() == 1
    assert contents_named(request.name) == ""


def test_same_words_of_another_clinic_use_one_template(simulator: Simulation, owner: User) -> None:
    first = submit(owner, write_text(owner))
    submitting.submit_due()
    decide(simulator, first, "approve")
    colleague = UserFactory.create()
    template = write_text(colleague)
    second = submit(colleague, template)

    submitting.submit_due()

    assert read_request(pk=second.pk).state == RequestState.APPROVED
    assert read_text(second).content_sid == read_text(first).content_sid
    assert read_template(template).whatsapp_content_sid == read_text(first).content_sid
    assert contents_named(second.name) == ""


def test_deleted_template_of_meta_is_not_asked_about_again(
    simulator: Simulation, owner: User
) -> None:
    request = submit(owner, write_text(owner))
    submitting.submit_due()
    with tenancy.platform("test"):
        ApprovedText.objects.filter(pk=read_text(request).pk).update(retired_at=timezone.now())

    assert approvals.check_due(now=timezone.now() + timedelta(days=2)) == 0


def test_young_request_is_checked_more_often_than_an_old_one(
    simulator: Simulation, owner: User
) -> None:
    request = submit(owner, write_text(owner))
    submitting.submit_due()
    text = read_text(request)
    now = timezone.now()

    assert approvals.check_due(now=now + timedelta(minutes=3)) == 1
    with tenancy.platform("test"):
        week_ago = now - timedelta(days=7)
        ApprovedText.objects.filter(pk=text.pk).update(created_at=week_ago)
    assert approvals.check_due(now=now + timedelta(minutes=30)) == 0
    assert approvals.check_due(now=now + timedelta(hours=7)) == 1


def test_platform_staff_are_told_of_a_text_to_read(simulator: Simulation, owner: User) -> None:
    StaffFactory.create(language="en")
    request = submit(owner, write_text(owner), is_held=True)

    decisions.mail_platform_staff(request.pk)

    (subject,) = mail_subjects(simulator)
    assert subject.endswith("waits to be read")
    assert submitting.submit_due() == 0
