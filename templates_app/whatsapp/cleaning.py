"""Delete at Twilio what is not needed any more: Meta allows a limited number of templates."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core import tenancy
from templates_app.models import (
    CLOSED,
    ApprovalRequest,
    ApprovedText,
    RequestState,
    Template,
)
from templates_app.whatsapp import twilio_contents
from templates_app.whatsapp.twilio_contents import RefusedError, UnreachableError

BATCH_SIZE = 10
# Messages that were composed with a template may be tried again for days.
KEPT_FOR = timedelta(days=7)
NEVER_USED = (RequestState.WITHDRAWN, RequestState.REFUSED)


def delete_unused_contents(*, now: datetime | None = None) -> int:
    """Delete contents that we have created and that nothing uses. Their words are kept here."""
    now = now or timezone.now()
    with tenancy.platform("approved texts"):
        sids = list(_unused(now).values_list("content_sid", flat=True).distinct()[:BATCH_SIZE])
    deleted = 0
    for sid in sids:
        try:
            twilio_contents.delete_content(sid)
        except (RefusedError, UnreachableError):
            return deleted
        with tenancy.platform("approved texts"):
            ApprovedText.objects.filter(content_sid=sid).update(retired_at=now, updated_at=now)
        deleted += 1
    return deleted


def _unused(now: datetime) -> QuerySet[ApprovedText]:
    """Return texts whose requests are closed long enough, in all clinics that use the content."""
    same = ApprovalRequest.objects.filter(approved_text__content_sid=OuterRef("content_sid"))
    kept = ~Q(state__in=CLOSED) | ~Q(state__in=NEVER_USED) & Q(closed_at__gt=now - KEPT_FOR)
    used = Template.objects.filter(whatsapp_content_sid=OuterRef("content_sid"))
    return ApprovedText.objects.filter(
        Exists(same), ~Exists(same.filter(kept)), ~Exists(used), retired_at=None
    )
