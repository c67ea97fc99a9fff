"""Flag suspicious texts for platform staff: links to other sites, and words typical of phishing.

Nothing is refused here. What a new clinic may not do is in `trust.py` and `limits.py`.
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

MAX_LENGTH = SenderFlag._meta.get_field("about").max_length
TASK = "workspaces.tasks.mail_sender_flags"
MAIL_AGAIN_SECONDS = 24 * 3600

# Each finding is flagged once, also when two transactions find it at the same time.
INSERT_FLAGS = """
INSERT INTO workspaces_senderflag (id, created_at, updated_at, workspace_id, kind, about)
SELECT uuid7(), now(), now(), %(workspace)s, kind, about
FROM unnest(%(kinds)s::text[], %(abouts)s::text[]) AS found(kind, about)
ON CONFLICT (workspace_id, kind, about) DO NOTHING
"""


def inspect_text(workspace_id: UUID, *texts: str) -> None:
    """Flag what is suspicious in texts that patients or colleagues will read."""
    findings = {
        *((FlagKind.LINK, _shorten(link)) for text in texts if (link := find_address(text))),
        *((FlagKind.WORDS, _shorten(word)) for text in texts for word in alarming_words(text)),
    }
    if findings:
        flag_sender(workspace_id, findings)


def flag_sender(workspace_id: UUID, findings: set[tuple[FlagKind, str]]) -> None:
    """Store the findings, and mail platform staff if any is new. The workspace must be opened."""
    kinds, abouts = zip(*sorted(findings), strict=True)
    if sql.execute(INSERT_FLAGS, workspace=workspace_id, kinds=list(kinds), abouts=list(abouts)):
        transaction.on_commit(
            lambda: current_app.send_task(TASK, args=[str(workspace_id)]), robust=True
        )


def mail_platform_staff(*, workspace_id: UUID) -> None:
    """Mail platform staff about a clinic's flags, at most once a day."""
    sent_key = f"sender_flags:mailed:{workspace_id}"
    if not cache.add(sent_key, 1, timeout=MAIL_AGAIN_SECONDS):
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
        cache.delete(sent_key)  # the mail server is down, and the task will retry
        raise


def _shorten(text: str) -> str:
    return text[:MAX_LENGTH]
