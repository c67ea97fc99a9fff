"""Give a grant back to Google after it is no longer used here.

Google withdraws everything that the user has granted to our project, not one token. So nothing is
revoked while another connection uses the same Google user: that would end its access too. The
last one that disconnects revokes.
"""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core import encryption, tenancy
from core.encryption import UnreadableError
from reviews.connection import oauth
from reviews.google_errors import GoogleError
from reviews.models import ConnectionStatus, GoogleConnection

log = structlog.get_logger("google")
TASK = "reviews.tasks.revoke_token"


def revoke_after_commit(*, sealed_token: str, google_user_id: str) -> None:
    """Revoke once the row has no tokens any more. The task has the only copy, encrypted."""
    transaction.on_commit(partial(_order, sealed_token, google_user_id), robust=True)


def revoke_if_unused(sealed_token: str, google_user_id: str) -> bool:
    """Revoke the grant unless a connection uses it. Return whether it was revoked."""
    with tenancy.platform("revoking access to Google"):
        is_used = GoogleConnection.objects.filter(
            google_user_id=google_user_id, status=ConnectionStatus.CONNECTED
        ).exists()
    if is_used:
        log.info("google_grant_still_used")
        return False
    try:
        token = encryption.unseal(sealed_token)
    except UnreadableError:
        log.warning("google_token_unreadable")
        return False
    oauth.revoke(token)
    return True


def _order(sealed_token: str, google_user_id: str) -> None:
    try:
        current_app.send_task(TASK, [sealed_token, google_user_id])
    except (OperationalError, OSError):
        # Without a broker nobody would ever revoke it, so try at least once now.
        try:
            revoke_if_unused(sealed_token, google_user_id)
        except GoogleError as error:
            log.warning("google_not_revoked", reason=str(error))
