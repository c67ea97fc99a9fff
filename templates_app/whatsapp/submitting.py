"""The worker that creates a template at Twilio and submits it to Meta.

Each step is stored before the next begins. A worker that dies between two of them is followed by
another, which asks Twilio what has happened before it does anything again: a content is found by
its name, which is ours, and a submission by the status of the content.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone

from core import tenancy
from templates_app.models import (
    MOVING,
    ApprovalRequest,
    ApprovedText,
    RequestState,
)
from templates_app.whatsapp import decisions, twilio_contents
from templates_app.whatsapp.requests import lock_request, move_request
from templates_app.whatsapp.twilio_contents import NewContent, RefusedError, UnreachableError

log = structlog.get_logger("whatsapp_templates")

BATCH_SIZE = 10
MAX_ATTEMPTS = 12
UNSUBMITTED = "unsubmitted"
UNREACHABLE = "unreachable"
# Contents that another request may use as well: Meta rejects the same words a second time.
SHARED_STATES = (
    RequestState.CREATED,
    RequestState.SUBMITTED,
    RequestState.APPROVED,
)


def submit_due(*, now: datetime | None = None) -> int:
    """Submit what is due: what no worker took, and what Twilio could not take before."""
    now = now or timezone.now()
    with tenancy.platform("approval requests"):
        due = list(
            ApprovalRequest.objects.filter(state__in=MOVING, next_attempt_at__lte=now)
            .order_by("next_attempt_at")
            .values_list("pk", flat=True)[:BATCH_SIZE]
        )
    for done, request_id in enumerate(due):
        if not submit_request(request_id, now=now):
            return done  # the others would wait for the same time-outs
    return len(due)


def submit_request(request_id: UUID, *, now: datetime | None = None) -> bool:
    """Carry out the steps of one request. Return False if Twilio could not be reached."""
    request = _claim(request_id, now or timezone.now())
    if request is None:
        return True
    try:
        if request.state == RequestState.QUEUED:
            _store_created(request, _find_or_create(request))
        _store_submitted(request, _find_or_submit(request))
    except UnreachableError as error:
        log.warning("template_not_submitted", request=request.name, reason=str(error))
        _store_failure(request, is_final=request.attempts >= MAX_ATTEMPTS)
        return False
    except RefusedError as error:
        log.warning("template_refused", request=request.name, reason=str(error))
        _store_failure(request, is_final=True, reason=str(error))
    return True


def _claim(request_id: UUID, now: datetime) -> ApprovalRequest | None:
    """Take a request for a while, which doubles with each attempt. Another worker finds none."""
    with tenancy.platform("approval requests"):
        request = (
            ApprovalRequest.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("approved_text")
            .filter(pk=request_id, state__in=MOVING, next_attempt_at__lte=now)
            .first()
        )
        if request is None:
            return None
        request.attempts += 1
        request.next_attempt_at = now + timedelta(minutes=2 ** min(request.attempts, 6))
        request.save(update_fields=["attempts", "next_attempt_at", "updated_at"])
        return request


def _find_or_create(request: ApprovalRequest) -> Mapping[str, Any]:
    """Return the content's SID, and what is known of it if another request has created it."""
    if shared := _find_shared(request):
        names = ("content_sid", "status", "category", "rejection_reason")
        return {name: getattr(shared, name) for name in names}
    sid = twilio_contents.find_content(request.name) if request.attempts > 1 else ""
    content = NewContent(
        request.name, request.language, request.body, request.samples, request.buttons
    )
    return {
        "content_sid": sid or twilio_contents.create_content(content),
        "status": UNSUBMITTED,
        "category": request.category,
    }


def _find_shared(request: ApprovalRequest) -> ApprovedText | None:
    """Return a template of exactly these words that any clinic has submitted.

    All clinics use one account at Twilio, and the words say nothing about a clinic: its names are
    in the variables.
    """
    with tenancy.platform("approval requests"):
        same = (
            ApprovalRequest.objects.filter(
                body=request.body,
                language=request.language,
                buttons=request.buttons,
                variables=request.variables,
                state__in=SHARED_STATES,
                approved_text__retired_at=None,
            )
            .exclude(approved_text__status__in=decisions.STOPPED)
            .select_related("approved_text")
            .order_by("pk")
            .first()
        )
        return same.approved_text if same else None


def _find_or_submit(request: ApprovalRequest) -> str:
    assert request.approved_text
    sid = request.approved_text.content_sid
    try:
        if request.approved_text.status == UNSUBMITTED:
            return twilio_contents.submit_content(sid, name=request.name, category=request.category)
    except RefusedError:
        # Twilio refuses a second submission. A worker that died may have made the first.
        status = twilio_contents.fetch_status(sid)
        if status == UNSUBMITTED:
            raise
        return status
    return twilio_contents.fetch_status(sid)


def _store_created(request: ApprovalRequest, content: Mapping[str, Any]) -> None:
    """Store the SID, even if the request was withdrawn meanwhile: it has to be deleted then."""
    now = timezone.now()
    with tenancy.platform("approval requests"):
        text, _is_new = ApprovedText.objects.get_or_create(
            workspace_id=request.workspace_id,
            content_sid=content["content_sid"],
            defaults={
                **content,
                "variables": request.variables,
                "body": request.body,
                "buttons": request.buttons,
                "samples": request.samples,
                "language": request.language,
                "content_type": "twilio/quick-reply" if request.buttons else "twilio/text",
                "checked_at": now,
                "fetched_at": now,
            },
        )
        locked = lock_request(request)
        locked.approved_text = text
        if locked.state == RequestState.QUEUED:
            move_request(locked, RequestState.CREATED)
            locked.next_attempt_at = request.next_attempt_at  # it stays with this worker
        locked.save()
    request.approved_text, request.state = text, RequestState.CREATED


def _store_submitted(request: ApprovalRequest, status: str) -> None:
    assert request.approved_text
    with tenancy.platform("approval requests"):
        text = ApprovedText.objects.select_for_update().get(pk=request.approved_text.pk)
        before = decisions.Standing.of(text)
        locked = lock_request(request)
        if locked.state != RequestState.CREATED:
            return
        move_request(locked, RequestState.SUBMITTED)
        text.status, text.checked_at = status or "received", timezone.now()
        decisions.follow(text, before)
        text.save()


def _store_failure(request: ApprovalRequest, *, is_final: bool, reason: str = "") -> None:
    with tenancy.platform("approval requests"):
        locked = lock_request(request)
        if locked.state not in MOVING:
            return
        if is_final:
            move_request(locked, RequestState.REFUSED, error=reason or UNREACHABLE)
        else:
            locked.error = UNREACHABLE
            locked.save(update_fields=["error", "updated_at"])
