"""The page of a review: who may do what there, and that the gate cannot be got round."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from reviews.models import GoogleLocation, ReplyStatus, Review, ReviewReply
from tests.factories import ReviewFactory, ReviewReplyFactory, UserFactory
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

CLEAN = "Gracias por su comentario. Lo compartimos con todo el equipo."
REVEALING = "Gracias por venir a su cita, Lucía."


@pytest.fixture
def review() -> Review:
    return ReviewFactory.create()


def member_of(review: Review, role: Role = Role.OWNER) -> User:
    return UserFactory.create(workspace=review.workspace, role=role, language="en")


def sign_in(client: Client, review: Review, role: Role = Role.OWNER) -> User:
    user = member_of(review, role)
    client.force_login(user)
    return user


def stored(review: Review) -> ReviewReply | None:
    with tenancy.within(review.workspace_id):
        return ReviewReply.objects.filter(review=review).first()


def post(client: Client, name: str, review: Review, **data: object) -> str:
    path = reverse(name, args=[review.pk])
    return client.post(path, data, follow=True).content.decode()


def test_owner_sends_a_reply(client: Client, review: Review) -> None:
    sign_in(client, review)

    page = post(client, "review_write", review, act="send", text=CLEAN, version=0)

    assert "It is being sent to Google." in page
    reply = stored(review)
    assert reply
    assert (reply.status, reply.text) == (ReplyStatus.QUEUED, CLEAN)


def test_rejected_reply_that_was_written_at_google_is_told(client: Client, review: Review) -> None:
    sign_in(client, review)
    with tenancy.within(review.workspace_id):
        Review.objects.filter(pk=review.pk).update(
            published_reply="Llámenos.", reply_state="REJECTED", reply_violation="OFF_TOPIC"
        )

    page = client.get(reverse("review", args=[review.pk])).content.decode()

    assert "Google rejected this reply" in page
    assert "it is not about the place" in page


def test_doctor_asks_for_approval_and_owner_gives_it(client: Client, review: Review) -> None:
    doctor = sign_in(client, review, Role.DOCTOR)
    page = client.get(reverse("review", args=[review.pk])).content.decode()
    assert "Ask for approval" in page
    assert "Send the reply" not in page
    post(client, "review_write", review, act="submit", text=CLEAN, version=0)

    sign_in(client, review)
    page = client.get(reverse("review", args=[review.pk])).content.decode()
    assert f"{doctor.name} asks for your approval" in page
    post(client, "review_approve", review, version=1)

    reply = stored(review)
    assert reply
    assert reply.status == ReplyStatus.QUEUED


def test_doctor_cannot_send_by_a_changed_form(client: Client, review: Review) -> None:
    sign_in(client, review, Role.DOCTOR)
    path = reverse("review_write", args=[review.pk])

    response = client.post(path, {"act": "send", "text": CLEAN, "version": 0})

    assert response.status_code == 403
    assert stored(review) is None


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.OWNER])
@pytest.mark.parametrize("act", ["send", "submit"])
def test_gate_refuses_words_and_keeps_the_text(
    act: str, role: Role, client: Client, review: Review
) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(replies_need_approval=False)
    sign_in(client, review, role)

    page = post(client, "review_write", review, act=act, text=REVEALING, version=0)

    assert stored(review) is None
    assert "<mark>Gracias por venir</mark>" in page or "<mark>" in page
    assert 'aria-invalid="true"' in page
    assert "This says that the person was here." in page
    assert page.count(REVEALING) >= 1
    assert ("Send it all the same" in page) == (role == Role.OWNER)


def test_refused_draft_is_kept_and_cannot_be_approved(client: Client, review: Review) -> None:
    sign_in(client, review, Role.DOCTOR)
    post(client, "review_write", review, act="draft", text=REVEALING, version=0)
    with tenancy.platform("test"):
        ReviewReply.objects.update(status=ReplyStatus.AWAITING_APPROVAL)
    sign_in(client, review)

    page = post(client, "review_approve", review, version=1)

    assert "could reveal" in page
    reply = stored(review)
    assert reply
    assert reply.status == ReplyStatus.AWAITING_APPROVAL


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_an_owner_may_override(role: Role, client: Client, review: Review) -> None:
    sign_in(client, review, role)

    response = client.post(
        reverse("review_override", args=[review.pk]),
        {"text": REVEALING, "version": 0, "confirmed": "yes"},
    )

    assert response.status_code == 403
    assert stored(review) is None


def test_override_needs_a_confirmation_of_what_was_shown(client: Client, review: Review) -> None:
    sign_in(client, review)
    path = reverse("review_override", args=[review.pk])

    first = client.post(path, {"text": REVEALING, "version": 0, "confirmed": "yes"})
    assert stored(review) is None
    assert "Yes, send it" in first.content.decode()

    seen = first.context["seen"]
    other = client.post(path, {"text": f"{REVEALING} ¡Vuelva!", "version": 0, "confirmed": seen})
    assert stored(review) is None
    assert "Yes, send it" in other.content.decode()

    client.post(path, {"text": REVEALING, "version": 0, "confirmed": seen})
    reply = stored(review)
    assert reply
    assert (reply.status, bool(reply.overridden_by_name)) == (ReplyStatus.QUEUED, True)
    with tenancy.within(review.workspace_id):
        assert AuditEvent.objects.filter(action="review.override").count() == 1


def test_second_person_sees_both_texts_and_may_send_again(client: Client, review: Review) -> None:
    ReviewReplyFactory.create(
        review=review, workspace=review.workspace, text=CLEAN, author_name="Dra. Paz Mora"
    )
    sign_in(client, review)

    page = post(client, "review_write", review, act="send", text="¡Gracias!", version=0)

    assert "Dra. Paz Mora has changed the reply meanwhile" in page
    assert CLEAN in page
    assert "¡Gracias!" in page
    assert 'name="version" value="1"' in page
    post(client, "review_write", review, act="send", text="¡Gracias!", version=1)
    reply = stored(review)
    assert reply
    assert (reply.text, reply.version) == ("¡Gracias!", 2)


@pytest.mark.parametrize(("text", "says"), [(REVEALING, "<mark>"), (CLEAN, "Nothing in it")])
def test_gate_answers_while_one_writes(
    text: str, says: str, client: Client, review: Review
) -> None:
    sign_in(client, review, Role.DOCTOR)

    part = post(client, "review_check", review, text=text, version=0)

    assert says in part
    assert 'id="gate"' not in part, "the part of the page that announces changes must stay"
    assert "<html" not in part
    assert stored(review) is None


def test_canned_reply_fills_the_text_without_javascript(client: Client, review: Review) -> None:
    sign_in(client, review)

    page = client.get(reverse("review", args=[review.pk]), {"canned": "praise"})

    assert "Muchas gracias por su comentario" in page.context["form"]["text"].value()
    assert stored(review) is None


def test_state_at_google_is_told(client: Client, review: Review) -> None:
    ReviewReplyFactory.create(review=review, workspace=review.workspace, status="REJECTED")
    with tenancy.platform("test"):
        Review.objects.update(reply_state="REJECTED", reply_violation="HARASSMENT")
    sign_in(client, review)
    path = reverse("review", args=[review.pk])

    assert "Its reason: it attacks a person." in client.get(path).content.decode()

    with tenancy.platform("test"):
        Review.objects.update(reply_violation="NEW_RULE, OFF_TOPIC")
    assert "Its reason: NEW_RULE, it is not about the place." in client.get(path).content.decode()

    with tenancy.platform("test"):
        ReviewReply.objects.update(status="PUBLISHED")
        Review.objects.update(published_reply="Otro texto", reply_state="APPROVED")
    assert "changed it directly at Google" in client.get(path).content.decode()

    with tenancy.platform("test"):
        Review.objects.update(published_reply="")
    assert "deleted your reply directly at Google" in client.get(path).content.decode()

    with tenancy.platform("test"):
        ReviewReply.objects.update(status="FAILED", last_error="LocationUnverified: 400")
    assert "only for locations that it has verified" in client.get(path).content.decode()


def test_unverified_location_is_told_before_one_writes(client: Client, review: Review) -> None:
    with tenancy.platform("test"):
        GoogleLocation.objects.update(is_verified=False)
    sign_in(client, review)

    page = client.get(reverse("review", args=[review.pk])).content.decode()

    assert "only for locations that it has verified" in page
    assert "Send the reply" not in page
    assert "Save as a draft" in page


def test_reply_is_deleted_after_a_confirmation(client: Client, review: Review) -> None:
    ReviewReplyFactory.create(review=review, workspace=review.workspace, status="PUBLISHED")
    with tenancy.platform("test"):
        Review.objects.update(published_reply=CLEAN)
    sign_in(client, review)
    assert (
        "Delete the reply?"
        in client.get(reverse("review_delete", args=[review.pk])).content.decode()
    )

    page = post(client, "review_delete", review, version=1)

    assert "The reply is being deleted at Google." in page
    reply = stored(review)
    assert reply
    assert reply.status == ReplyStatus.DELETING


@pytest.mark.parametrize("act", ["send", "draft"])
def test_text_is_not_lost_when_the_reply_is_being_deleted(
    act: str, client: Client, review: Review
) -> None:
    ReviewReplyFactory.create(
        review=review, workspace=review.workspace, status="DELETING", next_try_at=timezone.now()
    )
    sign_in(client, review)

    page = post(client, "review_write", review, act=act, text=CLEAN, version=1)

    assert "The reply is being deleted at Google. Try again in a few minutes." in page
    assert CLEAN in page
    assert 'name="act"' not in page


def test_text_is_not_lost_when_the_review_vanished(client: Client, review: Review) -> None:
    with tenancy.platform("test"):
        Review.objects.update(
            vanished_at=timezone.now(), reviewer_name="", comment="", translation=""
        )
    sign_in(client, review)

    page = post(client, "review_write", review, act="send", text=CLEAN, version=0)

    assert CLEAN in page
    assert 'name="act"' not in page


def test_doctor_who_needs_approval_deletes_only_what_is_not_at_google(
    client: Client, review: Review
) -> None:
    ReviewReplyFactory.create(review=review, workspace=review.workspace, status="DRAFT")
    sign_in(client, review, Role.DOCTOR)
    page, path = reverse("review", args=[review.pk]), reverse("review_delete", args=[review.pk])
    assert path in client.get(page).content.decode()
    assert client.get(path).status_code == 200

    with tenancy.platform("test"):
        Review.objects.update(published_reply=CLEAN)

    assert path not in client.get(page).content.decode()
    assert client.get(path).status_code == 403


def test_refused_deletion_is_told_as_one(client: Client, review: Review) -> None:
    ReviewReplyFactory.create(
        review=review,
        workspace=review.workspace,
        status="FAILED",
        text=CLEAN,
        last_error="RequestRefused: 400",
    )
    with tenancy.platform("test"):
        Review.objects.update(published_reply=CLEAN)
    sign_in(client, review)

    page = client.get(reverse("review", args=[review.pk])).content.decode()

    assert "This reply could not be deleted. It is still at Google." in page
    assert "Could not be sent" not in page
    assert "Change the text" not in page
