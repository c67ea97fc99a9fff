"""Connect a workspace with Google, disconnect it, and delete what was fetched."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, encryption
from core.errors import ProblemError
from reviews.connection import access_tokens, checks, locations, revocation
from reviews.connection.oauth import Grant
from reviews.models import (
    Attribution,
    ConnectionStatus,
    GoogleConnection,
    GoogleLocation,
    ReplyStatus,
    Review,
    ReviewReply,
)
from workspaces import clinic_settings, entitlements
from workspaces.models import ReviewInvites, User, Workspace


@transaction.atomic
def connect(
    *, workspace: Workspace, grant: Grant, invites_everyone: bool, by: User
) -> GoogleConnection:
    """Store the access that a Google user gave. What was fetched before goes on where it stopped.

    `invites_everyone`: the owner agreed to it where only happy patients were invited to review.
    """
    workspace = entitlements.lock_workspace(workspace)
    if workspace.review_invites == ReviewInvites.HAPPY_ONLY:
        if not invites_everyone:
            raise ProblemError(
                _("Google was not connected: agree first that everyone is invited to review.")
            )
        clinic_settings.invite_everyone(workspace=workspace, by=by)
    connection = _lock_or_create(workspace)
    old_user, old_token = connection.google_user_id, connection.refresh_token
    if not connection.is_on:
        # A reply that was sent while somebody disconnected would be published months later.
        _take_back_replies(connection)
    _store_grant(connection, grant, by)
    locations.fetch_again(connection, now=connection.connected_at)
    if old_token and old_user != grant.google_user_id:
        revocation.revoke_after_commit(sealed_token=old_token, google_user_id=old_user)
    audit.record("google.connect", connection, by=by, name=grant.email, new={"email": grant.email})
    return connection


@transaction.atomic
def disconnect(*, connection: GoogleConnection, deletes_fetched: bool, by: User) -> None:
    """Stop all calls for this workspace, and revoke its access after the commit.

    The row loses its tokens here. Replies that were not sent become drafts, so that connecting
    again months later does not publish them.
    """
    connection = locations.lock_connection(connection)
    now = timezone.now()
    token = connection.refresh_token
    if connection.is_on:
        connection.status, connection.failure = ConnectionStatus.DISCONNECTED, ""
        connection.refresh_token = connection.access_token = ""
        connection.access_expires_at = connection.check_due_at = connection.broken_at = None
        connection.disconnected_at = now
        connection.save()
        fetched = GoogleLocation.objects.filter(connection=connection)
        fetched.update(changes_due_at=None, sweep_due_at=None, updated_at=now)
        _take_back_replies(connection)
        audit.record(
            "google.disconnect",
            connection,
            by=by,
            name=connection.email,
            new={"deletes_fetched": deletes_fetched},
        )
    if deletes_fetched:
        delete_fetched(connection=connection, by=by)
    if token:
        revocation.revoke_after_commit(sealed_token=token, google_user_id=connection.google_user_id)


@transaction.atomic
def delete_fetched(*, connection: GoogleConnection, by: User) -> int:
    """Delete all that was fetched, and the row of the connection. Return the number of reviews.

    Only for a disconnected one: otherwise all of it would be fetched again.
    """
    connection = locations.lock_connection(connection)
    if connection.is_on:
        raise ProblemError(_("Disconnect Google first: it would fetch everything again."))
    workspace_id = connection.workspace_id
    rows = GoogleLocation.objects.within(workspace_id)
    # A worker that is storing reviews has to wait, and then fails: none is added after the next
    # statements.
    list(rows.select_for_update().values_list("pk"))
    Attribution.objects.within(workspace_id).delete()
    ReviewReply.objects.within(workspace_id).delete()
    _all, deleted = Review.objects.within(workspace_id).delete()
    count = deleted.get(Review._meta.label, 0)
    rows.delete()
    audit.record("google.delete", connection, by=by, name=connection.email, old={"reviews": count})
    connection.delete()
    return count


def _lock_or_create(workspace: Workspace) -> GoogleConnection:
    """Return the connection of a workspace, locked, or a new one that is not saved yet."""
    rows = GoogleConnection.objects.within(workspace).select_for_update(no_key=True)
    return rows.first() or GoogleConnection(workspace=workspace)


def _store_grant(connection: GoogleConnection, grant: Grant, by: User) -> None:
    now = timezone.now()
    connection.status, connection.failure = ConnectionStatus.CONNECTED, ""
    connection.google_user_id, connection.email = grant.google_user_id, grant.email
    connection.refresh_token = encryption.seal(grant.refresh_token)
    access_tokens.store_access(connection, grant.access)
    connection.connected_by_name, connection.connected_at = by.name, now
    connection.check_due_at = now + checks.CHECK_EVERY
    connection.broken_at = connection.owner_told_at = connection.disconnected_at = None
    connection.last_error, connection.last_error_at = "", None
    connection.save()


def _take_back_replies(connection: GoogleConnection) -> None:
    """Take back what was not sent or deleted. The new version keeps a worker from settling it."""
    replies = ReviewReply.objects.within(connection.workspace_id)
    deleting = replies.filter(status=ReplyStatus.DELETING)
    _set_status(deleting.exclude(review__published_reply=""), ReplyStatus.PUBLISHED)
    rest = replies.filter(status__in=[ReplyStatus.QUEUED, ReplyStatus.DELETING])
    _set_status(rest, ReplyStatus.DRAFT)


def _set_status(replies: QuerySet[ReviewReply], status: ReplyStatus) -> None:
    now = timezone.now()
    replies.update(
        status=status,
        next_try_at=None,
        settled_at=now if status == ReplyStatus.PUBLISHED else None,
        version=F("version") + 1,
        updated_at=now,
    )
