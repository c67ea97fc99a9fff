"""Access tokens, and what happens when Google gives none any more."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connection as database
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core import encryption, tenancy
from core.models import AuditEvent
from reviews import tasks
from reviews.connection import access_tokens, checks, locations, mails
from reviews.google_errors import AccessLost, GoogleUnavailable
from reviews.models import ConnectionFailure, GoogleConnection
from reviews.sync import access
from tests.background import run_sent_tasks
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import GoogleConnectionFactory, UserFactory
from tests.reviews.connection.steps import Clinic, stored

REFRESHES = "POST /token"


@pytest.fixture
def connection(db: None, google_double: GoogleDouble) -> GoogleConnection:
    """A connection with a grant at Google, and without an access token yet."""
    return granted_connection(google_double)


def granted_connection(google: GoogleDouble) -> GoogleConnection:
    refresh_token = encryption.seal(google.grant()["refresh_token"])
    owner = UserFactory.create()
    found: GoogleConnection = GoogleConnectionFactory.create(
        workspace=owner.workspace, refresh_token=refresh_token, google_user_id="1001"
    )
    google.clear_counts()
    return found


def read(connection: GoogleConnection) -> GoogleConnection:
    return stored(lambda: GoogleConnection.objects.get(pk=connection.pk))


def change(connection: GoogleConnection, **values: Any) -> None:
    stored(lambda: GoogleConnection.objects.filter(pk=connection.pk).update(**values))


def count_refreshes(google: GoogleDouble) -> int:
    return int(google.counts()["requests"].get(REFRESHES, 0))


def test_valid_token_is_not_refreshed(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    token = access_tokens.get_access_token(connection.pk)

    assert access_tokens.get_access_token(connection.pk) == token
    assert count_refreshes(google_double) == 1
    assert encryption.unseal(read(connection).access_token) == token


def test_token_that_ends_within_two_minutes_is_refreshed(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    token = access_tokens.get_access_token(connection.pk)
    change(connection, access_expires_at=timezone.now() + timedelta(seconds=110))

    assert access_tokens.get_access_token(connection.pk) != token
    assert count_refreshes(google_double) == 2


def test_refused_token_is_renewed_once(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    refused = access_tokens.get_access_token(connection.pk)

    renewed = access_tokens.renew_access_token(connection.pk, refused=refused)

    assert renewed != refused
    # Another worker that was refused with the same token gets the one that is there by now.
    assert access_tokens.renew_access_token(connection.pk, refused=refused) == renewed
    assert count_refreshes(google_double) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_refresh_once(google_double: GoogleDouble) -> None:
    connection = granted_connection(google_double)
    tokens: list[str] = []

    def work() -> None:
        try:
            tokens.append(access_tokens.get_access_token(connection.pk))
        finally:
            database.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(tokens) == 2
    assert len(set(tokens)) == 1
    assert count_refreshes(google_double) == 1


def test_revoked_grant_breaks_the_connection_and_owners_are_told_once(
    connection: GoogleConnection,
    google_double: GoogleDouble,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    google_double.revoke()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        for _ in range(2):
            with pytest.raises(AccessLost):
                access_tokens.get_access_token(connection.pk)

    broken = read(connection)
    assert (broken.status, broken.failure) == ("BROKEN", ConnectionFailure.REVOKED)
    assert broken.owner_told_at
    assert broken.access_token == ""
    assert len(mail.outbox) == 1
    assert "/google/" in str(mail.outbox[0].body)
    assert stored(lambda: AuditEvent.objects.filter(action="google.broken").count()) == 1
    assert count_refreshes(google_double) == 1


def test_hourly_check_notices_a_revoked_grant_although_the_token_is_still_valid(
    connection: GoogleConnection,
    google_double: GoogleDouble,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    access_tokens.get_access_token(connection.pk)
    google_double.revoke()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        tasks.check_connections()

    assert read(connection).status == "BROKEN"
    assert len(mail.outbox) == 1


def test_connection_is_checked_within_the_hour_and_not_more_often(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    assert checks.check_connections() == 1
    assert checks.check_connections() == 0

    due = read(connection).check_due_at
    assert due
    # The next run is at most five minutes later.
    assert due < timezone.now() + timedelta(minutes=55)


def test_google_away_is_not_withdrawn_access(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    google_double.set_faults(rate_token_500=1)

    assert checks.check_connections() == 1

    found = read(connection)
    assert found.status == "CONNECTED"
    assert found.last_error.startswith("500")
    assert found.check_due_at
    assert found.check_due_at < timezone.now() + timedelta(minutes=6)
    with pytest.raises(GoogleUnavailable):
        access_tokens.get_access_token(connection.pk)


def test_check_stops_asking_when_google_is_away(google_double: GoogleDouble, db: None) -> None:
    for _ in range(5):
        granted_connection(google_double)
    google_double.set_faults(rate_token_500=1)

    assert checks.check_connections() == checks.MOST_FAILURES


def test_withdrawn_permission_is_named(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    google_double.double.grants.grants["1001"].scopes = ["openid", "email"]

    with pytest.raises(AccessLost):
        access_tokens.get_access_token(connection.pk)

    assert read(connection).failure == ConnectionFailure.NO_SCOPE


def test_lost_key_is_named(
    connection: GoogleConnection, google_double: GoogleDouble, settings: Settings
) -> None:
    settings.SEALING_KEYS = ["another key"]

    with pytest.raises(AccessLost):
        access_tokens.get_access_token(connection.pk)

    assert read(connection).failure == ConnectionFailure.UNREADABLE
    assert count_refreshes(google_double) == 0


def test_wrong_credentials_of_the_platform_break_no_connection(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    with google_double.in_use(GOOGLE_BUSINESS_CLIENT_SECRET="wrong"):
        checks.check_connections()

    assert read(connection).status == "CONNECTED"
    assert read(connection).last_error == "401 invalid_client"


@pytest.mark.parametrize("status", ["DISCONNECTED", "BROKEN"])
def test_connection_that_is_not_on_gives_no_token(
    connection: GoogleConnection, google_double: GoogleDouble, status: str
) -> None:
    access_tokens.get_access_token(connection.pk)
    if status == "BROKEN":
        change(connection, status=status, failure="REVOKED", broken_at=timezone.now())
    else:
        change(connection, status=status, refresh_token="", access_token="")
    google_double.clear_counts()

    for ask in ask_for_tokens(connection):
        with pytest.raises(AccessLost):
            ask()

    assert count_refreshes(google_double) == 0


def ask_for_tokens(connection: GoogleConnection) -> list[Callable[[], object]]:
    return [
        lambda: access_tokens.get_access_token(connection.pk),
        lambda: access_tokens.renew_access_token(connection.pk, refused="x"),
        lambda: access_tokens.prove_access(connection.pk),
    ]


def test_mail_whose_task_was_lost_is_sent_by_the_check(
    connection: GoogleConnection, google_double: GoogleDouble
) -> None:
    earlier = timezone.now() - 2 * mails.MISSED_AFTER
    change(connection, status="BROKEN", failure="REVOKED", broken_at=earlier)

    checks.check_connections()
    checks.check_connections()

    assert len(mail.outbox) == 1


def test_daily_look_at_the_locations_asks_google_outside_of_a_transaction(
    connection: GoogleConnection,
) -> None:
    """In one, a renewed token would keep its row locked while Google is asked."""
    scopes: list[tuple[str, str]] = []

    def note_scope(_connection: GoogleConnection) -> None:
        scopes.append(tenancy.current_scope())

    with patch.object(locations, "refresh_locations", note_scope):
        access.refresh_locations(connection.workspace_id, connection.pk)

    assert scopes == [("", "")]


def test_banner_tells_owners_on_every_page(clinic: Clinic) -> None:
    clinic.connect()
    clinic.google.revoke()
    with pytest.raises(AccessLost):
        access_tokens.prove_access(clinic.connection.pk)

    assert "Google no longer gives us access to your reviews" in clinic.open_page("profile")
    page = clinic.open_page()
    assert "Access was withdrawn or has expired." in page
    assert "Connect Google again" in page
