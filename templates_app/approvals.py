"""Ask Twilio what Meta approved: by hand, when a SID is entered, and by the clock.

Twilio announces no change of an approval, so it is looked up again from time to time. No
transaction is open while Twilio is asked.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import requests
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from core import sql, tenancy
from templates_app.models import PATIENCE, ApprovedText

PUBLIC_API = "https://content.twilio.com"
TIMEOUT = 10
NOT_FOUND = 404
# The SDK logs its requests by default.
SILENT = logging.getLogger("twilio.content")
SILENT.disabled = True

# A content can hold several types; Twilio sends the richest one that WhatsApp supports. In that
# order, as https://www.twilio.com/docs/content/content-types-overview has it.
TYPES = (
    *("whatsapp/card", "twilio/card", "twilio/list-picker", "twilio/call-to-action"),
    *("twilio/quick-reply", "twilio/location", "twilio/media", "twilio/text"),
)
# What of a type is read as text, from top to bottom.
PARTS = ("header_text", "title", "body", "subtitle", "footer")

AT_ONCE = 20
UNREAD_AGAIN = timedelta(minutes=5)
UNDECIDED_AGAIN = timedelta(minutes=15)
APPROVED_AGAIN = timedelta(days=1)

# SIDs that came into a template without anybody asking for their text.
NOTE_MISSING = """
INSERT INTO templates_app_approvedtext
    (id, created_at, updated_at, workspace_id, content_sid, body, buttons, samples, content_type,
     language, status, category, rejection_reason, error)
SELECT uuid7(), %(now)s, %(now)s, missing.workspace_id, missing.sid,
       '', '[]', '{}', '', '', '', '', '', ''
FROM (
    SELECT DISTINCT t.workspace_id, t.whatsapp_content_sid AS sid
    FROM templates_app_template t
    WHERE t.whatsapp_content_sid <> ''
      AND NOT EXISTS (SELECT FROM templates_app_approvedtext a
                      WHERE a.workspace_id = t.workspace_id
                        AND a.content_sid = t.whatsapp_content_sid)
) missing
ON CONFLICT (workspace_id, content_sid) DO NOTHING
"""


class ApprovalTransport(TwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    """The SDK's requests, to the address that the settings name."""

    def __init__(self) -> None:
        super().__init__(timeout=TIMEOUT, logger=SILENT, max_retries=0)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        there = settings.TWILIO_CONTENT_BASE_URL + url.removeprefix(PUBLIC_API)
        return super().request(method, there, *args, **kwargs)


@dataclass(frozen=True)
class ApprovalAnswer:
    """What Twilio says of a content SID. With an error, what was known before stays."""

    error: str = ""
    body: str = ""
    buttons: list[str] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    language: str = ""
    status: str = ""
    category: str = ""
    rejection_reason: str = ""


def ask_for(*, workspace_id: UUID, content_sid: str, now: datetime | None = None) -> ApprovedText:
    """Note that someone wants to know, and have it looked up once this transaction is over."""
    now = now or timezone.now()
    text, _is_new = ApprovedText.objects.get_or_create(
        workspace_id=workspace_id, content_sid=content_sid
    )
    if text.is_being_checked:
        return text
    text.asked_at = now
    text.save(update_fields=["asked_at", "updated_at"])
    transaction.on_commit(
        lambda: current_app.send_task(
            "templates_app.tasks.check_approved_text", args=[str(text.pk)], expires=60
        ),
        robust=True,
    )
    return text


def check(text_id: UUID) -> ApprovedText | None:
    """Look one approved text up and keep what Twilio says."""
    with tenancy.platform("approved text"):
        text = ApprovedText.objects.filter(pk=text_id).first()
    if text is None:
        return None
    return _keep(text_id, look_up(text.content_sid))


def check_due(*, now: datetime | None = None) -> int:
    """Look up what was never read, is undecided, or was last looked at yesterday."""
    now = now or timezone.now()
    if not settings.TWILIO_ACCOUNT_SID:
        return 0
    with tenancy.platform("approved texts"):
        sql.execute(NOTE_MISSING, now=now)
        due = list(_due(now)[:AT_ONCE])
    for done, text in enumerate(due):
        answer = look_up(text.content_sid)
        _keep(text.pk, answer)
        if answer.error == "unreachable":
            return done  # the others would wait as long for the same answer
    return len(due)


def _due(now: datetime) -> Any:
    late = Q(checked_at=None) & (Q(asked_at=None) | Q(asked_at__lt=now - PATIENCE))
    unread = Q(fetched_at=None, checked_at__lt=now - UNREAD_AGAIN)
    undecided = ~Q(status="approved") & Q(checked_at__lt=now - UNDECIDED_AGAIN)
    return ApprovedText.objects.filter(
        late | unread | undecided | Q(checked_at__lt=now - APPROVED_AGAIN)
    ).order_by("checked_at")


def look_up(content_sid: str) -> ApprovalAnswer:
    if not settings.TWILIO_ACCOUNT_SID:
        return ApprovalAnswer(error="unreachable")
    client = Client(
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=ApprovalTransport()
    )
    try:
        context = client.content.v1.contents(content_sid)
        content = context.fetch()
        approval = context.approval_fetch().fetch().whatsapp or {}
    except TwilioRestException as error:
        is_gone = error.status == NOT_FOUND
        return ApprovalAnswer(
            error="not found" if is_gone else f"refused: {error.code or error.status}"
        )
    except (requests.RequestException, TwilioException, ValueError):
        return ApprovalAnswer(error="unreachable")
    kind, body, buttons = read_types(content.types or {})
    if not body:
        return ApprovalAnswer(error="no text in it")
    return ApprovalAnswer(
        body=body,
        buttons=buttons,
        samples={str(gap): str(value) for gap, value in (content.variables or {}).items()},
        content_type=kind[:40],
        language=str(content.language or "")[:10],
        status=str(approval.get("status") or "")[:30],
        category=str(approval.get("category") or "")[:30],
        rejection_reason=str(approval.get("rejection_reason") or "")[:300],
    )


def read_types(types: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Return the type that WhatsApp gets, its text and the titles of its buttons."""
    for kind in (*TYPES, *types):
        said = types.get(kind)
        if not isinstance(said, dict):
            continue
        body = "\n".join(str(said[part]) for part in PARTS if said.get(part))
        if body:
            titles = [
                str(choice.get("title") or choice.get("item") or "")
                for choice in said.get("actions") or said.get("items") or []
            ]
            return kind, body, [title for title in titles if title]
    return "", "", []


@transaction.atomic
def _keep(text_id: UUID, answer: ApprovalAnswer) -> ApprovedText | None:
    with tenancy.platform("approved text"):
        text = ApprovedText.objects.select_for_update().filter(pk=text_id).first()
        if text is None:
            return None
        now = timezone.now()
        text.checked_at, text.error = now, answer.error
        if not answer.error:
            for name, said in vars(answer).items():
                setattr(text, name, said)
            text.fetched_at = text.fetched_at or now
        text.save()
        return text
