"""Consents that a browser has begun and Google has not answered yet.

The state binds Google's answer to the session that began, and is used once. Several may be open,
because an owner can begin in two tabs. PKCE keeps a stolen code useless.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache

KEY = "google_consents"
LIFETIME_SECONDS = 15 * 60
MOST_OPEN = 5


@dataclass(frozen=True)
class BegunConsent:
    """What the consent page needs. The verifier stays in the session."""

    state: str
    challenge: str


@dataclass(frozen=True)
class PendingConsent:
    verifier: str
    # The owner agreed that everyone is invited to review, which a connection needs.
    invites_everyone: bool


def begin(session: SessionBase, *, invites_everyone: bool) -> BegunConsent:
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    pending = {
        "verifier": verifier,
        "invites_everyone": invites_everyone,
        "begun": int(time.time()),
    }
    kept = list(session.get(KEY, {}).items())[1 - MOST_OPEN :]
    session[KEY] = {**dict(kept), state: pending}
    digest = hashlib.sha256(verifier.encode()).digest()
    return BegunConsent(state, base64.urlsafe_b64encode(digest).decode().rstrip("="))


def take(session: SessionBase, state: str) -> PendingConsent | None:
    """Use up a state. Return None if this session did not begin it, or it is old or used."""
    pending = dict(session.get(KEY, {}))
    found = pending.pop(state, None)
    if found is None:
        return None
    session[KEY] = pending
    if found["begun"] < time.time() - LIFETIME_SECONDS:
        return None
    # Two requests with one state read the same session, and only one of them adds this key.
    once = f"google-state:{hashlib.sha256(state.encode()).hexdigest()}"
    if not cache.add(once, 1, timeout=LIFETIME_SECONDS):
        return None
    return PendingConsent(found["verifier"], found["invites_everyone"])
