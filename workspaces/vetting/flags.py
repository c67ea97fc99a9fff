"""What our staff are shown about clinics that send: links to elsewhere and words of phishing.

Nothing is refused here. `vetting.py` says what a new clinic may not do.
"""

from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from core import sql, tenancy
from workspaces.mail import send_to_people
from workspaces.models import FlagKind, SenderFlag, User, Workspace
from workspaces.vetting.alarming_words import alarming_words
from workspaces.vetting.plain_names import find_address, one_line

LONGEST = SenderFlag._meta.get_field("about").max_length
TELL_STAFF = "workspaces.tasks.tell_of_flagged_sender"
TOLD_AGAIN_AFTER = 24 * 3600

# A thing is flagged once, even when two find it at the same moment.
ADD = """
INSERT INTO workspaces_senderflag (id, created_at, updated_at, workspace_id, kind, about)
SELECT uuid7(), now(), now(), %(workspace)s, kind, about
FROM unnest(%(kinds)s::text[], %(abouts)s::text[]) AS found(kind, about)
ON CONFLICT (workspace_id, kind, about) DO NOTHING
"""


def inspect_text(workspace_id: UUID, *texts: str) -> None:
    """Flag what is suspicious in texts that patients or colleagues will read."""
    found = {
        *((FlagKind.LINK, _short(link)) for text in texts if (link := find_address(text))),
        *((FlagKind.WORDS, _short(word)) for text in texts for word in alarming_words(text)),
    }
    if found:
        flag_sender(workspace_id, found)


def flag_sender(workspace_id: UUID, found: set[tuple[FlagKind, str]]) -> None:
    """Note what was found, and tell our staff unless it was known. A door must be open."""
    kinds, abouts = zip(*sorted(found), strict=True)
    if sql.execute(ADD, workspace=workspace_id, kinds=list(kinds), abouts=list(abouts)):
        transaction.on_commit(
            lambda: current_app.send_task(TELL_STAFF, args=[str(workspace_id)]), robust=True
        )


def tell_staff(*, workspace_id: UUID) -> None:
    """Write to our staff about a clinic, once a day at most."""
    once = f"watching:told:{workspace_id}"
    if not cache.add(once, 1, timeout=TOLD_AGAIN_AFTER):
        return
    try:
        with tenancy.platform("watching senders"):
            workspace = Workspace.objects.get(pk=workspace_id)
            send_to_people(
                User.objects.filter(is_staff=True),
                "workspaces/mail/flagged",
                language=settings.LANGUAGE_CODE,
                clinic=one_line(workspace.name),
                flags=[*SenderFlag.objects.within(workspace).filter(seen_at=None).order_by("pk")],
                link=settings.SITE_URL + reverse("admin:new_senders"),
            )
    except OSError:
        cache.delete(once)  # the mail server is away, and the task tries again
        raise


def _short(text: str) -> str:
    return text[:LONGEST]
