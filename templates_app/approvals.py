"""Fetch from Twilio which WhatsApp templates Meta has approved, and store their texts.

It happens when a SID is entered, when someone presses the button, and periodically, because Twilio
sends no notice when an approval changes. No transaction is open during the request.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import requests
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException

from core import sql, tenancy
from templates_app.models import CHECK_TIMEOUT, ApprovedText
from templates_app.whatsapp import decisions
from templates_app.whatsapp.twilio_contents import NOT_FOUND, TOO_MANY, make_client

# A content can have several types, and Twilio sends the richest one that WhatsApp supports. This is
# their order in https://www.twilio.com/docs/content/content-types-overview.
TYPES = (
    *("whatsapp/card", "twilio/card", "twilio/list-picker", "twilio/call-to-action"),
    *("twilio/quick-reply", "twilio/location", "twilio/media", "twilio/text"),
)
# The fields of a type that patients read, from top to bottom.
PARTS = ("header_text", "title", "body", "subtitle", "footer")

BATCH_SIZE = 20
CHECK_UNREAD_EVERY = timedelta(minutes=5)
# Meta decides within minutes, or a person there does within two days.
CHECK_NEW_EVERY = timedelta(minutes=2)
CHECK_UNDECIDED_EVERY = timedelta(minutes=15)
CHECK_OLD_EVERY = timedelta(hours=6)
NEW_FOR, UNDECIDED_FOR = timedelta(hours=1), timedelta(days=3)
CHECK_APPROVED_EVERY = timedelta(days=1)
# A rejected text may be approved after an appeal, which is as rare as another category.
DECIDED = ("approved", "rejected", "disabled")

# Insert a row for each SID of a template that has none yet.
INSERT_MISSING = """
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


@dataclass(frozen=True)
class ApprovalAnswer:
    """Twilio's data about a content SID, or an error, with which the stored data are kept."""

    error: str = ""
    body: str = ""
    buttons: list[str] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    language: str = ""
    status: str = ""
    category: str = ""
    rejection_reason: str = ""


def request_check(
    *, workspace_id: UUID, content_sid: str, now: datetime | None = None
) -> ApprovedText:
    """Let a worker check the approved text of a SID, unless a check is already under way."""
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


def check_text(text_id: UUID) -> ApprovedText | None:
    """Fetch one approved text from Twilio and store it."""
    with tenancy.platform("approved text"):
        text = ApprovedText.objects.filter(pk=text_id).first()
    if text is None:
        return None
    return _store_answer(text_id, fetch_approval(text.content_sid))


def check_due(*, now: datetime | None = None) -> int:
    """Check texts that were never fetched, that Meta decides about, or not checked for a day."""
    now = now or timezone.now()
    if not settings.TWILIO_ACCOUNT_SID:
        return 0
    with tenancy.platform("approved texts"):
        sql.execute(INSERT_MISSING, now=now)
        due = list(_due(now)[:BATCH_SIZE])
    for checked, text in enumerate(due):
        answer = fetch_approval(text.content_sid)
        _store_answer(text.pk, answer)
        if answer.error == "unreachable":
            return checked  # the other requests would time out as well
    return len(due)


def _due(now: datetime) -> Any:
    unchecked = Q(checked_at=None) & (Q(asked_at=None) | Q(asked_at__lt=now - CHECK_TIMEOUT))
    unread = Q(fetched_at=None, checked_at__lt=now - CHECK_UNREAD_EVERY)
    undecided = ~Q(status__in=DECIDED)
    new = undecided & Q(created_at__gt=now - NEW_FOR, checked_at__lt=now - CHECK_NEW_EVERY)
    young = undecided & Q(
        created_at__gt=now - UNDECIDED_FOR, checked_at__lt=now - CHECK_UNDECIDED_EVERY
    )
    old = undecided & Q(checked_at__lt=now - CHECK_OLD_EVERY)
    daily = Q(checked_at__lt=now - CHECK_APPROVED_EVERY)
    return ApprovedText.objects.filter(
        unchecked | unread | new | young | old | daily, retired_at=None
    ).order_by(F("checked_at").asc(nulls_first=True))


def fetch_approval(content_sid: str) -> ApprovalAnswer:
    if not settings.TWILIO_ACCOUNT_SID:
        return ApprovalAnswer(error="unreachable")
    try:
        context = make_client().content.v1.contents(content_sid)
        content = context.fetch()
        approval = context.approval_fetch().fetch().whatsapp or {}
    except TwilioRestException as error:
        if error.status == TOO_MANY:
            return ApprovalAnswer(error="unreachable")
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
    """Return the type that is sent on WhatsApp, its text and the titles of its buttons."""
    for kind in (*TYPES, *types):
        content = types.get(kind)
        if not isinstance(content, dict):
            continue
        body = "\n".join(str(content[part]) for part in PARTS if content.get(part))
        if body:
            titles = [
                str(choice.get("title") or choice.get("item") or "")
                for choice in content.get("actions") or content.get("items") or []
            ]
            return kind, body, [title for title in titles if title]
    return "", "", []


@transaction.atomic
def _store_answer(text_id: UUID, answer: ApprovalAnswer) -> ApprovedText | None:
    with tenancy.platform("approved text"):
        text = ApprovedText.objects.select_for_update().filter(pk=text_id).first()
        if text is None:
            return None
        now, before = timezone.now(), decisions.Standing.of(text)
        text.checked_at, text.error = now, answer.error
        if not answer.error:
            for name, value in vars(answer).items():
                setattr(text, name, value)
            text.fetched_at = text.fetched_at or now
            decisions.follow(text, before)
        text.save()
        return text
