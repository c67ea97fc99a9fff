"""Valid access tokens for a connection's calls, and what happens if Google gives none."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone

from core import audit, encryption, tenancy
from core.encryption import UnreadableError
from reviews.connection import explanations, oauth
from reviews.connection.oauth import AccessToken
from reviews.google_errors import AccessLost, GoogleError
from reviews.models import ConnectionFailure, ConnectionStatus, GoogleConnection

log = structlog.get_logger("google")

# A token that ends sooner could end during a call.
MARGIN = timedelta(minutes=2)
MAX_ERROR = 300
REASON = "access to Google"


def get_access_token(connection_id: UUID) -> str:
    """Return a valid access token, and refresh it if it ends within two minutes.

    Raise AccessLost if the connection is disconnected or broken, or is found broken now; another
    GoogleError if Google cannot be asked.
    """
    with tenancy.platform(REASON):
        connection = GoogleConnection.objects.filter(
            pk=connection_id, status=ConnectionStatus.CONNECTED
        ).first()
    if connection and (token := _valid_token(connection)):
        return token
    return _renew(connection_id)


def renew_access_token(connection_id: UUID, *, refused: str) -> str:
    """Return another access token than the one that Google refused with 401.

    If the grant was withdrawn, the connection becomes broken and AccessLost is raised.
    """
    return _renew(connection_id, refused=refused)


def prove_access(connection_id: UUID) -> None:
    """Refresh the access token even if it is valid: only that shows whether the grant still is."""
    _renew(connection_id, even_if_valid=True)


@transaction.atomic
def mark_broken(connection: GoogleConnection, failure: ConnectionFailure) -> None:
    """Record that Google gives no access, and tell the owners once. The caller has locked it."""
    if connection.status != ConnectionStatus.CONNECTED:
        return
    now = timezone.now()
    connection.status, connection.failure = ConnectionStatus.BROKEN, failure
    connection.broken_at, connection.owner_told_at = now, None
    connection.access_token, connection.access_expires_at = "", None
    connection.check_due_at = None
    connection.save(
        update_fields=[
            *("status", "failure", "broken_at", "owner_told_at"),
            *("access_token", "access_expires_at", "check_due_at", "updated_at"),
        ]
    )
    audit.record(
        "google.broken", connection, by=None, name=connection.email, new={"failure": failure}
    )
    log.warning("google_access_lost", connection_id=str(connection.pk), failure=str(failure))
    arguments = [str(connection.workspace_id), str(connection.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.mail_lost_access", arguments), robust=True
    )


def report_missing_scope(connection_id: UUID) -> None:
    """Mark the connection broken after Google said that the permission is missing."""
    with tenancy.platform(REASON):
        if connection := _lock(connection_id):
            mark_broken(connection, ConnectionFailure.NO_SCOPE)


def record_success(connection_id: UUID, *, now: datetime | None = None) -> None:
    """Note that Google answered. The last error stays, with its older time."""
    now = now or timezone.now()
    with tenancy.platform(REASON):
        GoogleConnection.objects.filter(pk=connection_id).update(last_success_at=now)


def record_error(connection_id: UUID, error: GoogleError) -> None:
    """Note why Google did not do what we asked, for the page of the connection."""
    message = explanations.as_stored(error)[-MAX_ERROR:]
    with tenancy.platform(REASON):
        GoogleConnection.objects.filter(pk=connection_id).update(
            last_error=message, last_error_at=timezone.now()
        )


def reseal_tokens() -> int:
    """Encrypt all tokens with the first key. Return how many connections have tokens."""
    rows = GoogleConnection.objects.exclude(refresh_token="")
    count = 0
    for connection in rows.select_for_update(no_key=True).order_by("pk"):
        connection.refresh_token = encryption.reseal(connection.refresh_token)
        if connection.access_token:
            connection.access_token = encryption.reseal(connection.access_token)
        connection.save(update_fields=["refresh_token", "access_token", "updated_at"])
        count += 1
    return count


def store_access(connection: GoogleConnection, access: AccessToken) -> None:
    """Set the fields of the access token. The caller saves them."""
    connection.access_token = encryption.seal(access.token)
    connection.access_expires_at = access.expires_at
    connection.last_success_at = timezone.now()


def _renew(connection_id: UUID, *, refused: str = "", even_if_valid: bool = False) -> str:
    """Refresh under a lock on the row, so that two workers do not refresh at once.

    The failure is committed before the exception leaves, which would roll it back.
    """
    try:
        with tenancy.platform(REASON):
            connection = _lock(connection_id)
            if connection is None:
                raise AccessLost("Google is not connected.")
            present = _valid_token(connection)
            if present and present != refused and not even_if_valid:
                return present
            found = _refresh(connection)
            if isinstance(found, ConnectionFailure):
                mark_broken(connection, found)
            else:
                store_access(connection, found)
                connection.save(
                    update_fields=[
                        *("access_token", "access_expires_at"),
                        *("last_success_at", "updated_at"),
                    ]
                )
    except AccessLost:
        raise
    except GoogleError as error:
        record_error(connection_id, error)
        raise
    if isinstance(found, ConnectionFailure):
        raise AccessLost(f"The access is lost: {found}.")
    return found.token


def _lock(connection_id: UUID) -> GoogleConnection | None:
    """Lock the connection. Return None if it is not connected, so that nothing more is called."""
    connected = GoogleConnection.objects.filter(status=ConnectionStatus.CONNECTED)
    return connected.select_for_update(no_key=True).filter(pk=connection_id).first()


def _refresh(connection: GoogleConnection) -> AccessToken | ConnectionFailure:
    try:
        access = oauth.refresh(encryption.unseal(connection.refresh_token))
    except UnreadableError:
        return ConnectionFailure.UNREADABLE
    except AccessLost:
        return ConnectionFailure.REVOKED
    return access if access.may_manage else ConnectionFailure.NO_SCOPE


def _valid_token(connection: GoogleConnection) -> str:
    """Return the stored access token if it can be read and is valid for long enough, or ""."""
    expires_at = connection.access_expires_at
    if not connection.access_token or not expires_at or expires_at < timezone.now() + MARGIN:
        return ""
    try:
        return encryption.unseal(connection.access_token)
    except UnreadableError:
        return ""
