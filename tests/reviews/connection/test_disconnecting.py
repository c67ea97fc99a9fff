"""Disconnect Google: no call afterwards, the grant given back, and a choice of what stays."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import encryption
from core.models import AuditEvent
from reviews import tasks
from reviews.connection import access_tokens, actions, checks, locations
from reviews.google_errors import AccessLost, GoogleUnavailable
from reviews.models import GoogleConnection, GoogleLocation, Review, ReviewReply
from tests.background import run_sent_tasks
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import (
    AttributionFactory,
    GoogleConnectionFactory,
    ReviewFactory,
    ReviewReplyFactory,
)
from tests.reviews.connection.steps import Clinic, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(clinic: Clinic) -> Clinic:
    clinic.connect()
    clinic.follow()
    clinic.google.clear_counts()
    return clinic


def test_page_asks_first_and_says_what_happens(connected: Clinic) -> None:
    page = connected.open_page("google_disconnect")

    assert "Replies that are waiting to be sent become drafts." in page
    assert "Delete them now" in page
    assert connected.connection.is_on


def test_disconnecting_stops_all_calls_and_gives_the_grant_back(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = connected.connection
    with run_sent_tasks(django_capture_on_commit_callbacks):
        page = connected.press("google_disconnect", fetched="keep")

    assert "Google is disconnected. Nothing more is fetched or sent." in page
    row = connected.connection
    assert (row.status, row.refresh_token, row.access_token) == ("DISCONNECTED", "", "")
    assert row.disconnected_at
    assert connected.google.counts()["requests"] == {"POST /revoke": 1}
    assert connected.google.double.grants.grants == {}

    connected.google.clear_counts()
    checks.check_connections()
    connected.check_now()
    with pytest.raises(AccessLost):
        access_tokens.get_access_token(row.pk)
    with pytest.raises(AccessLost):
        stored(lambda: locations.refresh_locations(before))
    assert connected.google.counts()["requests"] == {}
    assert all(each.changes_due_at is each.sweep_due_at is None for each in connected.locations)


def test_token_is_gone_before_google_is_told(connected: Clinic) -> None:
    """Google may hang: nothing waits for it."""
    connected.press("google_disconnect", fetched="keep")

    assert connected.connection.refresh_token == ""
    assert connected.google.counts()["requests"] == {}


def test_revocation_is_repeated_while_google_is_away(connected: Clinic) -> None:
    sealed = connected.connection.refresh_token
    connected.press("google_disconnect", fetched="keep")
    connected.google.set_faults(rate_token_500=1)

    with pytest.raises(GoogleUnavailable):
        tasks.revoke_token.run(sealed, "1001")
    assert tasks.revoke_token.max_retries == tasks.REVOCATION_RETRIES

    connected.google.set_faults(rate_token_500=0)
    tasks.revoke_token.run(sealed, "1001")
    assert connected.google.double.grants.grants == {}
    tasks.revoke_token.run(sealed, "1001")  # A worker that died after the call repeats it.


def test_without_a_broker_the_grant_is_given_back_at_once(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    away = patch("celery.current_app.send_task", side_effect=OperationalError)
    with away, django_capture_on_commit_callbacks(execute=True):
        connected.press("google_disconnect", fetched="keep")

    assert connected.google.double.grants.grants == {}


def test_grant_that_another_clinic_uses_is_not_withdrawn(
    connected: Clinic,
    google_double: GoogleDouble,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """Google withdraws everything that a user has granted to our project, not one token."""
    other: GoogleConnection = GoogleConnectionFactory.create(
        google_user_id="1001",
        refresh_token=encryption.seal(google_double.grant()["refresh_token"]),
    )

    with run_sent_tasks(django_capture_on_commit_callbacks):
        connected.press("google_disconnect", fetched="keep")

    assert connected.connection.refresh_token == ""
    assert access_tokens.get_access_token(other.pk)


def test_revocation_that_comes_late_spares_a_new_connection(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sealed = connected.connection.refresh_token
    connected.press("google_disconnect", fetched="keep")
    connected.connect()

    tasks.revoke_token.run(sealed, "1001")

    access_tokens.prove_access(connected.connection.pk)


def test_kept_reviews_stay_and_waiting_replies_become_drafts(connected: Clinic) -> None:
    review = ReviewFactory.create(workspace=connected.workspace, location=connected.location())
    reply = ReviewReplyFactory.create(
        workspace=connected.workspace, review=review, status="QUEUED", next_try_at=timezone.now()
    )

    connected.press("google_disconnect", fetched="keep")

    after = stored(lambda: ReviewReply.objects.get(pk=reply.pk))
    assert (after.status, after.next_try_at, after.text) == ("DRAFT", None, reply.text)
    assert after.version == reply.version + 1
    page = connected.open_page()
    assert "The reviews that were fetched are kept as they were then." in page


def delete_at_once(clinic: Clinic) -> None:
    clinic.press("google_disconnect", fetched="delete")


def delete_later(clinic: Clinic) -> None:
    clinic.press("google_disconnect", fetched="keep")
    clinic.press("google_delete")


@pytest.mark.parametrize("delete", [delete_at_once, delete_later])
def test_everything_that_was_fetched_can_be_deleted(
    connected: Clinic, delete: Callable[[Clinic], None]
) -> None:
    workspace = connected.workspace
    review = ReviewFactory.create(workspace=workspace, location=connected.location())
    ReviewReplyFactory.create(workspace=workspace, review=review)
    AttributionFactory.create(workspace=workspace, review=review)
    theirs = ReviewFactory.create()

    delete(connected)

    for model in (GoogleConnection, GoogleLocation, Review, ReviewReply):
        assert not stored(model.objects.filter(workspace=workspace).exists)
    assert stored(lambda: Review.objects.filter(pk=theirs.pk).exists())
    [event] = stored(lambda: list(AuditEvent.objects.filter(action="google.delete")))
    assert event.old == {"reviews": 1}


def test_nothing_is_deleted_while_google_is_connected(connected: Clinic) -> None:
    connected.press("google_delete")

    assert connected.connection.is_on


def test_disconnecting_twice_is_recorded_once(connected: Clinic) -> None:
    connection = connected.connection
    for _ in range(2):
        stored(
            lambda: actions.disconnect(
                connection=connection, deletes_fetched=False, by=connected.owner
            )
        )

    assert stored(AuditEvent.objects.filter(action="google.disconnect").count) == 1


@pytest.mark.parametrize(("at_google", "status"), [("Gracias.", "PUBLISHED"), ("", "DRAFT")])
def test_deletion_that_was_not_sent_is_taken_back(
    connected: Clinic, at_google: str, status: str
) -> None:
    reply = add_waiting_reply(connected, status="DELETING", at_google=at_google)

    connected.press("google_disconnect", fetched="keep")

    after = stored(lambda: ReviewReply.objects.get(pk=reply.pk))
    assert (after.status, after.next_try_at, after.version) == (status, None, reply.version + 1)


def test_reply_that_was_queued_while_disconnecting_is_not_sent_after_connecting_again(
    connected: Clinic,
) -> None:
    connected.press("google_disconnect", fetched="keep")
    reply = add_waiting_reply(connected, status="QUEUED")

    connected.connect()

    assert stored(lambda: ReviewReply.objects.get(pk=reply.pk)).status == "DRAFT"


def test_queued_reply_is_still_sent_after_a_broken_connection_is_mended(
    connected: Clinic,
) -> None:
    broken = {"status": "BROKEN", "failure": "REVOKED", "broken_at": timezone.now()}
    connected.change(connected.connection, **broken)
    reply = add_waiting_reply(connected, status="QUEUED")

    connected.connect()

    assert stored(lambda: ReviewReply.objects.get(pk=reply.pk)).status == "QUEUED"


def add_waiting_reply(clinic: Clinic, *, status: str, at_google: str = "") -> ReviewReply:
    review = ReviewFactory.create(
        workspace=clinic.workspace, location=clinic.location(), published_reply=at_google
    )
    return ReviewReplyFactory.create(
        workspace=clinic.workspace, review=review, status=status, next_try_at=timezone.now()
    )
