"""A grant of another Google user than before, while the owner is asked whether to replace it.

It is encrypted, because sessions are rows of the database.
"""

import json
import time
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from core import encryption
from core.encryption import UnreadableError
from reviews.connection import revocation
from reviews.connection.oauth import AccessToken, Grant
from reviews.connection.pending_consents import PendingConsent

KEY = "google_grant"
LIFETIME_SECONDS = 15 * 60


def keep(session: SessionBase, grant: Grant, pending: PendingConsent) -> None:
    data = {
        "google_user_id": grant.google_user_id,
        "email": grant.email,
        "refresh_token": grant.refresh_token,
        "access_token": grant.access.token,
        "expires_at": grant.access.expires_at.isoformat(),
        "invites_everyone": pending.invites_everyone,
    }
    session[KEY] = {"sealed": encryption.seal(json.dumps(data)), "kept": int(time.time())}


def read(session: SessionBase) -> tuple[Grant, PendingConsent] | None:
    """Return the kept grant. One that nobody decided about in time is given back to Google."""
    kept = session.get(KEY)
    if not kept:
        return None
    try:
        data = json.loads(encryption.unseal(kept["sealed"]))
    except UnreadableError:
        return None
    expires_at = datetime.fromisoformat(data["expires_at"])
    grant = Grant(
        google_user_id=data["google_user_id"],
        email=data["email"],
        refresh_token=data["refresh_token"],
        access=AccessToken(data["access_token"], expires_at, may_manage=True),
    )
    if kept["kept"] < time.time() - LIFETIME_SECONDS:
        forget(session)
        give_back(grant)
        return None
    return grant, PendingConsent(verifier="", invites_everyone=data["invites_everyone"])


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)


def give_back(grant: Grant) -> None:
    """Revoke a grant that is not stored, unless a connection uses the same Google user."""
    if grant.refresh_token:
        revocation.revoke_after_commit(
            sealed_token=encryption.seal(grant.refresh_token), google_user_id=grant.google_user_id
        )
