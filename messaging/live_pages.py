"""Tell open pages of the inbox and the board that something has changed.

A page asks every few seconds. It sends a signed token and no cookies, so that the answer needs one
look into the cache and no query. The token says which clinic, member and patient the page is about;
it opens no data: the answer has a number that changes, and names of colleagues who are writing.

A token is soon too old. The page then loads its parts anew, by a request that checks the session.
That also moves on what changes by time alone: "waits for 5 minutes", and a snooze that ends.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from messaging.models import Conversation, Feedback
from workspaces.models import User

SALT = "messaging.live_pages"
LONGEST_SECONDS = 300
# Somebody who writes is noted with every question of their page, so this covers a lost one.
WRITING_SECONDS = 25
VERSION_SECONDS = 24 * 3600


@dataclass(frozen=True)
class LivePage:
    """What a page is about. `patient` is empty where nobody can be answered."""

    workspace: str
    user: str
    name: str
    patient: str
    until: int

    @classmethod
    def of(cls, user: User, *, patient: UUID | None = None) -> "LivePage":
        assert user.workspace_id
        return cls(
            workspace=str(user.workspace_id),
            user=str(user.pk),
            name=user.name,
            patient=str(patient or ""),
            until=_until(user.workspace_id, timezone.now()),
        )

    @classmethod
    def read(cls, token: str) -> "LivePage | None":
        try:
            page = cls(*signing.loads(token, salt=SALT))
        except (signing.BadSignature, TypeError):
            return None
        return page if page.until > time.time() else None

    @property
    def token(self) -> str:
        fields = [self.workspace, self.user, self.name, self.patient, self.until]
        return signing.dumps(fields, salt=SALT)

    @property
    def version(self) -> str:
        """Return a text that changes with the rows of the clinic."""
        version: str = cache.get(_version_key(self.workspace), "")
        return version

    def state(self, *, version: str, writing: Sequence[str] = ()) -> str:
        """Return what the page sends as `seen`. A page that was just loaded has seen no writers."""
        return hashlib.sha256("\0".join([version, *writing]).encode()).hexdigest()[:16]

    @property
    def writing(self) -> Sequence[str]:
        """Return the names of the colleagues who are writing to the same patient."""
        if not self.patient:
            return []
        others = _writers(self.patient)
        return sorted(name for user, (name, _until) in others.items() if user != self.user)

    def note_writing(self, *, is_writing: bool) -> None:
        """Remember that the member writes, or no longer does.

        Two members who begin in the same moment may overwrite each other's note. The next question
        of the page, well before a note runs out, puts it back.
        """
        if not self.patient:
            return
        writers = _writers(self.patient)
        if is_writing:
            writers[self.user] = (self.name, time.time() + WRITING_SECONDS)
        elif writers.pop(self.user, None) is None:
            return
        cache.set(_writers_key(self.patient), writers, WRITING_SECONDS)


def note_change(workspace_id: UUID) -> None:
    """Make the open pages of a clinic load their parts anew, once the transaction has committed."""
    key = _version_key(str(workspace_id))
    transaction.on_commit(lambda: cache.set(key, uuid4().hex, VERSION_SECONDS), robust=True)


def live_context(user: User, *, patient: UUID | None = None) -> dict[str, str]:
    """Return what the template `live` shows. Call it before the rows of the page are read."""
    page = LivePage.of(user, patient=patient)
    version = page.version
    return {
        "live_token": page.token,
        "live_version": version,
        "live_state": page.state(version=version),
    }


def _until(workspace_id: UUID, now: datetime) -> int:
    """Return when the page has to load anew: after some minutes, or when the next snooze ends."""
    longest = int(now.timestamp()) + LONGEST_SECONDS
    ends = [
        rows.within(workspace_id)
        .filter(snoozed_until__gt=now)
        .order_by("snoozed_until")
        .values_list("snoozed_until", flat=True)
        .first()
        for rows in (Conversation.objects, Feedback.objects)
    ]
    return min([longest, *(int(end.timestamp()) + 1 for end in ends if end)])


def _writers(patient: str) -> dict[str, tuple[str, float]]:
    writers: dict[str, tuple[str, float]] = cache.get(_writers_key(patient), {})
    return {user: note for user, note in writers.items() if note[1] > time.time()}


def _writers_key(patient: str) -> str:
    return f"live:writing:{patient}"


def _version_key(workspace: str) -> str:
    return f"live:version:{workspace}"
