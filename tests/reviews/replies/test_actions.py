"""Drafts, approval, sending and deletion of replies, and the gate before all of them."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from core import tenancy
from core.errors import ProblemError, RoleTooWeak
from core.models import AuditEvent
from reviews.models import ReplyStatus, Review, ReviewReply
from reviews.replies import actions
from reviews.replies.actions import EditedMeanwhileError
from reviews.replies.gatekeeping import GateRefusalError
from tests.factories import PatientFactory, ReviewFactory, ReviewReplyFactory, UserFactory
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db

CLEAN = "Gracias por su comentario. Lo compartimos con todo el equipo."
REVEALING = "Gracias por venir a su cita, Lucía."


@pytest.fixture
def review() -> Iterator[Review]:
    review = ReviewFactory.create()
    with tenancy.within(review.workspace_id), override("en"):
        yield review


@pytest.fixture
def owner(review: Review) -> User:
    return UserFactory.create(workspace=review.workspace, role=Role.OWNER)


@pytest.fixture
def doctor(review: Review) -> User:
    return UserFactory.create(workspace=review.workspace, role=Role.DOCTOR)


@pytest.fixture
def receptionist(review: Review) -> User:
    return UserFactory.create(workspace=review.workspace, role=Role.RECEPTIONIST)


def trail(review: Review) -> list[str]:
    events = AuditEvent.objects.within(review.workspace_id).filter(entity_id=review.pk)
    return list(events.order_by("pk").values_list("action", flat=True))


def test_reply_of_owner_is_queued_at_once(review: Review, owner: User) -> None:
    reply = actions.send(review=review, text=CLEAN, seen_version=0, by=owner)

    assert (reply.status, reply.version) == (ReplyStatus.QUEUED, 1)
    assert reply.next_try_at
    assert trail(review) == ["review.send"]


def test_doctor_who_needs_approval_cannot_send(review: Review, doctor: User) -> None:
    with pytest.raises(RoleTooWeak):
        actions.send(review=review, text=CLEAN, seen_version=0, by=doctor)

    assert not ReviewReply.objects.exists()


def test_doctor_sends_where_no_approval_is_needed(review: Review, doctor: User) -> None:
    Workspace.objects.filter(pk=review.workspace_id).update(replies_need_approval=False)

    reply = actions.send(review=review, text=CLEAN, seen_version=0, by=doctor)

    assert reply.status == ReplyStatus.QUEUED


def test_submitted_reply_is_queued_when_owner_approves(
    review: Review, doctor: User, owner: User
) -> None:
    submitted = actions.submit_for_approval(review=review, text=CLEAN, seen_version=0, by=doctor)
    assert (submitted.status, submitted.next_try_at) == (ReplyStatus.AWAITING_APPROVAL, None)

    reply = actions.approve(review=review, seen_version=submitted.version, by=owner)

    assert reply.status == ReplyStatus.QUEUED
    assert (reply.author_name, reply.approved_by_name) == (doctor.name, owner.name)
    assert trail(review) == ["review.submit", "review.approve"]


def test_doctor_cannot_approve(review: Review, doctor: User) -> None:
    reply = actions.submit_for_approval(review=review, text=CLEAN, seen_version=0, by=doctor)

    with pytest.raises(RoleTooWeak):
        actions.approve(review=review, seen_version=reply.version, by=doctor)


@pytest.mark.parametrize(
    "act", [actions.save_draft, actions.submit_for_approval, actions.send, actions.override_gate]
)
def test_receptionist_cannot_write(act: actions.Write, review: Review, receptionist: User) -> None:
    with pytest.raises(RoleTooWeak):
        act(review=review, text=CLEAN, seen_version=0, by=receptionist)


@pytest.mark.parametrize("act", [actions.submit_for_approval, actions.send])
def test_gate_refuses_text_of_everybody(
    act: actions.Write, review: Review, doctor: User, owner: User
) -> None:
    Workspace.objects.filter(pk=review.workspace_id).update(replies_need_approval=False)
    for person in (doctor, owner):
        with pytest.raises(GateRefusalError) as refused:
            act(review=review, text=REVEALING, seen_version=0, by=person)
        assert refused.value.result.findings

    assert not ReviewReply.objects.exists()


def test_refused_draft_cannot_be_approved(review: Review, owner: User, doctor: User) -> None:
    draft = actions.save_draft(review=review, text=REVEALING, seen_version=0, by=doctor)

    with pytest.raises(ProblemError, match="No reply waits"):
        actions.approve(review=review, seen_version=draft.version, by=owner)

    ReviewReply.objects.update(status=ReplyStatus.AWAITING_APPROVAL)
    with pytest.raises(GateRefusalError):
        actions.approve(review=review, seen_version=draft.version, by=owner)
    assert ReviewReply.objects.get().status == ReplyStatus.AWAITING_APPROVAL


def test_approval_is_refused_for_a_name_that_became_a_patients(
    review: Review, doctor: User, owner: User
) -> None:
    text = "Gracias por su comentario sobre Wilvertina."
    reply = actions.submit_for_approval(review=review, text=text, seen_version=0, by=doctor)
    PatientFactory.create(workspace=review.workspace, name="Wilvertina Quishpe")

    with pytest.raises(GateRefusalError) as refused:
        actions.approve(review=review, seen_version=reply.version, by=owner)
    assert [finding.words for finding in refused.value.result.findings] == ["Wilvertina"]


def test_override_is_for_owners_only_and_audited_without_names(
    review: Review, doctor: User, owner: User
) -> None:
    with pytest.raises(RoleTooWeak):
        actions.override_gate(review=review, text=REVEALING, seen_version=0, by=doctor)

    reply = actions.override_gate(review=review, text=REVEALING, seen_version=0, by=owner)

    assert (reply.status, reply.overridden_by_name) == (ReplyStatus.QUEUED, owner.name)
    event = AuditEvent.objects.within(review.workspace_id).get(action="review.override")
    assert "Gracias por venir a su cita" in event.new["text"]
    assert "Lucía" not in str(event.new)
    assert "visit" in event.new["reasons"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Escriba a lucia.paz@correo.ec y venga a su cita", ["lucia", "correo"]),
        ("Su cita: https://cita.example/lucia-paz?x=1 hoy", ["cita.example", "lucia-paz", "x=1"]),
        ("Escriba a lucia.paz (at) correo para su cita", ["lucia", "correo"]),
        ("Llame al 099 123 4567 por su cita", ["099", "123", "4567"]),
        ("La doctora Wilvertina la atendió en su cita", ["Wilvertina"]),
        ("Wilvertina Zoquimar, gracias por su cita", ["Wilvertina", "Zoquimar"]),
    ],
)
def test_audit_of_an_override_has_no_names_and_contacts(
    text: str, hidden: list[str], review: Review, owner: User
) -> None:
    PatientFactory.create(workspace=review.workspace, name="Wilvertina Zoquimar")

    actions.override_gate(review=review, text=text, seen_version=0, by=owner)

    event = AuditEvent.objects.within(review.workspace_id).get(action="review.override")
    assert [part for part in hidden if part in event.new["text"]] == []
    assert "cita" in event.new["text"]


def test_later_clean_text_is_no_longer_marked_as_overridden(review: Review, owner: User) -> None:
    reply = actions.override_gate(review=review, text=REVEALING, seen_version=0, by=owner)

    reply = actions.send(review=review, text=CLEAN, seen_version=reply.version, by=owner)

    assert reply.overridden_by_name == ""


def test_second_of_two_people_is_told_and_overwrites_nothing(
    review: Review, doctor: User, owner: User
) -> None:
    actions.submit_for_approval(review=review, text=CLEAN, seen_version=0, by=doctor)

    with pytest.raises(EditedMeanwhileError, match=doctor.name):
        actions.send(review=review, text="¡Gracias!", seen_version=0, by=owner)

    reply = ReviewReply.objects.get()
    assert (reply.text, reply.version) == (CLEAN, 1)


def test_approval_of_a_text_that_changed_meanwhile_is_refused(
    review: Review, doctor: User, owner: User
) -> None:
    seen = actions.submit_for_approval(review=review, text=CLEAN, seen_version=0, by=doctor)
    actions.submit_for_approval(
        review=review, text="¡Gracias por las estrellas!", seen_version=1, by=doctor
    )

    with pytest.raises(EditedMeanwhileError):
        actions.approve(review=review, seen_version=seen.version, by=owner)


def test_edit_of_published_reply_goes_the_same_way(
    review: Review, doctor: User, owner: User
) -> None:
    reply = ReviewReplyFactory.create(
        review=review, workspace=review.workspace, status="PUBLISHED", text=CLEAN
    )

    with pytest.raises(RoleTooWeak):
        actions.send(review=review, text="¡Gracias!", seen_version=1, by=doctor)
    actions.submit_for_approval(review=review, text="¡Gracias!", seen_version=1, by=doctor)
    actions.approve(review=review, seen_version=2, by=owner)

    reply.refresh_from_db()
    assert (reply.status, reply.text, reply.version) == (ReplyStatus.QUEUED, "¡Gracias!", 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" \n ", "Write the reply first"),
        ("ñ" * 2049, "It has 2 too many"),
        ("😀" * 1025, "It has 4 too many"),
    ],
    ids=["empty", "letters", "emoji"],
)
def test_text_that_google_would_not_take_is_refused(
    text: str, problem: str, review: Review, owner: User
) -> None:
    with pytest.raises(ProblemError, match=problem):
        actions.send(review=review, text=text, seen_version=0, by=owner)


def test_text_of_exactly_the_limit_is_taken(review: Review, owner: User) -> None:
    reply = actions.save_draft(review=review, text="ñ" * 2048, seen_version=0, by=owner)

    assert len(reply.text.encode()) == 4096


def test_unsendable_review_is_refused_in_words(review: Review, owner: User) -> None:
    location, connection = review.location, review.location.connection

    def assert_refused(problem: str) -> None:
        with pytest.raises(ProblemError, match=problem):
            actions.send(review=review, text=CLEAN, seen_version=0, by=owner)

    type(location).objects.update(is_verified=False)
    assert_refused("verified")
    type(location).objects.update(is_verified=True)
    type(connection).objects.update(status="BROKEN", failure="REVOKED", broken_at="2026-01-01T00Z")
    assert_refused("connect it again")
    type(connection).objects.update(
        status="DISCONNECTED", failure="", broken_at=None, refresh_token=""
    )
    assert_refused("disconnected")
    Review.objects.update(
        vanished_at="2026-01-01T00Z", reviewer_name="", comment="", translation=""
    )
    assert_refused("no longer at Google")


def test_draft_is_possible_while_google_refuses_access(review: Review, owner: User) -> None:
    type(review.location).objects.update(is_verified=False)

    reply = actions.save_draft(review=review, text=CLEAN, seen_version=0, by=owner)

    assert reply.status == ReplyStatus.DRAFT


def test_discarded_draft_is_gone_without_a_call(review: Review, doctor: User) -> None:
    reply = actions.save_draft(review=review, text=CLEAN, seen_version=0, by=doctor)

    actions.delete_reply(review=review, seen_version=reply.version, by=doctor)

    assert not ReviewReply.objects.exists()


def test_draft_of_a_lost_call_is_discarded_where_google_takes_none(
    review: Review, doctor: User
) -> None:
    ReviewReplyFactory.create(
        review=review, workspace=review.workspace, status="DRAFT", text=CLEAN, attempts=2
    )
    with pytest.raises(RoleTooWeak):
        actions.delete_reply(review=review, seen_version=1, by=doctor)
    type(review.location).objects.update(is_verified=False)

    actions.delete_reply(review=review, seen_version=1, by=doctor)

    assert not ReviewReply.objects.exists()


@pytest.mark.parametrize("published", ["", CLEAN])
def test_deletion_of_a_sent_reply_waits_for_google(
    published: str, review: Review, doctor: User, owner: User
) -> None:
    Review.objects.update(published_reply=published)
    ReviewReplyFactory.create(
        review=review,
        workspace=review.workspace,
        status="QUEUED",
        next_try_at="2026-01-01T00Z",
        attempts=1,
    )

    with pytest.raises(RoleTooWeak):
        actions.delete_reply(review=review, seen_version=1, by=doctor)
    actions.delete_reply(review=review, seen_version=1, by=owner)

    reply = ReviewReply.objects.get()
    assert (reply.status, reply.version) == (ReplyStatus.DELETING, 2)
    with pytest.raises(ProblemError, match="being deleted"):
        actions.send(review=review, text=CLEAN, seen_version=2, by=owner)


def test_reply_written_at_google_can_be_deleted(review: Review, owner: User) -> None:
    Review.objects.update(published_reply="Escrito en Google")

    actions.delete_reply(review=review, seen_version=0, by=owner)

    reply = ReviewReply.objects.get()
    assert (reply.status, reply.text) == (ReplyStatus.DELETING, "Escrito en Google")
